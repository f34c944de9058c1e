//! The bench: a window beside the kiosk's in which one "scans" sample cards and books. A scan is a line written into
//! the socket of a simulated reader; the station cannot tell it from a real one. A
//! book with a tag can be laid on an emulated pad.

mod labels;
mod pad;
mod scanner;
mod window;

pub use labels::{Kind, Label, LabelError, read};
pub use window::{BenchOptions, run};
