//! The regional end: takes stations' messages, folds them to loans and reviews, serves the feeds, and shows a librarian
//! what was synced.
//!
//! Rooms within: `fold` decides, and is pure; `store` remembers; `import` reads a school's files, and is pure; `hub`
//! answers a station; `server` carries by HTTPS; `courier` reads sticks; `backup` copies a region and puts it back; `page`
//! shows; `api` speaks to outside systems; `cli` is the program.
//!
//! Invariants:
//! - Each event is applied once, in station order; what is acknowledged was flushed to the disk.
//! - Loans, fates and reviews are a pure function of events, decisions, clock readings and reference data.
//! - What physically happened is never refused; a message that cannot be taken is set aside, not thrown away.

pub mod api;
mod backup;
mod bench;
pub mod cli;
pub mod courier;
pub mod fold;
mod hub;
pub mod import;
pub mod own_postgres;
mod page;
pub mod receipt;
pub mod server;
pub mod store;

pub use hub::{Hub, HubFault, InitFault, add_school};
