//! What the journal costs, against a bare SQLite commit of the same row on the same disk in the same run, turn by turn.
//!
//! `cargo bench -p journal [-- FOLDER]`: FOLDER is on the disk to be measured; by default the system's temporary one.
#![allow(clippy::print_stdout, reason = "a benchmark's output is its table")]
#![allow(clippy::unwrap_used, reason = "a benchmark may stop where a test would")]

#[path = "../tests/support/mod.rs"]
mod support;

use desk::Memory;
use exchange::*;
use journal::Journal;
use rusqlite::{Connection, FileControl, params};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::*;

/// Commits measured; a checkpoint is never among them.
const COMMITS: usize = 2_000;

fn main() {
    let folder = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let folder = folder.map_or_else(std::env::temp_dir, PathBuf::from);
    let temp = tempfile::tempdir_in(&folder).unwrap();
    println!("folder {}, {COMMITS} commits each", folder.display());
    choices(temp.path());
    append_against_bare(temp.path());
    start_and_lookups(temp.path());
}

fn row_of(n: u32) -> Vec<u8> {
    let event = Event {
        seq: Seq(n.into()),
        at: stamp(T0 + i64::from(n)),
        basis: Basis { rules: 3, data_as_of_s: T0 },
        act: lent(u64::from(n % 600), n, 20_800),
    };
    row::encode(&event)
}

/// A table of events in a database of its own.
struct Bare(Connection);

impl Bare {
    fn open(path: &Path, page: u32, padded: bool, rowid: bool) -> Bare {
        let conn = Connection::open(path).unwrap();
        if padded {
            conn.file_control(Some("main"), FileControl::PowerSafeOverwrite(&mut 0)).unwrap();
        }
        conn.execute_batch(&format!("PRAGMA page_size = {page};")).unwrap();
        conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0").unwrap();
        conn.execute_batch(if rowid {
            "CREATE TABLE event (seq INTEGER PRIMARY KEY, epoch INTEGER, chain BLOB, row BLOB)"
        } else {
            "CREATE TABLE event (epoch INTEGER, seq INTEGER, chain BLOB, row BLOB, PRIMARY KEY (epoch, seq)) WITHOUT ROWID"
        })
        .unwrap();
        Bare(conn)
    }

    fn commit(&self, n: u32) {
        let tx = self.0.unchecked_transaction().unwrap();
        tx.prepare_cached("INSERT INTO event (epoch, seq, chain, row) VALUES (1, ?1, ?2, ?3)")
            .unwrap()
            .execute(params![n, [7_u8; 16], row_of(n)])
            .unwrap();
        tx.commit().unwrap();
    }
}

/// How the file is laid out was chosen by this table.
fn choices(temp: &Path) {
    println!("\n| page | own sectors | table | written per commit | dirtied | p50 | p99 |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (page, padded, rowid) in [
        (4096, false, true),
        (4096, false, false),
        (4096, true, false),
        (1024, false, false),
        (1024, true, true),
        (1024, true, false),
    ] {
        let bare = Bare::open(&temp.join(format!("choice-{page}-{padded}-{rowid}.db")), page, padded, rowid);
        let before = written();
        let times: Vec<Duration> = (0..500).map(|n| time(|| bare.commit(n))).collect();
        let after = written();
        println!(
            "| {page} | {} | {} | {} B | {} B | {:.2} ms | {:.2} ms |",
            if padded { "yes" } else { "no" },
            if rowid { "rowid" } else { "without rowid" },
            (after.0 - before.0) / 500,
            (after.1 - before.1) / 500,
            ms(quantile(&times, 0.5)),
            ms(quantile(&times, 0.99)),
        );
    }
}

fn append_against_bare(temp: &Path) {
    let bare = Bare::open(&temp.join("bare.db"), 4096, false, true);
    let mut journal = enrolled(&temp.join("station"));
    let mut rows = [Vec::new(), Vec::new(), Vec::new()];
    let mut bytes = [(0, 0); 3];
    for n in 0..COMMITS as u32 {
        let pad: Vec<Act> = (0..4).map(|k| lent(7, n * 4 + k, 20_800)).collect();
        let mut turns: [&mut dyn FnMut(); 3] = [
            &mut || bare.commit(n),
            &mut || drop(journal_append(&mut journal, &[lent(u64::from(n % 600), n, 20_800)])),
            &mut || {},
        ];
        // The order changes with every turn, so that none always comes after another one's flush.
        for k in 0..2 {
            let who = (n as usize + k) % 2;
            let before = written();
            let took = time(&mut turns[who]);
            let after = written();
            rows[who].push(took);
            bytes[who] = (bytes[who].0 + after.0 - before.0, bytes[who].1 + after.1 - before.1);
        }
        let before = written();
        rows[2].push(time(|| drop(journal_append(&mut journal, &pad))));
        let after = written();
        bytes[2] = (bytes[2].0 + after.0 - before.0, bytes[2].1 + after.1 - before.1);
    }
    println!("\n| commit | p50 | p95 | p99 | written | dirtied |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (name, who) in
        [("bare SQLite WAL FULL, one row", 0), ("journal, one act", 1), ("journal, a pad of four", 2)]
    {
        println!(
            "| {name} | {:.2} ms | {:.2} ms | {:.2} ms | {} B | {} B |",
            ms(quantile(&rows[who], 0.5)),
            ms(quantile(&rows[who], 0.95)),
            ms(quantile(&rows[who], 0.99)),
            bytes[who].0 / COMMITS as u64,
            bytes[who].1 / COMMITS as u64,
        );
    }
    let ratio = |q| ms(quantile(&rows[1], q)) / ms(quantile(&rows[0], q));
    println!(
        "\njournal / bare: p50 {:.2}, p95 {:.2}, p99 {:.2} (target: p99 ≤ 3)",
        ratio(0.5),
        ratio(0.95),
        ratio(0.99)
    );
    println!("checkpoint of {} events: {:.1} ms", 5 * COMMITS, ms(time(|| journal.checkpoint().unwrap())));
    let dir = temp.join("station");
    println!(
        "journal.db: {} B an event",
        fs::metadata(dir.join("journal.db")).unwrap().len() / (5 * COMMITS as u64)
    );
}

fn journal_append(journal: &mut Journal, acts: &[Act]) -> Vec<Seq> {
    journal.append(acts, Basis { rules: 3, data_as_of_s: T0 }, stamp(T0 + 10)).unwrap()
}

/// The journal of `append_against_bare` (10,000 events), with a whole school besides.
fn start_and_lookups(temp: &Path) {
    let dir = temp.join("station");
    let (mut journal, _) = open(&dir);
    let mut region = Region::new();
    for id in 1..=600 {
        region.put(Record::Patron(patron(id, &format!("Қалдыбеков{id}"), "Нұрлан")));
    }
    for n in 1..=3_000 {
        region.put(Record::Item(copy(n, u64::from(n % 700))));
    }
    for id in 0..700 {
        region.put(Record::Title(title(id, &format!("Қазақ әдебиеті {id}"), "Мұхтар Әуезов")));
    }
    let answer = region.answer(1, 0, &journal.cursors().unwrap(), usize::MAX);
    println!("\n| what | time |\n| --- | --- |");
    println!(
        "| taking a whole school in (3,000 items, 600 patrons, 700 titles) | {:.0} ms |",
        ms(time(|| {
            journal.take_answer(&answer).unwrap();
        }))
    );
    journal.checkpoint().unwrap();
    drop(journal);
    let starts: Vec<Duration> = (0..20).map(|_| time(|| drop(open(&dir)))).collect();
    println!(
        "| start: both databases checked, 10,000 events walked and folded | {:.1} ms |",
        ms(quantile(&starts, 0.5))
    );
    let (journal, _) = open(&dir);
    let lookup = |name: &str, work: &dyn Fn(u32)| {
        let times: Vec<Duration> = (1..=500).map(|n| time(|| work(n))).collect();
        println!(
            "| {name}, p50 / p99 | {:.0} / {:.0} µs |",
            us(quantile(&times, 0.5)),
            us(quantile(&times, 0.99))
        );
    };
    lookup("patron by card", &|n| drop(journal.patron_by_card(&format!("{n:06}")).unwrap().unwrap()));
    lookup("item with its title", &|n| drop(journal.item(&item(n)).unwrap().unwrap()));
    lookup("loans of a patron", &|n| drop(journal.loans_of(PatronId(n.into())).unwrap()));
    lookup("names of a class (600), sorted", &|_| drop(journal.patrons_with_pin(ClassId(1)).unwrap()));
    lookup("search among 700 titles", &|_| drop(journal.search_titles("казак адеб", 20).unwrap()));
    lookup("search with a slip", &|_| drop(journal.search_titles("казак адебйет", 20).unwrap()));
    println!("| resident memory of this process | {} kB |", resident_kb());
    println!("| copy of both, checked | {:.0} ms |", ms(time(|| journal.backup(T0).unwrap())));
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn quantile(times: &[Duration], q: f64) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[((times.len() - 1) as f64 * q) as usize]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Bytes this process has given to write() and made dirty on disk so far.
fn written() -> (u64, u64) {
    let io = fs::read_to_string("/proc/self/io").unwrap_or_default();
    let field = |name: &str| {
        let line = io.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
    };
    (field("wchar:"), field("write_bytes:"))
}

fn resident_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|value| value.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
