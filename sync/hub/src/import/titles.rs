//! Titles.

use super::cells::{word, year};
use super::header::{Column, Need};
use super::isbn::isbn;
use super::seen::Seen;
use super::table::{Faults, read_table};
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

/// A header that would do.
pub(super) const EXAMPLE: &str = "title,author,isbn,year,kind";

pub(super) const COLUMNS: [Column; 5] = [
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
        need: Need::Always,
        dates: false,
    },
    Column {
        what: "the author",
        names: &["author", "authors", "автор", "авторы", "авторлары"],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the ISBN",
        names: &["isbn", "isbn 13", "isbn-13", "исбн"],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the year",
        names: &["year", "год", "год издания", "год выпуска", "жыл", "жылы", "басылған жылы", "шыққан жылы"],
        need: Need::Never,
        dates: false,
    },
    Column {
        what: "the sort of title",
        names: &["kind", "вид", "тип", "вид издания", "түрі", "басылым түрі"],
        need: Need::Never,
        dates: false,
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
    read_table(bytes, &COLUMNS, EXAMPLE, |fields| {
        let mut faults = Faults::default();
        let name = faults.take(fields.needed(TITLE)).map(str::to_owned);
        let isbn = faults.take(isbn(fields.get(ISBN)).map_err(|fault| fields.bad(ISBN, fault)));
        let year = faults.take(fields.read(YEAR, year));
        let kind = faults.take(fields.read(KIND, |text| word(text, &KINDS)));
        let (Some(name), Some(isbn), Some(year), Some(kind)) = (name, isbn, year, kind) else {
            return Err(faults.into_all());
        };
        let author = fields.has(AUTHOR).then(|| fields.get(AUTHOR).to_owned());
        let first = if isbn.is_empty() {
            let key = (name.clone(), author.clone(), year);
            by_name.first(key, fields.line).map_err(|fault| fields.bad(TITLE, fault))
        } else {
            by_isbn.first(isbn.clone(), fields.line).map_err(|fault| fields.bad(ISBN, fault))
        };
        match first {
            Ok(()) => Ok(TitleRow { name, author, isbn, year, kind }),
            Err(fault) => Err(vec![fault]),
        }
    })
}
