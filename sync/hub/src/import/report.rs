//! What an import did, for a person and for a program.

use super::{BadRow, Doubtful, Form, Part, Prepared};
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
    bad_rows: usize,
    added: u64,
    changed: u64,
    same: u64,
    saved: bool,
    encoding: &'static str,
    delimiter: Option<char>,
    sheet: Option<String>,
    sheets_not_read: Vec<String>,
    cards_replaced: usize,
    missing: usize,
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
    /// Of a file; `saved` is `None` where nothing was to be saved.
    pub fn new(prepared: &Prepared, saved: Option<Saved>) -> Report {
        let counts = saved.unwrap_or_default();
        let bad = |row: &BadRow| Bad {
            line: row.line,
            column: row.column.clone(),
            name: row.fault.name(),
            fault: row.fault.to_string(),
            detail: row.fault.detail(),
        };
        let notes = &prepared.notes;
        let (encoding, delimiter, sheet, others) = match &notes.form {
            Form::Text { encoding, delimiter } => (encoding.name(), Some(*delimiter), None, &[][..]),
            Form::Sheet { name, others } => ("XLSX", None, Some(name.clone()), others.as_slice()),
        };
        let of_part = |is: fn(Part) -> bool| prepared.planned.iter().filter(|one| is(one.part)).count();
        Report {
            what: prepared.what.name(),
            rows: prepared.good + prepared.bad_rows,
            good: prepared.good,
            bad_rows: prepared.bad_rows,
            added: counts.added,
            changed: counts.changed,
            same: counts.same,
            saved: saved.is_some(),
            encoding,
            delimiter,
            sheet,
            sheets_not_read: others.to_vec(),
            cards_replaced: of_part(|part| matches!(part, Part::SamePerson(_))),
            missing: of_part(|part| part == Part::Leaver),
            columns: notes.read.iter().map(|column| column.name.clone()).collect(),
            ignored: notes.ignored.clone(),
            iin_not_read: notes.iin.clone(),
            short_numbers: notes.doubt.clone(),
            bad: prepared.bad.iter().map(bad).collect(),
        }
    }

    fn write_counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, good, bad) = (counted(self.rows, "row"), self.good, self.bad_rows);
        writeln!(f, "{}: {rows}, {good} good, {bad} bad", self.what)?;
        if self.saved {
            writeln!(f, "Saved: {} added, {} changed, {} as they were", self.added, self.changed, self.same)
        } else {
            writeln!(f, "Nothing was saved")
        }
    }

    fn write_notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.columns.join(", ");
        match (self.delimiter, &self.sheet) {
            (Some(delimiter), _) => {
                let delimiter = if delimiter == '\t' { "tabs".to_owned() } else { format!("`{delimiter}`") };
                writeln!(f, "Read as {}, separated by {delimiter}; columns: {columns}", self.encoding)?;
            }
            (None, sheet) => {
                let sheet = sheet.as_deref().unwrap_or_default();
                writeln!(f, "Read as {}, sheet {sheet:?}; columns: {columns}", self.encoding)?;
            }
        }
        if !self.sheets_not_read.is_empty() {
            writeln!(f, "Other sheets, which were not read: {}", self.sheets_not_read.join(", "))?;
        }
        if self.cards_replaced > 0 {
            let cards = counted(self.cards_replaced, "new card");
            writeln!(f, "{cards} in place of old ones: name and class say that it is the same person")?;
        }
        if self.missing > 0 {
            let patrons = counted(self.missing, "patron");
            writeln!(
                f,
                "{patrons} missing from the file: as they were; the console can say that they have left"
            )?;
        }
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
