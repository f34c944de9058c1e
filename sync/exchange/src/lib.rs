//! The vocabulary that station and region share: ids, events, reference records, the message, its two encodings and
//! its signatures. The lowest room: bytes in, values out.
//!
//! Invariants:
//! - No I/O, no clock, no randomness: time and chance are parameters.
//! - What was encoded decodes to the same value, and an event of a kind this version does not know keeps its bytes.
//! - An event is named by (station, epoch, seq), gap-free; it carries no other identity.
//! - Decoding hostile bytes gives a typed error; it neither panics nor allocates more than the message could hold.
//!
//! Arrow: this room depends on nothing of ours.

mod act_form;
pub mod alike;
pub mod chain;
pub mod class;
pub mod day;
pub mod enrol;
pub mod event;
mod hex;
pub mod ids;
pub mod message;
pub mod pin;
pub mod receipt;
pub mod record;
pub mod row;
pub mod search;
pub mod voucher;
pub mod wire;

pub use chain::{Chain, FeedHash};
pub use day::Day;
pub use event::{Act, Basis, ClockTrust, Event, RefusalKind, Stamp};
pub use ids::{
    ClassId, Epoch, HoldId, IdError, ItemId, NoticeId, PatronId, ReviewId, Seq, SetId, StationId, TitleId,
};
pub use message::{Answer, ClockSample, Conflict, Cursor, Fate, FeedChanges, Outcome, Request, Standing};
pub use record::{
    Allowance, Block, BlockKind, Calendar, Class, Feed, Hold, HoldState, Item, ItemStatus, Lang, Loan,
    Notice, Patron, PatronKind, Record, RecordKey, Rules, StaleStep, TextbookSet, Title, TitleKind,
    UnknownItem, Verdict,
};

/// The schema this version writes and the newest it reads. A reader keeps decoders for every earlier one.
pub const SCHEMA: u16 = 1;
