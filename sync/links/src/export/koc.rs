//! `.koc`: what Koha's offline circulation takes ("Offline circulation", upload of transactions). A header line, then for
//! each event a time, what was done, and numbers, with tabs in between.
//!
//! The format has no due date and no renewal: Koha sets the date by its own rules, and takes an issue to the patron who
//! has the item for a renewal.

use super::{File, Line, distinct_seconds, local};
use crate::sip2::Done;
use jiff::tz::TimeZone;

/// What fits into the columns of Koha's queue; longer numbers are cut there by older versions.
const MOST_BARCODE: usize = 20;
const MOST_CARD: usize = 16;

/// Writes the file; times are of `zone`, as Koha's are.
#[must_use]
pub fn koc(lines: &[Line], zone: &TimeZone) -> File {
    let mut text =
        format!("Version=1.0\tGenerator=Oqyrman\tGeneratorVersion={}\n", env!("CARGO_PKG_VERSION"));
    let (mut long_cards, mut long_items) = (0, 0);
    for (wall_s, line) in distinct_seconds(lines) {
        let time = local(wall_s, zone).strftime("%Y-%m-%d %H-%M-%S 000").to_string();
        let (card, item) = match &line.done {
            Done::Lent { patron, item, .. } | Done::Renewed { patron, item, .. } => (Some(patron), item),
            Done::Returned { item, .. } => (None, item),
        };
        long_cards += usize::from(card.is_some_and(|card| card.chars().count() > MOST_CARD));
        long_items += usize::from(item.chars().count() > MOST_BARCODE);
        text.push_str(&match card {
            Some(card) => format!("{time}\tissue\t{}\t{}\n", plain(card), plain(item)),
            None => format!("{time}\treturn\t{}\n", plain(item)),
        });
    }
    let doubt = |count: usize, what: &str, most: usize| {
        (count > 0).then(|| {
            format!("{count} line(s) with a {what} of more than {most} characters: older Koha cuts them")
        })
    };
    let doubts = [doubt(long_cards, "card", MOST_CARD), doubt(long_items, "barcode", MOST_BARCODE)];
    File { text, lines: lines.len(), doubts: doubts.into_iter().flatten().collect() }
}

/// Without what ends a column or a line.
fn plain(number: &str) -> String {
    number.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{morning, zone};
    use super::*;

    #[test]
    fn a_morning_as_koha_takes_it() {
        let file = koc(&morning(), &zone());
        let lines: Vec<&str> = file.text.split_inclusive('\n').collect();
        assert!(lines[0].starts_with("Version=1.0\tGenerator=Oqyrman\tGeneratorVersion="));
        assert_eq!(
            lines[1..],
            [
                "2026-09-01 08-59-58 000\tissue\t20417000000013\t30417000000102\n",
                "2026-09-01 08-59-59 000\tissue\t20417000000013\t30417000000102\n",
                "2026-09-01 09-00-00 000\treturn\t30417000000102\n",
            ]
        );
        assert!(file.doubts.is_empty());
    }

    #[test]
    fn a_number_cannot_make_a_line_and_a_long_one_is_told() {
        let mut lines = morning();
        if let Done::Lent { patron, .. } = &mut lines[0].done {
            *patron = "20417000000013\n2026-09-01".into();
        }
        let file = koc(&lines, &zone());
        assert_eq!(file.text.lines().count(), 4);
        assert_eq!(file.doubts.len(), 1);
    }
}
