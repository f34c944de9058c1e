//! Any bytes are a text or none; a text that can be written reads back.
#![no_main]

use hardware::rfid::tag::isil;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(text) = isil::decode(bytes) {
        let written = isil::encode(&text).expect("what was read can be written");
        assert_eq!(isil::decode(&written).as_deref(), Some(text.as_str()));
    }
});
