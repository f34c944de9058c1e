//! What a technician sends to whoever helps: a bundle of files about the station, without anything about people.
//!
//! Invariants:
//! - What goes in is a list that is shown before anything is written; nothing is added that is not on it.
//! - Secrets are not read: neither keys nor PINs nor vouchers. What is read is taken by name ([`redact`]), not left out by name.
//! - From the system's log every long number goes, for one may be a card's; the station writes no names there.

mod bundle;
mod redact;

pub use bundle::{Part, parts, write};
pub use redact::{config, log};
