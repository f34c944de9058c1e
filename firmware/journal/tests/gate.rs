//! What the gate must still be told survives everything that the journal survives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use exchange::*;
use journal::{GateWanted, Journal};
use support::*;

fn lend(journal: &mut Journal, act: Act, gate: &[ItemId]) {
    journal.append_for_gate(&[act], Basis::default(), stamp(T0), gate).unwrap();
}

fn items(wanted: &[GateWanted]) -> Vec<ItemId> {
    wanted.iter().map(|wanted| wanted.item.clone()).collect()
}

fn item_of(act: &Act) -> ItemId {
    let (Act::CheckedOut { item, .. } | Act::Returned { item }) = act else { panic!("{act:?}") };
    item.clone()
}

#[test]
fn a_wish_is_there_after_a_power_cut_and_goes_when_it_is_done() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    let (one, two) = (lent(1, 1, 100), lent(1, 2, 100));
    lend(&mut journal, one.clone(), &[item_of(&one)]);
    lend(&mut journal, two.clone(), &[item_of(&two)]);
    append(&mut journal, &[lent(1, 3, 100)]);
    // No checkpoint, no farewell.
    drop(journal);
    let (mut journal, _) = open(dir.path());
    let wanted = journal.gate_wanted().unwrap();
    assert_eq!(items(&wanted), [item_of(&one), item_of(&two)], "an item without a tag is not wanted");
    journal.gate_done(&wanted[..1]).unwrap();
    journal.gate_done(&wanted[..1]).unwrap();
    drop(journal);
    let (journal, _) = open(dir.path());
    assert_eq!(items(&journal.gate_wanted().unwrap()), [item_of(&two)]);
}

#[test]
fn a_late_done_does_not_end_a_newer_wish() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    let out = lent(1, 1, 100);
    let item = item_of(&out);
    lend(&mut journal, out, std::slice::from_ref(&item));
    let late = journal.gate_wanted().unwrap();
    lend(&mut journal, returned(1), std::slice::from_ref(&item));
    journal.gate_done(&late).unwrap();
    assert_eq!(items(&journal.gate_wanted().unwrap()), [item]);
}

#[test]
fn a_journal_of_the_version_before_is_opened_and_gets_the_table() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = enrolled(dir.path());
    append(&mut journal, &[lent(1, 1, 100)]);
    drop(journal);
    let conn = rusqlite::Connection::open(dir.path().join("journal.db")).unwrap();
    conn.execute_batch("DROP TABLE gate").unwrap();
    drop(conn);
    let (journal, report) = open(dir.path());
    assert!(report.is_quiet());
    assert_eq!(journal.gate_wanted().unwrap(), []);
    assert_eq!(journal.outbox().head, Seq(1));
}
