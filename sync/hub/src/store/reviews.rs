//! Reviews: what waits for a librarian, and what they said.

use super::code::decree_word;
use super::fold::{decided, event_ref, read_loans, refold_reviews};
use super::settle::settle;
use super::sql::{Lock, params};
use super::{EventLine, SchoolId, Store, StoreFault, former};
use crate::fold::{Decided, Decree, FoldedLoan};
use exchange::{Act, Conflict, ItemId, ReviewId};
use std::collections::BTreeSet;

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

impl Store {
    /// How many reviews there are: undecided ones, and all.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn review_counts(&self, school: SchoolId) -> Result<(u64, u64), StoreFault> {
        self.settle(school)?;
        let row = self.db.row(
            "SELECT count(*) FILTER (WHERE fate = 'in_review'), count(*) FROM matter
             WHERE school = ?1 AND review IS NOT NULL",
            params![school.0],
        )?;
        row.map_or(Ok((0, 0)), |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Undecided reviews of a school, or decided ones; the newest cause first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn reviews(
        &self,
        school: SchoolId,
        undecided: bool,
        limit: u32,
    ) -> Result<Vec<ReviewLine>, StoreFault> {
        self.settle(school)?;
        let fate = if undecided { "in_review" } else { "resolved" };
        let rows = self.db.rows(
            "SELECT m.review FROM matter m
             JOIN event e ON e.station = m.station AND e.epoch = m.epoch AND e.seq = m.seq
             WHERE m.school = ?1 AND m.fate = ?2 AND m.review IS NOT NULL
             ORDER BY e.at_s DESC, e.seq DESC LIMIT ?3",
            params![school.0, fate, limit],
        )?;
        let decided = decided(&self.db, school)?;
        let mut lines = Vec::with_capacity(rows.len());
        for row in &rows {
            lines.extend(self.review_line(school, ReviewId(row.get(0)?), &decided)?);
        }
        Ok(lines)
    }

    /// One review of a school.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn review(&self, school: SchoolId, review: ReviewId) -> Result<Option<ReviewLine>, StoreFault> {
        self.settle(school)?;
        self.review_line(school, review, &decided(&self.db, school)?)
    }

    pub(super) fn review_line(
        &self,
        school: SchoolId,
        review: ReviewId,
        decided: &Decided,
    ) -> Result<Option<ReviewLine>, StoreFault> {
        let row = self.db.row(
            "SELECT station, epoch, seq FROM matter WHERE school = ?1 AND review = ?2",
            params![school.0, review.0],
        )?;
        let who = row.map(|row| event_ref(&row, 0)).transpose()?;
        let Some(cause) = who.map(|who| self.event(who)).transpose()?.flatten() else { return Ok(None) };
        let Some(conflict) = cause.judged.conflict else { return Ok(None) };
        let row = self.db.row(
            "SELECT coalesce(d.login, s.name), d.at_s FROM decision d LEFT JOIN station s ON s.id = d.station
             WHERE d.school = ?1 AND d.review = ?2 ORDER BY d.place DESC LIMIT 1",
            params![school.0, review.0],
        )?;
        let by = row.map(|row| Ok::<_, StoreFault>((row.get(0)?, row.get(1)?))).transpose()?;
        let other = self.other_side(school, &cause)?;
        Ok(Some(ReviewLine { review, conflict, other, accepted: decided.of(review), by, cause }))
    }

    /// The newest loan of the cause's item that was opened before it, by another event.
    fn other_side(&self, school: SchoolId, cause: &EventLine) -> Result<ReviewSide, StoreFault> {
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
        let loans = self.loans_of(school, item)?;
        let before = loans.iter().take_while(|loan| loan.opened.who != cause.who);
        let other = before.filter(|loan| loan.opened.at_s <= cause.at_s).last();
        Ok(other.cloned().map_or(ReviewSide::None, ReviewSide::Loan))
    }

    /// All loans of an item, by its present number or a former one, in the order of their opening.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn loans_of(&self, school: SchoolId, item: &ItemId) -> Result<Vec<FoldedLoan>, StoreFault> {
        self.settle(school)?;
        let present = former::present(&self.db, school, std::iter::once(item))?;
        let item = present.get(item).unwrap_or(item);
        let condition = "l.school = ?1 AND l.item = ?2 ORDER BY l.place";
        read_loans(&self.db, condition, params![school.0, item.as_str()])
    }

    /// Loans that stations made by this version of the rules, the newest first: what a wrong version has led to. Nothing is
    /// taken back for it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn loans_by_rules(
        &self,
        school: SchoolId,
        version: u32,
        limit: u32,
    ) -> Result<Vec<FoldedLoan>, StoreFault> {
        self.settle(school)?;
        let condition = "l.school = ?1 AND l.rules = ?2 ORDER BY l.opened_s DESC, l.item LIMIT ?3";
        read_loans(&self.db, condition, params![school.0, version, limit])
    }

    /// Writes down what somebody at the region said about a school's review, and folds what rests on it.
    ///
    /// # Errors
    /// [`DecideFault`].
    pub fn decide(
        &mut self,
        school: SchoolId,
        review: ReviewId,
        decree: Decree,
        login: &str,
        now_s: i64,
    ) -> Result<(), DecideFault> {
        let tx = self.db.begin(Lock::School(school))?;
        settle(&tx, school)?;
        let Some(line) = self.review(school, review)? else { return Err(DecideFault::Unknown(review)) };
        match (line.accepted, decree) {
            (Some(_), Decree::Accept | Decree::Reject) => {
                return Err(DecideFault::Decided { by: line.by.map_or_else(String::new, |(by, _)| by) });
            }
            (None, Decree::Withdraw) => return Err(DecideFault::Undecided),
            (None, Decree::Accept | Decree::Reject) | (Some(_), Decree::Withdraw) => {}
        }
        tx.write(
            "INSERT INTO decision (school, review, decree, login, at_s) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![school.0, review.0, decree_word(decree), login, now_s],
        )?;
        refold_reviews(&tx, school, &BTreeSet::from([review]))?;
        Ok(tx.commit()?)
    }
}
