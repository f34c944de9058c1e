//! The reader threads on real descriptors: ptys that are pulled out and put back, and a socket with many at once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use hardware::barcode::{
    EvdevId, ReaderConfig, ReaderError, ReaderEvent, ReaderKind, ScanFault, Terminators, start,
};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

const SOON: Duration = Duration::from_secs(10);

fn config(name: &str, kind: ReaderKind) -> ReaderConfig {
    ReaderConfig { name: name.into(), kind }
}

fn next(events: &Receiver<ReaderEvent>) -> ReaderEvent {
    events.recv_timeout(SOON).expect("an event within ten seconds")
}

fn scanned(events: &Receiver<ReaderEvent>) -> String {
    match next(events) {
        ReaderEvent::Scan(scan) => scan.text().as_str().to_owned(),
        other @ (ReaderEvent::Fault { .. } | ReaderEvent::Gone { .. } | ReaderEvent::Back { .. }) => {
            panic!("expected a scan, not {other:?}")
        }
    }
}

fn fault(events: &Receiver<ReaderEvent>) -> ScanFault {
    match next(events) {
        ReaderEvent::Fault { fault, .. } => fault,
        other @ (ReaderEvent::Scan(_) | ReaderEvent::Gone { .. } | ReaderEvent::Back { .. }) => {
            panic!("expected a fault, not {other:?}")
        }
    }
}

/// Plugs a pty in at `path`; the scanner's end.
fn plug_in(path: &Path) -> File {
    let scanner = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&scanner).unwrap();
    unlockpt(&scanner).unwrap();
    let line = ptsname(&scanner, Vec::new()).unwrap();
    symlink(line.to_str().unwrap(), path).unwrap();
    scanner.into()
}

fn serial(path: PathBuf, terminators: Terminators) -> ReaderKind {
    ReaderKind::Serial { path, baud: 115_200, silence: Duration::from_millis(100), terminators }
}

#[test]
fn a_serial_reader_is_found_read_lost_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usb-ACME-if00");
    let (sender, events) = sync_channel(16);
    let readers = start(&[config("cable", serial(path.clone(), Terminators::ALL))], sender).unwrap();
    assert!(matches!(next(&events), ReaderEvent::Gone { reason, .. } if reason.contains("is not there")));

    for _ in 0..2 {
        let plugged_at = Instant::now();
        let mut scanner = plug_in(&path);
        assert_eq!(next(&events), ReaderEvent::Back { reader: "cable".into() });
        assert!(plugged_at.elapsed() < Duration::from_secs(2), "found after {:?}", plugged_at.elapsed());

        scanner.write_all(b"]F030234000517861\r\n9780306").unwrap();
        assert_eq!(scanned(&events), "30234000517861");
        assert_eq!(fault(&events), ScanFault::Torn { bytes: 7 });
        let junk: Vec<u8> = (0..4096u32).map(|n| b'!' + u8::try_from(n % 90).unwrap()).collect();
        scanner.write_all(&junk).unwrap();
        scanner.write_all(b"\rKAZ-00421\t30\x0742\nhalf a").unwrap();
        assert!(matches!(fault(&events), ScanFault::TooLong { .. }));
        assert_eq!(scanned(&events), "KAZ-00421");
        assert_eq!(fault(&events), ScanFault::ControlCharacter { code: 7 });
        assert!(matches!(fault(&events), ScanFault::Torn { .. }));

        fs::remove_file(&path).unwrap();
        let pulled_at = Instant::now();
        drop(scanner);
        assert!(matches!(next(&events), ReaderEvent::Gone { reason, .. } if reason.contains("unplugged")));
        assert!(pulled_at.elapsed() < Duration::from_secs(1), "noticed after {:?}", pulled_at.elapsed());
    }
    drop(readers);
    assert!(events.recv().is_err(), "a stopped reader lets go of the channel");
}

#[test]
fn a_reader_without_terminators_is_framed_by_silence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usb-ACME-if00");
    let (sender, events) = sync_channel(16);
    let _readers = start(&[config("cable", serial(path.clone(), Terminators::SILENCE))], sender).unwrap();
    assert!(matches!(next(&events), ReaderEvent::Gone { .. }));
    let mut scanner = plug_in(&path);
    assert!(matches!(next(&events), ReaderEvent::Back { .. }));
    scanner.write_all(b"9780306406157").unwrap();
    assert_eq!(scanned(&events), "9780306406157");
}

#[test]
fn what_is_no_device_is_reported_and_not_fatal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "30234000517861\r").unwrap();
    let keyboard = ReaderKind::Evdev {
        id: EvdevId::Path(file.clone()),
        silence: Duration::from_millis(100),
        terminators: Terminators::ALL,
    };
    for kind in [serial(file, Terminators::ALL), keyboard] {
        let (sender, events) = sync_channel(16);
        let _readers = start(&[config("odd", kind)], sender).unwrap();
        assert!(
            matches!(next(&events), ReaderEvent::Gone { reason, .. } if reason.contains("cannot be used"))
        );
    }
}

#[test]
fn many_connect_to_the_socket_and_each_line_is_a_scan() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scan.sock");
    let (sender, events) = sync_channel(16);
    let readers = start(&[config("bench", ReaderKind::Socket { path: path.clone() })], sender).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    let mut torn = UnixStream::connect(&path).unwrap();
    torn.write_all(b"half").unwrap();
    let mut benches: Vec<UnixStream> = (0..4).map(|_| UnixStream::connect(&path).unwrap()).collect();
    for (bench, number) in benches.iter_mut().zip(1..) {
        writeln!(bench, "]E0978{number}").unwrap();
        assert_eq!(scanned(&events), format!("978{number}"));
    }
    drop(torn);
    assert_eq!(fault(&events), ScanFault::Torn { bytes: 4 });
    benches[0].write_all(&vec![b'7'; 100_000]).unwrap();
    benches[0].write_all(b"\n42\n").unwrap();
    assert!(matches!(fault(&events), ScanFault::TooLong { .. }));
    assert_eq!(scanned(&events), "42");

    let (sender, _events) = sync_channel::<ReaderEvent>(16);
    let second = start(&[config("again", ReaderKind::Socket { path: path.clone() })], sender);
    assert!(matches!(second, Err(ReaderError::Socket { .. })), "{second:?}");
    drop(readers);
    assert!(!path.exists());
}

#[test]
fn a_dead_socket_is_replaced_and_a_file_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (dead, file) = (folder.path().join("dead.sock"), folder.path().join("file"));
    drop(std::os::unix::net::UnixListener::bind(&dead).unwrap());
    fs::write(&file, "precious").unwrap();
    let (sender, events) = sync_channel(16);
    let _readers =
        start(&[config("bench", ReaderKind::Socket { path: dead.clone() })], sender.clone()).unwrap();
    UnixStream::connect(&dead).unwrap().write_all(b"42\n").unwrap();
    assert_eq!(scanned(&events), "42");
    let refused = start(&[config("bench", ReaderKind::Socket { path: file.clone() })], sender);
    assert!(matches!(refused, Err(ReaderError::Socket { .. })));
    assert_eq!(fs::read_to_string(file).unwrap(), "precious");
}

#[test]
fn a_reader_waits_for_a_slow_receiver_and_stops_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scan.sock");
    let (sender, events) = sync_channel(1);
    let readers = start(&[config("bench", ReaderKind::Socket { path: path.clone() })], sender).unwrap();
    let mut bench = UnixStream::connect(&path).unwrap();
    (0..200).for_each(|n| writeln!(bench, "{n}").unwrap());
    (0..150).for_each(|n| assert_eq!(scanned(&events), n.to_string()));
    drop(readers);
}

#[test]
fn readers_that_contradict_each_other_do_not_start() {
    let (sender, _events) = sync_channel::<ReaderEvent>(1);
    let stdin = |name: &str| config(name, ReaderKind::Stdin);
    let named = start(&[stdin("a"), stdin("a")], sender.clone());
    assert!(matches!(named, Err(ReaderError::NameTaken { .. })));
    assert!(matches!(start(&[stdin("a"), stdin("b")], sender), Err(ReaderError::DeviceTaken { .. })));
}
