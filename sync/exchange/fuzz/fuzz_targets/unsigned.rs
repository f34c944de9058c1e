//! Bytes from anybody: a request, an answer, both messages of enrolment, a row, a record. Each is read or refused.
#![no_main]

use exchange::wire::{SecretKey, decode_enrol_answer, open_answer, open_enrol, open_request};
use exchange::{Seq, row};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let key = SecretKey::from_seed([7; 32]);
    let _ = open_request(bytes, |_| Some(key.public()));
    let _ = open_answer(bytes, &key.public());
    let _ = open_enrol(bytes);
    let _ = decode_enrol_answer(bytes);
    if let Ok(event) = row::decode(Seq(7), bytes) {
        assert_eq!(row::decode(Seq(7), &row::encode(&event)).as_ref(), Ok(&event));
    }
    if let Ok(record) = row::decode_record(bytes) {
        assert_eq!(row::decode_record(&row::encode_record(&record)).as_ref(), Ok(&record));
    }
});
