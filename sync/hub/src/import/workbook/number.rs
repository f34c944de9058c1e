//! Numbers of cells: the digits they were written with, never by way of a fraction.

use super::Cell;
use super::format::Format;
use exchange::Day;

/// A spreadsheet keeps so many digits of a number, and makes zeros of the rest.
const KEPT_DIGITS: usize = 15;

/// 1970-01-01, as workbooks count days.
const EPOCH: i64 = 25_569;

/// What the count of 1904 begins later than that of 1900.
const LATER_1904: i64 = 1_462;

/// What a cell with this number shows.
pub(super) fn shown(text: &str, format: Format, is_1904: bool) -> Cell {
    let Some(whole) = whole(text) else {
        return Cell::Text(match (format, text.parse::<f64>()) {
            (Format::Date, Ok(number)) => return date(number.trunc() as i64, is_1904, text),
            (_, Ok(number)) if number.is_finite() => number.to_string(),
            (_, _) => text.to_owned(),
        });
    };
    if let (Format::Date, Ok(days)) = (format, whole.parse()) {
        return date(days, is_1904, text);
    }
    let digits = whole.strip_prefix('-').unwrap_or(&whole);
    if digits.len() > KEPT_DIGITS {
        // As a spreadsheet shows it: its last digits are lost, and whoever reads a number must know.
        let (first, rest) = digits.split_at(1);
        return Cell::Text(format!("{first}.{}E+{}", rest.trim_end_matches('0'), rest.len()));
    }
    Cell::Text(match format {
        Format::Zeros(len) if whole == digits => format!("{digits:0>len$}"),
        Format::Zeros(_) | Format::Plain | Format::Date => whole,
    })
}

fn date(days: i64, is_1904: bool, text: &str) -> Cell {
    let days = if is_1904 { days.saturating_add(LATER_1904) } else { days };
    // Before March of 1900 the count has a day that never was; nothing of a school is as old.
    match i32::try_from(days.saturating_sub(EPOCH)) {
        Ok(day) if (61..2_958_466).contains(&days) => Cell::Date(Day(day).to_string()),
        Ok(_) | Err(_) => Cell::Text(text.to_owned()),
    }
}

/// The digits of a whole number, however it is written (`12`, `12.0`, `1.2E1`); `None` if it is a fraction, or none.
fn whole(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (mantissa, power) = match rest.split_once(['E', 'e']) {
        Some((mantissa, power)) => (mantissa, power.parse::<i32>().ok()?),
        None => (rest, 0),
    };
    let (front, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{front}{behind}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let point = i32::try_from(front.len()).ok()?.checked_add(power)?;
    let point = usize::try_from(point).ok().filter(|point| *point <= 64)?;
    let mut digits = digits;
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, part) = digits.split_at(point);
    if !part.bytes().all(|byte| byte == b'0') {
        return None;
    }
    match whole.trim_start_matches('0') {
        "" => Some("0".to_owned()),
        whole => Some(format!("{sign}{whole}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: &str, format: Format) -> Cell {
        shown(number, format, false)
    }

    #[test]
    fn digits_are_kept_and_lost_ones_are_told() {
        for (number, format, expected) in [
            ("12345", Format::Plain, "12345"),
            ("20012000000017", Format::Plain, "20012000000017"),
            ("2.0012000000017E13", Format::Plain, "20012000000017"),
            ("12345.0", Format::Plain, "12345"),
            ("12345", Format::Zeros(8), "00012345"),
            ("123456789", Format::Zeros(8), "123456789"),
            ("1234567890123460000", Format::Plain, "1.23456789012346E+18"),
            ("1.23456789012346E+18", Format::Plain, "1.23456789012346E+18"),
            ("7.0999999999999996", Format::Plain, "7.1"),
            ("-5", Format::Zeros(3), "-5"),
            ("0", Format::Zeros(3), "000"),
            ("1E400", Format::Plain, "1E400"),
            ("x", Format::Plain, "x"),
        ] {
            assert_eq!(text(number, format), Cell::Text(expected.into()), "{number}");
        }
        assert!(crate::import::cells::number("1.23456789012346E+18").is_err());
    }

    #[test]
    fn days_are_counted_as_the_workbook_counts_them() {
        assert_eq!(text("46532", Format::Date), Cell::Date("2027-05-25".into()));
        assert_eq!(text("46532.5", Format::Date), Cell::Date("2027-05-25".into()));
        assert_eq!(shown("45070", Format::Date, true), Cell::Date("2027-05-25".into()));
        for number in ["0", "60", "-1", "99999999999999999999", "1E300", "NaN"] {
            assert!(matches!(text(number, Format::Date), Cell::Text(_)), "{number}");
        }
    }
}
