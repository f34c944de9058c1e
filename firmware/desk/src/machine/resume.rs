//! A visit that ended by itself waits a while for the same card. Only numbers are kept of it, no name and no title; it
//! is gone when its time is over or when anyone else has begun a visit or returns books, since their acts may touch the
//! same books.

use super::log::Log;
use super::{Desk, State, Turn};
use crate::MemoryFault;
use exchange::PatronId;

/// What is kept of the visit.
#[derive(Debug, Clone)]
pub(super) struct Parked {
    pub patron: PatronId,
    pub log: Log,
    pub until_ms: u64,
}

impl Desk {
    /// Keeps what the open visit needs to be resumed, if anything was done in it.
    pub(super) fn park(&mut self) {
        let State::Visit(visit) = &mut self.state else { return };
        if visit.log.rows().is_empty() {
            return;
        }
        let mut log = std::mem::take(&mut visit.log);
        for row in log.rows_mut() {
            row.title = None;
        }
        let until_ms = self.now.mono_ms.saturating_add(self.settings.resume_ms);
        self.parked = Some(Parked { patron: visit.patron, log, until_ms });
    }

    /// What was done in the visit that `patron` resumes. Whatever waited for anyone else is gone then.
    pub(super) fn unpark(&mut self, patron: PatronId, turn: &Turn<'_>) -> Result<Option<Log>, MemoryFault> {
        let Some(mut parked) = self.parked.take().filter(|parked| parked.patron == patron) else {
            return Ok(None);
        };
        for row in parked.log.rows_mut() {
            row.title = turn.find(&row.item)?.title();
        }
        Ok(Some(parked.log))
    }
}
