//! Books on the pad: a set that is there, not scans one after the other.
//!
//! A book acts once, when it comes to lie there whole; what lies there already is never acted on again, so that a book
//! left behind is not lent to the next person. Books that come together are one act.

use super::{Desk, State, Turn};
use crate::{MemoryFault, Pad, PadCount};
use exchange::ItemId;

/// The most books taken from the pads at once.
pub(super) const LYING_MAX: usize = 64;

impl Desk {
    /// What lies on the pads has changed.
    pub(super) fn pad(&mut self, mut pad: Pad, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        pad.lying.truncate(LYING_MAX);
        let before = std::mem::replace(&mut self.lying, pad);
        let arrived: Vec<ItemId> =
            self.lying.lying.iter().filter(|item| !before.lying.contains(item)).cloned().collect();
        if self.in_session() {
            self.active_ms = turn.now.mono_ms;
        }
        if arrived.is_empty() {
            return Ok(());
        }
        self.active_ms = turn.now.mono_ms;
        self.help = false;
        self.refused = None;
        if !self.ready_for_scan(turn) {
            return Ok(());
        }
        let founds = arrived.iter().map(|item| turn.find(item)).collect::<Result<_, _>>()?;
        self.books(founds, turn)
    }

    /// What the screen says of the pads to whoever is there.
    pub(super) fn pad_count(&self) -> Option<PadCount> {
        let Pad { lying, incomplete, unknown, gate_failed, gone } = &self.lying;
        let is_open = |item: &&ItemId| match &self.state {
            State::Visit(visit) => !visit.log.has_moved(item) && !visit.yours.contains(*item),
            State::Returns(returns) => !returns.log.has_moved(item),
            State::Identify(identify) => !identify.kept.iter().any(|kept| kept.item == **item),
            State::Idle
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => false,
        };
        match &self.state {
            State::Visit(_) | State::Returns(_) | State::Identify(_) | State::Finished { .. } => {}
            State::Idle | State::TimedOut { .. } | State::StaffPin { .. } | State::Staff => return None,
        }
        let count = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
        let all = count(lying.len()).saturating_add(*incomplete).saturating_add(*unknown);
        (all > 0 || *gate_failed > 0 || *gone).then(|| PadCount {
            lying: all,
            open: count(lying.iter().filter(is_open).count()),
            incomplete: *incomplete,
            unknown: *unknown,
            gate_failed: *gate_failed,
            gone: *gone,
        })
    }
}
