//! The first boot: `kiosk.toml`, which a technician writes at a desk onto the card's boot partition (or a stick), becomes
//! this station's configuration.
//!
//! Invariants:
//! - Taken whole or not at all: a file with one wrong word changes nothing, and what is wrong is left for the screen
//!   (`setup-fault.json` beside the configuration).
//! - What it sets is durable before its secrets are wiped from it; cut short in between, the next boot does it again.
//! - A file that was taken is not taken a second time, so that it never undoes what was changed since.
//! - What it does not name stays as it is. No secret stands in the configuration, in a log or in a fault.

mod import;
mod kiosk;
mod told;
mod wipe;

pub use import::{FirstBootError, Outcome, Places, take_over};
pub use kiosk::{Kiosk, KioskError, Panel};
pub use told::{forget, remember, setup_fault, told};

/// The file's name, on the boot partition or a stick.
pub const FILE: &str = "kiosk.toml";

/// Where the boot partition is mounted, the newer place first.
pub const BOOT_DIRS: [&str; 2] = ["/boot/firmware", "/boot"];
