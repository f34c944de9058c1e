//! What a durable commit costs on a disk at all: a bare SQLite table, WAL and `synchronous=FULL`, one row a commit. The
//! measure for [`crate::Journal::append`] and for all that is built on it.

use crate::StoreFault;
use rusqlite::{Connection, params};
use std::path::Path;

/// A table of rows in a database of its own.
#[derive(Debug)]
pub struct Yardstick {
    conn: Connection,
}

impl Yardstick {
    /// Makes the database in a file that is not there yet.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub fn create(path: &Path) -> Result<Yardstick, StoreFault> {
        let conn = Connection::open(path)?;
        conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        // A checkpoint is no part of a commit.
        conn.execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
             CREATE TABLE event (seq INTEGER PRIMARY KEY, row BLOB NOT NULL)",
        )?;
        Ok(Yardstick { conn })
    }

    /// Commits one row, flushed before it returns.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub fn commit(&self, row: &[u8]) -> Result<(), StoreFault> {
        self.conn.prepare_cached("INSERT INTO event (row) VALUES (?1)")?.execute(params![row])?;
        Ok(())
    }
}
