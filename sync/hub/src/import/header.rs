//! The first line: which column stands where, and what separates them.

use super::shown::Shown;
use super::{FileFault, ReadColumn, iin, line};

/// A column that a kind of file may have.
pub(super) struct Column {
    /// What it stands for, in words.
    pub(super) what: &'static str,
    /// Names that are understood, as [`key`] gives them; the first is the one to recommend.
    pub(super) names: &'static [&'static str],
    /// Whether there is no file without it.
    pub(super) need: Need,
    /// Whether it holds dates; in any other column a date is what a spreadsheet has made of something else.
    pub(super) dates: bool,
}

/// Whether a file must have a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// There is no file without it.
    Always,
    /// Unless the file has the column with this number, which tells the same.
    Unless(usize),
    /// It may be missing.
    Never,
}

/// A header that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// What stands between fields.
    pub(super) delimiter: char,
    /// How many fields a row has.
    pub(super) len: usize,
    /// How many more it may have, all empty: so many has the header.
    pub(super) spare: usize,
    /// For each column its place and name, if the file has it.
    pub(super) found: Vec<Option<(usize, String)>>,
    /// Names of columns that nothing here needs.
    pub(super) ignored: Vec<String>,
    /// Names of columns of IINs.
    pub(super) iin: Vec<String>,
}

impl Header {
    /// Columns that were found.
    pub(super) fn read(&self, columns: &[Column]) -> Vec<ReadColumn> {
        let named =
            columns.iter().zip(&self.found).filter_map(|(column, found)| Some((column, found.as_ref()?)));
        named
            .map(|(column, (_, name))| ReadColumn { what: column.what.to_owned(), name: name.clone() })
            .collect()
    }
}

/// The separator of a header: the one that makes most known names of it, and of equals the one that makes most names.
pub(super) fn delimiter_of(header: &str, columns: &[Column]) -> char {
    let merit = |delimiter: &char| {
        let names = line::split(header, *delimiter).fields;
        let known = names.iter().filter(|name| !matches(name, columns).is_empty()).count();
        (known, names.len())
    };
    [';', '\t', ','].into_iter().max_by_key(merit).unwrap_or(',')
}

/// How many columns a line of names names.
pub(super) fn merit<'a>(names: impl IntoIterator<Item = &'a str>, columns: &[Column]) -> usize {
    let mut found: Vec<usize> = names.into_iter().flat_map(|name| matches(name, columns)).collect();
    found.sort_unstable();
    found.dedup();
    found.len()
}

/// Finds the columns among the names of a header.
pub(super) fn find(
    mut names: Vec<String>,
    delimiter: char,
    columns: &[Column],
    example: &'static str,
) -> Result<Header, FileFault> {
    let all = names.len();
    while names.last().is_some_and(|name| key(name).is_empty()) {
        names.pop();
    }
    let mut found: Vec<Option<(usize, String)>> = columns.iter().map(|_| None).collect();
    let (mut ignored, mut iin) = (Vec::new(), Vec::new());
    let len = names.len();
    let lost_letters = names.iter().any(|name| name.contains(['?', '\u{fffd}']));
    for (place, name) in names.into_iter().enumerate() {
        let shown = shown(&name);
        match matches(&name, columns).as_slice() {
            _ if iin::is_name(&key(&name)) => iin.push(shown),
            [only] => match found.get_mut(*only) {
                Some(Some((_, first))) => {
                    let what = columns.get(*only).map_or("", |column| column.what);
                    return Err(FileFault::TwoColumns { what, first: first.clone(), second: shown });
                }
                Some(none) => *none = Some((place, shown)),
                None => {}
            },
            _ if key(&name).is_empty() => {}
            // A name that stands for several things, such as "family and first name", stands for none of them alone.
            _ => ignored.push(shown),
        }
    }
    if found.iter().all(Option::is_none) {
        return Err(if lost_letters { FileFault::LostLetters } else { FileFault::NoHeader { len, example } });
    }
    let is_needed = |column: &Column| match column.need {
        Need::Always => true,
        Need::Unless(other) => !matches!(found.get(other), Some(Some(_))),
        Need::Never => false,
    };
    let missing = columns.iter().zip(&found).find(|(column, found)| found.is_none() && is_needed(column));
    if let Some((column, _)) = missing {
        let names = found.iter().flatten().map(|(_, name)| name).chain(&ignored).cloned();
        return Err(FileFault::NoColumn {
            what: column.what,
            found: names.collect::<Vec<_>>().join(", "),
            accepted: column.names.join(", "),
        });
    }
    Ok(Header { delimiter, len, spare: all - len, found, ignored, iin })
}

/// Which columns a name stands for; it may give the same in several languages.
fn matches(name: &str, columns: &[Column]) -> Vec<usize> {
    let stands_for = |name: &str| {
        let key = key(name);
        columns.iter().position(|column| column.names.contains(&key.as_str()))
    };
    if let Some(column) = stands_for(name) {
        return vec![column];
    }
    let mut found: Vec<usize> = name.split(['/', '\\', '(', ')', '\n', '|']).filter_map(stands_for).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A header's name as it is compared: lower case, one space between words, е for ё, no signs around.
pub(super) fn key(name: &str) -> String {
    let name = name.to_lowercase().replace('ё', "е").replace('№', " № ").replace('_', " ");
    let mut words: Vec<&str> = name.split_whitespace().collect();
    // By itself it counts the rows.
    if words.len() > 1 {
        words.iter_mut().filter(|word| **word == "№").for_each(|word| *word = "номер");
    }
    words.join(" ").trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// A name as messages repeat it: a file without a header has people's data there.
fn shown(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    Shown::of_person(&words.join(" ")).into_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [
        Column {
            what: "the class", names: &["class", "класс", "сынып"], need: Need::Always, dates: false
        },
        Column {
            what: "the family name",
            names: &["family", "фамилия", "тегі", "номер билета"],
            need: Need::Never,
            dates: false,
        },
    ];

    fn found(header: &str) -> Result<Header, FileFault> {
        let delimiter = delimiter_of(header, &COLUMNS);
        find(line::split(header, delimiter).fields, delimiter, &COLUMNS, "class,family")
    }

    fn places(header: &str) -> Vec<Option<usize>> {
        found(header).unwrap().found.iter().map(|found| found.as_ref().map(|(place, _)| *place)).collect()
    }

    #[test]
    fn names_in_three_languages_and_their_mixtures() {
        for header in ["class,family", " CLASS ;Фамилия", "\"Сынып\"\tТегі*", "Класс / Сынып,№ билета,,"]
        {
            assert_eq!(places(header), [Some(0), Some(1)], "{header}");
        }
        assert_eq!(places("Тегі (фамилия);сынып"), [Some(1), Some(0)]);
        let lens = |header: &str| found(header).map(|header| (header.len, header.spare));
        assert_eq!((lens("class"), lens("class;;;")), (Ok((1, 0)), Ok((1, 3))));
    }

    #[test]
    fn the_separator_is_what_makes_known_names() {
        assert_eq!(found("Класс;Замечания, примечания, прочее").unwrap().delimiter, ';');
        assert_eq!(found("class,family").unwrap().delimiter, ',');
        assert_eq!(found("class").unwrap().delimiter, ',');
    }

    #[test]
    fn what_is_not_read_is_told() {
        let header = found("№,Класс,ИИН учащегося,Адрес,ЖСН/ИИН").unwrap();
        assert_eq!(header.ignored, ["Адрес"]);
        assert_eq!(header.iin, ["ИИН учащегося", "ЖСН/ИИН"]);
    }

    #[test]
    fn headers_that_do_not_do() {
        assert_eq!(
            found("Фамилия,Адрес"),
            Err(FileFault::NoColumn {
                what: "the class",
                found: "Фамилия, Адрес".into(),
                accepted: "class, класс, сынып".into()
            })
        );
        assert_eq!(
            found("1,Иванов,100101500002"),
            Err(FileFault::NoHeader { len: 3, example: "class,family" })
        );
        assert_eq!(found("Об?ект,С?з"), Err(FileFault::LostLetters));
        assert!(matches!(found("class,Класс"), Err(FileFault::TwoColumns { .. })));
        assert!(matches!(found("класс/фамилия,Адрес"), Err(FileFault::NoHeader { .. })));
    }
}
