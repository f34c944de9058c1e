//! What is on the screen, as plain data: one [`View`], said in the screen's types. Whatever a screen does not show is
//! empty in it, so that nothing of the last person can stay.

use crate::convert::{self, count};
use crate::ui;
use desk::{LinkNote, Screen, View};
use slint::SharedString;

/// Everything the globals of the screen hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Content {
    pub page: ui::Page,
    pub language: ui::Language,
    pub link: ui::Link,
    pub link_days: i32,
    pub help: bool,
    pub ends_in_s: i32,
    pub given: SharedString,
    pub class_name: SharedString,
    pub notice: SharedString,
    pub without_card: bool,
    pub kept: Vec<ui::Kept>,
    pub choices: Vec<ui::Choice>,
    pub deeds: Vec<ui::Deed>,
    pub loans: Vec<ui::Loan>,
    pub open_books: Vec<ui::Book>,
    pub note: ui::Note,
    pub pad_say: ui::PadSay,
    pub pad_count: i32,
    pub pad_lying: i32,
    pub receipt: ui::ReceiptSay,
    pub room: i32,
    pub on_loan: i32,
    pub entered: i32,
    pub wrong: bool,
    pub locked_s: i32,
    pub refusal: ui::Refusal,
    pub outcome: ui::Outcome,
    pub fault: ui::Fault,
    pub fault_code: i32,
    pub enrol_code: SharedString,
    pub status: ui::Status,
    pub paused: bool,
    pub ways: Vec<ui::Carried>,
    pub stick: ui::Stick,
    pub checks: Vec<ui::CheckRow>,
    pub plug: ui::PlugState,
    pub setup: ui::SetupFault,
    pub setup_lends: bool,
    /// The text of the QR code that is shown; empty = none is.
    pub qr_text: SharedString,
}

impl Content {
    /// What is on the screen for this view.
    pub(crate) fn of(view: &View) -> Content {
        let mut content = Content {
            language: convert::language(view.lang),
            help: view.help,
            ends_in_s: view.ends_in_s.map_or(-1, i32::from),
            ..Content::default()
        };
        (content.link, content.link_days) = match view.link {
            LinkNote::Quiet => (ui::Link::Quiet, 0),
            LinkNote::Offline => (ui::Link::Offline, 0),
            LinkNote::DataOld { days } => (ui::Link::DataOld, days.into()),
        };
        content.receipt = convert::receipt(view.receipt);
        if let Some(pad) = view.pad {
            (content.pad_say, content.pad_count) = convert::pad(pad);
            content.pad_lying = pad.lying.into();
        }
        content.put(view);
        content
    }

    fn put(&mut self, view: &View) {
        match &view.screen {
            Screen::Idle { notice, without_card } => {
                self.page = ui::Page::Idle;
                self.without_card = *without_card;
                if let Some(notice) = notice {
                    self.notice = SharedString::from(&notice[view.lang as usize]);
                }
            }
            Screen::Identify { kept, without_card } => {
                self.page = ui::Page::Identify;
                self.without_card = *without_card;
                self.kept = kept.iter().map(convert::kept).collect();
            }
            Screen::Classes { classes } => {
                self.page = ui::Page::Classes;
                self.choices = classes.iter().map(|class| choice(class.id, &class.name, "")).collect();
            }
            Screen::Names { class, names } => {
                self.page = ui::Page::Names;
                self.class_name = SharedString::from(class);
                let split = |name: &str| {
                    let (family, given) = name.split_once(' ').unwrap_or((name, ""));
                    (family.to_owned(), given.to_owned())
                };
                self.choices = names
                    .iter()
                    .map(|row| {
                        let (family, given) = split(&row.name);
                        choice(row.id, &family, &given)
                    })
                    .collect();
            }
            Screen::Pin { given, entered, wrong } => {
                self.page = ui::Page::Pin;
                self.given = shortened(given);
                self.entered = (*entered).into();
                self.wrong = *wrong;
            }
            Screen::Visit { given, rows, room, on_loan, note } => {
                self.page = ui::Page::Visit;
                self.given = shortened(given);
                self.deeds = rows.iter().map(|row| convert::deed(row, view.today)).collect();
                self.room = (*room).into();
                self.on_loan = (*on_loan).into();
                self.note = convert::note(*note);
            }
            Screen::Returns { rows, note } => {
                self.page = ui::Page::Returns;
                self.deeds = rows.iter().map(|row| convert::deed(row, view.today)).collect();
                self.note = convert::note(*note);
            }
            Screen::MyBooks { given, rows } => {
                self.page = ui::Page::MyBooks;
                self.given = shortened(given);
                self.loans = rows.iter().map(|row| convert::loan(row, view.today)).collect();
            }
            Screen::Refused { refusal, title, done } => {
                self.page = ui::Page::Refused;
                self.refusal = convert::refusal(*refusal, title.as_ref(), *done);
            }
            Screen::Finished { lent, returned, renewed, due } => {
                self.page = ui::Page::Finished;
                self.outcome = ui::Outcome {
                    lent: (*lent).into(),
                    returned: (*returned).into(),
                    renewed: (*renewed).into(),
                    with_due: due.is_some(),
                    due: due.map(|due| convert::date(due, view.today)).unwrap_or_default(),
                };
            }
            Screen::TimedOut { lent, open } => {
                self.page = ui::Page::TimedOut;
                self.outcome.lent = (*lent).into();
                self.open_books = open.iter().map(|title| convert::book(title.as_ref())).collect();
            }
            Screen::OutOfOrder { fault } => {
                self.page = ui::Page::OutOfOrder;
                (self.fault, self.fault_code) = convert::fault(*fault);
            }
            Screen::Enrol { code, page } => {
                self.page = ui::Page::Enrol;
                self.enrol_code = SharedString::from(code);
                self.qr_text = SharedString::from(page);
            }
            Screen::Setup { fault, lends } => {
                self.page = ui::Page::Setup;
                self.setup = convert::setup(fault);
                self.setup_lends = *lends;
                self.qr_text = SharedString::from(&fault.text);
            }
            Screen::StaffPin { entered, wrong, locked_s } => {
                self.page = ui::Page::StaffPin;
                self.entered = (*entered).into();
                self.wrong = *wrong;
                self.locked_s = count(*locked_s);
            }
            Screen::Staff { status, paused, stick } => {
                self.page = ui::Page::Staff;
                self.status = convert::status(status);
                self.paused = *paused;
                self.ways = status.ways.iter().copied().map(convert::carried).collect();
                self.stick = stick.map(convert::stick).unwrap_or_default();
                self.checks = convert::checks(&status.checks);
                self.plug = convert::plug(status.plug);
                self.qr_text = SharedString::from(&status.state_text);
            }
            Screen::Stick { state } => {
                self.page = ui::Page::Stick;
                self.stick = convert::stick(*state);
            }
        }
    }
}

/// A first name that fits into every instruction: a longer one ends in "…".
fn shortened(given: &str) -> SharedString {
    const MOST: usize = 14;
    if given.chars().count() <= MOST {
        return SharedString::from(given);
    }
    let kept: String = given.chars().take(MOST - 1).collect();
    slint::format!("{}…", kept.trim_end())
}

fn choice(key: impl std::fmt::Display, first: &str, second: &str) -> ui::Choice {
    ui::Choice { key: slint::format!("{key}"), first: first.into(), second: second.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery;

    #[test]
    fn nothing_of_a_person_is_left_on_the_idle_screen() {
        let idle = Content { ends_in_s: -1, ..Content::default() };
        let (_, view) = gallery::samples()
            .into_iter()
            .find(|(_, view)| view.screen == Screen::Idle { notice: None, without_card: false })
            .unwrap();
        assert_eq!(Content::of(&view), idle);
    }

    #[test]
    fn names_that_fit_are_whole_and_others_are_cut_between_letters() {
        assert_eq!(shortened("Дінмұхаммед"), "Дінмұхаммед");
        assert_eq!(shortened("Нұрмұхаммедәлі"), "Нұрмұхаммедәлі");
        assert_eq!(shortened("Нұрмұхаммедғали"), "Нұрмұхаммедға…");
    }

    #[test]
    fn a_notice_is_said_in_the_language_of_the_screen() {
        let notice = ["kk", "ru", "en"].map(String::from);
        for lang in desk::view::Lang::ALL {
            let mut view = gallery::sample("idle").unwrap();
            view.lang = lang;
            view.screen = Screen::Idle { notice: Some(notice.clone()), without_card: false };
            assert_eq!(Content::of(&view).notice, lang.code());
        }
    }
}
