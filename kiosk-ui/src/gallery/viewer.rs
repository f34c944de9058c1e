//! The gallery in a window: the screens answer to Help, Back and the languages; a tap on anything else, or beside
//! everything, shows the next one.

use super::samples;
use crate::panel::Panel;
use crate::window;
use anyhow::Context;
use desk::view::Lang;
use desk::{Touch, View};
use slint::ComponentHandle;
use std::cell::RefCell;
use std::rc::Rc;

/// Opens a window with the first sample, in the first of `langs`.
///
/// # Errors
/// If there is no display.
pub fn open(panel: Panel, langs: &[Lang]) -> anyhow::Result<()> {
    let surface =
        Rc::new(window::open(panel, false).context("without a display, write pictures: gallery --out DIR")?);
    let reel = Reel::new(langs.first().copied().unwrap_or_default());
    surface.show(&reel.view())?;
    let reel = RefCell::new(reel);
    let weak = Rc::downgrade(&surface);
    surface.on_touch(move |touch| {
        reel.borrow_mut().touched(&touch);
        let shown = weak.upgrade().map(|surface| surface.show(&reel.borrow().view()));
        if let Some(Err(error)) = shown {
            tracing::error!(%error, "the sample could not be shown");
        }
    });
    surface.app().run().context("the window could not be shown")
}

/// The samples, and which of them is on.
struct Reel {
    views: Vec<View>,
    at: usize,
    lang: Lang,
    help: bool,
}

impl Reel {
    fn new(lang: Lang) -> Reel {
        Reel { views: samples().into_iter().map(|(_, view)| view).collect(), at: 0, lang, help: false }
    }

    fn view(&self) -> View {
        let view = &self.views[self.at];
        View { lang: self.lang, help: view.help != self.help, ..view.clone() }
    }

    fn touched(&mut self, touch: &Touch) {
        match touch {
            Touch::Language(lang) => self.lang = *lang,
            Touch::Help => self.help = !self.help,
            Touch::Back if self.view().help => self.help = !self.help,
            Touch::Back => self.turn(self.views.len() - 1),
            Touch::Anywhere
            | Touch::Finish
            | Touch::ReturnBooks
            | Touch::NoCard
            | Touch::Class(_)
            | Touch::Name(_)
            | Touch::Digit(_)
            | Touch::Erase
            | Touch::Enter
            | Touch::MyBooks
            | Touch::Renew(_)
            | Touch::RenewAll
            | Touch::Undo(_)
            | Touch::ReturnKept
            | Touch::Staff
            | Touch::CallRegion
            | Touch::WriteStick
            | Touch::Pause(_) => self.turn(1),
        }
    }

    fn turn(&mut self, by: usize) {
        self.at = (self.at + by) % self.views.len();
        self.help = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_round() {
        let mut reel = Reel::new(Lang::Ru);
        let first = reel.view();
        reel.touched(&Touch::Back);
        assert_ne!(reel.view(), first);
        reel.touched(&Touch::Anywhere);
        assert_eq!(reel.view(), first);
        reel.touched(&Touch::Help);
        assert!(reel.view().help);
        reel.touched(&Touch::Back);
        assert_eq!(reel.view(), first);
    }
}
