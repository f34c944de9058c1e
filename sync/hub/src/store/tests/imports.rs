//! An import whose last step fails has not happened.

use super::{NOON_S, params, school};
use crate::import::{Known, What, prepare};
use crate::store::{Answers, ImportState, Store};
use exchange::Feed;

#[test]
fn an_import_that_fails_at_its_end_has_changed_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), None).unwrap();
    let school = school(&mut store, "№ 12");
    let before = store.records(school, Feed::Classes).unwrap();
    let known = Known::new(store.people_and_books(school).unwrap());
    let today = store.zone(school).unwrap().day_at(NOON_S);
    let read = prepare("class\n7Ә\n9Б\n".as_bytes(), Some(What::Classes), &known, today).unwrap();
    let id = store.keep_import(school, &read, "list.csv", "librarian", NOON_S).unwrap();
    store
        .db
        .execute(
            "CREATE TRIGGER full BEFORE UPDATE ON import BEGIN SELECT raise(ABORT, 'as a full disk'); END",
            params![],
        )
        .unwrap();
    store.save_import(school, id, &Answers::default(), "librarian", NOON_S).unwrap_err();
    assert_eq!(store.records(school, Feed::Classes).unwrap(), before);
    store.db.execute("DROP TRIGGER full", params![]).unwrap();
    assert_eq!(store.import(school, id).unwrap().unwrap().state, ImportState::Read);
    let saved = store.save_import(school, id, &Answers::default(), "librarian", NOON_S).unwrap();
    assert_eq!((saved.added, store.records(school, Feed::Classes).unwrap().len()), (2, before.len() + 2));
}
