//! What is shown. It follows from the state and the time; nothing is decided here.

use super::no_card::Step;
use super::timeout::seconds_until;
use super::{Desk, State};
use crate::{Enrolling, Fault, LoanRow, Now, ReceiptNote, Screen, View};
use exchange::Lang;

impl Desk {
    /// What the screen shows at this time.
    #[must_use]
    pub fn view(&self, now: Now) -> View {
        let now_ms = now.mono_ms.max(self.now.mono_ms);
        View {
            lang: self.lang(),
            today: now.today,
            link: self.link,
            screen: self.screen(now, now_ms),
            help: self.help,
            ends_in_s: self.ends_in_s(now_ms),
            pad: self.pad_count(),
            receipt: match self.state {
                State::Finished { receipt, .. } => receipt,
                State::Idle
                | State::Identify(_)
                | State::Visit(_)
                | State::Returns(_)
                | State::TimedOut { .. }
                | State::StaffPin { .. }
                | State::Staff => ReceiptNote::Quiet,
            },
        }
    }

    /// The language of whoever is there.
    pub(super) fn lang(&self) -> Lang {
        self.lang_touched.or(self.lang_of_patron).unwrap_or(self.settings.lang)
    }

    fn screen(&self, now: Now, now_ms: u64) -> Screen {
        if matches!(self.state, State::Idle) {
            if let Some(fault) = self.setup.as_ref().filter(|_| self.refused.is_none()) {
                return Screen::Setup { fault: fault.clone(), lends: true };
            }
            if let Some(Enrolling { code, page }) = &self.enrolling {
                return Screen::Enrol { code: code.clone(), page: page.clone() };
            }
            if let Some(fault) = self.faults.current() {
                return Screen::OutOfOrder { fault };
            }
        }
        if self.is_served() && self.faults.current() == Some(Fault::NoReader) {
            return Screen::OutOfOrder { fault: Fault::NoReader };
        }
        if let Some((refusal, title)) = self.refused.as_ref().and_then(|refused| refused.queue.front()) {
            return Screen::Refused { refusal: *refusal, title: title.clone(), done: self.done() };
        }
        if let Some(state) = self.stick_shown() {
            return Screen::Stick { state };
        }
        match &self.state {
            State::Idle => {
                Screen::Idle { notice: self.idle.notice(now.today), without_card: self.idle.without_card }
            }
            State::Identify(identify) => match &identify.step {
                Step::Card => Screen::Identify {
                    kept: identify.kept.iter().map(|kept| kept.row.clone()).collect(),
                    without_card: self.idle.without_card,
                },
                Step::Classes(classes) => Screen::Classes { classes: classes.clone() },
                Step::Names { class, names } => {
                    Screen::Names { class: class.name.clone(), names: names.clone() }
                }
                Step::Pin { given, digits, wrong, .. } => {
                    Screen::Pin { given: given.clone(), entered: digits.count(), wrong: *wrong }
                }
            },
            State::Visit(visit) => match &visit.my_books {
                Some(loans) => Screen::MyBooks {
                    given: visit.given.clone(),
                    rows: loans
                        .iter()
                        .map(|loan| LoanRow {
                            title: loan.title.clone(),
                            due: loan.due,
                            renewable: loan.verdict.shown(),
                        })
                        .collect(),
                },
                None => Screen::Visit {
                    given: visit.given.clone(),
                    rows: visit.log.shown(),
                    room: visit.room,
                    on_loan: visit.on_loan,
                    note: visit.note,
                },
            },
            State::Returns(returns) => Screen::Returns { rows: returns.log.shown(), note: returns.note },
            State::Finished { tally, .. } => Screen::Finished {
                lent: tally.lent,
                returned: tally.returned,
                renewed: tally.renewed,
                due: tally.due,
            },
            State::TimedOut { lent, open, .. } => Screen::TimedOut { lent: *lent, open: open.clone() },
            State::StaffPin { digits, wrong } => {
                let locked_s =
                    self.staff_locked_until_ms(now_ms).map_or(0, |until_ms| seconds_until(until_ms, now_ms));
                Screen::StaffPin {
                    entered: digits.count(),
                    wrong: *wrong,
                    locked_s: u32::try_from(locked_s).unwrap_or(u32::MAX),
                }
            }
            State::Staff => Screen::Staff {
                status: self.status.clone(),
                paused: self.faults.paused,
                stick: self.stick_for_staff(),
            },
        }
    }

    /// How many books were done in the visit so far.
    fn done(&self) -> u16 {
        match &self.state {
            State::Visit(visit) => visit.log.tally().sum(),
            State::Returns(returns) => returns.log.tally().sum(),
            State::Idle
            | State::Identify(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => 0,
        }
    }
}
