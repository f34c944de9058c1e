//! Ten thousand events from one station, taken by the region in one run, while both are killed in the middle: each is
//! there once, in order, byte for byte. The seed of the kills is printed.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and prints its seed"
)]

use exchange::{Lang, Seq, StationId, row};
use std::path::Path;
use std::time::{Duration, Instant};
use tests::demo::chance::Chance;
use tests::demo::day::{Counts, Region, open_station};
use tests::demo::parts::{PATIENCE, Programs, Station};
use tests::demo::school::School;
use tests::wire::autumn;

const EVENTS: usize = 10_000;

/// What the region has stored of station 1; asked beside the running server.
fn stored(region: &Region) -> u64 {
    region.counts().unwrap().0.events
}

#[test]
fn ten_thousand_events_exactly_once_though_both_are_killed() {
    let seed = 2026;
    println!("seed {seed}");
    let mut chance = Chance::new(seed);
    let dir = tempfile::tempdir().unwrap();
    let programs = Programs::of(Path::new(env!("CARGO_BIN_EXE_demo")));
    let school = School::invent(&mut Chance::new(1));
    let mut region = Region::set_up(&programs, dir.path(), &school, |_| {}).unwrap();
    region.start().unwrap();
    let home = dir.path().join("hall");
    open_station(&region, &home, Lang::Kk, |_| {}).unwrap().close().unwrap();
    {
        let (mut journal, _) = journal::Journal::open(&home.join("data"), 0).unwrap();
        autumn(&mut journal, &school, EVENTS, &mut Chance::new(2)).unwrap();
    }
    let mut station = Some(Station::start(&programs, &home).unwrap());
    let mut kills = 0;
    let end = Instant::now() + 3 * PATIENCE;
    let mut before = stored(&region);
    while before < EVENTS as u64 {
        assert!(Instant::now() < end, "{before} events after {kills} kills");
        // A kill at a time by chance: what is being sent, written or answered then is different each time.
        std::thread::sleep(Duration::from_millis(2 + chance.below(50) as u64));
        let now = stored(&region);
        assert!(now >= before, "the region lost events");
        before = now;
        if kills < 12 {
            kills += 1;
            if chance.below(2) == 0 {
                region.kill().unwrap();
                region.start().unwrap();
            } else {
                station.take().unwrap().kill().unwrap();
                station = Some(Station::start(&programs, &home).unwrap());
            }
        }
    }
    let station = station.unwrap();
    station.wait_until_sent(0).unwrap();
    let here = station.close().unwrap();
    region.kill().unwrap();
    assert!(kills >= 4, "only {kills} kills: the delivery was over too soon to prove anything");
    println!("{kills} kills, {here:?}");

    let (journal, _) = journal::Journal::open(&home.join("data"), 0).unwrap();
    let events = journal.events(Seq(1), usize::MAX).unwrap();
    assert_eq!(Counts::of(&events), here);
    let store = hub::store::Store::open(region.dir()).unwrap();
    let mut there = Vec::new();
    let mut last = None;
    loop {
        let page = store.events(StationId(1), last, 1_000).unwrap();
        let Some(oldest) = page.last() else { break };
        last = Some(oldest.who);
        there.extend(page.into_iter().map(|line| line.event));
    }
    there.reverse();
    assert_eq!(there.len(), events.len());
    for (ours, theirs) in events.iter().zip(&there) {
        assert_eq!((ours.seq, row::encode(ours)), (theirs.seq, row::encode(theirs)));
    }
    assert_eq!(region.counts().unwrap().0, here);
}
