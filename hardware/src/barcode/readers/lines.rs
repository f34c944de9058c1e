//! Scans as lines on standard input, or on any other descriptor: for a bench, a pipe, or a person at a terminal.
//! An optional AIM id may stand before each. No time-out, since people type; the end of input is a last line's end.

use std::os::fd::AsFd;

use super::pump::{Decode, End, Line, Outlet, Stopped, pump};
use crate::barcode::config::Terminators;
use crate::barcode::frame::Framer;
use crate::barcode::scan::ReaderEvent;

/// Reads `input` to its end, then reports the reader gone for good.
pub(super) fn run<T: From<ReaderEvent>>(outlet: &Outlet<T>, input: impl AsFd) -> Result<(), Stopped> {
    let mut line = line(outlet);
    let end = pump(outlet, &input, &mut line)?;
    line.closed().into_iter().try_for_each(|outcome| outlet.report(outcome))?;
    outlet.gone(match end {
        End::Closed => "the input has ended".to_owned(),
        End::Lost(error) => format!("the input cannot be read: {error}"),
    })
}

/// The decoder of typed or piped lines.
pub(super) fn line<T: From<ReaderEvent>>(outlet: &Outlet<T>) -> Line {
    Line { framer: Framer::new(outlet.reader().clone(), Terminators::ALL), silence: None }
}
