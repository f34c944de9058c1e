//! What the screen process knows: the last frame, or that the station is not there. Pure: no socket, no window.

use desk::ipc::{Frame, Tap};
use desk::view::{Day, Lang};
use desk::{Fault, LinkNote, ReceiptNote, Screen, Touch, View};

/// What is shown, and where it comes from.
#[derive(Debug)]
pub(crate) struct Shell {
    first_lang: Lang,
    view: View,
    /// Number of the frame; `None` = the station is not there and the view is our own.
    frame: Option<u64>,
}

/// What follows from a tap.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Follow {
    /// Tell the station.
    Send(Tap),
    /// Draw again: the station is not there, and the screen answered by itself.
    Draw,
    /// Nothing.
    Nothing,
}

impl Shell {
    /// Before the station was heard. What the screen says by itself, it says in `first_lang` first.
    pub(crate) fn new(first_lang: Lang) -> Shell {
        Shell { first_lang, view: own(first_lang, Day::default(), Fault::Starting), frame: None }
    }

    /// What to show.
    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// The station has sent a frame.
    pub(crate) fn heard(&mut self, frame: Frame) {
        self.frame = Some(frame.number);
        self.view = frame.view;
    }

    /// The station went away: "one moment". What was on the screen is forgotten; the language is the first one again.
    pub(crate) fn lost(&mut self) {
        if self.frame.take().is_some() {
            self.view = own(self.first_lang, self.view.today, Fault::Starting);
        }
    }

    /// The station stays away: "out of order". The language and help stay as they were chosen meanwhile.
    pub(crate) fn gone(&mut self) {
        self.lost();
        self.view.screen = Screen::OutOfOrder { fault: Fault::NoStation };
    }

    /// Someone tapped.
    pub(crate) fn touched(&mut self, touch: Touch) -> Follow {
        if let Some(frame) = self.frame {
            return Follow::Send(Tap { frame, touch });
        }
        let before = self.view.clone();
        match touch {
            Touch::Language(lang) => self.view.lang = lang,
            Touch::Help => self.view.help = true,
            Touch::Back => self.view.help = false,
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
            | Touch::Pause(_) => {}
        }
        if before == self.view { Follow::Nothing } else { Follow::Draw }
    }
}

/// What the screen says by itself.
fn own(lang: Lang, today: Day, fault: Fault) -> View {
    let screen = Screen::OutOfOrder { fault };
    View {
        lang,
        today,
        link: LinkNote::Quiet,
        screen,
        help: false,
        ends_in_s: None,
        pad: None,
        receipt: ReceiptNote::Quiet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery;

    #[test]
    fn a_tap_names_the_frame_it_was_made_on() {
        let mut shell = Shell::new(Lang::Kk);
        shell.heard(Frame { number: 7, view: gallery::sample("visit").unwrap() });
        let finish = || Follow::Send(Tap { frame: 7, touch: Touch::Finish });
        assert_eq!(shell.touched(Touch::Finish), finish());
        assert_eq!(shell.touched(Touch::Finish), finish());
    }

    #[test]
    fn without_a_station_nothing_of_the_visit_is_left() {
        let mut shell = Shell::new(Lang::Kk);
        shell.heard(Frame { number: 7, view: gallery::sample("visit").unwrap() });
        shell.lost();
        assert_eq!(shell.view().screen, Screen::OutOfOrder { fault: Fault::Starting });
        assert!(!format!("{shell:?}").contains("Айдана"));
    }

    #[test]
    fn languages_and_help_answer_without_a_station() {
        let mut shell = Shell::new(Lang::Kk);
        assert_eq!(shell.touched(Touch::Language(Lang::Ru)), Follow::Draw);
        assert_eq!(shell.touched(Touch::Help), Follow::Draw);
        assert_eq!((shell.view().lang, shell.view().help), (Lang::Ru, true));
        assert_eq!(shell.touched(Touch::Back), Follow::Draw);
        assert_eq!(shell.touched(Touch::Finish), Follow::Nothing);
        shell.gone();
        assert_eq!(shell.view().screen, Screen::OutOfOrder { fault: Fault::NoStation });
        assert_eq!(shell.view().lang, Lang::Ru, "what was chosen while the station is away is kept");
    }
}
