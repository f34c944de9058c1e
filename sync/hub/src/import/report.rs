//! What an import did, for a person and for a program.

use super::{BadRow, Import};
use crate::store::Saved;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The most bad rows of one kind that are listed.
const MOST_LISTED: usize = 20;

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    what: &'static str,
    rows: u64,
    added: u64,
    changed: u64,
    same: u64,
    saved: bool,
    encoding: &'static str,
    delimiter: char,
    columns: Vec<String>,
    ignored: Vec<String>,
    iin_not_read: Vec<String>,
    bad: Vec<Bad>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Bad {
    line: u32,
    column: Option<String>,
    fault: String,
}

impl Report {
    /// Of a file of `what`; `saved` is `None` where nothing was to be saved.
    pub fn new<T>(what: &'static str, import: &Import<T>, saved: Option<Saved>) -> Report {
        let counts = saved.unwrap_or_default();
        let bad = |row: &BadRow| Bad { line: row.line, column: row.column.clone(), fault: row.fault.to_string() };
        Report {
            what,
            rows: (import.rows.len() + import.bad.len()) as u64,
            added: counts.added,
            changed: counts.changed,
            same: counts.same,
            saved: saved.is_some(),
            encoding: import.notes.encoding.name(),
            delimiter: import.notes.delimiter,
            columns: import.notes.read.clone(),
            ignored: import.notes.ignored.clone(),
            iin_not_read: import.notes.iin.clone(),
            bad: import.bad.iter().map(bad).collect(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let good = self.rows - self.bad.len() as u64;
        if self.saved {
            write!(f, "{} {}: {} added, {} changed, {} same", self.rows, self.what, self.added, self.changed, self.same)?;
        } else {
            write!(f, "{} {}: {good} good; nothing was saved", self.rows, self.what)?;
        }
        writeln!(f, ", {} bad rows", self.bad.len())?;
        let delimiter = match self.delimiter {
            '\t' => "tab".to_owned(),
            other => format!("`{other}`"),
        };
        writeln!(f, "Read as {}, separated by {delimiter}; columns: {}", self.encoding, self.columns.join(", "))?;
        if !self.ignored.is_empty() {
            writeln!(f, "Not read, for nothing here needs them: {}", self.ignored.join(", "))?;
        }
        if !self.iin_not_read.is_empty() {
            writeln!(f, "Not read, for an IIN is never kept here: {}", self.iin_not_read.join(", "))?;
        }
        let mut kinds: BTreeMap<(Option<&str>, &str), Vec<u32>> = BTreeMap::new();
        for bad in &self.bad {
            kinds.entry((bad.column.as_deref(), bad.fault.as_str())).or_default().push(bad.line);
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_by_key(|(_, lines)| lines.first().copied());
        for ((column, fault), lines) in kinds.iter().take(MOST_LISTED) {
            let shown: Vec<String> = lines.iter().take(MOST_LISTED).map(u32::to_string).collect();
            let more = match lines.len().saturating_sub(MOST_LISTED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let lines = if lines.len() == 1 { "line" } else { "lines" };
            let column = column.map_or_else(String::new, |name| format!("{name} "));
            writeln!(f, "  {lines} {}{more}: {column}{fault}", shown.join(", "))?;
        }
        match kinds.len().saturating_sub(MOST_LISTED) {
            0 => Ok(()),
            more => writeln!(f, "  and {more} other kinds of faults; --json lists all"),
        }
    }
}
