//! What a journal tells again under a new epoch counts once.

use super::super::Told;
use super::super::{ChangeLine, FILE};
use super::*;
use crate::fold::EventRef;
use exchange::{Conflict, Fate};

/// A machine that goes on from where this one is.
fn copy_of(station: &Station) -> Station {
    Station { events: station.events.clone(), feeds: BTreeMap::new(), ..*station }
}

/// The station is told to begin a new epoch, and tells everything there; gives what it was told of its events.
fn fork(station: &mut Station, store: &mut Store, now_s: i64) -> Vec<exchange::Outcome> {
    let request = station.request(station.acked + 1, 100, now_s);
    let answer = store.take(&request, b"fork", now_s).unwrap();
    let Standing::Forked { begin } = answer.standing else { panic!("{answer:?}") };
    (station.epoch, station.acked) = (begin, 0);
    station.catch_up(store, now_s + 1);
    let request = station.request(1, 100, now_s + 2);
    store.take(&request, b"again", now_s + 2).unwrap().outcomes
}

fn lend(patron: u64, n: u8) -> Act {
    Act::CheckedOut { patron: PatronId(patron), item: item(n), due: Day::from_ymd(2026, 9, 15).unwrap() }
}

fn back(n: u8) -> Act {
    Act::Returned { item: item(n) }
}

#[test]
fn a_common_beginning_counts_once_and_what_follows_is_about_it() {
    in_both(|store, one| {
        let mut hall = Station::join(store, one, 1);
        let mut annex = Station::join(store, one, 2);
        let act = |station: &mut Station, act: Act, after_s: i64| {
            station.record(act, NOON_S + after_s, ClockTrust::Synced);
        };
        let counted = Act::CountedIssued {
            patron: PatronId(1),
            title: TitleId(2),
            count: 1,
            due: Day::from_ymd(2026, 9, 15).unwrap(),
        };
        // Two equal acts in one second are two acts.
        for told in [lend(1, 1), lend(1, 2), Act::Undone { seq: Seq(2) }, counted.clone(), counted, back(3)] {
            act(&mut hall, told, 10);
        }
        let mut second = copy_of(&hall);
        act(&mut hall, lend(2, 3), 100);
        hall.catch_up(store, NOON_S + 200);
        // The book of the first loan comes back elsewhere, and must not be lent again by what the second machine tells.
        act(&mut annex, back(1), 300);
        annex.catch_up(store, NOON_S + 301);
        act(&mut second, Act::Undone { seq: Seq(4) }, 400);
        act(&mut second, lend(2, 2), 401);
        let told = fork(&mut second, store, NOON_S + 500);

        verify(store, one);
        let counts = store.counts(one).unwrap();
        assert_eq!((counts.events, counts.lent, counts.returned), (10, 3, 2));
        let holder = |n: u8| {
            let loans = store.loans_of(one, &item(n)).unwrap();
            loans.last().filter(|loan| loan.closed.is_none()).map(|loan| loan.patron.0)
        };
        assert_eq!([1, 2, 3].map(holder), [None, Some(2), Some(2)]);
        let out: u32 = store.db.one("SELECT out FROM counted WHERE school = ?1", params![one.0]).unwrap();
        assert_eq!(out, 1, "one of the two was taken back, in the second life");
        // The station is told what became of the first: a return of what was not on loan.
        assert!(told.iter().any(|outcome| {
            (outcome.seq, outcome.fate, outcome.conflict)
                == (Seq(6), Fate::Flagged, Conflict::ReturnWithoutLoan)
        }));
        let log = store.events(hall.id, None, 100).unwrap();
        let names: Vec<(u32, u64)> =
            log.iter().rev().map(|line| (line.who.epoch.0, line.who.seq.0)).collect();
        let first: Vec<(u32, u64)> = (1..=7).map(|seq| (1, seq)).collect();
        assert_eq!(names, [first, vec![(2, 7), (2, 8)]].concat());
        let came = |line: &ChangeLine| matches!(line.told, Told::Came { .. }).then_some(line.who);
        let came: Vec<EventRef> = store.changes(one, 0, 1_000).unwrap().iter().filter_map(came).collect();
        assert_eq!(came.len(), 10);
        assert_eq!(came.iter().collect::<BTreeSet<_>>().len(), 10);
    });
}

#[test]
fn a_region_that_lost_the_first_takes_the_second() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut store = Store::create(dir.path(), None).unwrap();
    let one = school(&mut store, "№ 12");
    let mut hall = Station::join(&mut store, one, 1);
    hall.record(lend(1, 1), NOON_S, ClockTrust::Rtc);
    hall.catch_up(&mut store, NOON_S + 5);
    store.db.execute("VACUUM INTO ?1", params![copy.path().join(FILE).to_str().unwrap()]).unwrap();
    hall.record(lend(1, 2), NOON_S + 10, ClockTrust::Rtc);
    hall.catch_up(&mut store, NOON_S + 15);
    let mut second = copy_of(&hall);
    second.record(lend(2, 3), NOON_S + 20, ClockTrust::Rtc);
    hall.record(back(1), NOON_S + 20, ClockTrust::Rtc);
    hall.catch_up(&mut store, NOON_S + 25);
    fork(&mut second, &mut store, NOON_S + 30);
    assert_eq!(store.counts(one).unwrap().events, 4);

    let mut store = Store::open(copy.path()).unwrap();
    second.feeds.clear();
    second.acked = 0;
    second.catch_up(&mut store, NOON_S + 60);
    verify(&store, one);
    assert_eq!(
        store.counts(one).unwrap().events,
        3,
        "one of both lives, one that came again, one of its own"
    );
}

type Way = Vec<(Act, i64)>;

fn way() -> impl Strategy<Value = Way> {
    prop::collection::vec((acts(), 0i64..3), 0..12)
}

/// Two machines from one card, the first of which is told to begin anew as well.
fn tell(store: &mut Store, common: &Way, ways: &[Way; 3]) -> Result<(), TestCaseError> {
    let one = school(store, "№ 12");
    let mut hall = Station::join(store, one, 1);
    let mut now_s = NOON_S;
    let mut go = |station: &mut Station, way: &Way| {
        now_s += 100;
        for (act, after_s) in way {
            now_s += after_s;
            station.record(act.clone(), now_s, ClockTrust::Synced);
        }
        now_s
    };
    go(&mut hall, common);
    let mut second = copy_of(&hall);
    let now_s = go(&mut hall, &ways[0]);
    hall.catch_up(store, now_s + 1);
    let start = |n: u8| Act::StationStarted { version: n.to_string() };
    let now_s = go(&mut second, &vec![(start(1), 0)]).max(go(&mut second, &ways[1]));
    let forked = !ways[0].is_empty();
    if forked {
        fork(&mut second, store, now_s + 2);
        let now_s = go(&mut hall, &vec![(start(2), 0)]).max(go(&mut hall, &ways[2]));
        fork(&mut hall, store, now_s + 2);
    } else {
        second.catch_up(store, now_s + 2);
    }
    verify(store, one);
    let third = if forked { ways[2].len() + 1 } else { 0 };
    let all = common.len() + ways[0].len() + ways[1].len() + 1 + third;
    prop_assert_eq!(store.counts(one).unwrap().events, all as u64);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn each_event_of_a_forked_journal_counts_once(common in way(), ways in [way(), way(), way()]) {
        let dir = tempfile::tempdir().unwrap();
        tell(&mut Store::create(dir.path(), None).unwrap(), &common, &ways)?;
    }
}
