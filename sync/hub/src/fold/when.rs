//! When an event happened, from a station's clocks and from what the region knows of them.

use exchange::{ClockSample, ClockTrust, Stamp};
use std::collections::BTreeMap;

/// A moment with its bounds, in seconds since 1970 by the region's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The best guess.
    pub at_s: i64,
    /// Not earlier than this.
    pub lo_s: i64,
    /// Not later than this.
    pub hi_s: i64,
}

/// How far a clock set from the network may be off, in seconds.
const SYNCED_SPREAD_S: i64 = 30;
/// How far a battery-backed clock may have drifted, in seconds.
const RTC_SPREAD_S: i64 = 300;
/// Readings are rounded up to this many seconds, so that the jitter of a link does not move events about.
const READING_GRID_S: i64 = 10;

impl When {
    /// Whether it cannot be said which of the two came first.
    pub fn overlaps(self, other: When) -> bool {
        self.lo_s <= other.hi_s && other.lo_s <= self.hi_s
    }
}

/// What the region knows of the starts of a station in one epoch: for each, the latest time at which it can have
/// happened. A message is never received before it was sent, so each contact bounds the start from above; the lowest
/// bound stands. Taking the least is what makes the order of contacts irrelevant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BootReadings {
    start_by_s: BTreeMap<u32, i64>,
}

impl BootReadings {
    /// From what was kept: (boot, latest start in seconds since 1970).
    pub fn from_kept(kept: impl IntoIterator<Item = (u32, i64)>) -> BootReadings {
        BootReadings { start_by_s: kept.into_iter().collect() }
    }

    /// Takes in a contact at the region's time `now_s`. Gives the boot's new bound if it has moved.
    pub fn note(&mut self, sample: &ClockSample, now_s: i64) -> Option<i64> {
        let mono_s = i64::try_from(sample.mono_s).unwrap_or(i64::MAX);
        let start = now_s.saturating_sub(mono_s);
        let start = start.saturating_add(start.checked_neg().unwrap_or(0).rem_euclid(READING_GRID_S));
        match self.start_by_s.get(&sample.boot) {
            Some(known) if *known <= start => None,
            Some(_) | None => {
                self.start_by_s.insert(sample.boot, start);
                Some(start)
            }
        }
    }

    /// When an event with this stamp happened.
    pub fn when(&self, stamp: &Stamp) -> When {
        let mono_s = i64::try_from(stamp.mono_s).unwrap_or(i64::MAX);
        let own = self.start_by_s.get(&stamp.boot).map(|start| start.saturating_add(mono_s));
        let later = stamp
            .boot
            .checked_add(1)
            .and_then(|next| self.start_by_s.range(next..).map(|(_, start)| *start).min());
        let latest = own.into_iter().chain(later).min().unwrap_or(i64::MAX);
        let spread_s = match stamp.trust {
            ClockTrust::Synced => SYNCED_SPREAD_S,
            ClockTrust::Rtc => RTC_SPREAD_S,
            ClockTrust::Guessed => {
                let at_s = own.unwrap_or(stamp.wall_s).min(latest);
                return When { at_s, lo_s: stamp.wall_s.min(at_s), hi_s: latest };
            }
        };
        let at_s = stamp.wall_s.min(latest);
        When { at_s, lo_s: at_s.saturating_sub(spread_s), hi_s: at_s.saturating_add(spread_s) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(wall_s: i64, boot: u32, mono_s: u64, trust: ClockTrust) -> Stamp {
        Stamp { wall_s, boot, mono_s, trust }
    }

    #[test]
    fn a_guessed_clock_is_corrected_by_the_contact_of_its_own_start() {
        let mut readings = BootReadings::default();
        let sample = ClockSample { wall_s: 500, boot: 3, mono_s: 100, trust: ClockTrust::Guessed };
        assert_eq!(readings.note(&sample, 10_100), Some(10_000));
        let when = readings.when(&stamp(450, 3, 50, ClockTrust::Guessed));
        assert_eq!(when, When { at_s: 10_050, lo_s: 450, hi_s: 10_050 });
    }

    #[test]
    fn a_guessed_clock_of_an_earlier_start_is_bounded_by_the_next_one() {
        let readings = BootReadings::from_kept([(4, 10_000)]);
        let when = readings.when(&stamp(450, 3, 50, ClockTrust::Guessed));
        assert_eq!(when, When { at_s: 450, lo_s: 450, hi_s: 10_000 });
    }

    #[test]
    fn a_clock_ahead_of_the_region_is_pulled_back() {
        let readings = BootReadings::from_kept([(1, 1_000)]);
        assert_eq!(readings.when(&stamp(99_999, 1, 10, ClockTrust::Synced)).at_s, 1_010);
    }

    #[test]
    fn the_least_reading_stands_whatever_the_order() {
        let early = ClockSample { wall_s: 0, boot: 1, mono_s: 10, trust: ClockTrust::Synced };
        let mut one = BootReadings::default();
        let mut other = BootReadings::default();
        one.note(&early, 1_010);
        one.note(&early, 1_500);
        other.note(&early, 1_500);
        other.note(&early, 1_010);
        assert_eq!(one, other);
    }

    #[test]
    fn hostile_stamps_do_not_overflow() {
        let mut readings = BootReadings::default();
        let sample =
            ClockSample { wall_s: i64::MIN, boot: u32::MAX, mono_s: u64::MAX, trust: ClockTrust::Rtc };
        readings.note(&sample, i64::MIN + 1);
        readings.note(&sample, i64::MAX);
        for trust in [ClockTrust::Guessed, ClockTrust::Rtc, ClockTrust::Synced] {
            for wall_s in [i64::MIN, i64::MAX] {
                let when = readings.when(&stamp(wall_s, u32::MAX, u64::MAX, trust));
                assert!(when.lo_s <= when.hi_s);
            }
        }
    }
}
