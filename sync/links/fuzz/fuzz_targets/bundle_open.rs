//! Whatever lies on a stick: a cover and contents are read or refused, in no more memory than the file is long.
#![no_main]

use exchange::wire::SecretKey;
use exchange::wire::bundle::{self, Cover};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok((cover, sealed)) = Cover::open(bytes) {
        assert_eq!(cover.around(sealed).as_deref(), Some(bytes));
        assert!(!cover.name().contains(['/', '\0']));
    }
    if let Ok(messages) = bundle::unpack(bytes) {
        assert!(messages.iter().map(|message| message.len()).sum::<usize>() <= bytes.len());
    }
    // `age` itself reads what somebody may have written.
    let _ = links::courier::open(bytes, &SecretKey::from_seed([7; 32]));
});
