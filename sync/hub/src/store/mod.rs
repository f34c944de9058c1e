//! The region's memory: one SQLite database, `hub.db`.
//!
//! Invariants:
//! - What an answer says is stored was flushed before (WAL, `synchronous = FULL`).
//! - One message is one transaction: its events, their fold, the feeds, and the answer are of one moment.
//! - There is no statement that deletes an event or a decision. What is folded can be thrown away and folded anew, and
//!   comes out the same.
//! - A feed's cursor is the number of a change; each change has its own number, and numbers only rise.
//! - No cache outside the database: the program at the command line and the server may write by turns.

mod bare;
mod code;
mod enrolment;
mod events;
mod feeds;
mod fold;
mod ingest;
mod records;
mod reference;
mod reviews;
mod staff;
mod stations;
#[cfg(test)]
mod tests;

pub use enrolment::{ApproveFault, Pending};
pub use events::{Counts, EventLine};
pub use records::{Change, Saved};
pub use reviews::{DecideFault, ReviewLine, ReviewSide};
pub use staff::{LoginFault, Session, StaffFault, check_password};
pub use stations::{SetAside, StationLine};

use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};

/// Name of the database in the region's folder.
pub const FILE: &str = "hub.db";

/// Tells a region's database from any other SQLite file: "OqHb".
const APPLICATION_ID: i32 = 0x4f71_4862;

/// Version of the schema.
const VERSION: i32 = 1;

/// Why the store cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// There is none.
    #[error("{0}: there is no region here; `oqyrman-hub init DIR --school NAME` makes one")]
    Missing(PathBuf),
    /// There is one already.
    #[error("{0}: there is a region here already")]
    Exists(PathBuf),
    /// Some other file stands under its name.
    #[error("{0}: this is not a region's database")]
    Foreign(PathBuf),
    /// It was made by another version of the program.
    #[error("{path}: this database has version {found}; this program knows version {VERSION}")]
    Version {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i32,
    },
    /// What stands there contradicts itself.
    #[error("the region's database is damaged: {0}")]
    Damaged(&'static str),
    /// The database refuses: disk full, read-only, damaged.
    #[error("the region's database: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// The region's memory.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
}

impl Store {
    /// Makes the database of a new region in `dir`, which exists.
    ///
    /// # Errors
    /// [`StoreFault::Exists`], or it cannot be written.
    pub fn create(dir: &Path, school: &str) -> Result<Store, StoreFault> {
        let path = dir.join(FILE);
        if path.exists() {
            return Err(StoreFault::Exists(path));
        }
        let mut conn = Connection::open(&path)?;
        prepare(&conn)?;
        let tx = conn.transaction()?;
        tx.execute_batch(include_str!("schema.sql"))?;
        tx.execute("INSERT INTO about (one, school, change) VALUES (1, ?1, 0)", [school])?;
        tx.pragma_update(None, "user_version", VERSION)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.commit()?;
        Ok(Store { conn })
    }

    /// Opens the region's database in `dir`.
    ///
    /// # Errors
    /// See [`StoreFault`].
    pub fn open(dir: &Path) -> Result<Store, StoreFault> {
        let path = dir.join(FILE);
        if !path.exists() {
            return Err(StoreFault::Missing(dir.to_owned()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(&path, flags)?;
        let id: i32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        if id != APPLICATION_ID {
            return Err(StoreFault::Foreign(path));
        }
        let found: i32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if found != VERSION {
            return Err(StoreFault::Version { path, found });
        }
        prepare(&conn)?;
        Ok(Store { conn })
    }

    /// The school's name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn school(&self) -> Result<String, StoreFault> {
        Ok(self.conn.query_row("SELECT school FROM about", [], |row| row.get(0))?)
    }
}

fn prepare(conn: &Connection) -> Result<(), StoreFault> {
    conn.busy_timeout(std::time::Duration::from_secs(30))?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384;",
    )?;
    // A plan does not hang on what is bound, so a statement is parsed once and not whenever another value is bound.
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(())
}
