//! The pad: a whole set, read once, from the emulated chip; and its thread, over the socket.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use hardware::rfid::pad::{GateOrder, Pad, PadConfig, PadEvent, PadKind, PadState, start};
use hardware::rfid::pn5180::Pn5180;
use hardware::rfid::tag::write::{DSFID_PART_3, Layout, NewTag, encode};
use hardware::rfid::tag::{TagProfile, TagText};
use hardware::rfid::{ReaderFault, TagReader, Uid};
use hardware::sim::pn5180::{Pn5180Sim, SimTag};

fn memory(id: &str, usage: u8, parts_in_item: u8, part_number: u8) -> Vec<u8> {
    let tag = NewTag {
        primary_item_id: TagText::new(id).unwrap(),
        owner_isil: TagText::new("KZ-ALA12"),
        type_of_usage: usage,
        parts_in_item,
        part_number,
    };
    encode(&tag, Layout::Part3).unwrap()
}

fn uid(number: u8) -> Uid {
    Uid::from_written([0xE0, 4, 1, 0x50, 0, number.wrapping_mul(37), number.wrapping_mul(91), number])
}

fn tag(number: u8, memory: &[u8]) -> SimTag {
    let mut tag = SimTag::new(uid(number), memory);
    tag.dsfid = DSFID_PART_3;
    tag
}

/// Looks until something is told or the pad is at rest.
fn told(pad: &mut Pad, reader: &mut impl TagReader) -> Option<PadState> {
    (0..12).find_map(|_| pad.look(reader).unwrap())
}

fn ids(state: &PadState) -> Vec<&str> {
    state.items.iter().map(|item| item.id.as_str()).collect()
}

#[test]
fn a_stack_is_read_once_and_an_unchanged_pad_not_again() {
    let sim = Pn5180Sim::new(3);
    let (spi, busy, reset, delay) = sim.wires();
    let (mut reader, mut pad) = (Pn5180::new(spi, busy, reset, delay), Pad::new(TagProfile::default()));
    for number in 1..=20 {
        sim.place(tag(number, &memory(&format!("B{number:05}"), 1, 1, 1)));
    }
    assert_eq!(told(&mut pad, &mut reader).unwrap().items.len(), 20);
    let reads = sim.counts().reads;
    assert_eq!(reads, 20);
    assert_eq!(told(&mut pad, &mut reader), None);
    assert_eq!(sim.counts().reads, reads);
    sim.take(uid(7));
    let state = told(&mut pad, &mut reader).unwrap();
    assert_eq!(state.items.len(), 19);
    assert!(!ids(&state).contains(&"B00007"));
    assert_eq!(sim.counts().reads, reads);
    // Laid down again, it may have been written anew meanwhile.
    sim.place(tag(7, &memory("B00099", 1, 1, 1)));
    assert_eq!(ids(&told(&mut pad, &mut reader).unwrap()).last(), Some(&"B00099"));
    assert_eq!(sim.counts().reads, reads + 1);
}

#[test]
fn an_item_of_parts_is_whole_with_all_of_them() {
    let sim = Pn5180Sim::new(3);
    let (spi, busy, reset, delay) = sim.wires();
    let (mut reader, mut pad) = (Pn5180::new(spi, busy, reset, delay), Pad::new(TagProfile::default()));
    sim.place(tag(1, &memory("ATLAS", 1, 3, 1)));
    sim.place(tag(2, &memory("ATLAS", 1, 3, 3)));
    sim.place(tag(3, &memory("B00001", 1, 1, 1)));
    let state = told(&mut pad, &mut reader).unwrap();
    let missing: Vec<(&str, u8)> =
        state.items.iter().map(|item| (item.id.as_str(), item.parts_missing)).collect();
    assert!(missing.contains(&("ATLAS", 1)) && missing.contains(&("B00001", 0)), "{missing:?}");
    sim.place(tag(4, &memory("ATLAS", 1, 3, 2)));
    let state = told(&mut pad, &mut reader).unwrap();
    assert!(state.items.iter().all(|item| item.parts_missing == 0));
    assert_eq!(state.items.iter().find(|item| item.id.as_str() == "ATLAS").unwrap().tags.len(), 3);
}

#[test]
fn cards_are_no_items_and_strange_tags_are_counted() {
    let sim = Pn5180Sim::new(3);
    let (spi, busy, reset, delay) = sim.wires();
    let (mut reader, mut pad) = (Pn5180::new(spi, busy, reset, delay), Pad::new(TagProfile::default()));
    sim.place(tag(1, &memory("23529000035676", 8, 1, 1)));
    sim.place(tag(2, &[]));
    sim.place(tag(3, &[0xE1, 0x40, 0x1C, 0x00, 0x03]));
    let mut garbled = tag(4, &memory("B00001", 1, 1, 1));
    garbled.memory[5] ^= 1;
    sim.place(garbled);
    let state = told(&mut pad, &mut reader).unwrap();
    assert_eq!((state.items.len(), state.unknown), (0, 3));
    assert_eq!(state.cards.iter().map(TagText::as_str).collect::<Vec<_>>(), ["23529000035676"]);
    assert!(!format!("{state:?}").contains("2352"), "numbers are not shown");
}

struct Bench(BufReader<UnixStream>);

impl Bench {
    fn open(path: &Path) -> Self {
        Self(BufReader::new(UnixStream::connect(path).unwrap()))
    }

    fn say(&mut self, line: &str) -> String {
        self.0.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut answer = String::new();
        self.0.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }

    fn place(&mut self, number: u8, memory: &[u8]) {
        let hex: String = memory.iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(self.say(&format!("place {} 3E 07 {hex}", uid(number))), "ok");
    }
}

fn next(events: &Receiver<PadEvent>) -> PadEvent {
    events.recv_timeout(Duration::from_secs(10)).unwrap()
}

#[test]
fn a_pad_is_served_by_its_thread_pulled_out_and_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pad.sock");
    let config = PadConfig { name: "counter".into(), kind: PadKind::Simulated { path: path.clone() } };
    let (sender, events) = sync_channel(8);
    let pads = start(std::slice::from_ref(&config), &TagProfile::default(), &sender).unwrap();
    let PadEvent::Lying { state, .. } = next(&events) else { panic!("the beginning is told") };
    assert_eq!(state, PadState::default());
    let mut bench = Bench::open(&path);
    bench.place(1, &memory("B00001", 1, 1, 1));
    let PadEvent::Lying { state, .. } = next(&events) else { panic!("a book lies there") };
    assert_eq!(ids(&state), ["B00001"]);
    let order = GateOrder { number: 7, tags: state.items[0].tags.clone(), afi: 0xC2, eas: None };
    assert!(pads.order(&config.name, order.clone()));
    assert!(matches!(next(&events), PadEvent::Gate { number: 7, outcome: Ok(()), .. }));
    assert!(bench.say(&format!("show {}", uid(1))).starts_with("C2 "));
    bench.say(&format!("take {}", uid(1)));
    let PadEvent::Lying { state, .. } = next(&events) else { panic!("it was taken") };
    assert_eq!(state, PadState::default());
    assert!(pads.order(&config.name, order));
    assert!(matches!(next(&events), PadEvent::Gate { outcome: Err(ReaderFault::NoAnswer), .. }));
    bench.say("unplug");
    assert!(matches!(next(&events), PadEvent::Gone { .. }));
    bench.say("plug");
    assert!(matches!(next(&events), PadEvent::Back { .. }));
    assert!(matches!(next(&events), PadEvent::Lying { state, .. } if state == PadState::default()));
    bench.place(1, &memory("B00001", 1, 1, 1));
    assert!(matches!(next(&events), PadEvent::Lying { .. }));
    assert!(bench.say("place nothing").starts_with("error: place UID"));
    drop(pads);
    assert!(!path.exists());
}
