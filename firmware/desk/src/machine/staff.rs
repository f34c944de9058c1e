//! Staff: a PIN, then a menu. It opens from the idle screen and from whatever stands in its place, a fault included.

use super::pin::{Digits, Whose};
use super::{Desk, State, Turn};
use crate::{Effect, Signal};

impl Desk {
    /// "Staff."
    pub(super) fn ask_staff_pin(&mut self) {
        if matches!(self.state, State::Idle) && self.settings.staff_pin.is_some() {
            self.refused = None;
            self.state = State::StaffPin { digits: Digits::default(), wrong: false };
        }
    }

    /// "PIN complete." While it is locked, no digit is taken, so there is none that could be.
    pub(super) fn enter_staff_pin(&mut self, turn: &mut Turn<'_>) {
        let State::StaffPin { digits, wrong } = &mut self.state else { return };
        let Some(pin) = digits.take_complete() else { return };
        if self.settings.staff_pin.is_some_and(|hash| hash.matches(&pin)) {
            self.tries.right(Whose::Staff);
            self.state = State::Staff;
        } else {
            *wrong = true;
            self.tries.wrong(Whose::Staff, &self.settings, turn.now.mono_ms);
            turn.say(Signal::No);
        }
    }

    /// "Call the region now."
    pub(super) fn call_region(&self, turn: &mut Turn<'_>) {
        if matches!(self.state, State::Staff) {
            turn.effects.push(Effect::CallRegion);
        }
    }

    /// "Stop lending", or "go on".
    pub(super) fn pause(&mut self, paused: bool) {
        if matches!(self.state, State::Staff) {
            self.faults.paused = paused;
        }
    }
}
