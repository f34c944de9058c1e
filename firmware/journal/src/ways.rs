//! Which way carried events out of the building, up to where, and when: one line for each way.
//!
//! What the region has is not decided here (the outbox is), so a line that is lost costs nothing but a file that is
//! written again.

use crate::{Journal, StoreFault};
use desk::Way;
use exchange::{Epoch, Seq};
use rusqlite::{Connection, params};

/// What a way has carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// Which.
    pub way: Way,
    /// The last event of the present epoch; 0 where it carried only events of an earlier one.
    pub upto: Seq,
    /// When, seconds since 1970.
    pub at_s: i64,
}

/// By number, as in the file.
const WAYS: [Way; 5] = [Way::Https, Way::Stick, Way::Sip2, Way::Koc, Way::Evergreen];

impl Journal {
    /// Notes that a way has carried the events up to this one; an earlier one than before changes the time alone.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn note_carried(&mut self, way: Way, upto: Seq, at_s: i64) -> Result<(), StoreFault> {
        let upto = upto.min(self.log.head());
        self.log.note_carried(way, upto, at_s)
    }

    /// What each way has carried, as far as it has carried anything.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn carried(&self) -> Result<Vec<Carried>, StoreFault> {
        self.log.carried()
    }
}

pub(crate) fn make_table(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "CREATE TABLE IF NOT EXISTS way (
           way INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, upto INTEGER NOT NULL, at_s INTEGER NOT NULL)",
    )
}

pub(crate) fn note(conn: &Connection, epoch: Epoch, way: Way, upto: Seq, at_s: i64) -> rusqlite::Result<()> {
    let number = WAYS.iter().position(|known| *known == way).map_or(0, |at| at as i64);
    conn.execute(
        "INSERT INTO way (way, epoch, upto, at_s) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (way) DO UPDATE SET at_s = excluded.at_s, epoch = excluded.epoch,
           upto = CASE WHEN epoch = excluded.epoch THEN max(upto, excluded.upto) ELSE excluded.upto END",
        params![number, epoch.0, upto.0 as i64, at_s],
    )?;
    Ok(())
}

pub(crate) fn all(conn: &Connection, epoch: Epoch) -> Result<Vec<Carried>, StoreFault> {
    let mut query = conn.prepare_cached("SELECT way, epoch, upto, at_s FROM way ORDER BY way")?;
    let mut rows = query.query([])?;
    let mut ways = Vec::new();
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        let way = usize::try_from(number).ok().and_then(|at| WAYS.get(at)).copied();
        let Some(way) = way else { continue };
        let upto = if row.get::<_, u32>(1)? == epoch.0 { row.get::<_, i64>(2)? as u64 } else { 0 };
        ways.push(Carried { way, upto: Seq(upto), at_s: row.get(3)? });
    }
    Ok(ways)
}
