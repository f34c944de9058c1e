//! SIP2 messages: real ones, byte for byte, and any bytes at all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use links::sip2::{Charset, ChecksumMode, ChecksumState, Decoder, Field, Kind, MAX_LEN, Message, SipFault};
use proptest::prelude::*;

/// Raw message and note of each vector.
fn vectors() -> Vec<(String, String)> {
    let lines = include_str!("vectors/sip2.jsonl").lines();
    let vector = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        (value["raw"].as_str().unwrap().to_owned(), value["note"].as_str().unwrap().to_owned())
    };
    lines.map(vector).collect()
}

fn read(bytes: &[u8]) -> Result<Message, SipFault> {
    Message::read(bytes, ChecksumMode::Lenient)
}

#[test]
fn every_real_message_is_read_and_written_again_or_is_a_typed_error() {
    let vectors = vectors();
    assert!(vectors.len() >= 160);
    for (raw, note) in vectors {
        match read(raw.as_bytes()) {
            Ok(message) => {
                assert!(!note.contains("misaligned"), "{raw}");
                assert_eq!(String::from_utf8(message.bytes()).unwrap(), raw);
                match message.checksum() {
                    ChecksumState::Good => assert!(note.contains("checksum ok"), "{raw}: {note}"),
                    ChecksumState::Wrong { .. } => assert!(note.contains("checksum WRONG"), "{raw}: {note}"),
                    ChecksumState::Absent => assert!(note.contains("no checksum"), "{raw}: {note}"),
                }
                let strict = Message::read(raw.as_bytes(), ChecksumMode::Strict);
                assert_eq!(strict.is_err(), note.contains("checksum WRONG"), "{raw}");
            }
            Err(fault) => {
                assert!(note.contains("misaligned"), "{raw}: {fault}");
                let place = matches!(
                    fault,
                    SipFault::Misaligned { .. } | SipFault::CutShort { .. } | SipFault::NotAField { .. }
                );
                assert!(place, "{raw}: {fault}");
            }
        }
    }
}

#[test]
fn messages_come_whole_out_of_any_split() {
    let wire: Vec<u8> = vectors()
        .iter()
        .zip(["\r", "\r\n", "\r\0", "\n\r\n"].iter().cycle())
        .flat_map(|((raw, _), end)| [raw.as_bytes(), end.as_bytes()].concat())
        .collect();
    for size in [1, 2, 3, 7, 255, 256, 4_096, wire.len()] {
        let mut decoder = Decoder::default();
        let mut found = Vec::new();
        for piece in wire.chunks(size) {
            decoder.feed(piece);
            while let Some(message) = decoder.next_message().unwrap() {
                found.push(String::from_utf8(message).unwrap());
            }
        }
        assert!(found.iter().eq(vectors().iter().map(|(raw, _)| raw)), "{size} bytes at a time");
    }
}

#[test]
fn a_message_without_end_takes_no_memory_and_is_told_once() {
    let mut decoder = Decoder::default();
    for _ in 0..100 {
        decoder.feed(&[b'9'; MAX_LEN]);
        assert_eq!(decoder.next_message(), Ok(None));
    }
    decoder.feed(b"\r941\r");
    assert_eq!(decoder.next_message(), Err(SipFault::TooLong { limit: MAX_LEN }));
    assert_eq!(decoder.next_message(), Ok(Some(b"941".to_vec())));
    assert_eq!(decoder.next_message(), Ok(None));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (raw, fault) in [
        ("", "two digits"),
        ("9", "two digits"),
        ("é1", "two digits"),
        ("00", "no message has the code 00"),
        ("12", "ends after 0 of the 22 characters"),
        ("121NNY2026", "ends after 8 of the 22"),
        ("15-20201013    093158|AOx|", "no field begins at place 21"),
        ("180402012011063000    110249AB1|", "no field begins at place 26"),
        ("1720261123    22202AOUWOLS|AB1|", "no field begins at place 20"),
        ("9300CNx||COy|", "at place 8 no field begins"),
        ("9300CNx|c", "at place 8 no field begins"),
    ] {
        let words = read(raw.as_bytes()).unwrap_err().to_string();
        assert!(words.contains(fault), "{raw}: {words}");
    }
}

#[test]
fn a_login_is_written_as_servers_saw_it_and_shows_no_password() {
    let fields = [(*b"CN", "scclient"), (*b"CO", "clientpwd"), (*b"CP", "The floor")];
    let fields = fields.map(|(id, text)| Field::new(id, text, Charset::Utf8)).to_vec();
    let login = Message::new(Kind::of(b"93").unwrap(), &["0", "0"], fields).with_error_detection(0);
    assert_eq!(login.on_the_wire(), b"9300CNscclient|COclientpwd|CPThe floor|AY0AZF023\r");
    let shown = format!("{login:?}");
    assert!(
        !shown.contains("clientpwd") && !shown.contains("scclient") && shown.contains("The floor"),
        "{shown}"
    );
    assert_eq!(login.fixed("uid_algorithm"), Some(b"0".as_slice()));
    let again = Message::new(Kind::of(b"97").unwrap(), &[], Vec::new());
    assert_eq!(again.on_the_wire(), b"97\r");
}

#[test]
fn a_value_cannot_end_its_field_or_the_message_and_is_cut_between_letters() {
    let field = Field::new(*b"AJ", "a|b\rc\nd\0e", Charset::Utf8);
    assert_eq!(field.text(Charset::Utf8), "a b c d e");
    let long = Field::new(*b"AJ", &"Қ".repeat(200), Charset::Utf8);
    assert_eq!(long.text(Charset::Utf8), "Қ".repeat(127));
    let many = Field::new(*b"AJ", &"Қ".repeat(300), Charset::Cp1251);
    assert_eq!(many.value, [b'?'; 255], "this charset has no Қ");
}

fn any_message() -> impl Strategy<Value = Message> {
    let field = ("[A-Z][A-Z0-9]", "\\PC{0,40}").prop_map(|(id, text)| {
        let id = id.as_bytes().try_into().unwrap();
        Field::new(id, &text, Charset::Utf8)
    });
    let fields = prop::collection::vec(field, 0..8);
    // What is no date would be refused.
    let fixed = prop::collection::vec("[0-9 ]{0,18}", 0..10);
    (0..Kind::all().len(), fixed, fields, prop::option::of(0_u8..10)).prop_map(
        |(kind, fixed, fields, sequence)| {
            let fixed: Vec<&str> = fixed.iter().map(String::as_str).collect();
            let message = Message::new(&Kind::all()[kind], &fixed, fields);
            match sequence {
                Some(sequence) => message.with_error_detection(sequence),
                None => message,
            }
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(message) = read(&bytes) {
            prop_assert_eq!(message.bytes(), bytes);
        }
    }

    #[test]
    fn bytes_that_look_like_a_message_are_read_or_refused(raw in "(12|98|64|63|94|97)[ -~]{0,120}") {
        if let Ok(message) = read(raw.as_bytes()) {
            prop_assert_eq!(message.bytes(), raw.as_bytes());
        }
    }

    #[test]
    fn what_was_written_is_read(message in any_message()) {
        let mut decoder = Decoder::default();
        decoder.feed(&message.on_the_wire());
        let bytes = decoder.next_message().unwrap().unwrap();
        let found = Message::read(&bytes, ChecksumMode::Strict).unwrap();
        prop_assert_eq!(found, message);
    }
}
