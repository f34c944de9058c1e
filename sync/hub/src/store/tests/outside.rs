//! What strangers and outside systems ask of the store, in both databases.

use super::{NOON_S, Station, in_both, item, server};
use crate::fold::EventRef;
use crate::store::sql::{Db, params};
use crate::store::{ApproveFault, Asking, ChangeFault, FILE, Scope, Store, Told, VoucherState, migrate};
use exchange::enrol::{EnrolAnswer, EnrolRequest, VoucherRefusal};
use exchange::voucher::Voucher;
use exchange::wire::SecretKey;
use exchange::{
    Act, Basis, ClockTrust, Day, Epoch, Event, Fate, Feed, PatronId, SCHEMA, Seq, Stamp, Standing, StationId,
    row,
};
use std::collections::BTreeMap;

fn region() -> SecretKey {
    SecretKey::from_seed([9; 32])
}

fn request(seed: u8, voucher: Option<String>) -> EnrolRequest {
    let key = SecretKey::from_seed([seed; 32]).public();
    EnrolRequest { schema: SCHEMA, key, code: format!("CDFG{seed:04}"), name: "зал".into(), voucher }
}

fn lent(patron: u64, n: u8) -> Act {
    let due = Day::from_ymd(2026, 9, 15).unwrap();
    Act::CheckedOut { patron: PatronId(patron), item: item(n), due }
}

#[test]
fn a_code_by_network_lives_an_hour_and_one_by_stick_a_month() {
    in_both(|store, one| {
        let public = region().public();
        store.enrol(&request(1, None), public, NOON_S).unwrap();
        store.enrol_carried(&request(2, None), public, NOON_S).unwrap();
        let waiting = |store: &Store, at_s| -> Vec<Asking> {
            store.pending(at_s).unwrap().iter().map(|one| one.asking).collect()
        };
        assert_eq!(waiting(store, NOON_S + 3_600).len(), 2);
        assert_eq!(waiting(store, NOON_S + 3_601), [Asking::ByStick]);
        assert_eq!(waiting(store, NOON_S + 30 * 86_400), [Asking::ByStick]);
        assert!(waiting(store, NOON_S + 30 * 86_400 + 1).is_empty());
        assert!(store.pending_with("cdfg-0002", NOON_S).unwrap().is_some());
        let late = store.approve(one, "CDFG0001", "somebody", NOON_S + 3_601);
        assert!(matches!(late, Err(ApproveFault::Unknown(_))));
        store.approve(one, "CDFG0002", "somebody", NOON_S + 3_601).unwrap();
    });
}

#[test]
fn a_key_takes_anothers_place_and_the_old_one_is_known_for_it() {
    in_both(|store, one| {
        let mut station = Station::join(store, one, 1);
        station.record(lent(1, 1), NOON_S, ClockTrust::Rtc);
        store.take(&station.request(1, 10, NOON_S), b"m", NOON_S).unwrap();
        let old = store.station_key(station.id).unwrap().unwrap();
        store.enrol(&request(2, None), region().public(), NOON_S).unwrap();
        let why = ("somebody", "broken");
        assert_eq!(store.succeed((one, station.id), "CDFG0002", why, NOON_S + 5).unwrap(), Epoch(2));
        assert_eq!(store.former_keys(station.id).unwrap(), [old]);
        assert_ne!(store.station_key(station.id).unwrap(), Some(old));
        let answer = store.take_former(&station.request(1, 10, NOON_S), b"old", NOON_S + 6).unwrap();
        assert_eq!(answer.standing, Standing::Revoked);
        assert_eq!(store.set_aside(station.id).unwrap()[0].why, "replaced");
        assert_eq!(store.former_devices(station.id).unwrap()[0].why, "broken");
        // Nobody is there twice: a revoked key is as little let in as a replaced one.
        assert!(store.revoke(station.id, ("somebody", "stolen"), NOON_S + 7).unwrap());
        let refused = store.enrol(&request(2, None), region().public(), NOON_S + 8).unwrap();
        assert_eq!(refused, EnrolAnswer::Refused);
        assert_eq!(store.revoked_because(station.id).unwrap().unwrap().1, "stolen");
    });
}

#[test]
fn a_voucher_is_good_once_and_for_its_time() {
    in_both(|store, one| {
        let key = region();
        let voucher = |serial: u8| Voucher { school: one.0, until_s: NOON_S + 100, serial: [serial; 16] };
        let noted: Vec<(Voucher, String)> = [1, 2, 3].map(|n| (voucher(n), String::new())).to_vec();
        store.note_vouchers(&noted, NOON_S).unwrap();
        let mut ask = |seed, serial: u8, at_s| {
            store.enrol(&request(seed, Some(voucher(serial).seal(&key))), key.public(), at_s).unwrap()
        };
        let refused = |why| EnrolAnswer::VoucherRefused { why };
        assert_eq!(ask(1, 1, NOON_S + 101), refused(VoucherRefusal::Expired));
        assert!(matches!(ask(1, 1, NOON_S + 100), EnrolAnswer::Approved { .. }));
        assert_eq!(ask(2, 1, NOON_S), refused(VoucherRefusal::Used));
        assert_eq!(ask(2, 7, NOON_S), refused(VoucherRefusal::Foreign));
        assert_eq!(store.withdraw_vouchers(&[], NOON_S).unwrap(), 2);
        let states: Vec<VoucherState> = store.vouchers().unwrap().iter().map(|line| line.state).collect();
        assert!(matches!(
            states.as_slice(),
            [VoucherState::Used(_), VoucherState::Withdrawn, VoucherState::Withdrawn]
        ));
    });
}

#[test]
fn a_token_lets_do_what_it_says_until_it_is_revoked() {
    in_both(|store, one| {
        let wanted = ("register", &[Scope::ReadLoans, Scope::ReadLoans][..], Some(one));
        let (id, text) = store.add_token(wanted, Some(NOON_S + 9), [7; 32], ("somebody", NOON_S)).unwrap();
        let token = store.token(&text, NOON_S + 9).unwrap().unwrap();
        assert_eq!((token.id, token.scopes, token.school), (id, vec![Scope::ReadLoans], Some(one)));
        assert_eq!(store.token(&text, NOON_S + 10).unwrap(), None);
        assert_eq!(store.tokens(Some(one)).unwrap()[0].used_s, Some(NOON_S + 9));
        assert!(store.revoke_token(id, "somebody", NOON_S).unwrap());
        assert_eq!(store.token(&text, NOON_S).unwrap(), None);
        assert!(store.add_token(("", &[Scope::ReadLoans], None), None, [8; 32], ("x", NOON_S)).is_err());
        assert!(store.add_token(("x", &[], None), None, [8; 32], ("x", NOON_S)).is_err());
    });
}

#[test]
fn lists_come_in_pages() {
    in_both(|store, one| {
        let mut station = Station::join(store, one, 1);
        for n in 1..=3 {
            station.record(lent(n.into(), n), NOON_S + i64::from(n), ClockTrust::Rtc);
        }
        store.take(&station.request(1, 10, NOON_S + 9), b"m", NOON_S + 9).unwrap();
        let (mut after, mut items) = (None, Vec::new());
        loop {
            let page = store
                .open_loan_page(
                    one,
                    after.as_ref().map(|(day, item): &(Day, String)| (*day, item.as_str())),
                    None,
                    1,
                )
                .unwrap();
            let Some(loan) = page.first() else { break };
            items.push(loan.item.to_string());
            after = Some((loan.due, loan.item.to_string()));
        }
        let mut sorted = items.clone();
        sorted.sort();
        assert_eq!((items.len(), &items), (3, &sorted));
        let due = Day::from_ymd(2026, 9, 15).unwrap();
        assert!(store.open_loan_page(one, None, Some(due), 9).unwrap().is_empty());
        assert_eq!(store.open_loan_page(one, None, Some(due.plus(1)), 9).unwrap().len(), 3);
        let all = store.record_page(one, Feed::Titles, 0, 100).unwrap();
        let first = store.record_page(one, Feed::Titles, 0, 1).unwrap();
        let rest = store.record_page(one, Feed::Titles, first.next, 100).unwrap();
        assert_eq!([first.put, rest.put].concat(), all.put);
        assert!(first.more && !rest.more);
    });
}

/// What is told to somebody who follows with pages of `limit`; what became of each event in the end.
fn told(store: &Store, school: super::SchoolId, limit: usize) -> (Vec<u64>, BTreeMap<EventRef, Fate>) {
    let (mut places, mut fates) = (Vec::new(), BTreeMap::new());
    loop {
        let page = store.changes(school, places.last().copied().unwrap_or(0), limit).unwrap();
        if page.is_empty() {
            return (places, fates);
        }
        for line in page {
            places.push(line.place);
            match line.told {
                Told::Came { event, .. } => {
                    assert_eq!(event.seq, line.who.seq);
                    assert_eq!(fates.insert(line.who, Fate::Applied), None, "told twice");
                }
                Told::Judged(judged) => {
                    fates.insert(line.who, judged.fate);
                }
            }
        }
    }
}

#[test]
fn who_follows_knows_what_became_of_every_event() {
    in_both(|store, one| {
        let (mut first, mut second) = (Station::join(store, one, 1), Station::join(store, one, 2));
        // The same copy is lent at both, the second without a return: what became of it changes as messages come.
        first.record(lent(1, 1), NOON_S, ClockTrust::Rtc);
        first.record(lent(1, 2), NOON_S + 5, ClockTrust::Rtc);
        second.record(lent(2, 1), NOON_S + 60, ClockTrust::Rtc);
        second.record(lent(2, 9), NOON_S + 61, ClockTrust::Rtc);
        second.record(Act::Returned { item: item(1) }, NOON_S + 90, ClockTrust::Rtc);
        store.take(&second.request(1, 2, NOON_S + 91), b"m", NOON_S + 91).unwrap();
        store.take(&first.request(1, 10, NOON_S + 92), b"m", NOON_S + 92).unwrap();
        store.take(&second.request(1, 10, NOON_S + 93), b"m", NOON_S + 93).unwrap();
        let (places, fates) = told(store, one, 1_000);
        assert_eq!(places, (1..=store.newest_change(one).unwrap()).collect::<Vec<_>>(), "without gaps");
        for limit in [1, 2, 3] {
            assert_eq!(told(store, one, limit), (places.clone(), fates.clone()), "{limit}");
        }
        assert_eq!(fates.len(), 5);
        for (who, fate) in &fates {
            assert_eq!(store.event(*who).unwrap().unwrap().judged.fate, *fate, "{who:?}");
        }
        let newest = store.newest_change(one).unwrap();
        assert!(matches!(store.changes(one, newest + 1, 9), Err(ChangeFault::Ahead { .. })));
    });
}

/// A region of the first version in the field, with two events and what became of one.
fn old_region(db: &Db, events: &str) {
    db.run_schema(&format!(
        "BEGIN; {} {events} INSERT INTO about (one, version) VALUES (1, 2);
         INSERT INTO school (name, since_s) VALUES ('№ 12', 0); COMMIT",
        include_str!("../schema.sql")
    ))
    .unwrap();
    let sql =
        "INSERT INTO station (school, key, name, approved_s, approved_by) VALUES (1, ?1, 'зал', 0, 'x')";
    db.execute(sql, params![[1; 32]]).unwrap();
    db.execute("INSERT INTO life (station, epoch, stored_upto) VALUES (1, 1, 2)", params![]).unwrap();
    for seq in [1, 2] {
        let at = Stamp { wall_s: NOON_S, boot: 1, mono_s: seq, trust: ClockTrust::Rtc };
        let basis = Basis { rules: 1, data_as_of_s: NOON_S };
        let event = Event { seq: Seq(seq), at, basis, act: Act::Returned { item: item(1) } };
        db.execute(
            "INSERT INTO event VALUES (1, 1, ?1, 1, 3, ?2, ?3, NULL, 1, ?4, ?4, ?4, 0, ?4)",
            params![seq, row::encode(&event), [0; 16], NOON_S],
        )
        .unwrap();
    }
    db.execute(
        "INSERT INTO matter (station, epoch, seq, school, fate, conflict) VALUES (1, 1, 2, 1, 'flagged', NULL)",
        params![],
    )
    .unwrap();
}

fn check_old_region(store: &Store) {
    let one = super::SchoolId(1);
    let (places, fates) = told(store, one, 1);
    let who = |seq| EventRef { station: StationId(1), epoch: Epoch(1), seq: Seq(seq) };
    assert_eq!(places, [1, 2, 3]);
    assert_eq!(fates, BTreeMap::from([(who(1), Fate::Applied), (who(2), Fate::Flagged)]));
    assert!(store.vouchers().unwrap().is_empty() && store.tokens(None).unwrap().is_empty());
    assert_eq!(store.former_keys(StationId(1)).unwrap(), []);
}

#[test]
fn a_region_of_an_older_version_tells_what_it_had() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE);
    let db = Db::lite(&path, true).unwrap();
    old_region(&db, include_str!("../event-lite.sql"));
    migrate::bring_up(&db, &path).unwrap();
    check_old_region(&Store { db });
    let Some(server) = server(&dir.path().join("postgres")) else { return };
    let db = Db::pg(&server.database("region").unwrap()).unwrap();
    old_region(
        &db,
        &format!("{} CREATE TABLE event_all PARTITION OF event DEFAULT;", include_str!("../event-pg.sql")),
    );
    migrate::bring_up(&db, &path).unwrap();
    check_old_region(&Store { db });
}
