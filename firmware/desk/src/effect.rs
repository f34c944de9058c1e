//! What the desk wants done.

use crate::RowAct;
use exchange::{Act, Basis, ItemId, Lang, Seq};

/// One thing to do, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write these down durably, all or none, and answer with [`crate::Input::Recorded`] or
    /// [`crate::Input::NotRecorded`] before any other input.
    Record {
        /// What happened, in order.
        acts: Vec<Act>,
        /// What it was decided on.
        basis: Basis,
    },
    /// Write this down if it can be done; nobody waits for it.
    Note {
        /// What happened.
        act: Act,
        /// What it was decided on.
        basis: Basis,
    },
    /// Sound and light.
    Say(Signal),
    /// Print what was done in a visit that was finished.
    Receipt(Slip),
    /// Call the region now; staff asked for it.
    CallRegion,
    /// Put what waits on the stick and take in what the region put there; tell of it by [`crate::Input::Stick`].
    WriteStick,
}

/// What a receipt tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// In which language.
    pub lang: Lang,
    /// First name of the patron; `None` = books were returned by nobody in particular.
    pub given: Option<String>,
    /// What was done, the oldest first.
    pub rows: Vec<SlipRow>,
}

/// One thing done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipRow {
    /// The item.
    pub item: ItemId,
    /// Its title; `None` = unknown.
    pub title: Option<String>,
    /// What was done with it.
    pub act: RowAct,
    /// The events it rests on, in their order.
    pub seqs: Vec<Seq>,
}

/// A sound and a light, always beside words and a picture on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// It is done and durable.
    Yes,
    /// It was refused.
    No,
    /// Something wants to be looked at; nothing is wrong.
    Attention,
}
