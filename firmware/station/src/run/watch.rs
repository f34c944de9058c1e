//! The station's sign of life to systemd: `READY` when it lends, `WATCHDOG` while every part moves, `STATUS` in words.
//!
//! A thread of its own asks the loop; whatever the loop cannot answer in time stands still, and systemd starts the station
//! anew. Without systemd there is no thread and nothing is told.

use super::Happening;
use super::station::Station;
use crate::pulse::{Part, Pulse};
use anyhow::Context;
use sd_notify::NotifyState;
use std::sync::mpsc::{RecvTimeoutError, Sender, SyncSender, channel};
use std::time::{Duration, Instant};

/// How often the words are told where nobody asked for a watchdog.
const WITHOUT_WATCHDOG: Duration = Duration::from_secs(30);

/// What the loop answers.
#[derive(Debug)]
pub struct Moves {
    parts: Vec<Part>,
    words: String,
}

impl Station {
    /// What moves, as far as the loop can see; that it answers is its own part.
    pub(super) fn moves(&self) -> Moves {
        let journal = self.journal.outbox().head;
        let parts = [
            (Part::Desk, true),
            (Part::Journal, self.journal.events(journal, 1).is_ok()),
            (Part::Readers, self.barcode_readers.as_ref().is_none_or(hardware::barcode::Readers::go_on)),
            (Part::Screens, self.screens_listen()),
        ];
        let parts = parts.into_iter().filter(|(_, moves)| *moves).map(|(part, _)| part).collect();
        Moves { parts, words: self.words() }
    }

    /// What the unit's status says.
    fn words(&self) -> String {
        let (present, expected) = self.readers();
        let outbox = self.journal.outbox();
        let waiting = outbox.head.0.saturating_sub(outbox.acked.0);
        let code = match &self.calling.code {
            Some(code) => format!("; the region is to approve the code {code}"),
            None => String::new(),
        };
        format!("lends; readers {present} of {expected}; {waiting} events wait for the region{code}")
    }
}

/// Tells systemd, if it listens.
pub fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd could not be told how the station is");
    }
}

/// Whether anybody listens.
#[must_use]
pub fn is_watched() -> bool {
    std::env::var_os("NOTIFY_SOCKET").is_some()
}

/// Says that the station is ready, and goes on telling how it is until the sender it gives is dropped.
///
/// # Errors
/// The system gives no thread.
pub(super) fn start(events: SyncSender<Happening>) -> anyhow::Result<Option<Sender<()>>> {
    if !is_watched() {
        return Ok(None);
    }
    tell(&[NotifyState::Ready]);
    let watchdog = sd_notify::watchdog_enabled();
    let every = watchdog.map_or(WITHOUT_WATCHDOG, |limit| limit / 4);
    let limit = watchdog.map_or(WITHOUT_WATCHDOG * 4, |limit| limit / 2);
    let (stop, stopped) = channel();
    let body = move || {
        let began = Instant::now();
        let now_ms = || u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut pulse = Pulse::new(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX), now_ms());
        loop {
            let (reply, moves) = channel();
            // A queue that is full is a loop that does not take anything from it.
            let asked = events.try_send(Happening::Pulse(reply)).is_ok();
            if asked && let Ok(Moves { parts, words }) = moves.recv_timeout(every) {
                parts.into_iter().for_each(|part| pulse.moved(part, now_ms()));
                tell(&[NotifyState::Status(&words)]);
            }
            match pulse.still(now_ms()).as_slice() {
                [] if watchdog.is_some() => tell(&[NotifyState::Watchdog]),
                [] => {}
                still => {
                    let still: Vec<String> = still.iter().map(Part::to_string).collect();
                    tracing::error!(still = still.join(", "), "the station stands still");
                }
            }
            if stopped.recv_timeout(every) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("watch".into())
        .spawn(body)
        .context("the watch's thread cannot be started")?;
    Ok(Some(stop))
}
