//! The floor that taking events in is measured against.

use super::sql::{Meets, Value, params};
use super::tables::EVENT;
use super::{SchoolId, Store, StoreFault};
use crate::store::sql::Lock;
use exchange::{Seq, StationId};
use std::time::{Duration, Instant};

impl Store {
    /// Inserts the rows of the store `from` into this one, which is new, in these batches (a station, its first and last event),
    /// each flushed, batch `n` as often as `sends` says; gives how long that took. A row that is there is passed over.
    ///
    /// # Errors
    /// A database cannot be read or written.
    pub(crate) fn bare_insert(
        &self,
        from: &Store,
        batches: &[(StationId, Seq, Seq)],
        sends: impl Fn(usize) -> usize,
    ) -> Result<Duration, StoreFault> {
        let names: Vec<&str> = EVENT.columns.iter().map(|(name, _)| *name).collect();
        let sql = format!(
            "SELECT {} FROM event WHERE station = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq",
            names.join(", ")
        );
        let read = |(station, first, last): &(StationId, Seq, Seq)| {
            let rows = from.db.rows(&sql, params![station.0, first.0, last.0])?;
            Ok(rows.into_iter().map(|row| row.into_values()).collect())
        };
        let batches: Vec<Vec<Vec<Value>>> = batches.iter().map(read).collect::<Result<_, StoreFault>>()?;
        if let Some(Value::Int(received_s)) = batches.first().and_then(|rows| rows.first()?.last()) {
            self.db.make_room(*received_s)?;
        }
        let begin = Instant::now();
        for (n, rows) in batches.iter().enumerate() {
            for _ in 0..sends(n) {
                let tx = self.db.begin(Lock::School(SchoolId(1)))?;
                tx.put(&EVENT, Meets::Kept, rows)?;
                tx.commit()?;
            }
        }
        Ok(begin.elapsed())
    }
}
