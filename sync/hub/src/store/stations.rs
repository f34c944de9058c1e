//! The stations of the region as a person sees them.

use super::code::uint;
use super::events::{COUNTS, Counts, counts_from};
use super::{Store, StoreFault};
use exchange::{Epoch, Seq, StationId};
use rusqlite::params;

/// A station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationLine {
    /// Its number.
    pub id: StationId,
    /// Its name.
    pub name: String,
    /// The newest life of its journal.
    pub epoch: Epoch,
    /// When it was last heard, seconds since 1970.
    pub contact_s: Option<i64>,
    /// Events it had when last heard that the region does not have yet.
    pub waiting: u64,
    /// How far its clock was ahead of the region's, in seconds; behind if negative.
    pub ahead_s: i64,
    /// When it was revoked, seconds since 1970.
    pub revoked_s: Option<i64>,
    /// Its events in numbers.
    pub counts: Counts,
    /// Messages of it that were set aside.
    pub set_aside: u64,
}

/// A message that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// From which station.
    pub station: StationId,
    /// Of which life of its journal.
    pub epoch: Epoch,
    /// When it came, seconds since 1970.
    pub at_s: i64,
    /// `fork` or `revoked`.
    pub why: String,
    /// Its length in bytes.
    pub len: u64,
}

impl Store {
    /// All stations by number.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stations(&self) -> Result<Vec<StationLine>, StoreFault> {
        let mut query = self.conn.prepare_cached(
            "SELECT s.id, s.name, l.epoch, s.contact_s, s.head, l.stored_upto, s.ahead_s, s.revoked_s,
                    (SELECT count(*) FROM set_aside a WHERE a.station = s.id)
             FROM station s JOIN life l ON l.station = s.id
             WHERE l.epoch = (SELECT max(epoch) FROM life WHERE station = s.id) ORDER BY s.id",
        )?;
        let mut rows = query.query([])?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            let id = StationId(row.get(0)?);
            let (head, stored): (i64, i64) = (row.get(4)?, row.get(5)?);
            lines.push(StationLine {
                id,
                name: row.get(1)?,
                epoch: Epoch(row.get(2)?),
                contact_s: row.get(3)?,
                waiting: uint(head.saturating_sub(stored)),
                ahead_s: row.get(6)?,
                revoked_s: row.get(7)?,
                counts: self.counts_of(id)?,
                set_aside: uint(row.get(8)?),
            });
        }
        Ok(lines)
    }

    /// A station's events in numbers.
    fn counts_of(&self, station: StationId) -> Result<Counts, StoreFault> {
        let mut query =
            self.conn.prepare_cached(&format!("SELECT {COUNTS} FROM event WHERE station = ?1"))?;
        Ok(query.query_row([station.0], counts_from)?)
    }

    /// Messages of a station that were set aside, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn set_aside(&self, station: StationId) -> Result<Vec<SetAside>, StoreFault> {
        let mut query = self.conn.prepare_cached(
            "SELECT station, epoch, at_s, why, length(message) FROM set_aside WHERE station = ?1 ORDER BY place DESC",
        )?;
        let rows = query.query_map([station.0], |row| {
            Ok(SetAside {
                station: StationId(row.get(0)?),
                epoch: Epoch(row.get(1)?),
                at_s: row.get(2)?,
                why: row.get(3)?,
                len: uint(row.get(4)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes nothing from a station any more; says whether there is such a station.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn revoke(&mut self, station: StationId, now_s: i64) -> Result<bool, StoreFault> {
        let count = self.conn.execute(
            "UPDATE station SET revoked_s = coalesce(revoked_s, ?2) WHERE id = ?1",
            params![station.0, now_s],
        )?;
        Ok(count > 0)
    }

    /// The highest seq of an epoch that is stored.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stored_upto(&self, station: StationId, epoch: Epoch) -> Result<Seq, StoreFault> {
        super::ingest::stored_upto(&self.conn, station, epoch)
    }
}
