//! Every word in `ui/*.slint` is there in three languages, short and kind, and the fonts can write it.

use crate::walk::reference_walks;
use desk::view::Lang;
use skrifa::{FontRef, MetadataProvider};
use std::collections::BTreeMap;
use std::path::Path;

/// One entry: in English (`@tr` of a screen), or in another language (a `.po` file).
#[derive(Debug, Clone, PartialEq, Default)]
struct Entry {
    context: String,
    plural: Option<String>,
    said: Vec<String>,
}

type Words = BTreeMap<String, Entry>;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What stands in `@tr(…)` of all screens.
fn english() -> Words {
    let mut words = Words::new();
    for entry in std::fs::read_dir(folder().join("ui")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for call in text.split("@tr(").skip(1) {
            let (mut id, mut rest) = literal(call);
            let mut entry = Entry::default();
            if let Some(after) = rest.trim_start().strip_prefix("=>") {
                entry.context = std::mem::take(&mut id);
                (id, rest) = literal(after);
            }
            if let Some(after) = rest.trim_start().strip_prefix('|') {
                entry.plural = Some(literal(after).0);
            }
            entry.said = std::iter::once(id.clone()).chain(entry.plural.clone()).collect();
            let earlier = words.insert(id.clone(), entry.clone());
            assert!(earlier.is_none_or(|earlier| earlier == entry), "two meanings of {id:?}");
        }
    }
    assert!(words.len() > 100);
    words
}

/// The string at the start of `text`, and what follows it.
fn literal(text: &str) -> (String, &str) {
    let text = text.trim_start().strip_prefix('"').unwrap_or_else(|| panic!("no string at {text:.40}"));
    let (words, rest) = text.split_once('"').unwrap();
    assert!(!words.ends_with('\\'), "quotes in words are “” or «»: {words}");
    (words.to_owned(), rest)
}

/// What stands in a `.po` file.
fn translated(lang: &str) -> Words {
    let text =
        std::fs::read_to_string(folder().join("lang").join(lang).join("LC_MESSAGES/kiosk-ui.po")).unwrap();
    assert!(!text.contains("fuzzy") && !text.contains("\n#~"), "{lang}: unfinished entries");
    let mut words = Words::new();
    for block in text.split("\n\n").skip(1) {
        let mut id = String::new();
        let mut entry = Entry::default();
        for line in block.lines().filter(|line| !line.starts_with('#')) {
            let (key, value) = line.split_once(' ').unwrap_or_else(|| panic!("{lang}: {line}"));
            let value = literal(value).0;
            match key {
                "msgctxt" => entry.context = value,
                "msgid" => id = value,
                "msgid_plural" => entry.plural = Some(value),
                _ => {
                    let number = format!("msgstr[{}]", entry.said.len());
                    assert!(key == "msgstr" || key == number, "{lang}: {line}");
                    entry.said.push(value);
                }
            }
        }
        assert!(words.insert(id.clone(), entry).is_none(), "{lang}: {id:?} twice");
    }
    words
}

#[test]
fn every_word_is_there_in_kazakh_and_russian() {
    let english = english();
    for (lang, plurals) in [("kk", 2), ("ru", 3)] {
        let translated = translated(lang);
        let missing: Vec<_> = english.keys().filter(|id| !translated.contains_key(*id)).collect();
        assert!(missing.is_empty(), "{lang} has no words for {missing:?}");
        for (id, entry) in &translated {
            let source = english.get(id).unwrap_or_else(|| panic!("{lang}: nobody says {id:?} any more"));
            assert_eq!((&entry.context, &entry.plural), (&source.context, &source.plural), "{lang}: {id:?}");
            assert_eq!(entry.said.len(), if source.plural.is_some() { plurals } else { 1 }, "{lang}: {id:?}");
            let full = source.said.last().map(|words| places(words));
            for said in &entry.said {
                assert!(!said.trim().is_empty(), "{lang}: {id:?} is empty");
                assert_eq!(Some(places(said)), full, "{lang}: {said:?} for {id:?}");
            }
        }
    }
}

/// The places for numbers and names, in alphabetical order.
fn places(words: &str) -> Vec<&str> {
    let mut places: Vec<_> = words.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    places.sort_unstable();
    places
}

fn everything_said() -> Vec<(&'static str, String)> {
    let all = [("en", english()), ("kk", translated("kk")), ("ru", translated("ru"))];
    let said = all.into_iter().flat_map(|(lang, words)| {
        words.into_values().flat_map(|entry| entry.said).map(move |said| (lang, said))
    });
    said.collect()
}

#[test]
fn nothing_is_longer_than_twelve_words() {
    for (lang, said) in everything_said() {
        let words = said.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
        assert!(words <= 12, "{lang}: {words} words: {said}");
    }
}

#[test]
fn nobody_begs_blames_or_talks_like_a_machine() {
    let unwanted = [
        ("en", "please sorry invalid oops error fail wrong illegal denied forbidden timeout"),
        ("kk", "өтіне кешір өкін қате жарамсыз тыйым бұрыс"),
        ("ru", "пожалуйста извин прост сожал ошиб неверн недопустим запрещ некоррект"),
    ];
    for (lang, said) in everything_said() {
        for (of, words) in unwanted {
            for word in words.split(' ').filter(|_| of == lang) {
                assert!(!said.to_lowercase().contains(word), "{lang}: “{word}” in {said}");
            }
        }
    }
}

#[test]
fn the_fonts_have_every_letter() {
    let letters = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";
    let needed: Vec<char> = everything_said()
        .into_iter()
        .flat_map(|(_, said)| said.chars().collect::<Vec<_>>())
        .chain(letters.chars())
        .chain(letters.to_uppercase().chars())
        .chain("ÄĞJQÑÖŪÜŞYäğıñöūüş0123456789…№".chars())
        .collect();
    for font in ["NotoSans-Regular.ttf", "NotoSans-Bold.ttf"] {
        let bytes = std::fs::read(folder().join("fonts").join(font)).unwrap();
        let known = FontRef::new(&bytes).unwrap();
        let missing: Vec<_> =
            needed.iter().filter(|letter| known.charmap().map(**letter).is_none()).collect();
        assert!(missing.is_empty(), "{font} has no {missing:?}");
    }
}

/// On a Kazakh or Russian screen whatever is in Latin letters is a name, a title, a number, or was forgotten.
#[test]
fn nothing_english_is_left_on_a_kazakh_or_russian_screen() {
    let latin = [
        "English",
        "PIN",
        "WDJB-MJHT",
        "The Jungle Book",
        "SIP2",
        "Koha",
        "Evergreen",
        "langauge",
        "language",
        "px_per_mm",
        "wifi",
        "ca",
        "kk, ru, en",
        "Wi-Fi",
    ];
    for screen in reference_walks() {
        if screen.lang == Lang::En {
            continue;
        }
        for seen in &screen.seen {
            let rest = latin.iter().fold(seen.label.clone(), |label, known| label.replace(known, ""));
            let code = seen.kind == "Code";
            assert!(
                code || !rest.contains(|letter: char| letter.is_ascii_alphabetic()),
                "{}: {seen:?}",
                screen.at()
            );
        }
    }
}

#[test]
fn counted_things_are_said_in_the_right_form() {
    let cases =
        [("visit-long-titles", Lang::Ru, "Можно взять ещё 1 книгу."), ("visit", Lang::Ru, "У вас 3 книги.")];
    let more =
        [("visit-full", Lang::Ru, "У вас 13 книг."), ("finished-all", Lang::Ru, "Вы продлили 21 книгу.")];
    let kazakh =
        [("visit", Lang::Kk, "Сізде 3 кітап бар."), ("finished-all", Lang::Kk, "1 кітап қайтардыңыз.")];
    let sticks = [
        ("stick-asked", Lang::Ru, "Ждут отправки 318 записей."),
        ("stick-done", Lang::Kk, "Онда 318 жазба бар."),
        ("stick-done-nothing", Lang::Ru, "Принят 1 ответ региона."),
        ("staff-ways-2", Lang::En, "File for Koha"),
        ("staff-ways-2", Lang::En, "21 days ago"),
        ("staff-ways-2", Lang::Ru, "до записи 9998"),
    ];
    let dates = [
        ("visit-mixed", Lang::Kk, "Мерзімі: 2027 жылғы 25 мамыр"),
        ("visit-mixed", Lang::Ru, "Вернуть до 25 мая 2027 года"),
        ("visit-mixed", Lang::En, "Due 25 May 2027"),
        ("my-books", Lang::En, "Was due 29 August"),
    ];
    let care = [
        ("setup-unknown-key", Lang::Kk, "Баптау файлының 3\u{2011}жолын қараңыз."),
        ("setup-wrong-value", Lang::Ru, "Посмотрите строку 12 файла настройки."),
        ("staff-care-plug", Lang::Ru, "Проверка: отключений 50, потеряно записей 0."),
        ("staff-plug-lost-2", Lang::En, "No: this card loses records. Have it changed."),
        ("staff-care-1", Lang::En, "Correct the file on the card."),
        ("staff-care-7", Lang::Kk, "Бағдарлама нұсқасы"),
        ("staff-care-state", Lang::Ru, "Сфотографируйте и отправьте технику. Имён здесь нет."),
    ];
    let mut wanted: Vec<_> =
        cases.into_iter().chain(more).chain(kazakh).chain(dates).chain(sticks).chain(care).collect();
    for screen in reference_walks() {
        let labels: Vec<_> = screen.seen.iter().map(|seen| &seen.label).collect();
        wanted.retain(|(name, lang, said)| {
            let here = *name == screen.name && *lang == screen.lang;
            assert!(
                !here || labels.iter().any(|label| *label == said),
                "{}: {said} in {labels:?}",
                screen.at()
            );
            !here
        });
    }
    assert_eq!(wanted, []);
}
