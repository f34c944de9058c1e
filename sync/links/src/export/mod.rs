//! Files for people and for other systems: Koha's offline circulation (`.koc`), Evergreen's offline transactions (JSON
//! lines), and CSV. Text out, no I/O.
//!
//! Invariants:
//! - Lines are in the journal's order, and each second of a file is one line's: Koha sorts by the second, and the order
//!   within one is not defined there.
//! - A file is written whole and never added to: a file that grew is uploaded twice, and Koha queues it twice.
//! - What a system has no words for is left out and counted, never bent into something else.

mod evergreen;
mod koc;
mod table;

pub use evergreen::evergreen;
pub use koc::koc;
pub use table::{TableRow, table};

use crate::sip2::Done;
use exchange::Seq;
use jiff::tz::TimeZone;

/// One event for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place in the journal.
    pub seq: Seq,
    /// When, seconds since 1970.
    pub wall_s: i64,
    /// What.
    pub done: Done,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What stands in it.
    pub text: String,
    /// How many events.
    pub lines: usize,
    /// What the system that is to take it may stumble over, in words.
    pub doubts: Vec<String>,
}

/// Gives each line a second of its own, in their order: a line is moved behind the one before it.
fn distinct_seconds(lines: &[Line]) -> impl Iterator<Item = (i64, &Line)> {
    let mut last_s = i64::MIN;
    lines.iter().map(move |line| {
        last_s = line.wall_s.max(last_s.saturating_add(1));
        (last_s, line)
    })
}

/// The school's time at a moment.
fn local(wall_s: i64, zone: &TimeZone) -> jiff::civil::DateTime {
    zone.to_datetime(jiff::Timestamp::from_second(wall_s).unwrap_or_default())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use exchange::Day;

    pub(crate) fn zone() -> TimeZone {
        TimeZone::get("Asia/Almaty").unwrap()
    }

    /// 2026-09-01, 08:59:58 in Almaty (UTC+5).
    const AT: i64 = 1_788_235_198;

    pub(crate) fn morning() -> Vec<Line> {
        let due = Day::from_ymd(2026, 9, 15).unwrap();
        let (patron, item) = ("20417000000013".to_owned(), "30417000000102".to_owned());
        let line = |seq, wall_s, done| Line { seq: Seq(seq), wall_s, done };
        vec![
            line(2, AT, Done::Lent { patron: patron.clone(), item: item.clone(), due }),
            line(3, AT, Done::Renewed { patron: patron.clone(), item: item.clone(), due: due.plus(14) }),
            line(4, AT, Done::Returned { item, from: Some(patron) }),
        ]
    }

    #[test]
    fn each_second_is_one_lines() {
        let seconds: Vec<i64> = distinct_seconds(&morning()).map(|(wall_s, _)| wall_s - AT).collect();
        assert_eq!(seconds, [0, 1, 2]);
    }
}
