//! A reader on a serial line, or a USB one in serial mode: 8N1, raw, no flow control.
//!
//! The line is set up through termios alone, which USB adapters, the board's own UART and ptys all speak, and read
//! through a plain descriptor that can be waited on together with the stop signal.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::termios::{
    ControlModes, OptionalActions, QueueSelector, ioctl_tiocexcl, tcflush, tcgetattr, tcsetattr,
};

use super::pump::{Line, Outlet, Stopped, supervise, unusable};
use crate::barcode::config::Terminators;
use crate::barcode::frame::Framer;
use crate::barcode::scan::ReaderEvent;

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
        || open(path, baud).map_err(|error| unusable(&path.display().to_string(), "path", "dialout", &error)),
        decoder,
    )
}

fn open(path: &Path, baud: u32) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    let port = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)?;
    ioctl_tiocexcl(&port)?;
    let mut settings = tcgetattr(&port)?;
    settings.make_raw();
    settings.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD;
    settings.control_modes -= ControlModes::CSTOPB | ControlModes::CRTSCTS;
    settings.set_speed(baud)?;
    tcsetattr(&port, OptionalActions::Now, &settings)?;
    // What was scanned while nobody listened was meant for nobody.
    tcflush(&port, QueueSelector::IFlush)?;
    Ok(port)
}
