//! Every screen under a finger, and under a hail of them.

use crate::walk::{Seen, reference_walks, renderer, seen};
use desk::view::Lang;
use desk::{Touch, View};
use i_slint_backend_testing::AccessibleRole;
use kiosk_ui::headless::Renderer;
use kiosk_ui::{Panel, gallery};
use proptest::prelude::*;

fn tap(renderer: &Renderer, seen: &Seen) -> Vec<Touch> {
    let mm = renderer.panel().px_per_mm();
    renderer.tap((seen.x + seen.w / 2.0) * mm, (seen.y + seen.h / 2.0) * mm)
}

#[test]
fn everything_that_can_be_touched_is_a_button_with_a_label() {
    for screen in reference_walks() {
        let all = &screen.seen;
        let areas: Vec<_> = all.iter().filter(|seen| seen.kind == "TouchArea").collect();
        let buttons: Vec<_> = all.iter().filter(|seen| seen.is_button()).collect();
        assert_eq!(
            areas.len(),
            buttons.len() + 1,
            "{}: one is the ground, each other a button's",
            screen.at()
        );
        for button in buttons {
            assert!(!button.label.trim().is_empty(), "{}: no label: {button:?}", screen.at());
            let area = areas
                .iter()
                .any(|area| [area.x, area.y, area.w, area.h] == [button.x, button.y, button.w, button.h]);
            assert!(area, "{}: not all of it can be touched: {button:?}", screen.at());
        }
    }
}

#[test]
fn every_screen_can_be_spoken() {
    for screen in reference_walks() {
        let spoken = screen.seen.iter().filter(|seen| seen.role != AccessibleRole::None);
        for seen in spoken {
            let silent = seen.label.trim().is_empty() && seen.role != AccessibleRole::Text;
            assert!(!silent, "{}: nothing to say: {seen:?}", screen.at());
        }
        let said = screen
            .seen
            .iter()
            .filter(|seen| seen.role == AccessibleRole::Text && !seen.label.is_empty())
            .count();
        assert!(said >= 1, "{}: nothing is said beside the buttons", screen.at());
    }
}

#[test]
fn one_tap_on_a_button_is_one_touch_and_the_right_one() {
    let renderer = renderer(Panel::REFERENCE);
    let expected: [(&str, &[Touch]); 14] = [
        ("idle", &[Touch::Staff, Touch::ReturnBooks, Touch::NoCard]),
        ("identify-many", &[Touch::ReturnKept, Touch::NoCard, Touch::Finish]),
        ("visit", &[Touch::Undo(0), Touch::Undo(1), Touch::MyBooks, Touch::Finish]),
        ("returns", &[Touch::Undo(1), Touch::Finish]),
        ("my-books", &[Touch::Renew(1), Touch::Back, Touch::RenewAll, Touch::Finish]),
        ("refused-overdue", &[Touch::Back]),
        ("staff", &[Touch::Back, Touch::Pause(true), Touch::CallRegion]),
        ("staff-paused", &[Touch::Pause(false)]),
        ("staff-stick", &[Touch::Back, Touch::Pause(true), Touch::CallRegion, Touch::WriteStick]),
        ("stick-asked", &[Touch::WriteStick, Touch::Back]),
        ("stick-working", &[Touch::Back]),
        ("stick-done", &[Touch::Back]),
        ("stick-full", &[Touch::Back]),
        ("warning", &[Touch::Anywhere]),
    ];
    for (name, wanted) in expected {
        renderer.show(&gallery::sample(name).unwrap()).unwrap();
        renderer.draw();
        let mut touches = Vec::new();
        for button in seen(&renderer).iter().filter(|seen| seen.is_button() && seen.enabled) {
            let touched = tap(&renderer, button);
            assert_eq!(touched.len(), 1, "{name}: {button:?}");
            touches.extend(touched);
        }
        for touch in wanted {
            assert_eq!(
                touches.iter().filter(|seen| *seen == touch).count(),
                1,
                "{name}: {touch:?} in {touches:?}"
            );
        }
        let bars =
            [Touch::Language(Lang::Kk), Touch::Language(Lang::Ru), Touch::Language(Lang::En), Touch::Help];
        for touch in bars {
            assert!(touches.contains(&touch), "{name}: {touch:?} in {touches:?}");
        }
    }
}

#[test]
fn the_pin_pad_types_what_its_keys_say() {
    let renderer = renderer(Panel::REFERENCE);
    renderer.show(&gallery::sample("pin").unwrap()).unwrap();
    renderer.draw();
    for button in seen(&renderer).iter().filter(|seen| seen.is_button()) {
        if let Ok(digit) = button.label.parse() {
            assert_eq!(tap(&renderer, button), [Touch::Digit(digit)]);
        }
    }
}

#[test]
fn names_far_down_the_list_are_reached_and_are_the_right_ones() {
    let renderer = renderer(Panel::REFERENCE);
    let view = gallery::sample("names").unwrap();
    let desk::Screen::Names { names, .. } = &view.screen else { panic!("not the names") };
    renderer.show(&View { lang: Lang::En, ..view.clone() }).unwrap();
    let mut found = Vec::new();
    for _ in 0..names.len() {
        renderer.draw();
        let buttons = seen(&renderer);
        for row in names {
            if let Some(button) = buttons.iter().find(|button| button.is_button() && button.label == row.name)
            {
                assert_eq!(tap(&renderer, button), [Touch::Name(row.id)], "{}", row.name);
                found.push(row.id);
            }
        }
        let down = buttons.iter().find(|button| button.is_button() && button.label == "Down").unwrap();
        if !down.enabled {
            break;
        }
        assert_eq!(tap(&renderer, down), [Touch::Anywhere], "turning a page is a sign of life");
    }
    assert_eq!(found, names.iter().map(|row| row.id).collect::<Vec<_>>());
}

#[test]
fn a_press_is_seen_with_the_next_frame() {
    let renderer = renderer(Panel::REFERENCE);
    renderer.show(&gallery::sample("visit").unwrap()).unwrap();
    let before = renderer.snapshot().unwrap();
    let mm = renderer.panel().px_per_mm();
    for button in seen(&renderer).iter().filter(|seen| seen.is_button() && seen.label != "Қазақша") {
        renderer.press((button.x + button.w / 2.0) * mm, (button.y + 2.0) * mm);
        assert_ne!(renderer.snapshot().unwrap(), before, "{button:?}");
        renderer.release(-1.0, -1.0);
        assert_eq!(renderer.snapshot().unwrap(), before, "{button:?}");
    }
}

#[test]
fn under_help_and_under_the_warning_nothing_else_can_be_touched() {
    let renderer = renderer(Panel::REFERENCE);
    for name in ["help-visit", "warning", "help-warning"] {
        renderer.show(&gallery::sample(name).unwrap()).unwrap();
        renderer.draw();
        for button in seen(&renderer).iter().filter(|seen| seen.is_button()) {
            let touch = tap(&renderer, button);
            let harmless =
                matches!(touch[..], [Touch::Language(_) | Touch::Help | Touch::Back | Touch::Anywhere]);
            assert!(harmless, "{name}: {touch:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// No tap anywhere breaks the screen, and none is two.
    #[test]
    fn taps_anywhere_are_at_most_one_touch(
        sample in 0..gallery::samples().len(),
        lang in 0..Lang::ALL.len(),
        taps in prop::collection::vec((-20.0..1044.0f32, -20.0..620.0f32), 1..40),
    ) {
        let renderer = renderer(Panel::REFERENCE);
        let (_, view) = gallery::samples().swap_remove(sample);
        renderer.show(&View { lang: Lang::ALL[lang], ..view }).unwrap();
        for (x, y) in taps {
            renderer.draw();
            let inside = (0.0..1024.0).contains(&x) && (0.0..600.0).contains(&y);
            let touched = renderer.tap(x, y);
            prop_assert_eq!(touched.len(), usize::from(inside), "at {} {}: {:?}", x, y, touched);
        }
    }
}
