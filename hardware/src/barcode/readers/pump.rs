//! What all reader threads share: waiting on a descriptor, feeding a decoder, reporting, and finding a device again.
//!
//! Generic over the descriptor, so that a pipe with recorded bytes is as good as a device.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::barcode::assemble::Outcome;
use crate::barcode::frame::Framer;
use crate::barcode::input_event::RECORD_BYTES;
use crate::barcode::scan::{ReaderEvent, ReaderName};

/// How long between two looks for a device that is gone.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How long between two tries to hand an event to a full channel.
const CHANNEL_FULL: Duration = Duration::from_millis(5);
/// How much is read at once, in bytes.
const CHUNK_BYTES: usize = RECORD_BYTES * 64;

/// The thread is to end: the readers were dropped, or nobody listens any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stopped;

/// How a descriptor came to its end.
#[derive(Debug)]
pub(super) enum End {
    /// The other side closed it.
    Closed,
    /// It failed.
    Lost(io::Error),
}

/// Where a reader's events go, and how it learns that it is to stop.
#[derive(Debug)]
pub(super) struct Outlet<T> {
    reader: ReaderName,
    events: SyncSender<T>,
    stop: Arc<OwnedFd>,
}

impl<T: From<ReaderEvent>> Outlet<T> {
    pub(super) fn new(reader: ReaderName, events: SyncSender<T>, stop: Arc<OwnedFd>) -> Self {
        Self { reader, events, stop }
    }

    pub(super) fn reader(&self) -> &ReaderName {
        &self.reader
    }

    pub(super) fn report(&self, outcome: Outcome) -> Result<(), Stopped> {
        self.send(match outcome {
            Ok(scan) => ReaderEvent::Scan(scan),
            Err(fault) => ReaderEvent::Fault { reader: self.reader.clone(), fault },
        })
    }

    pub(super) fn gone(&self, reason: String) -> Result<(), Stopped> {
        tracing::warn!(reader = %self.reader, reason, "reader is gone");
        self.send(ReaderEvent::Gone { reader: self.reader.clone(), reason })
    }

    fn back(&self) -> Result<(), Stopped> {
        tracing::info!(reader = %self.reader, "reader is back");
        self.send(ReaderEvent::Back { reader: self.reader.clone() })
    }

    /// Waits while the channel is full, and stops waiting when the readers are dropped.
    fn send(&self, event: ReaderEvent) -> Result<(), Stopped> {
        let mut held = T::from(event);
        loop {
            match self.events.try_send(held) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(Stopped),
                Err(TrySendError::Full(back)) => held = back,
            }
            self.wait(&[], Some(CHANNEL_FULL))?;
        }
    }

    /// Waits until one of `fds` has something to say or `timeout` passes; tells for each whether it has.
    pub(super) fn wait(&self, fds: &[&dyn AsFd], timeout: Option<Duration>) -> Result<Vec<bool>, Stopped> {
        let mut polled: Vec<PollFd<'_>> = std::iter::once(PollFd::new(&*self.stop, PollFlags::IN))
            .chain(fds.iter().map(|fd| PollFd::from_borrowed_fd(fd.as_fd(), PollFlags::IN)))
            .collect();
        let timeout = timeout.and_then(|t| Timespec::try_from(t).ok());
        // A signal is no silence: wait on, at worst a little longer.
        while let Err(error) = poll(&mut polled, timeout.as_ref()) {
            if error != Errno::INTR {
                tracing::error!(reader = %self.reader, %error, "cannot wait for the reader");
                return Err(Stopped);
            }
        }
        let mut ready = polled.iter().map(|fd| !fd.revents().is_empty());
        if ready.next() == Some(true) { Err(Stopped) } else { Ok(ready.collect()) }
    }
}

/// What turns bytes into scans.
pub(super) trait Decode {
    /// Takes bytes as they came; calls `out` for each scan or fault they complete.
    fn bytes(&mut self, bytes: &[u8], out: &mut dyn FnMut(Outcome));
    /// The time-out passed with nothing to read.
    fn silence(&mut self) -> Option<Outcome>;
    /// The device went away.
    fn cut(&mut self) -> Option<Outcome>;
    /// The other side closed the line on purpose; unlike a cut where a file ends.
    fn closed(&mut self) -> Option<Outcome> {
        self.cut()
    }
    /// The time after which silence means something, if it does now.
    fn patience(&self) -> Option<Duration>;
}

/// A framed line with the time-out after which silence ends or tears a scan.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) framer: Framer,
    pub(super) silence: Option<Duration>,
}

impl Decode for Line {
    fn bytes(&mut self, bytes: &[u8], mut out: &mut dyn FnMut(Outcome)) {
        self.framer.bytes(bytes, &mut out);
    }

    fn silence(&mut self) -> Option<Outcome> {
        self.framer.silence()
    }

    fn cut(&mut self) -> Option<Outcome> {
        self.framer.cut()
    }

    fn closed(&mut self) -> Option<Outcome> {
        self.framer.end()
    }

    fn patience(&self) -> Option<Duration> {
        self.silence.filter(|_| self.framer.begun())
    }
}

/// Reads what is there once. `Ok(None)`: go on.
pub(super) fn take<T: From<ReaderEvent>>(
    outlet: &Outlet<T>,
    fd: &impl AsFd,
    decoder: &mut impl Decode,
) -> Result<Option<End>, Stopped> {
    let mut chunk = [0; CHUNK_BYTES];
    match rustix::io::read(fd, &mut chunk) {
        Ok(0) => Ok(Some(End::Closed)),
        Ok(count) => {
            let mut outcomes = Vec::new();
            decoder.bytes(chunk.get(..count).unwrap_or_default(), &mut |outcome| outcomes.push(outcome));
            outcomes.into_iter().try_for_each(|outcome| outlet.report(outcome))?;
            Ok(None)
        }
        Err(Errno::INTR | Errno::AGAIN) => Ok(None),
        Err(error) => Ok(Some(End::Lost(error.into()))),
    }
}

/// Reads `fd` to its end.
pub(super) fn pump<T: From<ReaderEvent>>(
    outlet: &Outlet<T>,
    fd: &impl AsFd,
    decoder: &mut impl Decode,
) -> Result<End, Stopped> {
    loop {
        let ready = outlet.wait(&[fd], decoder.patience())?;
        if !ready.contains(&true) {
            decoder.silence().into_iter().try_for_each(|outcome| outlet.report(outcome))?;
        } else if let Some(end) = take(outlet, fd, decoder)? {
            return Ok(end);
        }
    }
}

/// Keeps a device open for as long as the thread lives: opens it, reads it to its end, reports it gone once, and
/// opens it again when it is there again. `open` tells in words why it could not. Ends only by being stopped.
pub(super) fn supervise<T: From<ReaderEvent>, F: AsFd, D: Decode>(
    outlet: &Outlet<T>,
    mut open: impl FnMut() -> Result<F, String>,
    mut decoder: impl FnMut() -> D,
) -> Result<(), Stopped> {
    let mut reported_gone = false;
    let mut once = || -> Result<(), Stopped> {
        let reason = match open() {
            Ok(device) => {
                if std::mem::take(&mut reported_gone) {
                    outlet.back()?;
                }
                let mut decoder = decoder();
                let end = pump(outlet, &device, &mut decoder)?;
                decoder.cut().into_iter().try_for_each(|outcome| outlet.report(outcome))?;
                match end {
                    End::Closed => "the device was unplugged".to_owned(),
                    End::Lost(error) => format!("the device was unplugged ({error})"),
                }
            }
            Err(reason) => reason,
        };
        if !std::mem::replace(&mut reported_gone, true) {
            outlet.gone(reason)?;
        }
        outlet.wait(&[], Some(LOOK_AGAIN)).map(|_| ())
    };
    loop {
        once()?;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc::{Receiver, sync_channel};
    use std::thread;

    use rustix::event::{EventfdFlags, eventfd};

    use super::*;
    use crate::barcode::config::Terminators;
    use crate::barcode::input_event::RecordReader;
    use crate::barcode::keys::KeyDecoder;
    use crate::barcode::readers::{evdev::Keys, lines};
    use crate::barcode::scan::ScanFault;

    fn outlet() -> (Outlet<ReaderEvent>, Receiver<ReaderEvent>) {
        let (sender, events) = sync_channel(8);
        let stop = eventfd(0, EventfdFlags::NONBLOCK).unwrap();
        (Outlet::new("desk".into(), sender, Arc::new(stop)), events)
    }

    fn keys(silence: Duration) -> Keys {
        let decoder = KeyDecoder::new("desk".into(), Terminators::ALL, silence);
        Keys { records: RecordReader::default(), decoder, silence }
    }

    /// The records of keys pressed one after the other, all at time zero.
    fn pressed(codes: &[u16]) -> Vec<u8> {
        let record = |code: &u16| {
            let mut record = [0; RECORD_BYTES];
            record[RECORD_BYTES - 8..RECORD_BYTES - 6].copy_from_slice(&1u16.to_ne_bytes());
            record[RECORD_BYTES - 6..RECORD_BYTES - 4].copy_from_slice(&code.to_ne_bytes());
            record[RECORD_BYTES - 4..].copy_from_slice(&1i32.to_ne_bytes());
            record
        };
        codes.iter().flat_map(record).collect()
    }

    fn told(events: &Receiver<ReaderEvent>) -> Result<String, ScanFault> {
        match events.recv_timeout(Duration::from_secs(10)).unwrap() {
            ReaderEvent::Scan(scan) => Ok(scan.text().as_str().to_owned()),
            ReaderEvent::Fault { fault, .. } => Err(fault),
            other @ (ReaderEvent::Gone { .. } | ReaderEvent::Back { .. }) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_pipe_of_input_records_is_as_good_as_a_device() {
        let ((outlet, events), (device, mut scanner)) = (outlet(), UnixStream::pair().unwrap());
        let reading = thread::spawn(move || {
            pump(&outlet, &device, &mut keys(Duration::from_millis(50))).map(|_| outlet)
        });
        scanner.write_all(&pressed(&[2, 3, 28, 4])).unwrap();
        assert_eq!(told(&events), Ok("12".to_owned()));
        assert_eq!(told(&events), Err(ScanFault::Torn { bytes: 1 }));
        scanner.write_all(&pressed(&[5, 28])).unwrap();
        assert_eq!(told(&events), Ok("4".to_owned()));
        drop(scanner);
        assert!(reading.join().unwrap().is_ok());
    }

    #[test]
    fn a_device_that_fails_amid_a_scan_tears_it_and_is_opened_again() {
        let (outlet, events) = outlet();
        let (first, mut scanner) = UnixStream::pair().unwrap();
        let (second, mut replugged) = UnixStream::pair().unwrap();
        let stop = Arc::clone(&outlet.stop);
        let mut devices = vec![Ok(second), Err("still away".to_owned()), Ok(first)];
        let opening = move || devices.pop().unwrap_or(Err("away for good".to_owned()));
        let reading = thread::spawn(move || supervise(&outlet, opening, || keys(Duration::from_secs(60))));
        scanner.write_all(&pressed(&[2, 3])).unwrap();
        drop(scanner);
        assert_eq!(told(&events), Err(ScanFault::Torn { bytes: 2 }));
        assert!(matches!(events.recv(), Ok(ReaderEvent::Gone { .. })));
        replugged.write_all(&pressed(&[4, 28])).unwrap();
        assert_eq!(events.recv(), Ok(ReaderEvent::Back { reader: "desk".into() }));
        assert_eq!(told(&events), Ok("3".to_owned()));
        rustix::io::write(&*stop, &1u64.to_ne_bytes()).unwrap();
        assert_eq!(reading.join().unwrap(), Err(Stopped));
    }

    #[test]
    fn the_end_of_input_ends_the_last_line() {
        let ((outlet, events), (input, mut person)) = (outlet(), UnixStream::pair().unwrap());
        person.write_all(b"]E09780306406157\n30234000517861").unwrap();
        drop(person);
        lines::run(&outlet, input).unwrap();
        assert_eq!(told(&events), Ok("9780306406157".to_owned()));
        assert_eq!(told(&events), Ok("30234000517861".to_owned()));
        assert!(
            matches!(events.recv(), Ok(ReaderEvent::Gone { reason, .. }) if reason.contains("has ended"))
        );
    }
}
