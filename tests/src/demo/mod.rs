//! `cargo demo`: an invented school, a region and two stations on one computer, all real programs over loopback.

pub mod chance;
pub mod day;
pub mod pad;
pub mod parts;
pub mod school;
pub mod show;
