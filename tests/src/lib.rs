//! The whole: what needs all rooms together. The demo here, crash runs and the wire's measures in `tests/tests`.

pub mod demo;
