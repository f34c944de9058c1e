//! May the plug be pulled? The self-test that proves it on this very card: a process of its own writes into a scratch journal,
//! is killed at moments nobody chose, and what it had been told is durable is looked for.
//!
//! Invariants:
//! - The station's own journal is not touched; the scratch folder lies beside it, on the same disk, and is removed.
//! - Chance is a parameter: the seed is told, and the same seed kills at the same moments of the process's time.
//! - What this cannot show is told too: a killed process leaves the system's cache, so whether a card that was told to flush
//!   does so, only a real power cut shows. What points to a lie is looked at: memory disks, mounts without barriers, flushes
//!   faster than any card.

mod child;
mod flush;
mod record;
mod test;

pub use child::run as run_child;
pub use flush::Flushes;
pub use record::Record;
pub use test::{Outcome, Plan, Trouble, run};
