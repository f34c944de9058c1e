//! Whatever comes in whatever order: the store holds what the fold of everything from nothing says, its feeds have the
//! hashes of their records, and a station that follows the feeds has what the region has. In both databases; and with two
//! schools that have the same cards and labels.

mod backup;
mod conflicts;
mod imports;
mod outside;
mod told_again;
mod writes;

use super::fold::{DATED, dated, decisions};
use super::reference::Reading;
use super::sql::params;
use super::{Change, Role, SchoolId, Store, records, retold};
use crate::fold::{Dated, Decree, Reference, whole};
use crate::own_postgres::OwnPostgres;
use exchange::enrol::EnrolRequest;
use exchange::wire::{PublicKey, SecretKey};
use exchange::{
    Act, Allowance, Answer, Basis, Block, BlockKind, Calendar, Chain, ClockSample, ClockTrust, Cursor, Day,
    Epoch, Event, Feed, FeedHash, Item, ItemId, ItemStatus, Patron, PatronId, PatronKind, Record, RecordKey,
    Request, Rules, SCHEMA, Seq, Stamp, Standing, StationId, Title, TitleId, TitleKind, UnknownItem, row,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};

const NOON_S: i64 = 1_788_253_200;

fn item(n: u8) -> ItemId {
    ItemId::new(format!("3001200000{n:04}")).unwrap()
}

fn rules(version: u32) -> Record {
    let allowance = Allowance { max_loans: 2, loan_days: 14, max_renewals: 1, renewal_days: 14 };
    Record::Rules(Rules {
        version,
        pupil: allowance,
        teacher: allowance,
        overdue_blocks_from: 0,
        unknown_item: UnknownItem::Lend,
        stale: Vec::new(),
    })
}

fn patron(n: u8, blocks: Vec<Block>) -> Record {
    Record::Patron(Patron {
        id: PatronId(n.into()),
        cards: vec![format!("2001200000{n:04}")],
        given: "Дана".into(),
        family: "Оспанова".into(),
        class: None,
        kind: PatronKind::Pupil,
        lang: exchange::Lang::Kk,
        blocks,
        until: None,
        pin: None,
    })
}

fn copy(n: u8, status: ItemStatus) -> Record {
    Record::Item(Item { id: item(n), title: TitleId(u64::from(n) % 2 + 1), status, former: Vec::new() })
}

/// A copy that had another number before.
fn renumbered(n: u8, before: u8) -> Record {
    let title = TitleId(u64::from(n) % 2 + 1);
    Record::Item(Item { id: item(n), title, status: ItemStatus::Lendable, former: vec![item(before)] })
}

/// A station with its journal and its copies of the feeds.
struct Station {
    id: StationId,
    school: SchoolId,
    epoch: Epoch,
    events: Vec<Event>,
    acked: u64,
    feeds: BTreeMap<Feed, (u64, BTreeMap<RecordKey, Record>)>,
}

impl Station {
    fn join(store: &mut Store, school: SchoolId, n: u8) -> Station {
        let key = SecretKey::from_seed([n; 32]).public();
        let code = format!("2345678{n}");
        let request = EnrolRequest {
            schema: SCHEMA,
            key,
            code: code.clone(),
            name: format!("station {n}"),
            voucher: None,
        };
        store.enrol(&request, PublicKey([9; 32]), NOON_S).unwrap();
        // As a person reads it off the screen.
        let id = store
            .approve(school, &format!(" {}-{n} ", &code[..7].to_lowercase()), "somebody", NOON_S)
            .unwrap();
        Station { id, school, epoch: Epoch(1), events: Vec::new(), acked: 0, feeds: BTreeMap::new() }
    }

    fn record(&mut self, act: Act, wall_s: i64, trust: ClockTrust) {
        let seq = Seq(self.events.len() as u64 + 1);
        let at = Stamp { wall_s, boot: 1, mono_s: (wall_s - NOON_S).max(0) as u64, trust };
        self.events.push(Event { seq, at, basis: Basis { rules: 1, data_as_of_s: NOON_S }, act });
    }

    fn request(&self, from: u64, count: usize, now_s: i64) -> Request {
        let before = &self.events[..from as usize - 1];
        let have = Feed::ALL.map(|feed| {
            let (at, records) = self.feeds.get(&feed).cloned().unwrap_or_default();
            Cursor { feed, at, hash: FeedHash::over(records.values()) }
        });
        Request {
            schema: SCHEMA,
            station: self.id,
            epoch: self.epoch,
            from_seq: Seq(from),
            chain_before: before.iter().fold(Chain::START, Chain::after),
            head_seq: Seq(self.events.len() as u64),
            events: self.events.iter().skip(from as usize - 1).take(count).cloned().collect(),
            have: have.to_vec(),
            clock: ClockSample {
                wall_s: now_s,
                boot: 1,
                mono_s: (now_s - NOON_S).max(0) as u64,
                trust: ClockTrust::Rtc,
            },
            answer_limit: 64,
        }
    }

    fn read(&mut self, answer: &Answer) {
        self.acked = answer.stored_upto.0;
        for changes in &answer.changes {
            let (at, records) = self.feeds.entry(changes.feed).or_default();
            if changes.from == 0 {
                records.clear();
            } else {
                assert_eq!(*at, changes.from);
            }
            records.extend(changes.put.iter().map(|record| (record.key(), record.clone())));
            for key in &changes.gone {
                records.remove(key);
            }
            *at = changes.upto;
            if let Some(hash) = changes.hash {
                assert_eq!(FeedHash::over(records.values()), hash, "{:?}", changes.feed);
            }
        }
    }

    /// Calls until there is nothing left to say.
    fn catch_up(&mut self, store: &mut Store, now_s: i64) {
        for _ in 0..500 {
            let request = self.request(self.acked + 1, 7, now_s);
            let answer = store.take(&request, b"message", now_s).unwrap();
            assert_eq!(answer.standing, Standing::Good);
            self.read(&answer);
            if !answer.more && self.acked == self.events.len() as u64 {
                return;
            }
        }
        panic!("no end");
    }
}

/// A server for this test, or none where the machine has no PostgreSQL and nobody insists.
fn server(dir: &std::path::Path) -> Option<OwnPostgres> {
    match OwnPostgres::start(dir) {
        Ok(server) => Some(server),
        Err(fault) if std::env::var_os("OQYRMAN_POSTGRES").is_some_and(|word| word == "required") => {
            panic!("{fault:#}")
        }
        Err(fault) => {
            eprintln!("skipped for PostgreSQL: {fault:#}");
            None
        }
    }
}

/// Runs a test on a new region with one school, in either database.
fn in_both(test: impl Fn(&mut Store, SchoolId)) {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), None).unwrap();
    let one = school(&mut store, "№ 12");
    test(&mut store, one);
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = server(&dir.path().join("postgres")) else { return };
    let mut store = Store::create(dir.path(), Some(&server.database("region").unwrap())).unwrap();
    let one = school(&mut store, "№ 12");
    test(&mut store, one);
}

fn school(store: &mut Store, name: &str) -> SchoolId {
    let school = store.add_school(name, NOON_S - 2_000).unwrap();
    let title = |n: u64, kind| {
        Record::Title(Title {
            id: TitleId(n),
            name: format!("Кітап {n}"),
            author: String::new(),
            isbn: String::new(),
            year: 0,
            kind,
        })
    };
    let calendar = Calendar {
        version: 1,
        zone: "Asia/Almaty".into(),
        weekend: 0b110_0000,
        closed: Vec::new(),
        year_end: Day::from_ymd(2027, 5, 25).unwrap(),
    };
    let mut all =
        vec![rules(1), Record::Calendar(calendar), title(1, TitleKind::Book), title(2, TitleKind::Textbook)];
    all.extend((1..=3).map(|n| copy(n, ItemStatus::Lendable)));
    all.extend((1..=2).map(|n| patron(n, Vec::new())));
    let changes: Vec<Change> = all.into_iter().map(Change::Put).collect();
    store.save(school, &changes, NOON_S - 1_000).unwrap();
    school
}

fn all_events(store: &Store, school: SchoolId) -> Vec<Dated> {
    let sql =
        format!("SELECT {DATED} FROM event e {} WHERE e.school = ?1 ORDER BY e.received_s", retold::JOIN);
    let rows = store.db.rows(&sql, params![school.0]).unwrap();
    dated(&rows).unwrap().into_iter().map(|(event, _)| event).collect()
}

fn all_reference(store: &Store, school: SchoolId) -> Reference {
    let mut reading = Reading::new(&store.db, school).unwrap();
    reading.want_items(&(0..10).map(item).collect()).unwrap();
    reading.want_patrons(&(0..10).map(PatronId).collect()).unwrap();
    reading.want_titles(&(0..10).map(TitleId).collect()).unwrap();
    reading.reference.former =
        super::former::present(&store.db, school, (0..10).map(item).collect::<Vec<_>>().iter())
            .unwrap()
            .into_iter()
            .collect();
    reading.reference
}

/// Compares what is stored with the fold from nothing.
fn verify(store: &Store, school: SchoolId) {
    store.settle(school).unwrap();
    let events = all_events(store, school);
    let log = decisions(&store.db, school).unwrap();
    let picture = whole(events.clone(), &log, &all_reference(store, school));
    let mut undone = BTreeSet::new();
    for event in &events {
        let line = store.event(event.who).unwrap().unwrap();
        assert_eq!(line.judged, picture.fates[&event.who], "{:?} {:?}", event.who, event.act);
        if line.undone {
            undone.insert(event.who);
        }
    }
    assert_eq!(undone, picture.undone);
    for (item, loans) in &picture.loans {
        assert_eq!(&store.loans_of(school, item).unwrap(), loans);
    }
    let rows =
        store.db.rows("SELECT patron, title, out FROM counted WHERE school = ?1", params![school.0]).unwrap();
    let counted: BTreeMap<_, u32> = rows
        .iter()
        .map(|row| ((PatronId(row.get(0).unwrap()), TitleId(row.get(1).unwrap())), row.get(2).unwrap()))
        .collect();
    assert_eq!(counted, picture.counted.iter().map(|(key, count)| (*key, count.out)).collect());
    let open: Vec<ItemId> = picture
        .loans
        .iter()
        .filter(|(_, loans)| loans.last().is_some_and(|loan| loan.closed.is_none()))
        .map(|(item, _)| item.clone())
        .collect();
    let told = store.records(school, Feed::Loans).unwrap();
    assert_eq!(
        told.iter().map(Record::key).collect::<Vec<_>>(),
        open.into_iter().map(RecordKey::Item).collect::<Vec<_>>()
    );
    for feed in Feed::ALL {
        let records = store.records(school, feed).unwrap();
        assert_eq!(records::hash(&store.db, school, feed, StationId(0)).unwrap(), FeedHash::over(&records));
    }
    let reviews = picture.reviews();
    let undecided = reviews.values().filter(|decided| !**decided).count() as u64;
    assert_eq!(store.review_counts(school).unwrap(), (undecided, reviews.len() as u64));
    // The numbers that are kept in step are those that counting anew gives.
    let counted = |kind: u16| {
        let sql = format!(
            "SELECT count(*) FROM event e WHERE school = ?1 AND kind = ?2 AND undone = 0 AND {}",
            retold::IS_FIRST
        );
        store.db.one::<u64>(&sql, params![school.0, kind]).unwrap()
    };
    let counts = store.counts(school).unwrap();
    let numbers = [counts.lent, counts.returned, counts.renewed, counts.refused];
    assert_eq!(numbers, [counted(2), counted(3), counted(4), counted(8)]);
    assert_eq!(counts.events, events.len() as u64);
    let by_station: u64 = store.stations(school).unwrap().iter().map(|line| line.counts.events).sum();
    assert_eq!(by_station, counts.events);
}

#[derive(Debug, Clone)]
enum Op {
    Act { station: u8, act: Act, after_s: i64, trust: ClockTrust },
    Send { station: u8, back: u64, count: usize },
    Decide { school: usize, which: usize, decree: Decree },
    Refer(usize, Record),
    Forget(usize, u8),
}

fn acts() -> impl Strategy<Value = Act> {
    let items = (1u8..=4).prop_map(item);
    let patrons = (1u64..=3).prop_map(PatronId);
    let due = Day::from_ymd(2026, 9, 15).unwrap();
    prop_oneof![
        6 => (patrons.clone(), items.clone()).prop_map(move |(patron, item)| Act::CheckedOut { patron, item, due }),
        4 => items.clone().prop_map(|item| Act::Returned { item }),
        2 => (patrons.clone(), items).prop_map(move |(patron, item)| Act::Renewed { patron, item, due: due.plus(7) }),
        3 => (1u64..12).prop_map(|seq| Act::Undone { seq: Seq(seq) }),
        1 => (patrons.clone(), 1u16..3).prop_map(move |(patron, count)| Act::CountedIssued { patron, title: TitleId(1), count, due }),
        1 => (patrons, 1u16..3).prop_map(|(patron, count)| Act::CountedReturned { patron, title: TitleId(1), count }),
        1 => Just(Act::Unknown { kind: 99, payload: vec![1, 2, 3] }),
    ]
}

fn ops() -> impl Strategy<Value = Op> {
    let trust = prop_oneof![Just(ClockTrust::Synced), Just(ClockTrust::Rtc), Just(ClockTrust::Guessed)];
    let decree = prop_oneof![Just(Decree::Accept), Just(Decree::Reject), Just(Decree::Withdraw)];
    let block = Block { kind: BlockKind::LostItem, since: Day::from_ymd(2026, 9, 1).unwrap() };
    let reference = prop_oneof![
        (1u8..=4).prop_map(|n| copy(n, ItemStatus::Reference)),
        (1u8..=4).prop_map(|n| copy(n, ItemStatus::Lendable)),
        (1u8..=4, 1u8..=4).prop_map(|(n, before)| renumbered(n, before)),
        (1u8..=3).prop_map(move |n| patron(n, vec![block])),
        (1u8..=3).prop_map(|n| patron(n, Vec::new())),
    ];
    prop_oneof![
        8 => (0u8..4, acts(), -40i64..200, trust).prop_map(|(station, act, after_s, trust)| Op::Act { station, act, after_s, trust }),
        5 => (0u8..4, 0u64..4, 0usize..6).prop_map(|(station, back, count)| Op::Send { station, back, count }),
        2 => (0usize..2, 0usize..4, decree).prop_map(|(school, which, decree)| Op::Decide { school, which, decree }),
        1 => (0usize..2, reference).prop_map(|(school, record)| Op::Refer(school, record)),
        1 => (0usize..2, 1u8..=4).prop_map(|(school, n)| Op::Forget(school, n)),
    ]
}

/// Plays what happens in a region of two schools, three stations in the first and one in the second.
fn play(store: &mut Store, ops: Vec<Op>) -> Result<(), TestCaseError> {
    let schools = [school(store, "№ 12"), school(store, "№ 34")];
    let mut stations: Vec<Station> =
        (0..4).map(|n| Station::join(store, schools[usize::from(n == 3)], n)).collect();
    let mut now_s = NOON_S;
    for op in ops {
        match op {
            Op::Act { station, act, after_s, trust } => {
                now_s += after_s.max(0);
                stations[usize::from(station)].record(act, now_s + after_s.min(0), trust);
            }
            Op::Send { station, back, count } => {
                now_s += 3;
                let station = &mut stations[usize::from(station)];
                let from = (station.acked + 1).saturating_sub(back).max(1);
                let request = station.request(from, count, now_s);
                let answer = store.take(&request, b"message", now_s).unwrap();
                prop_assert_eq!(answer.standing, Standing::Good);
                // All that the message told is stored, and no more than that is acknowledged.
                prop_assert_eq!(answer.stored_upto.0, from - 1 + request.events.len() as u64);
                station.read(&answer);
            }
            Op::Decide { school, which, decree } => {
                let school = schools[school];
                let lines = store.reviews(school, decree != Decree::Withdraw, 10).unwrap();
                if let Some(line) = lines.get(which) {
                    store.decide(school, line.review, decree, "librarian", now_s).unwrap();
                }
            }
            Op::Refer(school, record) => {
                store.save(schools[school], &[Change::Put(record)], now_s).unwrap();
            }
            Op::Forget(school, n) => {
                let gone = Change::Gone(Feed::Items, RecordKey::Item(item(n)));
                store.save(schools[school], &[gone], now_s).unwrap();
            }
        }
    }
    schools.iter().for_each(|school| verify(store, *school));
    for round in 1..=2 {
        for station in &mut stations {
            station.catch_up(store, now_s + 3 * round);
        }
    }
    schools.iter().for_each(|school| verify(store, *school));
    for feed in Feed::ALL.into_iter().filter(|feed| *feed != Feed::Verdicts) {
        for station in &stations {
            let ours: Vec<Record> = store.records(station.school, feed).unwrap();
            let theirs: Vec<Record> = station
                .feeds
                .get(&feed)
                .map(|(_, records)| records.values().cloned().collect())
                .unwrap_or_default();
            prop_assert_eq!(&theirs, &ours, "{:?}", feed);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn the_store_holds_what_the_fold_from_nothing_says(ops in prop::collection::vec(ops(), 1..60)) {
        let dir = tempfile::tempdir().unwrap();
        play(&mut Store::create(dir.path(), None).unwrap(), ops)?;
    }
}

#[test]
fn so_does_the_one_in_postgresql() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = server(&dir.path().join("postgres")) else { return };
    let count = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: 16, ..Config::default() });
    let done = runner.run(&prop::collection::vec(ops(), 1..60), |ops| {
        count.set(count.get() + 1);
        let folder = tempfile::tempdir().unwrap();
        let url = server.database(&format!("region{}", count.get())).unwrap();
        play(&mut Store::create(folder.path(), Some(&url)).unwrap(), ops)
    });
    done.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn hubs_side_by_side_take_each_message_once() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = server(&dir.path().join("postgres")) else { return };
    let mut store = Store::create(dir.path(), Some(&server.database("region").unwrap())).unwrap();
    let one = school(&mut store, "№ 12");
    let mut station = Station::join(&mut store, one, 1);
    for n in 0..60 {
        let due = Day::from_ymd(2026, 9, 15).unwrap();
        let act = match n % 2 {
            0 => Act::CheckedOut { patron: PatronId(1), item: item(1), due },
            _ => Act::Returned { item: item(1) },
        };
        station.record(act, NOON_S + n, ClockTrust::Synced);
    }
    // The same messages through two hubs at once, as after a balancer that tried again.
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let (path, station) = (dir.path(), &station);
            scope.spawn(move || {
                let mut store = Store::open(path).unwrap();
                for from in (1..=60).step_by(5) {
                    let answer =
                        store.take(&station.request(from, 5, NOON_S + 100), b"m", NOON_S + 100).unwrap();
                    assert_eq!(answer.standing, Standing::Good);
                    assert!(answer.stored_upto.0 >= from + 4);
                }
            });
        }
    });
    assert_eq!(store.counts(one).unwrap().events, 60);
    verify(&store, one);
}

#[test]
fn a_message_twice_changes_nothing_the_second_time() {
    in_both(|store, one| {
        let mut station = Station::join(store, one, 1);
        let due = Day::from_ymd(2026, 9, 15).unwrap();
        station.record(Act::CheckedOut { patron: PatronId(1), item: item(1), due }, NOON_S, ClockTrust::Rtc);
        let request = station.request(1, 10, NOON_S);
        let first = store.take(&request, b"m", NOON_S).unwrap();
        let counts = store.counts(one).unwrap();
        let second = store.take(&request, b"m", NOON_S + 5).unwrap();
        assert_eq!((first.stored_upto, second.stored_upto), (Seq(1), Seq(1)));
        assert_eq!(store.counts(one).unwrap(), counts);
        assert_eq!((counts.lent, counts.events), (1, 1));
    });
}

#[test]
fn a_gap_moves_nothing() {
    in_both(|store, one| {
        let mut station = Station::join(store, one, 1);
        for _ in 0..5 {
            station.record(Act::Returned { item: item(1) }, NOON_S, ClockTrust::Rtc);
        }
        let answer = store.take(&station.request(3, 10, NOON_S), b"m", NOON_S).unwrap();
        assert_eq!((answer.standing, answer.stored_upto), (Standing::Good, Seq(0)));
        assert_eq!(store.counts(one).unwrap().events, 0);
    });
}

#[test]
fn another_history_is_a_fork_and_is_set_aside() {
    in_both(|store, one| {
        let mut station = Station::join(store, one, 1);
        station.record(Act::Returned { item: item(1) }, NOON_S, ClockTrust::Rtc);
        store.take(&station.request(1, 10, NOON_S), b"m", NOON_S).unwrap();
        let mut clone = Station { events: Vec::new(), feeds: BTreeMap::new(), ..station };
        clone.record(Act::Returned { item: item(2) }, NOON_S + 60, ClockTrust::Rtc);
        let request = clone.request(1, 10, NOON_S + 61);
        let answer = store.take(&request, b"another history", NOON_S + 61).unwrap();
        assert_eq!((answer.standing, answer.stored_upto), (Standing::Forked { begin: Epoch(2) }, Seq(1)));
        // The answer was lost: the same epoch is named again.
        let answer = store.take(&request, b"another history", NOON_S + 70).unwrap();
        assert_eq!(answer.standing, Standing::Forked { begin: Epoch(2) });
        assert_eq!(store.counts(one).unwrap().events, 1);
        assert_eq!(store.set_aside(clone.id).unwrap()[0].why, "fork");
        clone.epoch = Epoch(2);
        clone.acked = 0;
        clone.catch_up(store, NOON_S + 80);
        assert_eq!(store.counts(one).unwrap().events, 2);
        // What still speaks of the first epoch is the other one of the two.
        clone.epoch = Epoch(1);
        let answer = store.take(&clone.request(1, 10, NOON_S + 90), b"m", NOON_S + 90).unwrap();
        assert_eq!(answer.standing, Standing::Forked { begin: Epoch(3) });
        verify(store, one);
    });
}

#[test]
fn another_history_is_known_by_what_lies_before_a_message() {
    in_both(|store, one| {
        let mut station = Station::join(store, one, 1);
        station.record(Act::Returned { item: item(1) }, NOON_S, ClockTrust::Rtc);
        store.take(&station.request(1, 10, NOON_S), b"m", NOON_S).unwrap();
        let mut clone = Station { events: Vec::new(), feeds: BTreeMap::new(), ..station };
        for number in [2, 3] {
            clone.record(Act::Returned { item: item(number) }, NOON_S + 60, ClockTrust::Rtc);
        }
        // Its first event is another one, and is not told again: only the chain shows it.
        let answer = store.take(&clone.request(2, 10, NOON_S + 61), b"m", NOON_S + 61).unwrap();
        assert_eq!((answer.standing, answer.stored_upto), (Standing::Forked { begin: Epoch(2) }, Seq(1)));
        assert_eq!(store.counts(one).unwrap().events, 1);
    });
}

#[test]
fn nothing_is_taken_from_a_revoked_station() {
    in_both(|store, one| {
        let mut station = Station::join(store, one, 1);
        station.record(Act::Returned { item: item(1) }, NOON_S, ClockTrust::Rtc);
        assert!(store.revoke(station.id, ("somebody", "stolen"), NOON_S).unwrap());
        let answer = store.take(&station.request(1, 10, NOON_S), b"stolen", NOON_S).unwrap();
        assert_eq!((answer.standing, answer.stored_upto), (Standing::Revoked, Seq(0)));
        assert!(answer.changes.is_empty(), "a stolen device is told nothing");
        assert_eq!(store.set_aside(station.id).unwrap()[0].why, "revoked");
    });
}

#[test]
fn a_wrong_password_five_times_locks() {
    in_both(|store, one| {
        store.add_staff("librarian", (Role::Librarian, Some(one)), "correct horse", [7; 16]).unwrap();
        let hash = store.password_hash("librarian", None, NOON_S).unwrap().unwrap();
        assert!(super::check_password(Some(&hash), "correct horse"));
        assert!(!super::check_password(Some(&hash), "wrong horse"));
        assert!(!super::check_password(None, ""));
        for _ in 0..4 {
            store.note_failure("librarian", None, NOON_S).unwrap();
        }
        assert!(store.password_hash("librarian", None, NOON_S).is_ok());
        store.note_failure("librarian", None, NOON_S).unwrap();
        assert!(store.password_hash("librarian", None, NOON_S + 299).is_err());
        assert!(store.password_hash("librarian", None, NOON_S + 301).is_ok());
    });
}

#[test]
fn a_session_ends_by_itself() {
    in_both(|store, one| {
        store.add_staff("librarian", (Role::Librarian, Some(one)), "correct horse", [7; 16]).unwrap();
        store.sign_in("librarian", &[1; 32], "word", NOON_S).unwrap();
        assert_eq!(store.session(&[1; 32], NOON_S + 10).unwrap().unwrap().form, "word");
        assert_eq!(store.session(&[2; 32], NOON_S + 10).unwrap(), None);
        assert_eq!(store.session(&[1; 32], NOON_S + 9 * 3600).unwrap(), None);
    });
}
