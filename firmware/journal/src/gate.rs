//! Items whose tags must still be told what the journal says of them: the gate looks at a byte on the tag.
//!
//! Invariants: the wish is written in the transaction of the events it follows from, so that a power cut between the
//! two cannot be; it goes when the tag was read back, and only if nothing was written down of the item since.

use crate::StoreFault;
use crate::fold::Place;
use exchange::{Epoch, ItemId, Seq};
use rusqlite::{Connection, params};

/// An item for which the gate is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateWanted {
    /// Which item.
    pub item: ItemId,
    /// The last event of the act it follows from.
    place: Place,
}

pub(crate) fn make_table(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "CREATE TABLE IF NOT EXISTS gate (
           item TEXT PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID",
    )
}

pub(crate) fn want(conn: &Connection, items: &[ItemId], (epoch, seq): Place) -> rusqlite::Result<()> {
    for item in items {
        conn.prepare_cached("INSERT OR REPLACE INTO gate (item, epoch, seq) VALUES (?1, ?2, ?3)")?
            .execute(params![item.as_str(), epoch.0, seq.0 as i64])?;
    }
    Ok(())
}

pub(crate) fn wanted(conn: &Connection) -> Result<Vec<GateWanted>, StoreFault> {
    let mut query = conn.prepare_cached("SELECT item, epoch, seq FROM gate ORDER BY epoch, seq, item")?;
    let mut rows = query.query([])?;
    let mut wanted = Vec::new();
    while let Some(row) = rows.next()? {
        let (item, epoch, seq): (String, u32, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let item = ItemId::new(item).map_err(|_| StoreFault::CONTENT)?;
        wanted.push(GateWanted { item, place: (Epoch(epoch), Seq(seq as u64)) });
    }
    Ok(wanted)
}

pub(crate) fn done(conn: &Connection, done: &[GateWanted]) -> rusqlite::Result<()> {
    for GateWanted { item, place: (epoch, seq) } in done {
        conn.prepare_cached("DELETE FROM gate WHERE item = ?1 AND epoch = ?2 AND seq = ?3")?
            .execute(params![item.as_str(), epoch.0, seq.0 as i64])?;
    }
    Ok(())
}
