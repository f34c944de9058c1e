//! Card first, book first, the rules on screen, refusals, undo, my books.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::*;
use desk::{Renewable, RowAct, Screen, Signal, Touch, VisitNote};
use exchange::{Act, HoldState, Lang, RefusalKind, Seq, UnknownItem};

/// Rows, room, loans and note of the visit that is shown.
fn visit(shop: &Shop) -> (Vec<RowAct>, u16, u16, Option<VisitNote>) {
    let Screen::Visit { rows, room, on_loan, note, .. } = shop.screen() else { panic!("no visit") };
    (rows.into_iter().map(|row| row.act).collect(), room, on_loan, note)
}

/// Kind, title and count of the refusal that is shown.
fn refusal(shop: &Shop) -> (RefusalKind, Option<String>, u16) {
    let Screen::Refused { refusal, title, done } = shop.screen() else { panic!("no refusal") };
    (refusal.kind, title, done)
}

fn refused(reason: RefusalKind, number: u32) -> Act {
    Act::Refused { reason, item: Some(item_id(number)) }
}

#[test]
fn card_then_books_then_finish() {
    let mut shop = Shop::open(World::school());
    assert_eq!(said(&shop.card(AIGERIM)), [Signal::Attention]);
    assert_eq!(visit(&shop), (vec![], 5, 0, None));

    // Fourteen days on is closed in this calendar: a day later.
    let due = today().plus(15);
    let heard = shop.book(1);
    assert_eq!(recorded(&heard), [Act::CheckedOut { patron: AIGERIM, item: item_id(1), due }]);
    assert!(matches!(heard.as_slice(), [Heard::Recorded(_, basis), Heard::Said(Signal::Yes)]
        if basis.rules == 3 && basis.data_as_of_s == START_S - 3_600));
    shop.book(13);
    let textbook = shop.world.loan(&item_id(13)).unwrap().due;
    assert_eq!(textbook.ymd(), (2026, 5, 25));
    let rows = vec![RowAct::Lent { due: textbook }, RowAct::Lent { due }];
    assert_eq!(visit(&shop), (rows, 4, 2, None), "the newest first; a textbook takes no room");

    shop.touch(Touch::Finish);
    assert_eq!(shop.screen(), Screen::Finished { lent: 2, returned: 0, renewed: 0, due: Some(due) });
    shop.pass_ms(8_000);
    assert!(matches!(shop.screen(), Screen::Idle { .. }));
    assert_eq!(shop.desk.wake_ms(), None, "an idle screen needs no waking");
}

#[test]
fn a_visit_of_nothing_ends_without_a_word() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.touch(Touch::Finish);
    assert!(matches!(shop.screen(), Screen::Idle { notice: Some(_), without_card: true }));
}

#[test]
fn the_same_book_twice_is_one_loan_and_no_error() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(1);
    for _ in 0..5 {
        let heard = shop.book(1);
        assert_eq!(heard, [Heard::Said(Signal::Attention)]);
        assert_eq!(visit(&shop).3, Some(VisitNote::SameAgain));
    }
    assert_eq!(shop.world.events.len(), 1);
    shop.book(2);
    assert_eq!(visit(&shop).3, None, "the word was about the last scan");
}

#[test]
fn a_book_one_has_already_is_named_and_left_alone() {
    let mut shop = Shop::open(World::school());
    shop.world.lend(1, AIGERIM, today().plus(3));
    shop.card(AIGERIM);
    assert_eq!(shop.book(1), [Heard::Said(Signal::Attention)]);
    assert_eq!(visit(&shop), (vec![], 4, 1, Some(VisitNote::AlreadyYours)));
    assert!(shop.world.events.is_empty());
}

#[test]
fn four_of_five_says_what_went_and_then_which_stays() {
    let mut shop = Shop::open(World::school());
    shop.world.lend(6, AIGERIM, today().plus(3));
    for number in [1, 2, 3, 4, 5] {
        assert_eq!(said(&shop.book(number)), [Signal::Attention]);
    }
    let Screen::Identify { kept, .. } = shop.screen() else { panic!("the card is asked for") };
    assert_eq!(kept.len(), 5);
    let heard = shop.card(AIGERIM);
    assert_eq!(recorded(&heard).len(), 4);
    assert_eq!(heard.iter().filter(|heard| matches!(heard, Heard::Recorded(..))).count(), 1, "one record");
    assert_eq!(noted(&heard), [refused(RefusalKind::LimitReached, 5)]);
    assert_eq!(said(&heard), [Signal::Yes, Signal::No]);
    assert_eq!(refusal(&shop), (RefusalKind::LimitReached, Some("Title 5".into()), 4));
    shop.touch(Touch::Back);
    assert_eq!(visit(&shop).0.len(), 4);
    assert_eq!((visit(&shop).1, visit(&shop).2), (0, 5));
}

#[test]
fn each_book_that_stays_is_named_and_a_reason_about_the_person_only_once() {
    let mut shop = Shop::open(World::school());
    shop.world.rules_mut().pupil.max_loans = 1;
    for number in [1, 2, 3] {
        shop.book(number);
    }
    let heard = shop.card(AIGERIM);
    assert_eq!(said(&heard), [Signal::Yes, Signal::No]);
    assert_eq!(refusal(&shop), (RefusalKind::LimitReached, Some("Title 2".into()), 1));
    shop.touch(Touch::Back);
    assert_eq!(refusal(&shop), (RefusalKind::LimitReached, Some("Title 3".into()), 1));
    shop.pass_ms(10_000);
    assert_eq!(visit(&shop).0.len(), 1, "a refusal goes by itself");

    let mut shop = Shop::open(World::school());
    shop.book(1);
    shop.book(2);
    let heard = shop.card(BLOCKED);
    assert_eq!(noted(&heard), [refused(RefusalKind::Blocked, 1), refused(RefusalKind::Blocked, 2)]);
    assert_eq!(said(&heard), [Signal::No]);
    assert_eq!(refusal(&shop), (RefusalKind::Blocked, None, 0));
    shop.touch(Touch::Back);
    assert_eq!(visit(&shop).0, []);
}

#[test]
fn a_blocked_patron_is_greeted_and_refused_at_the_first_book() {
    for (who, reason) in [(BLOCKED, RefusalKind::Blocked), (EXPIRED, RefusalKind::Expired)] {
        let mut shop = Shop::open(World::school());
        assert_eq!(said(&shop.card(who)), [Signal::Attention]);
        assert_eq!(visit(&shop).1, 0);
        let heard = shop.book(1);
        assert_eq!(heard, [Heard::Noted(refused(reason, 1)), Heard::Said(Signal::No)]);
        assert_eq!(shop.book(1), [Heard::Said(Signal::No)], "noted once");
        assert_eq!(refusal(&shop).0, reason);
    }
}

#[test]
fn a_book_on_loan_to_someone_else_is_here_so_it_came_back() {
    let mut shop = Shop::open(World::school());
    shop.world.lend(1, DAMIR, today().plus(3));
    shop.card(AIGERIM);
    let due = today().plus(15);
    let acts =
        [Act::Returned { item: item_id(1) }, Act::CheckedOut { patron: AIGERIM, item: item_id(1), due }];
    assert_eq!(recorded(&shop.book(1)), acts);
    assert_eq!(visit(&shop).0, [RowAct::Lent { due }], "one line");

    let heard = shop.touch(Touch::Undo(0));
    assert_eq!(recorded(&heard), [Act::Undone { seq: Seq(2) }, Act::Undone { seq: Seq(1) }]);
    assert_eq!(shop.world.loan(&item_id(1)).unwrap().patron, DAMIR);

    // Where the rules do not allow the loan, nothing moves.
    shop.touch(Touch::Finish);
    shop.card(BLOCKED);
    assert_eq!(recorded(&shop.book(1)), []);
    assert_eq!(shop.world.loan(&item_id(1)).unwrap().patron, DAMIR);
}

#[test]
fn undo_until_finish_and_then_the_book_is_as_new() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(1);
    shop.book(2);
    let heard = shop.touch(Touch::Undo(1));
    assert_eq!(recorded(&heard), [Act::Undone { seq: Seq(1) }], "rows count from the newest");
    assert_eq!(said(&heard), [Signal::Yes]);
    assert_eq!((visit(&shop).0.len(), visit(&shop).1), (1, 4));
    assert_eq!(recorded(&shop.book(1)).len(), 1, "a fresh act, no repetition");
    assert_eq!(shop.touch(Touch::Undo(9)), [], "no such row");
    shop.touch(Touch::Finish);
    assert_eq!(shop.touch(Touch::Undo(0)), []);
    assert_eq!(shop.world.loans().len(), 3);
}

#[test]
fn items_that_nobody_borrows() {
    let cases = [
        (17, RefusalKind::ReferenceOnly),
        (18, RefusalKind::NotForLoan),
        (19, RefusalKind::NotForLoan),
        (777, RefusalKind::UnknownItem),
    ];
    for (number, reason) in cases {
        let mut shop = Shop::open(World::school());
        shop.card(AIGERIM);
        assert_eq!(said(&shop.book(number)), [Signal::No]);
        assert_eq!(refusal(&shop).0, reason);
        shop.touch(Touch::Finish);
        let heard = shop.book(number);
        assert_eq!(noted(&heard), [refused(reason, number)], "book first: said at once, no card needed");
        assert_eq!(refusal(&shop).0, reason);
        shop.touch(Touch::Back);
        assert!(matches!(shop.screen(), Screen::Idle { .. }));
    }
}

#[test]
fn an_unknown_item_is_lent_where_the_rules_say_so_and_comes_back() {
    let mut shop = Shop::open(World::school());
    shop.world.rules_mut().unknown_item = UnknownItem::Lend;
    shop.book(777);
    let Screen::Identify { kept, .. } = shop.screen() else { panic!("kept") };
    assert_eq!((kept[0].title.as_deref(), kept[0].on_loan), (None, false));
    assert_eq!(recorded(&shop.card(AIGERIM)).len(), 1);
    shop.touch(Touch::Finish);
    shop.touch(Touch::Back);
    shop.touch(Touch::ReturnBooks);
    assert_eq!(recorded(&shop.book(777)), [Act::Returned { item: item_id(777) }]);
}

#[test]
fn a_former_number_is_the_same_book() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(90_020);
    assert!(shop.world.loan(&item_id(20)).is_some());
    shop.book(20);
    assert_eq!(visit(&shop).3, Some(VisitNote::SameAgain));
}

#[test]
fn holds_decide_on_the_copy_and_on_renewals() {
    let mut shop = Shop::open(World::school());
    shop.world.hold(1, DAMIR, Some(1), HoldState::Ready);
    shop.world.hold(2, DAMIR, None, HoldState::Waiting);
    shop.world.lend(2, AIGERIM, today().plus(1));
    shop.card(AIGERIM);
    shop.book(1);
    assert_eq!(refusal(&shop), (RefusalKind::OnHold, Some("Title 1".into()), 0));
    assert_eq!(recorded(&shop.book(16)).len(), 1, "the second copy is free");
    shop.touch(Touch::MyBooks);
    let Screen::MyBooks { rows, .. } = shop.screen() else { panic!("my books") };
    assert_eq!(rows[0].renewable, Renewable::No(RefusalKind::OnHold));
    assert_eq!(said(&shop.touch(Touch::Renew(0))), [Signal::No]);
    assert_eq!(refusal(&shop).0, RefusalKind::OnHold);
    shop.card(DAMIR);
    assert_eq!(recorded(&shop.book(1)).len(), 1, "it stood ready for him");
}

#[test]
fn rules_tighten_with_the_age_of_the_data() {
    let mut shop = Shop::open(World::school());
    shop.world.as_of_s = Some(START_S - 4 * 86_400);
    shop.world.lend(7, AIGERIM, today().plus(1));
    shop.card(AIGERIM);
    assert_eq!(visit(&shop).1, 2);
    shop.book(1);
    shop.book(2);
    shop.book(3);
    let Screen::Refused { refusal, .. } = shop.screen() else { panic!("refused") };
    assert_eq!((refusal.kind, refusal.limit, refusal.age_days), (RefusalKind::LimitByAge, 3, 4));

    shop.world.as_of_s = Some(START_S - 20 * 86_400);
    shop.touch(Touch::Back);
    shop.touch(Touch::MyBooks);
    let Screen::MyBooks { rows, .. } = shop.screen() else { panic!("my books") };
    assert_eq!(rows[0].renewable, Renewable::No(RefusalKind::RenewalByAge));

    // A clock before the data's makes it no older.
    shop.world.as_of_s = Some(START_S + 86_400);
    shop.touch(Touch::Back);
    assert_eq!(recorded(&shop.book(3)).len(), 1);
}

#[test]
fn overdue_loans_stop_lending_and_not_renewing() {
    let mut shop = Shop::open(World::school());
    shop.world.lend(1, LATE, today().plus(-2));
    shop.card(LATE);
    shop.book(3);
    assert_eq!(refusal(&shop).0, RefusalKind::Overdue);
    shop.touch(Touch::Back);
    shop.touch(Touch::MyBooks);
    let heard = shop.touch(Touch::RenewAll);
    assert_eq!(recorded(&heard).len(), 2);
    assert_eq!(said(&heard), [Signal::Yes]);
    let Screen::MyBooks { rows, .. } = shop.screen() else { panic!("my books") };
    assert!(rows.iter().all(|row| row.renewable == Renewable::Done && row.due == today().plus(15)));
    shop.touch(Touch::Back);
    assert_eq!(visit(&shop).3, Some(VisitNote::AllRenewed));
    assert_eq!(recorded(&shop.book(3)).len(), 1, "nothing is overdue any more");
    shop.touch(Touch::Finish);
    assert!(matches!(shop.screen(), Screen::Finished { lent: 1, renewed: 2, .. }));
}

#[test]
fn a_renewal_can_be_undone_and_made_again() {
    let mut shop = Shop::open(World::school());
    shop.world.lend(1, AIGERIM, today().plus(1));
    shop.card(AIGERIM);
    shop.touch(Touch::MyBooks);
    assert_eq!(recorded(&shop.touch(Touch::Renew(0))).len(), 1);
    assert_eq!(shop.touch(Touch::Renew(0)), [], "done is done");
    assert_eq!(shop.touch(Touch::Renew(7)), []);
    assert_eq!(shop.touch(Touch::Undo(0)), [], "the visit's rows are not on this screen");
    shop.touch(Touch::Back);
    assert_eq!(recorded(&shop.touch(Touch::Undo(0))).len(), 1);
    assert_eq!(shop.world.loan(&item_id(1)).unwrap().due, today().plus(1));
    shop.touch(Touch::MyBooks);
    assert_eq!(recorded(&shop.touch(Touch::Renew(0))).len(), 1);
}

#[test]
fn a_loan_that_a_renewal_rests_on_is_undone_after_it() {
    let mut shop = Shop::open(World::school());
    shop.world.rules_mut().pupil.renewal_days = 28;
    shop.card(AIGERIM);
    shop.book(1);
    shop.touch(Touch::MyBooks);
    shop.touch(Touch::Renew(0));
    shop.touch(Touch::Back);
    let Screen::Visit { rows, .. } = shop.screen() else { panic!("a visit") };
    assert_eq!(rows.iter().map(|row| row.undo).collect::<Vec<_>>(), [true, false]);
    assert_eq!(shop.touch(Touch::Undo(1)), []);
    shop.touch(Touch::Undo(0));
    assert_eq!(recorded(&shop.touch(Touch::Undo(0))).len(), 1);
    assert!(shop.world.loan(&item_id(1)).is_none());
}

#[test]
fn language_follows_the_patron_unless_someone_chose() {
    let mut shop = Shop::open(World::school());
    assert_eq!(shop.view().lang, Lang::Kk);
    shop.card(DAMIR);
    assert_eq!(shop.view().lang, Lang::Ru);
    shop.book(1);
    shop.touch(Touch::Finish);
    assert_eq!(shop.view().lang, Lang::Ru, "whoever reads the last screen");
    shop.card(AIGERIM);
    assert_eq!(shop.view().lang, Lang::Kk);
    shop.touch(Touch::Language(Lang::En));
    assert_eq!(shop.view().lang, Lang::En);
    assert!(matches!(shop.screen(), Screen::Visit { .. }), "a switch keeps the session");
    shop.card(DAMIR);
    assert_eq!(shop.view().lang, Lang::Ru, "another person, another choice");
    shop.touch(Touch::Finish);
    assert_eq!(shop.view().lang, Lang::Kk);

    shop.touch(Touch::Language(Lang::En));
    shop.card(DAMIR);
    assert_eq!(shop.view().lang, Lang::En, "chosen before the card");
    shop.touch(Touch::Finish);
    shop.touch(Touch::Language(Lang::En));
    shop.pass_ms(40_000);
    assert_eq!(shop.view().lang, Lang::Kk, "nobody came");
    assert_eq!(shop.desk.wake_ms(), None);
}
