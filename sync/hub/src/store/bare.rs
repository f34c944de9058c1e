//! The floor that taking events in is measured against.

use super::sql::{Lock, Meets, params};
use super::tables::EVENT;
use super::{SchoolId, Store, StoreFault};
use exchange::{Seq, StationId};
use std::time::{Duration, Instant};

impl Store {
    /// Inserts the events `first` to `last` of a station, which the store `from` has, into this one with one flush; gives how long
    /// that took, without reading them. Rows that are there are passed over.
    ///
    /// # Errors
    /// A database cannot be read or written.
    pub(crate) fn bare_insert(
        &self,
        from: &Store,
        station: StationId,
        (first, last): (Seq, Seq),
        received_s: i64,
    ) -> Result<Duration, StoreFault> {
        let names: Vec<&str> = EVENT.columns.iter().map(|(name, _)| *name).collect();
        let sql = format!(
            "SELECT {} FROM event WHERE station = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq",
            names.join(", ")
        );
        let rows = from.db.rows(&sql, params![station.0, first.0, last.0])?;
        let rows: Vec<_> = rows.into_iter().map(|row| row.into_values()).collect();
        self.db.make_room(received_s)?;
        let begin = Instant::now();
        let tx = self.db.begin(Lock::School(SchoolId(1)))?;
        tx.put(&EVENT, Meets::Kept, &rows)?;
        tx.commit()?;
        Ok(begin.elapsed())
    }
}
