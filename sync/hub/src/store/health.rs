//! The whole region in numbers, for those who watch machines. No name, no school, no station is among them.

use super::sql::params;
use super::{Store, StoreFault};

/// A region in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Health {
    /// Schools.
    pub schools: u64,
    /// Stations that were not revoked.
    pub stations: u64,
    /// Those of them that were never heard.
    pub stations_unheard: u64,
    /// Those of them that were heard, but not in the last day.
    pub stations_silent: u64,
    /// Events that are stored.
    pub events: u64,
    /// Events that stations had when last heard, and the region has not yet.
    pub waiting: u64,
    /// Reviews that wait for somebody.
    pub reviews_open: u64,
    /// Messages that were set aside: forks, revoked stations.
    pub set_aside: u64,
}

/// A station that was not heard for so long is silent, in seconds.
const SILENT_S: i64 = 86_400;

impl Store {
    /// Says how the region is.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn health(&self, now_s: i64) -> Result<Health, StoreFault> {
        let row = self.db.row(
            "SELECT (SELECT count(*) FROM school),
                    (SELECT count(*) FROM station WHERE revoked_s IS NULL),
                    (SELECT count(*) FROM station WHERE revoked_s IS NULL AND contact_s IS NULL),
                    (SELECT count(*) FROM station WHERE revoked_s IS NULL AND contact_s < ?1),
                    (SELECT CAST(coalesce(sum(events), 0) AS BIGINT) FROM tally),
                    (SELECT CAST(coalesce(sum(s.head - l.stored_upto), 0) AS BIGINT) FROM station s
                     JOIN life l ON l.station = s.id
                     WHERE s.revoked_s IS NULL AND s.head > l.stored_upto
                     AND l.epoch = (SELECT max(epoch) FROM life WHERE station = s.id)),
                    (SELECT count(*) FROM matter WHERE fate = 'in_review'),
                    (SELECT count(*) FROM set_aside)",
            params![now_s.saturating_sub(SILENT_S)],
        )?;
        let Some(row) = row else { return Ok(Health::default()) };
        Ok(Health {
            schools: row.get(0)?,
            stations: row.get(1)?,
            stations_unheard: row.get(2)?,
            stations_silent: row.get(3)?,
            events: row.get(4)?,
            waiting: row.get(5)?,
            reviews_open: row.get(6)?,
            set_aside: row.get(7)?,
        })
    }
}
