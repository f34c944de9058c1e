//! Any bytes on the line of a library system: read or refused, and what is read is written again byte for byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use links::sip2::{Charset, ChecksumMode, Decoder, Message};

fuzz_target!(|bytes: &[u8]| {
    // The first byte says how the rest is split.
    let Some((split, wire)) = bytes.split_first() else { return };
    let mut decoder = Decoder::default();
    for piece in wire.chunks(usize::from(*split) + 1) {
        decoder.feed(piece);
    }
    decoder.feed(b"\r");
    while let Ok(Some(raw)) = decoder.next_message() {
        let Ok(message) = Message::read(&raw, ChecksumMode::Lenient) else { continue };
        assert_eq!(message.bytes(), raw);
        let _ = message.checksum();
        for field in message.fields() {
            for charset in [Charset::Utf8, Charset::Cp850, Charset::Cp866, Charset::Cp1251, Charset::Latin1] {
                let text = field.text(charset);
                let _ = charset.write(&text);
            }
        }
    }
});
