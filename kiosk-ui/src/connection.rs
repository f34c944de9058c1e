//! The socket to the station: frames come in, taps go out. Connects again by itself, for ever.

use desk::ipc::{self, Decoder, Frame, Tap};
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The first wait before connecting again; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// The longest wait before connecting again.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How long a tap may wait for a station that does not read.
const WRITE_TIMEOUT: Duration = Duration::from_millis(200);

/// What the station's side says.
#[derive(Debug)]
pub(crate) enum FromStation {
    /// Show this.
    Frame(Frame),
    /// The station is not there.
    Lost,
}

/// Sends taps to whichever connection is open. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Outbox(Arc<Mutex<Option<UnixStream>>>);

impl Outbox {
    /// Sends a tap. Without a station it is dropped: it was made on a screen that is no longer true.
    pub(crate) fn send(&self, tap: &Tap) {
        let Ok(bytes) = ipc::encode(tap) else { return };
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = stream.as_mut()
            && open.write_all(&bytes).is_err()
        {
            // Half a message may have gone out. The reading side sees the end and connects anew.
            let _ = open.shutdown(Shutdown::Both);
            *stream = None;
        }
    }

    fn set(&self, stream: Option<UnixStream>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stream;
    }
}

/// Follows the station for ever, or until `hear` returns `false`: connects, hands on what it says, waits, connects again.
pub(crate) fn follow(socket: &Path, outbox: &Outbox, mut hear: impl FnMut(FromStation) -> bool) {
    let mut wait = FIRST_WAIT;
    loop {
        if let Ok(stream) = connect(socket, outbox) {
            tracing::info!(socket = %socket.display(), "connected to the station");
            match listen(stream, &mut wait, &mut hear) {
                End::Closed => tracing::warn!("the station closed the connection"),
                End::Garbled(error) => tracing::warn!(%error, "the connection is closed"),
                End::NotWanted => return,
            }
            outbox.set(None);
        }
        if !hear(FromStation::Lost) {
            return;
        }
        std::thread::sleep(wait);
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

fn connect(socket: &Path, outbox: &Outbox) -> std::io::Result<UnixStream> {
    let stream = UnixStream::connect(socket)?;
    let writer = stream.try_clone()?;
    writer.set_write_timeout(Some(WRITE_TIMEOUT))?;
    outbox.set(Some(writer));
    Ok(stream)
}

/// Why a connection ended.
enum End {
    Closed,
    Garbled(ipc::IpcError),
    NotWanted,
}

fn listen(mut stream: UnixStream, wait: &mut Duration, hear: &mut impl FnMut(FromStation) -> bool) -> End {
    let mut decoder = Decoder::default();
    let mut bytes = vec![0; 16 * 1024];
    loop {
        loop {
            match decoder.next_message::<Frame>() {
                Ok(Some(frame)) => {
                    *wait = FIRST_WAIT;
                    if !hear(FromStation::Frame(frame)) {
                        return End::NotWanted;
                    }
                }
                Ok(None) => break,
                Err(error) => return End::Garbled(error),
            }
        }
        match stream.read(&mut bytes) {
            Ok(0) => return End::Closed,
            Ok(read) => decoder.feed(bytes.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return End::Closed,
        }
    }
}
