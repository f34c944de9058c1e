//! How far the system's clock is to be believed, as the kernel and the time service tell it.

use std::path::Path;

use super::health::read;

/// Times before this were never right: 2026-01-01T00:00:00Z.
const EARLIEST_S: i64 = 1_767_225_600;

/// What the system's clock rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WallClock {
    /// A time service has set it since the start.
    Network,
    /// It was set at the start from a clock with a battery that has not stopped.
    Battery,
    /// Nothing: it goes on from the last time that was written down, or from nowhere.
    Lost,
}

/// Looks below `sys` and `run`, which are `/sys` and `/run` on a running system.
///
/// A battery-backed clock counts where the kernel set the system's clock by it (`hctosys`), and where it tells a time that
/// can be: the kernel gives none for a DS3231 whose oscillator has stopped, and a Raspberry Pi 5 without a battery starts
/// in 1970. `systemd-timesyncd` keeps a file where it has heard from the network.
#[must_use]
pub fn wall_clock(sys: &Path, run: &Path) -> WallClock {
    if run.join("systemd/timesync/synchronized").exists() {
        return WallClock::Network;
    }
    let clocks = std::fs::read_dir(sys.join("class/rtc")).into_iter().flatten().flatten();
    let believed = |clock: std::fs::DirEntry| {
        let told = |name: &str| read(&clock.path().join(name));
        let since_s = told("since_epoch").and_then(|text| text.parse::<i64>().ok());
        told("hctosys").as_deref() == Some("1") && since_s.is_some_and(|since_s| since_s >= EARLIEST_S)
    };
    if clocks.take(8).any(believed) { WallClock::Battery } else { WallClock::Lost }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_clock_is_believed_for_what_it_rests_on() {
        let root = tempfile::tempdir().unwrap();
        let (sys, run) = (root.path().join("sys"), root.path().join("run"));
        let look = || wall_clock(&sys, &run);
        assert_eq!(look(), WallClock::Lost);
        let rtc = sys.join("class/rtc/rtc0");
        fs::create_dir_all(&rtc).unwrap();
        assert_eq!(look(), WallClock::Lost, "a clock that tells nothing");
        for (set_by_it, since_s, believed) in [
            ("1", "1795500000", WallClock::Battery),
            ("0", "1795500000", WallClock::Lost),
            ("1", "86400", WallClock::Lost),
            ("1", "", WallClock::Lost),
            ("1", "99999999999999999999999", WallClock::Lost),
        ] {
            fs::write(rtc.join("hctosys"), format!("{set_by_it}\n")).unwrap();
            fs::write(rtc.join("since_epoch"), format!("{since_s}\n")).unwrap();
            assert_eq!(look(), believed, "{set_by_it} {since_s}");
        }
        fs::create_dir_all(run.join("systemd/timesync")).unwrap();
        fs::write(run.join("systemd/timesync/synchronized"), "").unwrap();
        assert_eq!(look(), WallClock::Network);
    }
}
