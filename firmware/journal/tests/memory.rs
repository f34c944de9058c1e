//! What the desk asks, and what staff search for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use desk::Memory;
use exchange::*;
use std::time::Instant;
use support::*;

#[test]
fn classes_and_names_are_in_kazakh_order() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), Region::new());
    // ё after е, ә after а, ғ after г, і before ь, ү after ұ: what code points put elsewhere.
    let letters = ["Я", "Ә", "А", "Б", "І", "Ғ", "Г", "Ү", "Ұ", "У"];
    for (id, letter) in (1..).zip(letters) {
        region.put(Record::Class(class(id, 7, letter)));
        let pupil = Patron { class: Some(ClassId(id)), ..patron(id.into(), "Б", "А") };
        region.put(Record::Patron(pupil));
    }
    region.put(Record::Class(class(11, 5, "Я")));
    region.put(Record::Class(class(12, 1, "А")));
    region.put(Record::Patron(Patron { class: Some(ClassId(11)), ..patron(50, "Я", "Я") }));
    // A class without a PIN is not asked for.
    region.put(Record::Patron(Patron { class: Some(ClassId(12)), pin: None, ..patron(51, "Я", "Я") }));
    let names =
        [("Қасым", "Ә"), ("Қасым", "А"), ("Касым", "Я"), ("Ёлкина", "А"), ("Елкина", "Б"), ("Әбіл", "А")];
    for (id, (family, given)) in (60..).zip(names) {
        region.put(Record::Patron(Patron { class: Some(ClassId(99)), ..patron(id, family, given) }));
    }
    region.sync(&mut journal, 1, 0);

    let classes: Vec<(u8, String)> =
        journal.classes().unwrap().into_iter().map(|class| (class.grade, class.letter)).collect();
    let order: Vec<&str> = classes.iter().map(|(_, letter)| letter.as_str()).collect();
    assert_eq!(order, ["Я", "А", "Ә", "Б", "Г", "Ғ", "У", "Ұ", "Ү", "І", "Я"]);
    assert_eq!((classes[0].0, classes[1].0), (5, 7));
    let names = journal.patrons_with_pin(ClassId(99)).unwrap();
    let names: Vec<String> =
        names.iter().map(|patron| format!("{} {}", patron.family, patron.given)).collect();
    assert_eq!(names, ["Әбіл А", "Елкина Б", "Ёлкина А", "Касым Я", "Қасым А", "Қасым Ә"]);
}

#[test]
fn cards_items_titles_holds_and_notices() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), Region::new());
    assert_eq!(journal.rules().unwrap(), None);
    let cards = vec!["0042".to_owned(), "41".to_owned()];
    region.put(Record::Patron(Patron { cards, ..patron(1, "Сейітова", "Айша") }));
    region.put(Record::Patron(Patron {
        cards: vec!["41".into(), "43".into()],
        ..patron(2, "Омаров", "Дәулет")
    }));
    region.put(Record::Title(title(1, "Абай жолы", "Мұхтар Әуезов")));
    region.put(Record::Item(Item { former: vec![item(901), item(2)], ..copy(1, 1) }));
    region.put(Record::Item(copy(2, 77)));
    for (id, title) in [(9, 1), (3, 1), (4, 2)] {
        let (patron, title) = (PatronId(1), TitleId(title));
        region.put(Record::Hold(Hold {
            id: HoldId(id),
            patron,
            title,
            item: None,
            state: HoldState::Waiting,
        }));
    }
    let notice = Notice { id: NoticeId(1), text: ["а".into(), "б".into(), "c".into()], until: Day(1) };
    region.put(Record::Notice(notice.clone()));
    region.put(Record::Calendar(calendar()));
    region.sync(&mut journal, 1, 0);

    let by_card = |card: &str| journal.patron_by_card(card).unwrap().map(|patron| patron.id.0);
    assert_eq!((by_card("0042"), by_card("42"), by_card("43")), (Some(1), None, Some(2)));
    assert_eq!(by_card("41"), None, "a card of two people is nobody's");
    assert_eq!(journal.patron(PatronId(2)).unwrap().map(|patron| patron.given), Some("Дәулет".into()));
    let found = journal.item(&item(901)).unwrap().unwrap();
    assert_eq!((found.item.id, found.title.map(|title| title.name)), (item(1), Some("Абай жолы".into())));
    let found = journal.item(&item(2)).unwrap().unwrap();
    assert_eq!((found.item.id, found.title), (item(2), None), "a present number goes before a former one");
    assert!(journal.item(&item(3)).unwrap().is_none());
    let holds: Vec<u64> = journal.holds_on(TitleId(1)).unwrap().iter().map(|hold| hold.id.0).collect();
    assert_eq!(holds, [3, 9]);
    assert_eq!(journal.notices().unwrap(), [notice]);
    assert_eq!(journal.calendar().unwrap(), Some(calendar()));

    // A loan is found by every number of its item.
    append(&mut journal, &[lent(1, 901, 30), lent(1, 2, 20)]);
    assert_eq!(journal.loan_of(&item(1)).unwrap().map(|loan| loan.due), Some(Day(30)));
    assert_eq!(journal.loan_of(&item(901)).unwrap().map(|loan| loan.item), Some(item(1)));
    let dues: Vec<Day> = journal.loans_of(PatronId(1)).unwrap().iter().map(|loan| loan.due).collect();
    assert_eq!(dues, [Day(20), Day(30)]);
    // 2026-09-21T22:13:30Z is the 22nd in Almaty.
    let since = journal.loan_of(&item(1)).unwrap().map(|loan| loan.since);
    assert_eq!(since.map(Day::ymd), Some((2026, 9, 21)));
    // Another card, another class: nothing leads to the old ones any more.
    region.put(Record::Patron(Patron {
        cards: vec!["44".into()],
        class: None,
        ..patron(1, "Сейітова", "Айша")
    }));
    region.sync(&mut journal, 1, 0);
    assert_eq!(journal.patron_by_card("0042").unwrap(), None);
    assert_eq!(journal.patron_by_card("41").unwrap().map(|patron| patron.id.0), Some(2));
    assert_eq!(journal.patrons_with_pin(ClassId(1)).unwrap().len(), 1);
}

#[test]
fn search_ranks_exact_before_folded_before_fuzzy() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), Region::new());
    let books = [("Казак халқы", "Б"), ("Қазақ әдебиеті", "А"), ("Казах тілі", "В"), ("Физика", "Қазақбаев")];
    for (id, (name, author)) in (1..).zip(books) {
        region.put(Record::Title(title(id, name, author)));
    }
    region.put(Record::Patron(patron(1, "Қалдыбекова", "Іңкәр")));
    region.sync(&mut journal, 1, 0);
    let titles = |typed: &str| -> Vec<u64> {
        journal.search_titles(typed, 10).unwrap().into_iter().map(|title| title.id.0).collect()
    };
    assert_eq!(titles("казак"), [1, 2, 4, 3]);
    assert_eq!(titles("ҚАЗАҚ"), [2, 4, 1, 3]);
    assert_eq!(titles("физика"), [4]);
    assert!(titles("' OR 1=1 --").is_empty());
    assert_eq!(journal.search_titles("казак", 1).unwrap().len(), 1);
    assert_eq!(journal.search_patrons("инкар калд", 5).unwrap()[0].id, PatronId(1));
}

/// A guard against a lookup that reads everything; the figures are in the benchmark.
#[test]
fn lookups_stay_fast_with_a_whole_school() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, mut region) = (enrolled(dir.path()), Region::new());
    for id in 1..=600 {
        region.put(Record::Patron(patron(id, &format!("Тегі{id}"), "Аты")));
    }
    for n in 1..=3000 {
        region.put(Record::Item(copy(n, u64::from(n % 700))));
    }
    for id in 0..700 {
        region.put(Record::Title(title(id, &format!("Кітап {id}"), "Автор")));
    }
    region.sync(&mut journal, 1, 0);
    let start = Instant::now();
    for n in 1..=200_u32 {
        journal.patron_by_card(&format!("{n:06}")).unwrap().unwrap();
        journal.item(&item(n)).unwrap().unwrap().title.unwrap();
        journal.loan_of(&item(n)).unwrap();
        journal.loans_of(PatronId(n.into())).unwrap();
        journal.holds_on(TitleId(1)).unwrap();
    }
    let each = start.elapsed() / 1000;
    assert!(each.as_micros() < 1000, "{each:?} for one lookup");
}
