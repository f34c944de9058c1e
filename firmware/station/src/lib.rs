//! The `oqyrman` program: wires hardware, desk, journal and links.
//!
//! Invariants:
//! - One thread owns desk and journal; readers, screens and the link only send it messages.
//! - What the desk wants recorded is durable before the desk hears of it, and before anything else is handled.
//! - Nothing at the desk waits for the network, a screen, or a reader.
//! - A wrong configuration starts nothing.
//!
//! Arrow: `station` → `exchange`, `desk`, `journal`, `links`, `hardware`.

pub mod bench;
pub mod caller;
pub mod care;
pub mod cli;
pub mod clock;
pub mod config;
pub mod control;
pub mod doctor;
pub mod durability;
pub mod export;
pub mod first_boot;
pub mod identity;
pub mod library;
pub mod pulse;
pub mod receipt;
pub mod report;
pub mod run;
pub mod scan;
pub mod screen;
pub mod settings;
pub mod status;
pub mod update;
