//! Time: what runs out, when the warning counts down, and when the shell must come by again. Dialogs have no say in it.

use super::pin::Whose;
use super::{Desk, State};

impl Desk {
    /// Ends what has run out since the last turn.
    pub(super) fn expire(&mut self) {
        let now_ms = self.now.mono_ms;
        self.parked = self.parked.take().filter(|parked| parked.until_ms > now_ms);
        self.tries.expire(now_ms);
        self.faults.expire(now_ms);
        if self.stick_until_ms().is_some_and(|until_ms| until_ms <= now_ms) {
            self.close_stick();
        }
        if self.refused.as_ref().is_some_and(|refused| refused.until_ms <= now_ms) {
            self.next_refusal();
        }
        let over = match &self.state {
            State::Finished { until_ms, .. } | State::TimedOut { until_ms, .. } => *until_ms <= now_ms,
            State::Idle => self.left_open_until_ms().is_some_and(|until_ms| until_ms <= now_ms),
            State::Identify(_)
            | State::Visit(_)
            | State::Returns(_)
            | State::StaffPin { .. }
            | State::Staff => {
                if now_ms >= self.deadline_ms() {
                    self.time_out();
                }
                false
            }
        };
        if over {
            self.clear();
        }
    }

    /// When the session ends by itself.
    fn deadline_ms(&self) -> u64 {
        self.warning_from_ms().saturating_add(self.settings.warning_ms)
    }

    fn warning_from_ms(&self) -> u64 {
        self.active_ms.saturating_add(self.settings.idle_ms)
    }

    /// When help, or a language chosen on the idle screen, goes away because nobody came.
    fn left_open_until_ms(&self) -> Option<u64> {
        (self.help || self.lang_touched.is_some()).then(|| self.warning_from_ms())
    }

    /// Whole seconds, begun ones included, until the session ends by itself; `None` before the warning.
    pub(super) fn ends_in_s(&self, now_ms: u64) -> Option<u16> {
        let warns = self.in_session() && now_ms >= self.warning_from_ms();
        warns.then(|| seconds_until(self.deadline_ms(), now_ms)).map(|s| u16::try_from(s).unwrap_or(u16::MAX))
    }

    /// Until when the staff PIN is locked.
    pub(super) fn staff_locked_until_ms(&self, now_ms: u64) -> Option<u64> {
        self.tries.locked_until_ms(Whose::Staff, &self.settings, now_ms)
    }

    /// When a [`crate::Input::Tick`] is wanted if nothing else comes before, in the time of [`crate::Now::mono_ms`];
    /// never before the next millisecond. `None` = nothing changes by itself, as on the idle screen.
    #[must_use]
    pub fn wake_ms(&self) -> Option<u64> {
        let now_ms = self.now.mono_ms;
        let of_state = match &self.state {
            State::Finished { until_ms, .. } | State::TimedOut { until_ms, .. } => Some(*until_ms),
            State::Idle => self.left_open_until_ms().into_iter().chain(self.stick_until_ms()).min(),
            State::Identify(_) | State::Visit(_) | State::Returns(_) | State::Staff => {
                Some(self.session_wake_ms())
            }
            State::StaffPin { .. } => {
                let locked = self.staff_locked_until_ms(now_ms).map(|until_ms| next_second(until_ms, now_ms));
                locked.into_iter().chain([self.session_wake_ms()]).min()
            }
        };
        let of_refusal = self.refused.as_ref().map(|refused| refused.until_ms);
        let of_parked = self.parked.as_ref().map(|parked| parked.until_ms);
        [of_state, of_refusal, of_parked, self.faults.wake_ms()]
            .into_iter()
            .flatten()
            .min()
            .map(|wake_ms| wake_ms.max(now_ms.saturating_add(1)))
    }

    /// The beginning of the warning, then each of its seconds.
    fn session_wake_ms(&self) -> u64 {
        let now_ms = self.now.mono_ms;
        if now_ms < self.warning_from_ms() {
            self.warning_from_ms()
        } else {
            next_second(self.deadline_ms(), now_ms)
        }
    }
}

/// Whole seconds, begun ones included.
pub(super) fn seconds_until(until_ms: u64, now_ms: u64) -> u64 {
    until_ms.saturating_sub(now_ms).div_ceil(1_000)
}

/// When a count-down to `until_ms` next shows another number.
fn next_second(until_ms: u64, now_ms: u64) -> u64 {
    until_ms.saturating_sub(seconds_until(until_ms, now_ms).saturating_sub(1).saturating_mul(1_000))
}
