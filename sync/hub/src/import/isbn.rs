//! ISBNs (ISO 2108).

use super::{RowFault, Shown, cells};

/// An ISBN as 13 digits; empty, and a dash for none, give an empty one. A 10-digit one becomes `978…` with a new check digit.
pub(super) fn isbn(text: &str) -> Result<String, RowFault> {
    let compact = cells::number(text)?.to_uppercase();
    // The Cyrillic letter that looks like the X of a check digit.
    let bare = compact.strip_prefix("ISBN").unwrap_or(&compact).replace('Х', "X");
    let digits: String = bare.chars().filter(|c| !matches!(c, '-' | '‐' | '‑' | '–' | '—' | ':')).collect();
    if digits.is_empty() {
        return Ok(String::new());
    }
    let value = |(place, c): (usize, char)| if c == 'X' && place == 9 { Some(10) } else { c.to_digit(10) };
    let values: Option<Vec<u32>> = digits.chars().enumerate().map(value).collect();
    match (values, digits.chars().count()) {
        (Some(values), 10) if is_isbn_10(&values) => {
            let body: Vec<u32> = [9, 7, 8].into_iter().chain(values.into_iter().take(9)).collect();
            let check = (10 - sum_13(&body) % 10) % 10;
            Ok(body.into_iter().chain([check]).filter_map(|value| char::from_digit(value, 10)).collect())
        }
        (Some(_), 13) if !digits.starts_with("978") && !digits.starts_with("979") => {
            Err(RowFault::Isbn(Shown::of_book(text)))
        }
        (Some(values), 13) if !digits.contains('X') && sum_13(&values).is_multiple_of(10) => Ok(digits),
        (Some(_), 10 | 13) => Err(RowFault::IsbnCheck(Shown::of_book(text))),
        (_, _) => Err(RowFault::Isbn(Shown::of_book(text))),
    }
}

fn is_isbn_10(values: &[u32]) -> bool {
    values.iter().zip((1..=10).rev()).map(|(value, weight)| value * weight).sum::<u32>().is_multiple_of(11)
}

fn sum_13(values: &[u32]) -> u32 {
    values.iter().enumerate().map(|(place, value)| value * if place % 2 == 0 { 1 } else { 3 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lengths_become_thirteen_digits() {
        for text in
            ["978-0-306-40615-7", "9780306406157.0", "0-306-40615-2", "isbn: 0306406152", "978–0–306–40615–7"]
        {
            assert_eq!(isbn(text), Ok("9780306406157".into()), "{text}");
        }
        assert_eq!(isbn("0-8044-2957-X"), Ok("9780804429573".into()));
        assert_eq!(isbn("0-8044-2957-Х"), Ok("9780804429573".into()), "with a Cyrillic letter");
        assert_eq!((isbn(""), isbn("—")), (Ok(String::new()), Ok(String::new())));
    }

    #[test]
    fn what_is_none() {
        for text in ["9780306406158", "0306406153"] {
            assert_eq!(isbn(text), Err(RowFault::IsbnCheck(Shown::of_book(text))), "{text}");
        }
        for text in ["12345", "нет", "4006381333931", "9780306406157; 9780804429573", "978030640615X"] {
            assert_eq!(isbn(text), Err(RowFault::Isbn(Shown::of_book(text))), "{text}");
        }
        assert_eq!(isbn("9,78031E+12"), Err(RowFault::Rounded));
    }
}
