//! Names of classes as schools write them: `7 «Ә»`, `7-А`, `7А`, `7 a` with a Latin a.

use crate::alike;
use std::cmp::Ordering;
use unicode_normalization::UnicodeNormalization;

/// The Kazakh alphabet in its own order, which is not that of code points.
const ALPHABET: &str = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ";

/// The highest grade.
const MAX_GRADE: u8 = 12;

/// A class name in its parts. Ordered by grade, then by letter in the order of the Kazakh alphabet, then as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassName {
    /// 0 to 12.
    pub grade: u8,
    /// One upper-case letter, Cyrillic where it looks so; empty if there is none.
    pub letter: String,
    /// As the school wrote it, without spaces around, for print.
    pub original: String,
}

/// Takes a name apart; `None` unless it is a grade and at most one letter, whatever stands around them. The words класс,
/// кл and сынып do not count.
pub fn parse(name: &str) -> Option<ClassName> {
    let original: String = name.trim().nfc().collect();
    let is_letter = char::is_alphabetic;
    let digits_end = original.find(|c: char| !c.is_ascii_digit()).unwrap_or(original.len());
    let (digits, rest) = original.split_at(digits_end);
    let grade = digits.parse().ok().filter(|grade| *grade <= MAX_GRADE)?;
    if rest.contains(char::is_numeric) {
        return None;
    }
    let upper = rest.to_uppercase();
    let mut words =
        upper.split(|c| !is_letter(c)).filter(|word| !["", "КЛАСС", "КЛ", "СЫНЫП"].contains(word));
    let letter = words.next().unwrap_or_default();
    if words.next().is_some() || letter.chars().count() > 1 {
        return None;
    }
    let letter = letter.chars().map(|c| alike::cyrillic(c).unwrap_or(c)).collect();
    Some(ClassName { grade, letter, original })
}

/// By what a list of classes is sorted: number first, then letter in the order of the Kazakh alphabet. No letter stands
/// before all, letters of other alphabets behind.
pub fn order(grade: u8, letter: &str) -> (u8, u32) {
    let place = match letter.chars().next() {
        None => 0,
        Some(first) => match ALPHABET.chars().zip(1..).find(|(c, _)| *c == first) {
            Some((_, place)) => place,
            None => 1_000 + u32::from(first),
        },
    };
    (grade, place)
}

impl Ord for ClassName {
    fn cmp(&self, other: &ClassName) -> Ordering {
        let key = |name: &ClassName| order(name.grade, &name.letter);
        key(self)
            .cmp(&key(other))
            .then_with(|| self.letter.cmp(&other.letter))
            .then_with(|| self.original.cmp(&other.original))
    }
}

impl PartialOrd for ClassName {
    fn partial_cmp(&self, other: &ClassName) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str) -> Option<(u8, String)> {
        parse(name).map(|class| (class.grade, class.letter))
    }

    #[test]
    fn as_schools_write_them() {
        for name in ["7 «А»", "7-А", "7А", "7 a", "7 A", " 7\u{a0}\"а\" ", "7 А класс", "07А", "7 сынып «А»"]
        {
            assert_eq!(parts(name), Some((7, "А".to_owned())), "{name}");
        }
        assert_eq!(parts("7 «Ә»"), Some((7, "Ә".to_owned())));
        assert_eq!(parts("11 i"), Some((11, "І".to_owned())));
        assert_eq!(parts("5Й"), Some((5, "Й".to_owned())));
        assert_eq!(parts("5И\u{306}"), Some((5, "Й".to_owned())));
        assert_eq!(parts("0"), Some((0, String::new())));
        assert_eq!(parts("7 D"), Some((7, "D".to_owned())));
        assert_eq!(parse("  7 «ә» ").map(|class| class.original), Some("7 «ә»".to_owned()));
    }

    #[test]
    fn what_is_no_class() {
        for name in ["", "А", "13А", "7 АБВ", "7 А Б", "7А2", "256А", "99999999999А", "учителя", "-7А"]
        {
            assert_eq!(parse(name), None, "{name}");
        }
    }

    #[test]
    fn by_number_and_then_by_the_kazakh_alphabet() {
        let sorted = ["1Я", "2", "2 А", "2 Ә", "2 Б", "2 І", "2 Ь", "2 Я", "2 D", "10 А", "11 А"];
        let mut names: Vec<ClassName> = sorted.iter().rev().filter_map(|name| parse(name)).collect();
        names.sort();
        assert_eq!(names.iter().map(|name| name.original.as_str()).collect::<Vec<_>>(), sorted);
        assert_eq!(ALPHABET.chars().count(), 42);
    }
}
