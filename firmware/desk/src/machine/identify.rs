//! Books came first, or there is no card: whoever is there is not known yet. The books are kept, whatever way leads on.

use super::no_card::Step;
use super::refused::Denied;
use super::returns::Returns;
use super::scan::Found;
use super::{Desk, State, Turn};
use crate::rules::refusal;
use crate::{KeptRow, MemoryFault, Refusal, Signal};
use exchange::{ItemId, RefusalKind};

/// The most books that are kept.
pub(super) const KEPT_MAX: u16 = 10;

/// Someone who is not known yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Identify {
    pub kept: Vec<Kept>,
    pub step: Step,
}

/// A book that waits for its reader.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub item: ItemId,
    pub row: KeptRow,
}

impl Desk {
    /// Keeps books until the card comes. What nobody may borrow is refused at once, unless it is here to be returned.
    pub(super) fn keep(&mut self, founds: Vec<Found>, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        let mut denied = Vec::new();
        for found in founds {
            if found.loan.is_none() {
                let Some(ground) = self.ground(turn)? else { return Ok(()) };
                if let Err(refusal) = ground.may_leave(found.stocked.as_ref()) {
                    denied.push(Denied { refusal, ..found.denied(refusal.kind) });
                    continue;
                }
            }
            denied.extend(self.keep_one(found));
        }
        if denied.is_empty() {
            turn.say(Signal::Attention);
            return Ok(());
        }
        self.refuse(denied, turn)
    }

    /// Keeps a book; gives it back if there is no room for it.
    fn keep_one(&mut self, found: Found) -> Option<Denied> {
        if !matches!(self.state, State::Identify(_)) {
            self.state = State::Identify(Identify::default());
        }
        let State::Identify(identify) = &mut self.state else { return None };
        identify.step = Step::Card;
        if identify.kept.iter().any(|kept| kept.item == found.id) {
            return None;
        }
        if identify.kept.len() >= usize::from(KEPT_MAX) {
            let refusal = Refusal { limit: KEPT_MAX, ..refusal(RefusalKind::LimitReached) };
            return Some(Denied { refusal, ..found.denied(refusal.kind) });
        }
        let row = KeptRow { title: found.title(), on_loan: found.loan.is_some() };
        identify.kept.push(Kept { item: found.id, row });
        None
    }

    /// The books that were kept, as they stand now.
    pub(super) fn take_kept(&mut self, turn: &Turn<'_>) -> Result<Vec<Found>, MemoryFault> {
        let kept = match &mut self.state {
            State::Identify(identify) => std::mem::take(&mut identify.kept),
            State::Idle
            | State::Visit(_)
            | State::Returns(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => Vec::new(),
        };
        kept.iter().map(|kept| turn.find(&kept.item)).collect()
    }

    /// "I return these."
    pub(super) fn return_kept(&mut self, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        match &self.state {
            State::Identify(identify) if !identify.kept.is_empty() => {}
            State::Identify(_)
            | State::Idle
            | State::Visit(_)
            | State::Returns(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => return Ok(()),
        }
        let founds = self.take_kept(turn)?;
        self.parked = None;
        self.state = State::Returns(Returns::default());
        self.take_back(founds, turn)
    }
}
