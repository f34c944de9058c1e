//! A simulator of library systems: a SIP2 server with books of its own, and the habits that real servers were seen to
//! have ([`Habits`]): they end messages with CR and LF, take a repeated checkout for a renewal, lose answers, close idle
//! connections, sum up wrongly, and write due dates as they like.

mod books;
pub mod desk;
mod habits;
mod server;

pub use books::{Books, Entry, ItemRow, PatronRow};
pub use habits::{DueForm, Habits};
pub use server::{LibrarySystem, Seen};
