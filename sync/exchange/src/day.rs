//! A calendar day. Due dates are days in the school's zone, never instants.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Days since 1970-01-01 (proleptic Gregorian). Which day it is now is decided outside, from the school's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

const EPOCH: jiff::civil::Date = jiff::civil::Date::constant(1970, 1, 1);

impl Day {
    /// The day with this year, month (1–12) and day of month (1–31); `None` if there is no such day.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Day> {
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        // Between two dates lies a whole number of days: nothing is rounded.
        let days = date.duration_since(EPOCH).as_hours() / 24;
        i32::try_from(days).ok().map(Day)
    }

    /// Year, month (1–12), day of month (1–31). Days outside the years −9999…9999 give the nearest end.
    pub fn ymd(self) -> (i16, i8, i8) {
        let date = EPOCH.saturating_add(jiff::SignedDuration::from_hours(i64::from(self.0) * 24));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: i8) -> Day {
        Day::from_ymd(year, month, day).unwrap()
    }

    #[test]
    fn days_before_and_after_the_beginning() {
        assert_eq!(day(1970, 1, 1), Day(0));
        assert_eq!(day(1969, 12, 31), Day(-1));
        assert_eq!(day(1969, 1, 1), Day(-365));
        assert_eq!(day(2026, 9, 1), Day(20_697));
        assert_eq!(day(2000, 3, 1).0 - day(2000, 2, 28).0, 2);
        assert_eq!(day(1900, 3, 1).0 - day(1900, 2, 28).0, 1);
    }

    #[test]
    fn days_that_are_none() {
        for (year, month, of_month) in
            [(2026, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0)]
        {
            assert_eq!(Day::from_ymd(year, month, of_month), None);
        }
        assert_eq!(Day::from_ymd(10_000, 1, 1), None);
    }

    #[test]
    fn there_and_back() {
        let (first, last) = (day(-9999, 1, 1), day(9999, 12, 31));
        for number in (first.0..=last.0).step_by(997).chain([first.0, last.0, -1, 0, 1, 11_016]) {
            let (year, month, of_month) = Day(number).ymd();
            assert_eq!(Day::from_ymd(year, month, of_month), Some(Day(number)));
        }
    }

    #[test]
    fn beyond_the_range_the_nearest_end_counts() {
        assert_eq!(Day(i32::MAX).ymd(), (9999, 12, 31));
        assert_eq!(Day(i32::MIN).ymd(), (-9999, 1, 1));
        assert_eq!(Day(i32::MAX).plus(1), Day(i32::MAX));
        assert_eq!(Day(i32::MIN).plus(-1), Day(i32::MIN));
    }

    #[test]
    fn weekdays() {
        assert_eq!(day(1970, 1, 1).weekday(), 3);
        assert_eq!(day(1969, 12, 29).weekday(), 0);
        assert_eq!(day(2026, 9, 1).weekday(), 1);
        assert!(Day(i32::MIN).weekday() < 7 && Day(i32::MAX).weekday() < 7);
    }

    #[test]
    fn written_as_iso_8601() {
        assert_eq!(day(2026, 9, 1).to_string(), "2026-09-01");
        assert_eq!(day(33, 4, 3).to_string(), "0033-04-03");
    }
}
