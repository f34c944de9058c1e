//! What other drivers of this chip were found to do; each is a test that this one passes. Sources: the public issues of
//! the drivers named.

use super::support::{look, pad, place, uid, uids};
use hardware::card::CardReader;
use hardware::rfid::{ReaderFault, TagReader, Uid};
use hardware::sim::pn5180::{Noise, SimTag};

/// ATrappmann 15, 37: one slot only.
#[test]
fn more_than_one_tag() {
    let (sim, mut reader) = pad(1);
    place(&sim, &uids(20, 11));
    assert_eq!(look(&mut reader), uids(20, 11));
}

/// ATrappmann 38: RX_STATUS read before the reception ended hangs above some 50 bytes.
#[test]
fn long_answers_are_whole() {
    let (sim, mut reader) = pad(1);
    let memory: Vec<u8> = (0..=251).collect();
    sim.place(SimTag::new(uids(1, 1)[0], &memory));
    assert_eq!(reader.read_blocks(uids(1, 1)[0], 0, 63).unwrap(), memory);
}

/// ATrappmann 48: "no card" resets the chip. ESPuino 428: a full reset at each look.
#[test]
fn an_empty_field_resets_nothing() {
    let (sim, mut reader) = pad(1);
    for _ in 0..50 {
        assert_eq!(look(&mut reader), []);
    }
    assert_eq!((sim.counts().resets, sim.counts().fields_on), (1, 1));
}

/// ATrappmann 16: GET under one chip select hangs BUSY. Here: never a frame while the chip is busy, never one refused.
#[test]
fn the_chips_rules_are_kept_under_noise() {
    for seed in 0..100 {
        let (sim, mut reader) = pad(seed);
        place(&sim, &uids(10, seed));
        sim.set_noise(Noise { lost: 30, garbled: 50, false_collision: 30, captured: 30 });
        let _ = reader.inventory();
        let counts = sim.counts();
        assert_eq!((counts.while_busy, counts.refused_sends, counts.too_early), (0, 0, 0), "seed {seed}");
        assert_eq!(counts.resets, 1, "seed {seed}");
    }
}

/// tueddy: masks of zero nibbles vanish, a UID that ends in 0 hangs; a collision map of four nibbles only.
#[test]
fn zero_nibbles_and_deep_collisions() {
    let (sim, mut reader) = pad(1);
    let tags: Vec<Uid> = (0..16_u64)
        .map(|high| Uid::from_written((0xE004_0100_0000_0000 | high << 32).to_be_bytes()))
        .collect();
    place(&sim, &tags);
    assert_eq!(look(&mut reader), tags);
    let (sim, mut reader) = pad(1);
    place(&sim, &[uid("E004010000000000")]);
    assert_eq!(look(&mut reader), [uid("E004010000000000")]);
}

/// tueddy: a block above 0 cannot be read.
#[test]
fn a_read_may_begin_anywhere() {
    let (sim, mut reader) = pad(1);
    let memory: Vec<u8> = (0..112).collect();
    sim.place(SimTag::new(uids(1, 1)[0], &memory));
    assert_eq!(reader.read_blocks(uids(1, 1)[0], 5, 3).unwrap(), &memory[20..32]);
}

/// tueddy: the list of UIDs is not bounded.
#[test]
fn too_many_tags_are_told() {
    let (sim, mut reader) = pad(1);
    place(&sim, &uids(80, 5));
    assert_eq!(reader.inventory(), Err(ReaderFault::TooMany { limit: 64 }));
}

/// ESPuino 428: a flag left from before is taken for an answer.
#[test]
fn a_stale_flag_is_no_ghost() {
    let (sim, mut reader) = pad(1);
    place(&sim, &uids(1, 1));
    assert_eq!(look(&mut reader).len(), 1);
    sim.take(uids(1, 1)[0]);
    assert_eq!(look(&mut reader), []);
    assert_eq!(reader.card_uid(), Ok(None));
}

/// PN5180-tagomatic: answers are counted without looking at CRC and collision.
#[test]
fn a_garbled_answer_is_never_a_tag() {
    let (sim, mut reader) = pad(1);
    let mut tag = SimTag::new(uids(1, 1)[0], &[]);
    tag.garbled = true;
    sim.place(tag);
    place(&sim, &uids(3, 8));
    match reader.inventory() {
        Ok(seen) => assert_eq!(seen.into_iter().map(|seen| seen.uid).collect::<Vec<_>>(), uids(3, 8)),
        Err(fault) => assert_eq!(fault, ReaderFault::Garbled),
    }
}

/// NXP community: above 255 bytes the CRC is not checked.
#[test]
fn no_answer_is_longer_than_the_chip_checks() {
    let (sim, mut reader) = pad(1);
    sim.place(SimTag::new(uids(1, 1)[0], &[5; 1024]));
    assert_eq!(reader.read_blocks(uids(1, 1)[0], 0, 255).unwrap().len(), 1020);
}
