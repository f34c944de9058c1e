//! A message that somebody with a right key wrote wrongly: the body is read or refused, whatever it is, and what was read
//! is written and read again to the same. The first byte says what the message is, the rest is its body; without a right
//! signature nothing of it would be looked at.
#![no_main]

use exchange::StationId;
use exchange::wire::{Encoding, SecretKey, open_answer, open_request, seal_answer, seal_request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, body)) = bytes.split_first() else { return };
    let key = SecretKey::from_seed([7; 32]);
    // Version 1; request or answer; packed or not.
    let mut message = vec![b'O', b'Q', 0x10 | kind & 0b11, 7];
    message.extend(body);
    let signature = key.sign(&message);
    message.extend(signature);
    if kind & 0b10 == 0 {
        let known = |station| (station == StationId(7)).then(|| key.public());
        let Ok(request) = open_request(&message, known) else { return };
        for encoding in [Encoding::Columns, Encoding::Json] {
            let again = open_request(&seal_request(&request, &key, encoding), known);
            assert_eq!(again.as_ref(), Ok(&request));
        }
    } else {
        let Ok(answer) = open_answer(&message, &key.public()) else { return };
        for encoding in [Encoding::Columns, Encoding::Json] {
            let again = open_answer(&seal_answer(&answer, &key, encoding), &key.public());
            assert_eq!(again.as_ref(), Ok(&answer));
        }
    }
});
