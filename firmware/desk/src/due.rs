//! Due dates by the school's calendar.
//!
//! - A book is due so many days on; if the library is closed then, on the next open day.
//! - Inside the school year nothing is due after its last day: the due date falls back to the last open day before it,
//!   though never before today.
//! - A textbook is due on the last open day of the school year. After the year's end it is lent like a book.
//! - Where no open day is near, the plain day stands: a calendar with everything closed must not stop lending.

use exchange::{Calendar, Day, TitleKind};

/// How far an open day is looked for, in days. Longer than any summer.
const SEARCH_DAYS: i32 = 200;

/// The day on which a loan made, or prolonged, `today` for `days` days is due. Never before `today`.
pub fn due(calendar: &Calendar, today: Day, days: u16, kind: TitleKind) -> Day {
    let plain = today.plus(i32::from(days));
    let in_year = today <= calendar.year_end;
    match kind {
        TitleKind::Textbook if in_year => last_open(calendar, today, calendar.year_end),
        TitleKind::Book | TitleKind::Textbook => {
            let open = next_open(calendar, plain);
            if in_year && open > calendar.year_end {
                last_open(calendar, today, plain.min(calendar.year_end))
            } else {
                open
            }
        }
    }
}

/// Whether the library is open on `day`.
fn is_open(calendar: &Calendar, day: Day) -> bool {
    let weekend = calendar.weekend >> day.weekday() & 1 == 1;
    !weekend && !calendar.closed.iter().any(|(first, last)| (*first..=*last).contains(&day))
}

/// The first open day from `from` on; `from` itself where none is near.
fn next_open(calendar: &Calendar, from: Day) -> Day {
    (0..SEARCH_DAYS).map(|days| from.plus(days)).find(|day| is_open(calendar, *day)).unwrap_or(from)
}

/// The last open day up to `until` and not before `today`; `until` itself where none is near.
fn last_open(calendar: &Calendar, today: Day, until: Day) -> Day {
    (0..SEARCH_DAYS)
        .map(|days| until.plus(-days))
        .take_while(|day| *day >= today)
        .find(|day| is_open(calendar, *day))
        .unwrap_or(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: i8) -> Day {
        Day::from_ymd(year, month, day).unwrap()
    }

    /// Closed on Saturday and Sunday, 21–23 March and 25–30 May; the year ends on Monday 25 May 2026.
    fn calendar() -> Calendar {
        Calendar {
            version: 1,
            zone: "Asia/Almaty".into(),
            weekend: 0b110_0000,
            closed: vec![(day(2026, 3, 21), day(2026, 3, 23)), (day(2026, 5, 25), day(2026, 5, 30))],
            year_end: day(2026, 5, 25),
        }
    }

    #[test]
    fn books_and_textbooks_by_the_calendar() {
        use TitleKind::{Book, Textbook};
        let cases = [
            ("a plain weekday", day(2026, 2, 2), 14, Book, day(2026, 2, 16)),
            ("a Saturday rolls on to Monday", day(2026, 2, 2), 12, Book, day(2026, 2, 16)),
            ("a weekend that runs into a holiday", day(2026, 3, 7), 14, Book, day(2026, 3, 24)),
            ("no days at all, on an open day", day(2026, 2, 2), 0, Book, day(2026, 2, 2)),
            ("beyond the year: last open day in it", day(2026, 5, 18), 14, Book, day(2026, 5, 22)),
            ("rolling on would leave the year", day(2026, 5, 18), 5, Book, day(2026, 5, 22)),
            ("the year's last, closed day", day(2026, 5, 25), 14, Book, day(2026, 5, 25)),
            ("a Saturday close to the end: not before today", day(2026, 5, 23), 0, Book, day(2026, 5, 23)),
            ("a textbook: the year's last open day", day(2025, 12, 1), 14, Textbook, day(2026, 5, 22)),
            ("a textbook on the last day", day(2026, 5, 25), 14, Textbook, day(2026, 5, 25)),
            ("summer: a book", day(2026, 6, 1), 14, Book, day(2026, 6, 15)),
            ("summer: a textbook is a book", day(2026, 6, 1), 12, Textbook, day(2026, 6, 15)),
        ];
        for (what, today, days, kind, expected) in cases {
            assert_eq!(due(&calendar(), today, days, kind).to_string(), expected.to_string(), "{what}");
        }
    }

    #[test]
    fn everything_closed_leaves_the_plain_day() {
        let shut = Calendar { weekend: 0b111_1111, ..calendar() };
        assert_eq!(due(&shut, day(2026, 2, 2), 14, TitleKind::Book), day(2026, 2, 16));
        assert_eq!(due(&shut, day(2026, 5, 18), 14, TitleKind::Book), day(2026, 5, 25));
        assert_eq!(due(&shut, day(2026, 2, 2), 14, TitleKind::Textbook), day(2026, 5, 25));
    }

    #[test]
    fn the_ends_of_time_are_days_too() {
        for today in [Day(i32::MIN), Day(-1), Day(i32::MAX - 1), Day(i32::MAX)] {
            for year_end in [Day(i32::MIN), Day(i32::MAX)] {
                let wild = Calendar { year_end, closed: vec![(Day(9), Day(3))], ..calendar() };
                assert!(due(&wild, today, u16::MAX, TitleKind::Book) >= today);
                assert!(due(&wild, today, 0, TitleKind::Textbook) >= today);
            }
        }
    }
}
