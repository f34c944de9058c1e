//! Loans as rows: of a patron, of a book, of a class.

use super::tell::Teller;
use super::when::day_text;
use super::words::{People, fill};
use crate::fold::{Closing, FoldedLoan};
use crate::store::StoreFault;
use exchange::Day;

/// A loan as a row.
pub(super) struct LoanRow {
    /// Whose.
    pub(super) patron_id: u64,
    /// Their name and class.
    pub(super) patron: String,
    /// The number of the book.
    pub(super) item: String,
    /// Its title.
    pub(super) book: String,
    /// When it was lent.
    pub(super) since: String,
    /// Until when.
    pub(super) due: String,
    /// How often it was renewed.
    pub(super) renewals: u8,
    /// When and how it ended; empty while it is open.
    pub(super) ended: String,
    /// How many days it is overdue, in words; empty if it is not.
    pub(super) late: String,
}

impl Teller<'_> {
    /// A loan as a row, on this day.
    pub(super) fn loan(&self, loan: &FoldedLoan, today: Day) -> Result<LoanRow, StoreFault> {
        let w = People::of(self.lang());
        let ended = match loan.closed {
            Some((point, Closing::Returned)) => self.time(point.at_s),
            Some((point, Closing::LentOn)) => format!("{} ({})", self.time(point.at_s), w.lent_to_next),
            None => String::new(),
        };
        let late = days_late(loan, today);
        Ok(LoanRow {
            patron_id: loan.patron.0,
            patron: self.patron(loan.patron)?,
            item: loan.item.as_str().to_owned(),
            book: self.title_name(&loan.item)?,
            since: day_text(loan.since),
            due: day_text(loan.due),
            renewals: loan.renewals,
            ended,
            late: match late {
                0 => String::new(),
                days => fill(w.overdue_by, &[("count", &days.to_string())]),
            },
        })
    }
}

/// How many days an open loan is overdue.
pub(super) fn days_late(loan: &FoldedLoan, today: Day) -> i32 {
    if loan.closed.is_some() { 0 } else { today.0.saturating_sub(loan.due.0).max(0) }
}
