//! The shell: a thread that looks at the pin.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use embedded_hal::digital::InputPin;
use serde::Deserialize;

use super::fail::{PowerEvent, PowerFail};
use crate::board::{self, Backend, BoardError, PinConfig};

/// Between two looks at the pin.
const LOOK: Duration = Duration::from_millis(20);

/// A pin that says that the supply fails, as the board of a battery or a large capacitor has one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PowerConfig {
    /// Which way the board is reached.
    #[serde(default)]
    pub backend: Backend,
    /// The pin.
    pub fail: PinConfig,
    /// Whether it is low while the supply fails.
    #[serde(default)]
    pub active_low: bool,
}

/// Why the supply cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum PowerError {
    /// The pin.
    #[error(transparent)]
    Pin(#[from] BoardError),
    /// The system gave no thread.
    #[error("cannot watch the supply: {0}")]
    System(#[from] io::Error),
}

/// The running watch. Dropping it stops it.
#[derive(Debug)]
pub struct PowerWatch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for PowerWatch {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the supply's thread ended in a panic");
        }
    }
}

/// Watches the pin and sends what happens.
///
/// # Errors
/// [`PowerError`].
pub fn start<T>(config: &PowerConfig, events: SyncSender<T>) -> Result<PowerWatch, PowerError>
where
    T: From<PowerEvent> + Send + 'static,
{
    let pin = board::open_input(config.backend, &config.fail)?;
    let active_low = config.active_low;
    let (stop, stopped) = channel();
    let body = move || watch(pin, active_low, &stopped, &events);
    let thread = thread::Builder::new().name("power".into()).spawn(body)?;
    Ok(PowerWatch { stop: Some(stop), thread: Some(thread) })
}

fn watch<T: From<PowerEvent>>(
    mut pin: impl InputPin,
    active_low: bool,
    stopped: &Receiver<()>,
    events: &SyncSender<T>,
) {
    let began = Instant::now();
    let mut power = PowerFail::default();
    let mut said = false;
    while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        match pin.is_high() {
            Ok(high) => {
                let now_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                if let Some(event) = power.look(high != active_low, now_ms)
                    && events.try_send(T::from(event)).is_err()
                {
                    tracing::error!("nobody took the word that the supply changed");
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut said, true) {
                    tracing::warn!(?error, "the pin of the supply cannot be read");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::sync_channel;

    use super::*;

    struct Pin(Arc<AtomicBool>);

    impl embedded_hal::digital::ErrorType for Pin {
        type Error = Infallible;
    }

    impl InputPin for Pin {
        fn is_high(&mut self) -> Result<bool, Infallible> {
            Ok(self.0.load(Ordering::Relaxed))
        }

        fn is_low(&mut self) -> Result<bool, Infallible> {
            self.is_high().map(|high| !high)
        }
    }

    #[test]
    fn the_pin_is_watched_until_nobody_wants_to_know() {
        let level = Arc::new(AtomicBool::new(true));
        let (events, heard) = sync_channel::<PowerEvent>(4);
        let (stop, stopped) = channel();
        let pin = Pin(Arc::clone(&level));
        let watching = thread::spawn(move || watch(pin, true, &stopped, &events));
        level.store(false, Ordering::Relaxed);
        assert_eq!(heard.recv_timeout(Duration::from_secs(10)), Ok(PowerEvent::Failing));
        level.store(true, Ordering::Relaxed);
        assert_eq!(heard.recv_timeout(Duration::from_secs(10)), Ok(PowerEvent::Restored));
        drop(stop);
        watching.join().unwrap();
    }
}
