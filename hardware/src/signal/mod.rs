//! Light and sound: yes, no, attention. Beside the screen's words, never instead of them; a station without them lends.
//!
//! Invariants: giving a signal never waits; the newest one wins; a lamp or a player that fails is said once and tried
//! again, and does no further harm.

mod config;
mod plan;
mod player;
mod pwm;
mod threads;
mod tone;

pub use config::{Clips, LampConfig, SignalConfig, Sound};
pub use plan::{Meaning, Step, plan};
pub use threads::{SignalError, Signals, start};
pub use tone::{SAMPLES_A_SECOND, wav};
