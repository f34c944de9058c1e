//! Classes: their names and languages of instruction.

use super::cells::word;
use super::table::{Column, read_table};
use super::{FileFault, Import, RowFault};
use exchange::{Lang, class};
use std::collections::BTreeMap;

/// A class as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassRow {
    /// Its grade, letter and written name.
    pub name: class::ClassName,
    /// Language of instruction; `None` if the file has no column for it.
    pub lang: Option<Lang>,
}

const COLUMNS: [Column; 2] = [
    Column { what: "the class", names: &["class", "класс", "сынып", "name"], needed: true },
    Column {
        what: "the language of instruction",
        names: &["language", "lang", "язык", "язык обучения", "тіл", "оқыту тілі"],
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
    let mut seen: BTreeMap<(u8, String), u32> = BTreeMap::new();
    read_table(bytes, &COLUMNS, "class,language", |fields| {
        let name = class::parse(fields.get(0))
            .ok_or_else(|| fields.bad(0, RowFault::Class(fields.get(0).to_owned())))?;
        let lang = match fields.has(1) {
            true => Some(word(fields.get(1), &LANGS).map_err(|fault| fields.bad(1, fault))?),
            false => None,
        };
        match seen.insert((name.grade, name.letter.clone()), fields.line) {
            Some(line) => Err(fields.bad(0, RowFault::Twice(line))),
            None => Ok(ClassRow { name, lang }),
        }
    })
}
