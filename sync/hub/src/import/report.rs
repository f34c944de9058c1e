//! What an import did, for a person and for a program.

use super::{BadRow, Doubtful, Import};
use crate::store::Saved;
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;

/// The most lines and kinds of faults that are listed.
const MOST_LISTED: usize = 20;

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    what: &'static str,
    rows: usize,
    good: usize,
    added: u64,
    changed: u64,
    same: u64,
    saved: bool,
    encoding: &'static str,
    delimiter: char,
    columns: Vec<String>,
    ignored: Vec<String>,
    iin_not_read: Vec<String>,
    short_numbers: Option<Doubtful>,
    bad: Vec<Bad>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Bad {
    line: u32,
    column: Option<String>,
    name: &'static str,
    fault: String,
    #[serde(skip)]
    detail: Option<String>,
}

impl Report {
    /// Of a file of `what`; `saved` is `None` where nothing was to be saved.
    pub fn new<T>(what: &'static str, import: &Import<T>, saved: Option<Saved>) -> Report {
        let counts = saved.unwrap_or_default();
        let bad = |row: &BadRow| Bad {
            line: row.line,
            column: row.column.clone(),
            name: row.fault.name(),
            fault: row.fault.to_string(),
            detail: row.fault.detail(),
        };
        Report {
            what,
            rows: import.rows.len() + import.bad.len(),
            good: import.rows.len(),
            added: counts.added,
            changed: counts.changed,
            same: counts.same,
            saved: saved.is_some(),
            encoding: import.notes.encoding.name(),
            delimiter: import.notes.delimiter,
            columns: import.notes.read.iter().map(|column| column.name.clone()).collect(),
            ignored: import.notes.ignored.clone(),
            iin_not_read: import.notes.iin.clone(),
            short_numbers: import.notes.doubt.clone(),
            bad: import.bad.iter().map(bad).collect(),
        }
    }

    fn write_counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, good, bad) = (counted(self.rows, "row"), self.good, self.bad.len());
        writeln!(f, "{}: {rows}, {good} good, {bad} bad", self.what)?;
        if self.saved {
            writeln!(f, "Saved: {} added, {} changed, {} as they were", self.added, self.changed, self.same)
        } else {
            writeln!(f, "Nothing was saved")
        }
    }

    fn write_notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let delimiter = match self.delimiter {
            '\t' => "tabs".to_owned(),
            other => format!("`{other}`"),
        };
        writeln!(
            f,
            "Read as {}, separated by {delimiter}; columns: {}",
            self.encoding,
            self.columns.join(", ")
        )?;
        if !self.ignored.is_empty() {
            writeln!(f, "Not read, for nothing here needs them: {}", self.ignored.join(", "))?;
        }
        if !self.iin_not_read.is_empty() {
            writeln!(f, "Not read, for an IIN is never kept here: {}", self.iin_not_read.join(", "))?;
        }
        match &self.short_numbers {
            Some(Doubtful { usual, lines }) => writeln!(
                f,
                "Look again: nearly all numbers have {usual} digits, but fewer in {}; has the spreadsheet dropped zeros \
                 in front?",
                listed(lines.iter().map(|line| (*line, None)))
            ),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Report {
    /// Counts, how the file was understood, and the bad rows by what is wrong, the first kind first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_counts(f)?;
        self.write_notes(f)?;
        let mut places = HashMap::new();
        let mut kinds: Vec<Vec<&Bad>> = Vec::new();
        for bad in &self.bad {
            let place = *places.entry((&bad.column, bad.name)).or_insert(kinds.len());
            match kinds.get_mut(place) {
                Some(kind) => kind.push(bad),
                None => kinds.push(vec![bad]),
            }
        }
        for kind in kinds.iter().take(MOST_LISTED) {
            let Some(first) = kind.first() else { continue };
            let column = first.column.as_ref().map_or_else(String::new, |name| format!(", column {name:?}"));
            let differs = kind.iter().any(|bad| bad.detail != first.detail);
            let such_as = if differs { ", such as:" } else { ":" };
            writeln!(f, "\n{}{column}{such_as} {}", counted(kind.len(), "bad row"), first.fault)?;
            let lines = kind.iter().map(|bad| (bad.line, bad.detail.as_deref().filter(|_| differs)));
            writeln!(f, "  {}", listed(lines))?;
        }
        match kinds.len().saturating_sub(MOST_LISTED) {
            0 => Ok(()),
            more => writeln!(f, "\nand {more} more kinds of faults; --json lists all"),
        }
    }
}

fn counted(count: usize, of: &str) -> String {
    if count == 1 { format!("1 {of}") } else { format!("{count} {of}s") }
}

/// Such as `lines 3, 5 (as line 4) and 2 more`.
fn listed<'a>(lines: impl ExactSizeIterator<Item = (u32, Option<&'a str>)>) -> String {
    let count = lines.len();
    let one = |(line, detail): (u32, Option<&str>)| match detail {
        Some(detail) => format!("{line} ({detail})"),
        None => line.to_string(),
    };
    let shown: Vec<String> = lines.take(MOST_LISTED).map(one).collect();
    let word = if count == 1 { "line" } else { "lines" };
    match count.saturating_sub(MOST_LISTED) {
        0 => format!("{word} {}", shown.join(", ")),
        more => format!("{word} {} and {more} more", shown.join(", ")),
    }
}
