//! The mutation check: each guard is taken away once, in a tree of its own, and its test must fail.
//!
//! - A guard is a text that stands exactly once in its file; otherwise it is refused, and nothing is run for it.
//! - A test that fails with all guards in place shows nothing: it is run once before, and must pass.
//! - The tree is the commit that is checked out, in a folder of its own; the target folder begins as hard links of what was
//!   built, and cargo's own notes in it as copies, so that nothing of them is written through.

mod guards;
mod table;
mod tree;
mod trial;

pub use guards::{Guard, guards};
pub use table::{Row, write};
pub use tree::Tree;
pub use trial::{Outcome, Trials};
