//! An opened file, text or workbook: where its header stands, and what follows.

use super::header::{Column, Header, find, key, merit};
use super::records::{Records, open};
use super::text::decode;
use super::workbook::{Cell, Rows, Workbook, is_one};
use super::{FileFault, Form, RowFault};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// So many rows of a sheet are looked at for a header: above it stand titles, dates and signatures.
const MOST_ABOVE: usize = 40;

/// A file that is open.
pub(super) enum Source<'b> {
    /// Text, in NFC, and its encoding.
    Text(String, super::Encoding),
    /// A workbook.
    Book(Box<Workbook<'b>>),
}

impl<'b> Source<'b> {
    /// Opens a file.
    ///
    /// # Errors
    /// It is neither text nor a workbook, or damaged, or too large.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Source<'b>, FileFault> {
        if is_one(bytes)? {
            return Ok(Source::Book(Box::new(Workbook::open(bytes)?)));
        }
        let (text, encoding) = decode(bytes)?;
        Ok(Source::Text(if is_nfc(&text) { text } else { text.nfc().collect() }, encoding))
    }

    /// Whether it has the columns that a kind of file must have.
    ///
    /// # Errors
    /// It has not, or cannot be read.
    pub(super) fn header(&mut self, columns: &[Column], example: &'static str) -> Result<Header, FileFault> {
        match self {
            Source::Text(text, _) => Ok(open(text, columns, example)?.header),
            Source::Book(book) => Ok(choose(book, columns, example)?.header),
        }
    }

    /// Finds the header, makes a state of it, and hands over the rows behind it one by one.
    ///
    /// # Errors
    /// There is no such header, or the file cannot be read.
    pub(super) fn read<S>(
        &mut self,
        columns: &[Column],
        example: &'static str,
        begin: impl FnOnce(Header) -> S,
        mut take: impl FnMut(&mut S, u32, Result<Vec<Cell>, RowFault>),
    ) -> Result<(S, Form), FileFault> {
        match self {
            Source::Text(text, encoding) => {
                let records = open(text, columns, example)?;
                let Records { header, .. } = &records;
                let delimiter = header.delimiter;
                let mut state = begin(header.clone());
                for (line, record) in records {
                    let cells = record.map(|fields| fields.into_iter().map(Cell::Text).collect());
                    take(&mut state, line, cells);
                }
                Ok((state, Form::Text { encoding: *encoding, delimiter }))
            }
            Source::Book(book) => {
                let chosen = choose(book, columns, example)?;
                let names: Vec<String> = book.sheet_names().map(str::to_owned).collect();
                let rows = book.rows(chosen.sheet, usize::MAX)?;
                let mut state = begin(chosen.header.clone());
                for (line, cells) in data_rows(rows, &chosen) {
                    take(&mut state, line, Ok(cells));
                }
                let name = names.get(chosen.sheet).cloned().unwrap_or_default();
                let others =
                    names.into_iter().enumerate().filter(|(n, _)| *n != chosen.sheet).map(|(_, name)| name);
                Ok((state, Form::Sheet { name, others: others.collect() }))
            }
        }
    }
}

/// The sheet that is read, and its header.
struct Chosen {
    sheet: usize,
    /// The number of the row that names the columns.
    row: u32,
    names: Vec<String>,
    header: Header,
}

/// The sheet and the row in it that name most of the columns; of equals the first.
fn choose(book: &Workbook<'_>, columns: &[Column], example: &'static str) -> Result<Chosen, FileFault> {
    let mut best: Option<(usize, usize, u32, Vec<String>)> = None;
    for sheet in 0..book.sheet_names().count() {
        for (row, cells) in book.rows(sheet, MOST_ABOVE)? {
            let names: Vec<String> = cells.iter().map(|cell| cell.text().nfc().collect()).collect();
            let merit = merit(names.iter().map(String::as_str), columns);
            if merit > best.as_ref().map_or(0, |(best, ..)| *best) {
                best = Some((merit, sheet, row, names));
            }
        }
    }
    let Some((_, sheet, row, names)) = best else {
        let sheets: Vec<&str> = book.sheet_names().collect();
        return Err(FileFault::NoTable { sheets: sheets.join(", "), example });
    };
    Ok(Chosen { sheet, row, header: find(names.clone(), '\t', columns, example)?, names })
}

/// Rows behind the header, without those that only count the columns, and without the header where it is repeated for print.
fn data_rows(rows: Rows, chosen: &Chosen) -> impl Iterator<Item = (u32, Vec<Cell>)> {
    let is_header = |cells: &[Cell]| {
        let mut names = cells.iter().zip(&chosen.names).filter(|(_, name)| !key(name).is_empty());
        let is_same = |(cell, name): (&Cell, &String)| key(cell.text()) == key(name);
        cells.len() >= chosen.header.len && names.all(is_same)
    };
    let mut rows: Vec<_> =
        rows.into_iter().filter(|(row, cells)| *row > chosen.row && !is_header(cells)).collect();
    if rows.first().is_some_and(|(_, cells)| counts_columns(cells)) {
        rows.remove(0);
    }
    rows.into_iter()
}

/// Whether a row is `1, 2, 3, …`, as forms have it below their header.
fn counts_columns(cells: &[Cell]) -> bool {
    let filled: Vec<&str> = cells.iter().map(Cell::text).filter(|text| !text.trim().is_empty()).collect();
    filled.len() > 1 && filled.iter().zip(1..).all(|(text, number)| text.trim() == number.to_string())
}
