//! Chips that were never soldered: emulators that behave as the data sheets and the field say, faults included.
//!
//! They stand in for hardware only. Time is virtual, chance comes from a seed; what they cost and what was done to
//! them is counted.

pub mod line;
pub mod mfrc522;
pub mod pn5180;
pub mod pn532;
pub mod printer;
pub mod rl866;
