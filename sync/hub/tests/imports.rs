//! Imports as a librarian goes through them: shown, saved as shown, and taken back; in both databases.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test fails by panicking")]

use exchange::{BlockKind, Calendar, Feed, Patron, Record, RecordKey};
use hub::Hub;
use hub::import::{Known, Part, Planned, Prepared, What, prepare};
use hub::own_postgres::OwnPostgres;
use hub::store::{Answers, Change, ImportFault, ImportId, ImportState, SchoolId, Store};

const SCHOOL: SchoolId = SchoolId(1);
const NOW_S: i64 = 1_788_231_600;

fn read(store: &Store, what: What, text: &str) -> Prepared {
    let known = Known::new(store.people_and_books(SCHOOL).unwrap());
    let today = store.zone(SCHOOL).unwrap().day_at(NOW_S);
    prepare(text.as_bytes(), Some(what), &known, today).unwrap()
}

fn keep(store: &mut Store, what: What, text: &str) -> ImportId {
    let prepared = read(store, what, text);
    store.keep_import(SCHOOL, &prepared, "list.csv", "librarian", NOW_S).unwrap()
}

fn take(store: &mut Store, what: What, text: &str) -> ImportId {
    let id = keep(store, what, text);
    store.save_import(SCHOOL, id, &Answers::default(), "librarian", NOW_S).unwrap();
    id
}

fn patrons(store: &Store) -> Vec<Patron> {
    let all = store.records(SCHOOL, Feed::Patrons).unwrap().into_iter();
    all.map(|record| if let Record::Patron(patron) = record { patron } else { panic!("{record:?}") })
        .collect()
}

fn cards(store: &Store) -> Vec<(String, Vec<String>)> {
    patrons(store).into_iter().map(|patron| (patron.family, patron.cards)).collect()
}

const CLASSES: &str = "class\n7А\n7Ә\n";
const PUPILS: &str =
    "card,family,given,class\n20000001,Оспанова,Дана,7А\n20000002,Ким,Олег,7А\n20000003,Орлов,Пётр,7Ә\n";

/// Runs a test against a region in each database.
fn in_both(test: impl Fn(&mut Store)) {
    let dir = tempfile::tempdir().unwrap();
    Hub::init(dir.path(), None, "№ 12", NOW_S).unwrap();
    test(&mut Store::open(dir.path()).unwrap());
    let server = tempfile::tempdir().unwrap();
    let postgres = match OwnPostgres::start(&server.path().join("postgres")) {
        Ok(postgres) => postgres,
        Err(fault) if std::env::var("OQYRMAN_POSTGRES").as_deref() == Ok("required") => panic!("{fault:#}"),
        Err(fault) => return eprintln!("skipped in PostgreSQL: {fault:#}"),
    };
    let dir = tempfile::tempdir().unwrap();
    Hub::init(dir.path(), Some(&postgres.database("imports").unwrap()), "№ 12", NOW_S).unwrap();
    test(&mut Store::open(dir.path()).unwrap());
}

#[test]
fn nothing_is_saved_before_somebody_agrees_and_then_what_was_shown() {
    in_both(|store| {
        let id = keep(store, What::Classes, CLASSES);
        assert_eq!(store.records(SCHOOL, Feed::Classes).unwrap(), []);
        assert_eq!(store.import_counts(id).unwrap().added, 2);
        let saved = store.save_import(SCHOOL, id, &Answers::default(), "librarian", NOW_S).unwrap();
        assert_eq!((saved.added, store.records(SCHOOL, Feed::Classes).unwrap().len()), (2, 2));
        let again = store.save_import(SCHOOL, id, &Answers::default(), "librarian", NOW_S);
        assert!(matches!(again, Err(ImportFault::Done)));
        let line = store.import(SCHOOL, id).unwrap().unwrap();
        assert_eq!((line.state, line.saved), (ImportState::Saved, Some((NOW_S, "librarian".into()))));
        assert_eq!(store.import(SchoolId(2), id).unwrap(), None, "it is another school's");

        // Read, and then somebody changes one of its records: all of it is refused.
        take(store, What::Patrons, PUPILS);
        let late = keep(store, What::Patrons, &PUPILS.replace("Олег", "Игорь").replace("Дана", "Диана"));
        take(store, What::Patrons, "card,family,given,class\n20000002,Ким,Антон,7А\n");
        let moved = store.save_import(SCHOOL, late, &Answers::default(), "librarian", NOW_S);
        assert!(matches!(moved, Err(ImportFault::Moved(1))), "{moved:?}");
        assert!(patrons(store).iter().all(|patron| patron.given != "Диана"), "nothing of it was saved");
        store.drop_import(SCHOOL, late).unwrap();
        assert!(matches!(store.drop_import(SCHOOL, late), Err(ImportFault::Unknown)));
    });
}

#[test]
fn an_undoing_touches_nothing_that_was_changed_since_or_is_in_use() {
    in_both(|store| {
        let classes = take(store, What::Classes, CLASSES);
        let first = take(store, What::Patrons, PUPILS);
        let second = take(store, What::Patrons, &PUPILS.replace("Дана", "Диана").replace("Олег", "Игорь"));
        take(store, What::Patrons, "card,family,given,class\n20000002,Ким,Антон,7А\n");
        let undone = store.undo_import(SCHOOL, second, "librarian", NOW_S).unwrap();
        assert_eq!((undone.restored, undone.kept), (1, 1));
        let given: Vec<String> = patrons(store).into_iter().map(|patron| patron.given).collect();
        assert_eq!(given, ["Дана", "Антон", "Пётр"]);
        assert!(matches!(store.undo_import(SCHOOL, second, "librarian", NOW_S), Err(ImportFault::Done)));
        // Classes that have pupils stay.
        let undone = store.undo_import(SCHOOL, classes, "librarian", NOW_S).unwrap();
        assert_eq!((undone.restored, undone.kept), (0, 2));
        let undone = store.undo_import(SCHOOL, first, "librarian", NOW_S).unwrap();
        assert_eq!((undone.restored, undone.kept), (2, 1));
        assert_eq!(cards(store), [("Ким".into(), vec!["20000002".into()])]);
        // Two months later nobody can.
        let old = take(store, What::Classes, "class\n8А\n");
        let late_s = NOW_S + 61 * 86_400;
        assert!(!store.import(SCHOOL, old).unwrap().unwrap().can_be_undone(late_s));
        store.undo_import(SCHOOL, old, "librarian", late_s).unwrap();
        assert_eq!(store.records(SCHOOL, Feed::Classes).unwrap().len(), 3, "what was before is forgotten");
    });
}

#[test]
fn a_new_card_of_the_same_name_and_class_is_a_question() {
    in_both(|store| {
        take(store, What::Classes, CLASSES);
        take(store, What::Patrons, PUPILS);
        let new_card = "card,family,given,class\n20000099,Оспанова,Дана,7А\n20000002,Ким,Олег,7А\n";
        let id = keep(store, What::Patrons, new_card);
        let counts = store.import_counts(id).unwrap();
        assert_eq!((counts.asked, counts.missing, counts.added), (1, 0, 0));
        store.save_import(SCHOOL, id, &Answers::default(), "librarian", NOW_S).unwrap();
        assert_eq!(cards(store)[0], ("Оспанова".into(), vec!["20000099".into()]), "the old card is void");
        assert_eq!(patrons(store).len(), 3);
        store.undo_import(SCHOOL, id, "librarian", NOW_S).unwrap();
        assert_eq!(cards(store)[0].1, ["20000001"]);
        // The other answer: a namesake.
        let id = keep(store, What::Patrons, new_card);
        let answers = Answers { other_person: [0].into(), ..Answers::default() };
        store.save_import(SCHOOL, id, &answers, "librarian", NOW_S).unwrap();
        assert_eq!(patrons(store).len(), 4);
        assert_eq!(cards(store)[0].1, ["20000001"]);
        // Two namesakes who are both in the file are not one.
        let both = format!("{PUPILS}20000055,Орлов,Пётр,7Ә\n");
        let asks = |one: &Planned| matches!(one.part, Part::SamePerson(_) | Part::OtherPerson(_));
        assert!(!read(store, What::Patrons, &both).planned.iter().any(asks));
    });
}

#[test]
fn who_is_missing_from_the_file_has_left_only_if_somebody_says_so() {
    in_both(|store| {
        take(store, What::Classes, CLASSES);
        take(store, What::Patrons, PUPILS);
        let left = |store: &Store| {
            let has_left = |patron: &Patron| patron.blocks.iter().any(|block| block.kind == BlockKind::Left);
            patrons(store).into_iter().filter(has_left).map(|patron| patron.family).collect::<Vec<_>>()
        };
        // Of 7А alone: nothing is said of 7Ә.
        let only = "card,family,given,class\n20000001,Оспанова,Дана,7А\n";
        let id = take(store, What::Patrons, only);
        assert_eq!(left(store), [] as [&str; 0]);
        assert_eq!(store.import_sure(id, 0, 10).unwrap(), (vec![], None));
        let id = keep(store, What::Patrons, only);
        let answers = Answers { missing_left: true, ..Answers::default() };
        store.save_import(SCHOOL, id, &answers, "librarian", NOW_S).unwrap();
        assert_eq!(left(store), ["Ким"]);
        // Whoever is on the list again is back.
        take(store, What::Patrons, PUPILS);
        assert_eq!(left(store), [] as [&str; 0]);
        // With a bad row nobody is said to be missing: it may be theirs.
        let prepared = read(store, What::Patrons, &format!("{only}x y,Ким,Олег,99\n"));
        assert_eq!(prepared.bad_rows, 1);
        assert!(prepared.planned.iter().all(|one| one.part == Part::Sure));
    });
}

#[test]
fn versions_of_the_calendar_are_kept_with_who_made_them() {
    in_both(|store| {
        let calendar = |store: &Store| match store.record(SCHOOL, Feed::Calendar, &RecordKey::Only).unwrap() {
            Some(Record::Calendar(calendar)) => calendar,
            other => panic!("{other:?}"),
        };
        let first = calendar(store);
        let next = Calendar { version: first.version + 1, weekend: 0b110_0000, ..first.clone() };
        let put = Change::Put(Record::Calendar(next.clone()));
        store.save_by(SCHOOL, &[put], "librarian", NOW_S + 60).unwrap();
        let editions = store.editions(SCHOOL, Feed::Calendar, 10).unwrap();
        let told: Vec<_> = editions.iter().map(|one| (one.version, one.login.as_str(), one.at_s)).collect();
        assert_eq!(told, [(next.version, "librarian", NOW_S + 60), (first.version, "", NOW_S)]);
        assert_eq!(editions[1].record, Record::Calendar(first));
    });
}
