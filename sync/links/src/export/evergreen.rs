//! Evergreen's offline transactions: one JSON object a line, as its staff client keeps them until they are uploaded.

use super::{File, Line, distinct_seconds, local};
use crate::sip2::Done;
use jiff::tz::TimeZone;
use serde::Serialize;

#[derive(Serialize)]
struct Transaction<'a> {
    timestamp: i64,
    r#type: &'static str,
    delta: i64,
    barcode: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    patron_barcode: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backdate: Option<String>,
}

/// Writes the file. A loan is due at the end of its day in `zone`.
#[must_use]
pub fn evergreen(lines: &[Line], zone: &TimeZone) -> File {
    let mut text = String::new();
    let mut written = 0;
    for (wall_s, line) in distinct_seconds(lines) {
        let time = || Some(utc(wall_s));
        let at = |kind, barcode| Transaction {
            timestamp: wall_s,
            r#type: kind,
            delta: 0,
            barcode,
            patron_barcode: None,
            due_date: None,
            checkout_time: None,
            backdate: None,
        };
        let transaction = match &line.done {
            Done::Lent { patron, item, due } => Transaction {
                patron_barcode: Some(patron),
                due_date: end_of_day(*due, zone),
                checkout_time: time(),
                ..at("checkout", item)
            },
            Done::Renewed { patron, item, due } => Transaction {
                patron_barcode: Some(patron),
                due_date: end_of_day(*due, zone),
                checkout_time: time(),
                ..at("renew", item)
            },
            Done::Returned { item, .. } => Transaction { backdate: time(), ..at("checkin", item) },
        };
        // A struct of texts and numbers always has a JSON form.
        if let Ok(json) = serde_json::to_string(&transaction) {
            text.push_str(&json);
            text.push('\n');
            written += 1;
        }
    }
    File { text, lines: written, doubts: Vec::new() }
}

fn utc(wall_s: i64) -> String {
    local(wall_s, &TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn end_of_day(day: exchange::Day, zone: &TimeZone) -> Option<String> {
    let (year, month, day) = day.ymd();
    let end = jiff::civil::Date::new(year, month, day).ok()?.at(23, 59, 59, 0);
    let end_s = zone.to_ambiguous_timestamp(end).compatible().ok()?.as_second();
    Some(utc(end_s))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{morning, zone};
    use super::*;

    #[test]
    fn a_morning_as_evergreen_takes_it() {
        let file = evergreen(&morning(), &zone());
        let lines: Vec<serde_json::Value> =
            file.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            lines[0],
            serde_json::json!({
                "timestamp": 1_788_235_198, "type": "checkout", "delta": 0, "barcode": "30417000000102",
                "patron_barcode": "20417000000013", "due_date": "2026-09-15T18:59:59Z",
                "checkout_time": "2026-09-01T03:59:58Z",
            })
        );
        assert_eq!(
            (lines[1]["type"].as_str(), lines[1]["timestamp"].as_i64()),
            (Some("renew"), Some(1_788_235_199))
        );
        assert_eq!(
            lines[2],
            serde_json::json!({
                "timestamp": 1_788_235_200, "type": "checkin", "delta": 0, "barcode": "30417000000102",
                "backdate": "2026-09-01T04:00:00Z",
            })
        );
    }
}
