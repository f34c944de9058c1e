//! Power cuts at every write and flush of a journal's life, one by one.
//!
//! A history of what a station does is played once on a [`crate::vfs::Disk`] that records it. Then every state that a
//! power cut may have left (see [`crate::vfs`]) is put in a folder of its own and opened by the journal itself, which
//! must come up with everything it had promised, and with nothing that did not happen:
//! - the journal is sound, never "repaired": a power cut is no damage;
//! - events, acknowledgement, and the gate's wishes are those after the last act that was promised, or after the one
//!   that was under way, as a whole;
//! - what is remembered folds to the same when it is opened again;
//! - the region can bring the state up to date, every feed's hash fits, and it is what a state made from nothing is.
//!
//! And every step of a history fails once, in each way a disk can fail ([`every_step`]); the station is started again, goes
//! on, and then loses power: what was said yes to before and after the fault is there.

mod faults;
mod history;
mod images;
mod region;

pub use faults::{End, FaultCount, every_step};
pub use history::{History, Promise, Story, all, play};
pub use images::{Count, Wrong, enumerate};
