//! SIP2, the protocol of self-service stations and library systems (3M Standard Interchange Protocol, 2.00): bytes to
//! messages and back, and a library system as a station's region: what is asked ([`Account`]), one question at a time
//! ([`Conversation`]), over one connection ([`Session`]), and what becomes of an event there ([`Replay`]).
//!
//! Invariants:
//! - Nothing panics, whatever comes: bytes give a message or a typed error, and never more memory than one message may take.
//! - What was read is written again byte for byte: a field that is not known, a date that is none and a checksum that is
//!   wrong are kept as they came.
//! - Values are bytes of the wire; text is a view of them in the server's charset, and never a reason to fail.
//! - One question is on the way at a time. After a silence the connection is closed, for a late answer would be taken for
//!   the next one.
//! - What may have been done already is never asked for again before the system was asked how things stand: it knows no
//!   duplicates, and lends twice as a renewal.
//! - No password and no card number is in what `Debug` shows.

mod account;
pub mod answers;
mod charset;
mod checksum;
mod conversation;
mod date;
mod decoder;
mod dial;
mod fault;
mod fields;
mod message;
mod profile;
mod replay;
mod session;
mod spec;
mod teller;

pub use account::Account;

pub use charset::Charset;
pub use checksum::{ChecksumMode, ChecksumState, checksum_of};
pub use conversation::{Conversation, Heard, TalkFault};
pub use date::{SipDate, day_in};
pub use decoder::{Decoder, MAX_LEN};
pub use dial::{Dial, Line, Tcp, TcpDial, Trusting};
pub use fault::SipFault;
pub use fields::{Field, is_secret};
pub use message::{Message, Trailer};
pub use profile::{GENERIC, NoBlock, Profile};
pub use replay::{Deed, Done, Outcome, Question, Replay, Told};
pub use session::{Session, SessionFault};
pub use spec::{Kind, Part, Sender};
pub use teller::Teller;
