//! Library RFID: what a tag says ([`tag`]), the readers that reach it ([`pn5180`], [`rl866`]), and which tags lie on the
//! pad ([`presence`], [`pad`]).
//!
//! Invariants: a [`TagReader`] ends every call in a bounded time, whatever the chip and the tags do; what it reports
//! was received whole, with a right CRC; a write is reported only after it was read back. Tags are a set: what
//! arrived and what left is told once.

pub mod iso15693;
pub mod pad;
pub mod pn5180;
pub mod presence;
pub mod rl866;
pub mod tag;

mod reader;
mod uid;

pub use reader::{ReaderFault, Seen, SystemInfo, TagReader};
pub use uid::{Uid, UidFault};
