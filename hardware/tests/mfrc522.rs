//! Student cards by the MFRC522, against its emulated registers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use hardware::card::CardReader;
use hardware::card::mfrc522::Mfrc522Reader;
use hardware::rfid::ReaderFault;
use hardware::sim::mfrc522::Mfrc522Sim;
use hardware::sim::pn5180::SimCard;

#[test]
fn cards_of_every_length_are_read_at_every_look() {
    for uid in [&[0x04, 1, 2, 3][..], &[4, 1, 2, 3, 5, 6, 7], &[4, 1, 2, 3, 5, 6, 7, 8, 9, 10]] {
        let sim = Mfrc522Sim::default();
        let mut reader = Mfrc522Reader::start(sim.clone()).unwrap();
        assert_eq!(reader.card_uid(), Ok(None));
        sim.place(SimCard::new(uid).unwrap());
        for _ in 0..5 {
            assert_eq!(reader.card_uid(), Ok(Some(uid.to_vec())));
        }
        sim.clear();
        assert_eq!(reader.card_uid(), Ok(None));
    }
}

#[test]
fn two_cards_are_nobodys() {
    let sim = Mfrc522Sim::default();
    let mut reader = Mfrc522Reader::start(sim.clone()).unwrap();
    sim.place(SimCard::new(&[4, 1, 2, 3]).unwrap());
    sim.place(SimCard::new(&[4, 1, 2, 9]).unwrap());
    assert_eq!(reader.card_uid(), Err(ReaderFault::Garbled));
}

#[test]
fn a_chip_that_is_pulled_out_is_told_in_bounds_and_found_again() {
    let sim = Mfrc522Sim::default();
    let mut reader = Mfrc522Reader::start(sim.clone()).unwrap();
    sim.set_absent(true);
    let Err(ReaderFault::Gone(why)) = reader.card_uid() else { panic!("it cannot be there") };
    assert!(why.contains("wires"), "{why}");
    let Err(ReaderFault::Gone(why)) = Mfrc522Reader::start(sim.clone()).map(|_| ()) else {
        panic!("nor now")
    };
    assert!(why.contains("nothing answers"), "{why}");
    sim.set_absent(false);
    sim.place(SimCard::new(&[4, 1, 2, 3]).unwrap());
    let mut reader = Mfrc522Reader::start(sim).unwrap();
    assert_eq!(reader.card_uid(), Ok(Some(vec![4, 1, 2, 3])));
}

#[test]
fn another_chip_is_named() {
    let sim = Mfrc522Sim::default();
    sim.set_version(0x15);
    let Err(fault) = Mfrc522Reader::start(sim.clone()).map(|_| ()) else { panic!("it is no MFRC522") };
    assert!(fault.to_string().contains("version 15"), "{fault}");
    // A common copy.
    sim.set_version(0x88);
    assert!(Mfrc522Reader::start(sim).is_ok());
}
