//! The line to a printer: written piece by piece, each within a time, and asked within a time.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::escpos::{Question, Trouble};

/// How long a printer may take nothing before it is taken for stuck.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_millis(300);

/// An open line.
#[derive(Debug)]
pub(super) struct Line {
    file: File,
}

impl Line {
    /// Opens a USB printer's device, or a serial line at `baud`.
    pub fn open(path: &Path, baud: u32) -> io::Result<Line> {
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
        let file = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)?;
        if let Ok(mut settings) = tcgetattr(&file) {
            settings.make_raw();
            settings.set_speed(baud)?;
            tcsetattr(&file, OptionalActions::Now, &settings)?;
        }
        Ok(Line { file })
    }

    /// How the printer is. One that never answered (`answers`) is believed to be well.
    pub fn ask(&mut self, answers: &mut bool) -> Result<(), Trouble> {
        for question in [Question::Offline, Question::Paper] {
            self.drain()?;
            self.write(&question.bytes())?;
            match self.answer(question)? {
                Some(said) => {
                    *answers = true;
                    said?;
                }
                None if *answers => return Err(Trouble::Gone),
                None => return Ok(()),
            }
        }
        Ok(())
    }

    fn answer(&mut self, question: Question) -> Result<Option<Result<(), Trouble>>, Trouble> {
        let end = Instant::now() + ANSWER;
        while let Some(rest) = end.checked_duration_since(Instant::now()) {
            if !self.is_ready(PollFlags::IN, rest)? {
                break;
            }
            let mut byte = [0];
            match self.file.read(&mut byte) {
                Ok(1) => {
                    if let Some(said) = question.understand(byte[0]) {
                        return Ok(Some(said));
                    }
                }
                // A device that can only be written says so by an end.
                Ok(_) => return Ok(None),
                Err(error) if is_for_now(&error) => {}
                Err(_) => return Err(Trouble::Gone),
            }
        }
        Ok(None)
    }

    /// Forgets answers that came too late.
    fn drain(&mut self) -> Result<(), Trouble> {
        let mut bytes = [0; 64];
        loop {
            match self.file.read(&mut bytes) {
                Ok(1..) => {}
                Ok(0) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(Trouble::Gone),
            }
        }
    }

    /// Writes all of it, as fast as the printer takes it.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), Trouble> {
        while !bytes.is_empty() {
            if !self.is_ready(PollFlags::OUT, PATIENCE)? {
                return Err(Trouble::Gone);
            }
            match self.file.write(bytes) {
                Ok(0) => return Err(Trouble::Gone),
                Ok(len) => bytes = bytes.get(len..).unwrap_or_default(),
                Err(error) if is_for_now(&error) => {}
                Err(_) => return Err(Trouble::Gone),
            }
        }
        Ok(())
    }

    fn is_ready(&self, wanted: PollFlags, within: Duration) -> Result<bool, Trouble> {
        let timeout = Timespec::try_from(within).map_err(|_| Trouble::Gone)?;
        let mut fds = [PollFd::new(&self.file, wanted)];
        match poll(&mut fds, Some(&timeout)) {
            Ok(_) => {
                let [fd] = fds;
                if fd.revents().intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
                    return Err(Trouble::Gone);
                }
                Ok(fd.revents().intersects(wanted))
            }
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(_) => Err(Trouble::Gone),
        }
    }
}

fn is_for_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
