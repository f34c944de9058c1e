//! Copies of a region, put back: whole, checked, and refused where they are not.

use super::*;
use crate::backup::{BackupFault, backup, restore};
use std::path::Path;

/// Fills a region with a school, a station and some loans.
fn fill(store: &mut Store) -> Station {
    let one = school(store, "№ 12");
    let mut station = Station::join(store, one, 1);
    tell(store, &mut station, 40);
    station
}

fn tell(store: &mut Store, station: &mut Station, count: i64) {
    for n in 0..count {
        let due = Day::from_ymd(2026, 9, 15).unwrap();
        let act = match n % 2 {
            0 => Act::CheckedOut { patron: PatronId(1), item: item(1), due },
            _ => Act::Returned { item: item(1) },
        };
        station.record(act, NOON_S + n, ClockTrust::Synced);
    }
    station.catch_up(store, NOON_S + 100);
}

/// Copies a region, lets it go on, and puts the copy back: what was told since is sent again and comes to the same.
fn there_and_back(store: &mut Store, dir: &Path, to: &Path, address: Option<&str>) -> Store {
    let mut station = fill(store);
    std::fs::write(dir.join("region.key"), "secret").unwrap();
    let copy = to.join("copy");
    let manifest = backup(dir, &copy, NOON_S).unwrap();
    assert_eq!(manifest.inventory, store.inventory().unwrap());
    tell(store, &mut station, 20);
    assert_ne!(manifest.inventory, store.inventory().unwrap());
    let again = to.join("again");
    assert_eq!(restore(&copy, &again, address).unwrap(), manifest);
    assert_eq!(std::fs::read_to_string(again.join("region.key")).unwrap(), "secret");
    let mut put_back = Store::open(&again).unwrap();
    assert_eq!(put_back.inventory().unwrap(), manifest.inventory);
    // The station goes on where it was acknowledged, is told what is there, and sends from there.
    let answer = put_back.take(&station.request(61, 9, NOON_S + 200), b"m", NOON_S + 200).unwrap();
    assert_eq!((answer.standing, answer.stored_upto), (Standing::Good, Seq(40)));
    station.read(&answer);
    station.catch_up(&mut put_back, NOON_S + 210);
    verify(&put_back, station.school);
    assert_eq!(put_back.inventory().unwrap().journals, store.inventory().unwrap().journals);
    // A station that joins now does not get a number that was given out since.
    let new = Station::join(&mut put_back, station.school, 2);
    assert!(new.id.0 > 1_000, "{}", new.id);
    put_back
}

#[test]
fn a_copy_of_a_file_holds_the_region_and_its_keys() {
    let dir = tempfile::tempdir().unwrap();
    let region = dir.path().join("region");
    std::fs::create_dir(&region).unwrap();
    let mut store = Store::create(&region, None).unwrap();
    there_and_back(&mut store, &region, dir.path(), None);
}

#[test]
fn so_does_one_of_postgresql() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = server(&dir.path().join("postgres")) else { return };
    let region = dir.path().join("region");
    std::fs::create_dir(&region).unwrap();
    let mut store = Store::create(&region, Some(&server.database("region").unwrap())).unwrap();
    let other = server.database("other").unwrap();
    there_and_back(&mut store, &region, dir.path(), Some(&other));
    let copy = dir.path().join("copy");
    let third = dir.path().join("third");
    let full = restore(&copy, &third, Some(&other)).unwrap_err();
    assert!(full.to_string().contains("holds a region already"), "{full}");
    assert!(matches!(restore(&copy, &dir.path().join("fourth"), None), Err(BackupFault::WantsAddress)));
}

#[test]
fn a_copy_that_is_not_what_it_was_is_not_put_back() {
    let dir = tempfile::tempdir().unwrap();
    let region = dir.path().join("region");
    std::fs::create_dir(&region).unwrap();
    let mut store = Store::create(&region, None).unwrap();
    fill(&mut store);
    let copy = dir.path().join("copy");
    backup(&region, &copy, NOON_S).unwrap();
    assert!(matches!(backup(&region, &copy, NOON_S), Err(BackupFault::Full(_))));
    let path = copy.join(super::super::FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let again = dir.path().join("again");
    assert!(matches!(restore(&copy, &again, None), Err(BackupFault::Changed(_))));
    assert!(!again.exists());
    std::fs::remove_file(copy.join("backup.json")).unwrap();
    assert!(matches!(restore(&copy, &again, None), Err(BackupFault::NoCopy(_))));
}

#[test]
fn an_event_that_was_changed_is_found_by_the_chain() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), None).unwrap();
    let station = fill(&mut store);
    let other = super::row::encode(&station.events[2]);
    store.db.execute("UPDATE event SET row = ?1 WHERE seq = 5", params![other]).unwrap();
    let fault = backup(dir.path(), &dir.path().join("copy"), NOON_S).unwrap_err();
    assert!(fault.to_string().contains("chain"), "{fault}");
}
