//! What it costs to tell a library system what happened offline: `cargo bench -p tests --bench sip2 -- --help`.
//!
//! A real journal on a real file, the station's own replay, and the simulator with a round trip of the given length. The
//! floor is what the protocol needs: one question for each event, one after the other, besides login and status.
#![allow(clippy::print_stdout, missing_docs, reason = "a program for people at a terminal")]

use anyhow::ensure;
use clap::Parser;
use exchange::{Seq, StationId};
use journal::Journal;
use links::https::TimeFloor;
use links::sip2::{Session, TcpDial, Teller, Trusting};
use std::time::{Duration, Instant};
use tests::demo::chance::Chance;
use tests::library::desk::{account, fill, school_books, tell};
use tests::library::{Entry, Habits, LibrarySystem};

/// Measures telling a library system by SIP2.
#[derive(Parser)]
#[command(after_help = "Examples:\n  cargo bench -p tests --bench sip2\n  \
                  cargo bench -p tests --bench sip2 -- --rtt-ms 600 --events 3000\n  \
                  cargo bench -p tests --bench sip2 -- --falls-every 50")]
struct Options {
    /// Events.
    #[arg(long, default_value_t = 10_000)]
    events: usize,
    /// The round trip, in milliseconds.
    #[arg(long, default_value_t = 0)]
    rtt_ms: u64,
    /// The line falls every so many messages, after the deed was done; 0 = never.
    #[arg(long, default_value_t = 0)]
    falls_every: u64,
    /// The system's profile.
    #[arg(long, default_value = "generic")]
    profile: String,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let dir = std::env::temp_dir().join(format!("oqyrman-sip2-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    let measured = measure(&options, &dir);
    std::fs::remove_dir_all(&dir)?;
    measured
}

fn measure(options: &Options, dir: &std::path::Path) -> anyhow::Result<()> {
    let (mut journal, _) = Journal::open(dir, 0)?;
    journal.enrol_itself(StationId(1))?;
    let out = fill(&mut journal, options.events, &mut Chance::new(1))?;
    let habits = Habits {
        round_trip_ms: options.rtt_ms,
        falls_every: Some(options.falls_every).filter(|every| *every > 0),
        ..Habits::of(&options.profile)?
    };
    let system = LibrarySystem::start(school_books(), habits)?;
    let patience = Duration::from_secs(30);
    let dial = TcpDial::new(&system.address.to_string(), &Trusting::Plain, &TimeFloor::new(0), patience)?;
    let mut session = Session::new(dial, account(&options.profile)?, patience);
    let (mut teller, mut told, mut falls) = (Teller::default(), Seq(0), 0_u64);
    let begin = Instant::now();
    while tell(&mut journal, &mut session, &mut teller, &mut told)?.is_err() {
        falls += 1;
    }
    let took_s = begin.elapsed().as_secs_f64();
    let books = system.books();
    let renewals = books.entries.iter().filter(|entry| matches!(entry, Entry::LentAgain { .. })).count();
    let lent = books.items.values().filter(|row| row.loan.is_some()).count();
    ensure!(books.entries.len() == options.events, "{} of {} arrived", books.entries.len(), options.events);
    ensure!(renewals == 0 && lent == out.len(), "{renewals} renewals, {lent} loans");
    ensure!(journal.outbox().acked == Seq(options.events as u64), "not all was acknowledged");
    let (seen, needed) = (system.seen(), options.events as u64 + 2);
    println!(
        "{} events, round trip {} ms, {falls} falls: {} messages for {needed} that the protocol needs ({:.3} x), \
         {took_s:.1} s",
        options.events,
        options.rtt_ms,
        seen.messages,
        seen.messages as f64 / needed as f64,
    );
    if options.rtt_ms > 0 {
        let floor_s = needed as f64 * options.rtt_ms as f64 / 1_000.0;
        println!("{:.3} x the floor of {floor_s:.1} s", took_s / floor_s);
    }
    println!(
        "all there, none twice, no loan became a renewal; {:.2} ms an event besides the line",
        (took_s * 1_000.0 - seen.messages as f64 * options.rtt_ms as f64) / options.events as f64
    );
    Ok(())
}
