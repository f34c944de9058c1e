//! The lending desk as a pure state machine: (state, input, now) → effects and a [`View`]. The rules of lending live here.
//!
//! Invariants:
//! - No I/O, no clock, no randomness: time is in [`Now`], what is remembered comes through [`Memory`].
//! - A yes is said only after [`Input::Recorded`] has answered the [`Effect::Record`] it rests on.
//! - The next person never sees the last one: with the visit's end nothing of the person is left in the state.
//! - A repeated scan never toggles; what a scan means does not depend on which screen has focus.
//! - No input panics, and no input makes the state grow without bound.
//!
//! Arrow: this room depends on `exchange` alone.

pub mod care;
mod due;
pub mod effect;
pub mod input;
pub mod ipc;
mod machine;
pub mod memory;
mod rules;
pub mod settings;
pub mod stick;
pub mod view;

pub use care::{Check, Finding, Plug, PlugTest, SetupFault, SetupKind, Standing};
pub use effect::{Effect, Signal, Slip, SlipRow};
pub use input::{Enrolling, Input, Now, Pad, Printer, RecordFault, Scanned, Touch};
pub use machine::Desk;
pub use memory::{Memory, MemoryFault, StockedItem};
pub use settings::Settings;
pub use stick::{StickFault, StickNews, StickState};
pub use view::{
    ClassRow, Fault, KeptRow, LinkNote, LoanRow, NameRow, PadCount, ReceiptNote, Refusal, Renewable, Row,
    RowAct, Screen, StaffStatus, View, VisitNote, Way, WayStatus,
};
