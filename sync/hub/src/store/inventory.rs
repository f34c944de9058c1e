//! What a region holds, in numbers and hashes: two copies with the same inventory hold the same journals, byte for byte.

use super::sql::{Db, params};
use super::{Store, StoreFault};
use exchange::Chain;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Events that are read at once.
const PAGE: u64 = 10_000;

/// What a region holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// Schools.
    pub schools: u64,
    /// Stations, revoked ones included.
    pub stations: u64,
    /// People who may sign in.
    pub staff: u64,
    /// Reference records that are in force, of all feeds.
    pub records: u64,
    /// Decisions about reviews.
    pub decisions: u64,
    /// Messages that were set aside.
    pub set_aside: u64,
    /// Events of all journals.
    pub events: u64,
    /// SHA-256 over the journals in their order: of each its station, its epoch, how many events it has, and its chain after
    /// the last one, which was worked out anew from the events.
    pub journals: String,
}

impl Store {
    /// Takes the inventory: reads every event, and checks it against the chain of its journal.
    ///
    /// # Errors
    /// The database cannot be read, or a journal is not what its chain says.
    pub fn inventory(&self) -> Result<Inventory, StoreFault> {
        inventory(&self.db)
    }
}

/// As [`Store::inventory`]; of one moment if a transaction is open.
pub(super) fn inventory(db: &Db) -> Result<Inventory, StoreFault> {
    let count = |what: &str| db.one(&format!("SELECT count(*) FROM {what}"), params![]);
    let (mut events, mut hash) = (0, Sha256::new());
    for life in &db.rows("SELECT station, epoch, stored_upto FROM life ORDER BY station, epoch", params![])? {
        let (station, epoch, upto): (u32, u32, u64) = (life.get(0)?, life.get(1)?, life.get(2)?);
        let chain = chain(db, station, epoch, upto)?;
        events += upto;
        hash.update(station.to_be_bytes());
        hash.update(epoch.to_be_bytes());
        hash.update(upto.to_be_bytes());
        hash.update(chain.0);
    }
    let all: u64 = count("event")?;
    if all != events {
        return Err(StoreFault::Damaged("there are other events than the journals say"));
    }
    Ok(Inventory {
        schools: count("school")?,
        stations: count("station")?,
        staff: count("staff")?,
        records: count("record WHERE row IS NOT NULL")?,
        decisions: count("decision")?,
        set_aside: count("set_aside")?,
        events,
        journals: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// The chain of a journal after its last event, worked out from the events.
fn chain(db: &Db, station: u32, epoch: u32, upto: u64) -> Result<Chain, StoreFault> {
    let (mut chain, mut seq) = (Chain::START, 0);
    while seq < upto {
        let rows = db.rows(
            "SELECT seq, row, chain FROM event WHERE station = ?1 AND epoch = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4",
            params![station, epoch, seq, PAGE.min(upto - seq)],
        )?;
        if rows.is_empty() {
            return Err(StoreFault::Damaged("the end of a journal is missing"));
        }
        for row in &rows {
            seq += 1;
            if row.get::<u64>(0)? != seq {
                return Err(StoreFault::Damaged("an event is missing in a journal"));
            }
            chain = chain.after_row(seq, &row.get::<Vec<u8>>(1)?);
            if row.get::<[u8; 16]>(2)? != chain.0 {
                return Err(StoreFault::Damaged("an event is not what the chain of its journal says"));
            }
        }
    }
    Ok(chain)
}
