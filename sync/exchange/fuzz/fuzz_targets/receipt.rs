//! What a scanner typed where a receipt was wanted, and what a page was given as one; and the names people write.
#![no_main]

use exchange::receipt::Receipt;
use exchange::wire::SecretKey;
use exchange::{class, search};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let key = SecretKey::from_seed([7; 32]);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Receipt::open(text, |_| Some(key.public()));
        let _ = class::parse(text);
        let _ = (search::key(text), search::queries(text));
    }
    // As digits, so that the inside is reached.
    let digits: String = bytes.iter().map(|byte| char::from(b'0' + byte % 10)).collect();
    let _ = Receipt::open(&digits, |_| Some(key.public()));
});
