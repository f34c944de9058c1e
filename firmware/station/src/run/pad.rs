//! Pads and the gate: what lies there goes to the desk as a set, and what the journal says of a book goes to its tags.
//!
//! Journal first, then the tag. What the gate is to do with a book follows from whether it is on loan, at the moment
//! its tags are written; that it must be told is in the journal, and so outlives a power cut. A failure is told to whoever
//! is there; the loan stays.

use super::station::Station;
use desk::{Input, Memory, Scanned};
use exchange::{Act, ItemId};
use hardware::barcode::ReaderName;
use hardware::rfid::pad::{GateOrder, PadEvent, PadItem, PadState, Pads};
use journal::GateWanted;
use std::collections::{BTreeMap, BTreeSet};

/// How long after a tag could not be written it is tried again.
const TRY_AGAIN_MS: u64 = 3_000;

/// What lies on the pads, and what their tags must still be told.
#[derive(Debug, Default)]
pub(super) struct PadTable {
    pads: Option<Pads>,
    states: BTreeMap<ReaderName, PadState>,
    /// Orders that have not been answered.
    orders: BTreeMap<u64, (ReaderName, GateWanted)>,
    last_order: u64,
    /// Books whose tags could not be written.
    failed: BTreeSet<ItemId>,
    /// Whether something has come up for the gate.
    pub gate_due: bool,
    /// When tags that could not be written are tried again, by the steady clock.
    pub try_again_ms: Option<u64>,
}

impl PadTable {
    /// Stops the pads.
    pub fn close(&mut self) {
        self.pads = None;
    }

    fn items(&self) -> impl Iterator<Item = (&ReaderName, &PadItem)> {
        self.states.iter().flat_map(|(pad, state)| state.items.iter().map(move |item| (pad, item)))
    }
}

impl Station {
    /// Writes tags through these pads from now on.
    pub fn write_gate_by(&mut self, pads: Pads) {
        self.pads.pads = Some(pads);
    }

    pub(super) fn pad(&mut self, event: PadEvent) {
        match event {
            PadEvent::Lying { pad, state } => {
                let before = self.pads.states.insert(pad, state.clone()).unwrap_or_default();
                self.pads.gate_due = true;
                for card in state.cards.into_iter().filter(|card| !before.cards.contains(card)) {
                    self.tell(Input::Scanned(Scanned::Card(card.as_str().to_owned())));
                }
                self.tell_pads();
            }
            PadEvent::Card { pad: _, card: Ok(uid) } => {
                self.tell(Input::Scanned(Scanned::Card(self.config.cards.form.write(&uid))));
            }
            PadEvent::Card { pad, card: Err(fault) } => {
                tracing::warn!(pad = pad.as_str(), %fault, "a card names nobody");
                self.tell(Input::Scanned(Scanned::Unreadable));
            }
            PadEvent::Gate { pad, number, outcome } => {
                let Some((_, wanted)) = self.pads.orders.remove(&number) else { return };
                match outcome {
                    Ok(()) => {
                        self.pads.failed.remove(&wanted.item);
                        if let Err(error) = self.journal.gate_done(std::slice::from_ref(&wanted)) {
                            tracing::error!(%error, "a tag was written; it will be written once more");
                        }
                    }
                    Err(fault) => {
                        tracing::warn!(pad = pad.as_str(), %fault, "a tag could not be told; the gate may ring");
                        self.pads.failed.insert(wanted.item);
                        self.pads.try_again_ms = Some(self.clock.now().mono_ms + TRY_AGAIN_MS);
                    }
                }
                self.tell_pads();
            }
            // The pad's thread has logged why. What lay there is taken to lie there still.
            PadEvent::Gone { pad, reason: _ } => {
                self.pads.orders.retain(|_, (ordered_of, _)| *ordered_of != pad);
                self.gone.insert(pad);
                self.tell_readers();
                self.tell_pads();
            }
            PadEvent::Back { pad } => {
                self.gone.remove(&pad);
                self.pads.gate_due = true;
                self.tell_readers();
                self.tell_pads();
            }
        }
    }

    fn tell_pads(&mut self) {
        let mut told = desk::Pad {
            gate_failed: u8::try_from(self.pads.failed.len()).unwrap_or(u8::MAX),
            gone: self.config.pads.iter().any(|pad| pad.kind.reads_tags() && self.gone.contains(&pad.name)),
            ..desk::Pad::default()
        };
        for state in self.pads.states.values() {
            told.unknown = told.unknown.saturating_add(state.unknown);
        }
        for (_, item) in self.pads.items() {
            match self.item_on_pad(item) {
                Some(_) if item.parts_missing > 0 => told.incomplete = told.incomplete.saturating_add(1),
                Some(id) => told.lying.push(id),
                None => told.unknown = told.unknown.saturating_add(1),
            }
        }
        self.tell(Input::Pad(told));
    }

    /// The present number of a book on the pad; its tag may still say a former one.
    fn item_on_pad(&self, item: &PadItem) -> Option<ItemId> {
        let number = ItemId::new(item.id.as_str()).ok()?;
        let known = self.journal.item(&number).ok().flatten();
        Some(known.map_or(number, |stocked| stocked.item.id))
    }

    /// The books of these acts that lie on a pad whole: their tags must be told.
    pub(super) fn gate_items(&self, acts: &[Act]) -> Vec<ItemId> {
        if self.pads.states.is_empty() {
            return Vec::new();
        }
        let lying: BTreeSet<ItemId> = self
            .pads
            .items()
            .filter(|(_, item)| item.parts_missing == 0)
            .filter_map(|(_, item)| self.item_on_pad(item))
            .collect();
        let of_act = |act: &Act| match act {
            Act::CheckedOut { item, .. } | Act::Returned { item } => Some(item.clone()),
            Act::Undone { seq } => {
                let undone = self.journal.events(*seq, 1).ok()?.pop()?;
                match undone.act {
                    Act::CheckedOut { item, .. } | Act::Returned { item } => Some(item),
                    Act::StationStarted { .. }
                    | Act::Renewed { .. }
                    | Act::CountedIssued { .. }
                    | Act::CountedReturned { .. }
                    | Act::Undone { .. }
                    | Act::Refused { .. }
                    | Act::ReviewDecided { .. }
                    | Act::ClockChanged { .. }
                    | Act::Unknown { .. } => None,
                }
            }
            Act::StationStarted { .. }
            | Act::Renewed { .. }
            | Act::CountedIssued { .. }
            | Act::CountedReturned { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => None,
        };
        let items: BTreeSet<ItemId> = acts.iter().filter_map(of_act).collect();
        items.intersection(&lying).cloned().collect()
    }

    /// A tag that could not be written is tried again after a while: a book is often laid down once more.
    pub(super) fn look_at_gate(&mut self) {
        let now_ms = self.clock.now().mono_ms;
        if self.pads.try_again_ms.is_some_and(|at_ms| at_ms <= now_ms) {
            self.pads.try_again_ms = None;
            self.pads.gate_due = true;
            self.tend_gate();
        }
    }

    /// Orders for every book that the gate must be told of and that lies there.
    pub(super) fn tend_gate(&mut self) {
        if !std::mem::take(&mut self.pads.gate_due) {
            return;
        }
        let wanted = match self.journal.gate_wanted() {
            Ok(wanted) => wanted,
            Err(error) => {
                tracing::error!(%error, "what the gate must be told cannot be read");
                return;
            }
        };
        for wanted in wanted {
            if self.pads.orders.values().any(|(_, ordered)| *ordered == wanted) {
                continue;
            }
            let there = self.pads.items().find(|(_, item)| {
                item.parts_missing == 0 && self.item_on_pad(item).as_ref() == Some(&wanted.item)
            });
            let (Some((pad, item)), Ok(loan)) = (there, self.journal.loan_of(&wanted.item)) else { continue };
            let afi =
                if loan.is_some() { self.config.tag.unsecured_afi } else { self.config.tag.secured_afi };
            let eas = self.config.tag.eas.then_some(loan.is_none());
            let number = self.pads.last_order + 1;
            let pad = pad.clone();
            let order = GateOrder { number, tags: item.tags.clone(), afi, eas };
            if self.pads.pads.as_ref().is_some_and(|pads| pads.order(&pad, order)) {
                self.pads.last_order = number;
                self.pads.orders.insert(number, (pad, wanted));
            }
        }
    }

    /// Nobody is there any more: a book that was carried off is no longer said.
    pub(super) fn forget_carried_off(&mut self) {
        if self.pads.failed.is_empty() {
            return;
        }
        let lying: BTreeSet<ItemId> =
            self.pads.items().filter_map(|(_, item)| self.item_on_pad(item)).collect();
        let before = self.pads.failed.len();
        self.pads.failed.retain(|item| lying.contains(item));
        if self.pads.failed.len() != before {
            self.tell_pads();
        }
    }
}
