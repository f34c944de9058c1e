//! What becomes of everything that can collide, kind by kind: what physically happened is never refused, and only what a person
//! must see is put before one. Each is played through messages; afterwards the store holds what the fold from nothing says.

use super::*;
use crate::fold::{Closing, EventRef};
use exchange::{Conflict, Fate, Hold, HoldId, HoldState};

const DAY_S: i64 = 86_400;

fn due() -> Day {
    Day::from_ymd(2026, 9, 15).unwrap()
}

fn lend(patron: u64, n: u8) -> Act {
    Act::CheckedOut { patron: PatronId(patron), item: item(n), due: due() }
}

fn back(n: u8) -> Act {
    Act::Returned { item: item(n) }
}

fn renew(patron: u64, n: u8) -> Act {
    Act::Renewed { patron: PatronId(patron), item: item(n), due: due().plus(7) }
}

/// A region with a school and two stations.
struct World {
    _dir: tempfile::TempDir,
    store: Store,
    school: SchoolId,
    hall: Station,
    annex: Station,
}

impl World {
    fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(dir.path(), None).unwrap();
        let one = school(&mut store, "№ 12");
        let hall = Station::join(&mut store, one, 1);
        let annex = Station::join(&mut store, one, 2);
        World { _dir: dir, store, school: one, hall, annex }
    }

    /// Something happens in the hall so many seconds after noon.
    fn hall(&mut self, act: Act, after_s: i64) {
        self.hall.record(act, NOON_S + after_s, ClockTrust::Synced);
    }

    fn annex(&mut self, act: Act, after_s: i64) {
        self.annex.record(act, NOON_S + after_s, ClockTrust::Synced);
    }

    /// Both stations tell everything, the annex first; what is stored must be what the fold from nothing says.
    fn tell(&mut self) {
        let now_s = NOON_S + 3 * DAY_S;
        for station in [&mut self.annex, &mut self.hall] {
            station.catch_up(&mut self.store, now_s);
        }
        verify(&self.store, self.school);
    }

    fn fate_of(&self, station: StationId, seq: u64) -> (Fate, Option<Conflict>) {
        let who = EventRef { station, epoch: Epoch(1), seq: Seq(seq) };
        let judged = self.store.event(who).unwrap().unwrap().judged;
        (judged.fate, judged.conflict)
    }

    fn in_hall(&self, seq: u64) -> (Fate, Option<Conflict>) {
        self.fate_of(self.hall.id, seq)
    }

    fn in_annex(&self, seq: u64) -> (Fate, Option<Conflict>) {
        self.fate_of(self.annex.id, seq)
    }

    fn put(&mut self, record: Record) {
        self.store.save(self.school, &[Change::Put(record)], NOON_S - 500).unwrap();
    }

    /// Who has the item now.
    fn holder(&self, n: u8) -> Option<u64> {
        let loans = self.store.loans_of(self.school, &item(n)).unwrap();
        loans.last().filter(|loan| loan.closed.is_none()).map(|loan| loan.patron.0)
    }

    fn undecided(&self) -> Vec<Conflict> {
        self.store.reviews(self.school, true, 10).unwrap().iter().map(|line| line.conflict).collect()
    }
}

fn flagged(conflict: Conflict) -> (Fate, Option<Conflict>) {
    (Fate::Flagged, Some(conflict))
}

const APPLIED: (Fate, Option<Conflict>) = (Fate::Applied, None);

#[test]
fn conflict_01_the_same_submission_twice_counts_once() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    let request = world.hall.request(1, 10, NOON_S + 5);
    for now_s in [NOON_S + 5, NOON_S + 6, NOON_S + 7] {
        let answer = world.store.take(&request, b"m", now_s).unwrap();
        assert_eq!((answer.standing, answer.stored_upto), (Standing::Good, Seq(1)));
    }
    assert_eq!(world.store.counts(world.school).unwrap().lent, 1);
    assert_eq!(world.store.loans_of(world.school, &item(1)).unwrap().len(), 1);
}

#[test]
fn conflict_02_an_item_lent_twice_goes_to_the_later_one() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    world.annex(lend(2, 1), 3_600);
    world.tell();
    assert_eq!((world.in_hall(1), world.in_annex(1)), (APPLIED, flagged(Conflict::LentTwice)));
    let loans = world.store.loans_of(world.school, &item(1)).unwrap();
    assert_eq!(loans[0].closed.unwrap().1, Closing::LentOn, "the first loan ends with the second");
    assert_eq!((world.holder(1), world.undecided()), (Some(2), vec![]));
}

#[test]
fn conflict_02_a_person_decides_where_nobody_knows_which_loan_came_first() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    world.annex(lend(2, 1), 20);
    world.tell();
    assert_eq!(world.undecided(), [Conflict::LentTwice]);
    assert_eq!(world.holder(1), Some(2), "the default is in force until then");
    let review = world.store.reviews(world.school, true, 10).unwrap()[0].review;
    world.store.decide(world.school, review, Decree::Reject, "librarian", NOON_S + DAY_S).unwrap();
    assert_eq!(world.holder(1), Some(1));
    world.store.decide(world.school, review, Decree::Withdraw, "librarian", NOON_S + DAY_S).unwrap();
    assert_eq!((world.holder(1), world.undecided()), (Some(2), vec![Conflict::LentTwice]));
    verify(&world.store, world.school);
}

#[test]
fn conflict_03_a_return_that_arrives_before_its_loan_finds_it() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    world.annex(back(1), 3_600);
    // The annex is heard first: nobody has lent this item.
    world.annex.catch_up(&mut world.store, NOON_S + DAY_S);
    assert_eq!(world.in_annex(1), flagged(Conflict::ReturnWithoutLoan));
    world.tell();
    assert_eq!((world.in_hall(1), world.in_annex(1), world.holder(1)), (APPLIED, APPLIED, None));
}

#[test]
fn conflict_03_a_return_that_seems_older_than_its_loan_is_explained() {
    let mut world = World::new();
    world.hall(lend(1, 1), 30);
    world.annex(back(1), 0);
    world.tell();
    assert_eq!((world.in_hall(1), world.in_annex(1), world.holder(1)), (APPLIED, APPLIED, None));
}

#[test]
fn conflict_04_a_loan_to_a_blocked_patron_stands_with_a_flag() {
    let mut world = World::new();
    let block = Block { kind: BlockKind::LostItem, since: Day::from_ymd(2026, 8, 1).unwrap() };
    world.put(patron(1, vec![block]));
    world.hall(lend(1, 1), 0);
    world.tell();
    assert_eq!((world.in_hall(1), world.holder(1)), (flagged(Conflict::PatronBlocked), Some(1)));
}

#[test]
fn conflict_04_so_does_one_to_a_patron_whose_time_is_over() {
    let mut world = World::new();
    let Record::Patron(mut leaver) = patron(1, Vec::new()) else { panic!() };
    leaver.until = Some(Day::from_ymd(2026, 5, 25).unwrap());
    world.put(Record::Patron(leaver));
    world.hall(lend(1, 1), 0);
    world.tell();
    assert_eq!((world.in_hall(1), world.holder(1)), (flagged(Conflict::PatronGone), Some(1)));
}

#[test]
fn conflict_05_the_limit_counts_over_all_stations_and_textbooks_never() {
    let mut world = World::new();
    world.put(copy(4, ItemStatus::Lendable));
    world.put(copy(6, ItemStatus::Lendable));
    // Items with odd numbers are textbooks; two books are allowed.
    for (n, act) in [lend(1, 1), lend(1, 3), lend(1, 2), lend(1, 4)].into_iter().enumerate() {
        world.hall(act, 60 * n as i64);
    }
    world.annex(lend(1, 6), 3_600);
    world.tell();
    assert_eq!([1, 2, 3, 4].map(|seq| world.in_hall(seq)), [APPLIED; 4]);
    assert_eq!((world.in_annex(1), world.holder(6)), (flagged(Conflict::OverLimit), Some(1)));
}

#[test]
fn conflict_06_the_day_that_was_shown_stands_though_the_rules_change() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    world.tell();
    world.put(rules(2));
    let loan = &world.store.loans_of(world.school, &item(1)).unwrap()[0];
    assert_eq!((loan.due, loan.rules), (due(), 1));
    assert_eq!(world.in_hall(1), APPLIED);
}

#[test]
fn conflict_07_a_lost_item_comes_back_and_a_withdrawn_one_is_lent() {
    let mut world = World::new();
    world.put(copy(1, ItemStatus::Lost));
    world.put(copy(2, ItemStatus::NotForLoan));
    world.hall(lend(1, 1), 0);
    world.hall(back(1), 60);
    world.hall(lend(1, 2), 120);
    world.tell();
    assert_eq!(
        world.in_hall(2),
        flagged(Conflict::ItemNotForLoan),
        "whoever keeps the catalogue hears of it"
    );
    assert_eq!((world.holder(1), world.holder(2)), (None, Some(1)));
    assert_eq!(world.in_hall(3), flagged(Conflict::ItemNotForLoan));
}

#[test]
fn conflict_08_a_renumbered_item_is_one_item() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    world.tell();
    // The label is replaced while the book is out; the annex has not heard of it yet.
    let gone = Change::Gone(Feed::Items, RecordKey::Item(item(1)));
    world.store.save(world.school, &[gone, Change::Put(renumbered(4, 1))], NOON_S + 60).unwrap();
    assert_eq!((world.holder(4), world.holder(1), world.undecided()), (Some(1), Some(1), vec![]));
    world.annex(back(1), 3_600);
    world.hall(lend(2, 4), 7_200);
    world.tell();
    assert_eq!((world.in_hall(1), world.in_annex(1), world.in_hall(2)), (APPLIED, APPLIED, APPLIED));
    assert_eq!(world.holder(4), Some(2));
}

#[test]
fn conflict_08_an_unknown_item_is_on_loan_until_a_person_says_otherwise() {
    let mut world = World::new();
    world.hall(lend(1, 7), 0);
    world.tell();
    assert_eq!((world.undecided(), world.holder(7)), (vec![Conflict::UnknownItem], Some(1)));
    // The catalogue is mended: nobody has to decide any more.
    world.put(copy(7, ItemStatus::Lendable));
    assert_eq!((world.in_hall(1), world.undecided()), (APPLIED, vec![]));
}

#[test]
fn conflict_09_an_unknown_patron_has_the_item_until_a_person_says_otherwise() {
    let mut world = World::new();
    world.hall(lend(9, 1), 0);
    world.tell();
    assert_eq!((world.undecided(), world.holder(1)), (vec![Conflict::UnknownPatron], Some(9)));
}

#[test]
fn conflict_10_a_loan_past_a_hold_stands_with_a_flag() {
    let mut world = World::new();
    let hold = Hold {
        id: HoldId(1),
        patron: PatronId(2),
        title: TitleId(2),
        item: Some(item(1)),
        state: HoldState::Ready,
    };
    world.put(Record::Hold(hold));
    world.hall(lend(1, 1), 0);
    world.tell();
    assert_eq!((world.in_hall(1), world.holder(1)), (flagged(Conflict::HeldByAnother), Some(1)));
}

#[test]
fn conflict_11_a_renewal_too_many_is_flagged_and_one_of_a_closed_loan_is_decided() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    world.hall(renew(1, 1), 60);
    world.hall(renew(1, 1), 120);
    world.hall(back(1), 180);
    world.hall(renew(1, 1), 240);
    world.tell();
    assert_eq!((world.in_hall(2), world.in_hall(3)), (APPLIED, flagged(Conflict::RenewedTooOften)));
    assert_eq!((world.undecided(), world.holder(1)), (vec![Conflict::RenewedClosedLoan], None));
    let review = world.store.reviews(world.school, true, 10).unwrap()[0].review;
    world.store.decide(world.school, review, Decree::Reject, "librarian", NOON_S + DAY_S).unwrap();
    assert_eq!(world.holder(1), Some(1), "the librarian has seen that the pupil has it");
}

#[test]
fn conflict_12_a_reference_item_that_was_lent_is_flagged() {
    let mut world = World::new();
    world.put(copy(1, ItemStatus::Reference));
    world.hall(lend(1, 1), 0);
    world.tell();
    assert_eq!((world.in_hall(1), world.holder(1)), (flagged(Conflict::ReferenceLent), Some(1)));
}

#[test]
fn conflict_13_a_clock_that_jumps_back_changes_no_order_inside_a_station() {
    let mut world = World::new();
    world.hall(lend(1, 1), 600);
    world.hall.record(back(1), NOON_S - 5 * DAY_S, ClockTrust::Guessed);
    world.hall.record(lend(2, 1), NOON_S - 5 * DAY_S + 60, ClockTrust::Guessed);
    world.tell();
    assert_eq!([1, 2, 3].map(|seq| world.in_hall(seq)), [APPLIED; 3]);
    assert_eq!(world.holder(1), Some(2));
}

#[test]
fn conflict_14_an_undo_takes_back_and_only_once() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    world.hall(Act::Undone { seq: Seq(1) }, 10);
    world.hall(Act::Undone { seq: Seq(1) }, 20);
    world.tell();
    assert_eq!((world.in_hall(1), world.in_hall(2)), (APPLIED, APPLIED));
    assert_eq!((world.in_hall(3), world.holder(1)), (flagged(Conflict::UndoWithoutEvent), None));
}

#[test]
fn conflict_15_another_history_under_known_numbers_begins_a_new_epoch() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    world.hall.catch_up(&mut world.store, NOON_S + 60);
    let mut clone = World::new().hall;
    (clone.id, clone.school) = (world.hall.id, world.school);
    clone.record(lend(2, 2), NOON_S + 120, ClockTrust::Synced);
    let answer = world.store.take(&clone.request(1, 10, NOON_S + 180), b"other", NOON_S + 180).unwrap();
    assert_eq!(answer.standing, Standing::Forked { begin: Epoch(2) });
    (clone.epoch, clone.acked) = (Epoch(2), 0);
    clone.catch_up(&mut world.store, NOON_S + 240);
    assert_eq!(world.store.set_aside(clone.id).unwrap()[0].why, "fork");
    assert_eq!((world.holder(1), world.holder(2)), (Some(1), Some(2)), "both tails count");
    verify(&world.store, world.school);
}

#[test]
fn conflict_16_what_a_revoked_station_says_is_set_aside() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    world.store.revoke(world.hall.id, ("somebody", "stolen"), NOON_S).unwrap();
    let answer = world.store.take(&world.hall.request(1, 10, NOON_S + 5), b"stolen", NOON_S + 5).unwrap();
    assert_eq!((answer.standing, answer.stored_upto), (Standing::Revoked, Seq(0)));
    assert_eq!((world.holder(1), world.store.set_aside(world.hall.id).unwrap().len()), (None, 1));
}

#[test]
fn conflict_17_loans_of_a_patron_who_was_erased_stay_under_their_number_alone() {
    let mut world = World::new();
    let gone = Change::Gone(Feed::Patrons, RecordKey::Number(1));
    world.store.save(world.school, &[gone], NOON_S - 100).unwrap();
    world.hall(lend(1, 1), 0);
    world.tell();
    assert_eq!((world.in_hall(1), world.undecided()), (flagged(Conflict::PatronGone), vec![]));
    assert_eq!(world.holder(1), Some(1));
    world.hall(back(1), 60);
    world.tell();
    assert_eq!(world.holder(1), None);
}

#[test]
fn conflict_18_of_two_decisions_the_first_stands_and_the_second_sees_it() {
    let mut world = World::new();
    world.hall(lend(1, 7), 0);
    world.tell();
    let review = world.store.reviews(world.school, true, 10).unwrap()[0].review;
    world.store.decide(world.school, review, Decree::Accept, "librarian", NOON_S + DAY_S).unwrap();
    let again = world.store.decide(world.school, review, Decree::Reject, "inspector", NOON_S + DAY_S);
    assert!(again.is_err_and(|fault| fault.to_string().contains("librarian")));
    world.annex(Act::ReviewDecided { review, accept: false }, 3_600);
    world.tell();
    assert_eq!((world.in_annex(1), world.holder(7)), (flagged(Conflict::DecidedTwice), Some(1)));
}

#[test]
fn conflict_19_a_stick_and_the_network_bring_the_same_in_any_order() {
    let mut world = World::new();
    for n in 0..6 {
        world.hall(if n % 2 == 0 { lend(1, 1) } else { back(1) }, 60 * n);
    }
    let now_s = NOON_S + DAY_S;
    let parts =
        [world.hall.request(1, 2, now_s), world.hall.request(3, 2, now_s), world.hall.request(5, 2, now_s)];
    // The end by the network first: a gap moves nothing.
    assert_eq!(world.store.take(&parts[2], b"m", now_s).unwrap().stored_upto, Seq(0));
    for part in [&parts[0], &parts[1]] {
        world.store.take_carried(part, b"m", now_s + 10).unwrap().unwrap();
    }
    assert_eq!(world.store.take(&parts[1], b"m", now_s + 20).unwrap().stored_upto, Seq(4));
    assert_eq!(world.store.take(&parts[2], b"m", now_s + 30).unwrap().stored_upto, Seq(6));
    // What came before comes again: it is acknowledged as far as it tells, and nothing is counted twice.
    assert_eq!(world.store.take_carried(&parts[0], b"m", now_s + 40).unwrap().unwrap().stored_upto, Seq(2));
    assert_eq!(world.store.counts(world.school).unwrap().events, 6);
    verify(&world.store, world.school);
}

#[test]
fn conflict_20_loans_by_a_wrong_version_of_the_rules_are_listed_and_none_is_taken_back() {
    let mut world = World::new();
    world.hall(lend(1, 1), 0);
    world.tell();
    world.put(rules(2));
    let affected = world.store.loans_by_rules(world.school, 1, 10).unwrap();
    assert_eq!(affected.iter().map(|loan| &loan.item).collect::<Vec<_>>(), [&item(1)]);
    assert_eq!(world.store.loans_by_rules(world.school, 2, 10).unwrap(), []);
    assert_eq!(world.holder(1), Some(1));
}
