//! A line that falls again and again delivers all, none twice; what is wanted of it in bytes is in the bench `wire`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use exchange::{Seq, StationId};
use std::time::Duration;
use tests::demo::chance::Chance;
use tests::demo::school::School;
use tests::wire::{Line, Proxy, Region, Sender, autumn};

/// Delivers `events` over a line that falls; gives how often it fell.
fn deliver(events: usize, falls_after: u64) -> u64 {
    let dir = tempfile::tempdir().unwrap();
    let school = School::invent(&mut Chance::new(1));
    let region = Region::start(dir.path(), &school).unwrap();
    let proxy = Proxy::start(region.address, Line { falls_after, ..Line::default() }).unwrap();
    let mut sender = Sender::join(&dir.path().join("station"), &region, &proxy).unwrap();
    autumn(&mut sender.journal, &school, events, &mut Chance::new(2)).unwrap();
    sender.deliver(Duration::from_secs(120)).unwrap();
    let head = sender.journal.outbox().head;
    assert_eq!(head, Seq(events as u64));
    let ours = sender.journal.events(Seq(1), usize::MAX).unwrap();
    let mut theirs = region.hub.with(|store| store.events(StationId(1), None, u32::MAX)).unwrap();
    theirs.reverse();
    assert!(ours.iter().eq(theirs.iter().map(|line| &line.event)));
    proxy.take_traffic().fallen
}

#[test]
fn a_line_that_falls_every_4_kb() {
    assert!(deliver(1_500, 4_000) > 0, "the line never fell: nothing was tried");
}

#[test]
fn a_line_that_falls_every_20_kb() {
    assert!(deliver(6_000, 20_000) > 0, "the line never fell: nothing was tried");
}
