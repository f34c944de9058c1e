//! The courier's stick. It goes its own way beside the state: whoever borrows or returns is never disturbed, and what
//! there is to say of the stick waits until the idle screen would be shown, in whose place it stands.
//!
//! - Asked once for each time it is put in. No answer is a no; staff may have it written all the same.
//! - What it came to stays until the stick is pulled out or the screen is closed: whoever brought it may be a while.

use super::{Desk, State, Turn};
use crate::{Effect, StickFault, StickNews, StickState};

/// Smaller steps are not shown: a screen that changes under a finger drops its touch.
const STEP_PERCENT: u8 = 5;

/// The stick, and what there is to say of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Stick {
    is_in: bool,
    work: Work,
    /// Since when it is on the screen; `None` = it is not.
    shown_since_ms: Option<u64>,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Work {
    /// There is nothing to say of it.
    #[default]
    Rest,
    Asked,
    Working {
        percent: u8,
        /// Its screen was closed; its end is shown all the same.
        closed: bool,
    },
    Done {
        written: u64,
        answers: u32,
    },
    Failed(StickFault),
}

impl Stick {
    /// Whether the screen is the stick's.
    pub fn is_shown(&self) -> bool {
        self.shown_since_ms.is_some()
    }

    fn wants_screen(&self) -> bool {
        match self.work {
            Work::Rest => false,
            Work::Working { closed, .. } => !closed,
            Work::Asked | Work::Done { .. } | Work::Failed(_) => true,
        }
    }

    /// Whether it goes from the screen when nobody touches it.
    fn runs_out(&self) -> bool {
        match self.work {
            Work::Asked | Work::Failed(StickFault::PulledOut) => true,
            Work::Rest | Work::Working { .. } | Work::Done { .. } | Work::Failed(_) => false,
        }
    }

    /// What follows from the news. None of a stick that is out is heard, but that it is in.
    fn after(&self, news: StickNews) -> Work {
        let closed = matches!(self.work, Work::Working { closed: true, .. });
        match news {
            StickNews::In if !self.is_in => Work::Asked,
            StickNews::Out => match self.work {
                Work::Working { .. } | Work::Failed(StickFault::PulledOut) => {
                    Work::Failed(StickFault::PulledOut)
                }
                Work::Rest | Work::Asked | Work::Done { .. } | Work::Failed(_) => Work::Rest,
            },
            StickNews::Working { percent } if self.is_in => {
                let percent = percent.min(100);
                Work::Working { percent: percent - percent % STEP_PERCENT, closed }
            }
            StickNews::Done { written, answers } if self.is_in => Work::Done { written, answers },
            StickNews::Failed(fault) if self.is_in => Work::Failed(fault),
            StickNews::In | StickNews::Working { .. } | StickNews::Done { .. } | StickNews::Failed(_) => {
                self.work
            }
        }
    }
}

impl Desk {
    /// News of the stick.
    pub(super) fn stick_news(&mut self, news: StickNews) {
        let work = self.stick.after(news);
        if work != self.stick.work {
            self.stick.shown_since_ms = None;
        }
        self.stick.work = work;
        match news {
            StickNews::In => self.stick.is_in = true,
            StickNews::Out => self.stick.is_in = false,
            StickNews::Working { .. } | StickNews::Done { .. } | StickNews::Failed(_) => {}
        }
    }

    /// "Put the records on it", by anyone who is asked, or by staff for as long as the stick is in.
    pub(super) fn write_stick(&mut self, turn: &mut Turn<'_>) {
        let asked = self.stick.is_shown() && self.stick.work == Work::Asked;
        let by_staff = matches!(self.state, State::Staff) && self.stick.is_in;
        let at_work = matches!(self.stick.work, Work::Working { .. });
        if (asked || by_staff) && !at_work {
            self.stick.work = Work::Working { percent: 0, closed: false };
            turn.effects.push(Effect::WriteStick);
        }
    }

    /// "No", or "I have read it": the idle screen comes back, if it is the stick that stands in its place.
    pub(super) fn close_stick(&mut self) {
        if self.stick.is_shown() {
            self.stick.shown_since_ms = None;
            self.stick.work = match self.stick.work {
                Work::Working { percent, .. } => Work::Working { percent, closed: true },
                Work::Rest | Work::Asked | Work::Done { .. } | Work::Failed(_) => Work::Rest,
            };
        }
    }

    /// The end of every turn: the stick has the screen when nobody and nothing else has.
    pub(super) fn tend_stick(&mut self) {
        let shown = self.is_vacant() && self.refused.is_none() && self.stick.wants_screen();
        let since_ms = self.stick.shown_since_ms.unwrap_or(self.now.mono_ms);
        self.stick.shown_since_ms = shown.then_some(since_ms);
    }

    /// When its screen goes away because nobody answers.
    pub(super) fn stick_until_ms(&self) -> Option<u64> {
        let since_ms = self.stick.shown_since_ms.filter(|_| self.stick.runs_out())?;
        Some(since_ms.max(self.active_ms).saturating_add(self.settings.idle_ms))
    }

    /// What is said of it on its own screen.
    pub(super) fn stick_shown(&self) -> Option<StickState> {
        if self.stick.is_shown() { self.stick_for_staff() } else { None }
    }

    /// What is said of it to staff; `None` = none is in, and none was pulled out too early.
    pub(super) fn stick_for_staff(&self) -> Option<StickState> {
        match self.stick.work {
            Work::Rest if !self.stick.is_in => None,
            Work::Rest | Work::Asked => Some(StickState::Asked { waiting: self.status.waiting }),
            Work::Working { percent, .. } => Some(StickState::Working { percent }),
            Work::Done { written, answers } => Some(StickState::Done { written, answers }),
            Work::Failed(fault) => Some(StickState::Failed(fault)),
        }
    }
}
