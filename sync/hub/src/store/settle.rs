//! Folds what was kept.
//!
//! Acknowledging an event needs it flushed, not folded: a station that brings back a week sends message after message. So a
//! message only raises `stored_upto` of its journal, and `folded_upto` says how far the fold has come. What lies between is
//! durable and known by number; nothing else is queued.
//!
//! - Whoever reads what is folded settles the school first: an answer with which the station has told everything, a page, a
//!   decision, a change of reference data. Beside them `serve` settles what nobody asked for.
//! - It is done under the school's lock, in the transaction that raises `folded_upto`: any number of hubs may do it at once.
//! - Settling twice, or in another order, comes to the same: the fold is one of all events.

use super::sql::{Db, Lock, Tx, params};
use super::{SchoolId, Store, StoreFault, fold, retold};
use crate::fold::{EventRef, Subject};
use exchange::{Act, Epoch, ReviewId, Seq, StationId, row};
use std::collections::BTreeSet;

/// Events that are settled in one go: what a school's stations gather in weeks, and what a hub can hold of it.
const AT_ONCE: u64 = 20_000;

/// A journal that is stored further than it is folded.
struct Behind {
    station: StationId,
    epoch: Epoch,
    folded_upto: u64,
    stored_upto: u64,
}

/// What the events touch that are about to be folded.
#[derive(Default)]
struct Touched {
    subjects: BTreeSet<Subject>,
    alone: Vec<(EventRef, Act)>,
    reviews: BTreeSet<ReviewId>,
}

impl Store {
    /// Folds what is kept of a school and not folded yet. Everything that reads what is folded does so by itself.
    ///
    /// # Errors
    /// The database cannot be written; then nothing has moved.
    pub fn settle(&self, school: SchoolId) -> Result<(), StoreFault> {
        if behind(&self.db, school)?.is_empty() {
            return Ok(());
        }
        let tx = self.db.begin(Lock::School(school))?;
        settle(&tx, school)?;
        tx.commit()
    }

    /// As [`Store::settle`], for the school of a station.
    pub(super) fn settle_of(&self, station: StationId) -> Result<(), StoreFault> {
        self.school_of(station)?.map_or(Ok(()), |school| self.settle(school))
    }

    /// Schools of which something is kept and not folded yet.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn unsettled(&self) -> Result<Vec<SchoolId>, StoreFault> {
        let rows = self.db.rows(
            "SELECT DISTINCT s.school FROM life l JOIN station s ON s.id = l.station
             WHERE l.folded_upto < l.stored_upto ORDER BY s.school",
            params![],
        )?;
        rows.iter().map(|row| row.get(0).map(SchoolId)).collect()
    }
}

/// As [`Store::settle`], in a transaction that holds the school's lock.
pub(super) fn settle(tx: &Tx<'_>, school: SchoolId) -> Result<(), StoreFault> {
    loop {
        let behind = behind(tx, school)?;
        if behind.is_empty() {
            return Ok(());
        }
        let (mut touched, mut left) = (Touched::default(), AT_ONCE);
        for journal in behind {
            let upto = journal.stored_upto.min(journal.folded_upto.saturating_add(left));
            left = left.saturating_sub(upto - journal.folded_upto);
            touched.read(tx, &journal, upto)?;
            tx.write(
                "UPDATE life SET folded_upto = ?3 WHERE station = ?1 AND epoch = ?2",
                params![journal.station.0, journal.epoch.0, upto],
            )?;
            if left == 0 {
                break;
            }
        }
        fold::refold(tx, school, &touched.subjects)?;
        fold::judge_alone(tx, school, touched.alone.iter().map(|(who, act)| (*who, act)))?;
        fold::refold_reviews(tx, school, &touched.reviews)?;
    }
}

fn behind(db: &Db, school: SchoolId) -> Result<Vec<Behind>, StoreFault> {
    let rows = db.rows(
        "SELECT l.station, l.epoch, l.folded_upto, l.stored_upto FROM station s JOIN life l ON l.station = s.id
         WHERE s.school = ?1 AND l.folded_upto < l.stored_upto ORDER BY l.station, l.epoch",
        params![school.0],
    )?;
    let read = |row: &super::sql::Row| {
        Ok(Behind {
            station: StationId(row.get(0)?),
            epoch: Epoch(row.get(1)?),
            folded_upto: row.get(2)?,
            stored_upto: row.get(3)?,
        })
    };
    rows.iter().map(read).collect()
}

impl Touched {
    fn read(&mut self, tx: &Tx<'_>, journal: &Behind, upto: u64) -> Result<(), StoreFault> {
        let (station, epoch) = (journal.station, journal.epoch);
        let behind = journal.folded_upto.max(retold::upto(tx, station, epoch)?.0);
        let rows = tx.rows(
            "SELECT DISTINCT subject FROM event
             WHERE station = ?1 AND epoch = ?2 AND seq > ?3 AND seq <= ?4 AND subject IS NOT NULL",
            params![station.0, epoch.0, behind, upto],
        )?;
        for row in &rows {
            self.subjects.insert(fold::parse_subject(&row.get::<String>(0)?)?);
        }
        let rows = tx.rows(
            "SELECT seq, row FROM event
             WHERE station = ?1 AND epoch = ?2 AND seq > ?3 AND seq <= ?4 AND subject IS NULL",
            params![station.0, epoch.0, behind, upto],
        )?;
        for kept in &rows {
            let seq = Seq(kept.get(0)?);
            let event =
                row::decode(seq, &kept.get::<Vec<u8>>(1)?).map_err(|_| StoreFault::Damaged("an event"))?;
            if let Act::ReviewDecided { review, .. } = event.act {
                self.reviews.insert(review);
            }
            self.alone.push((EventRef { station, epoch, seq }, event.act));
        }
        Ok(())
    }
}
