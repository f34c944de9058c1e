//! Dates as SIP2 writes them, and due dates as library systems write them.

use exchange::Day;

/// A date of 18 characters: `YYYYMMDD`, four blanks (local time), `HHMMSS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SipDate {
    /// The day.
    pub day: Day,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
}

impl SipDate {
    /// The end of a day, which is when a loan is due.
    #[must_use]
    pub fn end_of(day: Day) -> SipDate {
        SipDate { day, hour: 23, minute: 59, second: 59 }
    }

    /// As it goes down the wire.
    #[must_use]
    pub fn text(self) -> String {
        let (year, month, day) = self.day.ymd();
        format!("{year:04}{month:02}{day:02}    {:02}{:02}{:02}", self.hour, self.minute, self.second)
    }
}

/// The day in a due date (`AH`), which is free text by the standard. `None` where it cannot be told, such as for `4/5/2027`:
/// some write the month first, some the day.
#[must_use]
pub fn day_in(text: &str) -> Option<Day> {
    let text = text.trim();
    if let Some(date) = text.get(..8).filter(|date| date.bytes().all(|byte| byte.is_ascii_digit())) {
        let behind = text.get(8..).unwrap_or_default();
        return behind.bytes().next().is_none_or(|byte| byte == b' ').then(|| digits(date))?;
    }
    let date = text.split([' ', 'T', ',']).next().unwrap_or_default();
    let numbers = |separator: char| -> Option<[i32; 3]> {
        let numbers: Option<Vec<i32>> = date.split(separator).map(|part| part.parse().ok()).collect();
        numbers?.try_into().ok()
    };
    if let Some([year, month, day]) = numbers('-') {
        return from_numbers(year, month, day);
    }
    if let Some([day, month, year]) = numbers('.') {
        return from_numbers(year, month, day);
    }
    match numbers('/')? {
        [first, second, year] if first > 12 => from_numbers(year, second, first),
        [first, second, year] if second > 12 || first == second => from_numbers(year, first, second),
        [..] => None,
    }
}

fn digits(date: &str) -> Option<Day> {
    let number = |range: std::ops::Range<usize>| date.get(range)?.parse().ok();
    from_numbers(number(0..4)?, number(4..6)?, number(6..8)?)
}

fn from_numbers(year: i32, month: i32, day: i32) -> Option<Day> {
    if !(1900..=9999).contains(&year) {
        return None;
    }
    Day::from_ymd(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: i8) -> Day {
        Day::from_ymd(year, month, day).unwrap()
    }

    #[test]
    fn due_dates_that_systems_were_seen_to_write() {
        let cases = [
            ("20261207    215624", day(2026, 12, 7)),
            ("20261207", day(2026, 12, 7)),
            ("2011-10-28 23:59:59", day(2011, 10, 28)),
            ("2017-10-28", day(2017, 10, 28)),
            ("2026-12-07T23:59:00+06:00", day(2026, 12, 7)),
            ("07.12.2026", day(2026, 12, 7)),
            ("4/19/2021", day(2021, 4, 19)),
            ("19/4/2021", day(2021, 4, 19)),
            ("5/5/2021", day(2021, 5, 5)),
        ];
        for (text, wanted) in cases {
            assert_eq!(day_in(text), Some(wanted), "{text}");
        }
        for text in [
            "",
            "soon",
            "4/5/2027",
            "2026-13-01",
            "20261340    000000",
            "99",
            "2026-12",
            "Қараша",
            "202612071",
        ] {
            assert_eq!(day_in(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_has_eighteen_characters() {
        let date = SipDate { day: day(2026, 9, 1), hour: 8, minute: 5, second: 9 };
        assert_eq!(date.text(), "20260901    080509");
        assert_eq!(SipDate::end_of(date.day).text(), "20260901    235959");
    }
}
