//! Sizes and places: what is touched can be hit, what is read is whole.

use crate::walk::{Seen, Walk, reference_walks, renderer, walks};
use desk::view::Lang;
use desk::{Screen, View};
use i_slint_backend_testing::AccessibleRole;
use kiosk_ui::{Panel, gallery};
use std::collections::BTreeMap;

const CONTROL_MM: f32 = 15.0;
const ACTION_MM: f32 = 20.0;
const GAP_MM: f32 = 3.0;
/// Rounding to whole pixels.
const PIXEL_MM: f32 = 0.05;

#[test]
fn controls_are_large_enough_and_far_enough_apart() {
    for screen in walks() {
        let buttons: Vec<_> = screen.buttons().collect();
        for (number, button) in buttons.iter().enumerate() {
            let least = if button.main { ACTION_MM } else { CONTROL_MM } - PIXEL_MM;
            assert!(button.w >= least && button.h >= least, "{}: too small: {button:?}", screen.at());
            for other in &buttons[number + 1..] {
                let apart_x = (other.x - button.right()).max(button.x - other.right());
                let apart_y = (other.y - button.bottom()).max(button.y - other.bottom());
                let apart = apart_x.max(apart_y);
                assert!(
                    apart >= GAP_MM - PIXEL_MM,
                    "{}: {apart} mm between {button:?} and {other:?}",
                    screen.at()
                );
            }
        }
    }
}

#[test]
fn every_screen_with_a_main_action_has_one() {
    let with_main = [
        "visit",
        "visit-empty",
        "returns",
        "my-books",
        "refused-overdue",
        "warning",
        "help-idle",
        "pin",
        "stick-asked",
        "stick-done",
        "stick-full",
    ];
    for screen in walks().iter().filter(|screen| with_main.contains(&screen.name)) {
        assert_eq!(screen.buttons().filter(|button| button.main).count(), 1, "{}", screen.at());
    }
}

#[test]
fn everything_is_on_the_panel() {
    for screen in walks() {
        let whole = whole(screen.panel);
        for seen in &screen.seen {
            assert!(whole.holds(seen), "{}: beyond the edge: {seen:?}", screen.at());
        }
    }
}

fn whole(panel: Panel) -> Seen {
    let (w, h) = (panel.width_px() as f32, panel.height_px() as f32);
    Seen {
        kind: "Panel".into(),
        role: AccessibleRole::None,
        label: String::new(),
        enabled: true,
        main: false,
        x: 0.0,
        y: 0.0,
        w: w / panel.px_per_mm(),
        h: h / panel.px_per_mm(),
    }
}

#[test]
fn words_stay_inside_what_they_stand_on() {
    for screen in walks() {
        let seen = &screen.seen;
        let grounds: Vec<_> = seen.iter().filter(|seen| !is_text(seen) && seen.kind != "TouchArea").collect();
        for text in seen.iter().filter(|seen| is_text(seen)) {
            let ground = grounds
                .iter()
                .filter(|ground| ground.holds_the_middle_of(text))
                .min_by(|a, b| (a.w * a.h).total_cmp(&(b.w * b.h)));
            if let Some(ground) = ground {
                assert!(ground.holds(text), "{}: {text:?} is larger than {ground:?}", screen.at());
            }
        }
    }
}

#[test]
fn words_do_not_lie_on_each_other() {
    for screen in walks() {
        let texts: Vec<_> = screen.seen.iter().filter(|seen| is_text(seen)).collect();
        for (number, text) in texts.iter().enumerate() {
            for other in &texts[number + 1..] {
                let over_x = text.right().min(other.right()) - text.x.max(other.x);
                let over_y = text.bottom().min(other.bottom()) - text.y.max(other.y);
                let apart = over_x <= PIXEL_MM || over_y <= 2.0 * PIXEL_MM;
                assert!(apart, "{}: {text:?} and {other:?} lie on each other", screen.at());
            }
        }
    }
}

fn is_text(seen: &Seen) -> bool {
    ["Text", "Hero", "Headline", "Lead", "Body", "Small", "Title", "Code"].contains(&seen.kind.as_str())
}

#[test]
fn help_languages_and_finish_are_always_in_the_same_place() {
    let mut places = BTreeMap::new();
    for screen in reference_walks() {
        let buttons: Vec<_> = screen.buttons().collect();
        for language in ["Қазақша", "Русский", "English"] {
            let button = buttons.iter().find(|button| button.label == language);
            let button = button.unwrap_or_else(|| panic!("{}: no {language}", screen.at()));
            same(&mut places, language, button, screen);
        }
        let help = ["Көмек", "Жабу", "Помощь", "Закрыть", "Help", "Close"];
        let button = buttons.iter().find(|button| help.contains(&button.label.as_str()));
        same(&mut places, "help", button.unwrap_or_else(|| panic!("{}: no help", screen.at())), screen);
        let finish = ["Аяқтау", "Завершить", "Finish"];
        for button in buttons.iter().filter(|button| finish.contains(&button.label.as_str())) {
            same(&mut places, "finish", button, screen);
        }
    }
    assert_eq!(places.len(), 5);
}

fn same(places: &mut BTreeMap<String, [f32; 4]>, what: &str, button: &Seen, screen: &Walk) {
    // In hundredths of a millimetre: sums of lengths differ in their last bits.
    let place = [button.x, button.y, button.w, button.h].map(|mm| (mm * 100.0).round());
    let first = places.entry(what.to_owned()).or_insert(place);
    assert_eq!(*first, place, "{}: {what} has moved", screen.at());
}

#[test]
fn long_titles_and_names_are_cut_and_move_nothing() {
    let renderer = renderer(Panel::REFERENCE);
    for (name, view) in gallery::samples() {
        for lang in Lang::ALL {
            renderer.show(&with_long_names(&View { lang, ..view.clone() })).unwrap();
            renderer.draw();
            let whole = whole(Panel::REFERENCE);
            for seen in crate::walk::seen(&renderer) {
                assert!(whole.holds(&seen), "{name}-{}: beyond the edge: {seen:?}", lang.code());
            }
        }
    }
}

/// The same view with titles of 400 letters and long names.
fn with_long_names(view: &View) -> View {
    let mut view = view.clone();
    let (long_title, long_name) = ("Ж".repeat(400), "Нұрмұхаммедғалиолланың".to_owned());
    let lengthen = |title: &mut Option<String>| *title = Some(long_title.clone());
    match &mut view.screen {
        Screen::Identify { kept, .. } => kept.iter_mut().for_each(|row| lengthen(&mut row.title)),
        Screen::Visit { rows, given, .. } => {
            *given = long_name;
            rows.iter_mut().for_each(|row| lengthen(&mut row.title));
        }
        Screen::Returns { rows, .. } => rows.iter_mut().for_each(|row| lengthen(&mut row.title)),
        Screen::MyBooks { rows, given } => {
            *given = long_name;
            rows.iter_mut().for_each(|row| lengthen(&mut row.title));
        }
        Screen::Refused { title, .. } => lengthen(title),
        Screen::TimedOut { open, .. } => open.iter_mut().for_each(lengthen),
        Screen::Names { class, names } => {
            *class = "11 «Ә» (физика-математика)".to_owned();
            names.iter_mut().for_each(|row| row.name = format!("{long_name} {long_name}"));
        }
        Screen::Classes { classes } => classes.iter_mut().for_each(|row| row.name = long_name.clone()),
        Screen::Pin { given, .. } => *given = long_name,
        Screen::Idle { notice, .. } => {
            if let Some(notice) = notice {
                *notice = [(); 3].map(|()| "Кітапхана жұма күні жабық. ".repeat(40));
            }
        }
        Screen::Finished { .. }
        | Screen::OutOfOrder { .. }
        | Screen::Enrol { .. }
        | Screen::Setup { .. }
        | Screen::StaffPin { .. }
        | Screen::Staff { .. }
        | Screen::Stick { .. } => {}
    }
    view
}
