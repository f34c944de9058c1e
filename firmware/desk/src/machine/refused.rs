//! Saying no: the screen that lies above the state until it is answered or has been read, and the note in the journal.

use super::{Desk, State, Turn};
use crate::rules::refusal;
use crate::{Effect, MemoryFault, Refusal, Signal};
use exchange::{Act, ItemId, RefusalKind};
use std::collections::VecDeque;

/// The most refusals that wait to be shown.
pub(super) const QUEUE_MAX: usize = 20;
/// The most refusals remembered as noted.
pub(super) const NOTED_MAX: usize = 50;
/// How long a refusal counts as noted while nobody is at the desk.
const NOTED_IDLE_MS: u64 = 10_000;

/// Something that was not done, and why.
#[derive(Debug, Clone)]
pub(super) struct Denied {
    pub refusal: Refusal,
    /// The book it is about.
    pub item: Option<ItemId>,
    /// Its title.
    pub title: Option<String>,
}

impl Denied {
    /// A refusal that is about no known book and has no figure.
    pub fn plain(kind: RefusalKind) -> Denied {
        Denied { refusal: refusal(kind), item: None, title: None }
    }
}

/// Refusals to be read one after the other; the first is shown.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub queue: VecDeque<(Refusal, Option<String>)>,
    pub until_ms: u64,
}

/// Refusals that stand in the journal already, so that one is not written with every repeated scan.
#[derive(Debug, Clone, Default)]
pub(super) struct Noted(Vec<(RefusalKind, Option<ItemId>, u64)>);

impl Noted {
    /// Whether it is new, which it then is no longer.
    fn take_in(&mut self, kind: RefusalKind, item: Option<&ItemId>, now_ms: u64, until_ms: u64) -> bool {
        self.0.retain(|(_, _, until)| *until > now_ms);
        let known = self.0.iter().any(|(other, its, _)| *other == kind && its.as_ref() == item);
        if known || self.0.len() >= NOTED_MAX {
            return false;
        }
        self.0.push((kind, item.cloned(), until_ms));
        true
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Whether the refusal is about the person, so that it is the same for every book.
fn concerns_person(kind: RefusalKind) -> bool {
    match kind {
        RefusalKind::Blocked | RefusalKind::Expired | RefusalKind::Overdue | RefusalKind::RenewalByAge => {
            true
        }
        RefusalKind::UnknownCard
        | RefusalKind::UnknownItem
        | RefusalKind::LimitReached
        | RefusalKind::LimitByAge
        | RefusalKind::OnHold
        | RefusalKind::ReferenceOnly
        | RefusalKind::NotForLoan
        | RefusalKind::RenewalsUsed
        | RefusalKind::NotOnLoan
        | RefusalKind::IsbnScanned
        | RefusalKind::UrlScanned
        | RefusalKind::CardScanned
        | RefusalKind::Unreadable
        | RefusalKind::WrongPin
        | RefusalKind::PinLocked => false,
    }
}

impl Desk {
    /// Says no to all of these; those that are about the person once, whatever the number of books.
    pub(super) fn refuse(&mut self, denied: Vec<Denied>, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        let mut queue: VecDeque<(Refusal, Option<String>)> = VecDeque::new();
        let mut calm = true;
        for denied in denied.into_iter().take(QUEUE_MAX) {
            calm &= self.note(denied.refusal.kind, denied.item.as_ref(), turn)?;
            if let (State::Visit(visit), Some(item)) = (&mut self.state, &denied.item) {
                visit.stays_here(item, denied.title.as_ref());
            }
            let same = queue
                .iter_mut()
                .find(|(refusal, _)| *refusal == denied.refusal && concerns_person(denied.refusal.kind));
            match same {
                Some((_, title)) => *title = None,
                None => queue.push_back((denied.refusal, denied.title)),
            }
        }
        if !queue.is_empty() {
            turn.say(if calm { Signal::Attention } else { Signal::No });
            let until_ms = turn.now.mono_ms.saturating_add(self.settings.refusal_ms);
            self.refused = Some(Refused { queue, until_ms });
        }
        Ok(())
    }

    /// Writes a refusal to the journal, once. Gives whether it is a calm one, which is not written: a torn scan is no
    /// refusal, it is only to be repeated.
    pub(super) fn note(
        &mut self,
        kind: RefusalKind,
        item: Option<&ItemId>,
        turn: &mut Turn<'_>,
    ) -> Result<bool, MemoryFault> {
        if kind == RefusalKind::Unreadable {
            return Ok(true);
        }
        let now_ms = turn.now.mono_ms;
        let until_ms = if self.in_session() { u64::MAX } else { now_ms.saturating_add(NOTED_IDLE_MS) };
        if self.noted.take_in(kind, item, now_ms, until_ms) {
            let act = Act::Refused { reason: kind, item: item.cloned() };
            let basis = turn.basis()?;
            turn.effects.push(Effect::Note { act, basis });
        }
        Ok(false)
    }

    /// The shown refusal has been read: the next one, or what was there before.
    pub(super) fn next_refusal(&mut self) {
        let until_ms = self.now.mono_ms.saturating_add(self.settings.refusal_ms);
        self.refused = self.refused.take().and_then(|mut refused| {
            refused.queue.pop_front();
            (!refused.queue.is_empty()).then_some(Refused { until_ms, ..refused })
        });
    }
}
