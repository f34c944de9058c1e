//! The real program with a pad: tags dropped on it, a card, loans, and what the gate is told.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use desk::{PadCount, Screen, Touch, View};
use exchange::{Act, RefusalKind};
use hardware::rfid::Uid;
use hardware::rfid::tag::TagText;
use hardware::rfid::tag::write::{Layout, NewTag, encode};
use station::bench::kiosk::Kiosk;
use station::bench::school;
use station::clock::system_wall_s;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{Station, idle, visit};

const PAD: &str = "[[pads]]\nname = \"counter pad\"\nkind = \"simulated\"\npath = \"pad.sock\"\n";

fn station() -> Station {
    let station = Station::new(PAD);
    school::fill(&station.data(), system_wall_s()).unwrap();
    station
}

/// The other end of the emulated pad.
struct Bench(BufReader<UnixStream>);

impl Bench {
    fn open(station: &Station) -> Bench {
        Bench(BufReader::new(UnixStream::connect(station.path("pad.sock")).unwrap()))
    }

    fn say(&mut self, line: &str) -> String {
        self.0.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut answer = String::new();
        self.0.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }

    fn lay(&mut self, number: u32, parts_in_item: u8, part_number: u8) {
        let tag = NewTag {
            primary_item_id: TagText::new(&school::label(number)).unwrap(),
            owner_isil: None,
            type_of_usage: 1,
            parts_in_item,
            part_number,
        };
        let memory = encode(&tag, Layout::Part3).unwrap();
        let hex: String = memory.iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(self.say(&format!("place {} 3E 07 {hex}", uid(number, part_number))), "ok");
    }

    fn lift(&mut self, number: u32) {
        assert_eq!(self.say(&format!("take {}", uid(number, 1))), "ok");
    }

    fn afi(&mut self, number: u32) -> String {
        let shown = self.say(&format!("show {}", uid(number, 1)));
        shown.split(' ').next().unwrap().to_owned()
    }

    /// Waits until the gate would let the book pass, or not.
    fn wait_for_afi(&mut self, number: u32, afi: &str) {
        let end = Instant::now() + Duration::from_secs(10);
        while self.afi(number) != afi {
            assert!(Instant::now() < end, "the tag says {}, not {afi}", self.afi(number));
            std::thread::yield_now();
        }
    }
}

fn uid(number: u32, part: u8) -> Uid {
    let [.., a, b] = number.to_be_bytes();
    Uid::from_written([0xE0, 4, 1, 0x50, part, a, b, b.wrapping_mul(29)])
}

fn wait(kiosk: &mut Kiosk, want: impl Fn(&View) -> bool) -> View {
    loop {
        if let Some(frame) = kiosk.frame().filter(|frame| want(&frame.view)) {
            return frame.view.clone();
        }
        kiosk.next_frame().unwrap();
    }
}

#[test]
fn a_stack_is_lent_in_one_act_and_the_gate_lets_it_pass() {
    let station = station();
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    let mut bench = Bench::open(&station);
    for number in 1..=4 {
        bench.lay(number, 1, 1);
    }
    kiosk.wait(|screen| matches!(screen, Screen::Identify { kept, .. } if kept.len() == 4)).unwrap();
    kiosk.scan(&school::card(1)).unwrap();
    let view = wait(&mut kiosk, |view| visit(4)(&view.screen));
    assert_eq!(view.pad.map(|pad| (pad.lying, pad.open)), Some((4, 0)));
    for number in 1..=4 {
        bench.wait_for_afi(number, "C2");
    }
    // A wrong book is taken back, and belongs into the building again.
    kiosk.touch(Touch::Undo(0)).unwrap();
    let view = wait(&mut kiosk, |view| visit(3)(&view.screen));
    assert_eq!(view.pad.map(|pad| pad.open), Some(1), "the difference is said before Finish");
    let kept: Vec<u32> = (1..=4).filter(|number| bench.afi(*number) == "C2").collect();
    assert!(kept.len() >= 3);
    kiosk.touch(Touch::Finish).unwrap();
    kiosk.wait(|screen| matches!(screen, Screen::Finished { lent: 3, .. })).unwrap();
    kiosk.stop().unwrap();
    assert!(!station.path("pad.sock").exists());
    assert_eq!(station.lent().len(), 4);
    let stamps: Vec<_> = station.events().into_iter().skip(1).take(4).map(|event| event.at).collect();
    assert!(stamps.iter().all(|at| *at == stamps[0]), "one act, one stamp");
}

#[test]
fn a_tag_that_could_not_be_told_is_said_and_tried_again_by_itself() {
    let station = station();
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    let mut bench = Bench::open(&station);
    bench.lay(1, 1, 1);
    assert_eq!(bench.say(&format!("lock {}", uid(1, 1))), "ok");
    kiosk.wait(|screen| matches!(screen, Screen::Identify { kept, .. } if kept.len() == 1)).unwrap();
    kiosk.scan(&school::card(1)).unwrap();
    wait(&mut kiosk, |view| view.pad.is_some_and(|pad| pad.gate_failed == 1));
    assert!(kiosk.frame().is_some_and(|frame| visit(1)(&frame.view.screen)), "the loan stays");
    assert_eq!(bench.afi(1), "07");
    assert_eq!(bench.say(&format!("unlock {}", uid(1, 1))), "ok");
    bench.wait_for_afi(1, "C2");
    wait(&mut kiosk, |view| view.pad.is_some_and(|pad| pad.gate_failed == 0));
    kiosk.stop().unwrap();
    assert_eq!(station.lent().len(), 1);
}

#[test]
fn a_site_whose_gate_looks_at_eas_has_it_written_too() {
    let station = Station::new(&format!("{PAD}[tag]\neas = true\n"));
    school::fill(&station.data(), system_wall_s()).unwrap();
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    let mut bench = Bench::open(&station);
    let rings = |bench: &mut Bench| bench.say(&format!("show {}", uid(1, 1))).ends_with(" eas");
    kiosk.touch(Touch::ReturnBooks).unwrap();
    kiosk.wait(|screen| matches!(screen, Screen::Returns { .. })).unwrap();
    bench.lay(1, 1, 1);
    kiosk.wait(|screen| matches!(screen, Screen::Returns { rows, .. } if rows.len() == 1)).unwrap();
    let end = Instant::now() + Duration::from_secs(10);
    while !rings(&mut bench) {
        assert!(Instant::now() < end, "what is back belongs into the building");
        std::thread::yield_now();
    }
    kiosk.touch(Touch::Finish).unwrap();
    bench.lift(1);
    kiosk.scan(&school::card(1)).unwrap();
    wait(&mut kiosk, |view| visit(0)(&view.screen) && view.pad.is_none_or(|pad| pad.lying == 0));
    bench.lay(1, 1, 1);
    wait(&mut kiosk, |view| visit(1)(&view.screen));
    bench.wait_for_afi(1, "C2");
    let end = Instant::now() + Duration::from_secs(10);
    while rings(&mut bench) {
        assert!(Instant::now() < end, "what is lent may leave");
        std::thread::yield_now();
    }
    kiosk.stop().unwrap();
}

#[test]
fn what_the_gate_must_be_told_outlives_a_power_cut() {
    let station = station();
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    let mut bench = Bench::open(&station);
    bench.lay(7, 1, 1);
    kiosk.wait(|screen| matches!(screen, Screen::Identify { .. })).unwrap();
    // The reader dies between the loan and the tag, and then so does the station.
    bench.say("unplug");
    wait(&mut kiosk, |view| view.pad.is_some_and(|pad| pad.gone));
    kiosk.scan(&school::card(1)).unwrap();
    wait(&mut kiosk, |view| visit(1)(&view.screen));
    kiosk.kill().unwrap();

    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    let mut bench = Bench::open(&station);
    bench.lay(7, 1, 1);
    bench.wait_for_afi(7, "C2");
    kiosk.stop().unwrap();
    assert_eq!(station.lent().len(), 1);
}

#[test]
fn a_set_waits_for_its_parts_and_a_strange_tag_is_counted() {
    let station = station();
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    kiosk.scan(&school::card(1)).unwrap();
    kiosk.wait(visit(0)).unwrap();
    let mut bench = Bench::open(&station);
    bench.lay(9, 2, 1);
    let view = wait(&mut kiosk, |view| view.pad.is_some());
    assert!(visit(0)(&view.screen));
    let expected = PadCount { lying: 1, open: 0, incomplete: 1, unknown: 0, gate_failed: 0, gone: false };
    assert_eq!(view.pad, Some(expected));
    bench.lay(9, 2, 2);
    let view = wait(&mut kiosk, |view| visit(1)(&view.screen));
    assert_eq!(view.pad.map(|pad| (pad.lying, pad.open, pad.incomplete)), Some((1, 0, 0)));
    bench.wait_for_afi(9, "C2");
    assert_eq!(bench.say("place E0040150AAAAAAAA 00 00 E1401C00"), "ok");
    wait(&mut kiosk, |view| view.pad.is_some_and(|pad| pad.unknown == 1));
    kiosk.stop().unwrap();
    assert!(!station.log().contains(&school::label(9)), "no number in a log");
}

#[test]
fn a_pad_pulled_out_in_mid_visit_is_said_and_comes_back_by_itself() {
    let station = station();
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    kiosk.scan(&school::card(1)).unwrap();
    kiosk.wait(visit(0)).unwrap();
    let mut bench = Bench::open(&station);
    bench.lay(3, 1, 1);
    wait(&mut kiosk, |view| visit(1)(&view.screen));
    bench.wait_for_afi(3, "C2");
    bench.say("unplug");
    let began = Instant::now();
    let view = wait(&mut kiosk, |view| view.pad.is_some_and(|pad| pad.gone));
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(visit(1)(&view.screen), "the loan stays, the visit goes on");
    kiosk.scan(&school::label(4)).unwrap();
    wait(&mut kiosk, |view| visit(2)(&view.screen));
    bench.say("plug");
    let view = wait(&mut kiosk, |view| view.pad.is_some_and(|pad| !pad.gone));
    assert!(visit(2)(&view.screen));
    bench.lift(3);
    wait(&mut kiosk, |view| view.pad.is_none());
    kiosk.stop().unwrap();
    assert_eq!(station.lent().len(), 2);
}

#[test]
fn the_doctor_says_what_is_there_and_reads_a_test_tag() {
    let station = Station::new(PAD);
    let mut command = Command::new(env!("CARGO_BIN_EXE_oqyrman"));
    command.args(["doctor", "readers", "--json", "--seconds", "20", "--config"]).arg(&station.config);
    let doctor = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let connect = |name: &str| loop {
        if let Ok(stream) = UnixStream::connect(station.path(name)) {
            break stream;
        }
        std::thread::yield_now();
    };
    let (mut scanner, pad) = (connect("scan.sock"), connect("pad.sock"));
    Bench(BufReader::new(pad)).lay(1, 1, 1);
    scanner.write_all(format!("{}\n", school::label(1)).as_bytes()).unwrap();
    let output = doctor.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches("\"status\":\"read\"").count(), 2, "{said}");
    assert!(said.contains("1 item(s)") && said.contains("a label: 14 characters"), "{said}");

    let gone = Station::new(
        "[[readers]]\nname = \"lost\"\nkind = \"serial\"\npath = \"/dev/serial/by-id/none\"\n\
         [[pads]]\nname = \"desk\"\nkind = \"rl866\"\npath = \"/dev/serial/by-id/tags\"\n\
         [[pads]]\nname = \"card\"\nkind = \"pn532\"\npath = \"/dev/serial/by-id/cards\"\n",
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_oqyrman"));
    let output =
        command.args(["doctor", "readers", "--seconds", "1", "--config"]).arg(&gone.config).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("FAIL  lost (serial line /dev/serial/by-id/none, 9600 baud): "), "{said}");
    for line in [
        "desk (RL866 on serial line /dev/serial/by-id/tags)",
        "card (PN532 on serial line /dev/serial/by-id/cards)",
    ] {
        assert!(said.contains(&format!("FAIL  {line}: /dev/serial/by-id/")), "{said}");
    }
    assert_eq!(said.matches("is not there; plug the reader in").count(), 3, "{said}");
}

#[test]
fn a_student_card_on_the_pad_begins_a_visit_and_a_phone_does_not() {
    // The list's card numbers are what this form makes of the invented UID.
    let station = Station::new(&format!("[cards]\nform = \"decimal-reversed-10\"\n{PAD}"));
    school::fill(&station.data(), system_wall_s()).unwrap();
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    let mut bench = Bench::open(&station);
    assert_eq!(bench.say("card 08112233"), "ok");
    kiosk.wait(|screen| matches!(screen, Screen::Refused { .. })).unwrap();
    kiosk.touch(Touch::Back).unwrap();
    kiosk.wait(idle).unwrap();
    assert_eq!(bench.say("card 04A1B2C3"), "ok");
    kiosk.wait(|screen| matches!(screen, Screen::Refused { .. })).unwrap();
    kiosk.stop().unwrap();
    let refused = station
        .events()
        .into_iter()
        .any(|event| matches!(event.act, Act::Refused { reason: RefusalKind::UnknownCard, .. }));
    assert!(refused, "it was looked up as a card");
    assert!(!station.log().contains("3283263748"), "no number in a log");
}
