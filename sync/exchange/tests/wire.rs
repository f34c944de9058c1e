//! The message through both encodings, and whatever hostile bytes may do.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

#[path = "common/arbitrary.rs"]
mod arbitrary;
#[path = "common/september.rs"]
mod september;

use exchange::wire::{self, Encoding, MAX_EVENTS, SecretKey, WireError};
use exchange::{Answer, Chain, Request, Seq, StationId, row};
use proptest::prelude::*;
use september::Labels;

const BOTH: [Encoding; 2] = [Encoding::Columns, Encoding::Json];

fn open_request(bytes: &[u8]) -> Result<Request, WireError> {
    wire::open_request(bytes, |_| Some(september::key().public()))
}

fn open_answer(bytes: &[u8]) -> Result<Answer, WireError> {
    wire::open_answer(bytes, &september::key().public())
}

/// Everything that opens a message, on these bytes. It may say no, and nothing else.
fn open_all(bytes: &[u8]) {
    let _ = open_request(bytes);
    let _ = open_answer(bytes);
    let _ = wire::open_enrol(bytes);
    let _ = wire::decode_enrol_answer(bytes);
    let _ = row::decode(Seq(1), bytes);
    let _ = row::decode_record(bytes);
}

/// A message in the binary envelope around `body`, signed: written here from the description alone.
fn signed(kind: u8, packed: bool, body: &[u8]) -> Vec<u8> {
    let mut out = vec![b'O', b'Q', 0x10 | (kind << 1) | u8::from(packed), 7];
    out.extend(body);
    let signature = september::key().sign(&out);
    out.extend(signature);
    out
}

/// The body of a sealed message of a station whose number takes `station_len` bytes, unpacked.
fn body_of(sealed: &[u8], station_len: usize) -> Vec<u8> {
    let body = &sealed[3 + station_len..sealed.len() - 64];
    if sealed[2] & 1 == 1 { zstd::bulk::decompress(body, 1 << 24).unwrap() } else { body.to_vec() }
}

/// A message in the JSON envelope, signed: written here from docs/exchange.md alone.
fn signed_json(kind: &str, station: u32, body: &str) -> Vec<u8> {
    let signature = september::key().sign(format!("oqyrman 1 {kind} {station}\n{body}").as_bytes());
    let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    let envelope = serde_json::json!({
        "oqyrman": 1, "kind": kind, "station": station, "body": body, "signature": signature
    });
    serde_json::to_vec(&envelope).unwrap()
}

fn varint_len(station: StationId) -> usize {
    (1..5).find(|len| u64::from(station.0) < 1 << (7 * len)).unwrap_or(5)
}

proptest! {
    #[test]
    fn a_request_comes_back(request in arbitrary::request()) {
        for encoding in BOTH {
            let sealed = wire::seal_request(&request, &september::key(), encoding);
            prop_assert_eq!(wire::encoding_of(&sealed), Some(encoding));
            let opened = open_request(&sealed).unwrap();
            prop_assert_eq!(&opened, &request);
            let chain = |request: &Request| request.events.iter().fold(Chain::START, Chain::after);
            prop_assert_eq!(chain(&opened), chain(&request));
            for (a, b) in opened.events.iter().zip(&request.events) {
                prop_assert_eq!(row::encode(a), row::encode(b));
                prop_assert_eq!(&row::decode(b.seq, &row::encode(a)).unwrap(), b);
            }
        }
    }

    #[test]
    fn an_answer_comes_back(answer in arbitrary::answer()) {
        for encoding in BOTH {
            let sealed = wire::seal_answer(&answer, &september::key(), encoding);
            prop_assert_eq!(&open_answer(&sealed).unwrap(), &answer);
        }
    }

    #[test]
    fn a_record_comes_back(record in arbitrary::record()) {
        prop_assert_eq!(row::decode_record(&row::encode_record(&record)).unwrap(), record);
    }

    #[test]
    fn random_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        open_all(&bytes);
        let mut ours = b"OQ\x10".to_vec();
        ours.extend(&bytes);
        prop_assert!(open_request(&ours).is_err());
        open_all(&ours);
    }

    #[test]
    fn a_flipped_bit_is_found(request in arbitrary::request(), place in any::<prop::sample::Index>(), bit in 0..8) {
        for encoding in BOTH {
            let mut sealed = wire::seal_request(&request, &september::key(), encoding);
            let place = place.index(sealed.len());
            sealed[place] ^= 1_u8 << bit;
            // A flipped case of a hexadecimal digit in JSON says the same.
            if let Ok(opened) = open_request(&sealed) {
                prop_assert_eq!(&opened, &request);
                prop_assert_eq!(encoding, Encoding::Json);
            }
            open_all(&sealed);
        }
    }

    #[test]
    fn a_message_cut_short_is_refused(answer in arbitrary::answer(), place in any::<prop::sample::Index>()) {
        for encoding in BOTH {
            let sealed = wire::seal_answer(&answer, &september::key(), encoding);
            let cut = &sealed[..place.index(sealed.len())];
            prop_assert!(open_answer(cut).is_err());
        }
    }

    /// A station that is hostile signs what it likes: only what it says can be wrong, not the program that reads it.
    #[test]
    fn a_signed_body_of_random_bytes_is_harmless(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for kind in 0..2 {
            open_all(&signed(kind, false, &bytes));
            open_all(&signed(kind, true, &bytes));
        }
    }

    #[test]
    fn a_signed_body_with_damage_is_harmless(
        request in arbitrary::request(),
        answer in arbitrary::answer(),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let request_len = varint_len(request.station);
        let answer_len = varint_len(answer.station);
        let request = wire::seal_request(&request, &september::key(), Encoding::Columns);
        let answer = wire::seal_answer(&answer, &september::key(), Encoding::Columns);
        for (kind, mut body) in [(0, body_of(&request, request_len)), (1, body_of(&answer, answer_len))] {
            for (place, byte) in &flips {
                let place = place.index(body.len());
                body[place] = *byte;
            }
            open_all(&signed(kind, false, &body));
            let cut = flips[0].0.index(body.len());
            prop_assert!(open_answer(&signed(kind, false, &body[..cut])).is_err() || kind == 1);
        }
    }

    #[test]
    fn signed_json_with_damage_is_harmless(
        request in arbitrary::request(),
        place in any::<prop::sample::Index>(),
        with in any::<char>(),
    ) {
        let body = serde_json::to_string(&request).unwrap();
        let station = request.station.0;
        prop_assert_eq!(&open_request(&signed_json("request", station, &body)).unwrap(), &request);
        let mut chars: Vec<char> = body.chars().collect();
        let place = place.index(chars.len());
        chars[place] = with;
        let body: String = chars.into_iter().collect();
        open_all(&signed_json("request", station, &body));
    }
}

#[test]
fn a_month_takes_less_than_sixty_kilobytes() {
    for labels in [Labels::Consecutive, Labels::Shuffled] {
        let events = september::events(10_000, labels, 1);
        let total: usize = events
            .chunks(1_000)
            .map(|chunk| september::request(chunk, Seq(10_000)))
            .map(|request| wire::seal_request(&request, &september::key(), Encoding::Columns).len())
            .sum();
        assert!(total <= 60_000, "{labels:?}: {total} bytes");
    }
}

#[test]
fn labels_by_chance_come_back_too() {
    let events = september::events(3_000, Labels::Random, 2);
    let request = september::request(&events, Seq(3_000));
    assert_eq!(
        open_request(&wire::seal_request(&request, &september::key(), Encoding::Columns)),
        Ok(request)
    );
}

#[test]
fn another_key_is_found_out() {
    let request = september::request(&[], Seq(5));
    for encoding in BOTH {
        let sealed = wire::seal_request(&request, &SecretKey::from_seed([8; 32]), encoding);
        assert_eq!(open_request(&sealed), Err(WireError::Signature));
        assert_eq!(wire::open_request(&sealed, |_| None), Err(WireError::UnknownStation(request.station)),);
    }
}

#[test]
fn a_newer_schema_is_named() {
    let request = Request { schema: 2, ..september::request(&[], Seq(5)) };
    for encoding in BOTH {
        let sealed = wire::seal_request(&request, &september::key(), encoding);
        assert_eq!(open_request(&sealed), Err(WireError::Schema(2)));
    }
}

#[test]
fn a_page_is_no_message() {
    for page in ["", "<html>", "HTTP/1.1 302 Found", "OK", "{}", "{\"error\":\"login\"}"] {
        assert!(open_request(page.as_bytes()).is_err(), "{page}");
        assert!(open_answer(page.as_bytes()).is_err(), "{page}");
    }
    assert_eq!(open_answer(b"<html>"), Err(WireError::NotAMessage));
}

#[test]
fn a_request_is_no_answer() {
    for encoding in BOTH {
        let sealed = wire::seal_request(&september::request(&[], Seq(5)), &september::key(), encoding);
        assert!(matches!(open_answer(&sealed), Err(WireError::Damaged(_))));
    }
}

#[test]
fn no_message_tells_more_events_than_it_may() {
    let event = &september::events(1, Labels::Consecutive, 1)[0];
    let numbered = |seq| exchange::Event { seq: Seq(seq), ..event.clone() };
    let events: Vec<_> = (1..=MAX_EVENTS as u64 + 1).map(numbered).collect();
    let request = september::request(&events, Seq(events.len() as u64));
    for encoding in BOTH {
        let opened = open_request(&wire::seal_request(&request, &september::key(), encoding)).unwrap();
        assert_eq!(opened.events, events[..MAX_EVENTS]);
    }
    let json = serde_json::to_string(&request).unwrap();
    assert!(matches!(open_request(&signed_json("request", 1_234, &json)), Err(WireError::Damaged(_))));
}

#[test]
fn in_json_events_are_numbered_one_by_one() {
    let mut request = september::request(&september::events(3, Labels::Consecutive, 1), Seq(3));
    request.events[1].seq = Seq(7);
    let json = serde_json::to_string(&request).unwrap();
    assert!(matches!(open_request(&signed_json("request", 1_234, &json)), Err(WireError::Damaged(_))));
}

#[test]
fn one_event_that_makes_no_sense_does_not_hold_up_the_others() {
    let request = september::request(&september::events(2, Labels::Consecutive, 1), Seq(2));
    let mut json: serde_json::Value = serde_json::to_value(&request).unwrap();
    json["events"][0]["act"] = serde_json::json!({"kind": 3, "name": "returned", "item": null});
    let opened = open_request(&signed_json("request", 1_234, &json.to_string())).unwrap();
    assert!(matches!(opened.events[0].act, exchange::Act::Unknown { kind: 3, .. }));
    assert_eq!(opened.events[1], request.events[1]);
}
