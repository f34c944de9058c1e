//! Whether the supply fails, made steady.

/// What happened to the supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerEvent {
    /// It is gone: there are seconds left.
    Failing,
    /// It is back.
    Restored,
}

/// The pin's looks, made into events. Pure: time comes with each look.
#[derive(Debug, Clone, Default)]
pub struct PowerFail {
    told_failing: bool,
    /// Since when the pin has said other than what was told.
    differs_since_ms: Option<u64>,
}

impl PowerFail {
    /// How long the pin must say the same before it is believed, in ms.
    pub const STEADY_MS: u64 = 60;

    /// Takes a look at the pin.
    pub fn look(&mut self, failing: bool, now_ms: u64) -> Option<PowerEvent> {
        if failing == self.told_failing {
            self.differs_since_ms = None;
            return None;
        }
        let since_ms = *self.differs_since_ms.get_or_insert(now_ms);
        if now_ms.saturating_sub(since_ms) < Self::STEADY_MS {
            return None;
        }
        (self.told_failing, self.differs_since_ms) = (failing, None);
        Some(if failing { PowerEvent::Failing } else { PowerEvent::Restored })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glitch_is_no_power_cut_and_a_cut_is_told_once() {
        let mut power = PowerFail::default();
        for now_ms in (0..1_000).step_by(20) {
            assert_eq!(power.look(now_ms % 40 == 0, now_ms), None, "a pin that flickers");
        }
        let told: Vec<(u64, PowerEvent)> =
            (1_000..2_000).step_by(20).filter_map(|ms| Some((ms, power.look(true, ms)?))).collect();
        assert_eq!(told, [(1_060, PowerEvent::Failing)]);
        let told: Vec<(u64, PowerEvent)> =
            (2_000..3_000).step_by(20).filter_map(|ms| Some((ms, power.look(false, ms)?))).collect();
        assert_eq!(told, [(2_060, PowerEvent::Restored)]);
    }
}
