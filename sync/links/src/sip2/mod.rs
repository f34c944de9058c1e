//! SIP2, the protocol of self-service stations and library systems (3M Standard Interchange Protocol, 2.00): bytes to
//! messages and back. Sans I/O.
//!
//! Invariants:
//! - Nothing panics, whatever comes: bytes give a message or a typed error, and never more memory than one message may take.
//! - What was read is written again byte for byte: a field that is not known, a date that is none and a checksum that is
//!   wrong are kept as they came.
//! - Values are bytes of the wire; text is a view of them in the server's charset, and never a reason to fail.
//! - No password and no card number is in what `Debug` shows.

mod charset;
mod checksum;
mod decoder;
mod fault;
mod fields;
mod message;
mod spec;

pub use charset::Charset;
pub use checksum::{ChecksumMode, ChecksumState, checksum_of};
pub use decoder::{Decoder, MAX_LEN};
pub use fault::SipFault;
pub use fields::{Field, is_secret};
pub use message::{Message, Trailer};
pub use spec::{Kind, Part, Sender};
