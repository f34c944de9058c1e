//! The supply: a pin that says it fails, and what the kernel tells of voltage and heat.
//!
//! Invariants: a glitch is no power cut; a cut is told once, within [`PowerFail::STEADY_MS`] and one look; what the kernel does
//! not offer is simply not told; no file of it is read beyond a bound.

mod fail;
mod health;
mod threads;

pub use fail::{PowerEvent, PowerFail};
pub use health::{Health, health};
pub use threads::{PowerConfig, PowerError, PowerWatch, start};
