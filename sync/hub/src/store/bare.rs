//! The floor that taking events in is measured against.

use super::{Store, StoreFault, prepare};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;
use std::time::{Duration, Instant};

impl Store {
    /// Inserts the rows of all events into a new database at `path`, in batches of `batch`, each flushed, batch `n` as often as
    /// `sends` says; gives how long that took. A row that is there is passed over.
    ///
    /// # Errors
    /// A database cannot be read or written.
    pub(crate) fn bare_insert(
        &self,
        path: &Path,
        batch: usize,
        sends: impl Fn(usize) -> usize,
    ) -> Result<Duration, StoreFault> {
        let mut bare = Connection::open(path)?;
        prepare(&bare)?;
        for name in ["event", "event_subject"] {
            let sql: String =
                self.conn
                    .query_row("SELECT sql FROM sqlite_schema WHERE name = ?1", [name], |row| row.get(0))?;
            bare.execute_batch(&sql)?;
        }
        let mut query = self.conn.prepare("SELECT * FROM event ORDER BY station, epoch, seq")?;
        let columns = query.column_count();
        let rows: Vec<Vec<Value>> = query
            .query_map([], |row| (0..columns).map(|column| row.get(column)).collect())?
            .collect::<Result<_, _>>()?;
        let places = vec!["?"; columns].join(", ");
        let insert = format!("INSERT OR IGNORE INTO event VALUES ({places})");
        let begin = Instant::now();
        for (n, rows) in rows.chunks(batch).enumerate() {
            for _ in 0..sends(n) {
                let tx = bare.transaction()?;
                let mut insert = tx.prepare_cached(&insert)?;
                for row in rows {
                    insert.execute(params_from_iter(row))?;
                }
                drop(insert);
                tx.commit()?;
            }
        }
        Ok(begin.elapsed())
    }
}
