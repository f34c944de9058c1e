//! A piece of a file in a message.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The most characters of a file's text that a message repeats.
const MOST_CHARS: usize = 40;

/// A file's text, cut and masked so that no message repeats an IIN or a PIN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shown(String);

impl Shown {
    /// Of what people are described with: hides numbers that may be an IIN or a PIN.
    pub(super) fn of_person(text: &str) -> Shown {
        Shown::masked(text, |run| (4..=6).contains(&run) || (11..=12).contains(&run))
    }

    /// Of a date: hides what may be an IIN, and a PIN that stands by itself.
    pub(super) fn of_day(text: &str) -> Shown {
        let alone = text.bytes().all(|byte| byte.is_ascii_digit());
        Shown::masked(text, |run| alone && (4..=6).contains(&run) || (11..=12).contains(&run))
    }

    /// Of what books are described with: hides what may be an IIN.
    pub(super) fn of_book(text: &str) -> Shown {
        Shown::masked(text, |run| run == 12)
    }

    /// The text itself, without quotation marks.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// Keeps the first digit of each run of digits whose length is to hide.
    fn masked(text: &str, hide: impl Fn(usize) -> bool) -> Shown {
        let chars: Vec<char> = text.chars().collect();
        let same = |a: &char, b: &char| a.is_ascii_digit() && b.is_ascii_digit();
        let mut shown = String::new();
        for run in chars.chunk_by(same) {
            let masks = run.first().is_some_and(char::is_ascii_digit) && hide(run.len());
            shown.extend(run.iter().enumerate().map(|(place, c)| if masks && place > 0 { '•' } else { *c }));
        }
        let cut = match shown.char_indices().nth(MOST_CHARS) {
            Some((at, _)) => format!("{}…", shown.get(..at).unwrap_or_default()),
            None => shown,
        };
        Shown(cut)
    }
}

impl fmt::Display for Shown {
    /// In quotation marks; what does not print is escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_iin_and_no_pin() {
        assert_eq!(Shown::of_person("100101500002").to_string(), "\"1•••••••••••\"");
        assert_eq!(Shown::of_person("Иванов 0427, 5 А").to_string(), "\"Иванов 0•••, 5 А\"");
        assert_eq!(Shown::of_day("1234").to_string(), "\"1•••\"");
        assert_eq!(Shown::of_day("31.02.2027").to_string(), "\"31.02.2027\"");
        assert_eq!(Shown::of_book("1984").to_string(), "\"1984\"");
        assert_eq!(Shown::of_book("9786010000001").to_string(), "\"9786010000001\"");
        assert_eq!(Shown::of_book("100101500002").to_string(), "\"1•••••••••••\"");
    }

    #[test]
    fn never_long_and_never_a_line_break() {
        assert_eq!(Shown::of_book(&"ж".repeat(1_000)).to_string(), format!("\"{}…\"", "ж".repeat(40)));
        assert_eq!(Shown::of_book("a\nb\u{1b}").to_string(), "\"a\\nb\\u{1b}\"");
    }
}
