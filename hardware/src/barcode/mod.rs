//! Barcode readers: from bytes or keys on a wire to a [`Scan`], and from a scan to what it means on this site.
//!
//! - Decoders, pure: [`KeyDecoder`] (keyboard-style readers through evdev) and [`Framer`] (serial lines, sockets).
//! - Meaning, pure: [`SiteRules`] and [`classify`]; [`explain()`] tells a technician why; [`Debounce`] drops repeats.
//! - Shells: [`start`] runs a thread per configured reader and sends [`ReaderEvent`]s until [`Readers`] is dropped.
//!
//! Invariants: a [`ScanText`] is never blank, never over [`MAX_TEXT_BYTES`], never holds a control character, and
//! never shows itself in `Debug` output. A damaged scan becomes exactly one [`ScanFault`], never a shorter number.

pub mod aim;
pub mod check;
pub mod layout;

mod assemble;
mod classify;
mod config;
mod debounce;
mod explain;
mod frame;
mod input_event;
mod keymap;
mod keys;
mod readers;
mod rule_fault;
mod rules;
mod scan;

pub use aim::{AimId, Symbology};
pub use check::CheckOutcome;
pub use classify::{Classified, JunkReason, Meaning, classify};
pub use config::{ConfigFault, EvdevId, ReaderConfig, ReaderKind, Terminator, Terminators};
pub use debounce::Debounce;
pub use explain::{Explanation, Reading, explain};
pub use frame::Framer;
pub use input_event::{InputEvent, RECORD_BYTES, RecordReader};
pub use keys::KeyDecoder;
pub(crate) use readers::Socket;
pub use readers::{ReaderError, Readers, check_readers, start};
pub use rule_fault::{RuleFault, RulesError};
pub use rules::{CaseFold, CheckScheme, NumberKind, NumberRule, Policy, SiteRules};
pub use scan::{MAX_TEXT_BYTES, ReaderEvent, ReaderName, Scan, ScanFault, ScanText};
