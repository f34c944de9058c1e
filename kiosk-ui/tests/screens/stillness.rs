//! A screen that nobody touches costs nothing, and what was on it is gone with the next view.

use crate::walk::{renderer, seen};
use kiosk_ui::{Panel, gallery};

#[test]
fn nothing_moves_by_itself() {
    let renderer = renderer(Panel::REFERENCE);
    for (name, view) in gallery::samples() {
        renderer.show(&view).unwrap();
        renderer.draw();
        assert!(!renderer.is_animating(), "{name}: something moves");
        assert!(!renderer.draw(), "{name}: drawn again though nothing has changed");
        let timer = slint::platform::duration_until_next_timer_update();
        assert_eq!(timer, None, "{name}: a timer runs");
    }
}

#[test]
fn the_next_person_sees_nothing_of_the_last_one() {
    let idle = gallery::sample("idle").unwrap();
    let fresh = renderer(Panel::REFERENCE);
    fresh.show(&idle).unwrap();
    let clean = fresh.snapshot().unwrap();
    let used = renderer(Panel::REFERENCE);
    for (name, view) in gallery::samples() {
        used.show(&view).unwrap();
        used.draw();
        used.show(&idle).unwrap();
        assert_eq!(used.snapshot().unwrap(), clean, "after {name}");
        let left =
            seen(&used).into_iter().find(|seen| seen.label.contains("Айдана") || seen.label.contains("Абай"));
        assert_eq!(left, None, "after {name}");
    }
}
