//! What can be wrong with a file or a row, in words that say what to do. None repeats an IIN or a PIN.

use super::Shown;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a whole file cannot be read. Nothing of it was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Too long.
    #[error("the file has more than {} MB; split it", super::MOST_LEN >> 20)]
    TooLong,
    /// Too many lines.
    #[error("the file has more than a million lines; split it")]
    TooManyLines,
    /// A web page or another file that is neither text nor a workbook.
    #[error(
        "this is a web page or another file that is neither CSV nor XLSX: open it in a spreadsheet program and save \
             the table as XLSX"
    )]
    NotText,
    /// A workbook of the kind before XLSX, or behind a password.
    #[error(
        "this is a workbook of the old kind (.xls), or one that a password protects: open it, and save it as XLSX \
             without a password"
    )]
    OldWorkbook,
    /// A workbook that is damaged, or only looks like one.
    #[error(
        "this looks like a workbook and cannot be read as one: open it in a spreadsheet program, and save it anew as XLSX"
    )]
    BrokenWorkbook,
    /// It unpacks to more than any table of a school.
    #[error("this workbook unpacks to more than any table of a school: copy the table into a new workbook")]
    Unpacked,
    /// No sheet has a line of column names.
    #[error(
        "no sheet of this workbook ({sheets}) has a line that names columns known here, such as: {example}"
    )]
    NoTable {
        /// Names of its sheets.
        sheets: String,
        /// A line that would do.
        example: &'static str,
    },
    /// Bytes that no encoding explains.
    #[error("this is neither UTF-8 nor UTF-16 nor Cyrillic of Windows: save the table as CSV (UTF-8)")]
    Encoding,
    /// No line with anything on it.
    #[error("the file is empty; its first line should name the columns, such as: {0}")]
    Empty(&'static str),
    /// The first line names nothing that is known.
    #[error(
        "the first line, of {len} fields, names no column that is known here: put the names of the columns there, \
             such as: {example}; and remove lines above them"
    )]
    NoHeader {
        /// Fields of the first line.
        len: usize,
        /// A first line that would do.
        example: &'static str,
    },
    /// The first line is longer than any list of names.
    #[error("the first line is no list of column names: it has more than {} kB", super::line::MOST_LINE_LEN >> 10)]
    LongHeader,
    /// A quotation mark in the first line that nothing closes.
    #[error("a quotation mark opens in the first line and never closes: remove it")]
    OpenHeader,
    /// The first line has question marks for letters.
    #[error(
        "letters were lost and stand as question marks, in the first line too: export the table as CSV (UTF-8)"
    )]
    LostLetters,
    /// A column is missing.
    #[error(
        "the line of column names has none for {what}; it has: {found}. Any of these names would do: {accepted}"
    )]
    NoColumn {
        /// What is missing.
        what: &'static str,
        /// What the first line has.
        found: String,
        /// Names that are understood.
        accepted: String,
    },
    /// Two columns for one thing.
    #[error("the columns {first:?} and {second:?} both stand for {what}; remove one of them")]
    TwoColumns {
        /// For what.
        what: &'static str,
        /// One.
        first: String,
        /// The other.
        second: String,
    },
    /// A column that there must be holds IINs.
    #[error("the column {name:?} should hold {what}, and holds IINs, which are never kept here")]
    IinColumn {
        /// Its name.
        name: String,
        /// What it should hold.
        what: &'static str,
    },
}

/// A row that was not taken, and one thing that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// The line it began on, from 1.
    pub line: u32,
    /// The column, by its name in the file; `None` if it is about the whole row.
    pub column: Option<String>,
    /// What is wrong.
    pub fault: RowFault,
}

impl fmt::Display for BadRow {
    /// Such as `line 12, column "until": "31.02.2027" is no date; …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, column {column:?}: {}", self.line, self.fault),
            None => write!(f, "line {}: {}", self.line, self.fault),
        }
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFault {
    /// Fewer fields than columns.
    #[error(
        "has {found} fields, the first line has {expected}: a separator is missing, or the row is cut in two"
    )]
    TooFewFields {
        /// Here.
        found: usize,
        /// In the first line.
        expected: usize,
    },
    /// More fields than columns.
    #[error(
        "has {found} fields, the first line has {expected}: two rows are merged, or a field with a separator needs quotes"
    )]
    TooManyFields {
        /// Here.
        found: usize,
        /// In the first line.
        expected: usize,
    },
    /// A quotation mark that nothing closes.
    #[error("a quotation mark opens here and never closes: remove it, or close it")]
    OpenQuote,
    /// More bytes than any row has.
    #[error("has {0} bytes in one line: line breaks are missing")]
    LongLine(usize),
    /// Nothing where something is needed.
    #[error("is empty; it is needed")]
    Empty,
    /// Too long.
    #[error("has {0} characters; {most} are the most", most = super::cells::MOST_CHARS)]
    TooLong(usize),
    /// A control character.
    #[error("holds a control character; type it anew")]
    Control,
    /// The separator of the protocol of libraries.
    #[error("holds a |, which separates fields between library systems; write something else")]
    Bar,
    /// A formula, or what a spreadsheet writes where one has failed.
    #[error("holds a formula or its fault, no value: paste the column as values, and export it again")]
    Formula,
    /// Letters were lost before the file was written.
    #[error("letters were lost and stand as question marks: export the table again as CSV (UTF-8)")]
    LostLetters,
    /// A spreadsheet has rounded a number.
    #[error(
        "the spreadsheet has rounded this number and its digits are lost: format the column as text, and type it anew"
    )]
    Rounded,
    /// A spreadsheet has made a date of something else.
    #[error("the spreadsheet has made a date of this: format the column as text, and type it anew")]
    BecameDate,
    /// One word where family and first name should be.
    #[error("{0} is no whole name: the family name and the first name are expected, in this order")]
    WholeName(Shown),
    /// No class name.
    #[error("{0} is no class; expected is a name such as 7 «А», 7А or 7-А")]
    Class(Shown),
    /// A class that was not imported.
    #[error("there is no class {0}; import the classes first, or correct the name")]
    UnknownClass(Shown),
    /// No number of an item or card.
    #[error("{0} is no number of a label or card: 1 to 64 Latin letters, digits and signs, no spaces, no |")]
    Number(Shown),
    /// An IIN where something else is expected.
    #[error(
        "holds an IIN, which is never kept here: remove it, and give a card the number that is printed on it"
    )]
    Iin,
    /// No date.
    #[error("{0} is no date; expected is one such as 2027-05-25 or 25.05.2027")]
    Date(Shown),
    /// No ISBN.
    #[error("{0} is no ISBN: 13 digits, 978 or 979 in front, or 10 are expected")]
    Isbn(Shown),
    /// An ISBN with a wrong check digit.
    #[error("the check digit of ISBN {0} is wrong: compare it with the book")]
    IsbnCheck(Shown),
    /// No year.
    #[error("{0} is no year")]
    Year(Shown),
    /// Not one of the words that are understood.
    #[error("{found} is not understood; expected is one of: {expected}")]
    Word {
        /// Here.
        found: Shown,
        /// Words that are understood.
        expected: String,
    },
    /// A PIN that is none.
    #[error(
        "a PIN has 4 to 6 digits; if a spreadsheet has dropped a zero in front, format the column as text"
    )]
    Pin,
    /// Neither card nor PIN.
    #[error("has neither a card nor a PIN: this patron could never identify themselves")]
    NoWayIn,
    /// The same thing twice; the other one, on an earlier line, was taken.
    #[error("is the same as in line {0}; one of the two is wrong")]
    Twice(u32),
    /// No such title.
    #[error("there is no title with this ISBN or name ({0}); import the titles first, or correct it")]
    UnknownTitle(Shown),
    /// Several titles have this name.
    #[error("several titles have the name {0}; give the ISBN")]
    AmbiguousTitle(Shown),
}

impl RowFault {
    /// A short name of what is wrong, the same for all rows with this fault, for programs and for grouping.
    pub fn name(&self) -> &'static str {
        match self {
            RowFault::TooFewFields { .. } => "too_few_fields",
            RowFault::TooManyFields { .. } => "too_many_fields",
            RowFault::OpenQuote => "open_quote",
            RowFault::LongLine(_) => "long_line",
            RowFault::Empty => "empty",
            RowFault::TooLong(_) => "too_long",
            RowFault::Control => "control_character",
            RowFault::Bar => "bar",
            RowFault::Formula => "formula",
            RowFault::LostLetters => "lost_letters",
            RowFault::Rounded => "rounded",
            RowFault::BecameDate => "became_date",
            RowFault::WholeName(_) => "no_whole_name",
            RowFault::Class(_) => "no_class",
            RowFault::UnknownClass(_) => "unknown_class",
            RowFault::Number(_) => "no_number",
            RowFault::Iin => "iin",
            RowFault::Date(_) => "no_date",
            RowFault::Isbn(_) => "no_isbn",
            RowFault::IsbnCheck(_) => "isbn_check_digit",
            RowFault::Year(_) => "no_year",
            RowFault::Word { .. } => "unknown_word",
            RowFault::Pin => "no_pin",
            RowFault::NoWayIn => "no_way_in",
            RowFault::Twice(_) => "twice",
            RowFault::UnknownTitle(_) => "unknown_title",
            RowFault::AmbiguousTitle(_) => "ambiguous_title",
        }
    }

    /// What differs between rows with the same fault, as far as it may be shown.
    pub(super) fn detail(&self) -> Option<String> {
        match self {
            RowFault::TooFewFields { found, .. } | RowFault::TooManyFields { found, .. } => {
                Some(format!("{found} fields"))
            }
            RowFault::WholeName(shown)
            | RowFault::Class(shown)
            | RowFault::UnknownClass(shown)
            | RowFault::Number(shown)
            | RowFault::Date(shown)
            | RowFault::Isbn(shown)
            | RowFault::IsbnCheck(shown)
            | RowFault::Year(shown)
            | RowFault::Word { found: shown, .. }
            | RowFault::UnknownTitle(shown)
            | RowFault::AmbiguousTitle(shown) => Some(shown.to_string()),
            RowFault::Twice(first) => Some(format!("as line {first}")),
            RowFault::LongLine(_)
            | RowFault::TooLong(_)
            | RowFault::OpenQuote
            | RowFault::Empty
            | RowFault::Control
            | RowFault::Bar
            | RowFault::Formula
            | RowFault::LostLetters
            | RowFault::Rounded
            | RowFault::BecameDate
            | RowFault::Iin
            | RowFault::Pin
            | RowFault::NoWayIn => None,
        }
    }
}
