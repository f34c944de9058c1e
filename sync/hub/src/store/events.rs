//! Events as a person reads them, and in numbers.

use super::code::{int, uint};
use super::fold::{event_ref, judged};
use super::{Store, StoreFault};
use crate::fold::{EventRef, Judged, Zone};
use exchange::{Event, Feed, ItemId, Patron, PatronId, Record, RecordKey, Seq, StationId, Title, row};
use rusqlite::{Row, params};
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

/// The columns of [`Counts`]; numbers of kinds are those of `exchange::Act::kind`.
pub(super) const COUNTS: &str =
    "coalesce(sum(kind = 2 AND undone = 0), 0), coalesce(sum(kind = 3 AND undone = 0), 0),
     coalesce(sum(kind = 4 AND undone = 0), 0), coalesce(sum(kind = 8 AND undone = 0), 0), count(*)";

pub(super) fn counts_from(row: &Row<'_>) -> rusqlite::Result<Counts> {
    Ok(Counts {
        lent: uint(row.get(0)?),
        returned: uint(row.get(1)?),
        renewed: uint(row.get(2)?),
        refused: uint(row.get(3)?),
        events: uint(row.get(4)?),
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
const LINE: &str = "SELECT e.station, e.epoch, e.seq, e.row, e.at_s, e.undone, m.fate, m.conflict, m.review, m.patron_conflict
     FROM event e LEFT JOIN matter m USING (station, epoch, seq)";

fn line(row: &Row<'_>) -> Result<EventLine, StoreFault> {
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
    /// All events of the region in numbers.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreFault> {
        Ok(self.conn.query_row(&format!("SELECT {COUNTS} FROM event"), [], counts_from)?)
    }

    /// Events that carry a flag and wait for nobody.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn flagged(&self) -> Result<u64, StoreFault> {
        let sql = "SELECT count(*) FROM matter
                   WHERE fate = 'flagged' OR (fate = 'applied' AND patron_conflict IS NOT NULL)";
        Ok(uint(self.conn.query_row(sql, [], |row| row.get(0))?))
    }

    /// Open loans of labelled items.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn open_loans(&self) -> Result<u64, StoreFault> {
        Ok(uint(
            self.conn.query_row("SELECT count(*) FROM loan WHERE closing IS NULL", [], |row| row.get(0))?,
        ))
    }

    /// Events of a station, the newest first, `limit` of them before `before` (the newest if `None`).
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn events(
        &self,
        station: StationId,
        before: Option<EventRef>,
        limit: u32,
    ) -> Result<Vec<EventLine>, StoreFault> {
        let (epoch, seq) = before.map_or((i64::MAX, Seq(0)), |who| (i64::from(who.epoch.0), who.seq));
        let mut query = self.conn.prepare_cached(&format!(
            "{LINE} WHERE e.station = ?1 AND (e.epoch, e.seq) < (?2, ?3) ORDER BY e.epoch DESC, e.seq DESC LIMIT ?4"
        ))?;
        let mut rows = query.query(params![station.0, epoch, int(seq.0), limit])?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(line(row)?);
        }
        Ok(lines)
    }

    /// One event.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn event(&self, who: EventRef) -> Result<Option<EventLine>, StoreFault> {
        let mut query = self
            .conn
            .prepare_cached(&format!("{LINE} WHERE e.station = ?1 AND e.epoch = ?2 AND e.seq = ?3"))?;
        let mut rows = query.query(params![who.station.0, who.epoch.0, int(who.seq.0)])?;
        rows.next()?.map(line).transpose()
    }

    /// A patron, if the region knows them.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn patron(&self, patron: PatronId) -> Result<Option<Patron>, StoreFault> {
        Ok(match self.record(Feed::Patrons, &RecordKey::Number(patron.0))? {
            Some(Record::Patron(patron)) => Some(patron),
            Some(_) | None => None,
        })
    }

    /// The title of an item, if the region knows it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn title_of(&self, item: &ItemId) -> Result<Option<Title>, StoreFault> {
        let Some(Record::Item(item)) = self.record(Feed::Items, &RecordKey::Item(item.clone()))? else {
            return Ok(None);
        };
        Ok(match self.record(Feed::Titles, &RecordKey::Number(item.title.0))? {
            Some(Record::Title(title)) => Some(title),
            Some(_) | None => None,
        })
    }

    /// Where the school's days begin and end.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn zone(&self) -> Result<Zone, StoreFault> {
        super::reference::zone(&self.conn)
    }
}
