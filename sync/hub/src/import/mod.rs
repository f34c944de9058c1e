//! A school's CSV files: classes, patrons, titles, items. Reading is pure: bytes in, rows and faults out.
//!
//! Invariants:
//! - A bad row never hinders a good one; each is told with its line, its column, and what to do.
//! - What people write is read as they mean it: UTF-8, UTF-16, Windows-1251 and KZ-1048; comma, semicolon, tab; headers
//!   in Kazakh, Russian or English; what a spreadsheet has done to numbers is undone where that is sure, and told where not.
//! - An IIN (ЖСН, ИИН) is never read, kept or shown. No fault repeats a PIN.

mod cells;
mod classes;
mod doubt;
mod fault;
mod header;
mod iin;
mod isbn;
mod items;
mod line;
mod patrons;
mod plan;
mod records;
mod report;
mod seen;
mod shown;
pub(crate) mod single;
mod stations;
mod table;
mod text;
mod titles;

pub use classes::{ClassRow, read_classes};
pub use fault::{BadRow, FileFault, RowFault};
pub use items::{ItemRow, read_items};
pub use patrons::{PatronRow, Pin, read_patrons};
pub use plan::{Known, plan_classes, plan_items, plan_patrons, plan_titles};
pub use report::Report;
pub use shown::Shown;
pub use stations::{StationRow, read_stations};
pub use text::Encoding;
pub use titles::{TitleRow, read_titles};

/// The most bytes a file may have.
pub const MOST_LEN: usize = 64 << 20;

/// What a file held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import<T> {
    /// Good rows, with the line each began on, from 1.
    pub rows: Vec<(u32, T)>,
    /// Bad rows by line.
    pub bad: Vec<BadRow>,
    /// How the file was understood.
    pub notes: Notes,
}

/// How a file was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    /// Its encoding.
    pub encoding: Encoding,
    /// What stands between its fields.
    pub delimiter: char,
    /// Columns that were read.
    pub read: Vec<ReadColumn>,
    /// Columns that were not read: nothing here needs them.
    pub ignored: Vec<String>,
    /// Columns that were not read because they hold IINs.
    pub iin: Vec<String>,
    /// What looks wrong although the rows were taken.
    pub doubt: Option<Doubtful>,
}

/// A column that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadColumn {
    /// What it stands for, in words.
    pub what: &'static str,
    /// Its name in the file.
    pub name: String,
}

/// Numbers of cards or labels that are shorter than nearly all others: a spreadsheet may have dropped zeros in front.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Doubtful {
    /// How many digits nearly all have.
    pub usual: usize,
    /// Lines of those with fewer.
    pub lines: Vec<u32>,
}
