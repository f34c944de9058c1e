//! Classes: their names and languages of instruction.

use super::cells::word;
use super::header::Column;
use super::seen::Seen;
use super::table::read_table;
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

const COLUMNS: [Column; 2] = [
    Column {
        what: "the class",
        names: &["class", "класс", "сынып", "сынып атауы", "название класса", "name"],
        needed: true,
    },
    Column {
        what: "the language of instruction",
        names: &["language", "lang", "язык", "язык обучения", "тіл", "тілі", "оқыту тілі", "оқу тілі"],
        needed: false,
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
    read_table(bytes, &COLUMNS, "class,language", |fields| {
        let name = class_name(fields.needed(NAME)?).map_err(|fault| fields.bad(NAME, fault))?;
        let lang = fields.read(LANGUAGE, |text| word(text, &LANGS))?;
        seen.first((name.grade, name.letter.clone()), fields.line)
            .map_err(|fault| fields.bad(NAME, fault))?;
        Ok(ClassRow { name, lang })
    })
}

/// The parts of a class's name; a spreadsheet may have made `5.0` of `5`.
pub(super) fn class_name(text: &str) -> Result<class::ClassName, RowFault> {
    class::parse(text.strip_suffix(".0").unwrap_or(text))
        .ok_or_else(|| RowFault::Class(Shown::of_person(text)))
}
