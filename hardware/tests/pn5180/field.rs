//! Tags and cards, as they come.

use super::support::{look, pad, place, uid, uids};
use hardware::card::CardReader;
use hardware::rfid::{ReaderFault, TagReader};
use hardware::sim::pn5180::{SimCard, SimTag};

#[test]
fn an_empty_pad_is_an_empty_list_and_cheap() {
    let (sim, mut reader) = pad(1);
    assert_eq!(look(&mut reader), []);
    let before = sim.counts();
    assert_eq!(look(&mut reader), []);
    let after = sim.counts();
    assert_eq!(after.requests - before.requests, 1);
    assert_eq!(after.spi_frames - before.spi_frames, 4);
    assert_eq!(after.resets, 1);
    assert_eq!(after.fields_on, 1);
}

#[test]
fn one_tag_needs_one_slot() {
    let (sim, mut reader) = pad(1);
    let one = uid("E00401506FCC3FF0");
    place(&sim, &[one]);
    assert_eq!(look(&mut reader), [one]);
    assert_eq!((sim.counts().requests, sim.counts().eofs), (1, 0));
}

#[test]
fn three_real_tags_of_one_library() {
    // UIDs of three ICODE tags of one Finnish library (lainuri, RL866 test vector): two share their first four bits.
    let (sim, mut reader) = pad(1);
    let tags = [uid("E00401003F382624"), uid("E00401003F3825A4"), uid("E00401003F3827A7")];
    place(&sim, &tags);
    let mut expected = tags.to_vec();
    expected.sort();
    assert_eq!(look(&mut reader), expected);
}

#[test]
fn uids_that_differ_in_their_last_bit_alone_are_told_apart() {
    let (sim, mut reader) = pad(1);
    let tags =
        [uid("E004015000000000"), uid("E004015080000000"), uid("E004015100000000"), uid("E004015000000001")];
    place(&sim, &tags);
    assert_eq!(look(&mut reader).len(), 4);
}

#[test]
fn tags_whose_format_bytes_differ_are_told_apart_without_the_hint() {
    let (sim, mut reader) = pad(1);
    for (at, uid) in uids(12, 77).into_iter().enumerate() {
        let mut tag = SimTag::new(uid, &[]);
        tag.dsfid = [0x3E, 0x06, 0x00][at % 3];
        sim.place(tag);
    }
    assert_eq!(look(&mut reader), uids(12, 77));
}

#[test]
fn memory_is_read_in_few_frames_whatever_the_blocks() {
    for block_bytes in [1, 4, 8, 32] {
        let (sim, mut reader) = pad(1);
        let memory: Vec<u8> = (0..=255).cycle().take(1024).collect();
        let mut tag = SimTag::new(uids(1, 3)[0], &memory);
        tag.block_bytes = block_bytes;
        let blocks = u8::try_from(1024 / usize::from(block_bytes)).unwrap_or(200);
        let expected = &memory[..usize::from(blocks) * usize::from(block_bytes)];
        let uid = tag.uid();
        sim.place(tag);
        assert_eq!(reader.read_blocks(uid, 0, blocks).unwrap(), expected, "{block_bytes}");
        if block_bytes == 4 {
            assert_eq!(sim.counts().reads, 5, "8 blocks, then 63 at a time");
        }
        let info = reader.system_info(uid).unwrap();
        assert_eq!(info.block_bytes, Some(block_bytes));
    }
}

#[test]
fn a_tag_that_reads_block_by_block_only_is_read_so() {
    let (sim, mut reader) = pad(1);
    let mut tag = SimTag::new(uids(1, 3)[0], &[7; 64]);
    tag.single_reads_only = true;
    let uid = tag.uid();
    sim.place(tag);
    assert_eq!(reader.read_blocks(uid, 0, 9).unwrap(), [7; 36]);
}

#[test]
fn reading_past_the_end_is_the_tags_refusal() {
    let (sim, mut reader) = pad(1);
    place(&sim, &uids(1, 3));
    assert_eq!(reader.read_blocks(uids(1, 3)[0], 20, 20), Err(ReaderFault::Refused { code: 0x10 }));
    assert_eq!(reader.read_blocks(uids(1, 3)[0], 250, 20), Err(ReaderFault::Refused { code: 0x10 }));
}

#[test]
fn a_quiet_tag_is_not_seen_until_the_field_goes_off() {
    let (sim, mut reader) = pad(1);
    let tags = uids(3, 5);
    place(&sim, &tags);
    reader.stay_quiet(tags[1]).unwrap();
    assert!(sim.tag(tags[1]).unwrap().is_quiet());
    assert_eq!(look(&mut reader), [tags[0], tags[2]]);
    assert!(reader.system_info(tags[1]).is_ok(), "by name it answers");
    reader.rest().unwrap();
    assert_eq!(look(&mut reader), tags);
}

#[test]
fn a_tag_that_is_not_there_is_said_so_within_bounds() {
    let (sim, mut reader) = pad(1);
    assert_eq!(look(&mut reader), []);
    let before = sim.now_us();
    assert_eq!(reader.read_blocks(uids(1, 3)[0], 0, 8), Err(ReaderFault::NoAnswer));
    assert!(sim.now_us() - before < 60_000);
    assert_eq!(sim.counts().resets, 1, "no tag is no reason to start the chip again");
}

#[test]
fn cards_of_every_length_are_read_beside_tags() {
    for uid in [&[0x04, 1, 2, 3][..], &[4, 1, 2, 3, 5, 6, 7], &[4, 1, 2, 3, 5, 6, 7, 8, 9, 10]] {
        let (sim, mut reader) = pad(1);
        place(&sim, &uids(2, 9));
        assert_eq!(reader.card_uid(), Ok(None));
        sim.place_card(SimCard::new(uid).unwrap());
        for _ in 0..3 {
            assert_eq!(reader.card_uid(), Ok(Some(uid.to_vec())));
            assert_eq!(look(&mut reader), uids(2, 9));
        }
        assert_eq!(sim.counts().resets, 1);
        sim.take_cards();
        assert_eq!(reader.card_uid(), Ok(None));
    }
}

#[test]
fn two_cards_at_once_are_nobodys() {
    let (sim, mut reader) = pad(1);
    sim.place_card(SimCard::new(&[4, 1, 2, 3]).unwrap());
    sim.place_card(SimCard::new(&[4, 1, 2, 9]).unwrap());
    assert_eq!(reader.card_uid(), Err(ReaderFault::Garbled));
}
