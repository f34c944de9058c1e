//! My books: all loans of the patron who is there, and prolonging them.

use super::record::Plan;
use super::refused::Denied;
use super::{Desk, State, Turn};
use crate::rules::{Ground, NotRenewed, refusal};
use crate::{MemoryFault, Refusal, Renewable, RowAct, VisitNote};
use exchange::{Act, Day, ItemId, Loan, Patron, RefusalKind};

/// A loan in the list.
#[derive(Debug, Clone)]
pub(super) struct MyLoan {
    pub item: ItemId,
    pub title: Option<String>,
    pub due: Day,
    pub verdict: Verdict,
}

/// Whether a loan can be prolonged.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verdict {
    Until(Day),
    NotYet,
    Done,
    No(Refusal),
}

impl Verdict {
    pub fn shown(self) -> Renewable {
        match self {
            Verdict::Until(_) => Renewable::Yes,
            Verdict::NotYet => Renewable::NotYet,
            Verdict::Done => Renewable::Done,
            Verdict::No(refusal) => Renewable::No(refusal.kind),
        }
    }
}

impl Desk {
    /// "My books."
    pub(super) fn open_my_books(&mut self, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        if let State::Visit(visit) = &mut self.state {
            visit.my_books = Some(Vec::new());
            visit.note = None;
            self.refresh_visit(turn)?;
        }
        Ok(())
    }

    /// The list as it stands now.
    pub(super) fn my_loans(
        &self,
        ground: &Ground,
        patron: &Patron,
        turn: &Turn<'_>,
    ) -> Result<Vec<MyLoan>, MemoryFault> {
        let loans = turn.memory.loans_of(patron.id)?;
        loans.into_iter().map(|loan| self.my_loan(ground, patron, loan, turn)).collect()
    }

    fn my_loan(
        &self,
        ground: &Ground,
        patron: &Patron,
        loan: Loan,
        turn: &Turn<'_>,
    ) -> Result<MyLoan, MemoryFault> {
        let found = turn.find(&loan.item)?;
        let holds = turn.holds(&found)?;
        let done = matches!(&self.state, State::Visit(visit) if visit.log.has_renewed(&loan.item));
        let verdict = match ground.renew(patron, &loan, found.stocked.as_ref(), &holds) {
            Ok(_) | Err(_) if done => Verdict::Done,
            Ok(due) => Verdict::Until(due),
            Err(NotRenewed::NotYet) => Verdict::NotYet,
            Err(NotRenewed::Refused(refusal)) => Verdict::No(refusal),
        };
        Ok(MyLoan { title: found.title(), item: loan.item, due: loan.due, verdict })
    }

    /// Prolongs the loan in this row.
    pub(super) fn renew(&mut self, row: u16, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        let State::Visit(visit) = &self.state else { return Ok(()) };
        let Some(loan) = visit.my_books.as_ref().and_then(|rows| rows.get(usize::from(row))) else {
            return Ok(());
        };
        let item = loan.item.clone();
        self.prolong(|loan| loan.item == item, true, None, turn)
    }

    /// Prolongs every loan that can be.
    pub(super) fn renew_all(&mut self, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        match &self.state {
            State::Visit(visit) if visit.my_books.is_some() => {
                self.prolong(|_| true, false, Some(VisitNote::AllRenewed), turn)
            }
            State::Visit(_)
            | State::Idle
            | State::Identify(_)
            | State::Returns(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => Ok(()),
        }
    }

    /// Prolongs the loans that are wanted, as they stand now, in one record. A loan that has gone meanwhile, and with
    /// `explain` one the rules refuse, is answered by a refusal.
    fn prolong(
        &mut self,
        wanted: impl Fn(&MyLoan) -> bool,
        explain: bool,
        note: Option<VisitNote>,
        turn: &mut Turn<'_>,
    ) -> Result<(), MemoryFault> {
        let State::Visit(visit) = &self.state else { return Ok(()) };
        let patron = visit.patron;
        let Some((ground, borrower)) = self.case(patron, turn)? else { return Ok(()) };
        let mut plan = Plan::default();
        let mut found = false;
        for loan in self.my_loans(&ground, &borrower.patron, turn)?.into_iter().filter(wanted) {
            found = true;
            match loan.verdict {
                Verdict::Until(due) => {
                    let act = Act::Renewed { patron, item: loan.item.clone(), due };
                    plan.add(loan.item, loan.title, RowAct::Renewed { due }, vec![act]);
                }
                Verdict::No(refusal) if explain => {
                    plan.denied.push(Denied { refusal, item: Some(loan.item), title: loan.title });
                }
                Verdict::No(_) | Verdict::NotYet | Verdict::Done => {}
            }
        }
        if !found && explain {
            plan.denied.push(Denied { refusal: refusal(RefusalKind::NotOnLoan), item: None, title: None });
        }
        if !plan.is_empty() {
            plan.note = note;
        }
        self.carry_out(plan, turn)
    }
}
