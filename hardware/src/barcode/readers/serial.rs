//! A reader on a serial line, or a USB one in serial mode: 8N1, raw, no flow control.
//!
//! It is read through a plain descriptor that can be waited on together with the stop signal.

use std::path::Path;
use std::time::Duration;

use super::pump::{Line, Outlet, Stopped, supervise};
use crate::barcode::config::Terminators;
use crate::barcode::frame::Framer;
use crate::barcode::scan::ReaderEvent;
use crate::board::serial::{Parity, open};
use crate::board::unusable;

/// Reads the line until stopped.
pub(super) fn run<T: From<ReaderEvent>>(
    outlet: &Outlet<T>,
    path: &Path,
    baud: u32,
    silence: Duration,
    terminators: Terminators,
) -> Result<(), Stopped> {
    let decoder =
        || Line { framer: Framer::new(outlet.reader().clone(), terminators), silence: Some(silence) };
    supervise(
        outlet,
        || {
            open(path, baud, Parity::None)
                .map_err(|error| unusable(&path.display().to_string(), "path", "dialout", &error))
        },
        decoder,
    )
}
