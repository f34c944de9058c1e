//! Latin letters that look like Cyrillic ones of the Kazakh and Russian alphabets, each in its own case: a keyboard in
//! the wrong layout shows nothing wrong.

/// A text whose words are each of one script: Latin letters within a Cyrillic word become the Cyrillic ones that they look
/// like. A word stays as it is where a Latin letter of it looks like none.
pub fn in_one_script(text: &str) -> String {
    let is_cyrillic = |c: char| ('\u{400}'..='\u{52f}').contains(&c);
    let mut whole = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !c.is_alphabetic()) {
        let is_mixed = word.contains(is_cyrillic) && word.contains(|c: char| c.is_ascii_alphabetic());
        let turned =
            || word.chars().map(|c| if c.is_ascii_alphabetic() { cyrillic(c) } else { Some(c) }).collect();
        match is_mixed.then(turned).flatten() {
            Some(turned) => whole.push_str(&String::from_iter::<Vec<char>>(turned)),
            None => whole.push_str(word),
        }
    }
    whole
}

/// The Cyrillic letter that looks like this Latin one.
pub(crate) fn cyrillic(latin: char) -> Option<char> {
    Some(match latin {
        'A' => 'А',
        'B' => 'В',
        'C' => 'С',
        'E' => 'Е',
        'H' => 'Н',
        'I' => 'І',
        'K' => 'К',
        'M' => 'М',
        'O' => 'О',
        'P' => 'Р',
        'T' => 'Т',
        'X' => 'Х',
        'Y' => 'У',
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'h' => 'һ',
        'i' => 'і',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::in_one_script;

    #[test]
    fn a_word_is_of_one_script() {
        // The first letters of both, and the last of the second, are Latin.
        assert_eq!(
            in_one_script("A\u{43b}\u{438}\u{44f} O\u{440}\u{43b}o\u{432}"),
            "\u{410}\u{43b}\u{438}\u{44f} \u{41e}\u{440}\u{43b}\u{43e}\u{432}"
        );
        for same in ["Anna Smith", "Анна", "7а-B", "Zоя"] {
            assert_eq!(in_one_script(same), same);
        }
    }
}
