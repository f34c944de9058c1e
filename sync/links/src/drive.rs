//! The loop of a station's thread: wait as long as the caller says, or until something is told; call; tell how it went.

use crate::{Call, CallFault, Caller, Keys, Link, Outbox, Pace, Step, Taken, round};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// What the rest of the station tells the thread that calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nudge {
    /// Something was written to the journal.
    Recorded,
    /// Something waits that should go out soon: a hold, a review.
    Urgent,
    /// The link just came up, or a person asks.
    Hurry,
}

/// Calls until the sender of `nudges` is dropped. `random` gives 64 random bits; `told` hears how each call went.
///
/// ```no_run
/// # use links::*;
/// # fn start<O: Outbox + Send + 'static>(mut outbox: O, mut link: Https, keys: Keys, random: fn() -> u64)
/// # -> std::sync::mpsc::Sender<Nudge> {
/// let (nudge, nudges) = std::sync::mpsc::channel();
/// std::thread::spawn(move || {
///     drive(Pace::default(), &mut link, &mut outbox, &keys, &nudges, random, |call, result| match result {
///         Ok(taken) => tracing::info!(?call, ?taken, "the region answered"),
///         Err(fault) => tracing::warn!(?call, %fault, "no answer"),
///     })
/// });
/// nudge // send(Nudge::Recorded) after each commit; drop it to stop
/// # }
/// ```
pub fn drive<O: Outbox>(
    pace: Pace,
    link: &mut impl Link,
    outbox: &mut O,
    keys: &Keys,
    nudges: &Receiver<Nudge>,
    mut random: impl FnMut() -> u64,
    mut told: impl FnMut(&Call, &Result<Taken, CallFault<O::Fault>>),
) {
    let start = Instant::now();
    let now_ms = || u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut caller = Caller::new(pace);
    loop {
        // An outbox that cannot even be asked is asked again by the call, whose fault is told.
        if let Ok(waiting) = outbox.waiting() {
            caller.waiting(waiting);
        }
        let patience = match caller.next(now_ms()) {
            Step::Wait { until_ms } => Duration::from_millis(until_ms.saturating_sub(now_ms())),
            Step::Call(call) => {
                let result = round(link, outbox, keys, &call);
                told(&call, &result);
                match result {
                    Ok(taken) => caller.answered(now_ms(), random(), &call, taken),
                    Err(fault) => caller.failed(now_ms(), random(), &call, fault.reached()),
                }
                Duration::ZERO
            }
        };
        match nudges.recv_timeout(patience) {
            Ok(Nudge::Recorded) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Nudge::Urgent) => caller.urgent(),
            Ok(Nudge::Hurry) => caller.hurry(now_ms()),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
