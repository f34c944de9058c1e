//! The pad: which items lie on it, read from their tags once, and the gate's byte written for them.
//!
//! - [`Pad`] decides: presence, what has to be read, which items are whole. It is handed a [`TagReader`].
//! - [`start`] runs a thread for each configured pad and sends [`PadEvent`]s until [`Pads`] is dropped.
//!
//! Invariants: a tag's memory is read once for each time it arrives; what lies there is told as a whole set, only when it
//! changed; an item of several parts is whole only with all of them; a reader that is lost is told once and opened
//! again until it is back, and then everything that lies there is told anew.

mod config;
mod event;
mod simulated;
mod state;
mod threads;

pub use config::{PadConfig, PadKind};
pub use event::{GateOrder, PadError, PadEvent};
pub use simulated::SimulatedPad;
pub use state::{Pad, PadItem, PadState};
pub use threads::{Pads, start};
