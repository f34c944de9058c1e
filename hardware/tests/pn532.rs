//! Student cards by the PN532, by an emulated one at the end of a line with a clock of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::time::Duration;

use hardware::board::Line;
use hardware::card::CardReader;
use hardware::card::pn532::{Pn532Reader, open};
use hardware::rfid::ReaderFault;
use hardware::sim::line::{LineDevice, Said, SimLine};
use hardware::sim::pn532::{Pn532Sim, Pn532Trouble};
use proptest::prelude::*;

type Reader = Pn532Reader<SimLine<Pn532Sim>>;

fn started() -> (Pn532Sim, SimLine<Pn532Sim>, Reader) {
    let sim = Pn532Sim::default();
    let line = sim.line();
    let reader = Pn532Reader::start(line.clone()).unwrap();
    (sim, line, reader)
}

fn gone<T>(outcome: Result<T, ReaderFault>) -> String {
    match outcome {
        Err(ReaderFault::Gone(why)) => why,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it cannot have worked"),
    }
}

#[test]
fn cards_of_every_length_are_read_at_every_look() {
    for uid in [&[0x04, 1, 2, 3][..], &[4, 1, 2, 3, 5, 6, 7], &[4, 1, 2, 3, 5, 6, 7, 8, 9, 10]] {
        let (sim, line, mut reader) = started();
        assert_eq!(reader.card_uid(), Ok(None));
        sim.place(uid);
        let began = line.now();
        for _ in 0..3 {
            assert_eq!(reader.card_uid(), Ok(Some(uid.to_vec())));
        }
        let took = (line.now() - began) / 3;
        assert!(took < Duration::from_millis(60), "a look took {took:?}");
        sim.take_all();
        assert_eq!(reader.card_uid(), Ok(None));
    }
}

#[test]
fn two_cards_are_nobodys() {
    let (sim, _, mut reader) = started();
    sim.place(&[4, 1, 2, 3]);
    sim.place(&[4, 1, 2, 3, 5, 6, 7]);
    assert_eq!(reader.card_uid(), Err(ReaderFault::Garbled));
}

#[test]
fn one_bad_answer_and_a_short_loss_of_power_are_mended() {
    for trouble in
        [Pn532Trouble::Deaf(1), Pn532Trouble::Mute(1), Pn532Trouble::Noise(1), Pn532Trouble::Refuses(1)]
    {
        let (sim, _, mut reader) = started();
        sim.place(&[4, 1, 2, 3]);
        sim.trouble(Some(trouble));
        assert_eq!(reader.card_uid(), Ok(Some(vec![4, 1, 2, 3])), "{trouble:?}");
    }
    let (sim, _, mut reader) = started();
    sim.power_cycle();
    sim.place(&[4, 1, 2, 3]);
    assert_eq!(reader.card_uid(), Ok(Some(vec![4, 1, 2, 3])));
    sim.power_cycle();
    sim.take_all();
    assert_eq!(reader.card_uid(), Ok(None), "a chip that forgot how often to try is told again");
}

#[test]
fn a_chip_that_fails_is_told_in_words_in_bounded_time() {
    let cases = [
        (Pn532Trouble::Dead, "its switches"),
        (Pn532Trouble::Mute(9), "does not answer it"),
        (Pn532Trouble::Noise(9), "is damaged"),
        (Pn532Trouble::Refuses(9), "is damaged"),
    ];
    for (trouble, words) in cases {
        let (sim, line, mut reader) = started();
        sim.trouble(Some(trouble));
        let began = line.now();
        let why = gone(reader.card_uid());
        assert!(why.contains(words), "{trouble:?}: {why}");
        let took = line.now() - began;
        assert!(took < Duration::from_secs(2), "{trouble:?} took {took:?}");
    }
    let sim = Pn532Sim::default();
    sim.set_chip(0x33);
    assert!(gone(Pn532Reader::start(sim.line())).contains("no PN532"));
    assert!(gone(open(Path::new("/dev/serial/by-id/usb-none"))).contains("is not there"));
}

#[test]
fn a_line_that_is_pulled_out_is_gone() {
    let (_, line, mut reader) = started();
    line.unplug();
    assert!(gone(reader.card_uid()).contains("the line is gone"));
}

/// Answers what it is asked with an acknowledgement and, over and over, one of these datas as a frame.
struct Anything {
    datas: Vec<Vec<u8>>,
    at: usize,
    /// The request's command is put where the answer's belongs, so that it is looked into.
    fitting: bool,
}

impl LineDevice for Anything {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Said> {
        // The first piece of a request ends with its length's check; the second one begins with D4 and the command.
        let [0xD4, command, ..] = *bytes else { return Vec::new() };
        let mut data = self.datas[self.at % self.datas.len()].clone();
        self.at += 1;
        if self.fitting {
            data.splice(..data.len().min(2), [0xD5, command.wrapping_add(1)]);
        }
        let length = u8::try_from(data.len()).unwrap();
        let sum = data.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        let ack = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];
        let head = [0x00, 0x00, 0xFF, length, length.wrapping_neg()];
        let frame = [&ack[..], &head, &data, &[sum.wrapping_neg(), 0x00]].concat();
        vec![Said { after: Duration::ZERO, bytes: frame }]
    }
}

proptest! {
    #[test]
    fn whatever_is_answered_gives_a_value_or_a_fault_in_time(
        datas in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..=255), 1..6),
        fitting: bool,
    ) {
        // Set up as a PN532 answers, so that the look is reached.
        let mut answers = vec![vec![0, 0]; 3];
        answers.push(vec![0, 0, 0x32, 1, 6, 7]);
        answers.extend(datas);
        let line = SimLine::new(Anything { datas: answers, at: 0, fitting }, Duration::from_micros(87));
        if let Ok(mut reader) = Pn532Reader::start(line.clone()) {
            for _ in 0..3 {
                let began = line.now();
                let _ = reader.card_uid();
                prop_assert!(line.now() - began < Duration::from_secs(2));
            }
        }
    }
}
