//! The desk readers' threads on real descriptors: ptys that are pulled out and put back.
//!
//! How fast the computer is changes nothing here: a reader that was answered too late is told gone and comes back by itself,
//! so each test waits for what must come in the end. The drivers alone are tried with a line whose clock is slow.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hardware::board::{Line, SerialLine};
use hardware::card::pn532::{self, Pn532Reader};
use hardware::card::{CardReader, CardUid};
use hardware::rfid::pad::{GateOrder, PadConfig, PadEvent, PadKind, start};
use hardware::rfid::rl866::{self, Rl866};
use hardware::rfid::tag::write::{DSFID_PART_3, Layout, NewTag, encode};
use hardware::rfid::tag::{TagProfile, TagText};
use hardware::rfid::{TagReader, Uid};
use hardware::sim::line::LineDevice;
use hardware::sim::pn532::Pn532Sim;
use hardware::sim::pn5180::SimTag;
use hardware::sim::rl866::Rl866Sim;
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// A device that is plugged in until it is dropped.
struct Plugged {
    pulled: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
    path: PathBuf,
}

/// Plugs a device in at `path`.
fn plug_in(mut device: impl LineDevice + Send + 'static, path: &Path) -> Plugged {
    let pty = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&pty).unwrap();
    unlockpt(&pty).unwrap();
    fcntl_setfl(&pty, OFlags::NONBLOCK).unwrap();
    symlink(ptsname(&pty, Vec::new()).unwrap().to_str().unwrap(), path).unwrap();
    let pulled = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&pulled);
    let mut pty = File::from(pty);
    let serving = thread::spawn(move || {
        let mut chunk = [0; 7];
        while !seen.load(Ordering::Relaxed) {
            match pty.read(&mut chunk) {
                Ok(count) => {
                    let said = device.hear(&chunk[..count]);
                    // A driver that closed its end hears nothing.
                    said.iter()
                        .flat_map(|said| said.bytes.chunks(5))
                        .for_each(|piece| drop(pty.write_all(piece)));
                }
                // Nothing came, or nobody has the other end open; neither gives notice of its end.
                Err(_) => thread::sleep(Duration::from_millis(1)),
            }
        }
    });
    Plugged { pulled, serving: Some(serving), path: path.to_owned() }
}

impl Drop for Plugged {
    fn drop(&mut self) {
        fs::remove_file(&self.path).unwrap();
        self.pulled.store(true, Ordering::Relaxed);
        self.serving.take().unwrap().join().unwrap();
    }
}

/// A line whose clock is so slow that no computer is too slow for it.
struct Patient(SerialLine);

const SLOWER: u32 = 40;

impl Line for Patient {
    fn now(&self) -> Duration {
        self.0.now() / SLOWER
    }

    fn forget(&mut self) -> io::Result<()> {
        self.0.forget()
    }

    fn say(&mut self, bytes: &[u8], limit: Duration) -> io::Result<()> {
        self.0.say(bytes, limit * SLOWER)
    }

    fn heard(&mut self, limit: Duration) -> io::Result<Vec<u8>> {
        self.0.heard(limit * SLOWER)
    }
}

fn uid(number: u8) -> Uid {
    Uid::from_written([0xE0, 4, 1, 0x50, 0, 0, 0, number])
}

fn book(number: u8) -> SimTag {
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
}

#[test]
fn the_drivers_speak_over_a_pty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usb-ACME-if00");
    let sim = Rl866Sim::default();
    (0..20).for_each(|number| sim.place(book(number)));
    let plugged = plug_in(sim, &path);
    let mut reader = Rl866::start(Patient(rl866::open(&path).unwrap())).unwrap();
    assert_eq!(reader.inventory().unwrap().len(), 20);
    assert_eq!(reader.write_afi(uid(7), 0xC2), Ok(()));
    let in_use = rl866::open(&path).map(|_| ());
    // Who may do anything may open it all the same.
    if !rustix::process::geteuid().is_root() {
        assert!(in_use.unwrap_err().to_string().contains("in use by another program"));
    }
    drop((reader, plugged));

    let sim = Pn532Sim::default();
    sim.place(&[4, 1, 2, 3]);
    let plugged = plug_in(sim, &path);
    let mut reader = Pn532Reader::start(Patient(pn532::open(&path).unwrap())).unwrap();
    assert_eq!(reader.card_uid(), Ok(Some(vec![4, 1, 2, 3])));
    drop(plugged);
    assert!(reader.card_uid().is_err());
}

/// Waits for an event of which `wanted` makes something.
fn wait_for<T>(events: &Receiver<PadEvent>, mut wanted: impl FnMut(PadEvent) -> Option<T>) -> T {
    loop {
        let event = events.recv_timeout(Duration::from_secs(60)).expect("an event within a minute");
        if let Some(found) = wanted(event) {
            return found;
        }
    }
}

fn gone(events: &Receiver<PadEvent>) -> String {
    wait_for(events, |event| if let PadEvent::Gone { reason, .. } = event { Some(reason) } else { None })
}

fn back(events: &Receiver<PadEvent>) {
    wait_for(events, |event| matches!(event, PadEvent::Back { .. }).then_some(()));
}

/// The tags of the books that lie there, once any does.
fn lying(events: &Receiver<PadEvent>) -> Vec<Uid> {
    wait_for(events, |event| {
        let PadEvent::Lying { state, .. } = event else { return None };
        let tags: Vec<Uid> = state.items.into_iter().flat_map(|item| item.tags).collect();
        (!tags.is_empty()).then_some(tags)
    })
}

#[test]
fn a_desk_reader_is_found_served_lost_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usb-ACME-if00");
    let config = PadConfig { name: "desk".into(), kind: PadKind::Rl866 { path: path.clone() } };
    let (sender, events) = sync_channel(8);
    let pads = start(std::slice::from_ref(&config), &TagProfile::default(), &sender).unwrap();
    assert!(gone(&events).contains("is not there; plug the reader in"));
    let sim = Rl866Sim::default();
    sim.place(book(1));
    for round in 0..2 {
        let plugged = plug_in(sim.clone(), &path);
        back(&events);
        assert_eq!(lying(&events), [uid(1)], "what lies there is told anew");
        // An order that met a reader gone for a moment is given again, as the station does.
        let written = (1..20).any(|number| {
            pads.order(&config.name, GateOrder { number, tags: vec![uid(1)], afi: 0xC0 + round, eas: None });
            wait_for(&events, |event| {
                let PadEvent::Gate { number: of, outcome, .. } = event else { return None };
                (of == number).then_some(outcome.is_ok())
            })
        });
        assert!(written);
        drop(plugged);
        gone(&events);
    }
    assert_eq!(sim.take(uid(1)).unwrap().afi, 0xC1);
}

#[test]
fn a_card_reader_is_found_served_lost_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usb-ACME-if00");
    let config = PadConfig { name: "cards".into(), kind: PadKind::Pn532 { path: path.clone() } };
    let (sender, events) = sync_channel(8);
    let _pads = start(&[config], &TagProfile::default(), &sender).unwrap();
    assert!(gone(&events).contains("is not there; plug the reader in"));
    let sim = Pn532Sim::default();
    sim.place(&[4, 1, 2, 3]);
    for _ in 0..2 {
        let plugged = plug_in(sim.clone(), &path);
        back(&events);
        let card = wait_for(
            &events,
            |event| if let PadEvent::Card { card, .. } = event { Some(card) } else { None },
        );
        assert_eq!(card, CardUid::new(&[4, 1, 2, 3]));
        drop(plugged);
        gone(&events);
        sim.power_cycle();
    }
}
