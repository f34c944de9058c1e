//! Sheets and the texts they share.

use super::format::Format;
use super::number::shown;
use super::part::{Fault, Piece, Tag, Xml};
use super::{Cell, Rows};

/// The most rows of a sheet.
const MOST_ROWS: usize = 1_000_000;

/// Cells behind this many columns are not read.
const MOST_COLUMNS: usize = 256;

/// The most bytes of text that are kept of a sheet, or of shared texts: one text may stand in very many cells.
const MOST_TEXT: usize = 64 << 20;

/// The most merged ranges that are filled.
const MOST_MERGED: usize = 20_000;

/// Column of a cell, from 0, and its row, from 1.
type Place = (usize, u32);

/// What cells point to.
pub(super) struct Seen<'w> {
    pub(super) strings: &'w [String],
    pub(super) formats: &'w [Format],
    pub(super) is_1904: bool,
}

/// Texts that cells share, in the order of the numbers by which they are named.
pub(super) fn strings(mut xml: Xml<'_>) -> Result<Vec<String>, Fault> {
    let (mut all, mut len) = (Vec::new(), 0);
    while let Some(tag) = xml.next_tag()? {
        if tag.name == "si" {
            let text = rich(&mut xml, "si")?;
            len += text.len() + size_of::<String>();
            if len > MOST_TEXT {
                return Err(Fault::TooLong);
            }
            all.push(text);
        }
    }
    Ok(all)
}

/// A text in pieces up to the end of a tag; how words are pronounced does not belong to it.
fn rich(xml: &mut Xml<'_>, end: &str) -> Result<String, Fault> {
    let (mut text, mut is_text, mut is_sound) = (String::new(), false, false);
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name == "t" => is_text = true,
            Piece::Open(tag) if tag.name == "rPh" => is_sound = true,
            Piece::Close(name) if name == "t" => is_text = false,
            Piece::Close(name) if name == "rPh" => is_sound = false,
            Piece::Close(name) if name == end => return Ok(unescaped(text)),
            Piece::Text(piece) if is_text && !is_sound => text.push_str(&piece),
            Piece::Open(_) | Piece::Close(_) | Piece::Text(_) => {}
            Piece::End => return Err(Fault::Damaged),
        }
    }
}

/// Without `_x000D_`, by which workbooks write characters that XML cannot hold (ECMA-376 part 1, 22.4.2.4).
fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("_x") {
        plain.push_str(before);
        let sign = after
            .get(..5)
            .and_then(|code| code.strip_suffix('_'))
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        rest = match sign {
            Some(sign) => {
                plain.push(sign);
                after.get(5..).unwrap_or_default()
            }
            None => {
                plain.push_str("_x");
                after
            }
        };
    }
    plain.push_str(rest);
    plain
}

/// The first `most` filled rows of a sheet.
pub(super) fn read(mut xml: Xml<'_>, seen: Seen<'_>, most: usize) -> Result<Rows, Fault> {
    let mut rows = Rows::new();
    let mut merged = Vec::new();
    let (mut number, mut row, mut len) = (0_u32, Vec::new(), 0_usize);
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name == "row" => {
                let given = tag.get("r").and_then(|r| r.parse().ok());
                number = given.unwrap_or_else(|| number.saturating_add(1));
            }
            Piece::Open(tag) if tag.name == "c" => {
                let column = tag.get("r").and_then(place).map_or(row.len(), |(column, _)| column);
                let cell = cell(&mut xml, &tag, &seen)?;
                if column < MOST_COLUMNS {
                    while row.len() <= column {
                        row.push(Cell::Text(String::new()));
                    }
                    len += cell.text().len() + size_of::<Cell>();
                    if let Some(there) = row.get_mut(column) {
                        *there = cell;
                    }
                }
                if len > MOST_TEXT {
                    return Err(Fault::TooLong);
                }
            }
            Piece::Close(name) if name == "row" => {
                let cells = std::mem::take(&mut row);
                if cells.iter().any(|cell| *cell == Cell::Formula || !cell.text().trim().is_empty()) {
                    rows.push((number, cells));
                }
                if rows.len() >= most {
                    return Ok(rows);
                }
                if rows.len() > MOST_ROWS {
                    return Err(Fault::TooManyRows);
                }
            }
            Piece::Open(tag) if tag.name == "mergeCell" => {
                let range = tag.get("ref").and_then(|range| range.split_once(':'));
                let range = range.and_then(|(first, last)| Some((place(first)?, place(last)?)));
                merged.extend(range.filter(|_| merged.len() < MOST_MERGED));
            }
            Piece::Open(_) | Piece::Close(_) | Piece::Text(_) => {}
            Piece::End => break,
        }
    }
    fill_down(&mut rows, &merged);
    Ok(rows)
}

/// Gives all rows of cells that are merged down the value that the first of them has: one class beside its pupils.
fn fill_down(rows: &mut Rows, merged: &[(Place, Place)]) {
    for ((column, first), (last_column, last)) in merged {
        let begin = rows.partition_point(|(number, _)| number < first);
        let value = match rows.get(begin) {
            Some((number, cells)) if number == first && column == last_column => cells.get(*column).cloned(),
            Some(_) | None => None,
        };
        let Some(value) = value else { continue };
        for (_, cells) in rows.iter_mut().skip(begin + 1).take_while(|(number, _)| number <= last) {
            while cells.len() <= *column {
                cells.push(Cell::Text(String::new()));
            }
            if let Some(cell) = cells.get_mut(*column) {
                *cell = value.clone();
            }
        }
    }
}

/// Column and row of a cell's name, such as `B12`: column from 0, row from 1.
fn place(name: &str) -> Option<Place> {
    let letters_end = name.find(|c: char| !c.is_ascii_uppercase())?;
    let (letters, digits) = name.split_at(letters_end);
    let mut column = 0_usize;
    for letter in letters.bytes() {
        column = column.checked_mul(26)?.checked_add(usize::from(letter - b'A') + 1)?;
    }
    Some((column.checked_sub(1)?, digits.parse().ok()?))
}

/// What a cell shows, up to its end.
fn cell(xml: &mut Xml<'_>, tag: &Tag, seen: &Seen<'_>) -> Result<Cell, Fault> {
    let (mut value, mut inline, mut has_formula, mut is_value) = (None, None, false, false);
    loop {
        match xml.next()? {
            Piece::Open(inner) => match inner.name.as_str() {
                "v" => is_value = true,
                "f" => has_formula = true,
                "is" => inline = Some(rich(xml, "is")?),
                _ => {}
            },
            Piece::Text(text) if is_value => value.get_or_insert_with(String::new).push_str(&text),
            Piece::Text(_) => {}
            Piece::Close(name) if name == "c" => break,
            Piece::Close(_) => is_value = false,
            Piece::End => return Err(Fault::Damaged),
        }
    }
    let Some(value) = inline.or(value) else {
        return Ok(if has_formula { Cell::Formula } else { Cell::Text(String::new()) });
    };
    Ok(match tag.get("t") {
        Some("s") => {
            let place = value.trim().parse::<usize>().map_err(|_| Fault::Damaged)?;
            Cell::Text(seen.strings.get(place).ok_or(Fault::Damaged)?.clone())
        }
        Some("b") => Cell::Text(if value.trim() == "1" { "yes".into() } else { "no".into() }),
        Some("d") => Cell::Date(value),
        Some("n") | None => {
            let format = tag.get("s").and_then(|style| style.parse::<usize>().ok()).unwrap_or(0);
            let format = seen.formats.get(format).copied().unwrap_or(Format::Plain);
            shown(value.trim(), format, seen.is_1904)
        }
        Some(_) => Cell::Text(unescaped(value)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells() {
        assert_eq!(place("A1"), Some((0, 1)));
        assert_eq!(place("AA12"), Some((26, 12)));
        for name in ["", "A", "1", "a1", "ZZZZZZZZZZZZZZZZZZZZ1", "A99999999999"] {
            assert_eq!(place(name), None, "{name}");
        }
    }

    #[test]
    fn characters_that_xml_cannot_hold() {
        assert_eq!(unescaped("a_x000D_b_x0041__x12_".into()), "a\rbA_x12_");
    }
}
