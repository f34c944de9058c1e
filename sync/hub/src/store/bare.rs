//! The floor that taking events in is measured against.

use super::sql::{Meets, Value, params};
use super::tables::EVENT;
use super::{SchoolId, Store, StoreFault};
use crate::store::sql::Lock;
use std::time::{Duration, Instant};

impl Store {
    /// Inserts the rows of all events of the store `from` into this one, which is new, in batches of `batch`, each flushed, batch
    /// `n` as often as `sends` says; gives how long that took. A row that is there is passed over.
    ///
    /// # Errors
    /// A database cannot be read or written.
    pub(crate) fn bare_insert(
        &self,
        from: &Store,
        batch: usize,
        sends: impl Fn(usize) -> usize,
    ) -> Result<Duration, StoreFault> {
        let names: Vec<&str> = EVENT.columns.iter().map(|(name, _)| *name).collect();
        let sql = format!("SELECT {} FROM event ORDER BY station, epoch, seq", names.join(", "));
        let rows: Vec<Vec<Value>> =
            from.db.rows(&sql, params![])?.into_iter().map(|row| row.into_values()).collect();
        if let Some(Value::Int(received_s)) = rows.first().and_then(|row| row.last()) {
            self.db.make_room(*received_s)?;
        }
        let begin = Instant::now();
        for (n, rows) in rows.chunks(batch).enumerate() {
            for _ in 0..sends(n) {
                let tx = self.db.begin(Lock::School(SchoolId(1)))?;
                tx.put(&EVENT, Meets::Kept, rows)?;
                tx.commit()?;
            }
        }
        Ok(begin.elapsed())
    }
}
