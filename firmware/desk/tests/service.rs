//! Without a card; staff; and what keeps the station from lending, from its coming to its going.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::*;
use desk::{Enrolling, Fault, Input, RecordFault, Screen, Signal, StaffStatus, Touch, VisitNote};
use exchange::{Act, RefusalKind};

fn fault(shop: &Shop) -> Option<Fault> {
    if let Screen::OutOfOrder { fault } = shop.screen() { Some(fault) } else { None }
}

fn is_idle(shop: &Shop) -> bool {
    matches!(shop.screen(), Screen::Idle { .. })
}

fn to_pin(shop: &mut Shop) {
    shop.touch(Touch::NoCard);
    shop.touch(Touch::Class(CLASS));
    shop.touch(Touch::Name(AIGERIM));
}

#[test]
fn class_name_and_pin_are_a_way_in_and_the_books_stay_kept() {
    let mut shop = Shop::open(World::school());
    shop.book(1);
    shop.touch(Touch::NoCard);
    let Screen::Classes { classes } = shop.screen() else { panic!("the class") };
    assert_eq!(classes[0].name, "7 «Ә»");
    shop.touch(Touch::Class(CLASS));
    let Screen::Names { class, names } = shop.screen() else { panic!("the name") };
    assert_eq!((class.as_str(), names[0].name.as_str()), ("7 «Ә»", "Zhansuluova Zhansulu"));
    assert_eq!(names.len(), 1, "only those who have a PIN");
    assert_eq!(shop.touch(Touch::Name(DAMIR)), [], "a name that is not in the list");
    shop.touch(Touch::Name(AIGERIM));
    shop.touch(Touch::Digit(9));
    shop.touch(Touch::Erase);
    shop.touch(Touch::Digit(200));
    shop.touch(Touch::Enter);
    assert_eq!(
        shop.screen(),
        Screen::Pin { given: "Zhansulu".into(), entered: 0, wrong: false },
        "too short to be a try"
    );
    let heard = shop.pin(AIGERIM_PIN);
    assert_eq!(recorded(&heard).len(), 1);
    assert!(matches!(shop.screen(), Screen::Visit { .. }));
}

#[test]
fn a_book_among_the_steps_is_kept_and_a_card_goes_first() {
    let mut shop = Shop::open(World::school());
    to_pin(&mut shop);
    shop.book(1);
    let Screen::Identify { kept, .. } = shop.screen() else { panic!("the card is asked for") };
    assert_eq!(kept.len(), 1);
    to_pin(&mut shop);
    assert_eq!(recorded(&shop.card(DAMIR)).len(), 1);
    let Screen::Visit { given, .. } = shop.screen() else { panic!("a visit") };
    assert_eq!(given, "Damirkhan");
}

#[test]
fn back_goes_one_step_at_a_time() {
    let mut shop = Shop::open(World::school());
    to_pin(&mut shop);
    shop.touch(Touch::Back);
    assert!(matches!(shop.screen(), Screen::Names { .. }));
    shop.touch(Touch::Back);
    assert!(matches!(shop.screen(), Screen::Classes { .. }));
    shop.touch(Touch::Back);
    assert!(is_idle(&shop));
}

#[test]
fn a_pin_is_locked_after_some_wrong_ones_whoever_comes_between() {
    let mut shop = Shop::open(World::school());
    to_pin(&mut shop);
    let heard = shop.pin("0000");
    let note = |reason| Heard::Noted(Act::Refused { reason, item: None });
    assert_eq!(heard, [Heard::Said(Signal::No), note(RefusalKind::WrongPin)]);
    assert_eq!(shop.screen(), Screen::Pin { given: "Zhansulu".into(), entered: 0, wrong: true });
    shop.pin("1111");
    shop.card(DAMIR);
    shop.touch(Touch::Finish);
    to_pin(&mut shop);
    shop.pin("2222");
    let Screen::Refused { refusal, .. } = shop.screen() else { panic!("locked") };
    assert_eq!((refusal.kind, refusal.limit), (RefusalKind::PinLocked, 3));
    shop.touch(Touch::Back);
    assert!(is_idle(&shop));
    to_pin(&mut shop);
    assert!(matches!(shop.screen(), Screen::Refused { .. }), "not even asked for");
    shop.pass_ms(600_000);
    to_pin(&mut shop);
    shop.pin(AIGERIM_PIN);
    assert!(matches!(shop.screen(), Screen::Visit { .. }));
    assert!(matches!(shop.card(AIGERIM).as_slice(), [Heard::Said(Signal::Attention)]), "a card needs no PIN");
}

#[test]
fn no_class_has_a_pin_so_there_is_no_such_way() {
    let mut world = World::school();
    world.classes.clear();
    let mut shop = Shop::open(world);
    assert!(matches!(shop.screen(), Screen::Idle { without_card: false, .. }));
    shop.touch(Touch::NoCard);
    assert!(is_idle(&shop));
}

#[test]
fn staff_pauses_and_goes_on() {
    let mut shop = Shop::open(World::school());
    assert_eq!(shop.touch(Touch::Pause(true)), []);
    assert_eq!(shop.touch(Touch::CallRegion), [], "not without the PIN");
    shop.touch(Touch::Staff);
    shop.pin(STAFF_PIN);
    let status = StaffStatus { waiting: 4, ..StaffStatus::default() };
    shop.send(Input::Status(status.clone()));
    assert_eq!(shop.screen(), Screen::Staff { status, paused: false, stick: None });
    assert_eq!(shop.touch(Touch::CallRegion), [Heard::Called]);
    shop.touch(Touch::Pause(true));
    shop.touch(Touch::Finish);
    assert_eq!(fault(&shop), Some(Fault::Paused));
    assert_eq!(shop.card(AIGERIM), [Heard::Said(Signal::No)]);
    assert_eq!(fault(&shop), Some(Fault::Paused));
    shop.touch(Touch::Staff);
    shop.pin(STAFF_PIN);
    shop.card(AIGERIM);
    assert!(matches!(shop.screen(), Screen::Staff { paused: true, .. }));
    shop.touch(Touch::Pause(false));
    shop.card(AIGERIM);
    assert!(matches!(shop.screen(), Screen::Visit { .. }), "a card never finds the menu open");
    assert_eq!(shop.touch(Touch::Staff), []);
    assert!(matches!(shop.screen(), Screen::Visit { .. }));
}

#[test]
fn the_staff_pin_locks_and_counts_down() {
    let mut shop = Shop::open(World::school());
    shop.touch(Touch::Staff);
    for _ in 0..3 {
        assert_eq!(shop.pin("0000"), [Heard::Said(Signal::No)]);
    }
    assert_eq!(shop.screen(), Screen::StaffPin { entered: 0, wrong: true, locked_s: 600 });
    assert_eq!(shop.pin(STAFF_PIN), [], "not even the right one");
    shop.pass_ms(1_000);
    assert_eq!(shop.screen(), Screen::StaffPin { entered: 0, wrong: true, locked_s: 599 });
    shop.pass_ms(60_000);
    assert!(is_idle(&shop));
    shop.pass_ms(600_000);
    shop.touch(Touch::Staff);
    shop.pin(STAFF_PIN);
    assert!(matches!(shop.screen(), Screen::Staff { .. }));
}

#[test]
fn without_a_staff_pin_there_is_no_staff_menu() {
    let mut shop = Shop::with(World::school(), desk::Settings::default());
    shop.touch(Touch::Staff);
    assert!(is_idle(&shop));
}

#[test]
fn no_yes_without_the_disk_and_another_try_by_scan_or_by_time() {
    for (record_fault, shown) in [
        (RecordFault::DiskFull, Fault::DiskFull),
        (RecordFault::ReadOnly, Fault::ReadOnly),
        (RecordFault::Broken, Fault::Memory),
    ] {
        let mut shop = Shop::open(World::school());
        shop.card(AIGERIM);
        shop.book(1);
        shop.fault = Some(record_fault);
        assert_eq!(said(&shop.book(2)), [Signal::No]);
        assert_eq!(fault(&shop), Some(shown));
        assert!(!format!("{:?}", shop.desk).contains("Zhansulu"));
        shop.book(2);
        shop.card(DAMIR);
        assert_eq!(fault(&shop), Some(shown), "still full");
        shop.fault = None;
        shop.card(AIGERIM);
        let Screen::Visit { rows, .. } = shop.screen() else { panic!("a scan tries again") };
        assert!(rows.is_empty(), "the other card in between has ended what could be resumed");

        shop.fault = Some(record_fault);
        shop.book(2);
        assert_eq!(fault(&shop), Some(shown));
        shop.pass_ms(30_000);
        assert!(is_idle(&shop), "after a while people may try again");
    }
}

#[test]
fn after_a_failed_record_the_visit_can_be_resumed() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(1);
    shop.fault = Some(RecordFault::DiskFull);
    shop.book(2);
    shop.fault = None;
    shop.card(AIGERIM);
    let Screen::Visit { rows, note, .. } = shop.screen() else { panic!("a visit") };
    assert_eq!((rows.len(), note), (1, Some(VisitNote::Resumed)));
}

#[test]
fn without_any_reader_it_is_out_of_order_at_once_and_comes_back() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(1);
    shop.send(Input::Readers { present: 1, expected: 2 });
    assert!(matches!(shop.screen(), Screen::Visit { .. }), "one reader will do");
    shop.send(Input::Readers { present: 0, expected: 2 });
    assert_eq!(fault(&shop), Some(Fault::NoReader));
    assert!(!format!("{:?}", shop.view()).contains("Zhansulu"), "nothing of a person is on that screen");
    shop.send(Input::Readers { present: 2, expected: 2 });
    assert!(
        matches!(shop.screen(), Screen::Visit { rows, .. } if rows.len() == 1),
        "the visit goes on by itself"
    );
    shop.send(Input::Readers { present: 0, expected: 2 });
    shop.pass_ms(120_000);
    assert_eq!(fault(&shop), Some(Fault::NoReader), "whoever went away is not waited for");
    shop.send(Input::Readers { present: 2, expected: 2 });
    assert!(is_idle(&shop));
    shop.card(AIGERIM);
    shop.send(Input::Readers { present: 0, expected: 0 });
    assert!(matches!(shop.screen(), Screen::Visit { .. }), "a station without readers is meant to be so");
}

#[test]
fn a_memory_that_does_not_answer_is_asked_again() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.world.broken = true;
    assert_eq!(shop.book(1), [Heard::Said(Signal::No)]);
    assert_eq!(fault(&shop), Some(Fault::Memory));
    assert!(!format!("{:?}", shop.desk).contains("Zhansulu"));
    shop.pass_ms(20_000);
    assert_eq!(fault(&shop), Some(Fault::Memory));
    shop.world.broken = false;
    shop.pass_ms(5_000);
    assert!(is_idle(&shop));
    shop.world.broken = true;
    assert_eq!(shop.card(AIGERIM), [Heard::Said(Signal::No)]);
    shop.world.broken = false;
    shop.card(AIGERIM);
    assert!(matches!(shop.screen(), Screen::Visit { .. }), "a scan asks again, too");
}

#[test]
fn starting_then_no_data_then_open() {
    let mut world = World::school();
    world.calendar = None;
    let mut shop = Shop {
        desk: desk::Desk::new(desk::Settings::default()),
        now: desk::Now { mono_ms: 0, wall_s: START_S, today: today() },
        world,
        fault: None,
    };
    assert_eq!(fault(&shop), Some(Fault::Starting));
    shop.send(Input::Readers { present: 1, expected: 1 });
    assert_eq!(fault(&shop), Some(Fault::NoData));
    assert_eq!(shop.card(AIGERIM), [Heard::Said(Signal::No)]);
    shop.world.calendar = World::school().calendar;
    shop.pass_ms(5_000);
    assert!(is_idle(&shop));
}

#[test]
fn enrolling_is_shown_when_nobody_is_there() {
    let page = "https://region.example/enrolment?code=CDFG2345".to_owned();
    let enrolling = Enrolling { code: "CDFG2345".into(), page: page.clone() };
    let shown = Screen::Enrol { code: "CDFG2345".into(), page };
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.send(Input::Enrolling(Some(enrolling.clone())));
    assert!(matches!(shop.screen(), Screen::Visit { .. }));
    shop.touch(Touch::Finish);
    assert_eq!(shop.screen(), shown);
    assert_eq!(shop.card(AIGERIM), [Heard::Said(Signal::No)]);
    shop.touch(Touch::ReturnBooks);
    assert_eq!(shop.screen(), shown);
    shop.send(Input::Enrolling(None));
    assert!(is_idle(&shop));
}

#[test]
fn a_set_up_that_was_not_taken_is_shown_until_it_is_closed_and_disturbs_nobody() {
    let mut shop = Shop::open(World::school());
    let fault = desk::SetupFault {
        file: "kiosk.toml".into(),
        line: 3,
        key: "langauge".into(),
        kind: desk::SetupKind::UnknownKey,
        expected: String::new(),
        meant: Some("language".into()),
        text: "kiosk.toml:3".into(),
    };
    let shown = Screen::Setup { fault: fault.clone(), lends: true };
    shop.card(AIGERIM);
    shop.send(Input::Setup(Some(fault)));
    assert!(matches!(shop.screen(), Screen::Visit { .. }));
    shop.touch(Touch::Finish);
    assert_eq!(shop.screen(), shown);
    shop.touch(Touch::ReturnBooks);
    assert_eq!(shop.screen(), shown, "that button is not on it");
    shop.card(AIGERIM);
    assert!(matches!(shop.screen(), Screen::Visit { .. }));
    shop.touch(Touch::Finish);
    shop.touch(Touch::Back);
    assert!(is_idle(&shop));
}

#[test]
fn no_visit_begins_while_the_program_is_replaced() {
    let mut shop = Shop::open(World::school());
    shop.send(Input::Updating(true));
    assert_eq!(fault(&shop), Some(Fault::Updating));
    assert_eq!(shop.card(AIGERIM), [Heard::Said(Signal::No)]);
    assert_eq!(fault(&shop), Some(Fault::Updating));
    shop.send(Input::Updating(false));
    assert!(is_idle(&shop));
}

#[test]
fn a_patron_who_is_taken_out_meanwhile_is_known_no_more() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.world.patrons.retain(|patron| patron.id != AIGERIM);
    assert_eq!(recorded(&shop.book(1)), []);
    assert!(
        matches!(shop.screen(), Screen::Refused { refusal, .. } if refusal.kind == RefusalKind::UnknownCard)
    );
    assert!(!format!("{:?}", shop.desk).contains("Zhansulu"));
}

#[test]
fn an_answer_nobody_asked_for_is_ignored() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    assert_eq!(shop.send(Input::Recorded(vec![exchange::Seq(9)])), []);
    assert_eq!(shop.send(Input::NotRecorded(RecordFault::DiskFull)), []);
    assert!(matches!(shop.screen(), Screen::Visit { .. }));
}

#[test]
fn nothing_happens_between_a_record_and_its_answer() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    let scan = |number| Input::Scanned(desk::Scanned::Item(item_id(number)));
    let effects = shop.desk.handle(scan(1), shop.now, &shop.world);
    assert!(matches!(effects.as_slice(), [desk::Effect::Record { .. }]), "no yes yet");
    assert_eq!(
        shop.desk.handle(scan(2), shop.now, &shop.world),
        [desk::Effect::Say(Signal::No)],
        "it was not taken"
    );
    assert_eq!(shop.desk.handle(Input::Touched(Touch::Finish), shop.now, &shop.world), []);
    assert_eq!(shop.desk.handle(Input::Readers { present: 0, expected: 1 }, shop.now, &shop.world), []);
    let answer = Input::Recorded(vec![exchange::Seq(1)]);
    assert_eq!(shop.desk.handle(answer, shop.now, &shop.world), [desk::Effect::Say(Signal::Yes)]);
    assert_eq!(fault(&shop), Some(Fault::NoReader), "what was told meanwhile counts now");
}

#[test]
fn a_row_whose_answer_was_too_short_stays_and_cannot_be_undone() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    for (number, seqs) in [(1, vec![]), (2, vec![exchange::Seq(1)])] {
        let scan = Input::Scanned(desk::Scanned::Item(item_id(number)));
        assert_eq!(shop.desk.handle(scan, shop.now, &shop.world).len(), 1);
        assert_eq!(shop.desk.handle(Input::Recorded(seqs), shop.now, &shop.world).len(), 1);
    }
    let Screen::Visit { rows, .. } = shop.screen() else { panic!("a visit") };
    assert_eq!(rows.iter().map(|row| row.undo).collect::<Vec<_>>(), [true, false]);
}
