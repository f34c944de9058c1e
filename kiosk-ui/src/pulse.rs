//! The screen's sign of life to systemd: told from the thread that draws, so that a picture that stands still is noticed.
//!
//! Invariants:
//! - `READY` is told after the first picture was drawn, `WATCHDOG` afterwards, both by timers of the drawing thread and by no other.
//! - Without systemd (a desk, a test) nothing is told, and no timer runs.

use sd_notify::NotifyState;
use slint::{Timer, TimerMode};
use std::rc::Rc;
use std::time::Duration;

/// How much oftener than asked for the watchdog is fed.
const TIMES_OFTENER: u32 = 3;

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beat {
    /// The first picture is drawn.
    Ready,
    /// The drawing thread is still moving.
    Alive,
}

/// Beats as long as it is kept and the drawing thread moves.
pub(crate) struct Pulse {
    _timers: Vec<Timer>,
}

impl Pulse {
    /// Starts the pulse that systemd asked for, if it did.
    pub(crate) fn for_systemd() -> Pulse {
        if std::env::var_os("NOTIFY_SOCKET").is_none() {
            return Pulse { _timers: Vec::new() };
        }
        Pulse::start(sd_notify::watchdog_enabled(), Rc::new(tell))
    }

    /// Beats [`Beat::Ready`] in the second round of the event loop: the first one draws. Then [`Beat::Alive`], so often
    /// that `watchdog` never passes without one.
    fn start(watchdog: Option<Duration>, tell: Rc<dyn Fn(Beat)>) -> Pulse {
        let first = Timer::default();
        let ready = Rc::clone(&tell);
        first.start(TimerMode::SingleShot, Duration::ZERO, move || {
            let ready = Rc::clone(&ready);
            Timer::single_shot(Duration::from_millis(1), move || ready(Beat::Ready));
        });
        let mut timers = vec![first];
        if let Some(watchdog) = watchdog {
            let alive = Timer::default();
            alive.start(TimerMode::Repeated, watchdog / TIMES_OFTENER, move || tell(Beat::Alive));
            timers.push(alive);
        }
        Pulse { _timers: timers }
    }
}

fn tell(beat: Beat) {
    let told = match beat {
        Beat::Ready => sd_notify::notify(&[NotifyState::Ready, NotifyState::Status("the screen is shown")]),
        Beat::Alive => sd_notify::notify(&[NotifyState::Watchdog]),
    };
    if let Err(error) = told {
        tracing::warn!(%error, "systemd could not be told that the screen is alive");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// Counts (ready, alive) after so many seconds of the drawing thread's time.
    fn beats(watchdog: Option<Duration>, seconds: u64) -> (usize, usize) {
        let heard = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&heard);
        let pulse = Pulse::start(watchdog, Rc::new(move |beat| sink.borrow_mut().push(beat)));
        for _ in 0..seconds * 100 {
            i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(10));
        }
        drop(pulse);
        // Nothing beats after the pulse is dropped.
        i_slint_backend_testing::mock_elapsed_time(Duration::from_secs(60));
        let heard = heard.borrow();
        let count = |wanted| heard.iter().filter(|beat| **beat == wanted).count();
        assert_eq!(heard.first(), Some(&Beat::Ready));
        (count(Beat::Ready), count(Beat::Alive))
    }

    #[test]
    fn it_is_ready_once_and_alive_oftener_than_asked_for() {
        i_slint_backend_testing::init_no_event_loop();
        assert_eq!(beats(Some(Duration::from_secs(9)), 18), (1, 6));
        assert_eq!(beats(None, 18), (1, 0));
    }
}
