//! Events as a person reads them, and in numbers.

use super::fold::{event_ref, judged};
use super::retold::IS_FIRST;
use super::sql::{Row, params};
use super::{SchoolId, Store, StoreFault};
use crate::fold::{EventRef, Judged, Zone};
use exchange::{Epoch, Event, Feed, ItemId, Patron, PatronId, Record, RecordKey, StationId, Title, row};
use serde::Serialize;

/// Events in numbers. What was taken back counts among the events, and nowhere else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Loans.
    pub lent: u64,
    /// Returns.
    pub returned: u64,
    /// Renewals.
    pub renewed: u64,
    /// Refusals.
    pub refused: u64,
    /// All events.
    pub events: u64,
}

/// The columns of [`Counts`], summed over stations.
pub(super) const COUNTS: &str =
    "CAST(coalesce(sum(t.lent), 0) AS BIGINT), CAST(coalesce(sum(t.returned), 0) AS BIGINT),
     CAST(coalesce(sum(t.renewed), 0) AS BIGINT), CAST(coalesce(sum(t.refused), 0) AS BIGINT),
     CAST(coalesce(sum(t.events), 0) AS BIGINT)";

/// [`COUNTS`] from column `at` on.
pub(super) fn counts_from(row: &Row, at: usize) -> Result<Counts, StoreFault> {
    Ok(Counts {
        lent: row.get(at)?,
        returned: row.get(at + 1)?,
        renewed: row.get(at + 2)?,
        refused: row.get(at + 3)?,
        events: row.get(at + 4)?,
    })
}

/// An event with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine {
    /// Its name.
    pub who: EventRef,
    /// When it happened, as far as is known, seconds since 1970.
    pub at_s: i64,
    /// The event as it was sent.
    pub event: Event,
    /// Whether it was taken back.
    pub undone: bool,
    /// What became of it.
    pub judged: Judged,
}

/// Columns of an [`EventLine`], of `event e LEFT JOIN matter m`.
pub(super) const LINE_COLUMNS: &str =
    "e.station, e.epoch, e.seq, e.row, e.at_s, e.undone, m.fate, m.conflict, m.review, m.patron_conflict";

/// Where they come from.
const LINE_FROM: &str =
    "FROM event e LEFT JOIN matter m ON m.station = e.station AND m.epoch = e.epoch AND m.seq = e.seq";

pub(super) fn line(row: &Row) -> Result<EventLine, StoreFault> {
    let who = event_ref(row, 0)?;
    let bytes: Vec<u8> = row.get(3)?;
    let (fate, conflict): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
    let patron: Option<String> = row.get(9)?;
    Ok(EventLine {
        who,
        at_s: row.get(4)?,
        event: row::decode(who.seq, &bytes).map_err(|_| StoreFault::Damaged("an event"))?,
        undone: row.get(5)?,
        judged: judged(fate.as_deref(), conflict.as_deref(), row.get(8)?, patron.as_deref())?,
    })
}

impl Store {
    /// All events of a school in numbers.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn counts(&self, school: SchoolId) -> Result<Counts, StoreFault> {
        self.settle(school)?;
        let sql = format!("SELECT {COUNTS} FROM tally t WHERE t.school = ?1");
        self.db.row(&sql, params![school.0])?.map_or(Ok(Counts::default()), |row| counts_from(&row, 0))
    }

    /// Events of a school that carry a flag and wait for nobody.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn flagged(&self, school: SchoolId) -> Result<u64, StoreFault> {
        self.settle(school)?;
        self.db.one(
            "SELECT count(*) FROM matter WHERE school = ?1
             AND (fate = 'flagged' OR (fate = 'applied' AND patron_conflict IS NOT NULL))",
            params![school.0],
        )
    }

    /// Open loans of labelled items of a school.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn open_loans(&self, school: SchoolId) -> Result<u64, StoreFault> {
        self.settle(school)?;
        self.db.one("SELECT count(*) FROM loan WHERE school = ?1 AND closing IS NULL", params![school.0])
    }

    /// Events of a station, each once, the newest first, `limit` of them before `before` (the newest if `None`).
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn events(
        &self,
        station: StationId,
        before: Option<EventRef>,
        limit: u32,
    ) -> Result<Vec<EventLine>, StoreFault> {
        self.settle_of(station)?;
        let (epoch, seq) = before.map_or((i64::MAX, 0), |who| (who.epoch.0.into(), who.seq.0));
        let sql = format!(
            "SELECT {LINE_COLUMNS} {LINE_FROM} WHERE e.station = ?1 AND (e.epoch, e.seq) < (?2, ?3) AND {IS_FIRST}
             ORDER BY e.epoch DESC, e.seq DESC LIMIT ?4"
        );
        let rows = self.db.rows(&sql, params![station.0, epoch, seq, limit])?;
        rows.iter().map(line).collect()
    }

    /// One event.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn event(&self, who: EventRef) -> Result<Option<EventLine>, StoreFault> {
        self.settle_of(who.station)?;
        let sql =
            format!("SELECT {LINE_COLUMNS} {LINE_FROM} WHERE e.station = ?1 AND e.epoch = ?2 AND e.seq = ?3");
        self.db.row(&sql, params![who.station.0, who.epoch.0, who.seq.0])?.as_ref().map(line).transpose()
    }

    /// The newest epoch that was opened for a station; 0 = none.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn newest_epoch(&self, station: StationId) -> Result<Epoch, StoreFault> {
        super::ingest::newest_epoch(&self.db, station)
    }

    /// A patron, if the region knows them.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn patron(&self, school: SchoolId, patron: PatronId) -> Result<Option<Patron>, StoreFault> {
        Ok(match self.record(school, Feed::Patrons, &RecordKey::Number(patron.0))? {
            Some(Record::Patron(patron)) => Some(patron),
            Some(_) | None => None,
        })
    }

    /// The title of an item, if the region knows it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn title_of(&self, school: SchoolId, item: &ItemId) -> Result<Option<Title>, StoreFault> {
        let Some(Record::Item(item)) = self.record(school, Feed::Items, &RecordKey::Item(item.clone()))?
        else {
            return Ok(None);
        };
        Ok(match self.record(school, Feed::Titles, &RecordKey::Number(item.title.0))? {
            Some(Record::Title(title)) => Some(title),
            Some(_) | None => None,
        })
    }

    /// Where the school's days begin and end.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn zone(&self, school: SchoolId) -> Result<Zone, StoreFault> {
        super::reference::zone(&self.db, school)
    }
}
