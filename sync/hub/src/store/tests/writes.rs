//! A transaction's writes, of which a later statement may tell that they failed.

use super::{in_both, params};
use crate::store::Store;
use crate::store::sql::{Kind, Lock, Meets, Table, Value};

const SHELF: Table = Table { name: "shelf", columns: &[("place", Kind::Int), ("book", Kind::Text)], key: 1 };

fn shelf(store: &Store) {
    store.db.run_schema("CREATE TABLE shelf (place INTEGER PRIMARY KEY, book TEXT NOT NULL)").unwrap();
}

fn books(store: &Store) -> Vec<(i64, String)> {
    let rows = store.db.rows("SELECT place, book FROM shelf ORDER BY place", params![]).unwrap();
    rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect()
}

#[test]
fn what_is_written_first_is_there_first() {
    in_both(|store, _| {
        shelf(store);
        let tx = store.db.begin(Lock::Region).unwrap();
        // More than go out in one flight, each on top of the one before.
        tx.write("INSERT INTO shelf (place, book) VALUES (1, ?1)", params![""]).unwrap();
        for letter in "Абай жолы: роман-эпопея, бірінші кітап. Мұхтар Әуезов".chars()
        {
            tx.write("UPDATE shelf SET book = book || ?1 WHERE place = 1", params![letter.to_string()])
                .unwrap();
        }
        let told: String = tx.one("SELECT book FROM shelf WHERE place = ?1", params![1]).unwrap();
        assert_eq!(told, "Абай жолы: роман-эпопея, бірінші кітап. Мұхтар Әуезов");
        tx.put(&SHELF, Meets::Replaced, &[vec![Value::Int(1), "Қан мен тер".into()]]).unwrap();
        tx.put(&SHELF, Meets::Nothing, &[vec![Value::Int(2), "Көшпенділер".into()]]).unwrap();
        tx.take_away(&SHELF, &[vec![Value::Int(1)]]).unwrap();
        tx.commit().unwrap();
        assert_eq!(books(store), [(2, "Көшпенділер".to_owned())]);
    });
}

#[test]
fn a_write_that_fails_is_told_and_leaves_nothing_behind() {
    in_both(|store, _| {
        shelf(store);
        let attempts: [fn(&Store) -> bool; 2] = [
            // Told by the commit at the latest.
            |store| {
                let tx = store.db.begin(Lock::Region).unwrap();
                let written = tx
                    .write("INSERT INTO shelf (place, book) VALUES (1, ?1)", params!["Абай жолы"])
                    .and_then(|()| {
                        tx.write("INSERT INTO shelf (place, book) VALUES (1, ?1)", params!["again"])
                    });
                written.and_then(|()| tx.commit()).is_ok()
            },
            // Told by the next question at the latest.
            |store| {
                let tx = store.db.begin(Lock::Region).unwrap();
                let written = tx
                    .write("INSERT INTO shelf (place, book) VALUES (1, ?1)", params!["Абай жолы"])
                    .and_then(|()| tx.put(&SHELF, Meets::Nothing, &[vec![Value::Int(1), "again".into()]]));
                written.and_then(|()| tx.one::<i64>("SELECT count(*) FROM shelf", params![])).is_ok()
            },
        ];
        for attempt in attempts {
            assert!(!attempt(store));
            assert_eq!(books(store), []);
        }
        // What was given up does not come with the next transaction.
        let tx = store.db.begin(Lock::Region).unwrap();
        tx.write("INSERT INTO shelf (place, book) VALUES (3, ?1)", params!["given up"]).unwrap();
        drop(tx);
        let tx = store.db.begin(Lock::Region).unwrap();
        tx.write("INSERT INTO shelf (place, book) VALUES (4, ?1)", params!["Қан мен тер"]).unwrap();
        tx.commit().unwrap();
        assert_eq!(books(store), [(4, "Қан мен тер".to_owned())]);
    });
}
