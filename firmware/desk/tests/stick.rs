//! The courier's stick: asked about, written, told of; and never in anyone's way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::*;
use desk::{Enrolling, Input, Screen, StaffStatus, StickFault, StickNews, StickState, Touch, Way, WayStatus};
use exchange::Lang;

const IDLE_MS: u64 = 40_000;
const END_MS: u64 = 60_000;
const FINISHED_MS: u64 = 8_000;
const DONE: StickNews = StickNews::Done { written: 318, answers: 2 };

fn shop() -> Shop {
    let mut shop = Shop::open(World::school());
    shop.send(Input::Status(StaffStatus { waiting: 318, ..StaffStatus::default() }));
    shop
}

/// Tells of the stick. Nothing of it is written down, and nothing said.
fn told(shop: &mut Shop, news: StickNews) {
    assert_eq!(shop.send(Input::Stick(news)), []);
}

/// A shop with a stick that is asked about.
fn asked() -> Shop {
    let mut shop = shop();
    told(&mut shop, StickNews::In);
    shop
}

/// A shop with a stick that is being written.
fn working() -> Shop {
    let mut shop = asked();
    assert_eq!(shop.touch(Touch::WriteStick), [Heard::StickAsked]);
    shop
}

fn stick(shop: &Shop) -> Option<StickState> {
    if let Screen::Stick { state } = shop.screen() { Some(state) } else { None }
}

fn failed(fault: StickFault) -> Option<StickState> {
    Some(StickState::Failed(fault))
}

fn is_idle(shop: &Shop) -> bool {
    matches!(shop.screen(), Screen::Idle { .. })
}

fn is_visit(shop: &Shop) -> bool {
    matches!(shop.screen(), Screen::Visit { .. })
}

fn staff(shop: &mut Shop) -> Option<StickState> {
    shop.touch(Touch::Staff);
    shop.pin(STAFF_PIN);
    staff_stick(shop)
}

fn staff_stick(shop: &Shop) -> Option<StickState> {
    let Screen::Staff { stick, .. } = shop.screen() else { panic!("the staff menu") };
    stick
}

#[test]
fn anybody_may_have_it_written_and_is_told_of_it_to_the_end() {
    let mut shop = asked();
    assert_eq!(stick(&shop), Some(StickState::Asked { waiting: 318 }));
    assert_eq!(shop.touch(Touch::WriteStick), [Heard::StickAsked]);
    assert_eq!(stick(&shop), Some(StickState::Working { percent: 0 }));
    assert_eq!(shop.touch(Touch::WriteStick), [], "once");
    told(&mut shop, StickNews::Working { percent: 43 });
    assert_eq!(stick(&shop), Some(StickState::Working { percent: 40 }));
    told(&mut shop, StickNews::Working { percent: 255 });
    assert_eq!(stick(&shop), Some(StickState::Working { percent: 100 }));
    told(&mut shop, DONE);
    assert_eq!(stick(&shop), Some(StickState::Done { written: 318, answers: 2 }));
    assert_eq!(shop.touch(Touch::WriteStick), [], "it was written");
    told(&mut shop, StickNews::Out);
    assert!(is_idle(&shop));
}

#[test]
fn the_number_that_waits_is_the_one_of_this_moment() {
    let mut shop = asked();
    shop.send(Input::Status(StaffStatus { waiting: 319, ..StaffStatus::default() }));
    assert_eq!(stick(&shop), Some(StickState::Asked { waiting: 319 }));
}

#[test]
fn no_is_no_until_it_is_put_in_again() {
    let mut shop = asked();
    shop.touch(Touch::Back);
    assert!(is_idle(&shop));
    told(&mut shop, StickNews::In);
    assert!(is_idle(&shop), "the same stick");
    assert_eq!(shop.touch(Touch::WriteStick), [], "nobody is asked");
    told(&mut shop, StickNews::Out);
    told(&mut shop, StickNews::In);
    assert!(stick(&shop).is_some());
}

#[test]
fn no_answer_is_a_no() {
    let mut shop = asked();
    shop.pass_ms(IDLE_MS - 1);
    assert!(stick(&shop).is_some());
    shop.touch(Touch::Anywhere);
    shop.pass_ms(IDLE_MS - 1);
    assert!(stick(&shop).is_some(), "someone is there");
    shop.pass_ms(1);
    assert!(is_idle(&shop));
    shop.pass_ms(10 * END_MS);
    told(&mut shop, StickNews::In);
    assert!(is_idle(&shop));
}

#[test]
fn what_it_came_to_stays_for_whoever_brought_it() {
    let mut shop = working();
    shop.pass_ms(10 * END_MS);
    assert_eq!(stick(&shop), Some(StickState::Working { percent: 0 }));
    told(&mut shop, DONE);
    shop.pass_ms(10 * END_MS);
    assert!(matches!(stick(&shop), Some(StickState::Done { .. })));
    shop.touch(Touch::Back);
    assert!(is_idle(&shop));
}

#[test]
fn every_fault_is_told_until_the_stick_is_out_or_it_was_read() {
    let faults = [
        StickFault::Full,
        StickFault::WriteProtected,
        StickFault::Unreadable,
        StickFault::NotEnrolled,
        StickFault::Broken,
    ];
    for fault in faults {
        let mut shop = working();
        told(&mut shop, StickNews::Failed(fault));
        shop.pass_ms(10 * END_MS);
        assert_eq!(stick(&shop), failed(fault));
        let mut other = shop.clone();
        other.touch(Touch::Back);
        assert!(is_idle(&other));
        told(&mut shop, StickNews::Out);
        assert!(is_idle(&shop));
    }
}

#[test]
fn pulled_out_it_is_not_asked_about() {
    let mut shop = asked();
    told(&mut shop, StickNews::Out);
    assert!(is_idle(&shop));
    assert_eq!(shop.touch(Touch::WriteStick), []);
}

#[test]
fn pulled_out_too_early_it_is_told_plainly() {
    let pulled_out = failed(StickFault::PulledOut);
    let mut shop = working();
    told(&mut shop, StickNews::Out);
    assert_eq!(stick(&shop), pulled_out);
    for late in [StickNews::Working { percent: 90 }, DONE, StickNews::Failed(StickFault::Broken)] {
        told(&mut shop, late);
        assert_eq!(stick(&shop), pulled_out, "what is heard of a stick that is out");
    }
    let mut again = shop.clone();
    told(&mut again, StickNews::In);
    assert!(matches!(stick(&again), Some(StickState::Asked { .. })));
    shop.pass_ms(IDLE_MS);
    assert!(is_idle(&shop), "nothing is left to be done");
    let mut noticed = working();
    told(&mut noticed, StickNews::Failed(StickFault::PulledOut));
    told(&mut noticed, StickNews::Out);
    assert_eq!(stick(&noticed), pulled_out, "the writer may notice it first");
}

#[test]
fn a_card_or_a_book_goes_first_and_the_question_comes_again() {
    let mut shop = asked();
    shop.card(AIGERIM);
    assert!(is_visit(&shop));
    assert_eq!(shop.touch(Touch::WriteStick), [], "nobody is asked");
    shop.book(1);
    shop.touch(Touch::Finish);
    assert!(matches!(shop.screen(), Screen::Finished { .. }));
    shop.pass_ms(FINISHED_MS);
    assert!(stick(&shop).is_some());
    shop.pass_ms(IDLE_MS - 1);
    assert!(stick(&shop).is_some(), "it is there as long as if it had come now");
    shop.book(2);
    assert!(matches!(shop.screen(), Screen::Identify { .. }));
}

#[test]
fn an_open_visit_is_not_disturbed() {
    let mut shop = shop();
    shop.card(AIGERIM);
    shop.book(1);
    let before = shop.view();
    told(&mut shop, StickNews::In);
    assert_eq!(shop.view(), before);
    shop.touch(Touch::Finish);
    assert!(matches!(shop.screen(), Screen::Finished { .. }));
    shop.pass_ms(FINISHED_MS);
    assert!(matches!(stick(&shop), Some(StickState::Asked { .. })));
}

#[test]
fn a_stick_that_is_gone_when_the_visit_ends_is_not_asked_about() {
    let mut shop = shop();
    shop.card(AIGERIM);
    told(&mut shop, StickNews::In);
    told(&mut shop, StickNews::Out);
    shop.touch(Touch::Finish);
    assert!(is_idle(&shop));
}

#[test]
fn it_is_written_in_the_background_and_its_end_is_shown_when_nobody_is_there() {
    for (news, state) in [
        (DONE, StickState::Done { written: 318, answers: 2 }),
        (StickNews::Failed(StickFault::Full), StickState::Failed(StickFault::Full)),
        (StickNews::Out, StickState::Failed(StickFault::PulledOut)),
    ] {
        let mut shop = working();
        shop.card(AIGERIM);
        assert!(is_visit(&shop));
        let before = shop.view();
        told(&mut shop, StickNews::Working { percent: 50 });
        told(&mut shop, news);
        assert_eq!(shop.view(), before);
        shop.touch(Touch::Finish);
        assert_eq!(stick(&shop), Some(state));
    }
}

#[test]
fn its_screen_can_be_closed_while_it_is_written() {
    let mut shop = working();
    shop.touch(Touch::Back);
    assert!(is_idle(&shop));
    told(&mut shop, StickNews::Working { percent: 70 });
    assert!(is_idle(&shop));
    told(&mut shop, DONE);
    assert!(matches!(stick(&shop), Some(StickState::Done { .. })));
}

#[test]
fn help_and_languages_work_on_it_and_a_refusal_lies_above() {
    let mut shop = asked();
    shop.touch(Touch::Language(Lang::Ru));
    shop.touch(Touch::Help);
    assert_eq!(shop.touch(Touch::WriteStick), [], "under help");
    assert!(shop.view().help && shop.view().lang == Lang::Ru);
    shop.touch(Touch::Back);
    assert!(stick(&shop).is_some() && !shop.view().help, "help was closed, no more");
    shop.send(Input::Scanned(desk::Scanned::Url));
    assert!(matches!(shop.screen(), Screen::Refused { .. }));
    assert_eq!(shop.touch(Touch::WriteStick), []);
    shop.touch(Touch::Back);
    assert!(stick(&shop).is_some());
}

#[test]
fn what_stands_on_the_idle_screen_cannot_be_touched_on_it() {
    let mut shop = asked();
    for touch in [Touch::ReturnBooks, Touch::NoCard] {
        shop.touch(touch);
        assert!(stick(&shop).is_some());
    }
}

#[test]
fn a_station_that_does_not_lend_asks_when_it_does_again() {
    let mut shop = shop();
    shop.send(Input::Readers { present: 0, expected: 2 });
    told(&mut shop, StickNews::In);
    assert!(matches!(shop.screen(), Screen::OutOfOrder { .. }));
    shop.pass_ms(10 * END_MS);
    shop.send(Input::Readers { present: 2, expected: 2 });
    assert!(matches!(stick(&shop), Some(StickState::Asked { .. })));
    shop.send(Input::Enrolling(Some(Enrolling { code: "CDFG2345".into(), page: String::new() })));
    assert!(matches!(shop.screen(), Screen::Enrol { .. }));
}

#[test]
fn staff_have_it_written_for_as_long_as_it_is_in() {
    let mut shop = shop();
    assert_eq!(staff(&mut shop), None);
    assert_eq!(shop.touch(Touch::WriteStick), [], "none is in");
    told(&mut shop, StickNews::In);
    assert_eq!(staff_stick(&shop), Some(StickState::Asked { waiting: 318 }));
    shop.touch(Touch::Back);
    shop.touch(Touch::Back);
    assert!(is_idle(&shop));
    assert_eq!(staff(&mut shop), Some(StickState::Asked { waiting: 318 }), "though it is not asked any more");
    assert_eq!(shop.touch(Touch::WriteStick), [Heard::StickAsked]);
    assert_eq!(staff_stick(&shop), Some(StickState::Working { percent: 0 }));
    assert_eq!(shop.touch(Touch::WriteStick), []);
    told(&mut shop, StickNews::Failed(StickFault::Full));
    assert_eq!(staff_stick(&shop), failed(StickFault::Full));
    assert_eq!(shop.touch(Touch::WriteStick), [Heard::StickAsked], "another try");
    told(&mut shop, DONE);
    shop.touch(Touch::Back);
    assert!(matches!(stick(&shop), Some(StickState::Done { .. })));
    told(&mut shop, StickNews::Out);
    assert_eq!(staff(&mut shop), None);
}

#[test]
fn a_station_out_of_order_is_emptied_by_staff() {
    let mut shop = shop();
    shop.send(Input::Readers { present: 0, expected: 2 });
    told(&mut shop, StickNews::In);
    assert!(staff(&mut shop).is_some());
    assert_eq!(shop.touch(Touch::WriteStick), [Heard::StickAsked]);
    told(&mut shop, DONE);
    assert!(matches!(staff_stick(&shop), Some(StickState::Done { .. })));
}

#[test]
fn the_ways_are_told_to_staff_and_figures_without_them_are_read() {
    let ways = vec![WayStatus { way: Way::Koc, minutes_ago: 3, upto: 12 }];
    let status = StaffStatus { ways, ..StaffStatus::default() };
    let mut text = serde_json::to_value(&status).unwrap();
    assert_eq!(text["ways"][0]["way"], "koc");
    assert_eq!(serde_json::from_value::<StaffStatus>(text.clone()).unwrap(), status);
    text.as_object_mut().unwrap().remove("ways");
    assert_eq!(serde_json::from_value::<StaffStatus>(text).unwrap(), StaffStatus::default());
}
