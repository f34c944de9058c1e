//! Reviews by the sort of their cause: counted, leafed through, decided together, and taken back together.

use super::code::{decree, decree_word, variant, word};
use super::fold::{decided, refold_reviews};
use super::reviews::DecideFault;
use super::settle::settle;
use super::sql::{Db, Lock, params};
use super::{ReviewLine, SchoolId, Store, StoreFault};
use crate::fold::Decree;
use exchange::{Conflict, ReviewId, StationId};
use std::collections::BTreeSet;

/// Most reviews that are decided together.
pub const MOST_TOGETHER: usize = 200;

/// Which reviews are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReviewFilter {
    /// Decided ones; otherwise those that wait.
    pub decided: bool,
    /// With this cause.
    pub conflict: Option<Conflict>,
    /// Caused by an event of this station.
    pub station: Option<StationId>,
}

/// Reviews that were decided together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupLine {
    /// Its number.
    pub id: u64,
    /// Who decided.
    pub login: String,
    /// How.
    pub decree: Decree,
    /// What they were about.
    pub conflict: Conflict,
    /// When, seconds since 1970.
    pub at_s: i64,
    /// How many of them still stand as they were decided then.
    pub standing: u64,
}

impl Store {
    /// How many reviews of a school wait (or are decided), by their causes, the most first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn review_kinds(&self, school: SchoolId, decided: bool) -> Result<Vec<(Conflict, u64)>, StoreFault> {
        self.settle(school)?;
        let rows = self.db.rows(
            "SELECT conflict, count(*) FROM matter WHERE school = ?1 AND fate = ?2 AND conflict IS NOT NULL
             GROUP BY conflict ORDER BY 2 DESC, 1",
            params![school.0, fate(decided)],
        )?;
        rows.iter().map(|row| Ok((variant(&row.get::<String>(0)?)?, row.get(1)?))).collect()
    }

    /// How many reviews of a school wait, by the stations whose events caused them.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn reviews_by_station(&self, school: SchoolId) -> Result<Vec<(StationId, u64)>, StoreFault> {
        self.settle(school)?;
        let rows = self.db.rows(
            "SELECT station, count(*) FROM matter WHERE school = ?1 AND fate = 'in_review' GROUP BY station",
            params![school.0],
        )?;
        rows.iter().map(|row| Ok((StationId(row.get(0)?), row.get(1)?))).collect()
    }

    /// Up to `limit` reviews of a school after the first `skip`, the newest cause first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn reviews_page(
        &self,
        school: SchoolId,
        wanted: ReviewFilter,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<ReviewLine>, StoreFault> {
        self.settle(school)?;
        let rows = self.db.rows(
            "SELECT m.review FROM matter m
             JOIN event e ON e.station = m.station AND e.epoch = m.epoch AND e.seq = m.seq
             WHERE m.school = ?1 AND m.fate = ?2 AND m.review IS NOT NULL
               AND m.conflict = coalesce(CAST(?3 AS TEXT), m.conflict)
               AND m.station = coalesce(CAST(?4 AS BIGINT), m.station)
             ORDER BY e.at_s DESC, e.station, e.seq DESC LIMIT ?5 OFFSET ?6",
            params![
                school.0,
                fate(wanted.decided),
                wanted.conflict.map(|conflict| word(&conflict)),
                wanted.station.map(|station| station.0),
                limit,
                skip,
            ],
        )?;
        let decided = decided(&self.db, school)?;
        let mut lines = Vec::with_capacity(rows.len());
        for row in &rows {
            lines.extend(self.review_line(school, ReviewId(row.get(0)?), &decided)?);
        }
        Ok(lines)
    }

    /// Writes down what somebody said about several reviews with one cause at once, and folds what rests on them. Those that
    /// were decided in the meantime, or have gone, are left as they are. Says how many were decided.
    ///
    /// # Errors
    /// The database cannot be written; then none was decided.
    pub fn decide_together(
        &mut self,
        school: SchoolId,
        (conflict, decree): (Conflict, Decree),
        reviews: &BTreeSet<ReviewId>,
        login: &str,
        now_s: i64,
    ) -> Result<usize, StoreFault> {
        let tx = self.db.begin(Lock::School(school))?;
        settle(&tx, school)?;
        let standing = decided(&tx, school)?;
        let mut members = Vec::new();
        for review in reviews.iter().take(MOST_TOGETHER) {
            let line = self.review_line(school, *review, &standing)?;
            if line.is_none_or(|line| line.conflict != conflict || line.accepted.is_some()) {
                continue;
            }
            let place: u64 = tx.one(
                "INSERT INTO decision (school, review, decree, login, at_s) VALUES (?1, ?2, ?3, ?4, ?5)
                 RETURNING place",
                params![school.0, review.0, decree_word(decree), login, now_s],
            )?;
            members.push((*review, place));
        }
        if members.is_empty() {
            return Ok(0);
        }
        let group: u64 = tx.one(
            "INSERT INTO decision_group (school, login, decree, conflict, at_s) VALUES (?1, ?2, ?3, ?4, ?5)
             RETURNING id",
            params![school.0, login, decree_word(decree), word(&conflict), now_s],
        )?;
        for (review, place) in &members {
            tx.write(
                "INSERT INTO decision_member (grp, review, place) VALUES (?1, ?2, ?3)",
                params![group, review.0, *place],
            )?;
        }
        refold_reviews(&tx, school, &members.iter().map(|(review, _)| *review).collect())?;
        tx.commit()?;
        Ok(members.len())
    }

    /// The last `limit` groups of a school of which something still stands, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn review_groups(&self, school: SchoolId, limit: u32) -> Result<Vec<GroupLine>, StoreFault> {
        self.settle(school)?;
        let rows = self.db.rows(
            "SELECT id, login, decree, conflict, at_s FROM decision_group
             WHERE school = ?1 AND undone_s IS NULL ORDER BY id DESC LIMIT ?2",
            params![school.0, limit],
        )?;
        let mut groups = Vec::new();
        for row in &rows {
            let id: u64 = row.get(0)?;
            let standing = standing(&self.db, school, id)?.len() as u64;
            if standing > 0 {
                groups.push(GroupLine {
                    id,
                    login: row.get(1)?,
                    decree: decree(&row.get::<String>(2)?)?,
                    conflict: variant(&row.get::<String>(3)?)?,
                    at_s: row.get(4)?,
                    standing,
                });
            }
        }
        Ok(groups)
    }

    /// Takes back what stands of a group. What was decided anew since stays. Says how many were taken back.
    ///
    /// # Errors
    /// [`DecideFault::Undecided`]: nothing of it stands; or the database cannot be written.
    pub fn take_back_group(
        &mut self,
        school: SchoolId,
        group: u64,
        login: &str,
        now_s: i64,
    ) -> Result<usize, DecideFault> {
        let tx = self.db.begin(Lock::School(school))?;
        settle(&tx, school)?;
        let reviews = standing(&tx, school, group)?;
        if reviews.is_empty() {
            return Err(DecideFault::Undecided);
        }
        for review in &reviews {
            tx.write(
                "INSERT INTO decision (school, review, decree, login, at_s) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![school.0, review.0, decree_word(Decree::Withdraw), login, now_s],
            )?;
        }
        tx.write("UPDATE decision_group SET undone_s = ?2 WHERE id = ?1", params![group, now_s])?;
        refold_reviews(&tx, school, &reviews)?;
        tx.commit()?;
        Ok(reviews.len())
    }
}

fn fate(decided: bool) -> &'static str {
    if decided { "resolved" } else { "in_review" }
}

/// Reviews of a group about which nothing was said since.
fn standing(db: &Db, school: SchoolId, group: u64) -> Result<BTreeSet<ReviewId>, StoreFault> {
    let rows = db.rows(
        "SELECT m.review FROM decision_member m
         JOIN decision_group g ON g.id = m.grp AND g.school = ?1 AND g.undone_s IS NULL
         WHERE m.grp = ?2 AND NOT EXISTS (SELECT 1 FROM decision d
             WHERE d.school = ?1 AND d.review = m.review AND d.place > m.place)",
        params![school.0, group],
    )?;
    rows.iter().map(|row| Ok(ReviewId(row.get(0)?))).collect()
}
