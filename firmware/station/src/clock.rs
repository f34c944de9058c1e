//! The station's clocks: one that never goes back, and one that people set. The pure half decides about jumps.

use desk::Now;
use exchange::{ClockSample, ClockTrust, Day, Stamp};
use hardware::power::WallClock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A jump of the wall clock against the steady one of this much is written down.
const JUMP_S: i64 = 5;

/// Where the times come from.
pub trait TimeSource: std::fmt::Debug {
    /// Milliseconds since the program started. Never goes back.
    fn mono_ms(&self) -> u64;

    /// Seconds since 1970, whatever they are worth.
    fn wall_s(&self) -> i64;
}

/// The machine's own clocks.
#[derive(Debug)]
pub struct Machine {
    start: Instant,
}

impl Machine {
    /// The program starts now.
    pub fn start() -> Machine {
        Machine { start: Instant::now() }
    }
}

impl TimeSource for Machine {
    fn mono_ms(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    fn wall_s(&self) -> i64 {
        system_wall_s()
    }
}

/// Reads the station's clocks.
#[derive(Debug)]
pub struct Clock<S = Machine> {
    source: S,
    boot: u32,
    zone: jiff::tz::TimeZone,
    /// Wall minus steady time, seconds, at the last look.
    offset_s: i64,
    /// Never earlier than this, as wall minus steady time: from the newest time the journal has seen, or, where the
    /// machine has lost its clock altogether, from the region's answer. So a lost clock at least goes on.
    bound_offset_s: i64,
    /// Whether the region's time agreed with ours at the last contact of this start.
    synced: bool,
    /// What the machine's clock rests on, as far as it was last looked.
    rests_on: WallClock,
}

/// The wall clock was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// What it would have said.
    pub from_s: i64,
    /// What it says.
    pub to_s: i64,
}

impl Clock {
    /// Starts with the boot number and the newest time the journal knows.
    pub fn start(boot: u32, lower_bound_s: i64, rests_on: WallClock) -> Clock {
        Clock::start_by(Machine::start(), boot, lower_bound_s, rests_on)
    }
}

impl<S: TimeSource> Clock<S> {
    /// As [`Clock::start`], by these clocks.
    pub fn start_by(source: S, boot: u32, lower_bound_s: i64, rests_on: WallClock) -> Clock<S> {
        let mut clock = Clock {
            source,
            boot,
            zone: jiff::tz::TimeZone::UTC,
            offset_s: 0,
            bound_offset_s: lower_bound_s,
            synced: false,
            rests_on,
        };
        clock.offset_s = clock.source.wall_s() - clock.mono_s();
        clock
    }

    /// Uses the school's zone; an unknown name is kept out and reported.
    ///
    /// # Errors
    /// The name is in no zone table.
    pub fn set_zone(&mut self, name: &str) -> Result<(), jiff::Error> {
        self.zone = jiff::tz::TimeZone::get(name)?;
        Ok(())
    }

    /// The time now, for the desk.
    pub fn now(&self) -> Now {
        let wall_s = self.wall_s();
        Now { mono_ms: self.source.mono_ms(), wall_s, today: day_in(&self.zone, wall_s) }
    }

    /// Date and time in the school's zone, as people write them: `24.11.2026 14:05`.
    pub fn written(&self) -> String {
        let time = jiff::Timestamp::from_second(self.wall_s()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        self.zone.to_datetime(time).strftime("%d.%m.%Y %H:%M").to_string()
    }

    /// The time now, for an event or a message.
    pub fn sample(&self) -> ClockSample {
        let behind = self.source.wall_s() < self.bound_s();
        let trust = trust(behind, self.synced, self.rests_on);
        ClockSample { wall_s: self.wall_s(), boot: self.boot, mono_s: self.mono_s() as u64, trust }
    }

    /// The time now, for an event.
    pub fn stamp(&self) -> Stamp {
        let ClockSample { wall_s, boot, mono_s, trust } = self.sample();
        Stamp { wall_s, boot, mono_s, trust }
    }

    /// Whether the wall clock was set since the last look.
    pub fn look_for_jump(&mut self) -> Option<Jump> {
        let (wall_s, mono_s) = (self.source.wall_s(), self.mono_s());
        let jump = jump(self.offset_s, wall_s, mono_s)?;
        self.offset_s = wall_s - mono_s;
        self.synced = false;
        Some(jump)
    }

    /// The machine's clock rests on something else now: a time service has been heard.
    pub fn rest_on(&mut self, rests_on: WallClock) {
        self.rests_on = rests_on;
    }

    /// The region said what time it is. Believed only where this machine has no time of its own.
    pub fn compare_with_region(&mut self, region_s: i64) {
        self.synced = (self.source.wall_s() - region_s).abs() <= 120;
        if self.source.wall_s() < self.bound_s() && region_s > self.bound_s() {
            self.bound_offset_s = region_s - self.mono_s();
        }
    }

    fn wall_s(&self) -> i64 {
        self.source.wall_s().max(self.bound_s())
    }

    fn bound_s(&self) -> i64 {
        self.bound_offset_s + self.mono_s()
    }

    fn mono_s(&self) -> i64 {
        (self.source.mono_ms() / 1_000).cast_signed()
    }
}

/// `behind`: the machine's clock is behind what is known. `synced`: the region's time agreed.
fn trust(behind: bool, synced: bool, rests_on: WallClock) -> ClockTrust {
    match (behind, synced, rests_on) {
        (true, _, _) => ClockTrust::Guessed,
        (false, true, _) | (false, false, WallClock::Network) => ClockTrust::Synced,
        (false, false, WallClock::Battery) => ClockTrust::Rtc,
        (false, false, WallClock::Lost) => ClockTrust::Guessed,
    }
}

fn jump(offset_s: i64, wall_s: i64, mono_s: i64) -> Option<Jump> {
    let from_s = mono_s + offset_s;
    ((wall_s - from_s).abs() > JUMP_S).then_some(Jump { from_s, to_s: wall_s })
}

fn day_in(zone: &jiff::tz::TimeZone, wall_s: i64) -> Day {
    let date =
        zone.to_datetime(jiff::Timestamp::from_second(wall_s).unwrap_or(jiff::Timestamp::UNIX_EPOCH)).date();
    Day::from_ymd(date.year(), date.month(), date.day()).unwrap_or_default()
}

/// Seconds since 1970 by the system's clock, which may be wrong.
pub fn system_wall_s() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_drift_is_no_jump() {
        assert_eq!(jump(1_000, 1_013, 10), None);
        assert_eq!(jump(1_000, 1_500, 10), Some(Jump { from_s: 1_010, to_s: 1_500 }));
        assert_eq!(jump(1_000, 5, 10), Some(Jump { from_s: 1_010, to_s: 5 }));
    }

    #[test]
    fn a_clock_without_battery_or_network_is_a_guess() {
        assert_eq!(trust(false, false, WallClock::Lost), ClockTrust::Guessed);
        assert_eq!(trust(false, false, WallClock::Battery), ClockTrust::Rtc);
        assert_eq!(trust(false, false, WallClock::Network), ClockTrust::Synced);
        assert_eq!(trust(false, true, WallClock::Lost), ClockTrust::Synced);
        // A battery that is empty, and a service that is wrong: what is known already is later.
        assert_eq!(trust(true, true, WallClock::Network), ClockTrust::Guessed);
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_school() {
        let almaty = jiff::tz::TimeZone::get("Asia/Almaty").unwrap();
        let evening_utc = 1_788_202_800; // 2026-08-31T19:00:00Z = 2026-09-01T00:00 in Almaty (UTC+5)
        assert_eq!(day_in(&almaty, evening_utc).ymd(), (2026, 9, 1));
        assert_eq!(day_in(&almaty, evening_utc - 1).ymd(), (2026, 8, 31));
    }
}
