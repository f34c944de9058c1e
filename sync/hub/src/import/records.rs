//! From text to records: the header, then one record after the other, so that only fields that are wanted are kept.

use super::header::{Column, Header, delimiter_of, find, merit};
use super::line::{MOST_LINE_LEN, Split, join, lines, split};
use super::{FileFault, RowFault};
use std::iter::Peekable;

/// The most lines a file may have.
const MOST_LINES: usize = 1_000_000;

/// So many lines are looked at for a header.
const MOST_ABOVE: usize = 20;

/// A file's records with the line each began on; a record is as many fields as the header has names, or why there are
/// none. Empty ones are left out.
pub(super) struct Records<I: Iterator> {
    /// The first line.
    pub(super) header: Header,
    lines: Peekable<I>,
}

/// Reads the header of a file whose columns may be `columns`; the records are to follow.
pub(super) fn open<'a>(
    text: &'a str,
    columns: &[Column],
    example: &'static str,
) -> Result<Records<impl Iterator<Item = (u32, &'a str)> + Clone + use<'a>>, FileFault> {
    if lines(text).nth(MOST_LINES).is_some() {
        return Err(FileFault::TooManyLines);
    }
    let mut lines = lines(text).filter(|(_, line)| !is_blank(line)).peekable();
    // Spreadsheet programs write, and hide, a first line such as `sep=;`.
    lines.next_if(|(_, line)| line.len() <= 6 && line.trim_matches('"').starts_with("sep="));
    let above = titles_above(lines.clone(), columns);
    lines.by_ref().take(above).for_each(drop);
    let Some((_, first)) = lines.next() else { return Err(FileFault::Empty(example)) };
    if first.len() > MOST_LINE_LEN {
        return Err(FileFault::LongHeader);
    }
    let delimiter = delimiter_of(first, columns);
    let mut names = split(first, delimiter);
    if names.is_open {
        let rest = lines.clone().map(|(_, line)| line);
        let (joined, count) = join(first, rest, delimiter, None).ok_or(FileFault::OpenHeader)?;
        names.fields = joined;
        lines.by_ref().take(count).for_each(drop);
    }
    let header = find(names.fields, delimiter, columns, example)?;
    Ok(Records { header, lines })
}

/// How many lines stand above the one that names the most columns: titles, dates, signatures. None does unless that one
/// names more than the first.
fn titles_above<'a>(lines: impl Iterator<Item = (u32, &'a str)>, columns: &[Column]) -> usize {
    let (mut best, mut above) = (0, 0);
    for (place, (_, line)) in lines.take(MOST_ABOVE).enumerate() {
        if line.len() > MOST_LINE_LEN {
            break;
        }
        let fields = split(line, delimiter_of(line, columns)).fields;
        let merit = merit(fields.iter().map(String::as_str), columns);
        // The first line may be of one column; a line below it of one known word is more likely data.
        if merit > best && (place == 0 || merit > 1) {
            (best, above) = (merit, place);
        }
        if place == 0 && best > 0 {
            break;
        }
    }
    above
}

impl<'a, I: Iterator<Item = (u32, &'a str)> + Clone> Iterator for Records<I> {
    type Item = (u32, Result<Vec<String>, RowFault>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (number, line) = self.lines.next()?;
            match self.fields(line) {
                Ok(fields) if fields.iter().all(|field| is_blank(field)) => {}
                Ok(fields) => return Some((number, self.checked(fields))),
                Err(fault) => return Some((number, Err(fault))),
            }
        }
    }
}

impl<'a, I: Iterator<Item = (u32, &'a str)> + Clone> Records<I> {
    /// The fields of a record that begins with this line, and may go on in those after it.
    fn fields(&mut self, line: &str) -> Result<Vec<String>, RowFault> {
        if line.len() > MOST_LINE_LEN {
            return Err(RowFault::LongLine(line.len()));
        }
        let Split { fields, is_open, .. } = split(line, self.header.delimiter);
        if !is_open {
            return Ok(fields);
        }
        let rest = self.lines.clone().map(|(_, line)| line);
        let expected = self.header.len..=self.header.len + self.header.spare;
        let (joined, count) =
            join(line, rest, self.header.delimiter, Some(expected)).ok_or(RowFault::OpenQuote)?;
        self.lines.by_ref().take(count).for_each(drop);
        Ok(joined)
    }

    fn checked(&self, fields: Vec<String>) -> Result<Vec<String>, RowFault> {
        let (found, expected) = (fields.len(), self.header.len);
        let is_spare_blank = fields.iter().skip(expected).all(|field| is_blank(field));
        if found < expected {
            Err(RowFault::TooFewFields { found, expected })
        } else if found > expected + self.header.spare || !is_spare_blank {
            Err(RowFault::TooManyFields { found, expected })
        } else {
            Ok(fields)
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
}
