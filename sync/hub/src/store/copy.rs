//! Copies of a whole region's database, made while it is in use, and put back.

use super::inventory::{Inventory, inventory};
use super::sql::params;
use super::{FILE, Store, StoreFault, URL_FILE};
use std::path::Path;

/// Numbers of stations that are passed over after a copy was put back: those given out since it was made are in the field.
const STATIONS_PASSED_OVER: u32 = 1_000;

/// What a copy is made with: `(snapshot, address)` of the PostgreSQL database to be dumped.
pub(crate) type Dump<'a, E> = &'a mut dyn FnMut(&str, &str) -> Result<(), E>;

impl Store {
    /// Copies a SQLite database into the folder `to`, and says what is in the copy; of a PostgreSQL database says what is in it
    /// at the moment at which `dump` sees it.
    ///
    /// # Errors
    /// A database cannot be read or written, a journal is damaged, or those of `dump`.
    pub(crate) fn copy<E: From<StoreFault>>(
        &self,
        from: &Path,
        to: &Path,
        dump: Dump<'_, E>,
    ) -> Result<Inventory, E> {
        if self.kind() == "sqlite" {
            let before = self.lengths()?;
            let path = to.join(FILE);
            let text = path.to_str().ok_or(StoreFault::Damaged("the copy's path is no UTF-8"))?;
            self.db.execute("VACUUM INTO ?1", params![text])?;
            let copy = Store::open(to)?;
            let held = copy.inventory()?;
            // Nothing that was there when the copy was begun may be missing in it.
            let after = copy.lengths()?;
            let lost = |journal: &(i64, i64, i64)| {
                !after.iter().any(|kept| (kept.0, kept.1) == (journal.0, journal.1) && kept.2 >= journal.2)
            };
            if before.iter().any(lost) {
                return Err(StoreFault::Damaged("the copy has fewer events than the region").into());
            }
            return Ok(held);
        }
        let url = from.join(URL_FILE);
        let read = std::fs::read_to_string(&url);
        let address = read.map_err(|fault| StoreFault::File { path: url, fault })?;
        let tx = self.db.begin_reading()?;
        let held = inventory(&tx)?;
        let snapshot: String = tx.one("SELECT pg_export_snapshot()", params![])?;
        dump(&snapshot, address.trim())?;
        Ok(held)
    }

    /// To be called once after a copy was put back, for stations joined the region since it was made: no other one gets their
    /// numbers.
    pub(crate) fn pass_over_stations(&self) -> Result<(), StoreFault> {
        let newest: u32 = self.db.one("SELECT coalesce(max(id), 0) FROM station", params![])?;
        self.db.skip_numbers("station", newest.saturating_add(STATIONS_PASSED_OVER))
    }

    fn lengths(&self) -> Result<Vec<(i64, i64, i64)>, StoreFault> {
        let rows = self.db.rows("SELECT station, epoch, stored_upto FROM life", params![])?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
    }
}
