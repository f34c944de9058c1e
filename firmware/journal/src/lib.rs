//! What the station remembers: `journal.db`, what happened here, and `state.db`, what the region told. The only room
//! on the station that knows SQLite.
//!
//! Invariants:
//! - What [`Journal::append`] gave a seq for is durable: one transaction, one flush, before it returns.
//! - The journal is append-only and is the outbox: what the region has is a number in it.
//! - Everything else is a pure fold: who has what = (the region's loans, own events not folded there yet). The fold is
//!   held in memory and never written, so there is no second write that a cut could separate from the first.
//! - Damage is found at the start (pages, hash chain, feed hashes), put aside, repaired and told; never deleted.
//! - No error text holds a name, a card's or an item's number.
//!
//! Arrow: `journal` → `exchange`, `desk`.

mod answer;
mod carry;
mod copies;
mod db;
mod derived;
mod fault;
mod feeds;
pub mod fold;
mod gate;
mod journal;
mod library;
mod log;
mod memory;
mod open;
mod rebuild;
mod reference;
mod report;
mod salvage;
mod search;
mod yardstick;

pub use answer::{Alarm, Taken};
pub use fault::{AppendError, EnrolError, OpenError, StoreFault, TakeError};
pub use feeds::FeedFate;
pub use fold::CountedLoan;
pub use gate::GateWanted;
pub use journal::{Counts, Journal, LOST_CHAIN, Outbox};
pub use library::{LibraryCounts, LibraryLine, LibraryState, LibraryTurn};
pub use report::{JournalFound, RebuiltBecause, StartReport, StateFound};
pub use yardstick::Yardstick;
