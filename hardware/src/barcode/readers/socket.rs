//! Scans from a Unix socket, one on a line with an optional AIM id: where a bench or a simulator plugs in.
//!
//! The socket has mode 0600 from its first moment: it is made under another name and put in place when it is ready.
//! One thread serves all connections; beyond [`CONNECTIONS`] the next one waits in the kernel's queue.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::lines;
use super::pump::{Decode, Line, Outlet, Stopped, take};
use crate::barcode::scan::ReaderEvent;

/// How many may be connected at once.
const CONNECTIONS: usize = 16;
/// How long to hold off after the system refused a connection, as when descriptors run out.
const REFUSED: Duration = Duration::from_millis(500);

/// A listening socket that takes its name out of the folder when it is dropped.
#[derive(Debug)]
pub(crate) struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Listens at `path`. A socket that a dead process left there is replaced; anything else is left alone.
    pub(crate) fn bind(path: &Path) -> io::Result<Self> {
        match fs::symlink_metadata(path) {
            Ok(there) if !there.file_type().is_socket() => {
                return Err(io::Error::new(
                    ErrorKind::AlreadyExists,
                    "a file that is no socket has this name",
                ));
            }
            Ok(_) if UnixStream::connect(path).is_ok() => {
                return Err(io::Error::new(ErrorKind::AddrInUse, "another program listens on it"));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut making = path.as_os_str().to_owned();
        making.push(format!(".{}", std::process::id()));
        let listener = UnixListener::bind(&making)?;
        let placed = listener
            .set_nonblocking(true)
            .and_then(|()| fs::set_permissions(&making, Permissions::from_mode(0o600)))
            .and_then(|()| fs::rename(&making, path));
        if let Err(error) = placed {
            fs::remove_file(&making)?;
            return Err(error);
        }
        Ok(Self { listener, path: path.to_owned() })
    }
}

impl Socket {
    /// Takes the next connection, if one waits.
    pub(crate) fn accept(&self) -> Option<UnixStream> {
        self.listener.accept().ok().map(|(stream, _)| stream)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "the socket's name was gone already");
        }
    }
}

/// Serves connections until stopped.
pub(super) fn run<T: From<ReaderEvent>>(outlet: &Outlet<T>, socket: &Socket) -> Result<(), Stopped> {
    let mut connections: Vec<(UnixStream, Line)> = Vec::new();
    loop {
        serve(outlet, socket, &mut connections)?;
    }
}

/// Waits once, and takes what has come.
fn serve<T: From<ReaderEvent>>(
    outlet: &Outlet<T>,
    socket: &Socket,
    connections: &mut Vec<(UnixStream, Line)>,
) -> Result<(), Stopped> {
    let mut fds: Vec<&dyn AsFd> = connections.iter().map(|(stream, _)| stream as &dyn AsFd).collect();
    if connections.len() < CONNECTIONS {
        fds.push(&socket.listener);
    }
    let ready = outlet.wait(&fds, None)?;
    let mut kept = Vec::with_capacity(CONNECTIONS);
    let mut ready = ready.into_iter();
    for (stream, mut line) in connections.drain(..) {
        match ready.next() {
            Some(true) => match take(outlet, &stream, &mut line)? {
                None => kept.push((stream, line)),
                // A peer that goes away amid a line did not finish it.
                Some(_) => line.cut().into_iter().try_for_each(|outcome| outlet.report(outcome))?,
            },
            Some(false) | None => kept.push((stream, line)),
        }
    }
    if ready.next() == Some(true) {
        match socket.listener.accept().and_then(|(stream, _)| stream.set_nonblocking(true).map(|()| stream)) {
            Ok(stream) => kept.push((stream, lines::line(outlet))),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => {
                tracing::warn!(reader = %outlet.reader(), %error, "a connection was not taken");
                outlet.wait(&[], Some(REFUSED))?;
            }
        }
    }
    *connections = kept;
    Ok(())
}
