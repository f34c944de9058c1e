//! The events of one station as a log that can be leafed through and filtered, however long it is.
//!
//! One page looks at a bounded stretch of the journal: where what is wanted is rare, a page may be short, and says from
//! where to look on.

use super::events::{LINE_COLUMNS, line};
use super::retold::IS_FIRST;
use super::sql::{Value, params};
use super::{EventLine, Store, StoreFault};
use crate::fold::EventRef;
use exchange::{Epoch, Seq, StationId};

/// Events that one page looks at.
const STRETCH: u32 = 20_000;

/// Sorts of events to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Loans, counted copies included.
    Lent,
    /// Returns, counted copies included.
    Returned,
    /// Renewals.
    Renewed,
    /// What was taken back.
    Undone,
    /// Refusals.
    Refused,
    /// What the machine itself says: starts, clock.
    Machine,
    /// Decisions at the station.
    Decided,
}

impl Sort {
    /// All, in the order of a list to choose from.
    pub const ALL: [Sort; 7] = [
        Sort::Lent,
        Sort::Returned,
        Sort::Renewed,
        Sort::Undone,
        Sort::Refused,
        Sort::Machine,
        Sort::Decided,
    ];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Lent => "lent",
            Sort::Returned => "returned",
            Sort::Renewed => "renewed",
            Sort::Undone => "undone",
            Sort::Refused => "refused",
            Sort::Machine => "machine",
            Sort::Decided => "decided",
        }
    }

    /// The numbers of `exchange::Act::kind`.
    fn kinds(self) -> &'static [i64] {
        match self {
            Sort::Lent => &[2, 5],
            Sort::Returned => &[3, 6],
            Sort::Renewed => &[4],
            Sort::Undone => &[7],
            Sort::Refused => &[8],
            Sort::Machine => &[1, 10],
            Sort::Decided => &[9],
        }
    }
}

/// What became of events, to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// Carries a flag.
    Flagged,
    /// Waits for a librarian.
    InReview,
    /// Was decided by one.
    Resolved,
    /// Was taken back at the station.
    TakenBack,
}

impl Became {
    /// All, in the order of a list to choose from.
    pub const ALL: [Became; 4] = [Became::InReview, Became::Flagged, Became::Resolved, Became::TakenBack];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Became::Flagged => "flagged",
            Became::InReview => "in_review",
            Became::Resolved => "resolved",
            Became::TakenBack => "taken_back",
        }
    }

    fn test(self) -> &'static str {
        match self {
            Became::Flagged => {
                "(m.fate = 'flagged' OR (m.fate = 'applied' AND m.patron_conflict IS NOT NULL))"
            }
            Became::InReview => "m.fate = 'in_review'",
            Became::Resolved => "m.fate = 'resolved'",
            Became::TakenBack => "e.undone = 1",
        }
    }
}

/// Which events of a station are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogFilter {
    /// Before this one; `None`: the newest.
    pub before: Option<EventRef>,
    /// Of this sort.
    pub sort: Option<Sort>,
    /// What became of them.
    pub became: Option<Became>,
    /// Not before this moment and before that one, seconds since 1970.
    pub between_s: Option<(i64, i64)>,
}

/// A page of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// The newest first.
    pub lines: Vec<EventLine>,
    /// Where to look on; `None` at the beginning of the journal.
    pub older: Option<EventRef>,
}

/// A stretch of a journal that came on a stick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// Of which life.
    pub epoch: Epoch,
    /// From this event on.
    pub from: Seq,
    /// Up to this one.
    pub upto: Seq,
    /// When it was taken in, seconds since 1970.
    pub at_s: i64,
}

impl Carried {
    /// Whether an event was in it.
    pub fn holds(&self, who: EventRef) -> bool {
        who.epoch == self.epoch && (self.from..=self.upto).contains(&who.seq)
    }
}

impl Store {
    /// Up to `limit` events of a station.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn log(&self, station: StationId, wanted: LogFilter, limit: u32) -> Result<LogPage, StoreFault> {
        self.settle_of(station)?;
        let (epoch, seq) = wanted.before.map_or((i64::MAX, 0), |who| (who.epoch.0.into(), who.seq.0));
        let mut tests = vec!["e.at_s >= ?4 AND e.at_s < ?5".to_owned()];
        if let Some(sort) = wanted.sort {
            tests.push(format!("e.kind IN ({})", list(sort.kinds())));
        }
        tests.extend(wanted.became.map(|became| became.test().to_owned()));
        let (from_s, to_s) = wanted.between_s.unwrap_or((i64::MIN, i64::MAX));
        let sql = format!(
            "SELECT {LINE_COLUMNS}
             FROM (SELECT station, epoch, seq, row, at_s, undone, kind FROM event
                   WHERE station = ?1 AND (epoch, seq) < (?2, ?3)
                   ORDER BY epoch DESC, seq DESC LIMIT {STRETCH}) e
             LEFT JOIN matter m ON m.station = e.station AND m.epoch = e.epoch AND m.seq = e.seq
             WHERE {} AND {IS_FIRST} ORDER BY e.epoch DESC, e.seq DESC LIMIT ?6",
            tests.join(" AND ")
        );
        let rows = self.db.rows(&sql, params![station.0, epoch, seq, from_s, to_s, limit])?;
        let lines = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
        let older = if lines.len() == limit as usize {
            lines.last().map(|line| line.who)
        } else {
            self.end_of_stretch(station, params![station.0, epoch, seq])?
        };
        Ok(LogPage { lines, older })
    }

    /// The last event that a page looked at, if there may be others before it.
    fn end_of_stretch(&self, station: StationId, from: &[Value]) -> Result<Option<EventRef>, StoreFault> {
        let sql = format!(
            "SELECT epoch, seq FROM event WHERE station = ?1 AND (epoch, seq) < (?2, ?3)
             ORDER BY epoch DESC, seq DESC LIMIT 1 OFFSET {}",
            STRETCH - 1
        );
        let row = self.db.row(&sql, from)?;
        row.map(|row| Ok(EventRef { station, epoch: Epoch(row.get(0)?), seq: Seq(row.get(1)?) })).transpose()
    }

    /// What of a station's journal came on sticks, the newest first, at most a hundred stretches.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn carried(&self, station: StationId) -> Result<Vec<Carried>, StoreFault> {
        let rows = self.db.rows(
            "SELECT epoch, from_seq, upto_seq, at_s FROM carried WHERE station = ?1
             ORDER BY epoch DESC, from_seq DESC LIMIT 100",
            params![station.0],
        )?;
        rows.iter()
            .map(|row| {
                Ok(Carried {
                    epoch: Epoch(row.get(0)?),
                    from: Seq(row.get(1)?),
                    upto: Seq(row.get(2)?),
                    at_s: row.get(3)?,
                })
            })
            .collect()
    }

    /// Events about one item, the newest first, whichever station they came from.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn events_about(
        &self,
        school: super::SchoolId,
        subject: &crate::fold::Subject,
        limit: u32,
    ) -> Result<Vec<EventLine>, StoreFault> {
        self.settle(school)?;
        let sql = format!(
            "SELECT {LINE_COLUMNS} FROM event e
             LEFT JOIN matter m ON m.station = e.station AND m.epoch = e.epoch AND m.seq = e.seq
             WHERE e.school = ?1 AND e.subject = ?2 AND {IS_FIRST} ORDER BY e.at_s DESC, e.seq DESC LIMIT ?3"
        );
        let rows = self.db.rows(&sql, params![school.0, subject.to_string(), limit])?;
        rows.iter().map(line).collect()
    }
}

fn list(numbers: &[i64]) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

/// Notes that these events came on a stick.
pub(super) fn note_carried(
    tx: &super::sql::Tx<'_>,
    (station, epoch): (StationId, Epoch),
    (from, upto): (Seq, Seq),
    now_s: i64,
) -> Result<(), StoreFault> {
    tx.write(
        "INSERT INTO carried (station, epoch, from_seq, upto_seq, at_s) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
        params![station.0, epoch.0, from.0, upto.0, now_s],
    )?;
    Ok(())
}
