//! The serial desk reader, by an emulated one at the end of a line with a clock of its own; and recorded frames.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io;
use std::path::Path;
use std::time::Duration;

use hardware::board::Line;
use hardware::rfid::pad::Pad;
use hardware::rfid::rl866::{Rl866, open};
use hardware::rfid::tag::write::{DSFID_PART_3, Layout, NewTag, encode};
use hardware::rfid::tag::{TagProfile, TagText};
use hardware::rfid::{ReaderFault, TagReader, Uid};
use hardware::sim::line::{LineDevice, Said, SimLine};
use hardware::sim::pn5180::SimTag;
use hardware::sim::rl866::{Rl866Sim, Rl866Trouble};
use proptest::prelude::*;
use serde_json::Value;

type Reader = Rl866<SimLine<Rl866Sim>>;

fn uid(number: u8) -> Uid {
    Uid::from_written([0xE0, 0x04, 0x01, 0x00, 0x3F, 0x38, 0x27, number])
}

fn tag(number: u8) -> SimTag {
    let mut tag = SimTag::new(uid(number), &(0..112).map(|byte| byte ^ number).collect::<Vec<_>>());
    (tag.dsfid, tag.afi) = (0x3E, 0x07);
    tag
}

fn with_tags(numbers: std::ops::Range<u8>) -> (Rl866Sim, SimLine<Rl866Sim>, Reader) {
    let sim = Rl866Sim::default();
    numbers.for_each(|number| sim.place(tag(number)));
    let line = sim.line();
    let reader = Rl866::start(line.clone()).unwrap();
    (sim, line, reader)
}

fn uids(reader: &mut Reader) -> Result<Vec<Uid>, ReaderFault> {
    Ok(reader.inventory()?.into_iter().map(|seen| seen.uid).collect())
}

fn gone<T>(outcome: Result<T, ReaderFault>) -> String {
    match outcome {
        Err(ReaderFault::Gone(why)) => why,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it cannot have worked"),
    }
}

#[test]
fn a_stack_is_found_whole_read_and_written() {
    for count in [0, 1, 18, 19, 20, 40] {
        let (_, _, mut reader) = with_tags(0..count);
        assert_eq!(uids(&mut reader).unwrap(), (0..count).map(uid).collect::<Vec<_>>());
    }
    let (_, _, mut reader) = with_tags(0..65);
    assert_eq!(reader.inventory(), Err(ReaderFault::TooMany { limit: 64 }));
    let (sim, _, mut reader) = with_tags(0..3);
    assert!(reader.inventory().unwrap().iter().all(|seen| seen.dsfid == 0x3E));
    let info = reader.system_info(uid(2)).unwrap();
    assert_eq!(
        (info.dsfid, info.afi, info.blocks, info.block_bytes),
        (Some(0x3E), Some(0x07), Some(28), Some(4))
    );
    assert_eq!(reader.read_blocks(uid(2), 0, 28).unwrap(), tag(2).memory);
    assert_eq!(reader.read_blocks(uid(2), 26, 2).unwrap(), tag(2).memory[104..]);
    assert_eq!(reader.read_blocks(uid(2), 26, 3), Err(ReaderFault::Refused { code: 0x10 }));
    reader.write_block(uid(1), 27, &[1, 2, 3, 4]).unwrap();
    reader.write_afi(uid(1), 0xC2).unwrap();
    let written = sim.take(uid(1)).unwrap();
    assert_eq!((written.afi, &written.memory[108..]), (0xC2, &[1, 2, 3, 4][..]));
    assert_eq!(sim.take(uid(2)).unwrap().afi, 0x07);
}

#[test]
fn a_second_look_at_an_unchanged_field_is_one_question() {
    let (sim, line, mut reader) = with_tags(0..5);
    reader.inventory().unwrap();
    let (questions, began) = (sim.questions(), line.now());
    assert_eq!(reader.inventory().unwrap().len(), 5);
    assert_eq!(sim.questions() - questions, 1);
    let took = line.now() - began;
    assert!(took < Duration::from_millis(200), "a look took {took:?}");
    assert_eq!(reader.inventory_beside(&[uid(0), uid(1)]).unwrap().len(), 3);
}

#[test]
fn a_stack_on_the_pad_is_told_whole_and_soon() {
    let (sim, line, mut reader) = with_tags(0..0);
    let book = |number: u8| {
        let tag = NewTag {
            primary_item_id: TagText::new(&format!("B{number:05}")).unwrap(),
            owner_isil: TagText::new("KZ-ALA12"),
            type_of_usage: 1,
            parts_in_item: 1,
            part_number: 1,
        };
        let mut tag = SimTag::new(uid(number), &encode(&tag, Layout::Part3).unwrap());
        tag.dsfid = DSFID_PART_3;
        tag
    };
    (0..10).for_each(|number| sim.place(book(number)));
    // One of them does not say what it is; its data does.
    sim.say_nothing_of(uid(4));
    let mut pad = Pad::new(TagProfile::default());
    let began = line.now();
    let state = (0..12).find_map(|_| pad.look(&mut reader).unwrap()).unwrap();
    let took = line.now() - began;
    assert_eq!((state.items.len(), state.unknown), (10, 0));
    assert!(took < Duration::from_millis(2_500), "ten books took {took:?}");
}

#[test]
fn what_cannot_be_written_is_told() {
    let (sim, _, mut reader) = with_tags(0..0);
    let (mut locked, mut worn) = (tag(1), tag(2));
    (locked.locked, worn.worn) = (true, true);
    sim.place(locked);
    sim.place(worn);
    assert_eq!(reader.write_afi(uid(1), 0xC2), Err(ReaderFault::Refused { code: 0x12 }));
    assert_eq!(reader.write_afi(uid(2), 0xC2), Err(ReaderFault::NotWritten));
    assert_eq!(reader.write_block(uid(2), 0, &[9; 4]), Err(ReaderFault::NotWritten));
    assert_eq!(reader.write_afi(uid(3), 0xC2), Err(ReaderFault::NoAnswer), "a tag that does not lie there");
    assert!(matches!(reader.write_block(uid(1), 0, &[]), Err(ReaderFault::Impossible(_))));
}

#[test]
fn a_tag_that_leaves_at_any_question_is_told() {
    // Connect, write, read back; letting go comes after what is told.
    for questions in 0..5 {
        let (sim, _, mut reader) = with_tags(0..1);
        reader.inventory().unwrap();
        sim.leave_after(questions);
        let expected = if questions < 3 { Err(ReaderFault::NoAnswer) } else { Ok(()) };
        assert_eq!(reader.write_afi(uid(0), 0xC2), expected, "after {questions}");
        assert_eq!(uids(&mut reader).map(|seen| seen.len()), Ok(usize::from(questions > 4)));
    }
}

#[test]
fn a_tag_that_does_not_say_what_it_is_hides_nobody_and_is_read() {
    let (sim, _, mut reader) = with_tags(0..3);
    sim.say_nothing_of(uid(1));
    let seen = reader.inventory().unwrap();
    assert_eq!(seen.iter().map(|seen| seen.dsfid).collect::<Vec<_>>(), [0x3E, 0, 0x3E]);
    let questions = sim.questions();
    assert_eq!(reader.inventory().unwrap(), seen);
    assert_eq!(sim.questions() - questions, 1, "it is asked once");
    assert_eq!(reader.read_blocks(uid(1), 0, 28).unwrap(), tag(1).memory);
    assert_eq!(reader.system_info(uid(1)), Err(ReaderFault::Refused { code: 0x0F }));
}

#[test]
fn a_stack_of_three_is_never_two() {
    let (sim, _, mut reader) = with_tags(0..3);
    for trouble in [Rl866Trouble::Loses, Rl866Trouble::Doubles] {
        sim.trouble(Some(trouble));
        assert_eq!(uids(&mut reader), Err(ReaderFault::Garbled), "{trouble:?}");
    }
    sim.trouble(Some(Rl866Trouble::Chains));
    assert!(
        matches!(uids(&mut reader), Err(ReaderFault::Impossible(why)) if why.contains("take some books"))
    );
    sim.trouble(None);
    assert_eq!(uids(&mut reader).map(|seen| seen.len()), Ok(3));
}

#[test]
fn one_bad_answer_at_any_question_is_asked_for_again() {
    for trouble in
        [Rl866Trouble::Deaf(1), Rl866Trouble::Noise(1), Rl866Trouble::Late(1), Rl866Trouble::Forgets(1)]
    {
        let (sim, _, mut reader) = with_tags(0..2);
        sim.trouble(Some(trouble));
        assert_eq!(uids(&mut reader), Ok(vec![uid(0), uid(1)]), "{trouble:?}");
        sim.trouble(Some(trouble));
        assert_eq!(reader.read_blocks(uid(1), 0, 4).as_deref(), Ok(&tag(1).memory[..16]), "{trouble:?}");
        sim.trouble(Some(trouble));
        assert_eq!(reader.write_afi(uid(1), 0xC2), Ok(()), "{trouble:?}");
        assert_eq!(sim.take(uid(1)).unwrap().afi, 0xC2);
    }
}

proptest! {
    #[test]
    fn a_late_answer_is_never_anothers(which in prop::collection::vec(any::<u16>(), 1..4)) {
        let (sim, _, mut reader) = with_tags(0..2);
        reader.inventory().unwrap();
        for which in which {
            sim.trouble(Some(Rl866Trouble::Late(which.into())));
            // Also a reader that was told gone may be asked again.
            for number in [0, 1, 0, 1] {
                if let Ok(bytes) = reader.read_blocks(uid(number), 0, 4) {
                    prop_assert_eq!(&bytes, &tag(number).memory[..16]);
                }
            }
        }
    }
}

#[test]
fn a_reader_that_is_dead_unplugged_or_not_there_is_gone_in_bounded_time() {
    let (sim, line, mut reader) = with_tags(0..1);
    for (trouble, words) in
        [(Rl866Trouble::Dead, "check its cable"), (Rl866Trouble::Deaf(9), "unplug it and plug it in")]
    {
        sim.trouble(Some(trouble));
        let began = line.now();
        let why = gone(reader.inventory());
        assert!(why.contains(words), "{why}");
        let took = line.now() - began;
        assert!(took < Duration::from_secs(5), "{trouble:?} took {took:?}");
    }
    sim.trouble(None);
    assert_eq!(uids(&mut reader), Ok(vec![uid(0)]), "it is back on the same line");
    line.unplug();
    assert!(gone(reader.inventory()).contains("the line is gone"));
    assert!(gone(open(Path::new("/dev/serial/by-id/usb-none"))).contains("is not there"));
}

/// Answers each command with a frame that was recorded; a frame is asked for by its fifth byte.
struct Recorded(Vec<Vec<u8>>);

impl LineDevice for Recorded {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Said> {
        // Questions come in pieces; the first has the command.
        let answers = self.0.iter().filter(|answer| match bytes {
            [0xFA, 0x05, _, 0xC0, ..] => answer[3] == 0xE0,
            [0xFA, _, _, _, command, ..] => answer[3] & 0x80 == 0 && answer[4] == *command,
            _ => false,
        });
        answers.map(|answer| Said { after: Duration::ZERO, bytes: answer.clone() }).collect()
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The reader on a line whose frames were recorded on a real one (sources: docs/rl866.md), and this answer to an inventory.
fn recorded(inventory: Vec<u8>) -> Rl866<SimLine<Recorded>> {
    let frames = [
        "FA0501E058FE",
        "FA080100330000A64B",
        "FA090140320000 01B293",
        "FA1A0140340000110A00010FA727383F000104E000001B030120E7",
    ];
    let mut frames: Vec<Vec<u8>> = frames.iter().map(|frame| hex(&frame.replace(' ', ""))).collect();
    frames.push(inventory);
    Rl866::start(SimLine::new(Recorded(frames), Duration::from_micros(286))).unwrap()
}

fn vectors() -> impl Iterator<Item = Value> {
    let all = include_str!("vectors/rfid.jsonl").lines().map(serde_json::from_str::<Value>);
    all.map(Result::unwrap)
}

#[test]
fn every_recorded_inventory_is_understood() {
    let mut answered = 0;
    for vector in vectors().filter(|vector| vector["model"] == "rl866-frame") {
        let mut reader = recorded(hex(vector["hex"].as_str().unwrap()));
        let mut seen: Vec<String> =
            reader.inventory().unwrap().iter().map(|seen| seen.uid.to_string()).collect();
        let mut expected: Vec<&str> =
            vector["expected"]["uids"].as_array().unwrap().iter().map(|uid| uid.as_str().unwrap()).collect();
        seen.sort();
        expected.sort_unstable();
        assert_eq!(seen, expected, "{}", vector["id"]);
        answered += 1;
    }
    assert_eq!(answered, 1);
}

#[test]
fn the_recorded_system_information_is_understood() {
    let inventory = vectors().find(|vector| vector["id"] == "rl866-inventory-3").unwrap();
    let vector = vectors().find(|vector| vector["id"] == "sysinfo-rl866").unwrap();
    let mut reader = recorded(hex(inventory["hex"].as_str().unwrap()));
    let expected = &vector["expected"];
    let uid: Uid = expected["uid"].as_str().unwrap().parse().unwrap();
    let info = reader.system_info(uid).unwrap();
    let told =
        [info.dsfid.map(u16::from), info.afi.map(u16::from), info.blocks, info.block_bytes.map(u16::from)];
    let wanted = ["dsfid", "afi", "blocks", "block_size"].map(|field| expected[field].as_u64().unwrap());
    assert_eq!(told.map(|value| u64::from(value.unwrap())), wanted);
    assert_eq!(info.ic_ref.map(u64::from), expected["ic_ref"].as_u64());
    // The other two tags of that stack did not say that: it is not taken for theirs.
    let seen = reader.inventory().unwrap();
    let other = seen.iter().find(|seen| seen.uid != uid).unwrap().uid;
    assert_eq!(reader.system_info(other), Err(ReaderFault::Nonsense));
}

/// A line that fails at once.
struct Broken;

impl Line for Broken {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn forget(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn say(&mut self, _: &[u8], _: Duration) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn heard(&mut self, _: Duration) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

#[test]
fn a_line_that_takes_nothing_is_gone() {
    assert!(gone(Rl866::start(Broken)).contains("the line is gone"));
}
