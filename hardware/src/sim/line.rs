//! A serial line with an emulated device at its end and a clock of its own: bytes take their time, a device that is slow or
//! silent costs virtual time alone, and the same questions give the same answers at the same times on any computer.
//!
//! Answers come in small pieces and in the order in which they were given; what is late stays on its way when the one that
//! asked has stopped waiting.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::board::Line;

/// Bytes of a piece: less than any frame.
const PIECE_BYTES: usize = 5;

/// What a device says, and how long after it was told to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How long the device thinks.
    pub after: Duration,
    /// What it then says.
    pub bytes: Vec<u8>,
}

/// A device at the end of a line.
pub trait LineDevice {
    /// Takes bytes; gives what it says to them.
    fn hear(&mut self, bytes: &[u8]) -> Vec<Said>;
}

#[derive(Debug)]
struct Cable<D> {
    device: D,
    byte_time: Duration,
    now: Duration,
    /// Pieces on their way, with when they are there.
    coming: VecDeque<(Duration, Vec<u8>)>,
    unplugged: bool,
}

/// The line. Its clones are the same line.
#[derive(Debug)]
pub struct SimLine<D>(Arc<Mutex<Cable<D>>>);

impl<D> Clone for SimLine<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: LineDevice> SimLine<D> {
    /// A line with `device` at its end, on which a byte takes `byte_time`.
    pub fn new(device: D, byte_time: Duration) -> Self {
        let (now, coming) = (Duration::ZERO, VecDeque::new());
        Self(Arc::new(Mutex::new(Cable { device, byte_time, now, coming, unplugged: false })))
    }

    fn cable(&self) -> MutexGuard<'_, Cable<D>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pulls the line out; it cannot be put back, as a device that is plugged in again is another line.
    pub fn unplug(&self) {
        self.cable().unplugged = true;
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.cable().now += time;
    }
}

impl<D: LineDevice> Cable<D> {
    fn there(&self) -> io::Result<()> {
        if self.unplugged { Err(io::Error::new(ErrorKind::BrokenPipe, "it was unplugged")) } else { Ok(()) }
    }

    fn on_the_way(&self, bytes: &[u8]) -> Duration {
        self.byte_time * u32::try_from(bytes.len()).unwrap_or(u32::MAX)
    }
}

impl<D: LineDevice> Line for SimLine<D> {
    fn now(&self) -> Duration {
        self.cable().now
    }

    fn forget(&mut self) -> io::Result<()> {
        let mut cable = self.cable();
        let now = cable.now;
        cable.coming.retain(|(there, _)| *there > now);
        cable.there()
    }

    fn say(&mut self, bytes: &[u8], _: Duration) -> io::Result<()> {
        let mut cable = self.cable();
        cable.there()?;
        for piece in bytes.chunks(PIECE_BYTES) {
            let sent = cable.now + cable.on_the_way(piece);
            cable.now = sent;
            for said in cable.device.hear(piece) {
                let free = cable.coming.back().map_or(cable.now, |(there, _)| cable.now.max(*there));
                let mut there = free + said.after;
                for piece in said.bytes.chunks(PIECE_BYTES) {
                    there += cable.on_the_way(piece);
                    cable.coming.push_back((there, piece.to_vec()));
                }
            }
        }
        Ok(())
    }

    fn heard(&mut self, limit: Duration) -> io::Result<Vec<u8>> {
        let mut cable = self.cable();
        cable.there()?;
        let until = cable.now + limit;
        match cable.coming.pop_front_if(|(there, _)| *there <= until) {
            Some((there, bytes)) => {
                cable.now = cable.now.max(there);
                Ok(bytes)
            }
            None => {
                cable.now = until;
                Ok(Vec::new())
            }
        }
    }
}
