//! A region is lost and put back from an older copy: what its station had told since, and had been acknowledged, comes again by
//! itself. A real journal, the real link, the real commands.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use exchange::{Seq, StationId, row};
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tests::demo::chance::Chance;
use tests::demo::school::School;
use tests::wire::{Line, Proxy, Region, Sender, autumn};

const PATIENCE: Duration = Duration::from_secs(60);

fn hub(words: &[&str], paths: [&Path; 2]) {
    let mut args = vec![OsString::from("oqyrman-hub")];
    args.extend(words.iter().map(OsString::from));
    args.extend(paths.map(OsString::from));
    hub::cli::main_with_args(args).unwrap();
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[test]
fn a_region_put_back_to_an_older_copy_gets_everything_again() {
    let dir = tempfile::tempdir().unwrap();
    let school = School::invent(&mut Chance::new(1));
    let region = Region::start(dir.path(), &school).unwrap();
    let proxy = Proxy::start(region.address, Line::default()).unwrap();
    let mut sender = Sender::join(&dir.path().join("journal"), &region, &proxy).unwrap();
    let mut chance = Chance::new(2);
    autumn(&mut sender.journal, &school, 400, &mut chance).unwrap();
    sender.deliver(PATIENCE).unwrap();
    let copy = dir.path().join("copy");
    hub(&["backup"], [&region.dir, &copy]);

    autumn(&mut sender.journal, &school, 300, &mut chance).unwrap();
    sender.deliver(PATIENCE).unwrap();
    let head = sender.journal.outbox().head;
    assert_eq!((sender.journal.outbox().acked, region.events().unwrap()), (head, head.0));
    let open_before = region.hub.with(|store| store.open_loans(hub::store::SchoolId(1))).unwrap();
    drop(region);

    let again = dir.path().join("again");
    hub(&["restore"], [&copy, &again]);
    let region = Region::serve(&again).unwrap();
    assert!(region.events().unwrap() < head.0, "the copy is older");
    sender.turn_to(&region).unwrap();
    // An answer of the same second as the last one is not newer than that.
    let last_s = now_s();
    while now_s() == last_s {
        std::thread::sleep(Duration::from_millis(20));
    }
    // It has nothing to tell, as far as it knows; the answer says that the region has less.
    sender.deliver(PATIENCE).unwrap();
    assert_eq!((sender.journal.outbox().acked, region.events().unwrap()), (head, head.0));
    let mut theirs = region.hub.with(|store| store.events(StationId(1), None, u32::MAX)).unwrap();
    theirs.reverse();
    let ours = sender.journal.events(Seq(1), usize::MAX).unwrap();
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!((ours.seq, row::encode(ours)), (theirs.event.seq, row::encode(&theirs.event)));
    }
    let open = region.hub.with(|store| store.open_loans(hub::store::SchoolId(1))).unwrap();
    assert_eq!(open, open_before);
}
