//! Messages between station and screen: whole, in pieces, and from a stranger.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::*;
use desk::Touch;
use desk::ipc::{Decoder, Frame, IpcError, MAX_LEN, Tap, encode};
use proptest::prelude::*;

#[test]
fn frames_and_taps_arrive_whole_however_they_are_cut() {
    let mut shop = Shop::open(World::school());
    let mut frames = Vec::new();
    for number in 1..=3 {
        frames.push(Frame { number, view: shop.view() });
        shop.card(AIGERIM);
        shop.book(u32::try_from(number).unwrap());
    }
    let bytes: Vec<u8> = frames.iter().flat_map(|frame| encode(frame).unwrap()).collect();
    for piece in [1, 3, 4, 5, 64, bytes.len()] {
        let (mut decoder, mut got) = (Decoder::default(), Vec::new());
        for piece in bytes.chunks(piece) {
            decoder.feed(piece);
            while let Some(frame) = decoder.next_message::<Frame>().unwrap() {
                got.push(frame);
            }
        }
        assert_eq!(got, frames);
    }
    let tap = Tap { frame: 3, touch: Touch::Undo(1) };
    let mut decoder = Decoder::default();
    decoder.feed(&encode(&tap).unwrap());
    assert_eq!(decoder.next_message::<Tap>(), Ok(Some(tap)));
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_anything_is_waited_for() {
    let mut decoder = Decoder::default();
    decoder.feed(&u32::try_from(MAX_LEN + 1).unwrap().to_le_bytes());
    assert_eq!(decoder.next_message::<Tap>(), Err(IpcError::TooLong(MAX_LEN + 1)));
    assert!(matches!(encode(&vec![0_u8; MAX_LEN + 1]), Err(IpcError::TooLong(_))));
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_a_typed_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut decoder = Decoder::default();
        decoder.feed(&u32::try_from(bytes.len()).unwrap().to_le_bytes());
        decoder.feed(&bytes);
        prop_assert!(!matches!(decoder.next_message::<Frame>(), Err(IpcError::TooLong(_)) | Ok(None)));
    }
}
