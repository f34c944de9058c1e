//! Reviews: what waits for a librarian, and what they said.

use super::code::{decree_word, int, uint};
use super::fold::{decided, event_ref, read_loans, refold_review};
use super::{EventLine, Store, StoreFault};
use crate::fold::{Decree, FoldedLoan};
use exchange::{Act, Conflict, ItemId, ReviewId};
use rusqlite::{OptionalExtension, TransactionBehavior, params};

/// A matter put before a librarian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewLine {
    /// Its number.
    pub review: ReviewId,
    /// What it is about.
    pub conflict: Conflict,
    /// The event that caused it.
    pub cause: EventLine,
    /// The other side of it.
    pub other: ReviewSide,
    /// Whether the proposed default was accepted; `None` while undecided.
    pub accepted: Option<bool>,
    /// Who decided, and when: the newest line about it, a withdrawal included.
    pub by: Option<(String, i64)>,
}

/// The other side of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewSide {
    /// The loan of the same item that the cause contradicts.
    Loan(FoldedLoan),
    /// There is none.
    None,
}

/// Why a decision cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum DecideFault {
    /// There is no such review.
    #[error("there is no review {0}; another message may have explained it in the meantime")]
    Unknown(ReviewId),
    /// Somebody was quicker.
    #[error("this review was decided already, by {by}; take that decision back first")]
    Decided {
        /// By whom.
        by: String,
    },
    /// There is nothing to take back.
    #[error("this review was not decided; there is nothing to take back")]
    Undecided,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<rusqlite::Error> for DecideFault {
    fn from(fault: rusqlite::Error) -> DecideFault {
        DecideFault::Store(fault.into())
    }
}

impl Store {
    /// How many reviews there are: undecided ones, and all.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn review_counts(&self) -> Result<(u64, u64), StoreFault> {
        let sql =
            "SELECT coalesce(sum(fate = 'in_review'), 0), count(*) FROM matter WHERE review IS NOT NULL";
        Ok(self.conn.query_row(sql, [], |row| Ok((uint(row.get(0)?), uint(row.get(1)?))))?)
    }

    /// Undecided reviews, or decided ones; the newest cause first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn reviews(&self, undecided: bool, limit: u32) -> Result<Vec<ReviewLine>, StoreFault> {
        let fate = if undecided { "in_review" } else { "resolved" };
        let mut query = self.conn.prepare_cached(
            "SELECT m.review FROM matter m JOIN event e USING (station, epoch, seq)
             WHERE m.fate = ?1 AND m.review IS NOT NULL ORDER BY e.at_s DESC, e.seq DESC LIMIT ?2",
        )?;
        let ids = query.query_map(params![fate, limit], |row| Ok(ReviewId(uint(row.get(0)?))))?;
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        ids.into_iter().filter_map(|id| self.review(id).transpose()).collect()
    }

    /// One review.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn review(&self, review: ReviewId) -> Result<Option<ReviewLine>, StoreFault> {
        let mut query =
            self.conn.prepare_cached("SELECT station, epoch, seq FROM matter WHERE review = ?1")?;
        let who = query.query_row([int(review.0)], |row| event_ref(row, 0)).optional()?;
        let Some(cause) = who.map(|who| self.event(who)).transpose()?.flatten() else { return Ok(None) };
        let Some(conflict) = cause.judged.conflict else { return Ok(None) };
        let by = self
            .conn
            .prepare_cached(
                "SELECT coalesce(d.login, s.name), d.at_s FROM decision d LEFT JOIN station s ON s.id = d.station
                 WHERE d.review = ?1 ORDER BY d.place DESC LIMIT 1",
            )?
            .query_row([int(review.0)], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let other = self.other_side(&cause)?;
        Ok(Some(ReviewLine { review, conflict, other, accepted: decided(&self.conn)?.of(review), by, cause }))
    }

    /// The newest loan of the cause's item that was opened before it, by another event.
    fn other_side(&self, cause: &EventLine) -> Result<ReviewSide, StoreFault> {
        let item = match &cause.event.act {
            Act::CheckedOut { item, .. } | Act::Returned { item } | Act::Renewed { item, .. } => item,
            Act::StationStarted { .. }
            | Act::CountedIssued { .. }
            | Act::CountedReturned { .. }
            | Act::Undone { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => return Ok(ReviewSide::None),
        };
        let loans = self.loans_of(item)?;
        let before = loans.iter().take_while(|loan| loan.opened.who != cause.who);
        let other = before.filter(|loan| loan.opened.at_s <= cause.at_s).last();
        Ok(other.cloned().map_or(ReviewSide::None, ReviewSide::Loan))
    }

    /// All loans of an item in the order of their opening.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn loans_of(&self, item: &ItemId) -> Result<Vec<FoldedLoan>, StoreFault> {
        read_loans(&self.conn, "SELECT * FROM loan WHERE item = ?1 ORDER BY place", [item.as_str()])
    }

    /// Writes down what somebody at the region said about a review, and folds what rests on it.
    ///
    /// # Errors
    /// [`DecideFault`].
    pub fn decide(
        &mut self,
        review: ReviewId,
        decree: Decree,
        login: &str,
        now_s: i64,
    ) -> Result<(), DecideFault> {
        let Some(line) = self.review(review)? else { return Err(DecideFault::Unknown(review)) };
        match (line.accepted, decree) {
            (Some(_), Decree::Accept | Decree::Reject) => {
                return Err(DecideFault::Decided { by: line.by.map_or_else(String::new, |(by, _)| by) });
            }
            (None, Decree::Withdraw) => return Err(DecideFault::Undecided),
            (None, Decree::Accept | Decree::Reject) | (Some(_), Decree::Withdraw) => {}
        }
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute(
            "INSERT INTO decision (review, decree, login, at_s) VALUES (?1, ?2, ?3, ?4)",
            params![int(review.0), decree_word(decree), login, now_s],
        )?;
        refold_review(&tx, review)?;
        tx.commit()?;
        Ok(())
    }
}
