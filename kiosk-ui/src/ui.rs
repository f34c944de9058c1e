//! What the Slint compiler makes of `ui/*.slint`: the component [`App`] and its globals. Public for tests, which walk
//! its elements; everything else goes through [`crate::headless::Renderer`] or [`crate::run`].

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::todo,
    clippy::wildcard_enum_match_arm
)]

slint::include_modules!();
