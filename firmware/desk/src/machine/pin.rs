//! PINs: the digits while they are entered, and how often a wrong one was.

use crate::Settings;
use exchange::PatronId;
use std::fmt;

/// The fewest digits of a PIN.
const DIGITS_MIN: usize = 4;
/// The most digits of a PIN.
const DIGITS_MAX: usize = 6;
/// The most people whose wrong tries are remembered.
pub(super) const TRIES_MAX: usize = 4_096;

/// Digits entered so far. `Debug` shows their number only.
#[derive(Clone, Default)]
pub(super) struct Digits(String);

impl Digits {
    /// Adds a digit from 0 to 9, if there is room.
    pub fn push(&mut self, digit: u8) {
        if let Some(digit) = char::from_digit(digit.into(), 10).filter(|_| self.0.len() < DIGITS_MAX) {
            self.0.push(digit);
        }
    }

    pub fn pop(&mut self) {
        self.0.pop();
    }

    pub fn count(&self) -> u8 {
        u8::try_from(self.0.len()).unwrap_or(u8::MAX)
    }

    /// The PIN, which is then no longer here; `None` as long as it is too short to be one.
    pub fn take_complete(&mut self) -> Option<String> {
        (self.0.len() >= DIGITS_MIN).then(|| std::mem::take(&mut self.0))
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({})", self.0.len())
    }
}

/// Whose PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Patron(PatronId),
    Staff,
}

/// Wrong tries, the oldest first. They are forgotten after a right one, or the time of the lock after the last.
#[derive(Debug, Clone, Default)]
pub(super) struct Tries(Vec<Wrong>);

#[derive(Debug, Clone)]
struct Wrong {
    whose: Whose,
    count: u8,
    until_ms: u64,
}

impl Tries {
    /// Until when no PIN is taken; `None` = one is.
    pub fn locked_until_ms(&self, whose: Whose, settings: &Settings, now_ms: u64) -> Option<u64> {
        self.0
            .iter()
            .find(|wrong| wrong.whose == whose && wrong.until_ms > now_ms)
            .filter(|wrong| wrong.count >= settings.pin_tries)
            .map(|wrong| wrong.until_ms)
    }

    pub fn wrong(&mut self, whose: Whose, settings: &Settings, now_ms: u64) {
        self.expire(now_ms);
        let before = self.0.iter().position(|wrong| wrong.whose == whose).map(|at| self.0.remove(at));
        if self.0.len() >= TRIES_MAX {
            self.0.remove(0);
        }
        let count = before.map_or(0, |wrong| wrong.count).saturating_add(1);
        self.0.push(Wrong { whose, count, until_ms: now_ms.saturating_add(settings.pin_lock_ms) });
    }

    pub fn right(&mut self, whose: Whose) {
        self.0.retain(|wrong| wrong.whose != whose);
    }

    pub fn expire(&mut self, now_ms: u64) {
        self.0.retain(|wrong| wrong.until_ms > now_ms);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}
