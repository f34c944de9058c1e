//! `kill -9` at moments nobody chose: whatever the process had said was durable is there.
//!
//! What this cannot show: that a flush reached the disk. Without any flush the system's cache would still hold what a
//! killed process wrote. That the flush is asked for is counted in `flushes.rs`; that disks honour it, only a power cut
//! shows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use exchange::*;
use journal::{Journal, JournalFound};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use support::*;

const CHILD: &str = "JOURNAL_CRASH_CHILD";

/// What the child does for its n-th visit: a function of n, so that the parent knows it too.
fn visit(n: u32, head: u64) -> Vec<Act> {
    match n % 5 {
        0 => vec![lent(u64::from(n), n, 100), lent(u64::from(n), n + 1, 100)],
        1 => vec![returned(n - 1), lent(7, n + 2, 90), returned(n + 2)],
        2 => vec![renewed(u64::from(n) - 2, n - 1, 200 + n as i32)],
        3 => vec![Act::Undone { seq: Seq(head.max(1)) }],
        _ => (0..20).map(|k| lent(u64::from(n), n * 100 + k, 120)).collect(),
    }
}

/// Not a test by itself: the process that is killed. It appends, takes answers, and says what is durable.
#[test]
fn child() {
    let Ok(dir) = std::env::var(CHILD) else { return };
    let (mut journal, _) = Journal::open(Path::new(&dir), T0).unwrap();
    journal.enrol(STATION, Some(Epoch(1))).unwrap();
    let mut region = Region::new();
    let mut out = std::io::stdout();
    for n in 1.. {
        let acts = visit(n, journal.outbox().head.0);
        let seqs = append(&mut journal, &acts);
        writeln!(out, "\ndurable {}", seqs.last().unwrap().0).unwrap();
        out.flush().unwrap();
        if n % 7 == 0 {
            region.put(Record::Item(copy(n, 1)));
            let have = journal.cursors().unwrap();
            let answer = region.answer(1, journal.outbox().head.0 / 2, &have, usize::MAX);
            journal.take_answer(&answer).unwrap();
        }
        if n % 50 == 0 {
            journal.checkpoint().unwrap();
        }
    }
}

#[test]
fn nothing_said_durable_is_lost_to_kill_9() {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    println!("seed {seed}");
    let mut random = seed | 1;
    for round in 0..12 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let lines = 1 + (random >> 33) % 150;
        let pause = Duration::from_micros((random >> 20) % 3000);
        let dir = tempfile::tempdir().unwrap();
        // Twice in the same folder: the second child goes on where the first was killed.
        let mut last = 0;
        for _ in 0..2 {
            last = kill_after(dir.path(), lines, pause).max(last);
        }
        let (mut journal, report) = open(dir.path());
        let JournalFound::Sound { events } = report.journal else { panic!("round {round}: {report:?}") };
        // The provisional life before enrolment is empty.
        assert!(events >= last, "round {round}: {last} said, {events} there");
        assert_eq!(journal.outbox().head.0, events);
        let there = journal.events(Seq(1), usize::MAX).unwrap();
        assert!(there.iter().zip(1..).all(|(event, seq)| event.seq == Seq(seq)));
        assert_eq!(
            journal.chain_before(Seq(events + 1)).unwrap(),
            Some(there.iter().fold(Chain::START, Chain::after))
        );
        assert!(journal.outbox().acked.0 <= events);
        // What is remembered is what follows from what was written, from nothing.
        let dump = journal.dump().unwrap();
        drop(journal);
        journal = open(dir.path()).0;
        assert_eq!(journal.dump().unwrap(), dump);
        append(&mut journal, &[returned(1)]);
    }
}

/// Runs a child until it has said so many lines, waits a moment, kills it; gives the last seq it said was durable.
fn kill_after(dir: &Path, lines: u64, pause: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = 0;
    let mut seen = 0;
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in output.by_ref() {
        if let Some(seq) = line.unwrap().strip_prefix("durable ") {
            (said, seen) = (seq.parse().unwrap(), seen + 1);
            if seen >= lines {
                break;
            }
        }
    }
    std::thread::sleep(pause);
    child.kill().unwrap();
    // What it had said before it died, but was not read yet.
    for line in output.map_while(Result::ok) {
        if let Some(seq) = line.strip_prefix("durable ") {
            said = seq.parse().unwrap_or(said);
        }
    }
    child.wait().unwrap();
    assert!(seen >= lines, "the child ended by itself");
    said
}
