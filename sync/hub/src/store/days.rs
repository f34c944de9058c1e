//! What happened on each of the last days, for a school.
//!
//! Counted from the newest events of each journal, not kept: a stretch of each is looked at, which at the busiest desk
//! holds far more than the days that are shown.

use super::retold::IS_FIRST;
use super::sql::params;
use super::{SchoolId, Store, StoreFault};
use exchange::Day;
use std::collections::BTreeMap;

/// Events of each journal that are looked at.
const STRETCH: u32 = 20_000;

/// One day in numbers. What was taken back does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayCounts {
    /// Loans, counted copies as one each time.
    pub lent: u64,
    /// Returns.
    pub returned: u64,
    /// Renewals.
    pub renewed: u64,
    /// Refusals.
    pub refused: u64,
}

impl Store {
    /// The `days` days up to today, the oldest first, as the school's zone has them at `now_s`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn days(&self, school: SchoolId, now_s: i64, days: u16) -> Result<Vec<(Day, DayCounts)>, StoreFault> {
        let zone = self.zone(school)?;
        let today = zone.day_at(now_s);
        // Days of one length: the country has had one zone without summer time since 2024.
        let shift_s = i64::from(today.0) * 86_400 - zone.start_of(today);
        let first = Day(today.0.saturating_sub(i32::from(days.saturating_sub(1))));
        let mut counts: BTreeMap<Day, DayCounts> =
            (first.0..=today.0).map(|day| (Day(day), DayCounts::default())).collect();
        for station in self.stations(school)? {
            let sql = format!(
                "SELECT (at_s + ?2) / 86400, kind, count(*)
                 FROM (SELECT station, epoch, seq, at_s, kind, undone FROM event WHERE station = ?1
                       ORDER BY epoch DESC, seq DESC LIMIT {STRETCH}) e
                 WHERE at_s >= ?3 AND undone = 0 AND {IS_FIRST} GROUP BY 1, 2"
            );
            let from_s = zone.start_of(first);
            for row in self.db.rows(&sql, params![station.id.0, shift_s, from_s])? {
                let Some(day) = counts.get_mut(&Day(row.get(0)?)) else { continue };
                let count: u64 = row.get(2)?;
                match row.get::<i64>(1)? {
                    2 | 5 => day.lent += count,
                    3 | 6 => day.returned += count,
                    4 => day.renewed += count,
                    8 => day.refused += count,
                    _ => {}
                }
            }
        }
        Ok(counts.into_iter().collect())
    }
}
