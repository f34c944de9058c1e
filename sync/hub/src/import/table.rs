//! From bytes to rows of named fields.

use super::header::{Column, Header, Need};
use super::iin::{self, Share};
use super::source::Source;
use super::workbook::Cell;
use super::{BadRow, FileFault, Import, Notes, RowFault, cells};

/// A row's fields, cleaned, by the number of their column.
pub(super) struct Fields<'a> {
    cells: &'a [String],
    found: &'a [Option<(usize, String)>],
    /// The line the row began on.
    pub(super) line: u32,
}

impl Fields<'_> {
    /// The field of a column; empty if the file has no such column.
    pub(super) fn get(&self, column: usize) -> &str {
        self.cells.get(column).map(String::as_str).unwrap_or_default()
    }

    /// The field of a column that may not be empty.
    pub(super) fn needed(&self, column: usize) -> Result<&str, BadRow> {
        match self.get(column) {
            "" => Err(self.bad(column, RowFault::Empty)),
            text => Ok(text),
        }
    }

    /// Whether the file has this column.
    pub(super) fn has(&self, column: usize) -> bool {
        name(self.found, column).is_some()
    }

    /// What `read` makes of a column's field; `None` if the file has no such column.
    pub(super) fn read<T>(
        &self,
        column: usize,
        read: impl FnOnce(&str) -> Result<T, RowFault>,
    ) -> Result<Option<T>, BadRow> {
        match self.has(column) {
            true => read(self.get(column)).map(Some).map_err(|fault| self.bad(column, fault)),
            false => Ok(None),
        }
    }

    /// A fault of this column.
    pub(super) fn bad(&self, column: usize, fault: RowFault) -> BadRow {
        BadRow { line: self.line, column: name(self.found, column), fault }
    }
}

fn name(found: &[Option<(usize, String)>], column: usize) -> Option<String> {
    found.get(column)?.as_ref().map(|(_, name)| name.clone())
}

/// Reads a file whose columns may be `columns`; `read` makes a row of its fields, or tells everything that is wrong with it.
pub(super) fn read_table<T>(
    bytes: &[u8],
    columns: &[Column],
    example: &'static str,
    mut read: impl FnMut(&Fields<'_>) -> Result<T, Vec<BadRow>>,
) -> Result<Import<T>, FileFault> {
    let begin = |header| Table { header, rows: Vec::new(), bad: Vec::new() };
    let (mut table, form) = Source::open(bytes)?.read(columns, example, begin, |table, line, record| {
        table.take(line, record, columns);
    })?;
    table.drop_lost_letters();
    table.drop_iins(columns)?;
    let Table { header, rows: cleaned, mut bad } = table;
    let mut rows = Vec::with_capacity(cleaned.len());
    for (line, cells) in &cleaned {
        match read(&Fields { cells, found: &header.found, line: *line }) {
            Ok(row) => rows.push((*line, row)),
            Err(faults) => bad.extend(faults),
        }
    }
    bad.sort_by_key(|row| row.line);
    let read = header.read(columns);
    let Header { ignored, iin, .. } = header;
    Ok(Import { rows, bad, notes: Notes { form, read, ignored, iin, doubt: None } })
}

/// What is wrong with a row, gathered while its fields are read.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<BadRow>);

impl Faults {
    /// What was read, or `None` and its fault is kept.
    pub(super) fn take<T>(&mut self, read: Result<T, BadRow>) -> Option<T> {
        read.map_err(|fault| self.0.push(fault)).ok()
    }

    /// All faults.
    pub(super) fn into_all(self) -> Vec<BadRow> {
        self.0
    }
}

/// Rows that are good so far, with the fields of the columns that are read; and bad ones.
struct Table {
    header: Header,
    rows: Vec<(u32, Vec<String>)>,
    bad: Vec<BadRow>,
}

impl Table {
    fn take(&mut self, line: u32, record: Result<Vec<Cell>, RowFault>, columns: &[Column]) {
        let fields = match record {
            Ok(fields) => fields,
            Err(fault) => return self.bad.push(BadRow { line, column: None, fault }),
        };
        let mut faults = Faults::default();
        let mut cells = Vec::with_capacity(columns.len());
        for (column, found) in columns.iter().zip(&self.header.found) {
            let Some((place, name)) = found else {
                cells.push(String::new());
                continue;
            };
            let cell = match fields.get(*place) {
                Some(Cell::Text(text)) => cells::clean(text),
                Some(Cell::Date(date)) if column.dates => Ok(date.clone()),
                Some(Cell::Date(_)) => Err(RowFault::BecameDate),
                Some(Cell::Formula) => Err(RowFault::Formula),
                None => Ok(String::new()),
            };
            let cell = cell.map_err(|fault| BadRow { line, column: Some(name.clone()), fault });
            cells.extend(faults.take(cell));
        }
        let faults = faults.into_all();
        if faults.is_empty() {
            self.rows.push((line, cells));
        } else {
            self.bad.extend(faults);
        }
    }

    /// Once letters are known to be lost in this file, a question mark at the end of a word is doubtful as well.
    fn drop_lost_letters(&mut self) {
        if self.bad.iter().any(|row| row.fault == RowFault::LostLetters) {
            self.drop_rows(|_, cell| cells::may_have_lost_letters(cell).then_some(RowFault::LostLetters));
        }
    }

    /// A column of IINs is not read; where they stand among other things, or where a name should, the row is bad.
    fn drop_iins(&mut self, columns: &[Column]) -> Result<(), FileFault> {
        let mut some = Vec::new();
        for (number, column) in columns.iter().enumerate() {
            let column_cells =
                self.rows.iter().filter_map(|(_, cells)| cells.get(number)).map(String::as_str);
            let share = iin::judge(column_cells);
            some.push(share == Share::Some);
            let Some(found) = self.header.found.get_mut(number).filter(|_| share == Share::Most) else {
                continue;
            };
            let Some((_, name)) = found.take() else { continue };
            if column.need == Need::Always {
                return Err(FileFault::IinColumn { name, what: column.what });
            }
            self.header.iin.push(name);
            for cell in self.rows.iter_mut().filter_map(|(_, cells)| cells.get_mut(number)) {
                cell.clear();
            }
        }
        self.drop_rows(|number, cell| {
            let is_among = some.get(number) == Some(&true) && iin::has_form(cell);
            let is_within = !iin::has_form(cell) && iin::stands_in(cell);
            (is_among || is_within).then_some(RowFault::Iin)
        });
        Ok(())
    }

    fn drop_rows(&mut self, fault: impl Fn(usize, &str) -> Option<RowFault>) {
        let (found, bad) = (&self.header.found, &mut self.bad);
        self.rows.retain(|(line, cells)| {
            let known = bad.len();
            let faults =
                cells.iter().enumerate().filter_map(|(number, cell)| Some((number, fault(number, cell)?)));
            bad.extend(faults.map(|(number, fault)| BadRow {
                line: *line,
                column: name(found, number),
                fault,
            }));
            bad.len() == known
        });
    }
}
