//! Events that a journal tells again under a new epoch.
//!
//! After a fork a station goes on under the epoch that it is given, and tells its whole history there: it cannot know what the
//! region has of it. Here what came before is known again, and counts once.
//!
//! - An event is the same as one of an earlier life of its station if their rows are, byte for byte, but for the number that
//!   an undo names: stamp, basis and act. Of several equal ones the first is the first, and so on.
//! - Two lives of one journal are two ways from one beginning. So what is told again is the beginning of a life, in the order
//!   in which it was told before; behind the first event that is new nothing is looked for.
//! - Two first starts with a dead clock, of a journal that was lost between them, are equal too, and count as one.
//! - An event told again is kept, for its life's numbers and chain need it. It counts under its first name alone: the fold,
//!   the numbers, the changes and the log pass it over; its station is told what became of the first.

use super::StoreFault;
use super::sql::{Db, Kind, Meets, Row, Table, Tx, params};
use crate::fold::EventRef;
use exchange::{Act, Epoch, Event, Seq, StationId, row};
use std::collections::HashMap;

const RETOLD: Table = Table {
    name: "retold",
    columns: &[
        ("station", Kind::Int),
        ("epoch", Kind::Int),
        ("seq", Kind::Int),
        ("first_epoch", Kind::Int),
        ("first_seq", Kind::Int),
    ],
    key: 3,
};

/// To be joined to `event e`: gives `r.first_epoch, r.first_seq`.
pub(super) const JOIN: &str =
    "LEFT JOIN retold r ON r.station = e.station AND r.epoch = e.epoch AND r.seq = e.seq";

/// That an event `e` is told for the first time.
pub(super) const IS_FIRST: &str =
    "NOT EXISTS (SELECT 1 FROM retold r WHERE r.station = e.station AND r.epoch = e.epoch AND r.seq = e.seq)";

/// Events that are told again, and the names under which they count.
#[derive(Debug, Default)]
pub(super) struct Retold(HashMap<EventRef, EventRef>);

impl Retold {
    /// From rows with `station, epoch, seq` from column `who` on, and those of [`JOIN`] from column `first` on.
    pub(super) fn of(rows: &[Row], who: usize, first: usize) -> Result<Retold, StoreFault> {
        let mut retold = HashMap::new();
        for row in rows {
            if let Some(epoch) = row.get::<Option<u32>>(first)? {
                let who = super::fold::event_ref(row, who)?;
                let seq = Seq(row.get(first + 1)?);
                retold.insert(who, EventRef { station: who.station, epoch: Epoch(epoch), seq });
            }
        }
        Ok(Retold(retold))
    }

    /// Whether an event is told again.
    pub(super) fn has(&self, who: EventRef) -> bool {
        self.0.contains_key(&who)
    }

    /// The name under which an event counts.
    pub(super) fn first(&self, who: EventRef) -> EventRef {
        self.0.get(&who).copied().unwrap_or(who)
    }
}

/// Up to here a life tells again; 0 = it tells nothing again.
pub(super) fn upto(db: &Db, station: StationId, epoch: Epoch) -> Result<Seq, StoreFault> {
    let sql = "SELECT coalesce(max(seq), 0) FROM retold WHERE station = ?1 AND epoch = ?2";
    Ok(Seq(db.one(sql, params![station.0, epoch.0])?))
}

/// Finds out which events at the beginning of `new` an earlier life has told, and notes them; gives how many. `stored_upto` is
/// what is stored of their life, and ends just before them.
pub(super) fn note(
    tx: &Tx<'_>,
    (station, epoch): (StationId, Epoch),
    stored_upto: Seq,
    new: &[Event],
) -> Result<usize, StoreFault> {
    if epoch <= Epoch(1) {
        return Ok(0);
    }
    let earlier: Option<u32> =
        tx.one("SELECT min(epoch) FROM life WHERE station = ?1 AND epoch < ?2", params![station.0, epoch.0])?;
    if earlier.is_none() || upto(tx, station, epoch)? != stored_upto {
        return Ok(0);
    }
    let boots = new.iter().map(|event| event.at.boot);
    let (Some(from_boot), Some(to_boot)) = (boots.clone().min(), boots.max()) else { return Ok(0) };
    let last = tx.row(
        "SELECT first_epoch, first_seq FROM retold WHERE station = ?1 AND epoch = ?2 AND seq = ?3",
        params![station.0, epoch.0, stored_upto.0],
    )?;
    let (last_epoch, last_seq): (u32, u64) = match last {
        Some(row) => (row.get(0)?, row.get(1)?),
        None => (0, 0),
    };
    let sql = format!(
        "SELECT e.epoch, e.seq, e.row FROM event e
         WHERE e.station = ?1 AND e.epoch < ?2 AND (e.epoch, e.seq) > (?3, ?4) AND e.boot BETWEEN ?5 AND ?6
         AND {IS_FIRST} ORDER BY e.epoch, e.seq"
    );
    let told = tx.rows(&sql, params![station.0, epoch.0, last_epoch, last_seq, from_boot, to_boot])?;
    let mut told = told.iter();
    let mut rows = Vec::new();
    'events: for event in new {
        let same = without_target(event);
        for first in told.by_ref() {
            let (first_epoch, first_seq): (u32, u64) = (first.get(0)?, first.get(1)?);
            let kept = row::decode(Seq(first_seq), &first.get::<Vec<u8>>(2)?)
                .map_err(|_| StoreFault::Damaged("an event"))?;
            if without_target(&kept) == same {
                rows.push(params![station.0, epoch.0, event.seq.0, first_epoch, first_seq].to_vec());
                continue 'events;
            }
        }
        break;
    }
    tx.put(&RETOLD, Meets::Nothing, &rows)?;
    Ok(rows.len())
}

/// The row of an event, without the number that an undo names: that is another one in each life.
fn without_target(event: &Event) -> Vec<u8> {
    match event.act {
        Act::Undone { .. } => row::encode(&Event { act: Act::Undone { seq: Seq(0) }, ..event.clone() }),
        Act::StationStarted { .. }
        | Act::CheckedOut { .. }
        | Act::Returned { .. }
        | Act::Renewed { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => row::encode(event),
    }
}
