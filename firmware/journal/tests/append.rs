//! What is written down, how it is numbered and stamped, and what happens when it cannot be written.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says when it is skipped"
)]

mod support;

use exchange::*;
use journal::{AppendError, EnrolError, Journal, JournalFound, OpenError, StateFound, StoreFault};
use std::process::Command;
use support::*;

#[test]
fn what_was_appended_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    assert_eq!(append(&mut journal, &[lent(1, 1, 100), lent(1, 2, 100)]), [Seq(1), Seq(2)]);
    assert_eq!(append(&mut journal, &[returned(2)]), [Seq(3)]);
    assert_eq!(append(&mut journal, &[]), []);
    let (events, dump) = (journal.events(Seq(1), 10).unwrap(), journal.dump().unwrap());
    let chain = journal.chain_before(Seq(4)).unwrap();
    drop(journal);

    let (journal, report) = open(dir.path());
    assert_eq!(report.journal, JournalFound::Sound { events: 3 });
    assert_eq!(report.state, StateFound::Sound);
    assert!(report.is_quiet());
    assert_eq!(journal.events(Seq(1), 10).unwrap(), events);
    assert_eq!(journal.dump().unwrap(), dump);
    assert_eq!(journal.boot(), 2);
    assert_eq!(events[2].act, returned(2));
    assert_eq!(chain, Some(events.iter().fold(Chain::START, Chain::after)));
    assert_eq!(journal.events(Seq(2), 1).unwrap(), &events[1..2]);
    assert_eq!(journal.chain_before(Seq(1)).unwrap(), Some(Chain::START));
    assert_eq!(journal.chain_before(Seq(3)).unwrap(), Some(Chain::START.after(&events[0]).after(&events[1])));
    assert_eq!(journal.chain_before(Seq(5)).unwrap(), None);
}

#[test]
fn the_clock_never_runs_behind_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(dir.path(), 500).unwrap();
    assert_eq!(journal.lower_bound_s(), 500);
    journal.append(&[returned(1)], Basis::default(), stamp(T0)).unwrap();
    journal.append(&[returned(1)], Basis::default(), stamp(T0 - 86_400)).unwrap();
    let events = journal.events(Seq(1), 2).unwrap();
    assert_eq!((events[0].at.wall_s, events[0].at.trust), (T0, ClockTrust::Rtc));
    assert_eq!((events[1].at.wall_s, events[1].at.trust), (T0, ClockTrust::Guessed));
    assert_eq!(events[1].at.mono_s, 60);
    drop(journal);
    // The machine has lost its clock.
    let (journal, _) = Journal::open(dir.path(), 0).unwrap();
    assert_eq!(journal.lower_bound_s(), T0);
}

#[test]
fn one_program_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let journal = enrolled(dir.path());
    assert_eq!(Journal::open(dir.path(), T0).unwrap_err(), OpenError::Store(StoreFault::InUse));
    assert!(!dir.path().join("copies").exists());
    drop(journal);
    Journal::open(dir.path(), T0).unwrap();
}

#[test]
fn a_journal_belongs_to_one_station() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    assert_eq!(journal.enrol(StationId(8), Some(Epoch(1))), Err(EnrolError::OtherStation(STATION)));
    journal.enrol(STATION, None).unwrap();
    assert_eq!(journal.outbox().epoch, Some(Epoch(1)));
}

#[test]
fn what_happened_before_enrolment_goes_along() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, report) = open(dir.path());
    assert_eq!(report.journal, JournalFound::Fresh);
    append(&mut journal, &[Act::StationStarted { version: "1".into() }]);
    assert_eq!((journal.station(), journal.outbox().epoch), (None, None));
    journal.enrol(STATION, Some(Epoch(4))).unwrap();
    assert_eq!(journal.outbox().epoch, Some(Epoch(4)));
    assert_eq!(journal.outbox().head, Seq(1));
    append(&mut journal, &[returned(1)]);
    drop(journal);
    let (journal, report) = open(dir.path());
    assert_eq!(report.journal, JournalFound::Sound { events: 3 });
    let request = journal.request(Seq(1), 10, 4096, sample(T0)).unwrap();
    assert_eq!((request.epoch, request.events.len(), request.chain_before), (Epoch(4), 2, Chain::START));
}

/// A journal on a file system of its own, if this machine lets us have one.
struct Mount(tempfile::TempDir);

impl Mount {
    fn tmpfs(size: &str) -> Option<Mount> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"])
            .arg(dir.path())
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            println!("SKIPPED: this machine does not let the test mount a small file system");
            return None;
        }
        Some(Mount(dir))
    }

    fn remount(&self, how: &str) {
        let status = Command::new("mount")
            .args(["-o", &format!("remount,{how}")])
            .arg(self.0.path())
            .status()
            .unwrap();
        assert!(status.success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_says_so_and_works_again_with_space() {
    let Some(mount) = Mount::tmpfs("512k") else { return };
    let dir = mount.0.path();
    let mut journal = enrolled(dir);
    let mut written = 0;
    let ballast = dir.join("ballast");
    std::fs::write(&ballast, vec![1; 100_000]).unwrap();
    let fault = loop {
        match journal.append(&[returned(1)], Basis::default(), stamp(T0 + 10)) {
            Ok(seqs) => {
                written += 1;
                assert_eq!(seqs, [Seq(written)]);
            }
            Err(error) => break error,
        }
    };
    assert_eq!(fault, AppendError::DiskFull);
    assert!(written > 50, "{written}");
    assert_eq!(journal.outbox().head, Seq(written));
    let again = journal.append(&[returned(1)], Basis::default(), stamp(T0));
    assert_eq!(again, Err(AppendError::DiskFull));
    assert_eq!(journal.events(Seq(1), usize::MAX).unwrap().len() as u64, written);

    std::fs::remove_file(&ballast).unwrap();
    assert_eq!(append(&mut journal, &[lent(1, 9, 100)]), [Seq(written + 1)]);
    // Full again, and then the plug is pulled: nothing half-written is found.
    std::fs::write(&ballast, []).unwrap();
    while journal.append(&[returned(1)], Basis::default(), stamp(T0)).is_ok() {}
    let head = journal.outbox().head;
    let image = tempfile::tempdir().unwrap();
    for file in ["journal.db", "journal.db-wal", "state.db", "state.db-wal"] {
        std::fs::copy(dir.join(file), image.path().join(file)).unwrap();
    }
    let (copy, report) = open(image.path());
    assert_eq!(report.journal, JournalFound::Sound { events: head.0 });
    assert_eq!(copy.dump().unwrap(), journal.dump().unwrap());
}

#[test]
fn a_full_disk_at_the_start_says_so() {
    let Some(mount) = Mount::tmpfs("64k") else { return };
    std::fs::write(mount.0.path().join("ballast"), vec![1; 64 * 1024]).unwrap();
    assert_eq!(Journal::open(mount.0.path(), T0).unwrap_err(), OpenError::Store(StoreFault::DiskFull));
    std::fs::remove_file(mount.0.path().join("ballast")).unwrap();
    std::fs::write(mount.0.path().join("ballast"), vec![1; 1024]).unwrap();
    let opened = Journal::open(mount.0.path(), T0);
    assert!(matches!(opened, Ok(_) | Err(OpenError::Store(StoreFault::DiskFull))), "{opened:?}");
}

#[test]
fn a_read_only_disk_says_so() {
    let Some(mount) = Mount::tmpfs("4m") else { return };
    drop(enrolled(mount.0.path()));
    mount.remount("ro");
    assert_eq!(Journal::open(mount.0.path(), T0).unwrap_err(), OpenError::Store(StoreFault::ReadOnly));
    mount.remount("rw");
    let (_, report) = open(mount.0.path());
    assert_eq!(report.journal, JournalFound::Sound { events: 0 });
}

#[test]
fn no_error_text_holds_what_was_scanned() {
    let acts = [Act::CheckedOut { patron: PatronId(424_242), item: item(77_777_777), due: Day(1) }];
    let Some(mount) = Mount::tmpfs("256k") else { return };
    let mut journal = enrolled(mount.0.path());
    let error = loop {
        if let Err(error) = journal.append(&acts, Basis::default(), stamp(T0)) {
            break error;
        }
    };
    let text = format!("{error} {error:?}");
    assert!(!text.contains("424242") && !text.contains("77777777"), "{text}");
}
