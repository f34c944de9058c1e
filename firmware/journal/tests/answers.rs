//! What the region's answers do to feeds, loans and outbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use desk::Memory;
use exchange::*;
use journal::{Alarm, FeedFate, Journal, LOST_CHAIN, TakeError};
use support::*;

fn school() -> Region {
    let mut region = Region::new();
    region.put(Record::Calendar(calendar()));
    for n in 1..=40 {
        region.put(Record::Item(copy(n, 1)));
    }
    region.put(Record::Title(title(1, "Абай жолы", "Мұхтар Әуезов")));
    region.put(Record::Patron(patron(1, "Сейітова", "Айша")));
    region
}

fn due_of(journal: &Journal, n: u32) -> Option<(u64, i32)> {
    journal.loan_of(&item(n)).unwrap().map(|loan| (loan.patron.0, loan.due.0))
}

#[test]
fn a_new_station_gets_everything_and_then_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    assert_eq!(journal.data_as_of_s().unwrap(), None);
    region.sync(&mut journal, 1, 0);
    assert!(journal.patron_by_card("000001").unwrap().is_some());
    assert_eq!(journal.counts().unwrap().items, 40);
    assert_eq!(journal.data_as_of_s().unwrap(), Some(region.time_s));
    for cursor in journal.cursors().unwrap() {
        assert_eq!(region.changes(cursor, 9), None);
        assert_eq!(cursor.hash, region.hash(cursor.feed));
    }
    region.gone(Feed::Items, RecordKey::Item(item(40)));
    region.put(Record::Item(Item { former: vec![item(139)], ..copy(39, 1) }));
    region.sync(&mut journal, 1, 0);
    assert!(journal.item(&item(40)).unwrap().is_none());
    assert_eq!(journal.item(&item(139)).unwrap().unwrap().item.id, item(39));
    let dump = journal.dump().unwrap();
    drop(journal);
    assert_eq!(open(dir.path()).0.dump().unwrap(), dump);
}

#[test]
fn a_feed_in_parts_is_whole_or_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    for round in 0..4 {
        assert!(journal.item(&item(1)).unwrap().is_none(), "round {round}");
        let answer = region.answer(1, 0, &journal.cursors().unwrap(), 10);
        let taken = journal.take_answer(&answer).unwrap();
        let fate = if round == 3 { FeedFate::Applied } else { FeedFate::Staged };
        assert!(taken.feeds.contains(&(Feed::Items, fate)), "round {round}: {taken:?}");
        assert_eq!(journal.data_as_of_s().unwrap().is_some(), round == 3);
        // A start in the middle loses nothing of what came.
        drop(journal);
        journal = open(dir.path()).0;
    }
    assert_eq!(journal.counts().unwrap().items, 40);

    // The same for changes on top.
    for n in 1..=15 {
        region.put(Record::Item(Item { status: ItemStatus::Lost, ..copy(n, 1) }));
    }
    let status = |journal: &Journal| journal.item(&item(1)).unwrap().unwrap().item.status;
    let first = region.answer(1, 0, &journal.cursors().unwrap(), 10);
    journal.take_answer(&first).unwrap();
    assert_eq!(status(&journal), ItemStatus::Lendable);
    // The first part once more: left alone.
    assert_eq!(journal.take_answer(&first).unwrap().feeds, [(Feed::Items, FeedFate::NotHere)]);
    journal.take_answer(&region.answer(1, 0, &journal.cursors().unwrap(), 10)).unwrap();
    assert_eq!(status(&journal), ItemStatus::Lost);
}

#[test]
fn drift_is_found_and_only_that_feed_comes_again() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    region.sync(&mut journal, 1, 0);
    region.put(Record::Item(copy(50, 1)));
    let mut answer = region.answer(1, 0, &journal.cursors().unwrap(), 9);
    answer.changes[0].put[0] = Record::Item(copy(51, 1));
    let taken = journal.take_answer(&answer).unwrap();
    assert_eq!((taken.feeds, taken.more), (vec![(Feed::Items, FeedFate::Drifted)], true));
    assert!(journal.item(&item(1)).unwrap().is_some(), "what was there stays until the fresh copy");
    assert!(journal.item(&item(51)).unwrap().is_none());
    for cursor in journal.cursors().unwrap() {
        assert_eq!(cursor.at == 0, !matches!(cursor.feed, Feed::Calendar | Feed::Titles | Feed::Patrons));
    }
    region.sync(&mut journal, 1, 0);
    assert!(journal.item(&item(50)).unwrap().is_some());
    // A record of another feed among them cannot fit the hash either, and breaks nothing.
    region.put(Record::Item(copy(52, 1)));
    let mut answer = region.answer(1, 0, &journal.cursors().unwrap(), 9);
    answer.changes[0].put.push(Record::Title(title(9, "x", "")));
    answer.changes[0].gone.push(RecordKey::Only);
    assert_eq!(journal.take_answer(&answer).unwrap().feeds, [(Feed::Items, FeedFate::Applied)]);
    assert!(journal.title(TitleId(9)).unwrap().is_none());
}

#[test]
fn an_old_answer_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    let fresh = region.answer(1, 0, &journal.cursors().unwrap(), usize::MAX);
    journal.take_answer(&fresh).unwrap();
    append(&mut journal, &[lent(1, 1, 100), lent(1, 2, 100)]);
    region.put(Record::Loan(loan(1, 1, 100)));
    region.put(Record::Item(copy(60, 1)));
    let second = region.answer(1, 1, &journal.cursors().unwrap(), usize::MAX);
    journal.take_answer(&second).unwrap();
    region.put(Record::Loan(loan(2, 1, 100)));
    region.sync(&mut journal, 1, 2);
    let (dump, outbox) = (journal.dump().unwrap(), journal.outbox());
    for old in [&fresh, &second, &fresh] {
        let taken = journal.take_answer(old).unwrap();
        assert!(!taken.changed() && taken.alarm.is_none(), "{taken:?}");
        assert_eq!((journal.dump().unwrap(), journal.outbox()), (dump.clone(), outbox));
    }
}

#[test]
fn answers_for_others_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    let answer = region.answer(1, 0, &journal.cursors().unwrap(), usize::MAX);
    let other = Answer { station: StationId(8), ..answer.clone() };
    assert_eq!(journal.take_answer(&other), Err(TakeError::OtherStation(StationId(8))));
    let other = Answer { epoch: Epoch(2), ..answer.clone() };
    assert_eq!(journal.take_answer(&other), Err(TakeError::OtherEpoch(Epoch(2))));
    let revoked = Answer { standing: Standing::Revoked, stored_upto: Seq(9), ..answer };
    assert_eq!(journal.take_answer(&revoked).unwrap().feeds, []);
    assert_eq!(journal.outbox().acked, Seq(0));
}

#[test]
fn own_acts_lie_on_top_of_the_regions_loans() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    region.put(Record::Loan(loan(1, 5, 90)));
    region.sync(&mut journal, 1, 0);
    assert_eq!(due_of(&journal, 1), Some((5, 90)));
    append(&mut journal, &[returned(1), lent(1, 1, 100), lent(1, 2, 100), lent(1, 3, 100)]);
    // The region has folded the first three, and someone has prolonged the second from elsewhere.
    region.put(Record::Loan(loan(1, 1, 100)));
    region.put(Record::Loan(loan(2, 1, 120)));
    region.sync(&mut journal, 1, 3);
    assert_eq!(journal.outbox().acked, Seq(3));
    assert_eq!([1, 2, 3].map(|n| due_of(&journal, n)), [Some((1, 100)), Some((1, 120)), Some((1, 100))]);
    // An undo of what the region has folded already.
    append(
        &mut journal,
        &[Act::Undone { seq: Seq(3) }, Act::Undone { seq: Seq(2) }, Act::Undone { seq: Seq(1) }],
    );
    assert_eq!(due_of(&journal, 2), Some((1, 120)), "changed since: stays");
    assert_eq!(due_of(&journal, 1), Some((5, 90)));
    let dump = journal.dump().unwrap();
    drop(journal);
    assert_eq!(open(dir.path()).0.dump().unwrap(), dump);
}

#[test]
fn a_request_holds_what_waits() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    region.sync(&mut journal, 1, 0);
    append(&mut journal, &[lent(1, 1, 100), lent(1, 2, 100), lent(1, 3, 100)]);
    region.sync(&mut journal, 1, 1);
    let request = journal.request(Seq(2), 1, 4096, sample(T0)).unwrap();
    assert_eq!(
        (request.station, request.epoch, request.from_seq, request.head_seq),
        (STATION, Epoch(1), Seq(2), Seq(3))
    );
    assert_eq!(request.events, journal.events(Seq(2), 1).unwrap());
    assert_eq!(request.chain_before, Chain::START.after(&journal.events(Seq(1), 1).unwrap()[0]));
    assert_eq!((request.have, request.answer_limit), (journal.cursors().unwrap(), 4096));
    let beyond = journal.request(Seq(99), 10, 4096, sample(T0)).unwrap();
    assert_eq!((beyond.from_seq, beyond.events.len()), (Seq(4), 0));
}

#[test]
fn a_fork_begins_an_epoch_with_everything_under_its_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    append(&mut journal, &[lent(1, 1, 100), lent(1, 2, 100)]);
    region.put(Record::Loan(loan(1, 1, 100)));
    region.sync(&mut journal, 1, 1);
    append(
        &mut journal,
        &[returned(1), Act::Undone { seq: Seq(2) }, Act::Undone { seq: Seq(1) }, lent(1, 4, 100)],
    );
    let before = journal.events(Seq(1), 10).unwrap();
    let loans = |journal: &Journal| [1, 2, 4].map(|n| due_of(journal, n));
    assert_eq!(loans(&journal), [None, None, Some((1, 100))]);

    let mut answer = region.answer(1, 500, &journal.cursors().unwrap(), 99);
    answer.standing = Standing::Forked { begin: Epoch(3) };
    let taken = journal.take_answer(&answer).unwrap();
    assert_eq!((taken.begun, taken.acked), (Some(Epoch(3)), Seq(0)));
    assert_eq!(journal.outbox(), journal::Outbox { epoch: Some(Epoch(3)), acked: Seq(0), head: Seq(6) });
    assert_eq!(journal.events(Seq(1), 10).unwrap(), before);
    assert_eq!(loans(&journal), [None, None, Some((1, 100))]);
    assert_eq!(journal.take_answer(&answer), Err(TakeError::OtherEpoch(Epoch(1))));
    let twice = Answer { epoch: Epoch(3), ..answer };
    assert_eq!(journal.take_answer(&twice), Err(TakeError::EpochTwice(Epoch(3))));

    let dump = journal.dump().unwrap();
    drop(journal);
    let mut journal = open(dir.path()).0;
    assert_eq!(journal.dump().unwrap(), dump);
    assert_eq!(append(&mut journal, &[returned(4)]), [Seq(7)]);
    region.put(Record::Loan(loan(4, 1, 100)));
    region.gone(Feed::Loans, RecordKey::Item(item(1)));
    region.sync(&mut journal, 3, 6);
    assert_eq!(loans(&journal), [None, None, None]);
    assert_eq!(journal.counts().unwrap().waiting, 1);
}

/// An older image of the card was put back, and nothing was recorded yet that the region could compare.
#[test]
fn a_region_that_has_more_than_the_journal_is_asked_for_an_epoch() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    append(&mut journal, &[lent(1, 1, 100), lent(1, 2, 100)]);
    let answer = region.answer(1, 500, &journal.cursors().unwrap(), 99);
    assert!(journal.would_begin_epoch(&answer));
    let taken = journal.take_answer(&answer).unwrap();
    assert_eq!(taken.alarm, Some(Alarm::JournalBehind { here: Seq(2), there: Seq(500) }));
    let request = journal.request(Seq(1), 10, 4096, sample(T0)).unwrap();
    assert_eq!((request.epoch, request.chain_before, request.events.len()), (Epoch(1), LOST_CHAIN, 0));
    assert_eq!(journal.outbox().epoch, None);
    assert_eq!(due_of(&journal, 2), Some((1, 100)));
    append(&mut journal, &[Act::Undone { seq: Seq(2) }]);
    let asked = Answer { standing: Standing::Forked { begin: Epoch(2) }, ..region.answer(1, 500, &[], 9) };
    journal.take_answer(&asked).unwrap();
    let acts: Vec<Act> = journal.events(Seq(1), 10).unwrap().into_iter().map(|event| event.act).collect();
    assert_eq!(acts, [lent(1, 1, 100), lent(1, 2, 100), Act::Undone { seq: Seq(2) }]);
    assert_eq!((due_of(&journal, 1), due_of(&journal, 2)), (Some((1, 100)), None));
}

/// A bundle leaves on a stick, an older card is put back, and other events are written under the same numbers: the answer
/// to the bundle acknowledges them, and only the fork, which the region finds next, tells otherwise.
#[test]
fn what_an_answer_about_another_history_acknowledged_is_told_after_the_fork() {
    let (dir, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(enrolled(old.path()));
    for file in std::fs::read_dir(old.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
    }
    let (mut lost, mut region) = (open(dir.path()).0, school());
    append(&mut lost, &[lent(1, 1, 100), lent(1, 2, 100)]);
    let on_stick = region.answer(1, 2, &lost.cursors().unwrap(), 99);

    let mut journal = open(old.path()).0;
    append(&mut journal, &[lent(2, 3, 100), lent(2, 4, 100)]);
    assert_eq!(journal.take_answer(&on_stick).unwrap().acked, Seq(2));
    let fork = Answer { standing: Standing::Forked { begin: Epoch(2) }, ..region.answer(1, 2, &[], 9) };
    journal.take_answer(&fork).unwrap();
    let request = journal.request(Seq(1), 10, 4096, sample(T0)).unwrap();
    let told: Vec<Act> = request.events.into_iter().map(|event| event.act).collect();
    assert_eq!(told, [lent(2, 3, 100), lent(2, 4, 100)]);
    region.sync(&mut journal, 2, 2);
    assert_eq!(journal.counts().unwrap().waiting, 0);
}

#[test]
fn a_region_that_lost_events_gets_them_again() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    append(&mut journal, &[lent(1, 1, 100), lent(1, 2, 100), lent(1, 3, 100)]);
    region.sync(&mut journal, 1, 3);
    assert_eq!(journal.outbox().acked, Seq(3));
    let taken = journal.take_answer(&region.answer(1, 1, &[], 9)).unwrap();
    assert_eq!((taken.alarm, taken.acked), (Some(Alarm::RegionBehind { there: Seq(1) }), Seq(1)));
    assert_eq!(journal.outbox().acked, Seq(1));
}

#[test]
fn reviews_that_wait_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), school());
    for (n, accepted) in [(1, None), (2, Some(true)), (3, None)] {
        let review = ReviewId(n);
        region.put(Record::Verdict(Verdict { review, seq: Seq(n), conflict: Conflict::LentTwice, accepted }));
    }
    region.sync(&mut journal, 1, 0);
    append(&mut journal, &[lent(1, 1, 100)]);
    let counts = journal.counts().unwrap();
    assert_eq!(
        (counts.patrons, counts.items, counts.loans, counts.waiting, counts.reviews),
        (1, 40, 1, 1, 2)
    );
}
