//! What comes over the screen's socket, in either direction, cut in any pieces: frames and taps, or a refusal.
#![no_main]

use desk::ipc::{Decoder, Frame, Tap, encode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((split, bytes)) = bytes.split_first() else { return };
    let (mut taps, mut frames) = (Decoder::default(), Decoder::default());
    for piece in bytes.chunks(usize::from(*split) + 1) {
        taps.feed(piece);
        frames.feed(piece);
    }
    while let Ok(Some(tap)) = taps.next_message::<Tap>() {
        assert!(encode(&tap).is_ok());
    }
    while let Ok(Some(frame)) = frames.next_message::<Frame>() {
        assert!(encode(&frame).is_ok());
    }
});
