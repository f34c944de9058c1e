//! Every kind of library system that is known, with its habits: what happened offline is there once, in the order of each
//! item, however the line behaves, and no loan became a renewal.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and prints its seed"
)]

use exchange::{Seq, StationId};
use journal::{Journal, LibraryState};
use links::https::TimeFloor;
use links::sip2::{Session, TcpDial, Teller, Trusting};
use std::collections::BTreeMap;
use std::time::Duration;
use tests::demo::chance::Chance;
use tests::library::desk::{account, fill, school_books, tell};
use tests::library::{Books, Entry, Habits, LibrarySystem};

/// How long a silence may be here.
const PATIENCE: Duration = Duration::from_millis(300);

struct World {
    _dir: tempfile::TempDir,
    journal: Journal,
    system: LibrarySystem,
    session: Session<TcpDial>,
    teller: Teller,
    told: Seq,
    /// Who has what, by the station.
    out: BTreeMap<String, String>,
}

fn world(profile: &str, habits: Habits, events: usize, seed: u64) -> World {
    println!("{profile}, seed {seed}");
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(dir.path(), 0).unwrap();
    journal.enrol_itself(StationId(1)).unwrap();
    let out = fill(&mut journal, events, &mut Chance::new(seed)).unwrap();
    let system = LibrarySystem::start(school_books(), habits).unwrap();
    let dial =
        TcpDial::new(&system.address.to_string(), &Trusting::Plain, &TimeFloor::new(0), PATIENCE).unwrap();
    let session = Session::new(dial, account(profile).unwrap(), PATIENCE);
    World { _dir: dir, journal, system, session, teller: Teller::default(), told: Seq(0), out }
}

impl World {
    /// Tells all, over as many faults as it takes; gives how many.
    fn tell_all(&mut self) -> usize {
        for faults in 0..10_000 {
            match tell(&mut self.journal, &mut self.session, &mut self.teller, &mut self.told).unwrap() {
                Ok(()) => return faults,
                Err(fault) => assert!(faults < 9_999, "it never ends: {fault}"),
            }
        }
        unreachable!("the loop ends by its assertion")
    }

    fn states(&self) -> BTreeMap<&'static str, usize> {
        let mut states = BTreeMap::new();
        for line in self.journal.library_lines(Seq(0), usize::MAX).unwrap() {
            let name = match line.state {
                LibraryState::Sending => "sending",
                LibraryState::Accepted => "accepted",
                LibraryState::OtherDue => "other due",
                LibraryState::AlreadyDone => "already done",
                LibraryState::Refused => "refused",
                LibraryState::Unknown => "unknown",
                LibraryState::Resolved => "resolved",
                LibraryState::Withdrawn => "withdrawn",
            };
            *states.entry(name).or_insert(0) += 1;
        }
        states
    }
}

fn loans(books: &Books) -> BTreeMap<String, String> {
    let loan = |(number, row): (&String, &tests::library::ItemRow)| {
        row.loan.as_ref().map(|(patron, _)| (number.clone(), patron.clone()))
    };
    books.items.iter().filter_map(loan).collect()
}

/// Each item was lent, returned, lent, … in turn, and nothing was a renewal that was not one.
fn in_turn(books: &Books) {
    let mut out: BTreeMap<&str, bool> = BTreeMap::new();
    for entry in &books.entries {
        match entry {
            Entry::Lent { item, .. } => {
                assert!(!out.insert(item, true).unwrap_or(false), "{item} lent twice")
            }
            Entry::Returned { item } => {
                assert!(out.insert(item, false).unwrap_or(false), "{item} back twice")
            }
            Entry::Renewed { item } => assert!(out[item.as_str()], "{item} renewed"),
            Entry::LentAgain { item } => panic!("a loan of {item} became a renewal"),
        }
    }
}

#[test]
fn every_kind_of_system_has_it_once() {
    for (profile, seed) in
        ["generic", "koha", "koha-old", "evergreen", "folio", "invenio", "dp2"].iter().zip(1..)
    {
        let mut world = world(profile, Habits::of(profile).unwrap(), 400, seed);
        assert_eq!(world.tell_all(), 0, "{profile}");
        let books = world.system.books();
        in_turn(&books);
        assert_eq!(loans(&books), world.out, "{profile}");
        assert_eq!(books.entries.len(), 400, "{profile}");
        assert_eq!(world.journal.outbox().acked, Seq(400), "{profile}: {:?}", world.states());
        let seen = world.system.seen();
        let questions = if *profile == "koha" { 800 } else { 402 };
        assert!(seen.messages <= questions, "{profile}: {} messages for 400 events", seen.messages);
    }
}

#[test]
fn a_line_that_falls_loses_nothing_and_doubles_nothing() {
    for profile in ["generic", "koha", "koha-old", "evergreen", "folio", "invenio"] {
        for (every, seed) in [(50, 11), (7, 12)] {
            let habits = Habits { falls_every: Some(every), ..Habits::of(profile).unwrap() };
            let mut world = world(profile, habits, 300, seed);
            assert!(world.tell_all() > 4, "{profile}: it did not fall");
            let books = world.system.books();
            in_turn(&books);
            assert_eq!(loans(&books), world.out, "{profile}, {every}");
            let states = world.states();
            assert!(
                !states.contains_key("unknown") && !states.contains_key("refused"),
                "{profile}: {states:?}"
            );
        }
    }
}

#[test]
fn answers_that_are_swallowed_are_found_out() {
    let habits = Habits { swallows_every: Some(23), ..Habits::default() };
    let mut world = world("generic", habits, 60, 21);
    assert!(world.tell_all() > 0);
    in_turn(&world.system.books());
    assert_eq!(loans(&world.system.books()), world.out);
}

#[test]
fn a_system_that_tells_no_state_leaves_the_unknown_to_a_person() {
    let habits = Habits { mute: vec!["17", "63"], falls_every: Some(20), ..Habits::default() };
    let mut world = world("generic", habits, 40, 31);
    world.tell_all();
    let books = world.system.books();
    assert!(!books.entries.iter().any(|entry| matches!(entry, Entry::LentAgain { .. })));
    let states = world.states();
    let unknown = states.get("unknown").copied().unwrap_or(0);
    assert!(unknown >= 1, "{states:?}");
    let held = world.journal.outbox().acked;
    assert!(held < Seq(40), "the outbox moved over what nobody knows");
    for line in world.journal.library_lines(Seq(0), usize::MAX).unwrap() {
        world.journal.library_resolve(line.seq, "looked at the shelf", 0).unwrap();
    }
    assert_eq!(world.journal.outbox().acked, Seq(40));
}

#[test]
fn checksums_that_are_wrong_are_taken_where_the_profile_says_so() {
    let habits = Habits { sums_wrongly: true, ..Habits::default() };
    let mut world = world("dp2", habits, 60, 81);
    let mut account = account("dp2").unwrap();
    account.profile.error_detection = true;
    let dial =
        TcpDial::new(&world.system.address.to_string(), &Trusting::Plain, &TimeFloor::new(0), PATIENCE);
    world.session = Session::new(dial.unwrap(), account.clone(), PATIENCE);
    assert_eq!(world.tell_all(), 0);
    assert_eq!(loans(&world.system.books()), world.out);

    account.profile.checksum = links::sip2::ChecksumMode::Strict;
    let dial =
        TcpDial::new(&world.system.address.to_string(), &Trusting::Plain, &TimeFloor::new(0), PATIENCE);
    let fault = Session::new(dial.unwrap(), account, PATIENCE).open().unwrap_err();
    assert!(fault.to_string().contains("fell silent"), "97 is not answered there: {fault}");
}

#[test]
fn a_refusal_stops_its_item_alone() {
    let mut world = world("generic", Habits::default(), 300, 41);
    let blocked = world.out.values().next().unwrap().clone();
    world.system.at_the_desk(|books| books.patrons.get_mut(&blocked).unwrap().blocked = true);
    world.tell_all();
    let states = world.states();
    // The system has its own idea of when a loan is due.
    assert!(states["refused"] >= 1 && states["accepted"] + states["other due"] > 250, "{states:?}");
    let lines = world.journal.library_lines(Seq(0), usize::MAX).unwrap();
    assert!(lines.iter().any(|line| line.words == "Patron Blocked"));
    assert_eq!(world.journal.outbox().acked, Seq(300), "a refusal is an answer");
    let theirs = loans(&world.system.books());
    let ours: BTreeMap<_, _> = world.out.iter().filter(|(_, patron)| **patron != blocked).collect();
    assert_eq!(theirs.iter().collect::<BTreeMap<_, _>>(), ours);
}

#[test]
fn what_was_done_at_the_librarians_desk_too_is_no_second_loan() {
    let mut world = world("evergreen", Habits::of("evergreen").unwrap(), 1, 51);
    let (item, patron) =
        world.out.first_key_value().map(|(item, patron)| (item.clone(), patron.clone())).unwrap();
    world.system.at_the_desk(|books| {
        let today = exchange::Day::from_ymd(2026, 8, 31).unwrap();
        books.lend(&patron, &item, today, None).map(drop).unwrap();
    });
    world.tell_all();
    assert_eq!(world.states(), BTreeMap::from([("already done", 1)]));
}

#[test]
fn a_wrong_password_is_told_and_nothing_is_sent() {
    let habits = Habits { login: ("kiosk".into(), "other".into()), ..Habits::default() };
    let mut world = world("generic", habits, 5, 61);
    let fault = tell(&mut world.journal, &mut world.session, &mut world.teller, &mut world.told).unwrap();
    assert!(fault.unwrap_err().to_string().contains("login"));
    assert_eq!(world.system.seen().deeds, 0);
    world.system.behave(|habits| habits.login = ("kiosk".into(), "secret".into()));
    world.tell_all();
    assert_eq!(loans(&world.system.books()), world.out);
}

#[test]
fn a_connection_that_was_closed_while_idle_is_no_fault() {
    let mut world = world("generic", Habits::default(), 20, 71);
    world.session.open().unwrap();
    world.system.hang_up();
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(world.tell_all(), 0);
    assert_eq!(world.system.seen().connections, 2);
}
