//! The real program with real sockets: what it says yes to is in the journal, and nothing from outside upsets it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use desk::ipc::{Decoder, Frame, Tap};
use desk::{RowAct, Screen, Touch};
use exchange::{Act, RefusalKind};
use rustix::process::{Resource, Rlimit, getrlimit, prlimit};
use station::bench::kiosk::Kiosk;
use station::bench::{process, school};
use station::status::Status;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::Duration;
use support::{Station, borrow, idle, lent, visit};

#[test]
fn a_card_and_a_book_are_a_loan() {
    let station = Station::with_school();
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    kiosk.scan(&school::card(1)).unwrap();
    kiosk.wait(visit(0)).unwrap();
    kiosk.scan(&school::label(7)).unwrap();
    let view = kiosk.wait(visit(1)).unwrap();
    let Screen::Visit { given, rows, room, on_loan, .. } = &view.screen else { panic!() };
    assert_eq!((given, *room, *on_loan), (&school::name(1).0, school::MAX_LOANS - 1, 1));
    let RowAct::Lent { due } = rows[0].act else { panic!("{rows:?}") };
    kiosk.touch(Touch::Finish).unwrap();
    kiosk.wait(|screen| matches!(screen, Screen::Finished { lent: 1, .. })).unwrap();
    kiosk.stop().unwrap();

    let events = station.events();
    assert!(matches!(events[0].act, Act::StationStarted { .. }));
    let Act::CheckedOut { patron, item, due: written } = &events[1].act else { panic!("{events:?}") };
    assert_eq!((patron.0, item.as_str(), *written), (1, school::label(7).as_str(), due));
    assert_eq!(events.len(), 2);

    let status = Status::read(&station.data()).unwrap();
    assert_eq!((status.running, status.events, status.staff.loans), (false, 2, 1));
    assert!(!station.path("screen.sock").exists() && !station.path("scan.sock").exists());
}

#[test]
fn a_yes_outlives_kill_9() {
    let station = Station::with_school();
    for visit in 0..3 {
        let mut kiosk = station.start();
        borrow(&mut kiosk, visit + 1, visit * 2 + 1..=visit * 2 + 2);
        kiosk.kill().unwrap();
    }
    let mut kiosk = station.start();
    kiosk.wait(idle).unwrap();
    kiosk.scan(&school::card(2)).unwrap();
    let view = kiosk.wait(visit(0)).unwrap();
    assert!(matches!(view.screen, Screen::Visit { on_loan: 2, .. }), "{:?}", view.screen);
    kiosk.stop().unwrap();
    let expected: Vec<String> = (1..=6).map(school::label).collect();
    assert_eq!(station.lent(), expected);
    assert_eq!(station.log().matches("ERROR").count(), 0, "{}", station.log());
}

#[test]
fn a_full_disk_is_refused_calmly_and_got_over() {
    let station = Station::with_school();
    let mut command = Command::new("sh");
    // Past the limit the system is to refuse the write, not to kill the program.
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_oqyrman"), "run", "--config"]);
    let mut kiosk = Kiosk::start(command.arg(&station.config), station.dir.path()).unwrap();
    borrow(&mut kiosk, 1, 1..=1);

    let pid = kiosk.pid().unwrap();
    let free = getrlimit(Resource::Fsize);
    let full = Rlimit { current: Some(4096), ..free };
    prlimit(Some(pid), Resource::Fsize, full).unwrap();
    kiosk.scan(&school::label(2)).unwrap();
    let fault = |screen: &Screen| matches!(screen, Screen::OutOfOrder { fault: desk::Fault::DiskFull });
    kiosk.wait(fault).unwrap();
    kiosk.scan(&school::card(2)).unwrap();
    kiosk.wait(visit(0)).unwrap();
    kiosk.scan(&school::label(3)).unwrap();
    kiosk.wait(fault).unwrap();

    prlimit(Some(pid), Resource::Fsize, free).unwrap();
    borrow_from_anywhere(&mut kiosk, 3, 4);
    kiosk.stop().unwrap();
    assert_eq!(station.lent(), [school::label(1), school::label(4)]);
    assert!(station.log().contains("the disk is full; free some space"), "{}", station.log());
}

/// As [`borrow`], whatever is shown before.
fn borrow_from_anywhere(kiosk: &mut Kiosk, patron: u32, item: u32) {
    kiosk.scan(&school::card(patron)).unwrap();
    kiosk.wait(visit(0)).unwrap();
    kiosk.scan(&school::label(item)).unwrap();
    kiosk.wait(visit(1)).unwrap();
}

/// Scans of every wrong sort, in the middle of a visit.
fn wrong_scans() -> Vec<(Vec<u8>, RefusalKind)> {
    let line = |text: &str| format!("{text}\n").into_bytes();
    vec![
        (line("30234|517861"), RefusalKind::Unreadable),
        (line("3023\u{1}4517861"), RefusalKind::Unreadable),
        (line("3023\u{1b}[2J"), RefusalKind::Unreadable),
        (line(&"7".repeat(4096)), RefusalKind::Unreadable),
        (vec![0xff, 0xfe, b'\n'], RefusalKind::Unreadable),
        (line("https://example.kz/book/7"), RefusalKind::UrlScanned),
        (line("9780306406157"), RefusalKind::IsbnScanned),
        (line(&school::label(school::ITEMS + 1)), RefusalKind::UnknownItem),
        (line("no such number"), RefusalKind::Unreadable),
    ]
}

#[test]
fn a_wrong_scan_is_refused_calmly() {
    let station = Station::with_school();
    let mut kiosk = station.start();
    borrow(&mut kiosk, 1, 1..=1);
    for (bytes, kind) in wrong_scans() {
        kiosk.send(&bytes).unwrap();
        let refused =
            |screen: &Screen| matches!(screen, Screen::Refused { refusal, .. } if refusal.kind == kind);
        kiosk
            .wait(refused)
            .unwrap_or_else(|error| panic!("{kind:?} for {:?}: {error:#}", String::from_utf8_lossy(&bytes)));
        kiosk.touch(Touch::Back).unwrap();
        kiosk.wait(visit(1)).unwrap();
    }
    // A scanner that is unplugged in the middle of a number.
    let mut torn = UnixStream::connect(station.path("scan.sock")).unwrap();
    torn.write_all(&school::label(2).as_bytes()[..9]).unwrap();
    drop(torn);
    kiosk.wait(|screen| matches!(screen, Screen::Refused { refusal, .. } if refusal.kind == RefusalKind::Unreadable)).unwrap();
    kiosk.touch(Touch::Back).unwrap();
    kiosk.wait(visit(1)).unwrap();
    kiosk.scan(&school::label(2)).unwrap();
    kiosk.wait(visit(2)).unwrap();
    kiosk.stop().unwrap();
    assert_eq!(station.lent(), [school::label(1), school::label(2)]);
}

#[test]
fn no_number_and_no_name_is_logged() {
    let station = Station::with_school();
    let mut kiosk = Kiosk::start(station.command().env("RUST_LOG", "trace"), station.dir.path()).unwrap();
    for patron in 1..=5 {
        borrow(&mut kiosk, patron, patron * 3..=patron * 3 + 2);
        kiosk.touch(Touch::MyBooks).unwrap();
        kiosk.wait(|screen| matches!(screen, Screen::MyBooks { .. })).unwrap();
        kiosk.touch(Touch::Finish).unwrap();
        kiosk.wait(|screen| matches!(screen, Screen::Finished { .. })).unwrap();
    }
    borrow(&mut kiosk, 6, 30..=30);
    for (bytes, _) in wrong_scans() {
        kiosk.send(&bytes).unwrap();
        kiosk.wait(|screen| matches!(screen, Screen::Refused { .. })).unwrap();
        kiosk.touch(Touch::Back).unwrap();
        kiosk.wait(visit(1)).unwrap();
    }
    kiosk.stop().unwrap();
    let log = station.log();
    assert!(log.contains("the station is open"));
    let words = (1..=6).flat_map(|n| {
        let (given, family) = school::name(n);
        [school::card(n), given, family]
    });
    let words = words.chain((1..=40).map(school::label));
    let words = words.chain(
        ["кітап", "7777", "9780306406157", "no such number", "example.kz", "517861"].map(str::to_owned),
    );
    for word in words {
        assert!(!log.contains(&word), "the log holds {word}");
    }
}

#[test]
fn ten_taps_on_one_button_are_one_act() {
    let station = Station::with_school();
    let mut kiosk = station.start();
    borrow(&mut kiosk, 1, 1..=3);
    let tap = Tap { frame: kiosk.frame().unwrap().number, touch: Touch::Undo(0) };
    for _ in 0..10 {
        kiosk.tap(&tap).unwrap();
    }
    kiosk.wait(visit(2)).unwrap();
    kiosk.touch(Touch::Finish).unwrap();
    kiosk.wait(|screen| matches!(screen, Screen::Finished { lent: 2, .. })).unwrap();
    kiosk.stop().unwrap();
    let undone = station.events().iter().filter(|event| matches!(event.act, Act::Undone { .. })).count();
    assert_eq!(undone, 1);
}

#[test]
fn every_screen_shows_the_same_and_a_dead_one_holds_nobody_up() {
    let station = Station::with_school();
    let mut kiosk = station.start();
    let mut second = UnixStream::connect(station.path("screen.sock")).unwrap();
    let mut dead = UnixStream::connect(station.path("screen.sock")).unwrap();
    dead.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    kiosk.wait(idle).unwrap();
    // The dead one reads nothing until its socket is full, and then is closed.
    for _ in 0..2_000 {
        for touch in [Touch::Help, Touch::Back] {
            let help = touch == Touch::Help;
            kiosk.touch(touch).unwrap();
            while kiosk.frame().unwrap().view.help != help {
                kiosk.next_frame().unwrap();
            }
            let shown = kiosk.frame().unwrap().clone();
            while next_frame(&mut second) != shown {}
        }
    }
    let mut rest = Vec::new();
    dead.read_to_end(&mut rest).unwrap();
    borrow(&mut kiosk, 1, 1..=1);
    kiosk.stop().unwrap();
}

fn next_frame(screen: &mut UnixStream) -> Frame {
    let (mut length, mut decoder) = ([0; 4], Decoder::default());
    screen.read_exact(&mut length).unwrap();
    let mut body = vec![0; u32::from_le_bytes(length) as usize];
    screen.read_exact(&mut body).unwrap();
    decoder.feed(&length);
    decoder.feed(&body);
    decoder.next_message().unwrap().unwrap()
}

#[test]
fn a_second_station_in_the_same_folder_disturbs_nothing() {
    let station = Station::with_school();
    let mut kiosk = station.start();
    borrow(&mut kiosk, 1, 1..=1);
    let second = station.command().output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(told.contains("another program has the station's memory open: stop it first"), "{told}");
    kiosk.scan(&school::label(2)).unwrap();
    kiosk.wait(visit(2)).unwrap();
    assert!(UnixStream::connect(station.path("screen.sock")).is_ok());
    kiosk.stop().unwrap();
}

#[test]
fn what_is_remembered_is_for_the_stations_user_alone() {
    let station = Station::new("");
    let mut kiosk = station.start();
    kiosk.wait(|screen| matches!(screen, Screen::OutOfOrder { fault: desk::Fault::NoData })).unwrap();
    let mode = |name: &str| station.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data"), mode("data/station.key")), (0o700, 0o600));
    assert_eq!((mode("screen.sock"), mode("scan.sock")), (0o660, 0o600));
    kiosk.stop().unwrap();
}

#[test]
fn it_keeps_within_its_memory() {
    let station = Station::with_school();
    let mut kiosk = station.start();
    borrow(&mut kiosk, 1, 1..=3);
    let resident_kb = process::resident_kb(kiosk.pid().unwrap()).unwrap();
    assert!(resident_kb < 40_000, "{resident_kb} kB");
    kiosk.stop().unwrap();
    assert_eq!(station.events().iter().filter_map(|event| lent(&event.act)).count(), 3);
}
