//! Lending: the rules on what the memory says, for one book or for all that were kept.

use super::record::Plan;
use super::refused::Denied;
use super::scan::Found;
use super::visit::OPEN_MAX;
use super::{Desk, State, Turn};
use crate::rules::{Borrower, Ground, title_kind};
use crate::{MemoryFault, RowAct, VisitNote};
use exchange::{Act, Hold, PatronId, TitleKind};

impl Turn<'_> {
    /// Holds on the title of a book; none on an unknown one.
    pub fn holds(&self, found: &Found) -> Result<Vec<Hold>, MemoryFault> {
        match &found.stocked {
            Some(stocked) => self.memory.holds_on(stocked.item.title),
            None => Ok(Vec::new()),
        }
    }
}

impl Desk {
    /// What decisions rest on now; `None` while the station knows no rules, calendar, or age of its data.
    pub(super) fn ground(&self, turn: &Turn<'_>) -> Result<Option<Ground>, MemoryFault> {
        let memory = turn.memory;
        let (Some(rules), Some(calendar), Some(as_of_s)) =
            (memory.rules()?, memory.calendar()?, memory.data_as_of_s()?)
        else {
            return Ok(None);
        };
        let age_s = u64::try_from(turn.now.wall_s.saturating_sub(as_of_s)).unwrap_or(0);
        Ok(Some(Ground { rules, calendar, today: turn.now.today, age_s }))
    }

    /// What decisions about a patron rest on; `None` if there is no ground for any, which has then been dealt with.
    pub(super) fn case(
        &mut self,
        patron: PatronId,
        turn: &mut Turn<'_>,
    ) -> Result<Option<(Ground, Borrower)>, MemoryFault> {
        let Some(ground) = self.ground(turn)? else {
            self.faults.no_data(turn.now.mono_ms);
            return Ok(None);
        };
        let Some(patron) = turn.memory.patron(patron)? else {
            self.patron_gone(turn)?;
            return Ok(None);
        };
        let mut borrower = Borrower { patron, counted: 0, overdue: 0 };
        for loan in turn.memory.loans_of(borrower.patron.id)? {
            let stocked = turn.memory.item(&loan.item)?;
            match title_kind(stocked.as_ref()) {
                TitleKind::Book => borrower.counted = borrower.counted.saturating_add(1),
                TitleKind::Textbook => {}
            }
            if loan.due < turn.now.today {
                borrower.overdue = borrower.overdue.saturating_add(1);
            }
        }
        Ok(Some((ground, borrower)))
    }

    /// Lends these books to the patron who is there, as far as the rules allow. A book on loan to someone else is here,
    /// so it has come back: its return and the new loan are one record.
    ///
    /// `note` is what there is to say, unless a book gives something else to say.
    pub(super) fn lend(
        &mut self,
        founds: Vec<Found>,
        note: Option<VisitNote>,
        turn: &mut Turn<'_>,
    ) -> Result<(), MemoryFault> {
        let State::Visit(visit) = &mut self.state else { return Ok(()) };
        visit.my_books = None;
        let patron = visit.patron;
        let mut plan = Plan::saying(note);
        let Some((ground, mut borrower)) = self.case(patron, turn)? else { return Ok(()) };
        let mut yours = Vec::new();
        let State::Visit(visit) = &self.state else { return Ok(()) };
        for found in founds {
            if visit.log.has_moved(&found.id) || plan.has(&found.id) {
                plan.note = Some(VisitNote::SameAgain);
                continue;
            }
            let held_by = found.loan.as_ref().map(|loan| loan.patron);
            if held_by == Some(patron) {
                plan.note = Some(VisitNote::AlreadyYours);
                yours.push(found.id);
                continue;
            }
            let holds = turn.holds(&found)?;
            match ground.borrow(&borrower, found.stocked.as_ref(), &holds) {
                Ok(due) => {
                    let returned = held_by.map(|_| Act::Returned { item: found.id.clone() });
                    let lent = Act::CheckedOut { patron, item: found.id.clone(), due };
                    let acts = returned.into_iter().chain([lent]).collect();
                    match title_kind(found.stocked.as_ref()) {
                        TitleKind::Book => borrower.counted = borrower.counted.saturating_add(1),
                        TitleKind::Textbook => {}
                    }
                    plan.add(found.id.clone(), found.title(), RowAct::Lent { due }, acts);
                }
                Err(refusal) => plan.denied.push(Denied { refusal, ..found.denied(refusal.kind) }),
            }
        }
        if let State::Visit(visit) = &mut self.state {
            visit.yours.extend(yours.into_iter().take(OPEN_MAX.saturating_sub(visit.yours.len())));
        }
        self.carry_out(plan, turn)
    }
}
