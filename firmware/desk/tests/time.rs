//! Time: the warning, its count-down, time-outs under dialogs, resuming, refusals and last screens that go by themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::*;
use desk::{Input, Scanned, Screen, Settings, Touch, VisitNote};
use exchange::{Act, Lang, RefusalKind, Seq};

const IDLE_MS: u64 = 40_000;
const WARNING_MS: u64 = 20_000;
const END_MS: u64 = IDLE_MS + WARNING_MS;

fn is_idle(shop: &Shop) -> bool {
    matches!(shop.screen(), Screen::Idle { .. })
}

#[test]
fn the_warning_counts_twenty_seconds_down() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.pass_ms(IDLE_MS - 1);
    assert_eq!(shop.view().ends_in_s, None);
    for left_s in (1..=20).rev() {
        let woken_ms = shop.desk.wake_ms().unwrap();
        shop.move_to_ms(woken_ms);
        shop.send(Input::Tick);
        assert_eq!(shop.view().ends_in_s, Some(left_s), "each second is shown, and woken for");
    }
    shop.pass_ms(1_000);
    assert!(is_idle(&shop), "nothing was done, so nothing is told");
}

#[test]
fn a_tap_anywhere_and_any_scan_extend_as_often_as_wanted() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    for _ in 0..12 {
        shop.pass_ms(END_MS - 1);
        assert_eq!(shop.view().ends_in_s, Some(1));
        shop.touch(Touch::Anywhere);
        assert_eq!(shop.view().ends_in_s, None);
        shop.pass_ms(END_MS - 1);
        shop.send(Input::Scanned(Scanned::Unreadable));
        assert_eq!(shop.view().ends_in_s, None);
        shop.touch(Touch::Back);
    }
    assert!(matches!(shop.screen(), Screen::Visit { .. }));
    shop.pass_ms(IDLE_MS);
    shop.touch(Touch::MyBooks);
    assert!(matches!(shop.screen(), Screen::MyBooks { .. }), "any other touch also acts");
}

#[test]
fn no_dialog_stops_the_timer() {
    type Path = fn(&mut Shop);
    let paths: [(&str, Path); 9] = [
        ("help", |shop| drop((shop.card(AIGERIM), shop.touch(Touch::Help)))),
        ("my books", |shop| drop((shop.card(AIGERIM), shop.touch(Touch::MyBooks)))),
        ("a refusal", |shop| drop((shop.card(AIGERIM), shop.book(777)))),
        ("a refusal and help", |shop| {
            drop((shop.card(AIGERIM), shop.book(777), shop.touch(Touch::Help)));
        }),
        ("the card is asked for", |shop| drop(shop.book(1))),
        ("returns", |shop| drop(shop.touch(Touch::ReturnBooks))),
        ("classes", |shop| drop(shop.touch(Touch::NoCard))),
        ("the PIN", |shop| {
            shop.touch(Touch::NoCard);
            shop.touch(Touch::Class(CLASS));
            shop.touch(Touch::Name(AIGERIM));
            shop.touch(Touch::Digit(4));
        }),
        ("the staff menu", |shop| {
            shop.touch(Touch::Staff);
            shop.pin(STAFF_PIN);
        }),
    ];
    for (what, path) in paths {
        let mut shop = Shop::open(World::school());
        path(&mut shop);
        assert!(!is_idle(&shop), "{what}");
        shop.pass_ms(END_MS - 1);
        assert_eq!(shop.view().ends_in_s, Some(1), "{what}");
        shop.pass_ms(1);
        assert_eq!(shop.view().ends_in_s, None, "{what}");
        assert!(!shop.view().help, "{what}");
        let dump = format!("{:?}", shop.desk);
        assert!(!dump.contains("Zhansulu"), "{what}: {dump}");
        shop.pass_ms(8_000);
        assert!(is_idle(&shop), "{what}");
    }
}

#[test]
fn a_time_out_keeps_what_was_done_and_names_what_stays() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(1);
    shop.book(17);
    shop.touch(Touch::Back);
    shop.pass_ms(END_MS);
    assert_eq!(shop.screen(), Screen::TimedOut { lent: 1, open: vec![Some("Title 2".into())] });
    assert!(shop.world.loan(&item_id(1)).is_some());
    shop.pass_ms(8_000);
    assert!(is_idle(&shop));

    shop.book(3);
    shop.pass_ms(END_MS);
    assert_eq!(shop.screen(), Screen::TimedOut { lent: 0, open: vec![Some("Title 3".into())] });
    // The next person need not wait.
    shop.card(DAMIR);
    assert!(matches!(shop.screen(), Screen::Visit { .. }));
}

#[test]
fn a_book_that_was_refused_and_lent_after_all_does_not_stay() {
    let mut shop = Shop::open(World::school());
    shop.world.rules_mut().pupil.max_loans = 1;
    shop.card(AIGERIM);
    shop.book(1);
    shop.book(2);
    shop.touch(Touch::Back);
    shop.touch(Touch::Undo(0));
    shop.book(2);
    shop.pass_ms(END_MS);
    assert_eq!(shop.screen(), Screen::TimedOut { lent: 1, open: vec![] });
}

#[test]
fn returns_that_were_left_open_are_done() {
    let mut shop = Shop::open(World::school());
    shop.touch(Touch::ReturnBooks);
    shop.book(1);
    shop.pass_ms(END_MS);
    assert_eq!(shop.screen(), Screen::Finished { lent: 0, returned: 1, renewed: 0, due: None });
}

#[test]
fn the_same_card_resumes_with_undo() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(1);
    shop.pass_ms(END_MS);
    let dump = format!("{:?}", shop.desk);
    assert!(!dump.contains("Zhansulu") && !dump.contains("Title 1") && !dump.contains(&card_of(AIGERIM)));
    shop.pass_ms(60_000);
    assert!(is_idle(&shop));
    shop.card(AIGERIM);
    let Screen::Visit { rows, note, .. } = shop.screen() else { panic!("a visit") };
    assert_eq!((rows.len(), note), (1, Some(VisitNote::Resumed)));
    assert_eq!((rows[0].title.as_deref(), rows[0].undo), (Some("Title 1"), true));
    assert_eq!(recorded(&shop.touch(Touch::Undo(0))), [Act::Undone { seq: Seq(1) }]);
}

#[test]
fn the_desk_is_at_rest_when_no_earlier_act_can_be_undone() {
    let mut shop = Shop::open(World::school());
    assert!(shop.desk.is_at_rest());
    shop.card(AIGERIM);
    shop.book(1);
    assert!(!shop.desk.is_at_rest());
    shop.pass_ms(END_MS);
    shop.pass_ms(119_999);
    assert!(is_idle(&shop) && !shop.desk.is_at_rest(), "the same card still resumes the visit");
    shop.pass_ms(1);
    assert!(shop.desk.is_at_rest());
    shop.card(AIGERIM);
    shop.touch(Touch::Finish);
    assert!(shop.desk.is_at_rest());
}

#[test]
fn resuming_ends_with_its_time_and_with_anyone_elses_acts() {
    type Between = fn(&mut Shop);
    let cases: [(&str, Between, bool); 5] = [
        ("in time", |shop| shop.pass_ms(119_999), true),
        ("too late", |shop| shop.pass_ms(120_000), false),
        ("another visit", |shop| drop((shop.card(DAMIR), shop.touch(Touch::Finish))), false),
        (
            "returns",
            |shop| {
                shop.touch(Touch::Back);
                shop.touch(Touch::ReturnBooks);
                shop.touch(Touch::Finish);
            },
            false,
        ),
        ("a book first", |shop| drop(shop.book(2)), true),
    ];
    for (what, between, resumes) in cases {
        let mut shop = Shop::open(World::school());
        shop.card(AIGERIM);
        shop.book(1);
        shop.pass_ms(END_MS);
        between(&mut shop);
        shop.card(AIGERIM);
        let Screen::Visit { note, rows, .. } = shop.screen() else { panic!("a visit") };
        assert_eq!(note == Some(VisitNote::Resumed) || rows.len() == 2, resumes, "{what}");
    }
}

#[test]
fn after_finish_a_re_tap_is_a_new_visit() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(1);
    shop.touch(Touch::Finish);
    let dump = format!("{:?}", shop.desk);
    assert!(!dump.contains("Zhansulu") && !dump.contains("Title 1"));
    shop.card(AIGERIM);
    let Screen::Visit { rows, note, .. } = shop.screen() else { panic!("a visit") };
    assert_eq!((rows.len(), note), (0, None));
    shop.book(1);
    let Screen::Visit { note, .. } = shop.screen() else { panic!("a visit") };
    assert_eq!(note, Some(VisitNote::AlreadyYours));
}

#[test]
fn what_was_left_open_on_the_idle_screen_goes_away() {
    let mut shop = Shop::open(World::school());
    shop.touch(Touch::Help);
    shop.touch(Touch::Language(Lang::Ru));
    assert!(shop.view().help);
    shop.pass_ms(IDLE_MS);
    assert_eq!((shop.view().help, shop.view().lang), (false, Lang::Kk));
    shop.book(777);
    assert!(matches!(shop.screen(), Screen::Refused { .. }));
    shop.pass_ms(10_000);
    assert!(is_idle(&shop), "the next person can start within 10 s");
    assert_eq!(shop.desk.wake_ms(), None);
}

#[test]
fn help_returns_to_the_same_place() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.book(777);
    let before = shop.screen();
    shop.touch(Touch::Help);
    assert_eq!((shop.view().help, shop.screen()), (true, before.clone()));
    assert_eq!(shop.touch(Touch::Undo(0)), [], "what lies under help cannot be touched");
    shop.touch(Touch::Back);
    assert_eq!((shop.view().help, shop.screen()), (false, before));
    shop.touch(Touch::Help);
    assert_eq!(recorded(&shop.book(1)).len(), 1, "a scan closes what lies above and acts");
    assert!(!shop.view().help);
}

#[test]
fn a_touch_or_scan_after_the_end_belongs_to_nobody() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    // The shell was held up: no tick came.
    shop.move_to_ms(shop.now.mono_ms + END_MS);
    shop.book(1);
    let Screen::Identify { kept, .. } = shop.screen() else { panic!("nobody is known") };
    assert_eq!(kept.len(), 1);
}

#[test]
fn times_that_are_too_short_are_taken_as_the_shortest() {
    let settings = Settings { idle_ms: 0, warning_ms: 1, ..Settings::default() };
    let mut shop = Shop::with(World::school(), settings);
    shop.card(AIGERIM);
    shop.pass_ms(39_999);
    assert_eq!(shop.view().ends_in_s, Some(1));
}

#[test]
fn time_that_runs_backwards_stands_still() {
    let mut shop = Shop::open(World::school());
    shop.card(AIGERIM);
    shop.pass_ms(IDLE_MS);
    shop.now.mono_ms = 0;
    shop.now.wall_s = i64::MIN;
    shop.send(Input::Tick);
    assert_eq!(shop.view().ends_in_s, Some(20));
    assert_eq!(recorded(&shop.book(1)).len(), 1);
    let refused = Act::Refused { reason: RefusalKind::UnknownItem, item: Some(item_id(777)) };
    assert_eq!(noted(&shop.book(777)), [refused]);
}
