//! The supply and what hangs on it: a pin that says it fails, what the kernel tells of voltage and heat, and whether the
//! clock went on while there was none.
//!
//! Invariants: a glitch is no power cut; a cut is told once, within [`PowerFail::STEADY_MS`] and one look; what the kernel does
//! not offer is simply not told; no file of it is read beyond a bound.

mod clock;
mod fail;
mod health;
mod threads;

pub use clock::{WallClock, wall_clock};
pub use fail::{PowerEvent, PowerFail};
pub use health::{Health, health};
pub use threads::{PowerConfig, PowerError, PowerWatch, start};
