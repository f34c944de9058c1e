//! What a scan means, wherever it comes: cards for books, books for cards, ISBNs, addresses, torn scans; returns.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::*;
use desk::{Input, RowAct, Scanned, Screen, Signal, Touch, VisitNote};
use exchange::{Act, RefusalKind, Seq};

fn scan(shop: &mut Shop, scanned: Scanned) -> Vec<Heard> {
    shop.send(Input::Scanned(scanned))
}

fn refusal(shop: &Shop) -> Option<RefusalKind> {
    if let Screen::Refused { refusal, .. } = shop.screen() { Some(refusal.kind) } else { None }
}

fn greeted(shop: &Shop) -> String {
    if let Screen::Visit { given, .. } = shop.screen() { given } else { String::new() }
}

fn returns(shop: &Shop) -> (Vec<RowAct>, Option<VisitNote>) {
    let Screen::Returns { rows, note } = shop.screen() else { panic!("no returns") };
    (rows.into_iter().map(|row| row.act).collect(), note)
}

#[test]
fn the_memory_knows_better_than_the_sites_rules() {
    let mut shop = Shop::open(World::school());
    scan(&mut shop, Scanned::Item(exchange::ItemId::new(card_of(AIGERIM)).unwrap()));
    assert_eq!(greeted(&shop), "Zhansulu", "a card that was taken for a book");
    let heard = scan(&mut shop, Scanned::Card(item_id(1).to_string()));
    assert_eq!(recorded(&heard).len(), 1, "a book that was taken for a card");
    scan(&mut shop, Scanned::Number(item_id(2).to_string()));
    scan(&mut shop, Scanned::Number("C90001".into()));
    let Screen::Visit { rows, note, .. } = shop.screen() else { panic!("a visit") };
    assert_eq!((rows.len(), note), (2, Some(VisitNote::CardAgain)), "an older card of the same patron");
    scan(&mut shop, Scanned::Number(card_of(DAMIR)));
    assert_eq!(greeted(&shop), "Damirkhan");
}

#[test]
fn what_is_no_number_of_ours_is_named_for_what_it_is() {
    let cases = [
        (Scanned::Card("C99999".into()), RefusalKind::UnknownCard, RefusalKind::UnknownCard),
        (Scanned::Isbn("9786010000001".into()), RefusalKind::IsbnScanned, RefusalKind::IsbnScanned),
        (Scanned::Url, RefusalKind::UrlScanned, RefusalKind::UrlScanned),
        (Scanned::Number("4870001234567".into()), RefusalKind::UnknownCard, RefusalKind::UnknownItem),
        (Scanned::Number("a|b".into()), RefusalKind::Unreadable, RefusalKind::Unreadable),
        (Scanned::Number("x".repeat(4_096)), RefusalKind::Unreadable, RefusalKind::Unreadable),
    ];
    for (scanned, idle, visit) in cases {
        let mut shop = Shop::open(World::school());
        // An unclaimed number is never lent, whatever the rules say of unknown items.
        shop.world.rules_mut().unknown_item = exchange::UnknownItem::Lend;
        scan(&mut shop, scanned.clone());
        assert_eq!(refusal(&shop), Some(idle), "{scanned:?}");
        shop.card(AIGERIM);
        assert_eq!(greeted(&shop), "Zhansulu", "the next scan is handled as ever");
        scan(&mut shop, scanned.clone());
        assert_eq!(refusal(&shop), Some(visit), "{scanned:?}");
        shop.touch(Touch::Back);
        assert_eq!(greeted(&shop), "Zhansulu", "back where it was");
        assert!(shop.world.events.is_empty());
    }
}

#[test]
fn a_torn_scan_is_calm_and_not_noted() {
    let mut shop = Shop::open(World::school());
    assert_eq!(scan(&mut shop, Scanned::Unreadable), [Heard::Said(Signal::Attention)]);
    assert_eq!(refusal(&shop), Some(RefusalKind::Unreadable));
}

#[test]
fn a_repeated_refusal_is_one_note_and_the_idle_screen_forgets_after_a_while() {
    let mut shop = Shop::open(World::school());
    let isbn = || Scanned::Isbn("9786010000001".into());
    let note = Heard::Noted(Act::Refused { reason: RefusalKind::IsbnScanned, item: None });
    assert_eq!(scan(&mut shop, isbn()), [note.clone(), Heard::Said(Signal::No)]);
    assert_eq!(scan(&mut shop, isbn()), [Heard::Said(Signal::No)]);
    shop.pass_ms(10_000);
    assert_eq!(scan(&mut shop, isbn()), [note, Heard::Said(Signal::No)]);
}

#[test]
fn a_flood_of_refusals_is_no_flood_of_notes() {
    let mut shop = Shop::open(World::school());
    let notes: usize = (1_000..2_000).map(|number| noted(&shop.book(number)).len()).sum();
    assert_eq!(notes, 50);
}

#[test]
fn returns_without_a_card() {
    let mut shop = Shop::open(World::school());
    shop.world.lend(1, AIGERIM, today().plus(3));
    shop.touch(Touch::ReturnBooks);
    assert_eq!(returns(&shop), (vec![], None));
    let heard = shop.book(1);
    assert_eq!(recorded(&heard), [Act::Returned { item: item_id(1) }]);
    assert_eq!(said(&heard), [Signal::Yes]);
    assert_eq!(shop.book(1), [Heard::Said(Signal::Attention)]);
    assert_eq!(returns(&shop), (vec![RowAct::Returned], Some(VisitNote::SameAgain)));

    assert_eq!(recorded(&shop.book(19)), [Act::Returned { item: item_id(19) }], "lost, and here it is");
    assert_eq!(returns(&shop).1, Some(VisitNote::WasNotOnLoan));
    shop.book(777);
    assert_eq!(refusal(&shop), Some(RefusalKind::UnknownItem));
    shop.touch(Touch::Back);

    assert_eq!(recorded(&shop.touch(Touch::Undo(1))), [Act::Undone { seq: Seq(1) }]);
    assert_eq!(shop.world.loan(&item_id(1)).unwrap().patron, AIGERIM);
    assert_eq!(recorded(&shop.book(1)).len(), 1);
    shop.touch(Touch::Finish);
    assert_eq!(shop.screen(), Screen::Finished { lent: 0, returned: 2, renewed: 0, due: None });
}

#[test]
fn a_card_among_returns_begins_a_visit_that_shows_nothing_of_them() {
    let mut shop = Shop::open(World::school());
    shop.world.lend(1, AIGERIM, today().plus(3));
    shop.touch(Touch::ReturnBooks);
    shop.book(1);
    shop.card(DAMIR);
    let Screen::Visit { rows, .. } = shop.screen() else { panic!("a visit") };
    assert!(rows.is_empty());
    assert!(shop.world.loan(&item_id(1)).is_none());
}

#[test]
fn books_first_may_be_meant_as_returns() {
    let mut shop = Shop::open(World::school());
    shop.world.lend(1, DAMIR, today().plus(3));
    shop.book(1);
    shop.book(2);
    shop.book(1);
    let Screen::Identify { kept, without_card } = shop.screen() else { panic!("the card is asked for") };
    assert_eq!(kept.iter().map(|row| row.on_loan).collect::<Vec<_>>(), [true, false]);
    assert!(without_card);
    let heard = shop.touch(Touch::ReturnKept);
    let acts = [1, 2].map(|number| Act::Returned { item: item_id(number) });
    assert_eq!(recorded(&heard), acts);
    assert_eq!(said(&heard), [Signal::Yes]);
    assert_eq!(returns(&shop), (vec![RowAct::Returned; 2], Some(VisitNote::WasNotOnLoan)));
}

#[test]
fn a_reference_book_that_is_on_loan_can_come_back_book_first() {
    let mut shop = Shop::open(World::school());
    shop.world.lend(17, DAMIR, today().plus(3));
    shop.book(17);
    assert_eq!(recorded(&shop.touch(Touch::ReturnKept)).len(), 1);
}

#[test]
fn books_first_then_the_card_of_whoever_has_them() {
    let mut shop = Shop::open(World::school());
    shop.world.lend(1, AIGERIM, today().plus(3));
    shop.world.lend(2, DAMIR, today().plus(3));
    shop.book(1);
    shop.book(2);
    let heard = shop.card(AIGERIM);
    let due = today().plus(15);
    let acts =
        [Act::Returned { item: item_id(2) }, Act::CheckedOut { patron: AIGERIM, item: item_id(2), due }];
    assert_eq!(recorded(&heard), acts);
    let Screen::Visit { rows, note, .. } = shop.screen() else { panic!("a visit") };
    assert_eq!((rows.len(), note), (1, Some(VisitNote::AlreadyYours)));
}

#[test]
fn an_eleventh_book_is_not_silently_dropped() {
    let mut shop = Shop::open(World::school());
    for number in 1..=10 {
        shop.book(number);
    }
    shop.book(11);
    assert_eq!(refusal(&shop), Some(RefusalKind::LimitReached));
    shop.touch(Touch::Back);
    let Screen::Identify { kept, .. } = shop.screen() else { panic!("still asked for the card") };
    assert_eq!(kept.len(), 10);
}

#[test]
fn another_card_ends_the_visit_and_begins_its_own() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(1);
    shop.card(DAMIR);
    let Screen::Visit { given, rows, .. } = shop.screen() else { panic!("a visit") };
    assert_eq!((given.as_str(), rows.len()), ("Damirkhan", 0));
    assert!(!format!("{:?}", shop.desk).contains("Zhansulu"));
    assert_eq!(shop.world.loan(&item_id(1)).unwrap().patron, AIGERIM);
    scan(&mut shop, Scanned::Card("C99999".into()));
    assert_eq!(refusal(&shop), Some(RefusalKind::UnknownCard));
    shop.touch(Touch::Back);
    assert_eq!(greeted(&shop), "Damirkhan");
}

#[test]
fn a_long_row_of_returns_has_no_end_and_every_book_counts() {
    let mut shop = Shop::open(World::school());
    shop.world.items.extend((1_000..1_150).map(|number| exchange::Item {
        id: item_id(number),
        title: exchange::TitleId(1),
        status: exchange::ItemStatus::Lendable,
        former: Vec::new(),
    }));
    shop.touch(Touch::ReturnBooks);
    for number in 1_000..1_150 {
        assert_eq!(said(&shop.book(number)), [Signal::Yes]);
    }
    assert_eq!(returns(&shop).0.len(), 100);
    shop.touch(Touch::Finish);
    assert!(matches!(shop.screen(), Screen::Finished { returned: 150, .. }));
}
