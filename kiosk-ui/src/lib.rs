//! The screen: a process of its own that draws a [`desk::View`] and reports [`desk::Touch`]es. Slint lives only here.
//!
//! Invariants:
//! - All words are in `ui/*.slint` and `lang/*/LC_MESSAGES/kiosk-ui.po`; Rust passes enums, numbers, titles and names.
//! - What is on the screen is one [`desk::View`] and nothing else: with the next view nothing of the last one is left.
//! - Each tap names the frame it was made on, so that ten taps on one button are one action.
//! - The process outlives the station: without it the screen says so and connects again by itself.
//! - Sizes are millimetres; `px_per_mm` of the panel turns them into pixels.
//!
//! Arrow: this room depends on `desk` alone, for its View, Touch and the messages between them.

// Named here for its one feature only: fontconfig is looked up when the program runs, not when it is built.
use fontique as _;

pub mod bench;
pub mod cli;
mod connection;
mod content;
mod convert;
pub mod gallery;
pub mod headless;
mod panel;
mod picture;
mod qr;
mod shell;
mod surface;
pub mod ui;
mod window;

pub use panel::{Panel, PanelError};
pub use picture::Picture;
pub use window::{ScreenOptions, run};
