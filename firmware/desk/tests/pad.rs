//! Books on the pad: a set that is there, not scans one after the other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::*;
use desk::{Input, Pad, PadCount, Screen, Signal, Touch, VisitNote};
use exchange::{Act, RefusalKind};

fn lay(shop: &mut Shop, numbers: &[u32]) -> Vec<Heard> {
    let lying = numbers.iter().map(|number| item_id(*number)).collect();
    shop.send(Input::Pad(Pad { lying, ..Pad::default() }))
}

fn lent(acts: &[Act]) -> Vec<String> {
    let item = |act: &Act| {
        let Act::CheckedOut { item, .. } = act else { panic!("{act:?}") };
        item.to_string()
    };
    acts.iter().map(item).collect()
}

fn count(lying: u8, open: u8) -> Option<PadCount> {
    Some(PadCount { lying, open, incomplete: 0, unknown: 0, gate_failed: 0, gone: false })
}

fn pad(shop: &Shop) -> Option<PadCount> {
    shop.desk.view(shop.now).pad
}

#[test]
fn a_pad_of_four_books_is_one_act() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    let heard = lay(&mut shop, &[1, 2, 3, 4]);
    let [Heard::Recorded(acts, _), Heard::Said(Signal::Yes)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(lent(acts), ["B00001", "B00002", "B00003", "B00004"]);
    assert_eq!(pad(&shop), count(4, 0));
}

#[test]
fn a_book_that_lies_there_acts_once() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    lay(&mut shop, &[1]);
    assert_eq!(lay(&mut shop, &[1]), []);
    assert_eq!(lent(&recorded(&lay(&mut shop, &[1, 2]))), ["B00002"]);
    assert_eq!(lay(&mut shop, &[2]), []);
    // Lifted and laid down again: nothing toggles.
    lay(&mut shop, &[1, 2]);
    let Screen::Visit { rows, note, .. } = shop.screen() else { panic!("no visit") };
    assert_eq!((rows.len(), note), (2, Some(VisitNote::SameAgain)));
    assert_eq!(pad(&shop), count(2, 0));
}

#[test]
fn books_first_and_the_card_second_lends_them_all() {
    let mut shop = Shop::open(World::school());
    lay(&mut shop, &[1, 2]);
    assert!(matches!(shop.screen(), Screen::Identify { kept, .. } if kept.len() == 2));
    assert_eq!(pad(&shop), count(2, 0));
    assert_eq!(lent(&recorded(&shop.card(AIGERIM))), ["B00001", "B00002"]);
}

#[test]
fn a_book_left_behind_is_not_lent_to_the_next_one() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    lay(&mut shop, &[1, 2]);
    shop.touch(Touch::Finish);
    lay(&mut shop, &[2]);
    shop.pass_ms(8_000);
    assert_eq!(pad(&shop), None, "nothing is said to nobody");
    let heard = shop.card(DAMIR);
    assert_eq!(recorded(&heard), []);
    assert_eq!(pad(&shop), count(1, 1), "it is counted as not done");
    shop.book(3);
    assert_eq!(recorded(&lay(&mut shop, &[])), []);
    assert_eq!(shop.world.loan(&item_id(2)).unwrap().patron, AIGERIM);
}

#[test]
fn what_cannot_be_lent_stays_and_is_counted() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    // 18 is not for loan.
    assert_eq!(lent(&recorded(&lay(&mut shop, &[1, 18, 2]))), ["B00001", "B00002"]);
    let Screen::Refused { refusal, done, .. } = shop.screen() else { panic!("no refusal") };
    assert_eq!((refusal.kind, done), (RefusalKind::NotForLoan, 2), "what worked is said first");
    shop.touch(Touch::Back);
    assert_eq!(pad(&shop), count(3, 1));
}

#[test]
fn several_that_nobody_may_borrow_are_all_named_without_a_card() {
    let mut shop = Shop::open(World::school());
    lay(&mut shop, &[18, 1, 19]);
    assert!(matches!(shop.screen(), Screen::Refused { .. }));
    shop.touch(Touch::Back);
    assert!(matches!(shop.screen(), Screen::Refused { .. }));
    shop.touch(Touch::Back);
    assert!(matches!(shop.screen(), Screen::Identify { kept, .. } if kept.len() == 1));
}

#[test]
fn returning_takes_the_whole_pad_back_in_one_act() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    lay(&mut shop, &[1, 2]);
    shop.touch(Touch::Finish);
    shop.pass_ms(8_000);
    lay(&mut shop, &[]);
    shop.touch(Touch::ReturnBooks);
    let heard = lay(&mut shop, &[1, 2]);
    assert_eq!(recorded(&heard), [Act::Returned { item: item_id(1) }, Act::Returned { item: item_id(2) }]);
    assert_eq!(pad(&shop), count(2, 0));
}

#[test]
fn the_patrons_own_book_is_not_counted_as_undone() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(1);
    shop.touch(Touch::Finish);
    shop.pass_ms(8_000);
    shop.card(AIGERIM);
    lay(&mut shop, &[1]);
    let Screen::Visit { note, .. } = shop.screen() else { panic!("no visit") };
    assert_eq!(note, Some(VisitNote::AlreadyYours));
    assert_eq!(pad(&shop), count(1, 0));
}

#[test]
fn parts_strange_tags_and_the_gate_are_told_and_end_nothing() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    let told = Pad { lying: vec![item_id(1)], incomplete: 1, unknown: 2, gate_failed: 1, gone: false };
    assert_eq!(lent(&recorded(&shop.send(Input::Pad(told)))), ["B00001"]);
    let expected = PadCount { lying: 4, open: 0, incomplete: 1, unknown: 2, gate_failed: 1, gone: false };
    assert_eq!(pad(&shop), Some(expected));
    shop.touch(Touch::Finish);
    assert_eq!(pad(&shop), Some(expected), "the gate is said on the last screen too");
}

#[test]
fn books_on_the_pad_are_someone_there() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.pass_ms(45_000);
    assert!(shop.desk.view(shop.now).ends_in_s.is_some());
    lay(&mut shop, &[1]);
    assert_eq!(shop.desk.view(shop.now).ends_in_s, None);
    shop.pass_ms(45_000);
    lay(&mut shop, &[]);
    assert_eq!(shop.desk.view(shop.now).ends_in_s, None, "taking it away is an act too");
}

#[test]
fn a_pad_that_is_pulled_out_is_said_and_the_visit_goes_on() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    lay(&mut shop, &[1]);
    shop.send(Input::Readers { present: 1, expected: 2 });
    let lying = vec![item_id(1)];
    shop.send(Input::Pad(Pad { lying: lying.clone(), gone: true, ..Pad::default() }));
    assert!(pad(&shop).is_some_and(|pad| pad.gone));
    assert_eq!(lent(&recorded(&shop.book(2))), ["B00002"]);
    shop.send(Input::Readers { present: 2, expected: 2 });
    assert_eq!(
        shop.send(Input::Pad(Pad { lying, ..Pad::default() })),
        [],
        "what lay there does not act again"
    );
    assert_eq!(pad(&shop), count(1, 0));
}
