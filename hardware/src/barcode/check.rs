//! Check digits, each as its standard has it. Pure; a text of the wrong shape gives `None`, never a guess.

/// The verdict on a check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckOutcome {
    /// Whether the check digit is the right one.
    pub valid: bool,
    /// The check digit that belongs to the rest of the text.
    pub expected: char,
}

impl CheckOutcome {
    fn of(found: char, expected: char) -> Self {
        Self { valid: found == expected, expected }
    }
}

/// The characters of Code 39 in the order of their values for mod 43 (ISO/IEC 16388).
const CODE39: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

fn digits<const N: usize>(text: &str) -> Option<[u32; N]> {
    let mut values = [0; N];
    if text.len() != N {
        return None;
    }
    for (value, c) in values.iter_mut().zip(text.chars()) {
        *value = c.to_digit(10)?;
    }
    Some(values)
}

fn digit(value: u32) -> char {
    char::from_digit(value % 10, 10).unwrap_or('0')
}

/// Splits `text` into its data and its last character.
fn split_last(text: &str) -> Option<(&str, char)> {
    let last = text.chars().next_back()?;
    text.strip_suffix(last).map(|data| (data, last))
}

/// Library Codabar of 14 digits: Luhn over the first 13, the 1st, 3rd … 13th doubled.
pub fn luhn14(text: &str) -> Option<CheckOutcome> {
    let values = digits::<14>(text)?;
    let (data, check) = values.split_at(13);
    let sum: u32 = data
        .iter()
        .enumerate()
        .map(|(i, d)| match (i % 2, d * 2) {
            (0, doubled) if doubled > 9 => doubled - 9,
            (0, doubled) => doubled,
            (_, _) => *d,
        })
        .sum();
    Some(CheckOutcome::of(digit(check[0]), digit(10 - sum % 10)))
}

/// The check digit of the GS1 family (mod 10, weights 3 and 1 from the right) for `data`.
fn gs1_check(data: &[u32]) -> char {
    let sum: u32 = data.iter().rev().zip([3, 1].into_iter().cycle()).map(|(d, weight)| d * weight).sum();
    digit(10 - sum % 10)
}

fn gs1<const N: usize>(text: &str) -> Option<CheckOutcome> {
    let values = digits::<N>(text)?;
    let (check, data) = values.split_last()?;
    Some(CheckOutcome::of(digit(*check), gs1_check(data)))
}

/// EAN-13.
pub fn ean13(text: &str) -> Option<CheckOutcome> {
    gs1::<13>(text)
}

/// EAN-8.
pub fn ean8(text: &str) -> Option<CheckOutcome> {
    gs1::<8>(text)
}

/// UPC-A: 12 digits.
pub fn upc_a(text: &str) -> Option<CheckOutcome> {
    gs1::<12>(text)
}

/// Code 39 with a mod 43 check character: the data before it, and the verdict.
/// `None` for a text under two characters or with one that Code 39 does not have (it has no small letters).
pub fn mod43(text: &str) -> Option<(&str, CheckOutcome)> {
    let (data, last) = split_last(text)?;
    if data.is_empty() || !CODE39.contains(last) {
        return None;
    }
    let mut sum = 0;
    for c in data.chars() {
        sum = (sum + CODE39.find(c)?) % CODE39.len();
    }
    let expected = CODE39.chars().nth(sum)?;
    Some((data, CheckOutcome::of(last, expected)))
}

/// ISBN-10: nine digits and a digit or `X` (also `x`).
pub fn isbn10(text: &str) -> Option<CheckOutcome> {
    let (data, last) = split_last(text)?;
    let last = last.to_ascii_uppercase();
    if !last.is_ascii_digit() && last != 'X' {
        return None;
    }
    let sum: u32 = digits::<9>(data)?.iter().zip((2..=10).rev()).map(|(d, weight)| d * weight).sum();
    let expected = match (11 - sum % 11) % 11 {
        10 => 'X',
        value => digit(value),
    };
    Some(CheckOutcome::of(last, expected))
}

/// The ISBN-13 of a valid ISBN-10; `None` if it is not one.
pub fn isbn10_to_13(text: &str) -> Option<String> {
    let (data, _) = split_last(text).filter(|_| isbn10(text).is_some_and(|c| c.valid))?;
    let data = format!("978{data}");
    let check = gs1_check(&digits::<12>(&data)?);
    Some(format!("{data}{check}"))
}

/// What a valid EAN-13 of the book and serial trade numbers, by its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bookland {
    /// 978, or 979 except 979-0: a book (ISO 2108).
    Isbn,
    /// 979-0: printed music (ISO 10957).
    Ismn,
    /// 977: a serial (ISO 3297).
    Issn,
}

impl Bookland {
    /// The class of `text`, or `None` for another prefix, another shape, or a wrong check digit.
    pub fn of(text: &str) -> Option<Self> {
        if !ean13(text)?.valid {
            return None;
        }
        match text.get(..4)? {
            "9790" => Some(Self::Ismn),
            prefix if prefix.starts_with("978") || prefix.starts_with("979") => Some(Self::Isbn),
            prefix if prefix.starts_with("977") => Some(Self::Issn),
            _ => None,
        }
    }
}

/// Takes the two- or five-digit supplement off an EAN-13 of the book and serial trade (a price, an issue number).
/// Any other text comes back as it is.
pub fn without_supplement(text: &str) -> &str {
    match (text.len(), text.get(..13)) {
        (15 | 18, Some(main)) if Bookland::of(main).is_some() && text.bytes().all(|b| b.is_ascii_digit()) => {
            main
        }
        (_, _) => text,
    }
}

/// Takes Codabar start and stop characters (A–D, also written a–d, T N * E or t n e) off a text that has both and
/// between them only Codabar's own characters with at least one digit; `None` if it does not.
pub fn without_start_stop(text: &str) -> Option<&str> {
    const GUARDS: &str = "ABCDabcdTN*Etne";
    let inner = text.strip_prefix(|c| GUARDS.contains(c))?.strip_suffix(|c| GUARDS.contains(c))?;
    let codabar = inner.chars().all(|c| c.is_ascii_digit() || "-$:/.+".contains(c));
    (codabar && inner.chars().any(|c| c.is_ascii_digit())).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_x_is_a_check_digit_of_isbn10() {
        assert_eq!(isbn10("097522980X"), Some(CheckOutcome { valid: true, expected: 'X' }));
        assert_eq!(isbn10("097522980x"), Some(CheckOutcome { valid: true, expected: 'X' }));
        assert_eq!(isbn10_to_13("0306406153"), None);
    }

    #[test]
    fn printed_music_is_no_book() {
        assert_eq!(Bookland::of("9790260000438"), Some(Bookland::Ismn));
        assert_eq!(Bookland::of("9791090636071"), Some(Bookland::Isbn));
        assert_eq!(Bookland::of("9780306406158"), None);
    }

    #[test]
    fn supplements_come_off_books_only() {
        assert_eq!(without_supplement("978030640615751995"), "9780306406157");
        assert_eq!(without_supplement("977123456789803"), "9771234567898");
        assert_eq!(without_supplement("400638133393112"), "400638133393112");
    }

    #[test]
    fn start_and_stop_need_each_other_and_codabar_between() {
        assert_eq!(without_start_stop("t30234000517861e"), Some("30234000517861"));
        assert_eq!(without_start_stop("*12-3*"), Some("12-3"));
        for whole in ["A123", "123B", "AB", "A-B", "A1X2B", "A", ""] {
            assert_eq!(without_start_stop(whole), None, "{whole}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_found(data in "[0-9]{13}", at in 0usize..14, by in 1u32..10) {
            let right = format!("{data}{}", luhn14(&format!("{data}0")).unwrap().expected);
            prop_assert!(luhn14(&right).unwrap().valid);
            let wrong: String = right.chars().enumerate()
                .map(|(i, c)| if i == at { digit(c.to_digit(10).unwrap() + by) } else { c })
                .collect();
            prop_assert!(!luhn14(&wrong).unwrap().valid);
        }

        #[test]
        fn any_text_is_answered(text in ".{0,40}") {
            let _ = (luhn14(&text), ean13(&text), ean8(&text), upc_a(&text), mod43(&text), isbn10_to_13(&text));
            let _ = (Bookland::of(&text), without_supplement(&text), without_start_stop(&text));
        }
    }
}
