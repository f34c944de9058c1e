//! The power of a whole machine is cut, again and again: a kernel of its own (User Mode Linux) with an ext4 disk, on which
//! the real station lends. Each cycle starts the machine, looks at the journal, lends on, and is cut at a moment of chance.
//!
//! Invariants:
//! - Each loan whose yes was on the screen before a cut is in the journal after it, once, and the journal is sound.
//! - What the journal has besides is at most what was in hand when the power went: one scan.
//! - The machine says what it saw on its console, which is outside and outlives it. What it had no time to say does not count.
//!
//! The disk is a file of the machine outside, whose page cache outlives the cut: this shows that what was acknowledged had
//! left the kernel inside. That a disk honours a flush is for `oqyrman durability` on that disk.

mod inside;
mod machine;

pub use inside::{Inside, run as run_inside};
pub use machine::{Account, Outside, run};
