//! Serial lines, by names that last: raw, 8 data bits, 1 stop bit, no flow control, set up through termios alone, which USB
//! adapters, the board's own UART and ptys all speak.
//!
//! A driver that asks and waits for an answer sees a [`Line`] alone. Its clock is the line's, so that an emulated line has a
//! clock of its own, and what such a driver does never depends on how fast the computer is that it is tried on.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::termios::{
    ControlModes, OptionalActions, QueueSelector, ioctl_tiocexcl, tcflush, tcgetattr, tcsetattr,
};

/// How much is read at once.
const CHUNK_BYTES: usize = 256;
/// Chunks of old bytes that are thrown away at most: a device that never stops talking is not waited for.
const MOST_OLD_CHUNKS: usize = 64;

/// A line to a device that speaks when it is spoken to. Every call ends when its time is over.
pub trait Line {
    /// The time by this line's clock, from any beginning. It never goes back.
    fn now(&self) -> Duration;

    /// Throws away what has come unasked.
    ///
    /// # Errors
    /// The line is gone.
    fn forget(&mut self) -> io::Result<()>;

    /// Sends all of `bytes`.
    ///
    /// # Errors
    /// The line is gone, or takes nothing for `limit`.
    fn say(&mut self, bytes: &[u8], limit: Duration) -> io::Result<()>;

    /// What has come, once anything has, or nothing after `limit`.
    ///
    /// # Errors
    /// The line is gone.
    fn heard(&mut self, limit: Duration) -> io::Result<Vec<u8>>;
}

/// The bit that goes with each byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// There is none.
    None,
    /// Even.
    Even,
}

/// Whether `path` names a device for good: it is absolute, and no name that the kernel gives anew at each boot.
pub(crate) fn is_stable(path: &str) -> bool {
    let fleeting = ["ttyUSB", "ttyACM"].iter().any(|stem| is_numbered(path, "/dev/", stem));
    Path::new(path).is_absolute() && !fleeting && !path.contains('\0')
}

/// Whether `text` is `folder`, `stem` and then digits only: a name that the kernel gives anew at each boot.
pub(crate) fn is_numbered(text: &str, folder: &str, stem: &str) -> bool {
    text.strip_prefix(folder)
        .and_then(|name| name.strip_prefix(stem))
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Opens a line for this program alone, without waiting. What came before is thrown away: it was meant for nobody.
///
/// # Errors
/// What the system says.
pub(crate) fn open(path: &Path, baud: u32, parity: Parity) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    let port = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)?;
    ioctl_tiocexcl(&port)?;
    let mut settings = tcgetattr(&port)?;
    settings.make_raw();
    settings.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD;
    settings.control_modes -= ControlModes::CSTOPB | ControlModes::CRTSCTS | ControlModes::PARODD;
    settings.control_modes.set(ControlModes::PARENB, parity == Parity::Even);
    settings.set_speed(baud)?;
    tcsetattr(&port, OptionalActions::Now, &settings)?;
    tcflush(&port, QueueSelector::IFlush)?;
    Ok(port)
}

/// A line of the kernel's, with the computer's clock.
#[derive(Debug)]
pub struct SerialLine {
    port: File,
    opened: Instant,
}

impl SerialLine {
    /// Opens the line at `path` for this program alone, `baud` bits per second.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(path: &Path, baud: u32, parity: Parity) -> io::Result<Self> {
        Ok(Self { port: open(path, baud, parity)?, opened: Instant::now() })
    }

    fn wait(&self, what: PollFlags, time: Duration) -> io::Result<bool> {
        let mut polled = [PollFd::new(&self.port, what)];
        let time = Timespec::try_from(time).map_err(io::Error::other)?;
        match poll(&mut polled, Some(&time)) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}

impl Line for SerialLine {
    fn now(&self) -> Duration {
        self.opened.elapsed()
    }

    fn forget(&mut self) -> io::Result<()> {
        for _ in 0..MOST_OLD_CHUNKS {
            if self.heard(Duration::ZERO)?.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn say(&mut self, mut bytes: &[u8], limit: Duration) -> io::Result<()> {
        let until = self.now() + limit;
        while !bytes.is_empty() {
            match rustix::io::write(&self.port, bytes) {
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    if !self.wait(PollFlags::OUT, until.saturating_sub(self.now()))? {
                        return Err(io::Error::new(ErrorKind::TimedOut, "it takes no bytes"));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn heard(&mut self, limit: Duration) -> io::Result<Vec<u8>> {
        let until = self.now() + limit;
        let mut chunk = [0; CHUNK_BYTES];
        loop {
            match rustix::io::read(&self.port, &mut chunk) {
                Ok(0) => return Err(io::Error::new(ErrorKind::UnexpectedEof, "it was unplugged")),
                Ok(count) => return Ok(chunk.get(..count).unwrap_or_default().to_vec()),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    if !self.wait(PollFlags::IN, until.saturating_sub(self.now()))? {
                        return Ok(Vec::new());
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_the_kernel_gives_anew_is_not_stable() {
        for path in ["/dev/serial/by-id/usb-ACME-if00", "/dev/serial0", "/dev/ttyAMA0", "/dev/ttyUSBreader"] {
            assert!(is_stable(path), "{path}");
        }
        for path in ["/dev/ttyUSB0", "/dev/ttyACM17", "serial0", "", "/dev/a\0b"] {
            assert!(!is_stable(path), "{path}");
        }
    }
}
