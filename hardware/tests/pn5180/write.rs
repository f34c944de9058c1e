//! Writes are believed when they read back.

use super::support::{pad, uids};
use hardware::rfid::{ReaderFault, TagReader, Uid};
use hardware::sim::pn5180::{Noise, SimTag};

fn tag() -> SimTag {
    SimTag::new(uids(1, 3)[0], &[0; 112])
}

fn tag_with(fault: impl FnOnce(&mut SimTag)) -> SimTag {
    let mut tag = tag();
    fault(&mut tag);
    tag
}

#[test]
fn the_afi_and_a_block_are_written_and_read_back() {
    let (sim, mut reader) = pad(1);
    let uid = tag().uid();
    sim.place(tag());
    reader.write_afi(uid, 0xC2).unwrap();
    reader.write_block(uid, 3, &[1, 2, 3, 4]).unwrap();
    let tag = sim.tag(uid).unwrap();
    assert_eq!(tag.afi, 0xC2);
    assert_eq!(&tag.memory[12..16], [1, 2, 3, 4]);
}

#[test]
fn the_eas_bit_of_nxp_tags_is_written_and_believed_by_its_alarm() {
    for seed in 0..50 {
        let (sim, mut reader) = pad(seed);
        let uid = tag().uid();
        sim.place(tag_with(|tag| tag.wants_option = seed % 2 == 0));
        for rings in [true, false] {
            reader.write_eas(uid, rings).unwrap();
            assert_eq!(sim.tag(uid).unwrap().eas, rings);
        }
        sim.set_noise(Noise { lost: 50, garbled: 50, ..Noise::default() });
        for rings in [true, false] {
            if reader.write_eas(uid, rings).is_ok() {
                assert_eq!(sim.tag(uid).unwrap().eas, rings, "seed {seed}");
            }
        }
    }
    let (sim, mut reader) = pad(1);
    sim.place(tag_with(|tag| tag.worn = true));
    assert_eq!(reader.write_eas(tag().uid(), true), Err(ReaderFault::NotWritten));
    let other = Uid::from_written([0xE0, 0x07, 1, 2, 3, 4, 5, 6]);
    sim.place(SimTag::new(other, &[0; 112]));
    assert!(matches!(reader.write_eas(other, true), Err(ReaderFault::Impossible(_))));
}

#[test]
fn tags_that_want_the_option_get_it() {
    let (sim, mut reader) = pad(1);
    let uid = tag().uid();
    sim.place(tag_with(|tag| tag.wants_option = true));
    reader.write_afi(uid, 0x07).unwrap();
    reader.write_block(uid, 0, &[9, 8, 7, 6]).unwrap();
    assert_eq!(sim.tag(uid).unwrap().afi, 0x07);
}

#[test]
fn a_lost_answer_to_a_write_is_no_failure_when_it_reads_back() {
    for seed in 0..50 {
        let (sim, mut reader) = pad(seed);
        let uid = tag().uid();
        sim.place(tag());
        sim.set_noise(Noise { lost: 150, garbled: 150, ..Noise::default() });
        match reader.write_afi(uid, 0xC2) {
            Ok(()) => assert_eq!(sim.tag(uid).unwrap().afi, 0xC2, "seed {seed}"),
            Err(fault) => assert!(matches!(fault, ReaderFault::NoAnswer | ReaderFault::Garbled), "{fault:?}"),
        }
    }
}

#[test]
fn a_worn_tag_that_says_yes_is_not_believed() {
    let (sim, mut reader) = pad(1);
    let uid = tag().uid();
    sim.place(tag_with(|tag| tag.worn = true));
    assert_eq!(reader.write_afi(uid, 0xC2), Err(ReaderFault::NotWritten));
    assert_eq!(reader.write_block(uid, 0, &[1; 4]), Err(ReaderFault::NotWritten));
}

#[test]
fn a_locked_tag_says_why() {
    let (sim, mut reader) = pad(1);
    let uid = tag().uid();
    sim.place(tag_with(|tag| tag.locked = true));
    assert_eq!(reader.write_afi(uid, 0xC2), Err(ReaderFault::Refused { code: 0x12 }));
}

#[test]
fn a_tag_taken_away_amid_a_write_is_told_in_bounds() {
    let (sim, mut reader) = pad(1);
    let uid = tag().uid();
    sim.place(tag());
    reader.inventory().unwrap();
    sim.take_at(uid, sim.now_us() + 5_000);
    assert_eq!(reader.write_afi(uid, 0xC2), Err(ReaderFault::NoAnswer));
}
