//! When the station copies what it remembers: once a day, in a moment when nobody is there.

use super::station::Station;

/// A copy is good for so long, in seconds.
const GOOD_S: i64 = 24 * 3_600;

/// After a start the station has other things to do, in milliseconds.
pub(super) const AFTER_START_MS: u64 = 10 * 60_000;

/// When to look again, whatever came out, in milliseconds.
const AGAIN_MS: u64 = 3_600_000;

impl Station {
    /// Makes the day's copy, if it is due. Nobody is at the desk.
    pub(super) fn copy_if_due(&mut self) {
        let now = self.clock.now();
        if now.mono_ms < self.copy_after_ms {
            return;
        }
        self.copy_after_ms = now.mono_ms.saturating_add(AGAIN_MS);
        if !is_due(self.journal.copied_s(), now.wall_s) {
            return;
        }
        match self.journal.backup(now.wall_s) {
            Ok(()) => tracing::info!("the journal and the state were copied"),
            Err(error) => {
                tracing::warn!(%error, "no copy of the journal could be made; the older ones stay");
            }
        }
    }
}

/// Whether the newest copy is too old, or from a time that the clock has not reached: then nobody knows how old it is.
fn is_due(copied_s: Option<i64>, now_s: i64) -> bool {
    copied_s.is_none_or(|copied_s| !(0..GOOD_S).contains(&now_s.saturating_sub(copied_s)))
}

#[cfg(test)]
mod tests {
    use super::is_due;

    #[test]
    fn a_copy_a_day() {
        let noon_s = 1_788_253_200;
        assert!(is_due(None, noon_s));
        assert!(!is_due(Some(noon_s), noon_s));
        assert!(!is_due(Some(noon_s - 86_399), noon_s));
        assert!(is_due(Some(noon_s - 86_400), noon_s));
        assert!(is_due(Some(noon_s + 1), noon_s), "the clock was set back");
    }
}
