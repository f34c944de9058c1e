//! From text to rows of named fields.

use super::text::decode;
use super::{BadRow, FileFault, Import, Notes, RowFault, cells};
use unicode_normalization::UnicodeNormalization;

/// A quoted field may hold line breaks; so many lines are joined at most before its quotation mark counts as forgotten.
const MOST_JOINED: usize = 8;

/// Names of columns that hold IINs.
const IIN_NAMES: [&str; 6] = ["иин", "жсн", "iin", "жеке сәйкестендіру нөмірі", "индивидуальный идентификационный номер", "иин/жсн"];

/// A column that a kind of file may have.
pub(super) struct Column {
    /// What it stands for, in words.
    pub(super) what: &'static str,
    /// Names that are understood, lower case; the first is the one to recommend.
    pub(super) names: &'static [&'static str],
    /// Whether there is no file without it.
    pub(super) needed: bool,
}

/// A row's fields, cleaned, by the number of their column.
pub(super) struct Fields<'a> {
    cells: Vec<Option<String>>,
    names: &'a [Option<String>],
    /// The line the row began on.
    pub(super) line: u32,
}

impl Fields<'_> {
    /// The field of a column; empty if the file has no such column.
    pub(super) fn get(&self, column: usize) -> &str {
        self.cells.get(column).and_then(Option::as_deref).unwrap_or_default()
    }

    /// Whether the file has this column.
    pub(super) fn has(&self, column: usize) -> bool {
        self.names.get(column).is_some_and(Option::is_some)
    }

    /// A fault of this column.
    pub(super) fn bad(&self, column: usize, fault: RowFault) -> BadRow {
        BadRow { line: self.line, column: self.names.get(column).cloned().flatten(), fault }
    }
}

/// Reads a file whose columns may be `columns`; `read` makes a row of its fields.
pub(super) fn read_table<T>(
    bytes: &[u8],
    columns: &[Column],
    example: &'static str,
    mut read: impl FnMut(&Fields<'_>) -> Result<T, BadRow>,
) -> Result<Import<T>, FileFault> {
    let (text, encoding) = decode(bytes)?;
    let text: String = text.nfc().collect();
    let mut lines = text.lines().enumerate().peekable();
    while lines.peek().is_some_and(|(_, line)| is_blank(line)) {
        lines.next();
    }
    let Some((_, first)) = lines.next() else { return Err(FileFault::Empty(example)) };
    let delimiter = delimiter_of(first);
    let header: Vec<String> = split(first, delimiter).iter().map(|name| name.trim().to_owned()).collect();
    let found = find_columns(&header, columns)?;
    let names: Vec<Option<String>> =
        found.iter().map(|place| place.and_then(|place| header.get(place).cloned())).collect();
    let (mut rows, mut bad) = (Vec::new(), Vec::new());
    while let Some((place, line)) = lines.next() {
        let number = u32::try_from(place + 1).unwrap_or(u32::MAX);
        let whole = |fault| BadRow { line: number, column: None, fault };
        if is_blank(line) || split(line, delimiter).iter().all(|field| is_blank(field)) {
            continue;
        }
        let mut row = line.to_owned();
        if !is_balanced(&row) {
            match join(line, lines.clone().map(|(_, line)| line), delimiter, header.len()) {
                Some((joined, more)) => {
                    row = joined;
                    for _ in 0..more {
                        lines.next();
                    }
                }
                None => {
                    bad.push(whole(RowFault::OpenQuote));
                    continue;
                }
            }
        }
        let mut fields = split(&row, delimiter);
        while fields.len() > header.len() && fields.last().is_some_and(|field| is_blank(field)) {
            fields.pop();
        }
        let (has, expected) = (fields.len(), header.len());
        if has != expected {
            let fault = if has < expected {
                RowFault::TooFewFields { found: has, expected }
            } else {
                RowFault::TooManyFields { found: has, expected }
            };
            bad.push(whole(fault));
            continue;
        }
        let mut cells = Vec::with_capacity(found.len());
        let mut fault = None;
        for (column, place) in found.iter().enumerate() {
            let cell = place.and_then(|place| fields.get(place)).map(|field| cells::clean(field));
            match cell {
                Some(Err(wrong)) => {
                    let column = names.get(column).cloned().flatten();
                    fault.get_or_insert(BadRow { line: number, column, fault: wrong });
                    cells.push(None);
                }
                Some(Ok(cell)) => cells.push(Some(cell)),
                None => cells.push(None),
            }
        }
        let outcome = match fault {
            Some(fault) => Err(fault),
            None => read(&Fields { cells, names: &names, line: number }),
        };
        match outcome {
            Ok(row) => rows.push((number, row)),
            Err(fault) => bad.push(fault),
        }
    }
    let is_read = |place: usize| found.contains(&Some(place));
    let rest = header.iter().enumerate().filter(|(place, name)| !is_read(*place) && !name.is_empty());
    let (iin, ignored): (Vec<String>, Vec<String>) =
        rest.map(|(_, name)| name.clone()).partition(|name| IIN_NAMES.contains(&key(name).as_str()));
    let read = names.into_iter().flatten().collect();
    Ok(Import { rows, bad, notes: Notes { encoding, delimiter: char::from(delimiter), read, ignored, iin } })
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
}

fn is_balanced(line: &str) -> bool {
    line.bytes().filter(|byte| *byte == b'"').count() % 2 == 0
}

/// Joins a line whose quotation mark is open with those after it, if that gives a row of the right length; says how many
/// lines were taken.
fn join<'a>(
    line: &str,
    rest: impl Iterator<Item = &'a str>,
    delimiter: u8,
    expected: usize,
) -> Option<(String, usize)> {
    let mut joined = line.to_owned();
    for (count, next) in rest.take(MOST_JOINED).enumerate() {
        joined.push(' ');
        joined.push_str(next);
        if is_balanced(&joined) {
            return (split(&joined, delimiter).len() == expected).then_some((joined, count + 1));
        }
    }
    None
}

/// The separator that the first line has most of.
fn delimiter_of(line: &str) -> u8 {
    let count = |delimiter: u8| split(line, delimiter).len();
    [b';', b'\t', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// The fields of one line.
fn split(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(line.len().max(16))
        .from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    // Reading from memory cannot fail, and the text is UTF-8: whatever is quoted badly is a field all the same.
    match reader.read_record(&mut record) {
        Ok(true) => record.iter().map(str::to_owned).collect(),
        Ok(false) | Err(_) => Vec::new(),
    }
}

/// A header's name as it is compared: lower case, single spaces, no marks around.
fn key(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").trim_matches(|c: char| !c.is_alphanumeric()).replace('_', " ")
}

/// The place of each column in the header.
fn find_columns(header: &[String], columns: &[Column]) -> Result<Vec<Option<usize>>, FileFault> {
    let keys: Vec<String> = header.iter().map(|name| key(name)).collect();
    let mut found = Vec::new();
    for column in columns {
        let mut places = keys
            .iter()
            .enumerate()
            .filter(|(_, key)| column.names.contains(&key.as_str()))
            .filter_map(|(place, _)| Some((place, header.get(place)?)));
        let first = places.next();
        match (first, places.next()) {
            (Some((_, first)), Some((_, second))) => {
                return Err(FileFault::TwoColumns {
                    what: column.what,
                    first: first.clone(),
                    second: second.clone(),
                });
            }
            (None, _) if column.needed => {
                return Err(FileFault::NoColumn {
                    what: column.what,
                    found: header.join(", "),
                    accepted: column.names.join(", "),
                });
            }
            (first, _) => found.push(first.map(|(place, _)| place)),
        }
    }
    Ok(found)
}
