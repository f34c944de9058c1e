//! CSV as Excel opens it: UTF-8 with a byte order mark, semicolons, CRLF (RFC 4180 but for the semicolon).
//!
//! A cell that a spreadsheet would take for a formula gets an apostrophe before it, which shows as text and runs nothing.

/// A file being written.
#[derive(Debug)]
pub(super) struct Csv {
    text: String,
}

impl Csv {
    /// With its first row.
    pub(super) fn new(columns: &[&str]) -> Csv {
        let mut csv = Csv { text: "\u{feff}".to_owned() };
        csv.row(columns);
        csv
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: &[&str]) {
        for (n, cell) in cells.iter().enumerate() {
            if n > 0 {
                self.text.push(';');
            }
            self.cell(cell);
        }
        self.text.push_str("\r\n");
    }

    /// The whole file.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn cell(&mut self, cell: &str) {
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let quoted = cell.contains(['"', ';', '\n', '\r', '\'']) || formula;
        if quoted {
            self.text.push('"');
        }
        if formula {
            self.text.push('\'');
        }
        for c in cell.chars() {
            if c == '"' {
                self.text.push('"');
            }
            self.text.push(c);
        }
        if quoted {
            self.text.push('"');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_and_formulas_are_text() {
        let cells = ["Әлия \"А\"; Б", "=1+1", "+7 701", "-2", "@SUM(A1)", "a\nb", "12"];
        let mut csv = Csv::new(&cells);
        csv.row(&["1", "2", "3", "4", "5", "6", "7"]);
        let text = csv.into_text();
        let text = text.strip_prefix('\u{feff}').unwrap();
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
        let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let expected = ["Әлия \"А\"; Б", "'=1+1", "'+7 701", "'-2", "'@SUM(A1)", "a\nb", "12"];
        assert_eq!(head, expected);
        assert_eq!(reader.records().count(), 1);
    }
}
