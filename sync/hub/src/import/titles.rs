//! Titles.

use super::cells::{word, year};
use super::header::Column;
use super::isbn::isbn;
use super::seen::Seen;
use super::table::read_table;
use super::{FileFault, Import};
use exchange::TitleKind;

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

const TITLE: usize = 0;
const AUTHOR: usize = 1;
const ISBN: usize = 2;
const YEAR: usize = 3;
const KIND: usize = 4;

const COLUMNS: [Column; 5] = [
    Column {
        what: "the title",
        names: &[
            "title",
            "название",
            "наименование",
            "заглавие",
            "название книги",
            "атауы",
            "кітап атауы",
            "кітаптың атауы",
        ],
        needed: true,
    },
    Column {
        what: "the author",
        names: &["author", "authors", "автор", "авторы", "авторлары"],
        needed: false,
    },
    Column { what: "the ISBN", names: &["isbn", "isbn 13", "isbn-13", "исбн"], needed: false },
    Column {
        what: "the year",
        names: &["year", "год", "год издания", "год выпуска", "жыл", "жылы", "басылған жылы", "шыққан жылы"],
        needed: false,
    },
    Column {
        what: "the sort of title",
        names: &["kind", "вид", "тип", "вид издания", "түрі", "басылым түрі"],
        needed: false,
    },
];

const KINDS: [(TitleKind, &[&str]); 2] = [
    (
        TitleKind::Book,
        &["book", "книга", "художественная", "художественная литература", "кітап", "көркем әдебиет", ""],
    ),
    (TitleKind::Textbook, &["textbook", "учебник", "учебное пособие", "оқулық", "оқу құралы"]),
];

/// Reads a file of titles.
///
/// # Errors
/// [`FileFault`].
pub fn read_titles(bytes: &[u8]) -> Result<Import<TitleRow>, FileFault> {
    let mut by_isbn = Seen::default();
    let mut by_name = Seen::default();
    read_table(bytes, &COLUMNS, "title,author,isbn,year,kind", |fields| {
        let name = fields.needed(TITLE)?.to_owned();
        let isbn = isbn(fields.get(ISBN)).map_err(|fault| fields.bad(ISBN, fault))?;
        let year = fields.read(YEAR, year)?;
        let kind = fields.read(KIND, |text| word(text, &KINDS))?;
        let author = fields.has(AUTHOR).then(|| fields.get(AUTHOR).to_owned());
        if isbn.is_empty() {
            let key = (name.clone(), author.clone(), year);
            by_name.first(key, fields.line).map_err(|fault| fields.bad(TITLE, fault))?;
        } else {
            by_isbn.first(isbn.clone(), fields.line).map_err(|fault| fields.bad(ISBN, fault))?;
        }
        Ok(TitleRow { name, author, isbn, year, kind })
    })
}
