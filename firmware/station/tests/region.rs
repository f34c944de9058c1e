//! A station and its region: how it joins, what it sends, and that a new epoch waits until nobody is there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

#[path = "support/region.rs"]
mod region;
mod support;

use desk::{Screen, Touch};
use exchange::{Act, Epoch};
use region::{Region, STATION};
use station::bench::kiosk::Kiosk;
use station::bench::school;
use station::status::Status;
use std::os::unix::fs::PermissionsExt;
use support::{Station, borrow, idle, lent, visit};

/// A station that knows nothing but the way to the region.
fn station_of(region: &Region) -> Station {
    let link = format!(
        "[region]\nurl = \"https://localhost:{}\"\nca = \"ca.pem\"\ncall_after_events = 1\n",
        region.port
    );
    let station = Station::new(&link);
    std::fs::write(station.path("ca.pem"), &region.ca_pem).unwrap();
    station
}

fn code(kiosk: &mut Kiosk, other_than: &str) -> String {
    let view =
        kiosk.wait(|screen| matches!(screen, Screen::Enrol { code, .. } if code != other_than)).unwrap();
    let Screen::Enrol { code, .. } = &view.screen else { panic!() };
    code.clone()
}

/// Starts it and has it approved.
fn join(station: &Station, region: &Region) -> Kiosk {
    let mut kiosk = station.start();
    let code = code(&mut kiosk, "");
    region.set(|books| books.approved = Some(code));
    kiosk.wait(idle).unwrap();
    kiosk
}

/// Items that the region knows to be lent, in order, under this epoch.
fn lent_there(books: &region::Books, wanted: Epoch) -> Vec<String> {
    let events = books.events.iter().filter(|((epoch, _), _)| *epoch == wanted);
    events.filter_map(|(_, event)| lent(&event.act)).collect()
}

#[test]
fn it_joins_by_an_approved_code_and_sends_each_loan_once() {
    let region = Region::start();
    let station = station_of(&region);
    let mut kiosk = station.start();
    let first = code(&mut kiosk, "");
    assert_eq!(Status::read(&station.data()).unwrap().enrol_code.as_ref(), Some(&first));
    region.set(|books| books.refuse.push(first.clone()));
    let second = code(&mut kiosk, &first);
    region.set(|books| books.approved = Some(second.clone()));
    borrow(&mut kiosk, 1, 1..=2);
    kiosk.kill().unwrap();

    let membership = station.data().join("membership.json");
    assert_eq!(membership.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let mut kiosk = station.start();
    borrow(&mut kiosk, 2, 3..=3);
    region.wait("all loans", |books| (lent_there(books, Epoch(1)).len() == 3).then_some(()));
    kiosk.stop().unwrap();
    region.set(|books| {
        assert_eq!((books.codes.clone(), books.enrolled), (vec![first, second], 1));
        assert_eq!(lent_there(books, Epoch(1)), [school::label(1), school::label(2), school::label(3)]);
        let starts =
            books.events.values().filter(|event| matches!(event.act, Act::StationStarted { .. })).count();
        assert_eq!(starts, 2);
    });
    let status = Status::read(&station.data()).unwrap();
    assert_eq!((status.staff.station, status.enrol_code), (STATION.0, None));
}

#[test]
fn a_new_epoch_waits_until_nobody_is_there() {
    let region = Region::start();
    let station = station_of(&region);
    let mut kiosk = join(&station, &region);
    borrow(&mut kiosk, 1, 1..=1);
    region.wait("the first loan", |books| (!lent_there(books, Epoch(1)).is_empty()).then_some(()));
    region.set(|books| books.begin = Some(Epoch(2)));
    kiosk.scan(&school::label(2)).unwrap();
    kiosk.wait(visit(2)).unwrap();
    // It is told, and does not begin: the undo still means the loan it was made for.
    region.wait("a call in mid-visit", |books| {
        let waits = station.log().contains("a visit is open; the answer is asked for again");
        (books.told_to_begin >= 1 && waits).then_some(())
    });
    kiosk.touch(Touch::Undo(1)).unwrap();
    kiosk.wait(visit(1)).unwrap();
    kiosk.touch(Touch::Finish).unwrap();
    kiosk.wait(|screen| matches!(screen, Screen::Finished { lent: 1, .. })).unwrap();
    let there = region.wait("the second epoch", |books| {
        let there = lent_there(books, Epoch(2));
        (!there.is_empty()).then_some(there)
    });
    assert_eq!(there.last(), Some(&school::label(2)));
    kiosk.stop().unwrap();
}

#[test]
fn a_station_that_lost_its_memory_gets_a_new_epoch_and_goes_on() {
    let region = Region::start();
    let station = station_of(&region);
    let mut kiosk = join(&station, &region);
    borrow(&mut kiosk, 1, 1..=1);
    region.wait("the loan", |books| (!lent_there(books, Epoch(1)).is_empty()).then_some(()));
    kiosk.kill().unwrap();
    for entry in std::fs::read_dir(station.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().contains(".db") {
            std::fs::remove_file(path).unwrap();
        }
    }
    region.set(|books| books.begin = Some(Epoch(2)));
    let mut kiosk = station.start();
    borrow(&mut kiosk, 2, 2..=2);
    region.wait("a loan of the second epoch", |books| {
        (lent_there(books, Epoch(2)) == [school::label(2)]).then_some(())
    });
    kiosk.stop().unwrap();
}
