//! The shells: one thread for each configured reader, from device to channel.
//!
//! A thread only reads, waits and reports; what the bytes mean is decided by the pure decoders. The channel is
//! bounded: when it is full a reader waits, and what the kernel then drops comes out as a fault. A reader that is
//! not there is looked for every half second; dropping [`Readers`] stops all threads and waits for them.

mod evdev;
mod lines;
mod pump;
mod serial;
mod socket;

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread::{self, JoinHandle};

use rustix::event::{EventfdFlags, eventfd};

use super::config::{ReaderConfig, ReaderKind};
use super::scan::{ReaderEvent, ReaderName};
use pump::{Outlet, Stopped};
pub(crate) use socket::Socket;

/// Why the readers could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// Two readers of one name.
    #[error("two readers are named '{reader}'; give each its own name")]
    NameTaken {
        /// The name.
        reader: ReaderName,
    },
    /// Two readers on one device, path or standard input.
    #[error("readers '{first}' and '{second}' use the same device; take one of them out")]
    DeviceTaken {
        /// The one configured first.
        first: ReaderName,
        /// The other.
        second: ReaderName,
    },
    /// The socket cannot be made.
    #[error("reader '{reader}': cannot make the socket {path}: {source}")]
    Socket {
        /// The reader's name.
        reader: ReaderName,
        /// Where the socket should be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no thread or no event descriptor.
    #[error("cannot start the readers: {0}")]
    System(#[from] io::Error),
}

/// The running readers. Dropping it stops them.
#[derive(Debug)]
pub struct Readers {
    stop: Arc<OwnedFd>,
    threads: Vec<(JoinHandle<()>, Arc<AtomicBool>)>,
}

impl Readers {
    /// Whether every reader's thread goes on, or has come to its end in order. One that ended in a panic does not read any
    /// more, and nothing else would tell.
    #[must_use]
    pub fn go_on(&self) -> bool {
        self.threads.iter().all(|(thread, ended)| !thread.is_finished() || ended.load(Ordering::Acquire))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // An eventfd takes a non-zero word unless its counter is full, and then it is readable already.
        let _ = rustix::io::write(&*self.stop, &1u64.to_ne_bytes());
        for (thread, _) in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a reader thread ended in a panic");
            }
        }
    }
}

/// Checks that no two readers have one name or use one device. Starts nothing.
///
/// # Errors
/// [`ReaderError::NameTaken`] or [`ReaderError::DeviceTaken`].
pub fn check_readers(configs: &[ReaderConfig]) -> Result<(), ReaderError> {
    for (at, config) in configs.iter().enumerate() {
        for earlier in configs.iter().take(at) {
            if earlier.name == config.name {
                return Err(ReaderError::NameTaken { reader: config.name.clone() });
            }
            if same_device(&earlier.kind, &config.kind) {
                return Err(ReaderError::DeviceTaken {
                    first: earlier.name.clone(),
                    second: config.name.clone(),
                });
            }
        }
    }
    Ok(())
}

/// Starts a thread for each of `configs`. Each event goes to `events`, converted to whatever the receiver takes.
/// A device that is not there is no error: its reader reports [`ReaderEvent::Gone`] and goes on looking.
///
/// # Errors
/// [`ReaderError`] when the list contradicts itself or the system refuses; then nothing is left running.
pub fn start<T>(configs: &[ReaderConfig], events: SyncSender<T>) -> Result<Readers, ReaderError>
where
    T: From<ReaderEvent> + Send + 'static,
{
    check_readers(configs)?;
    let stop = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(io::Error::from)?);
    let mut readers = Readers { stop: Arc::clone(&stop), threads: Vec::new() };
    for config in configs {
        let outlet = Outlet::new(config.name.clone(), events.clone(), Arc::clone(&stop));
        let body = body(config.kind.clone(), outlet)?;
        let name = config.name.clone();
        let ended = Arc::new(AtomicBool::new(false));
        let in_order = Arc::clone(&ended);
        let thread = thread::Builder::new().name("barcode-reader".into()).spawn(move || {
            match body() {
                Ok(()) => tracing::info!(reader = %name, "reader has come to its end"),
                Err(Stopped) => tracing::debug!(reader = %name, "reader is stopped"),
            }
            in_order.store(true, Ordering::Release);
        })?;
        readers.threads.push((thread, ended));
    }
    Ok(readers)
}

type Body = Box<dyn FnOnce() -> Result<(), Stopped> + Send>;

fn body<T>(kind: ReaderKind, outlet: Outlet<T>) -> Result<Body, ReaderError>
where
    T: From<ReaderEvent> + Send + 'static,
{
    Ok(match kind {
        ReaderKind::Evdev { id, silence, terminators } => {
            Box::new(move || evdev::run(&outlet, &id, silence, terminators))
        }
        ReaderKind::Serial { path, baud, silence, terminators } => {
            Box::new(move || serial::run(&outlet, &path, baud, silence, terminators))
        }
        ReaderKind::Stdin => Box::new(move || lines::run(&outlet, io::stdin())),
        ReaderKind::Socket { path } => {
            let socket = socket::Socket::bind(&path).map_err(|source| ReaderError::Socket {
                reader: outlet.reader().clone(),
                path,
                source,
            })?;
            Box::new(move || socket::run(&outlet, &socket))
        }
    })
}

fn same_device(a: &ReaderKind, b: &ReaderKind) -> bool {
    match (a, b) {
        (ReaderKind::Evdev { id: a, .. }, ReaderKind::Evdev { id: b, .. }) => a == b,
        (ReaderKind::Stdin, ReaderKind::Stdin) => true,
        (
            ReaderKind::Serial { path: a, .. } | ReaderKind::Socket { path: a },
            ReaderKind::Serial { path: b, .. } | ReaderKind::Socket { path: b },
        ) => a == b,
        (
            ReaderKind::Evdev { .. }
            | ReaderKind::Serial { .. }
            | ReaderKind::Stdin
            | ReaderKind::Socket { .. },
            ReaderKind::Evdev { .. }
            | ReaderKind::Serial { .. }
            | ReaderKind::Stdin
            | ReaderKind::Socket { .. },
        ) => false,
    }
}
