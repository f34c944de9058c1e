//! When a station was heard, and what its clocks said then.

use super::sql::{Db, Tx, params};
use super::{SchoolId, StoreFault, fold, settle};
use crate::fold::{BootReadings, When};
use exchange::{Epoch, Request, Seq, StationId, row};
use std::collections::BTreeSet;

/// By which way a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It was sent a moment ago.
    Network,
    /// Somebody carried it: it is as old as its clock says.
    Stick,
}

/// Notes when a station was heard.
pub(super) fn note_heard(tx: &Tx<'_>, way: Way, request: &Request, now_s: i64) -> Result<(), StoreFault> {
    let (station, clock, head) = (request.station.0, request.clock, request.head_seq.0);
    match way {
        Way::Network => tx.write(
            "UPDATE station SET contact_s = ?2, head = ?3, ahead_s = ?4 WHERE id = ?1",
            params![station, now_s, head, clock.wall_s.saturating_sub(now_s)],
        )?,
        // It tells of the moment when it was written, and nothing of how the clocks compare.
        Way::Stick => tx.write(
            "UPDATE station SET head = CASE WHEN contact_s > ?2 THEN head ELSE ?3 END,
                 contact_s = CASE WHEN contact_s > ?2 THEN contact_s ELSE ?2 END WHERE id = ?1",
            params![station, clock.wall_s.min(now_s), head],
        )?,
    };
    Ok(())
}

/// Notes what a station's clocks said, and gives what is known of them now. A reading that bounds the past more closely moves
/// the events of that start and earlier ones, and what rests on them is folded anew.
///
/// Only for a message that goes on with the history that is stored: another machine's starts say nothing of it.
pub(super) fn note_clock(
    tx: &Tx<'_>,
    school: SchoolId,
    request: &Request,
    now_s: i64,
) -> Result<BootReadings, StoreFault> {
    let (station, epoch, clock) = (request.station, request.epoch, request.clock);
    let mut readings = readings(tx, station, epoch)?;
    if let Some(start_by_s) = readings.note(&clock, now_s) {
        tx.write(
            "INSERT INTO boot (station, epoch, boot, start_by_s) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (station, epoch, boot) DO UPDATE SET start_by_s = excluded.start_by_s",
            params![station.0, epoch.0, clock.boot, start_by_s],
        )?;
        date_anew(tx, school, request, &readings, start_by_s)?;
    }
    Ok(readings)
}

/// Moves the events that a new bound concerns: those of its start, and those of earlier ones that reach beyond it.
fn date_anew(
    tx: &Tx<'_>,
    school: SchoolId,
    request: &Request,
    readings: &BootReadings,
    start_by_s: i64,
) -> Result<(), StoreFault> {
    let (station, epoch) = (request.station, request.epoch);
    let rows = tx.rows(
        "SELECT seq, row, at_s, lo_s, hi_s, subject FROM event
         WHERE station = ?1 AND epoch = ?2 AND (boot = ?3 OR (boot < ?3 AND (at_s > ?4 OR hi_s > ?4)))",
        params![station.0, epoch.0, request.clock.boot, start_by_s],
    )?;
    let mut touched = BTreeSet::new();
    for kept in &rows {
        let seq = Seq(kept.get(0)?);
        let event =
            row::decode(seq, &kept.get::<Vec<u8>>(1)?).map_err(|_| StoreFault::Damaged("an event"))?;
        let when = readings.when(&event.at);
        if when == (When { at_s: kept.get(2)?, lo_s: kept.get(3)?, hi_s: kept.get(4)? }) {
            continue;
        }
        tx.write(
            "UPDATE event SET at_s = ?4, lo_s = ?5, hi_s = ?6 WHERE station = ?1 AND epoch = ?2 AND seq = ?3",
            params![station.0, epoch.0, seq.0, when.at_s, when.lo_s, when.hi_s],
        )?;
        let subject: Option<String> = kept.get(5)?;
        touched.extend(subject.as_deref().map(fold::parse_subject).transpose()?);
    }
    if touched.is_empty() {
        return Ok(());
    }
    settle::settle(tx, school)?;
    fold::refold(tx, school, &touched)
}

fn readings(db: &Db, station: StationId, epoch: Epoch) -> Result<BootReadings, StoreFault> {
    let rows = db.rows(
        "SELECT boot, start_by_s FROM boot WHERE station = ?1 AND epoch = ?2",
        params![station.0, epoch.0],
    )?;
    let kept = rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?)));
    Ok(BootReadings::from_kept(kept.collect::<Result<Vec<_>, StoreFault>>()?))
}
