//! The ways out of the building. Each way carries the same message (`exchange`): one request, one answer.
//!
//! Invariants:
//! - What decides does no I/O ([`Caller`]): time and chance are its parameters. What does I/O decides nothing ([`Https`]). The
//!   [`courier`] reads and writes the files of a stick.
//! - Only a signed answer moves anything. A status, a redirect, a page of somebody else's moves nothing.
//! - The caller has its own wake-up: whatever happened, it names a moment at which it will call again.
//! - No answer, however long or slow, takes unbounded memory; a transfer that moves is not cut short.
//!
//! Arrow: `exchange` ← here. [`drive`] is a station's whole thread, see there.

mod caller;
pub mod courier;
mod drive;
pub mod export;
mod fault;
pub mod https;
mod round;
pub mod sip2;

pub use caller::{Call, Caller, Pace, Step};
pub use drive::{Nudge, drive};
pub use fault::{CallFault, LinkFault, Reached, TlsFault};
pub use https::Https;
pub use round::{Keys, Link, Outbox, Taken, Waiting, round};
