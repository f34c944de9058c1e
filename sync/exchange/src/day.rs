//! A calendar day. Due dates are days in the school's zone, never instants.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Days since 1970-01-01 (proleptic Gregorian). Which day it is now is decided outside, from the school's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

impl Day {
    /// The day with this year, month (1–12) and day of month (1–31); `None` if there is no such day.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Day> {
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        Some(Day(date.duration_since(epoch).as_hours().div_euclid(24) as i32))
    }

    /// Year, month (1–12), day of month (1–31). Days outside the years −9999…9999 give the nearest end.
    pub fn ymd(self) -> (i16, i8, i8) {
        let date = jiff::civil::Date::constant(1970, 1, 1)
            .saturating_add(jiff::SignedDuration::from_hours(i64::from(self.0) * 24));
        (date.year(), date.month(), date.day())
    }

    /// 0 = Monday … 6 = Sunday (1970-01-01 was a Thursday).
    pub fn weekday(self) -> u8 {
        (i64::from(self.0) + 3).rem_euclid(7) as u8
    }

    /// This day moved by `days`; stays at the end of the range where it would leave it.
    pub fn plus(self, days: i32) -> Day {
        Day(self.0.saturating_add(days))
    }
}

impl fmt::Display for Day {
    /// As ISO 8601: `2026-09-01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}
