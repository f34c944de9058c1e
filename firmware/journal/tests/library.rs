//! The ledger of a library system: in order, once, over a cut, and held by what nobody knows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says when it is skipped"
)]

mod support;

use exchange::*;
use journal::{Journal, LibraryLine, LibraryState};
use support::*;

fn ended(seq: Seq, state: LibraryState) -> Option<LibraryLine> {
    Some(LibraryLine { seq, state, words: String::new(), at_s: T0 })
}

fn turn(journal: &mut Journal, ended: Option<LibraryLine>, after: Seq) -> Option<journal::LibraryTurn> {
    journal.library_turn(ended, after, T0).unwrap()
}

#[test]
fn a_station_of_a_library_system_names_its_epoch_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(dir.path());
    append(&mut journal, &[lent(1, 1, 20_014)]);
    journal.enrol_itself(STATION).unwrap();
    assert_eq!(journal.outbox().epoch, Some(Epoch(1)));
    journal.enrol_itself(STATION).unwrap();
    assert_eq!(journal.outbox().epoch, Some(Epoch(1)));
    assert_eq!(journal.outbox().head, Seq(1));
}

#[test]
fn events_come_in_order_and_what_says_nothing_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    append(&mut journal, &[Act::StationStarted { version: "1".into() }, lent(1, 1, 20_014), returned(1)]);
    let first = turn(&mut journal, None, Seq(0)).unwrap();
    assert_eq!((first.event.seq, first.ask_first, first.from), (Seq(2), false, None));
    assert_eq!(journal.outbox().acked, Seq(1));
    let second = turn(&mut journal, ended(Seq(2), LibraryState::Accepted), Seq(2)).unwrap();
    assert_eq!((second.event.seq, second.from), (Seq(3), Some(PatronId(1))));
    assert_eq!(turn(&mut journal, ended(Seq(3), LibraryState::Refused), Seq(3)), None);
    assert_eq!(journal.outbox().acked, Seq(3), "a refusal is an end, and is kept");
    let counts = journal.library_counts().unwrap();
    assert_eq!((counts.done, counts.refused), (1, 1));
}

#[test]
fn what_was_being_sent_when_the_power_went_is_asked_for_first() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    append(&mut journal, &[lent(1, 1, 20_014), lent(1, 2, 20_014)]);
    turn(&mut journal, None, Seq(0)).unwrap();
    turn(&mut journal, ended(Seq(1), LibraryState::Accepted), Seq(1)).unwrap();
    drop(journal);
    let (mut journal, _) = open(dir.path());
    let acked = journal.outbox().acked;
    let again = turn(&mut journal, None, acked).unwrap();
    assert_eq!((again.event.seq, again.ask_first), (Seq(2), true));
}

#[test]
fn an_unknown_end_holds_the_outbox_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    append(&mut journal, &[lent(1, 1, 20_014), lent(1, 2, 20_014)]);
    turn(&mut journal, None, Seq(0)).unwrap();
    let second = turn(&mut journal, ended(Seq(1), LibraryState::Unknown), Seq(1)).unwrap();
    assert_eq!(second.event.seq, Seq(2));
    turn(&mut journal, ended(Seq(2), LibraryState::Accepted), Seq(2));
    assert_eq!(journal.outbox().acked, Seq(0));
    assert_eq!(turn(&mut journal, None, Seq(0)), None, "it is not sent again by itself");
    assert!(!journal.library_resolve(Seq(2), "it is there", T0).unwrap(), "nothing to look into");
    assert!(journal.library_resolve(Seq(1), "it is there", T0).unwrap());
    assert_eq!(journal.outbox().acked, Seq(2));
    let lines = journal.library_lines(Seq(1), 10).unwrap();
    assert_eq!((lines[0].state, lines[0].words.as_str()), (LibraryState::Resolved, "it is there"));
}

#[test]
fn what_was_undone_before_it_was_sent_is_not_told_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    append(&mut journal, &[lent(1, 1, 20_014), Act::Undone { seq: Seq(1) }, lent(1, 2, 20_014)]);
    assert_eq!(turn(&mut journal, None, Seq(0)).unwrap().event.seq, Seq(3));
    assert_eq!(journal.outbox().acked, Seq(2));
}

#[test]
fn what_is_undone_after_it_was_sent_is_taken_back_by_its_opposite() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    append(&mut journal, &[lent(1, 1, 20_014)]);
    turn(&mut journal, None, Seq(0)).unwrap();
    append(&mut journal, &[Act::Undone { seq: Seq(1) }]);
    let undoing = turn(&mut journal, ended(Seq(1), LibraryState::Accepted), Seq(1)).unwrap();
    assert_eq!((undoing.event.seq, undoing.ask_first), (Seq(2), true));
    assert_eq!(undoing.event.act, returned(1));
    assert_eq!(undoing.from, Some(PatronId(1)));
}
