//! The rules of lending: who may borrow or prolong what, and until when. Pure tables over what the memory says.
//!
//! - What concerns the patron is asked first (block, expiry, overdue loans), then the book, then the limit.
//! - A lost book that turns up is returned by anyone and lent by nobody: a librarian first takes it off the list.
//! - Holds: a copy that stands ready for someone, or is itself reserved, goes to that patron only. A hold that waits for
//!   any copy does not stop a loan, since the station cannot know the other copies, but it stops a renewal.
//! - Overdue loans may be prolonged as often as others: that is how a pupil puts it right. Blocks and expiry stop it.
//! - Data of an age tightens the limits by the strictest step that age has reached. Textbooks never count.

use crate::{Refusal, StockedItem, due};
use exchange::{
    Allowance, Calendar, Day, Hold, HoldState, ItemId, ItemStatus, Loan, Patron, PatronId, PatronKind,
    RefusalKind, Rules, StaleStep, TitleKind, UnknownItem,
};

/// What every decision rests on, of this moment.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The rules in force.
    pub rules: Rules,
    /// The school's calendar.
    pub calendar: Calendar,
    /// Today in the school's zone.
    pub today: Day,
    /// Age of the reference data in seconds.
    pub age_s: u64,
}

/// A patron, and how much they have.
#[derive(Debug, Clone)]
pub struct Borrower {
    /// Who.
    pub patron: Patron,
    /// Their open loans that are no textbooks, those about to be written included.
    pub counted: u16,
    /// Their overdue loans.
    pub overdue: u16,
}

/// Why a loan is not prolonged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRenewed {
    /// It would not end later than now.
    NotYet,
    /// The rules say no.
    Refused(Refusal),
}

/// A refusal that needs no figure.
pub fn refusal(kind: RefusalKind) -> Refusal {
    Refusal { kind, limit: 0, age_days: 0, block: None }
}

impl Ground {
    fn allowance(&self, kind: PatronKind) -> Allowance {
        match kind {
            PatronKind::Pupil => self.rules.pupil,
            PatronKind::Teacher => self.rules.teacher,
        }
    }

    fn age_days(&self) -> u16 {
        u16::try_from(self.age_s / 86_400).unwrap_or(u16::MAX)
    }

    /// The steps the data's age has reached.
    fn steps(&self) -> impl Iterator<Item = &StaleStep> {
        self.rules.stale.iter().filter(|step| u64::from(step.after_h) * 3_600 <= self.age_s)
    }

    /// Most loans at once for `kind`, tightened by age.
    fn limit(&self, kind: PatronKind) -> u16 {
        let most = self.allowance(kind).max_loans;
        self.steps().map(|step| step.max_loans).fold(most, u16::min)
    }

    /// How many more books the borrower may take; 0 when anything but the limit stands against it, too.
    pub fn room(&self, borrower: &Borrower) -> u16 {
        match self.may_come(borrower) {
            Ok(()) => self.limit(borrower.patron.kind).saturating_sub(borrower.counted),
            Err(_) => 0,
        }
    }

    /// Whether anything about the patron stands against borrowing.
    fn may_come(&self, borrower: &Borrower) -> Result<(), Refusal> {
        in_standing(&borrower.patron, self.today)?;
        match self.rules.overdue_blocks_from {
            0 => Ok(()),
            from if borrower.overdue >= from => Err(refusal(RefusalKind::Overdue)),
            _few => Ok(()),
        }
    }

    /// Whether anything about the item itself stands against lending it to whomever. `None` = unknown item.
    pub fn may_leave(&self, item: Option<&StockedItem>) -> Result<(), Refusal> {
        let Some(stocked) = item else {
            return match self.rules.unknown_item {
                UnknownItem::Refuse => Err(refusal(RefusalKind::UnknownItem)),
                UnknownItem::Lend => Ok(()),
            };
        };
        match stocked.item.status {
            ItemStatus::Lendable => Ok(()),
            ItemStatus::Reference => Err(refusal(RefusalKind::ReferenceOnly)),
            ItemStatus::NotForLoan | ItemStatus::Lost => Err(refusal(RefusalKind::NotForLoan)),
        }
    }

    /// Until when the item is lent to the borrower.
    ///
    /// # Errors
    /// The first rule that stands against it.
    pub fn borrow(
        &self,
        borrower: &Borrower,
        item: Option<&StockedItem>,
        holds: &[Hold],
    ) -> Result<Day, Refusal> {
        self.may_come(borrower)?;
        self.may_leave(item)?;
        let patron = &borrower.patron;
        if item.is_some_and(|stocked| kept_for_another(&stocked.item.id, patron.id, holds)) {
            return Err(refusal(RefusalKind::OnHold));
        }
        let (allowance, limit) = (self.allowance(patron.kind), self.limit(patron.kind));
        let kind = title_kind(item);
        match kind {
            TitleKind::Textbook => {}
            TitleKind::Book if borrower.counted >= allowance.max_loans => {
                return Err(Refusal { limit: allowance.max_loans, ..refusal(RefusalKind::LimitReached) });
            }
            TitleKind::Book if borrower.counted >= limit => {
                return Err(Refusal { limit, age_days: self.age_days(), ..refusal(RefusalKind::LimitByAge) });
            }
            TitleKind::Book => {}
        }
        Ok(due::due(&self.calendar, self.today, allowance.loan_days, kind))
    }

    /// Until when the patron's loan is prolonged.
    ///
    /// # Errors
    /// [`NotRenewed`] with the first rule that stands against it.
    pub fn renew(
        &self,
        patron: &Patron,
        loan: &Loan,
        item: Option<&StockedItem>,
        holds: &[Hold],
    ) -> Result<Day, NotRenewed> {
        in_standing(patron, self.today).map_err(NotRenewed::Refused)?;
        if self.steps().any(|step| !step.renewals) {
            let by_age = Refusal { age_days: self.age_days(), ..refusal(RefusalKind::RenewalByAge) };
            return Err(NotRenewed::Refused(by_age));
        }
        let allowance = self.allowance(patron.kind);
        if loan.renewals >= allowance.max_renewals {
            let used = Refusal { limit: allowance.max_renewals.into(), ..refusal(RefusalKind::RenewalsUsed) };
            return Err(NotRenewed::Refused(used));
        }
        if wanted_by_another(&loan.item, patron.id, holds) {
            return Err(NotRenewed::Refused(refusal(RefusalKind::OnHold)));
        }
        let due = due::due(&self.calendar, self.today, allowance.renewal_days, title_kind(item));
        if due > loan.due { Ok(due) } else { Err(NotRenewed::NotYet) }
    }
}

/// What sort of title an item is; an unknown one is a book.
pub fn title_kind(item: Option<&StockedItem>) -> TitleKind {
    item.and_then(|stocked| stocked.title.as_ref()).map_or(TitleKind::Book, |title| title.kind)
}

/// A block stands whatever its date: a clock that runs behind must not lift it.
fn in_standing(patron: &Patron, today: Day) -> Result<(), Refusal> {
    if let Some(block) = patron.blocks.first() {
        return Err(Refusal { block: Some(block.kind), ..refusal(RefusalKind::Blocked) });
    }
    match patron.until {
        Some(until) if until < today => Err(refusal(RefusalKind::Expired)),
        Some(_) | None => Ok(()),
    }
}

/// Whether this very copy is for someone else: set aside, or reserved and the other is first in line for it.
fn kept_for_another(item: &ItemId, patron: PatronId, holds: &[Hold]) -> bool {
    let claims = || holds.iter().filter(|hold| hold.item.as_ref() == Some(item));
    claims()
        .find(|hold| hold.state == HoldState::Ready)
        .or_else(|| claims().next())
        .is_some_and(|claim| claim.patron != patron)
}

/// Whether someone else waits for this copy, or for any copy.
fn wanted_by_another(item: &ItemId, patron: PatronId, holds: &[Hold]) -> bool {
    holds.iter().any(|hold| {
        hold.patron != patron
            && match &hold.item {
                Some(copy) => copy == item,
                None => hold.state == HoldState::Waiting,
            }
    })
}

#[cfg(test)]
mod tests;
