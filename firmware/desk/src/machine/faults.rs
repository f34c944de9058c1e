//! What keeps the station from lending, and how it comes back by itself.
//!
//! - No reader: until one is there again; whoever is there sees it, and their visit goes on by itself after that.
//! - Paused: until staff says so. Being updated: until that is over.
//! - Nothing was written: the next scan, or half a minute, is another try.
//! - Memory does not answer, or knows no rules: looked at again with every input, and every few seconds.

use super::{Desk, State, Turn};
use crate::{Fault, RecordFault};

/// How long the station waits, after a record failed, before it lets people try again, in milliseconds.
const RETRY_MS: u64 = 30_000;
/// How often the memory is asked whether it answers again, in milliseconds.
const RECHECK_MS: u64 = 5_000;

/// Everything that is wrong now.
#[derive(Debug, Clone)]
pub(super) struct Faults {
    starting: bool,
    no_reader: bool,
    record: Option<(RecordFault, u64)>,
    memory: bool,
    no_data: bool,
    pub paused: bool,
    pub updating: bool,
    recheck_ms: u64,
}

impl Faults {
    pub fn starting() -> Faults {
        Faults {
            starting: true,
            no_reader: false,
            record: None,
            memory: false,
            no_data: false,
            paused: false,
            updating: false,
            recheck_ms: 0,
        }
    }

    /// The one to be shown.
    pub fn current(&self) -> Option<Fault> {
        if self.starting {
            Some(Fault::Starting)
        } else if self.memory {
            Some(Fault::Memory)
        } else if let Some((fault, _)) = self.record {
            Some(match fault {
                RecordFault::DiskFull => Fault::DiskFull,
                RecordFault::ReadOnly => Fault::ReadOnly,
                RecordFault::Broken => Fault::Memory,
            })
        } else if self.updating {
            Some(Fault::Updating)
        } else if self.paused {
            Some(Fault::Paused)
        } else if self.no_data {
            Some(Fault::NoData)
        } else if self.no_reader {
            Some(Fault::NoReader)
        } else {
            None
        }
    }

    pub fn readers(&mut self, present: u8, expected: u8) {
        self.no_reader = present == 0 && expected > 0;
    }

    pub fn not_recorded(&mut self, fault: RecordFault, now_ms: u64) {
        self.record = Some((fault, now_ms.saturating_add(RETRY_MS)));
    }

    pub fn no_data(&mut self, now_ms: u64) {
        self.no_data = true;
        self.recheck_ms = now_ms.saturating_add(RECHECK_MS);
    }

    /// Someone tries again: a failed record is no reason not to.
    pub fn retry(&mut self) {
        self.record = None;
    }

    pub fn expire(&mut self, now_ms: u64) {
        self.record = self.record.filter(|(_, retry_ms)| *retry_ms > now_ms);
    }

    /// When it is to be looked at again.
    pub fn wake_ms(&self) -> Option<u64> {
        let retry_ms = self.record.map(|(_, retry_ms)| retry_ms);
        let recheck_ms = (self.memory || self.no_data).then_some(self.recheck_ms);
        retry_ms.into_iter().chain(recheck_ms).min()
    }
}

impl Desk {
    /// The memory did not answer in this turn: nobody can be served.
    pub(super) fn memory_failed(&mut self) {
        self.faults.starting = false;
        self.faults.memory = true;
        self.faults.recheck_ms = self.now.mono_ms.saturating_add(RECHECK_MS);
        self.give_way();
    }

    /// The end of every turn: a fault ends what is going on, and an idle station looks at what it has to show.
    pub(super) fn settle(&mut self, turn: &mut Turn<'_>) {
        self.faults.starting = false;
        match self.faults.current() {
            // Someone whose books lie on the pad has not left because its plug was pulled.
            Some(Fault::NoReader) if self.is_served() => {}
            Some(_) => self.give_way(),
            None => {}
        }
        if matches!(self.state, State::Idle) || self.faults.memory || self.faults.no_data {
            self.look_around(turn);
        }
    }

    /// Asks the memory for what the idle screen shows, and so whether it answers and knows any rules.
    pub(super) fn look_around(&mut self, turn: &mut Turn<'_>) {
        let seen = self.idle_facts(turn);
        self.faults.memory = seen.is_err();
        self.faults.no_data = matches!(seen, Ok(None));
        self.faults.recheck_ms = turn.now.mono_ms.saturating_add(RECHECK_MS);
        self.idle = seen.ok().flatten().unwrap_or_default();
    }

    /// Whether someone is there who borrows or returns.
    pub(super) fn is_served(&self) -> bool {
        match self.state {
            State::Identify(_) | State::Visit(_) | State::Returns(_) => true,
            State::Idle
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => false,
        }
    }

    /// Ends what a fault does not let go on. What was recorded stays, and a re-tap of the card resumes it.
    fn give_way(&mut self) {
        if self.pending.is_some() {
            return;
        }
        match &self.state {
            State::Idle => self.refused = None,
            State::StaffPin { .. } | State::Staff => {}
            State::Visit(_) => {
                self.park();
                self.clear();
            }
            State::Identify(_) | State::Returns(_) | State::Finished { .. } | State::TimedOut { .. } => {
                self.clear();
            }
        }
    }
}
