//! Loans as people ask for them: of a patron, of an item, overdue, all.

use super::fold::read_loans;
use super::sql::params;
use super::{SchoolId, Store, StoreFault};
use crate::fold::FoldedLoan;
use exchange::{Day, PatronId};

impl Store {
    /// Open loans of a patron, the first due first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn open_loans_of(&self, school: SchoolId, patron: PatronId) -> Result<Vec<FoldedLoan>, StoreFault> {
        self.settle(school)?;
        let condition = "l.school = ?1 AND l.patron = ?2 AND l.closing IS NULL ORDER BY l.due, l.item";
        read_loans(&self.db, condition, params![school.0, patron.0])
    }

    /// Closed loans of a patron, the last closed first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn closed_loans_of(
        &self,
        school: SchoolId,
        patron: PatronId,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<FoldedLoan>, StoreFault> {
        self.settle(school)?;
        let condition = "l.school = ?1 AND l.patron = ?2 AND l.closing IS NOT NULL
             ORDER BY l.closed_s DESC, l.item LIMIT ?3 OFFSET ?4";
        read_loans(&self.db, condition, params![school.0, patron.0, limit, skip])
    }

    /// Open loans of a school that were due before a day, at most `limit`, the longest overdue first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn overdue(&self, school: SchoolId, before: Day, limit: u32) -> Result<Vec<FoldedLoan>, StoreFault> {
        self.settle(school)?;
        let condition =
            "l.school = ?1 AND l.due < ?2 AND l.closing IS NULL ORDER BY l.due, l.patron, l.item LIMIT ?3";
        read_loans(&self.db, condition, params![school.0, before.0, limit])
    }

    /// How many open loans of a school were due before a day.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn overdue_count(&self, school: SchoolId, before: Day) -> Result<u64, StoreFault> {
        self.settle(school)?;
        self.db.one(
            "SELECT count(*) FROM loan WHERE school = ?1 AND due < ?2 AND closing IS NULL",
            params![school.0, before.0],
        )
    }

    /// All loans of a school, or only open ones, at most `limit`, by item and time.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn loans(
        &self,
        school: SchoolId,
        only_open: bool,
        limit: u32,
    ) -> Result<Vec<FoldedLoan>, StoreFault> {
        self.settle(school)?;
        let open = if only_open { "AND l.closing IS NULL" } else { "" };
        let condition = format!("l.school = ?1 {open} ORDER BY l.item, l.place LIMIT ?2");
        read_loans(&self.db, &condition, params![school.0, limit])
    }
}
