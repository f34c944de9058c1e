//! The time at which certificates are checked. A small computer without a battery-backed clock wakes up in 1970, where
//! every certificate is "not valid yet"; but the station knows a time before which it cannot be.

use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A time before which it cannot be, shared between the station, which raises it, and the link, which reads it.
#[derive(Debug, Clone)]
pub struct TimeFloor {
    floor_s: Arc<AtomicI64>,
    system_s: fn() -> i64,
}

impl TimeFloor {
    /// A floor in seconds since 1970, over the system's clock.
    pub fn new(floor_s: i64) -> TimeFloor {
        TimeFloor::over(floor_s, system_s)
    }

    /// A floor over another clock, which gives seconds since 1970.
    pub fn over(floor_s: i64, system_s: fn() -> i64) -> TimeFloor {
        TimeFloor { floor_s: Arc::new(AtomicI64::new(floor_s)), system_s }
    }

    /// It is at least this late, in seconds since 1970. Never lowers the floor.
    pub fn raise(&self, to_s: i64) {
        self.floor_s.fetch_max(to_s, Ordering::Relaxed);
    }

    /// The later of the floor and the clock, in seconds since 1970.
    pub fn now_s(&self) -> i64 {
        self.floor_s.load(Ordering::Relaxed).max((self.system_s)())
    }
}

impl TimeProvider for TimeFloor {
    fn current_time(&self) -> Option<UnixTime> {
        u64::try_from(self.now_s()).ok().map(|s| UnixTime::since_unix_epoch(Duration::from_secs(s)))
    }
}

fn system_s() -> i64 {
    // A clock before 1970 is as good as one at 1970: the floor decides.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_counts() {
        let floor = TimeFloor::over(1_000, || 500);
        assert_eq!(floor.now_s(), 1_000);
        floor.clone().raise(2_000);
        assert_eq!(floor.now_s(), 2_000);
        floor.raise(1_500);
        assert_eq!(floor.now_s(), 2_000);
        assert_eq!(TimeFloor::over(1_000, || 3_000).now_s(), 3_000);
        assert!(TimeFloor::new(0).now_s() > 1_700_000_000);
    }
}
