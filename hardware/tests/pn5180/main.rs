//! The PN5180 driver against a chip that was never soldered.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod bugs;
mod field;
mod random;
mod stuck;
mod support;
mod write;
