//! A school's files, CSV or XLSX: classes, patrons, titles, items. Reading is pure: bytes in, rows and faults out.
//!
//! Invariants:
//! - A bad row never hinders a good one; each is told with its line, its column, and what to do; of one row, everything.
//! - What people write is read as they mean it: UTF-8, UTF-16, Windows-1251 and KZ-1048; comma, semicolon, tab; headers
//!   in Kazakh, Russian or English, with titles above them; what a spreadsheet has done to numbers is undone where that is
//!   sure, and told where not.
//! - What is planned is what is shown is what is saved: a plan holds each record as it was and as it will be.
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
mod people;
mod plan;
mod prepare;
mod records;
mod report;
mod seen;
mod shown;
pub(crate) mod single;
mod source;
mod stations;
mod table;
pub mod tell;
mod text;
mod titles;
mod what;
mod workbook;

pub use classes::{ClassRow, read_classes};
pub use fault::{BadRow, FileFault, RowFault};
pub use items::{ItemRow, read_items};
pub use patrons::{PatronRow, Pin, read_patrons};
pub use people::plan_patrons;
pub use plan::{Known, Part, Planned, plan_classes, plan_items, plan_titles};
pub use prepare::{PrepareFault, Prepared, prepare};
pub use report::Report;
pub use shown::Shown;
pub use stations::{StationRow, read_stations};
pub use text::Encoding;
pub use titles::{TitleRow, read_titles};
pub use what::{What, recognise};

use serde::{Deserialize, Serialize};

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

impl<T> Import<T> {
    /// How many rows are bad; one may have several faults.
    pub fn bad_rows(&self) -> usize {
        let mut lines: Vec<u32> = self.bad.iter().map(|row| row.line).collect();
        lines.dedup();
        lines.len()
    }
}

/// What sort of file it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Text.
    Text {
        /// Its encoding.
        encoding: Encoding,
        /// What stands between its fields.
        delimiter: char,
    },
    /// A sheet of a workbook.
    Sheet {
        /// Its name.
        name: String,
        /// Names of the other sheets, which were not read.
        others: Vec<String>,
    },
}

/// How a file was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// What it is.
    pub form: Form,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadColumn {
    /// What it stands for, in words.
    pub what: String,
    /// Its name in the file.
    pub name: String,
}

/// Numbers of cards or labels that are shorter than nearly all others: a spreadsheet may have dropped zeros in front.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubtful {
    /// How many digits nearly all have.
    pub usual: usize,
    /// Lines of those with fewer.
    pub lines: Vec<u32>,
}
