//! Search keys for Kazakh and Russian names and titles, and what a person may have meant by what they typed.

use crate::alike;
use unicode_normalization::UnicodeNormalization;

/// Folds `text` for searching: lower case, NFC, then ә→а ғ→г қ→к ң→н ө→о ұ,ү→у һ→х і→и ё→е, without ъ and ь; words
/// joined by one space, everything that is no letter or digit dropped.
pub fn key(text: &str) -> String {
    words(text).chars().filter_map(fold).collect()
}

/// What to look for when a person types `text`, the most likely first, none twice, at most six.
///
/// The first is the text itself in lower case and NFC, its words joined by one space: what it hits exactly ranks first.
/// All others have the form of [`key`]: the text folded; then, for letters of a wrong keyboard, Latin letters taken for
/// the Cyrillic ones they look like (`pyka` → рука), Kazakh in the Latin alphabet of 2021 (`qazaq` → казак), and Russian
/// typed in the Latin layout (`ghbdtn` → привет). Only the first 128 characters count. Empty if there is no letter or digit.
pub fn queries(text: &str) -> Vec<String> {
    const MOST_CHARS: usize = 128;
    let text: String = text.nfc().take(MOST_CHARS).collect();
    let mut found: Vec<String> = Vec::new();
    let mut add = |query: String| {
        if !query.is_empty() && !found.contains(&query) {
            found.push(query);
        }
    };
    add(words(&text));
    add(key(&text));
    add_if(&mut add, from_alike(&text));
    let latin = from_latin(&text);
    let layout = from_layout(&text);
    for query in if looks_like_layout(&text) { [layout, latin] } else { [latin, layout] } {
        add_if(&mut add, query);
    }
    found
}

fn add_if(add: &mut impl FnMut(String), text: Option<String>) {
    if let Some(text) = text {
        add(key(&text));
    }
}

/// Lower case, NFC, words joined by one space, without anything that is no letter or digit.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfc().flat_map(char::to_lowercase).nfc() {
        if c.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        } else {
            gap = true;
        }
    }
    out
}

/// One letter of [`words`], folded; `None` if it is dropped.
fn fold(c: char) -> Option<char> {
    Some(match c {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        'ё' => 'е',
        'ъ' | 'ь' => return None,
        other => other,
    })
}

fn is_cyrillic(c: char) -> bool {
    ('\u{0400}'..='\u{04ff}').contains(&c)
}

/// With Latin letters replaced by the Cyrillic ones they look like. `None` if there are none, or if a word has a letter
/// that looks like nothing and no Cyrillic letter either: that word is Latin.
fn from_alike(text: &str) -> Option<String> {
    let some_latin = text.chars().any(|c| alike::cyrillic(c).is_some());
    let meant = |word: &str| {
        word.chars().any(is_cyrillic)
            || word.chars().all(|c| !c.is_alphabetic() || alike::cyrillic(c).is_some())
    };
    let all_meant = text.split_whitespace().all(meant);
    (some_latin && all_meant).then(|| text.chars().map(|c| alike::cyrillic(c).unwrap_or(c)).collect())
}

/// From the Kazakh Latin alphabet of 2021 into Cyrillic. `i` stands for и and й, `y` for ы: after a vowel it is й.
/// `None` if a letter is not of that alphabet.
fn from_latin(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut after_vowel = false;
    for c in text.chars().flat_map(char::to_lowercase).nfc() {
        let cyrillic = match c {
            'a' => 'а',
            'ä' => 'ә',
            'b' => 'б',
            'd' => 'д',
            'e' => 'е',
            'f' => 'ф',
            'g' => 'г',
            'ğ' => 'ғ',
            'h' => 'х',
            'i' | 'y' if after_vowel => 'й',
            'i' => 'и',
            'ı' => 'і',
            'j' => 'ж',
            'k' => 'к',
            'l' => 'л',
            'm' => 'м',
            'n' => 'н',
            'ñ' => 'ң',
            'o' => 'о',
            'ö' => 'ө',
            'p' => 'п',
            'q' => 'қ',
            'r' => 'р',
            's' => 'с',
            'ş' => 'ш',
            't' => 'т',
            'u' => 'у',
            'ū' => 'ұ',
            'ü' => 'ү',
            'v' => 'в',
            'y' => 'ы',
            'z' => 'з',
            // What lower-casing leaves of İ.
            '\u{307}' => continue,
            other if other.is_alphabetic() => return None,
            other => other,
        };
        after_vowel = matches!(cyrillic, 'а' | 'ә' | 'е' | 'о' | 'ө' | 'у' | 'ұ' | 'ү' | 'ы' | 'и' | 'і');
        out.push(cyrillic);
    }
    Some(out)
}

/// The keys of a Latin keyboard, and what they write in the Russian layout.
const KEYS: (&str, &str) =
    ("qwertyuiop[]asdfghjkl;'zxcvbnm,.`{}:\"<>~", "йцукенгшщзхъфывапролджэячсмитьбюёхъжэбюё");

/// From what a Latin keyboard layout wrote of a Russian text. `None` if there is a letter no key of it writes.
fn from_layout(text: &str) -> Option<String> {
    let russian = |c: char| {
        KEYS.0.chars().zip(KEYS.1.chars()).find(|(latin, _)| *latin == c).map(|(_, russian)| russian)
    };
    text.chars()
        .map(|c| match russian(c.to_ascii_lowercase()) {
            Some(russian) => Some(russian),
            None if c.is_alphabetic() => None,
            None => Some(c),
        })
        .collect()
}

/// Whether the text is rather Russian in the wrong layout than a language in Latin letters: a word of three or more
/// letters without a vowel, or a letter key of the Russian layout that writes punctuation in the Latin one.
fn looks_like_layout(text: &str) -> bool {
    let vowels = "aeiouyäöüūı";
    text.to_lowercase().split_whitespace().any(|word| {
        let inside = word.trim_end_matches(['.', ',', ';', ':', '"', '\'']);
        inside.contains(['[', ']', ';', '\'', ',', '.', '`'])
            || (word.chars().filter(|c| c.is_alphabetic()).count() >= 3
                && !word.contains(|c| vowels.contains(c)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kazakh_letters_fold() {
        assert_eq!(key("ӘҒҚҢӨҰҮҺІЁ"), "агкноуухие");
        assert_eq!(key("Қазақ тілі"), "казак тили");
        assert_eq!(key("Объём, подъезд — «соль»!"), "обем подезд сол");
        assert_eq!(key("  7-сынып\t"), "7 сынып");
        assert_eq!(key("…"), "");
    }

    /// и and U+0306, as some keyboards and file systems write й, and е with U+0308 for ё.
    #[test]
    fn decomposed_letters_are_one_letter() {
        assert_eq!(key("и\u{306}од"), "йод");
        assert_eq!(key("И\u{306}ОД"), "йод");
        assert_eq!(key("е\u{308}лка"), "елка");
        assert_eq!(queries("и\u{306}од"), ["йод"]);
    }

    #[test]
    fn a_key_is_its_own_key() {
        for text in ["Қазақ тілі", "Абай Құнанбаев", "и\u{306}од", "İstanbul", "Straße 5"]
        {
            assert_eq!(key(&key(text)), key(text));
        }
    }

    #[test]
    fn as_typed_first_then_folded() {
        assert_eq!(queries("Қазақ"), ["қазақ", "казак"]);
        assert_eq!(queries("казак"), ["казак"]);
        assert_eq!(queries(" … "), Vec::<String>::new());
    }

    #[test]
    fn letters_that_look_alike() {
        // All Latin: "cox" is сох by its looks.
        assert!(queries("cox").contains(&"сох".to_owned()));
        // A Latin o and e in a Cyrillic word.
        assert_eq!(queries("шкoлe"), ["шкoлe", "школе"]);
        assert_eq!(queries("Тiл"), ["тiл", "тил"]);
        assert!(from_alike("Word").is_none());
    }

    #[test]
    fn kazakh_in_latin_letters() {
        assert!(queries("Qazaq").contains(&"казак".to_owned()));
        assert!(queries("Älippe").contains(&"алиппе".to_owned()));
        assert!(queries("Aıbek").contains(&"аибек".to_owned()));
        assert!(queries("Aibek").contains(&"айбек".to_owned()));
        assert!(queries("Abai joly").contains(&"абай жолы".to_owned()));
        assert!(queries("ŞYÑĞYS").contains(&"шынгыс".to_owned()));
        assert!(queries("İlias").contains(&"илиас".to_owned()));
    }

    #[test]
    fn russian_in_the_latin_layout() {
        assert_eq!(queries("ghbdtn")[..2], ["ghbdtn", "привет"]);
        assert_eq!(queries("Djqyf b vbh")[1], "война и мир");
        assert_eq!(queries("`krf")[1], "елка");
        assert!(queries("j,kjvjd").contains(&"обломов".to_owned()));
    }

    #[test]
    fn latin_is_tried_as_what_it_is_first() {
        assert_eq!(queries("Harry Potter")[0], "harry potter");
    }

    #[test]
    fn never_many_and_never_long() {
        for text in ["a".repeat(10_000), "ә".repeat(10_000), "ghbdtn ".repeat(1_000)] {
            let queries = queries(&text);
            assert!(queries.len() <= 6);
            assert!(queries.iter().all(|query| query.chars().count() <= 128));
        }
    }
}
