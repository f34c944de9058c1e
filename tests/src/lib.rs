//! The whole: the demo, a September on fast forward, and what a bad link between a real station's journal and a real region
//! costs.

pub mod crash;
pub mod cuts;
pub mod demo;
pub mod library;
pub mod mutants;
pub mod peers;
pub mod sim;
pub mod soak;
pub mod vfs;
pub mod wire;
