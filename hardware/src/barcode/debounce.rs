//! Dropping the same code when it comes again at once: a reader in presentation mode, or a shaky hand.

use std::collections::VecDeque;
use std::time::Duration;

use super::scan::ScanText;

/// How many different codes are remembered; two labels lying in view together alternate, more are a hand's work.
const REMEMBERED: usize = 8;

/// Suppresses a code that was seen within `window` before. A code that stays in view is suppressed as long as it
/// stays, since the window runs from the last sight of it. Time is any clock that never runs backwards.
#[derive(Debug)]
pub struct Debounce {
    window: Duration,
    seen: VecDeque<(ScanText, Duration)>,
}

impl Debounce {
    /// The window that suits hand-held and presentation readers.
    pub const DEFAULT_WINDOW: Duration = Duration::from_millis(1500);

    /// A debounce with nothing seen yet. A zero window suppresses nothing.
    pub fn new(window: Duration) -> Self {
        Self { window, seen: VecDeque::with_capacity(REMEMBERED) }
    }

    /// Whether `text`, scanned at `now`, is to be acted on.
    pub fn admit(&mut self, text: &ScanText, now: Duration) -> bool {
        let before = self.seen.iter().position(|(seen, _)| seen == text).and_then(|at| self.seen.remove(at));
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back((text.clone(), now));
        before.is_none_or(|(_, last)| now.saturating_sub(last) >= self.window)
    }

    /// Forgets all, for the next person: the same label scanned by somebody else is news.
    pub fn clear(&mut self) {
        self.seen.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn the_window_runs_from_the_last_sight() {
        let mut debounce = Debounce::new(Debounce::DEFAULT_WINDOW);
        let (book, other) =
            (ScanText::new("30234000517861").unwrap(), ScanText::new("33191000105864").unwrap());
        assert!(debounce.admit(&book, at(0)));
        assert!(!debounce.admit(&book, at(1000)));
        assert!(debounce.admit(&other, at(1100)));
        assert!(!debounce.admit(&book, at(2400)));
        assert!(debounce.admit(&book, at(3900)));
        debounce.clear();
        assert!(debounce.admit(&book, at(3901)));
    }

    #[test]
    fn memory_is_bounded_and_a_zero_window_lets_all_pass() {
        let mut debounce = Debounce::new(Duration::ZERO);
        for n in 0..1000 {
            assert!(debounce.admit(&ScanText::new(&format!("{n}")).unwrap(), at(0)));
            assert!(debounce.admit(&ScanText::new(&format!("{n}")).unwrap(), at(0)));
        }
        assert_eq!(debounce.seen.len(), REMEMBERED);
    }
}
