//! Whether the station moves. Pure: parts report, time is a parameter.
//!
//! Invariant: the watchdog is fed only if every part has moved within the limit. One that stands still is named.

use std::fmt;

/// A part of the station that must not stand still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The thread that decides.
    Desk,
    /// What the station remembers: it can be read.
    Journal,
    /// The readers' threads.
    Readers,
    /// The screen's socket: a screen could connect, or is there.
    Screens,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 4] = [Part::Desk, Part::Journal, Part::Readers, Part::Screens];
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Desk => "the desk",
            Part::Journal => "the journal",
            Part::Readers => "the readers",
            Part::Screens => "the screen's socket",
        })
    }
}

/// When each part moved last.
#[derive(Debug, Clone)]
pub struct Pulse {
    limit_ms: u64,
    moved_ms: [u64; Part::ALL.len()],
}

impl Pulse {
    /// Every part counts as moving now; one that has not moved for longer than `limit_ms` stands still.
    #[must_use]
    pub fn new(limit_ms: u64, now_ms: u64) -> Pulse {
        Pulse { limit_ms, moved_ms: [now_ms; Part::ALL.len()] }
    }

    /// A part has moved.
    pub fn moved(&mut self, part: Part, now_ms: u64) {
        self.moved_ms[part as usize] = now_ms;
    }

    /// The parts that stand still; none = the watchdog may be fed.
    #[must_use]
    pub fn still(&self, now_ms: u64) -> Vec<Part> {
        let still = |part: &Part| now_ms.saturating_sub(self.moved_ms[*part as usize]) > self.limit_ms;
        Part::ALL.into_iter().filter(still).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_that_stands_still_is_enough() {
        let mut pulse = Pulse::new(1_000, 5_000);
        assert_eq!(pulse.still(6_000), []);
        assert_eq!(pulse.still(6_001), Part::ALL);
        for stuck in Part::ALL {
            let mut now_ms = 6_000;
            while now_ms < 20_000 {
                Part::ALL
                    .into_iter()
                    .filter(|part| *part != stuck)
                    .for_each(|part| pulse.moved(part, now_ms));
                now_ms += 500;
            }
            assert_eq!(pulse.still(now_ms), [stuck]);
            pulse.moved(stuck, now_ms);
            assert_eq!(pulse.still(now_ms), []);
            pulse = Pulse::new(1_000, 5_000);
        }
    }

    #[test]
    fn time_that_stands_still_or_runs_back_kills_nobody() {
        let pulse = Pulse::new(1_000, 5_000);
        assert_eq!(pulse.still(0), []);
        assert_eq!(pulse.still(5_000), []);
    }
}
