//! JSON that another vendor's program with a right key wrote wrongly: the first byte says which message, the rest is the
//! signed text.
#![no_main]

use exchange::StationId;
use exchange::wire::{Encoding, SecretKey, open_answer, open_request, seal_answer, seal_request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, body)) = bytes.split_first() else { return };
    let Ok(body) = std::str::from_utf8(body) else { return };
    let key = SecretKey::from_seed([7; 32]);
    let word = ["request", "answer"][usize::from(kind & 1)];
    let signed = format!("oqyrman 1 {word} 7\n{body}");
    let signature: String = key.sign(signed.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let message = serde_json::json!({
        "oqyrman": 1, "kind": word, "station": 7, "body": body, "signature": signature,
    })
    .to_string();
    if kind & 1 == 0 {
        let known = |station| (station == StationId(7)).then(|| key.public());
        let Ok(request) = open_request(message.as_bytes(), known) else { return };
        let again = open_request(&seal_request(&request, &key, Encoding::Columns), known);
        assert_eq!(again, Ok(request));
    } else {
        let Ok(answer) = open_answer(message.as_bytes(), &key.public()) else { return };
        let again = open_answer(&seal_answer(&answer, &key, Encoding::Columns), &key.public());
        assert_eq!(again, Ok(answer));
    }
});
