//! One field: what spreadsheets and people do to it is undone, and its meaning read.

use super::{RowFault, Shown};
use exchange::Day;

/// The most characters of a field.
pub(super) const MOST_CHARS: usize = 500;

/// A field without spaces around, no-break spaces, characters that do not show, and a spreadsheet's `="…"`.
pub(super) fn clean(field: &str) -> Result<String, RowFault> {
    let text = match needs_cleaning(field) {
        true => {
            let visible = field.chars().filter(|c| !is_invisible(*c)).collect::<String>();
            visible.split_whitespace().collect::<Vec<_>>().join(" ")
        }
        false => field.to_owned(),
    };
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
    if text.contains('|') {
        return Err(RowFault::Bar);
    }
    if text.starts_with('=') || is_cell_fault(&text) {
        return Err(RowFault::Formula);
    }
    if has_lost_letters(&text) {
        return Err(RowFault::LostLetters);
    }
    Ok(text)
}

fn needs_cleaning(field: &str) -> bool {
    let mut last = ' ';
    for c in field.chars() {
        if is_invisible(c) || c.is_whitespace() && (c != ' ' || last == ' ') {
            return true;
        }
        last = c;
    }
    last == ' '
}

/// Whether a text is what spreadsheets write in place of a value, in English or Russian.
fn is_cell_fault(text: &str) -> bool {
    const FAULTS: [&str; 14] = [
        "#N/A",
        "#Н/Д",
        "#REF!",
        "#ССЫЛКА!",
        "#VALUE!",
        "#ЗНАЧ!",
        "#NAME?",
        "#ИМЯ?",
        "#DIV/0!",
        "#ДЕЛ/0!",
        "#NUM!",
        "#ЧИСЛО!",
        "#NULL!",
        "#ПУСТО!",
    ];
    FAULTS.contains(&text) || text.starts_with("##") && text.chars().all(|c| c == '#')
}

/// Soft hyphens, zero-width characters and marks of direction, which come along when a text is copied from elsewhere.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether question marks stand where letters were: before a letter, where no question ends.
fn has_lost_letters(text: &str) -> bool {
    let before_letter =
        |(at, _): (usize, &str)| text.get(at + 1..).is_some_and(|rest| rest.starts_with(char::is_alphabetic));
    text.match_indices('?').any(before_letter) || text.contains('\u{fffd}')
}

/// Whether question marks stand where letters may have been: also at the end of a word.
pub(super) fn may_have_lost_letters(text: &str) -> bool {
    text.split_once('?').is_some_and(|(before, _)| before.ends_with(char::is_alphabetic) || before.is_empty())
}

/// A number of a label or card as a spreadsheet may have left it: `12345.0` is 12345, `200 123` is 200123; of
/// `2,00123E+12` the digits are lost.
pub(super) fn number(text: &str) -> Result<String, RowFault> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((whole, part)) = compact.split_once(['.', ','])
        && is_digits(whole)
        && !part.is_empty()
        && part.bytes().all(|byte| byte == b'0')
    {
        return Ok(whole.to_owned());
    }
    let is_rounded = compact.split_once(['E', 'e']).is_some_and(|(digits, power)| {
        is_digits(&digits.replacen(['.', ','], "", 1)) && power.strip_prefix('+').is_some_and(is_digits)
    });
    if is_rounded { Err(RowFault::Rounded) } else { Ok(compact.trim_start_matches('\'').to_owned()) }
}

/// A day as `2027-05-25` or `25.05.2027`, with or without a time behind it; `None` if empty. Not `05/25/2027`: it may
/// begin with the day or with the month.
pub(super) fn day(text: &str) -> Result<Option<Day>, RowFault> {
    if text.is_empty() {
        return Ok(None);
    }
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let parts = |sign: char| -> Option<[i16; 3]> {
        let parts: Vec<&str> = date.split(sign).collect();
        let is_digits = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let numbers: Vec<i16> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
        numbers.try_into().ok().filter(|_| is_digits)
    };
    let ymd = match (parts('-'), parts('.')) {
        (Some([year, month, day]), _) => Some((year, month, day)),
        (None, Some([day, month, year])) => Some((year, month, day)),
        (None, None) => None,
    };
    ymd.filter(|(year, _, _)| (1990..2200).contains(year))
        .and_then(|(year, month, day)| Day::from_ymd(year, month.try_into().ok()?, day.try_into().ok()?))
        .map(Some)
        .ok_or_else(|| RowFault::Date(Shown::of_day(text)))
}

/// A year of publication, whatever stands around it (`2019 г.`, `[2019]`); 0 if empty.
pub(super) fn year(text: &str) -> Result<u16, RowFault> {
    if text.is_empty() {
        return Ok(0);
    }
    let text = text.strip_suffix(".0").unwrap_or(text);
    let mut runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    let only = runs.next().filter(|run| run.len() == 4 && runs.next().is_none());
    only.and_then(|run| run.parse().ok())
        .filter(|year| (1400..=2200).contains(year))
        .ok_or_else(|| RowFault::Year(Shown::of_book(text)))
}

/// The value of a word; `table` has for each value the words that mean it, lower case. The first is the one to
/// recommend, unless it is empty.
pub(super) fn word<T: Copy>(text: &str, table: &[(T, &[&str])]) -> Result<T, RowFault> {
    let key = text.to_lowercase().replace('_', " ");
    let is_meant = |word: &&str| word.replace('_', " ") == key;
    table.iter().find(|(_, words)| words.iter().any(is_meant)).map(|(value, _)| *value).ok_or_else(|| {
        let expected =
            table.iter().filter_map(|(_, words)| words.iter().find(|word| !word.is_empty()).copied());
        RowFault::Word { found: Shown::of_person(text), expected: expected.collect::<Vec<_>>().join(", ") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_do() {
        assert_eq!(clean(" =\"0012\" "), Ok("0012".into()));
        assert_eq!(clean("\u{a0}a\u{a0} \nb\u{ad}\u{200b}"), Ok("a b".into()));
        assert_eq!(clean("a b"), Ok("a b".into()));
        for formula in ["=A1&B1", "#REF!", "#ИМЯ?", "#Н/Д", "#N/A", "########"] {
            assert_eq!(clean(formula), Err(RowFault::Formula), "{formula}");
        }
        assert_eq!(clean("#1"), Ok("#1".into()));
    }

    #[test]
    fn numbers_of_spreadsheets() {
        for (text, whole) in
            [("200123.0", "200123"), ("12,00", "12"), ("200 123", "200123"), ("'0012", "0012")]
        {
            assert_eq!(number(text), Ok(whole.into()), "{text}");
        }
        for text in ["2,00123E+12", "2.00123e+12", "2E+12"] {
            assert_eq!(number(text), Err(RowFault::Rounded), "{text}");
        }
        for text in ["KZ-E12", "1E5", "12.50", "A.0", "", "0012"] {
            assert_eq!(number(text), Ok(text.into()));
        }
    }

    #[test]
    fn what_no_field_may_hold() {
        assert_eq!(clean("a\u{7}b"), Err(RowFault::Control));
        assert_eq!(clean("a|b"), Err(RowFault::Bar));
        assert_eq!(clean(&"ж".repeat(501)), Err(RowFault::TooLong(501)));
        assert!(clean(&"ж".repeat(500)).is_ok());
    }

    #[test]
    fn lost_letters_are_noticed() {
        for text in ["Б?рі", "?асым", "??ен", "А\u{fffd}"] {
            assert_eq!(clean(text), Err(RowFault::LostLetters), "{text}");
        }
        assert_eq!(clean("Кто виноват?"), Ok("Кто виноват?".into()));
        assert!(may_have_lost_letters("Алтын та?") && may_have_lost_letters("?"));
        assert!(!may_have_lost_letters("5 ?") && !may_have_lost_letters("Таң"));
    }

    #[test]
    fn days() {
        let may_25 = Day::from_ymd(2027, 5, 25);
        for text in ["2027-05-25", "25.05.2027", "25.5.2027", "25.05.2027 00:00", "2027-05-25T00:00:00"] {
            assert_eq!(day(text), Ok(may_25), "{text}");
        }
        assert_eq!(day(""), Ok(None));
        for text in [
            "31.02.2027",
            "25.05.27",
            "05/25/2027",
            "завтра",
            "46167",
            "1027-05-25",
            "-2027-05-25",
            "+1.1.2027",
        ] {
            assert!(day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn years() {
        for text in ["2019", "2019.0", "2019 г.", "[2019]", "2019 ж."] {
            assert_eq!(year(text), Ok(2019), "{text}");
        }
        assert_eq!(year(""), Ok(0));
        for text in ["19", "2019-2020", "20199", "9999", "давно"] {
            assert!(year(text).is_err(), "{text}");
        }
    }

    #[test]
    fn words() {
        let table = [(1, &["lost_item", "кітап жоғалтты"][..]), (2, &["", "no"][..])];
        assert_eq!(word("Lost item", &table), Ok(1));
        assert_eq!(word("КІТАП ЖОҒАЛТТЫ", &table), Ok(1));
        assert_eq!(word("", &table), Ok(2));
        let fault = RowFault::Word { found: Shown::of_person("1234"), expected: "lost_item, no".into() };
        assert_eq!(word("1234", &table), Err(fault));
    }
}
