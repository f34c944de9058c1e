//! The physical world: barcode readers, library RFID, student cards, light and sound,
//! the receipt printer, the supply; and emulators of the chips.
//!
//! Invariants: nothing here knows what a number is *for* beyond what a site's rules call it; what decides
//! (decoders, check digits, rules) does no input or output and takes time as a parameter; what does input and
//! output (`barcode::readers`, `rfid::pad`'s threads, `board`) decides nothing. Bytes from outside give a value or a typed fault, never a
//! panic, and never more memory than a stated bound.

pub mod barcode;
pub mod board;
pub mod card;
pub mod power;
pub mod printer;
pub mod rfid;
pub mod signal;
pub mod sim;
