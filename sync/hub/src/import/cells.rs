//! One field: what spreadsheets and people do to it is undone, and its meaning read.

use super::RowFault;
use exchange::Day;

/// The most characters of a field.
pub(super) const MOST_CHARS: usize = 500;

/// A field without spaces around, no-break spaces, and a spreadsheet's `="…"`.
pub(super) fn clean(field: &str) -> Result<String, RowFault> {
    let words: Vec<&str> = field.split(|c: char| c.is_whitespace() || c == '\u{feff}').filter(|w| !w.is_empty()).collect();
    let text = words.join(" ");
    let text = match text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.trim().to_owned(),
        None => text,
    };
    let chars = text.chars().count();
    if chars > MOST_CHARS {
        return Err(RowFault::TooLong(chars));
    }
    if text.chars().any(char::is_control) {
        return Err(RowFault::Control);
    }
    if has_lost_letters(&text) {
        return Err(RowFault::LostLetters);
    }
    Ok(text)
}

/// Whether question marks stand where letters were: between letters, or several in a row beside one.
fn has_lost_letters(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let inside = chars.windows(3).any(|w| matches!(w, [a, '?', b] if a.is_alphabetic() && b.is_alphabetic()));
    let beside = chars.windows(2).any(|w| matches!(w, ['?', b] if b.is_alphabetic()));
    inside || beside || text.contains('\u{fffd}')
}

/// A number of a label or card as a spreadsheet may have left it: `12345.0` is 12345; `2,00123E+12` is lost.
pub(super) fn number(text: &str) -> Result<String, RowFault> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let whole = compact.strip_suffix(".0").or_else(|| compact.strip_suffix(",0")).unwrap_or(&compact);
    let is_rounded = whole
        .split_once(['E', 'e'])
        .is_some_and(|(digits, power)| power.starts_with('+') && digits.contains([',', '.']) && is_number(digits));
    if is_rounded {
        return Err(RowFault::Rounded(whole.to_owned()));
    }
    Ok(whole.to_owned())
}

fn is_number(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
}

/// Whether a text is an individual identification number of Kazakhstan: 12 digits that begin with a date of birth, the
/// last of them a check digit (weights 1…11, and 3…11, 1, 2 where the first sum leaves 10).
pub(super) fn is_iin(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 12) else { return false };
    let pair = |at: usize| digits.iter().skip(at).take(2).fold(0, |value, digit| value * 10 + digit);
    if !(1..=12).contains(&pair(2)) || !(1..=31).contains(&pair(4)) {
        return false;
    }
    let sum = |shift: usize| {
        (0..11).zip(&digits).map(|(place, digit)| digit * ((place + shift) % 11 + 1) as u32).sum::<u32>() % 11
    };
    let check = if sum(0) == 10 { sum(2) } else { sum(0) };
    digits.last() == Some(&check)
}

/// A day as `2027-05-25` or `25.05.2027`, with or without a time behind it; `None` if empty.
pub(super) fn day(text: &str) -> Result<Option<Day>, RowFault> {
    if text.is_empty() {
        return Ok(None);
    }
    let fault = || RowFault::Date(text.to_owned());
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split(['-', '.', '/']).collect();
    let [a, b, c] = parts.as_slice() else { return Err(fault()) };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    if year.len() != 4 {
        return Err(fault());
    }
    let (year, month, day) = (year.parse().ok(), month.parse().ok(), day.parse().ok());
    let (Some(year), Some(month), Some(day)) = (year, month, day) else { return Err(fault()) };
    Day::from_ymd(year, month, day).map(Some).ok_or_else(fault)
}

/// An ISBN as 13 digits (ISO 2108); empty stays empty. A 10-digit one becomes `978…` with a new check digit.
pub(super) fn isbn(text: &str) -> Result<String, RowFault> {
    let bare = number(text)?;
    let bare = bare.strip_prefix("ISBN").unwrap_or(&bare);
    let digits: String = bare.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_uppercase();
    let values: Option<Vec<u32>> = digits
        .chars()
        .enumerate()
        .map(|(place, c)| if c == 'X' && place == 9 { Some(10) } else { c.to_digit(10) })
        .collect();
    match (digits.len(), values) {
        (0, _) => Ok(String::new()),
        (13, Some(values)) if sum_13(&values).is_multiple_of(10) => Ok(digits),
        (10, Some(values)) if values.iter().zip((1..=10).rev()).map(|(v, w)| v * w).sum::<u32>().is_multiple_of(11) => {
            let body: Vec<u32> = [9, 7, 8].into_iter().chain(values.into_iter().take(9)).collect();
            let check = (10 - sum_13(&body) % 10) % 10;
            Ok(body.into_iter().chain([check]).filter_map(|v| char::from_digit(v, 10)).collect())
        }
        (13 | 10, Some(_)) => Err(RowFault::IsbnCheck(text.to_owned())),
        (_, _) => Err(RowFault::Isbn(text.to_owned())),
    }
}

fn sum_13(values: &[u32]) -> u32 {
    values.iter().enumerate().map(|(place, value)| value * if place % 2 == 0 { 1 } else { 3 }).sum()
}

/// The value of a word; `table` has for each value the words that mean it, lower case.
pub(super) fn word<T: Copy>(text: &str, table: &[(T, &[&str])]) -> Result<T, RowFault> {
    let key = text.to_lowercase();
    table.iter().find(|(_, words)| words.contains(&key.as_str())).map(|(value, _)| *value).ok_or_else(|| {
        let expected: Vec<&str> = table.iter().filter_map(|(_, words)| words.iter().find(|w| !w.is_empty()).copied()).collect();
        RowFault::Word { found: text.to_owned(), expected: expected.join(", ") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_do() {
        assert_eq!(clean(" =\"0012\" "), Ok("0012".into()));
        assert_eq!(clean("a\u{a0} b"), Ok("a b".into()));
        assert_eq!(number("200123.0"), Ok("200123".into()));
        assert_eq!(number("2,00123E+12"), Err(RowFault::Rounded("2,00123E+12".into())));
        assert_eq!(number("KZ-E12"), Ok("KZ-E12".into()));
    }

    #[test]
    fn lost_letters_are_noticed() {
        assert_eq!(clean("Б?рі"), Err(RowFault::LostLetters));
        assert_eq!(clean("?асым"), Err(RowFault::LostLetters));
        assert_eq!(clean("Кто виноват?"), Ok("Кто виноват?".into()));
    }

    #[test]
    fn days() {
        let day_2027 = Day::from_ymd(2027, 5, 25);
        assert_eq!(day("2027-05-25"), Ok(day_2027));
        assert_eq!(day("25.05.2027"), Ok(day_2027));
        assert_eq!(day("25.05.2027 00:00"), Ok(day_2027));
        assert_eq!(day(""), Ok(None));
        assert!(day("31.02.2027").is_err() && day("25.05.27").is_err() && day("завтра").is_err());
    }

    #[test]
    fn an_iin_is_known_by_its_date_and_check_digit() {
        // Invented: 2010-01-01, and 1·1+… by hand: 1,0,0,1,0,1,5,0,0,0,0 → 1+4+6+35 = 46, 46 mod 11 = 2.
        assert!(is_iin("100101500002"));
        assert!(!is_iin("100101500003"));
        assert!(!is_iin("101301500002") && !is_iin("20012000000017") && !is_iin("10010150000X"));
    }

    #[test]
    fn isbns() {
        assert_eq!(isbn("978-0-306-40615-7"), Ok("9780306406157".into()));
        assert_eq!(isbn("0-306-40615-2"), Ok("9780306406157".into()));
        assert_eq!(isbn("0-8044-2957-X"), Ok("9780804429573".into()));
        assert_eq!(isbn(""), Ok(String::new()));
        assert_eq!(isbn("9780306406158"), Err(RowFault::IsbnCheck("9780306406158".into())));
        assert_eq!(isbn("12345"), Err(RowFault::Isbn("12345".into())));
    }
}
