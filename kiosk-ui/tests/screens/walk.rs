//! Walks all screens and sees their elements as a finger, an eye and a screen reader do.

use crate::paint::rgb;
use desk::View;
use desk::view::Lang;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementRoot};

use kiosk_ui::headless::Renderer;
use kiosk_ui::{Panel, Picture, gallery};
use std::ops::ControlFlow;
use std::sync::OnceLock;

/// Something on a screen. Sizes and places are in mm from the panel's top left.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub kind: String,
    pub role: AccessibleRole,
    pub label: String,
    pub enabled: bool,
    /// It is filled with the colour of main actions: seen in the picture, as a person sees it.
    pub main: bool,
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

impl Seen {
    pub fn right(&self) -> f32 {
        self.x + self.w
    }

    pub fn bottom(&self) -> f32 {
        self.y + self.h
    }

    pub fn is_button(&self) -> bool {
        self.role == AccessibleRole::Button
    }

    /// Whether `other` lies in it, with half a pixel to spare.
    pub fn holds(&self, other: &Seen) -> bool {
        const SPARE: f32 = 0.12;
        other.x >= self.x - SPARE
            && other.y >= self.y - SPARE
            && other.right() <= self.right() + SPARE
            && other.bottom() <= self.bottom() + SPARE
    }

    pub fn holds_the_middle_of(&self, other: &Seen) -> bool {
        let (x, y) = (other.x + other.w / 2.0, other.y + other.h / 2.0);
        (self.x..self.right()).contains(&x) && (self.y..self.bottom()).contains(&y)
    }
}

/// One screen in one language on one panel, as it was seen.
pub struct Walk {
    pub name: &'static str,
    pub lang: Lang,
    pub panel: Panel,
    pub seen: Vec<Seen>,
}

impl Walk {
    /// For messages: which screen this is.
    pub fn at(&self) -> String {
        format!(
            "{}-{} on {} × {}",
            self.name,
            self.lang.code(),
            self.panel.width_px(),
            self.panel.height_px()
        )
    }

    pub fn buttons(&self) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(|seen| seen.is_button())
    }
}

/// Everything on the screen that has a size.
pub fn seen(renderer: &Renderer) -> Vec<Seen> {
    let mm = renderer.panel().px_per_mm();
    let picture = renderer.snapshot().unwrap();
    let mut elements: Vec<ElementHandle> = Vec::new();
    renderer.app().root_element().visit_descendants(|element| {
        elements.push(element);
        ControlFlow::<()>::Continue(())
    });
    assert!(!elements.is_empty(), "the screens were compiled without debug info; do not test with --release");
    elements
        .iter()
        .filter_map(|element| {
            let (place, size) = (element.absolute_position(), element.size());
            let inside = (place.x + 1.5 * mm, place.y + size.height / 2.0);
            let seen = Seen {
                main: pixel(&picture, inside) == Some(rgb("main")),
                kind: element.type_name()?.into(),
                role: element.accessible_role()?,
                label: element.accessible_label().unwrap_or_default().into(),
                enabled: element.accessible_enabled().unwrap_or(true),
                x: place.x / mm,
                y: place.y / mm,
                w: size.width / mm,
                h: size.height / mm,
            };
            (seen.w > 0.0 && seen.h > 0.0).then_some(seen)
        })
        .collect()
}

fn pixel(picture: &Picture, (x, y): (f32, f32)) -> Option<[u8; 3]> {
    let start = (y as usize * picture.width as usize + x as usize) * 3;
    picture.rgb.get(start..start + 3)?.try_into().ok()
}

/// The smallest panel that is accepted, the reference, and a larger one.
pub fn panels() -> [Panel; 3] {
    let smallest = Panel::new((Panel::MIN_WIDTH_MM * 5.0) as u32, (Panel::MIN_HEIGHT_MM * 5.0) as u32, 5.0);
    [smallest.unwrap(), Panel::REFERENCE, Panel::new(1280, 800, 4.3).unwrap()]
}

/// A screen in memory on this panel.
pub fn renderer(panel: Panel) -> Renderer {
    Renderer::new(panel.width_px(), panel.height_px(), panel.px_per_mm()).unwrap()
}

/// The pages of the staff screen of a station where every check says something: seven of three checks, the plug, the state.
const CARE: [&str; 9] = [
    "staff-care-1",
    "staff-care-2",
    "staff-care-3",
    "staff-care-4",
    "staff-care-5",
    "staff-care-6",
    "staff-care-7",
    "staff-care-plug",
    "staff-care-state",
];

/// Every sample in every language on every one of [`panels`]. Walked once; all tests look at what was seen then.
pub fn walks() -> &'static [Walk] {
    static WALKS: OnceLock<Vec<Walk>> = OnceLock::new();
    WALKS.get_or_init(|| {
        let mut walks = Vec::new();
        for panel in panels() {
            let renderer = renderer(panel);
            let samples = gallery::samples();
            let idle =
                samples.iter().find(|(name, _)| *name == "idle").map(|(_, view)| view.clone()).unwrap();
            for (name, view) in samples {
                for lang in Lang::ALL {
                    // Lists begin at their first page where the screen before was another one.
                    renderer.show(&idle).unwrap();
                    renderer.show(&View { lang, ..view.clone() }).unwrap();
                    renderer.draw();
                    walks.push(Walk { name, lang, panel, seen: seen(&renderer) });
                    let more: &[&'static str] = match name {
                        "staff-ways" => &["staff-ways-2", "staff-ways-plug"],
                        "staff-stick-locked" => &["staff-stick-locked-2"],
                        "staff-plug-lost" => &["staff-plug-lost-2"],
                        "staff-care" => &CARE,
                        _ => &[],
                    };
                    for name in more {
                        turn_page(&renderer);
                        walks.push(Walk { name, lang, panel, seen: seen(&renderer) });
                    }
                }
            }
        }
        walks
    })
}

/// Turns to the next page of the list.
pub fn turn_page(renderer: &Renderer) {
    let down = ["Төмен", "Ниже", "Down"];
    let down =
        seen(renderer).into_iter().find(|seen| seen.is_button() && down.contains(&seen.label.as_str()));
    let (down, mm) = (down.unwrap(), renderer.panel().px_per_mm());
    renderer.tap((down.x + down.w / 2.0) * mm, (down.y + down.h / 2.0) * mm);
    renderer.draw();
}

/// The same, on the reference panel only.
pub fn reference_walks() -> impl Iterator<Item = &'static Walk> {
    walks().iter().filter(|walk| walk.panel == Panel::REFERENCE)
}
