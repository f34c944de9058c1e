//! The evdev shell on a mocked kernel device: found by id, identified, grabbed, read. Needs umockdev-run (Debian:
//! umockdev), which mocks `/dev` and `/sys` for one program without privileges; without it the test says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use hardware::barcode::{EvdevId, ReaderConfig, ReaderEvent, ReaderKind, Terminators, start};

/// Set for the copy of this program that runs under umockdev.
const INSIDE: &str = "HARDWARE_INSIDE_UMOCKDEV";

const NODE: &str = "/dev/input/event7";
const BY_ID: &str = "/dev/input/by-id/usb-ACME_Scanner_0001-event-kbd";
const DEVICE: &str = "\
P: /devices/virtual/input/input7/event7
N: input/event7
S: input/by-id/usb-ACME_Scanner_0001-event-kbd
E: DEVNAME=/dev/input/event7
E: SUBSYSTEM=input
A: dev=13:71

P: /devices/virtual/input/input7
E: SUBSYSTEM=input
A: name=ACME Scanner
";

/// The answers of the kernel, each with the buffer size that the evdev crate asks for: EV_SYN and EV_KEY, all keys of
/// a plain keyboard, USB 1a2c:4c5e. EVIOCGRAB has no recorded form; umockdev says yes to it by itself.
fn ioctls(node: &str) -> String {
    let mut text = format!("@DEV {node}\nEVIOCGVERSION 0 01000100\nEVIOCGID 0 03002C1A5E4C1001\n");
    text += "EVIOCGBIT(0) 4 03000000\nEVIOCGPROP 4 00000000\n";
    let mut keys = [0u8; 96];
    keys[..14].fill(0xff);
    text += "EVIOCGBIT(1) 96 ";
    keys.iter().for_each(|byte| write!(text, "{byte:02X}").unwrap());
    text + "\n"
}

/// `9780306406157` and Enter, as an evemu recording: 1 ms a report.
fn events() -> String {
    let mut text = String::new();
    let codes = [10, 8, 9, 11, 4, 11, 7, 5, 11, 7, 2, 6, 8, 28];
    for (code, ms) in codes.iter().zip((0..).step_by(2)) {
        for (value, ms) in [(1, ms), (0, ms + 1)] {
            writeln!(text, "E: 0.{:06} 0001 {code:04x} {value}", ms * 1000).unwrap();
            writeln!(text, "E: 0.{:06} 0000 0000 0", ms * 1000).unwrap();
        }
    }
    text
}

#[test]
fn a_mocked_usb_reader_is_found_grabbed_and_read() {
    match Command::new("umockdev-run").arg("--version").output() {
        Ok(found) if found.status.success() => {}
        Ok(_) | Err(_) => {
            println!(
                "SKIPPED: umockdev-run is not installed; the evdev shell was not tested on a mocked device"
            );
            return;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (device, events) = (file("device.umockdev", DEVICE), file("keys.events", &events()));
    // umockdev looks the answers up by the name that was opened, so the link has a copy of them.
    let (by_node, by_link) = (file("node.ioctls", &ioctls(NODE)), file("link.ioctls", &ioctls(BY_ID)));
    for id in ["by-id", "usb"] {
        let run = Command::new("umockdev-run")
            .args(["-d", &device])
            .args(["-i", &format!("{NODE}={by_node}")])
            .args(["-i", &format!("{BY_ID}={by_link}")])
            .args(["-e", &format!("{NODE}={events}")])
            .arg("--")
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "inside_the_testbed", "--ignored", "--nocapture"])
            .env(INSIDE, id)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success() && said.contains("1 passed"), "{id}: {said}");
    }
}

#[test]
#[ignore = "run by a_mocked_usb_reader_is_found_grabbed_and_read under umockdev"]
fn inside_the_testbed() {
    let id = match std::env::var(INSIDE).as_deref() {
        Ok("by-id") => EvdevId::Path(BY_ID.into()),
        Ok("usb") => EvdevId::Usb { vendor: 0x1a2c, product: 0x4c5e },
        Ok(_) | Err(_) => return,
    };
    let kind = ReaderKind::Evdev { id, silence: Duration::from_millis(100), terminators: Terminators::ALL };
    let (sender, events) = sync_channel(4);
    let _readers = start(&[ReaderConfig { name: "desk".into(), kind }], sender).unwrap();
    match events.recv_timeout(Duration::from_secs(10)).unwrap() {
        ReaderEvent::Scan(scan) => assert_eq!(scan.text().as_str(), "9780306406157"),
        other @ (ReaderEvent::Fault { .. } | ReaderEvent::Gone { .. } | ReaderEvent::Back { .. }) => {
            panic!("expected a scan, not {other:?}")
        }
    }
}
