//! Every state in which the chip can be stuck, and the way out.

use super::support::{look, pad, place, uids};
use hardware::rfid::{ReaderFault, TagReader};
use hardware::sim::pn5180::Trouble;

#[test]
fn busy_that_stays_high_is_ended_by_a_reset() {
    let (sim, mut reader) = pad(1);
    place(&sim, &uids(3, 2));
    assert_eq!(look(&mut reader).len(), 3);
    sim.trouble(Trouble::BusyUntilReset);
    let before = sim.now_us();
    assert_eq!(look(&mut reader).len(), 3);
    assert!(sim.now_us() - before < 100_000);
}

#[test]
fn busy_that_never_falls_is_told_in_bounds() {
    let (sim, mut reader) = pad(1);
    sim.trouble(Trouble::BusyForEver);
    let before = sim.now_us();
    let Err(ReaderFault::Gone(why)) = reader.inventory() else { panic!("it cannot be there") };
    assert!(why.contains("start"), "{why}");
    assert!(sim.now_us() - before < 3_000_000, "{}", sim.now_us() - before);
    sim.trouble(Trouble::Back);
    assert_eq!(look(&mut reader), []);
}

#[test]
fn an_absent_chip_is_told_and_used_when_it_is_back() {
    let (sim, mut reader) = pad(1);
    place(&sim, &uids(2, 2));
    sim.trouble(Trouble::Absent);
    assert!(matches!(reader.inventory(), Err(ReaderFault::Gone(_))));
    assert!(matches!(reader.identify(), Err(ReaderFault::Gone(_))));
    sim.trouble(Trouble::Back);
    assert_eq!(look(&mut reader).len(), 2);
    assert_eq!(reader.identify().unwrap().firmware, (3, 5));
}

#[test]
fn a_dip_of_the_supply_at_any_moment_loses_no_tag() {
    let (calm, mut reader) = pad(1);
    place(&calm, &uids(4, 2));
    assert_eq!(look(&mut reader).len(), 4);
    let whole_us = calm.now_us();
    for at_us in (0..whole_us).step_by(333) {
        let (sim, mut reader) = pad(1);
        place(&sim, &uids(4, 2));
        sim.trouble_at(Trouble::BrownOut, at_us);
        match reader.inventory() {
            Ok(seen) => assert_eq!(seen.len(), 4, "a dip at {at_us} µs"),
            Err(fault) => panic!("a dip at {at_us} µs: {fault}"),
        }
    }
}

#[test]
fn a_bus_that_fails_once_at_any_frame_is_tried_again() {
    let (calm, mut reader) = pad(1);
    place(&calm, &uids(4, 2));
    look(&mut reader);
    let whole_us = calm.now_us();
    for at_us in (0..whole_us).step_by(97) {
        let (sim, mut reader) = pad(1);
        place(&sim, &uids(4, 2));
        sim.trouble_at(Trouble::BusFails(1), at_us);
        assert_eq!(reader.inventory().unwrap().len(), 4, "at {at_us} µs");
    }
}

#[test]
fn a_bus_that_fails_for_good_is_told_and_comes_back() {
    let (sim, mut reader) = pad(1);
    place(&sim, &uids(1, 2));
    sim.trouble(Trouble::BusFails(u32::MAX));
    assert!(matches!(reader.inventory(), Err(ReaderFault::Gone(_))));
    sim.trouble(Trouble::BusFails(0));
    assert_eq!(look(&mut reader).len(), 1);
}

#[test]
fn a_tag_that_leaves_amid_a_look_harms_no_other() {
    let tags = uids(8, 4);
    let (calm, mut reader) = pad(1);
    place(&calm, &tags);
    look(&mut reader);
    for at_us in (0..calm.now_us()).step_by(501) {
        let (sim, mut reader) = pad(1);
        place(&sim, &tags);
        sim.take_at(tags[3], at_us);
        let seen = look(&mut reader);
        let others = tags.iter().filter(|uid| **uid != tags[3]);
        assert!(others.clone().all(|uid| seen.contains(uid)), "gone at {at_us} µs");
    }
}
