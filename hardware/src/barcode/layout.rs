//! Undoing a keyboard layout, for text that staff scanned into an ordinary text field.
//!
//! A reader in keyboard mode sends key positions. Under a Russian or Kazakh layout `KAZ-00421` then arrives as
//! `ЛФЯ-00421` or `ЛФЯөққңә"`. The station's own readers never pass through a layout ([`super::KeyDecoder`]), so
//! this is for the staff keyboard path only, and only offered to a person, never applied in silence.

/// Key rows of a US keyboard and what the same keys give in another layout, plain and with Shift.
type Rows = [(&'static str, &'static str)];

/// йцукен letters, common to the Russian and the Kazakh layout.
const LETTERS: &Rows = &[
    ("qwertyuiop[]", "йцукенгшщзхъ"),
    ("asdfghjkl;'", "фывапролджэ"),
    ("zxcvbnm,.", "ячсмитьбю"),
    ("QWERTYUIOP{}", "ЙЦУКЕНГШЩЗХЪ"),
    ("ASDFGHJKL:\"", "ФЫВАПРОЛДЖЭ"),
    ("ZXCVBNM<>", "ЯЧСМИТЬБЮ"),
];

const RUSSIAN: &Rows =
    &[("1234567890-=", "1234567890-="), ("!@#$%^&*()_+", "!\"№;%:?*()_+"), ("`/~?", "ё.Ё,")];

/// The Kazakh digit row types letters; plain digits are on its numeric pad only.
const KAZAKH: &Rows = &[("1234567890-=", "\"әіңғ,.үұқөһ"), ("!@#$%^&*()_+", "!ӘІҢҒ;:ҮҰҚӨҺ"), ("/?", "№?")];

/// Letters that are on the Kazakh digit row and in no Russian word.
const KAZAKH_ONLY: &str = "әіңғүұқөһӘІҢҒҮҰҚӨҺ";

fn key(typed: char, rows: &[&Rows]) -> Option<char> {
    let found = rows.iter().flat_map(|rows| rows.iter()).find_map(|(us, other)| {
        let at = other.chars().position(|c| c == typed)?;
        us.chars().nth(at)
    });
    found.or((typed == ' ').then_some(' '))
}

/// What the reader sent, if `text` is what a Russian or Kazakh layout made of it.
///
/// `None` when there is no Cyrillic letter (nothing to repair) or when some character is on no key of the layout
/// (then it was not typed by a reader).
pub fn repair(text: &str) -> Option<String> {
    let cyrillic = |c: char| ('\u{0400}'..='\u{04ff}').contains(&c);
    if !text.chars().any(cyrillic) {
        return None;
    }
    let row = if text.chars().any(|c| KAZAKH_ONLY.contains(c)) { KAZAKH } else { RUSSIAN };
    text.chars().map(|c| key(c, &[LETTERS, row])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_of_equal_length() {
        for (us, other) in [LETTERS, RUSSIAN, KAZAKH].iter().flat_map(|rows| rows.iter()) {
            assert_eq!(us.chars().count(), other.chars().count(), "{us}");
        }
    }

    #[test]
    fn the_kazakh_digit_row_is_undone() {
        assert_eq!(repair("ЛФЯөққңә\"").as_deref(), Some("KAZ-00421"));
    }

    #[test]
    fn a_web_address_is_undone_too() {
        assert_eq!(repair("реезыЖ..").as_deref(), Some("https://"));
    }

    #[test]
    fn what_no_reader_typed_is_left_alone() {
        assert_eq!(repair("KAZ-00421"), None);
        assert_eq!(repair("Kаз"), None);
        assert_eq!(repair("ѣ"), None);
    }
}
