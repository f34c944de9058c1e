//! Titles.

use super::cells::{isbn, word};
use super::table::{Column, read_table};
use super::{FileFault, Import, RowFault};
use exchange::TitleKind;
use std::collections::BTreeMap;

/// A title as a file has it. A field the file has no column for is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleRow {
    /// The title proper.
    pub name: String,
    /// The author.
    pub author: Option<String>,
    /// ISBN-13; may be empty.
    pub isbn: String,
    /// Year of publication; 0 = unknown.
    pub year: Option<u16>,
    /// Sort of title.
    pub kind: Option<TitleKind>,
}

const COLUMNS: [Column; 5] = [
    Column { what: "the title", names: &["title", "название", "заглавие", "атауы", "кітап атауы"], needed: true },
    Column { what: "the author", names: &["author", "автор", "авторы"], needed: false },
    Column { what: "the ISBN", names: &["isbn", "исбн"], needed: false },
    Column { what: "the year", names: &["year", "год", "год издания", "жылы", "басылған жылы"], needed: false },
    Column { what: "the sort of title", names: &["kind", "вид", "тип", "түрі"], needed: false },
];

const KINDS: [(TitleKind, &[&str]); 2] = [
    (TitleKind::Book, &["book", "книга", "художественная", "кітап", ""]),
    (TitleKind::Textbook, &["textbook", "учебник", "оқулық"]),
];

/// Reads a file of titles.
///
/// # Errors
/// [`FileFault`].
pub fn read_titles(bytes: &[u8]) -> Result<Import<TitleRow>, FileFault> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    read_table(bytes, &COLUMNS, "title,author,isbn,year,kind", |fields| {
        let name = match fields.get(0) {
            "" => return Err(fields.bad(0, RowFault::Empty)),
            name => name.to_owned(),
        };
        let isbn = isbn(fields.get(2)).map_err(|fault| fields.bad(2, fault))?;
        let year = match fields.get(3) {
            "" => 0,
            text => text
                .trim_end_matches(".0")
                .parse()
                .ok()
                .filter(|year| (1400..=2200).contains(year))
                .ok_or_else(|| fields.bad(3, RowFault::Year(text.to_owned())))?,
        };
        let kind = match fields.has(4) {
            true => Some(word(fields.get(4), &KINDS).map_err(|fault| fields.bad(4, fault))?),
            false => None,
        };
        let key = if isbn.is_empty() { format!("{name}|{}|{year}", fields.get(1)) } else { isbn.clone() };
        if let Some(line) = seen.insert(key, fields.line) {
            return Err(fields.bad(if isbn.is_empty() { 0 } else { 2 }, RowFault::Twice(line)));
        }
        Ok(TitleRow {
            name,
            author: fields.has(1).then(|| fields.get(1).to_owned()),
            isbn,
            year: fields.has(3).then_some(year),
            kind,
        })
    })
}
