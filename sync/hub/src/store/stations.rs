//! The stations of the region as a person sees them.

use super::events::{COUNTS, Counts, counts_from};
use super::sql::{Value, params};
use super::{SchoolId, Store, StoreFault};
use exchange::wire::PublicKey;
use exchange::{Act, Epoch, Seq, StationId, row};

/// A station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationLine {
    /// Its number.
    pub id: StationId,
    /// Of which school.
    pub school: SchoolId,
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
    /// The fingerprint of its key.
    pub fingerprint: String,
    /// Its events in numbers.
    pub counts: Counts,
    /// Messages of it that were set aside.
    pub set_aside: u64,
    /// When the newest event that the region has of it happened, seconds since 1970.
    pub upto_s: Option<i64>,
}

/// From when on a station needs somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ailing {
    /// Not heard since this moment, seconds since 1970.
    pub silent_s: i64,
    /// A clock that is off by more than so many seconds.
    pub clock_s: i64,
}

/// What else is known of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationFacts {
    /// When it joined, seconds since 1970.
    pub approved_s: i64,
    /// Who let it join.
    pub approved_by: String,
    /// The version of the program that it started last.
    pub version: Option<String>,
}

/// A device that a station had before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerDevice {
    /// Its key, by which nothing is taken any more.
    pub key: PublicKey,
    /// The last epoch of its journal.
    pub epoch: Epoch,
    /// Events that it had when last heard, and that never came.
    pub missing: u64,
    /// When it was replaced, seconds since 1970.
    pub replaced_s: i64,
    /// Who said so.
    pub replaced_by: String,
    /// Why.
    pub why: String,
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
    /// `fork`, `revoked` or `replaced`.
    pub why: String,
    /// Its length in bytes.
    pub len: u64,
}

impl Store {
    /// The stations of a school by number.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stations(&self, school: SchoolId) -> Result<Vec<StationLine>, StoreFault> {
        self.settle(school)?;
        self.lines("s.school = ?1", "s.id", params![school.0])
    }

    /// One station.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn station(&self, station: StationId) -> Result<Option<StationLine>, StoreFault> {
        self.settle_of(station)?;
        Ok(self.lines("s.id = ?1", "s.id", params![station.0])?.into_iter().next())
    }

    /// Up to `limit` stations of the region after the first `skip`, those not heard for longest first; with `ailing` only
    /// those that were not heard since `silent_s`, whose clock is off by more than `clock_s`, or of which messages were set
    /// aside. Revoked ones are left out then.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn region_stations(
        &self,
        ailing: Option<Ailing>,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<StationLine>, StoreFault> {
        let order = "coalesce(s.contact_s, 0), s.id LIMIT ?1 OFFSET ?2";
        match ailing {
            None => self.lines("1 = 1", order, params![limit, skip]),
            Some(Ailing { silent_s, clock_s }) => self.lines(
                "s.revoked_s IS NULL AND (s.contact_s IS NULL OR s.contact_s < ?3 OR abs(s.ahead_s) > ?4
                     OR EXISTS (SELECT 1 FROM set_aside a WHERE a.station = s.id))",
                order,
                params![limit, skip, silent_s, clock_s],
            ),
        }
    }

    /// Who let a station join and when; and the version of the program that it started last, if it said so lately.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn station_facts(&self, station: StationId) -> Result<StationFacts, StoreFault> {
        let row =
            self.db.row("SELECT approved_s, approved_by FROM station WHERE id = ?1", params![station.0])?;
        let Some(row) = row else { return Err(StoreFault::Damaged("a station is missing")) };
        let started = self.db.row(
            "SELECT seq, row FROM (SELECT epoch, seq, row, kind FROM event WHERE station = ?1
                 ORDER BY epoch DESC, seq DESC LIMIT 20000) e
             WHERE kind = 1 ORDER BY epoch DESC, seq DESC LIMIT 1",
            params![station.0],
        )?;
        let version = match started {
            Some(row) => {
                match row::decode(Seq(row.get(0)?), &row.get::<Vec<u8>>(1)?).map(|event| event.act) {
                    Ok(Act::StationStarted { version }) => Some(version),
                    Ok(_) | Err(_) => None,
                }
            }
            None => None,
        };
        Ok(StationFacts { approved_s: row.get(0)?, approved_by: row.get(1)?, version })
    }

    fn lines(&self, condition: &str, order: &str, params: &[Value]) -> Result<Vec<StationLine>, StoreFault> {
        let sql = format!(
            "SELECT s.id, s.school, s.name, l.epoch, s.contact_s, s.head, l.stored_upto, s.ahead_s, s.revoked_s,
                    (SELECT count(*) FROM set_aside a WHERE a.station = s.id),
                    (SELECT e.at_s FROM event e
                     WHERE e.station = s.id AND e.epoch = l.epoch AND e.seq = l.stored_upto), s.key, {COUNTS}
             FROM station s JOIN life l ON l.station = s.id LEFT JOIN tally t ON t.station = s.id
             WHERE l.epoch = (SELECT max(epoch) FROM life WHERE station = s.id) AND {condition}
             GROUP BY s.id, l.station, l.epoch, l.stored_upto ORDER BY {order}"
        );
        let rows = self.db.rows(&sql, params)?;
        rows.iter()
            .map(|row| {
                let (head, stored): (u64, u64) = (row.get(5)?, row.get(6)?);
                Ok(StationLine {
                    id: StationId(row.get(0)?),
                    school: SchoolId(row.get(1)?),
                    name: row.get(2)?,
                    epoch: Epoch(row.get(3)?),
                    contact_s: row.get(4)?,
                    waiting: head.saturating_sub(stored),
                    ahead_s: row.get(7)?,
                    revoked_s: row.get(8)?,
                    set_aside: row.get(9)?,
                    upto_s: row.get(10)?,
                    fingerprint: PublicKey(row.get(11)?).fingerprint(),
                    counts: counts_from(row, 12)?,
                })
            })
            .collect()
    }

    /// The school of a station; `None` if there is no such station.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn school_of(&self, station: StationId) -> Result<Option<SchoolId>, StoreFault> {
        let row = self.db.row("SELECT school FROM station WHERE id = ?1", params![station.0])?;
        row.map(|row| row.get(0).map(SchoolId)).transpose()
    }

    /// Messages of a station that were set aside, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn set_aside(&self, station: StationId) -> Result<Vec<SetAside>, StoreFault> {
        let rows = self.db.rows(
            "SELECT station, epoch, at_s, why, length(message) FROM set_aside WHERE station = ?1 ORDER BY place DESC",
            params![station.0],
        )?;
        rows.iter()
            .map(|row| {
                Ok(SetAside {
                    station: StationId(row.get(0)?),
                    epoch: Epoch(row.get(1)?),
                    at_s: row.get(2)?,
                    why: row.get(3)?,
                    len: row.get(4)?,
                })
            })
            .collect()
    }

    /// Takes nothing from a station any more, because `by` said so for the reason `why`; says whether there is such a station.
    /// One that is revoked already stays as it was.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn revoke(
        &mut self,
        station: StationId,
        (by, why): (&str, &str),
        now_s: i64,
    ) -> Result<bool, StoreFault> {
        let count = self.db.execute(
            "UPDATE station SET revoked_by = CASE WHEN revoked_s IS NULL THEN ?3 ELSE revoked_by END,
                 revoked_why = CASE WHEN revoked_s IS NULL THEN ?4 ELSE revoked_why END,
                 revoked_s = coalesce(revoked_s, ?2) WHERE id = ?1",
            params![station.0, now_s, by, why],
        )?;
        Ok(count > 0)
    }

    /// Who revoked a station, and why; `None` if it is not revoked, or was before reasons were kept.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn revoked_because(&self, station: StationId) -> Result<Option<(String, String)>, StoreFault> {
        let row = self.db.row(
            "SELECT revoked_by, revoked_why FROM station WHERE id = ?1 AND revoked_by IS NOT NULL",
            params![station.0],
        )?;
        row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
    }

    /// Devices that this station had before, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn former_devices(&self, station: StationId) -> Result<Vec<FormerDevice>, StoreFault> {
        let rows = self.db.rows(
            "SELECT key, epoch, missing, replaced_s, replaced_by, why FROM former_key WHERE station = ?1
             ORDER BY epoch DESC",
            params![station.0],
        )?;
        rows.iter()
            .map(|row| {
                Ok(FormerDevice {
                    key: PublicKey(row.get(0)?),
                    epoch: Epoch(row.get(1)?),
                    missing: row.get(2)?,
                    replaced_s: row.get(3)?,
                    replaced_by: row.get(4)?,
                    why: row.get(5)?,
                })
            })
            .collect()
    }

    /// The highest seq of an epoch that is stored.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn stored_upto(&self, station: StationId, epoch: Epoch) -> Result<Seq, StoreFault> {
        super::ingest::stored_upto(&self.db, station, epoch)
    }
}
