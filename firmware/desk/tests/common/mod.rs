//! A school in memory, and a shell that carries out what the desk wants. All people and books are invented.
#![allow(dead_code, reason = "each test binary uses its part")]

mod shop;
mod world;

pub use shop::*;
pub use world::*;
