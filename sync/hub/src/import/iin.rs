//! Individual identification numbers (ЖСН, ИИН): known so that they are kept nowhere.

/// Words that name a column of them, as [`super::header::key`] gives them.
const WORDS: [&str; 5] =
    ["иин", "жсн", "iin", "индивидуальный идентификационный номер", "жеке сәйкестендіру нөмірі"];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// No IINs.
    None,
    /// Some; they can be told from the rest by their length.
    Some,
    /// Mostly IINs.
    Most,
}

/// Whether a header's key names a column of IINs.
pub(super) fn is_name(key: &str) -> bool {
    WORDS.iter().any(|name| match key.split_once(name) {
        Some((before, after)) => {
            !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
        }
        None => false,
    })
}

/// Whether a text has the form of an IIN: 12 digits, or 11 where a spreadsheet has dropped the zero in front.
pub(super) fn has_form(text: &str) -> bool {
    padded(text).is_some()
}

/// Whether a number of the form of an IIN is one, as far as can be told: it begins with a date of birth, and the last
/// digit is its check digit (weights 1…11, and 3…11, 1, 2 where the first sum leaves 10).
pub(super) fn is_iin(text: &str) -> bool {
    let Some(digits) = padded(text) else { return false };
    let pair = |at: usize| digits.iter().skip(at).take(2).fold(0, |value, digit| value * 10 + digit);
    if !(1..=12).contains(&pair(2)) || !(1..=31).contains(&pair(4)) {
        return false;
    }
    let sum = |shift: usize| {
        (0..11).zip(&digits).map(|(place, digit)| digit * ((place + shift) % 11 + 1)).sum::<usize>() % 11
    };
    let check = if sum(0) == 10 { sum(2) } else { sum(0) };
    digits.last() == Some(&check)
}

/// Whether an IIN stands somewhere in a text.
pub(super) fn stands_in(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() == 12 && is_iin(run))
}

/// Judges a column by its numbers. One card number in three hundred passes for an IIN by chance, and one in eleven where
/// they begin alike: only if most numbers of that form do, they are IINs.
pub(super) fn judge<'a>(cells: impl Iterator<Item = &'a str>) -> Share {
    let (mut filled, mut formed, mut valid) = (0_usize, 0_usize, 0_usize);
    for cell in cells.filter(|cell| !cell.is_empty()) {
        filled += 1;
        formed += usize::from(has_form(cell));
        valid += usize::from(is_iin(cell));
    }
    match valid {
        0 => Share::None,
        _ if 2 * valid < formed => Share::None,
        _ if 2 * formed < filled => Share::Some,
        _ => Share::Most,
    }
}

/// The twelve digits of a text that has the form of an IIN, with or without spaces between, or `.0` behind.
fn padded(text: &str) -> Option<Vec<usize>> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let digits: Vec<usize> = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_digit(10).map(|digit| digit as usize))
        .collect::<Option<_>>()?;
    let lost = 12_usize.checked_sub(digits.len()).filter(|lost| *lost <= 1)?;
    Some(std::iter::repeat_n(0, lost).chain(digits).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_by_date_and_check_digit() {
        // By hand: 1·1 + 3·1 + 5·1 + 6·0 … of 100101500002 is 46, which leaves 2.
        assert!(is_iin("100101500002"));
        assert!(!is_iin("100101500003"));
        assert!(!is_iin("101301500002") && !is_iin("20012000000017") && !is_iin("10010150000X"));
        // The second sum decides.
        assert!(is_iin("061211600012"));
        for text in ["61211600012", "061211600012.0", "061211-600012", "061211 600 012"] {
            assert!(is_iin(text), "{text}");
        }
    }

    #[test]
    fn named_in_many_ways() {
        for key in ["иин", "жсн", "iin", "иин ученика", "жсн (иин)", "индивидуальный идентификационный номер"]
        {
            assert!(is_name(key), "{key}");
        }
        assert!(!is_name("иинициалы") && !is_name("class") && !is_name(""));
    }

    #[test]
    fn a_column_is_judged_as_a_whole() {
        let iin = "100101500002";
        assert_eq!(judge([iin, "", "100101500003", iin].into_iter()), Share::Most);
        assert_eq!(judge(["20012000000017", "20012000000025", iin].into_iter()), Share::Some);
        // Card numbers that begin alike: one passes by chance.
        let cards: Vec<String> = (0..11).map(|n| format!("10010150{n:04}")).collect();
        assert!(cards.iter().any(|card| is_iin(card)));
        assert_eq!(judge(cards.iter().map(String::as_str)), Share::None);
        assert_eq!(judge(std::iter::empty()), Share::None);
    }
}
