//! What outside systems are told of a school: events in the order in which the region stored them, and what became of them
//! whenever that changed.
//!
//! - Each has a number of its school, given in the transaction that made it true; numbers have no gaps and only rise, so that a
//!   reader who keeps the last one misses nothing and gets nothing twice.
//! - Events of one message are one row: its `place` is the number of the last of them.

use super::fold::judged;
use super::sql::{Kind, Meets, Row, Table, Tx, Value, params};
use super::tables::MATTER;
use super::{SchoolId, Store, StoreFault};
use crate::fold::{EventRef, Judged};
use exchange::{Epoch, Event, Fate, Seq, StationId, row};

const CHANGE: Table = Table {
    name: "change",
    columns: &[
        ("school", Kind::Int),
        ("place", Kind::Int),
        ("station", Kind::Int),
        ("epoch", Kind::Int),
        ("from_seq", Kind::Int),
        ("upto", Kind::Int),
        ("at_s", Kind::Int),
        ("fate", Kind::Text),
        ("conflict", Kind::Text),
        ("review", Kind::Int),
    ],
    key: 2,
};

/// One thing that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeLine {
    /// Its number in the school.
    pub place: u64,
    /// Which event.
    pub who: EventRef,
    /// What of it.
    pub told: Told,
}

/// What is told of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It came; `at_s` is when it happened, as far as is known, seconds since 1970.
    Came {
        /// The event.
        event: Event,
        /// When it happened.
        at_s: i64,
    },
    /// What became of it is another thing than before.
    Judged(Judged),
}

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub enum ChangeFault {
    /// There is no such number yet: the reader's number is of another region, or this one was restored from an older copy.
    #[error(
        "the cursor {after} is ahead of this region, which is at {newest}: it was restored from an older copy, or the cursor is of another region; begin again at 0"
    )]
    Ahead {
        /// What was asked for.
        after: u64,
        /// The newest there is.
        newest: u64,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Gives out `count` numbers of a school; the newest of them.
fn numbers(tx: &Tx<'_>, school: SchoolId, count: u64) -> Result<u64, StoreFault> {
    tx.one("UPDATE school SET told = told + ?2 WHERE id = ?1 RETURNING told", params![school.0, count])
}

/// Notes events that came.
pub(super) fn note_events(
    tx: &Tx<'_>,
    school: SchoolId,
    (station, epoch): (StationId, Epoch),
    (from, upto): (Seq, Seq),
    now_s: i64,
) -> Result<(), StoreFault> {
    let place = numbers(tx, school, upto.next().0.saturating_sub(from.0))?;
    tx.write(
        "INSERT INTO change (school, place, station, epoch, from_seq, upto, at_s) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![school.0, place, station.0, epoch.0, from.0, upto.0, now_s],
    )?;
    Ok(())
}

/// Writes what became of events, as rows of [`MATTER`], and takes away what is plainly applied again, by its key; notes both.
pub(super) fn write_matters(
    tx: &Tx<'_>,
    school: SchoolId,
    gone: &[Vec<Value>],
    matters: &[Vec<Value>],
) -> Result<(), StoreFault> {
    tx.take_away(&MATTER, gone)?;
    tx.put(&MATTER, Meets::Replaced, matters)?;
    let count = (gone.len() + matters.len()) as u64;
    if count == 0 {
        return Ok(());
    }
    let first = numbers(tx, school, count)?.saturating_sub(count).saturating_add(1);
    let applied = gone.iter().map(|key| (key.as_slice(), Judged::APPLIED));
    let others = matters.iter().map(|row| {
        let cells = Row::of(row);
        let (fate, conflict): (String, Option<String>) = (cells.get(5)?, cells.get(6)?);
        let patron: Option<String> = cells.get(8)?;
        let judged = judged(Some(&fate), conflict.as_deref(), cells.get(7)?, patron.as_deref())?;
        Ok::<_, StoreFault>((row.as_slice(), judged))
    });
    let all = applied.map(Ok).chain(others).zip(first..);
    let rows = all.map(|(entry, place)| {
        let (row, judged) = entry?;
        let (station, epoch, seq) = match row {
            [station, epoch, seq, ..] => (station.clone(), epoch.clone(), seq.clone()),
            _ => return Err(StoreFault::Damaged("a matter's key")),
        };
        let (fate, review) = words(judged.fate);
        let mut cells = params![school.0, place].to_vec();
        cells.extend([station, epoch, seq.clone(), seq]);
        cells.extend_from_slice(params![
            0_i64,
            fate,
            judged.conflict.map(|conflict| super::code::word(&conflict)),
            review
        ]);
        Ok(cells)
    });
    tx.put(&CHANGE, Meets::Nothing, &rows.collect::<Result<Vec<_>, StoreFault>>()?)
}

fn words(fate: Fate) -> (&'static str, Option<u64>) {
    match fate {
        Fate::Applied => ("applied", None),
        Fate::Flagged => ("flagged", None),
        Fate::InReview(review) => ("in_review", Some(review.0)),
        Fate::Resolved(review) => ("resolved", Some(review.0)),
    }
}

impl Store {
    /// The newest number of what is told of a school; 0 = nothing yet.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn newest_change(&self, school: SchoolId) -> Result<u64, StoreFault> {
        self.settle(school)?;
        self.db.one("SELECT told FROM school WHERE id = ?1", params![school.0])
    }

    /// What a school is told behind the number `after`, at most `limit` of it, in order.
    ///
    /// # Errors
    /// [`ChangeFault`].
    pub fn changes(
        &self,
        school: SchoolId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<ChangeLine>, ChangeFault> {
        let newest = self.newest_change(school)?;
        if after > newest {
            return Err(ChangeFault::Ahead { after, newest });
        }
        let rows = self.db.rows(
            "SELECT place, station, epoch, from_seq, upto, fate, conflict, review FROM change
             WHERE school = ?1 AND place > ?2 ORDER BY place LIMIT ?3",
            params![school.0, after, limit as u64],
        )?;
        let mut lines = Vec::new();
        for row in &rows {
            let room = limit.saturating_sub(lines.len());
            if room == 0 {
                break;
            }
            let place: u64 = row.get(0)?;
            let (station, epoch) = (StationId(row.get(1)?), Epoch(row.get(2)?));
            let upto: u64 = row.get(4)?;
            match row.get::<Option<String>>(5)? {
                Some(fate) => lines.push(ChangeLine {
                    place,
                    who: EventRef { station, epoch, seq: Seq(upto) },
                    told: Told::Judged(judged(
                        Some(&fate),
                        row.get::<Option<String>>(6)?.as_deref(),
                        row.get(7)?,
                        None,
                    )?),
                }),
                None => {
                    // Of a row that was told in part, the rest.
                    let from = row.get::<u64>(3)?.max((upto + after + 1).saturating_sub(place));
                    let to = upto.min(from.saturating_add(room as u64 - 1));
                    lines.extend(self.came(station, epoch, (from, to), place - (upto - from))?);
                }
            }
        }
        Ok(lines)
    }

    /// Events of a station as lines, the first of which has the number `first`.
    fn came(
        &self,
        station: StationId,
        epoch: Epoch,
        (from, to): (u64, u64),
        first: u64,
    ) -> Result<Vec<ChangeLine>, StoreFault> {
        let rows = self.db.rows(
            "SELECT seq, row, at_s FROM event WHERE station = ?1 AND epoch = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq",
            params![station.0, epoch.0, from, to],
        )?;
        rows.iter()
            .zip(first..)
            .map(|(cells, place)| {
                let seq = Seq(cells.get(0)?);
                let event = row::decode(seq, &cells.get::<Vec<u8>>(1)?)
                    .map_err(|_| StoreFault::Damaged("an event"))?;
                let told = Told::Came { event, at_s: cells.get(2)? };
                Ok(ChangeLine { place, who: EventRef { station, epoch, seq }, told })
            })
            .collect()
    }
}
