//! What the desk wants done.

use exchange::{Act, Basis};

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
    /// Call the region now; staff asked for it.
    CallRegion,
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
