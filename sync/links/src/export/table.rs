//! A table for people: CSV as the offices' spreadsheets here open it by a double click (UTF-8 with a mark, semicolons).
//! No names: a card's number says enough to whoever may look it up.

use super::{File, local};
use exchange::Day;
use jiff::tz::TimeZone;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Place in the journal.
    pub seq: exchange::Seq,
    /// When, seconds since 1970.
    pub wall_s: i64,
    /// What: `checkout`, `return`, `renewal`, …
    pub what: &'static str,
    /// The patron's card; empty where there is none.
    pub card: String,
    /// The item's number; empty where there is none.
    pub item: String,
    /// What the item is.
    pub title: String,
    /// Until when.
    pub due: Option<Day>,
    /// Whether the region has it, or what a library system said.
    pub state: String,
}

/// Writes the file; times are of `zone`.
///
/// # Errors
/// In words; there is no file in memory that cannot be written.
pub fn table(rows: &[TableRow], zone: &TimeZone) -> Result<File, String> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer("\u{feff}".as_bytes().to_vec());
    let write = |writer: &mut csv::Writer<Vec<u8>>| -> csv::Result<()> {
        writer.write_record(["seq", "time", "what", "card", "item", "title", "due", "state"])?;
        for row in rows {
            let due = row.due.map_or_else(String::new, |due| {
                let (year, month, day) = due.ymd();
                format!("{year:04}-{month:02}-{day:02}")
            });
            let time = local(row.wall_s, zone).strftime("%Y-%m-%d %H:%M:%S").to_string();
            writer.write_record([
                row.seq.to_string(),
                time,
                row.what.to_owned(),
                text(&row.card),
                text(&row.item),
                text(&row.title),
                due,
                text(&row.state),
            ])?;
        }
        Ok(())
    };
    write(&mut writer).map_err(|fault| fault.to_string())?;
    let bytes = writer.into_inner().map_err(|fault| fault.to_string())?;
    let text = String::from_utf8(bytes).map_err(|fault| fault.to_string())?;
    Ok(File { text, lines: rows.len(), doubts: Vec::new() })
}

/// A cell that a spreadsheet would take for a formula is marked as text.
fn text(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::tests::zone;
    use super::*;
    use exchange::Seq;

    #[test]
    fn a_spreadsheet_shows_it_and_calculates_nothing() {
        let row = TableRow {
            seq: Seq(2),
            wall_s: 1_788_235_198,
            what: "checkout",
            card: "20417000000013".into(),
            item: "=1+1".into(),
            title: "Абай жолы; 1-кітап".into(),
            due: Day::from_ymd(2026, 9, 15),
            state: "accepted".into(),
        };
        let file = table(&[row], &zone()).unwrap();
        assert_eq!(
            file.text,
            "\u{feff}seq;time;what;card;item;title;due;state\n\
             2;2026-09-01 08:59:58;checkout;20417000000013;'=1+1;\"Абай жолы; 1-кітап\";2026-09-15;accepted\n"
        );
    }
}
