//! Lists in pages, for outside systems.

use super::fold::read_loans;
use super::records::{decode, key_of};
use super::sql::params;
use super::{SchoolId, Store, StoreFault};
use crate::fold::FoldedLoan;
use exchange::{Day, Feed, Record, RecordKey};

/// A page of records, in the order in which they last changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPage {
    /// Records.
    pub put: Vec<Record>,
    /// Keys of records that are gone.
    pub gone: Vec<RecordKey>,
    /// Where the next page begins.
    pub next: u64,
    /// Whether there may be one.
    pub more: bool,
}

impl Store {
    /// The records of a feed for all stations of a school that changed behind the change `after`, at most `limit` of them.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn record_page(
        &self,
        school: SchoolId,
        feed: Feed,
        after: u64,
        limit: usize,
    ) -> Result<RecordPage, StoreFault> {
        let rows = self.db.rows(
            "SELECT change, key, row FROM record
             WHERE school = ?1 AND feed = ?2 AND station = 0 AND change > ?3 ORDER BY change LIMIT ?4",
            params![school.0, feed.number(), after, limit as u64],
        )?;
        let more = rows.len() == limit;
        let mut page = RecordPage { put: Vec::new(), gone: Vec::new(), next: after, more };
        for row in &rows {
            page.next = row.get(0)?;
            match row.get::<Option<Vec<u8>>>(2)? {
                Some(bytes) => page.put.push(decode(&bytes)?),
                None if after == 0 => {}
                None => page.gone.push(key_of(&row.get::<String>(1)?)?),
            }
        }
        Ok(page)
    }

    /// Open loans of a school by due date and item, at most `limit` of those behind `after`; with `before`, only those that are
    /// due before that day.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn open_loan_page(
        &self,
        school: SchoolId,
        after: Option<(Day, &str)>,
        before: Option<Day>,
        limit: usize,
    ) -> Result<Vec<FoldedLoan>, StoreFault> {
        self.settle(school)?;
        let (day, item) = after.map_or((i32::MIN, ""), |(day, item)| (day.0, item));
        let before = before.map_or(i64::from(i32::MAX) + 1, |day| i64::from(day.0));
        read_loans(
            &self.db,
            "l.school = ?1 AND l.closing IS NULL AND l.due >= ?2 AND (l.due > ?2 OR l.item > ?3) AND l.due < ?4
             ORDER BY l.due, l.item LIMIT ?5",
            params![school.0, day, item, before, limit as u64],
        )
    }
}
