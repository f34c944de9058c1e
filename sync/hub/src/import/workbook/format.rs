//! Formats of cells, as far as they change what a number is.

use super::part::{Fault, Xml};
use std::collections::HashMap;

/// The most zeros in front that a format may ask for.
const MOST_DIGITS: usize = 64;

/// What a cell's format makes of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// The number itself.
    Plain,
    /// At least so many digits, with zeros in front.
    Zeros(usize),
    /// A date, perhaps with a time.
    Date,
}

/// The formats of cells, in the order of the numbers by which cells name them.
pub(super) fn read(mut xml: Xml<'_>) -> Result<Vec<Format>, Fault> {
    let mut own = HashMap::new();
    let (mut formats, mut is_of_cells) = (Vec::new(), false);
    while let Some(tag) = xml.next_tag()? {
        let number = || tag.get("numFmtId").and_then(|id| id.parse::<u32>().ok());
        match tag.name.as_str() {
            "numFmt" => {
                if let (Some(id), Some(code)) = (number(), tag.get("formatCode")) {
                    own.insert(id, of_code(code));
                }
            }
            "cellXfs" => is_of_cells = true,
            "cellStyleXfs" | "cellStyles" | "dxfs" => is_of_cells = false,
            "xf" if is_of_cells => {
                let id = number().unwrap_or(0);
                formats.push(own.get(&id).copied().unwrap_or_else(|| built_in(id)));
            }
            _ => {}
        }
    }
    Ok(formats)
}

/// Formats that every workbook has (ECMA-376 part 1, 18.8.30).
fn built_in(id: u32) -> Format {
    match id {
        14..=17 | 22 | 27..=31 | 34..=36 | 50..=58 => Format::Date,
        _ => Format::Plain,
    }
}

fn of_code(code: &str) -> Format {
    let mut signs = String::new();
    let mut chars = code.chars();
    while let Some(sign) = chars.next() {
        match sign {
            '"' => drop(chars.by_ref().find(|c| *c == '"')),
            '[' => drop(chars.by_ref().find(|c| *c == ']')),
            '\\' | '_' | '*' => drop(chars.next()),
            ';' => break,
            sign => signs.extend(sign.to_lowercase()),
        }
    }
    if signs.len() >= 2 && signs.len() <= MOST_DIGITS && signs.bytes().all(|byte| byte == b'0') {
        Format::Zeros(signs.len())
    } else if !signs.starts_with("general") && signs.contains(['y', 'd']) {
        Format::Date
    } else {
        Format::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_codes_mean() {
        for (code, format) in [
            ("00000000", Format::Zeros(8)),
            ("0", Format::Plain),
            ("0.00", Format::Plain),
            ("General", Format::Plain),
            ("dd.mm.yyyy", Format::Date),
            ("[$-419]d mmm yyyy;@", Format::Date),
            ("yyyy\\-mm\\-dd", Format::Date),
            ("\"day\" 000", Format::Plain),
            ("000;[Red]-000", Format::Zeros(3)),
            ("#,##0\\ \"дн.\"", Format::Plain),
            ("h:mm", Format::Plain),
            ("@", Format::Plain),
        ] {
            assert_eq!(of_code(code), format, "{code}");
        }
        assert_eq!(built_in(14), Format::Date);
        assert_eq!(built_in(49), Format::Plain);
    }
}
