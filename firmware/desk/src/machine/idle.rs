//! Nobody is there: what the idle screen shows.

use super::returns::Returns;
use super::{Desk, State, Turn};
use crate::MemoryFault;
use exchange::{Day, Notice};

/// What the idle screen shows besides its one sentence.
#[derive(Debug, Clone, Default)]
pub(super) struct IdleFacts {
    notice: Option<Notice>,
    /// Whether someone without a card can come in.
    pub without_card: bool,
}

impl IdleFacts {
    /// The notice, unless its last day is past.
    pub fn notice(&self, today: Day) -> Option<[String; 3]> {
        self.notice.as_ref().filter(|notice| notice.until >= today).map(|notice| notice.text.clone())
    }
}

impl Desk {
    /// What there is to show; `None` while the station knows no rules, calendar, or age of its data.
    pub(super) fn idle_facts(&self, turn: &Turn<'_>) -> Result<Option<IdleFacts>, MemoryFault> {
        if self.ground(turn)?.is_none() {
            return Ok(None);
        }
        let notices = turn.memory.notices()?;
        let current = notices.into_iter().filter(|notice| notice.until >= turn.now.today);
        Ok(Some(IdleFacts {
            notice: current.max_by_key(|notice| notice.id),
            without_card: !turn.memory.classes()?.is_empty(),
        }))
    }

    /// Whether the idle screen is what is shown, and neither a fault, an enrolment, a set-up nor the stick in its place.
    pub(super) fn is_open(&self) -> bool {
        self.is_vacant() && !self.stick.is_shown()
    }

    /// Whether nobody is there, and no fault, enrolment or set-up that was not taken.
    pub(super) fn is_vacant(&self) -> bool {
        matches!(self.state, State::Idle)
            && self.enrolling.is_none()
            && self.setup.is_none()
            && self.faults.current().is_none()
    }

    /// "Return books."
    pub(super) fn return_books(&mut self) {
        if self.is_open() {
            self.parked = None;
            self.state = State::Returns(Returns::default());
        }
    }
}
