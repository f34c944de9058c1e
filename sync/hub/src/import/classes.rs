//! Classes: their names and languages of instruction.

use super::cells::word;
use super::header::{Column, Need};
use super::seen::Seen;
use super::table::{Faults, read_table};
use super::{FileFault, Import, RowFault, Shown};
use exchange::{Lang, class};

/// A class as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassRow {
    /// Its grade, letter and written name.
    pub name: class::ClassName,
    /// Language of instruction; `None` if the file has no column for it.
    pub lang: Option<Lang>,
}

const NAME: usize = 0;
const LANGUAGE: usize = 1;

/// A header that would do.
pub(super) const EXAMPLE: &str = "class,language";

pub(super) const COLUMNS: [Column; 2] = [
    Column {
        what: "the class",
        names: &["class", "класс", "сынып", "сынып атауы", "название класса", "класс атауы", "name"],
        need: Need::Always,
        dates: false,
    },
    Column {
        what: "the language of instruction",
        names: &["language", "lang", "язык", "язык обучения", "тіл", "тілі", "оқыту тілі", "оқу тілі"],
        need: Need::Never,
        dates: false,
    },
];

/// Words for languages.
pub(super) const LANGS: [(Lang, &[&str]); 3] = [
    (Lang::Kk, &["kk", "kz", "kaz", "казахский", "каз", "қазақ", "қазақша", "қазақ тілі", ""]),
    (Lang::Ru, &["ru", "rus", "русский", "рус", "орыс", "орысша", "орыс тілі"]),
    (Lang::En, &["en", "eng", "английский", "англ", "ағылшын", "ағылшынша", "ағылшын тілі"]),
];

/// Reads a file of classes.
///
/// # Errors
/// [`FileFault`].
pub fn read_classes(bytes: &[u8]) -> Result<Import<ClassRow>, FileFault> {
    let mut seen = Seen::default();
    read_table(bytes, &COLUMNS, EXAMPLE, |fields| {
        let mut faults = Faults::default();
        let name =
            fields.needed(NAME).and_then(|text| class_name(text).map_err(|fault| fields.bad(NAME, fault)));
        let name = faults.take(name);
        let lang = faults.take(fields.read(LANGUAGE, |text| word(text, &LANGS)));
        let (Some(name), Some(lang)) = (name, lang) else { return Err(faults.into_all()) };
        match seen.first((name.grade, name.letter.clone()), fields.line) {
            Ok(()) => Ok(ClassRow { name, lang }),
            Err(fault) => Err(vec![fields.bad(NAME, fault)]),
        }
    })
}

/// The parts of a class's name; a spreadsheet may have made `5.0` of `5`.
pub(super) fn class_name(text: &str) -> Result<class::ClassName, RowFault> {
    class::parse(text.strip_suffix(".0").unwrap_or(text))
        .ok_or_else(|| RowFault::Class(Shown::of_person(text)))
}
