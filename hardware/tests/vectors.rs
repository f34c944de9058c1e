//! Every line of `vectors/barcode.jsonl`, answered through the public API.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use hardware::barcode::{InputEvent, KeyDecoder, Scan, ScanFault, SiteRules, Terminators, explain, layout};
use serde_json::Value;

const VECTORS: &str = include_str!("vectors/barcode.jsonl");

fn lines() -> impl Iterator<Item = Value> {
    VECTORS.lines().map(|line| serde_json::from_str(line).unwrap())
}

fn typed(events: &Value) -> Vec<Result<Scan, ScanFault>> {
    let mut decoder = KeyDecoder::new("desk".into(), Terminators::ALL, Duration::from_millis(100));
    let mut found: Vec<_> = events
        .as_array()
        .unwrap()
        .iter()
        .zip(0u64..)
        .filter_map(|(event, ms)| {
            let code = event[0].as_u64().unwrap().try_into().unwrap();
            let value = event[1].as_i64().unwrap().try_into().unwrap();
            decoder.event(InputEvent { at: Duration::from_millis(ms), kind: 1, code, value })
        })
        .collect();
    found.extend(decoder.silence());
    found
}

#[test]
fn every_text_is_explained_as_expected() {
    let mut answered = 0;
    for vector in lines().filter(|v| v["text"].is_string()) {
        let given = vector["text"].as_str().unwrap();
        let explanation = serde_json::to_value(explain(given, None, &SiteRules::default())).unwrap();
        for (field, expected) in vector["expected"].as_object().unwrap() {
            assert_eq!(&explanation[field], expected, "{}: field {field} of {explanation}", vector["id"]);
        }
        answered += 1;
    }
    assert_eq!(answered, 20);
}

#[test]
fn every_key_sequence_gives_its_scans() {
    let mut answered = 0;
    for vector in lines().filter(|v| v["kind"] == "evdev") {
        let found = typed(&vector["events"]);
        match vector["expected"]["scans"].as_array() {
            Some(scans) => {
                let texts: Vec<_> = found.iter().map(|o| o.as_ref().unwrap().text().as_str()).collect();
                let expected: Vec<_> = scans.iter().map(|s| s.as_str().unwrap()).collect();
                assert_eq!(texts, expected, "{}", vector["id"]);
            }
            // The vector leaves the choice; ours is to refuse a code beyond ASCII, once and whole.
            None => assert_eq!(found, [Err(ScanFault::AltCode { code: 812 })], "{}", vector["id"]),
        }
        answered += 1;
    }
    assert_eq!(answered, 7);
}

#[test]
fn the_layout_is_repaired_key_by_key() {
    let mut answered = 0;
    for vector in lines().filter(|v| v["kind"] == "layout") {
        let given = vector["input_if_text_widget"].as_str().unwrap();
        assert_eq!(layout::repair(given).as_deref(), vector["expected"]["repair"].as_str());
        let explanation = serde_json::to_value(explain(given, None, &SiteRules::default())).unwrap();
        assert_eq!(explanation["repair"], vector["expected"]["repair"]);
        for (us, russian) in vector["map"].as_object().unwrap() {
            // A letter beside it shows that the layout was Russian; a full stop alone would not.
            let given = format!("й{}", russian.as_str().unwrap());
            assert_eq!(layout::repair(&given), Some(format!("q{us}")));
        }
        answered += 1;
    }
    assert_eq!(answered, 1);
}
