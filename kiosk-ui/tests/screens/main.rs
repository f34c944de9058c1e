//! Every screen of the gallery in every language, held against the rules for touch screens that a program can check.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod geometry;
mod paint;
mod pictures;
mod stillness;
mod touch;
mod walk;
mod words;
