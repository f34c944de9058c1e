//! A new version from a folder, a stick or a web server: checked, kept, installed when nobody is at the desk, and taken back by one command.
//!
//! Invariants:
//! - Nothing is installed that the key in the configuration has not signed, that is for another machine, or whose bytes differ.
//!   What is checked is the copy that is installed, in a folder that only root may write.
//! - Until everything is copied and checked nothing has changed: a stick that is pulled out in the middle costs nothing, and a line
//!   that falls costs no byte that has come.
//! - The station is asked first. It says no while somebody is there, and begins no visit while it is installed.
//! - The packages of the version before are kept, so that going back needs nothing from outside.

mod apply;
mod fault;
mod fetch;
mod manifest;
mod version;

pub use apply::{Done, Fit, Going, Installer, Standstill, apply, fits, rollback};
pub use fault::{UpdateFault, words};
pub use fetch::{Source, Waiter, fetch, forget, look};
pub use manifest::{Checked, FileEntry, Manifest, check};
pub use version::Version;

/// The machine's architecture, as packages name it.
#[must_use]
pub fn arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
