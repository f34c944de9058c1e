//! The socket to the station: frames come in, taps go out. Connects again by itself, for ever.

use desk::ipc::{self, Decoder, Frame, Tap};
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The first wait before connecting again; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// The longest wait before connecting again.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How long a station may be away before it counts as gone: a restart takes less.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);
/// How long a tap may wait for a station that does not read.
const WRITE_TIMEOUT: Duration = Duration::from_millis(200);

/// What the station's side says.
#[derive(Debug)]
pub(crate) enum FromStation {
    /// Show this.
    Frame(Box<Frame>),
    /// The station has gone away, or was not there yet. It may be back at once.
    Lost,
    /// The station has been away for longer than a restart takes.
    Gone,
}

/// Sends taps to whichever connection is open. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outbox(Arc<Mutex<Option<UnixStream>>>);

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
/// Says [`FromStation::Lost`] once when the station is away, and [`FromStation::Gone`] once after `patience`.
pub(crate) fn follow(
    socket: &Path,
    outbox: &Outbox,
    patience: Duration,
    mut hear: impl FnMut(FromStation) -> bool,
) {
    let mut wait = FIRST_WAIT;
    let mut away = Away::No;
    loop {
        if let Ok(stream) = connect(socket, outbox) {
            tracing::info!(socket = %socket.display(), "connected to the station");
            let mut heard = false;
            let mut hear_frame = |frame| {
                heard = true;
                hear(FromStation::Frame(Box::new(frame)))
            };
            match listen(stream, &mut hear_frame) {
                End::Closed => tracing::warn!("the station closed the connection"),
                End::Garbled(error) => tracing::warn!(%error, "the connection is closed"),
                End::NotWanted => return,
            }
            outbox.set(None);
            if heard {
                (wait, away) = (FIRST_WAIT, Away::No);
            }
        }
        let wanted = match away {
            Away::No => {
                away = Away::Since(Instant::now());
                hear(FromStation::Lost)
            }
            Away::Since(when) if when.elapsed() >= patience => {
                away = Away::Told;
                hear(FromStation::Gone)
            }
            Away::Since(_) | Away::Told => true,
        };
        if !wanted {
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

/// Whether the station is away, and what of it was told.
#[derive(Clone, Copy)]
enum Away {
    No,
    Since(Instant),
    Told,
}

/// Why a connection ended.
enum End {
    Closed,
    Garbled(ipc::IpcError),
    NotWanted,
}

fn listen(mut stream: UnixStream, hear: &mut impl FnMut(Frame) -> bool) -> End {
    let mut decoder = Decoder::default();
    let mut bytes = vec![0; 16 * 1024];
    loop {
        loop {
            match decoder.next_message::<Frame>() {
                Ok(Some(frame)) => {
                    if !hear(frame) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery;
    use desk::Touch;
    use std::os::unix::net::UnixListener;
    use std::sync::mpsc::{Receiver, channel};

    const LONG: Duration = Duration::from_secs(20);

    /// Follows `socket` on a thread of its own until the receiver is dropped.
    fn start(socket: &Path, outbox: &Outbox, patience: Duration) -> Receiver<FromStation> {
        let (sender, heard) = channel();
        let (socket, outbox) = (socket.to_owned(), outbox.clone());
        std::thread::spawn(move || follow(&socket, &outbox, patience, |word| sender.send(word).is_ok()));
        heard
    }

    fn frame(number: u64) -> Frame {
        Frame { number, view: gallery::sample("visit").unwrap() }
    }

    #[test]
    fn it_connects_again_and_taps_reach_the_new_station() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("screen.sock");
        let outbox = Outbox::default();
        let heard = start(&socket, &outbox, LONG);
        assert!(matches!(heard.recv_timeout(LONG), Ok(FromStation::Lost)));
        for number in 1..=2 {
            let station = UnixListener::bind(&socket).unwrap();
            let (mut stream, _) = station.accept().unwrap();
            stream.write_all(&ipc::encode(&frame(number)).unwrap()).unwrap();
            let word = heard.recv_timeout(LONG).unwrap();
            assert!(matches!(word, FromStation::Frame(seen) if *seen == frame(number)));

            let tap = Tap { frame: number, touch: Touch::Finish };
            outbox.send(&tap);
            let mut bytes = [0; 64];
            let read = stream.read(&mut bytes).unwrap();
            let mut decoder = Decoder::default();
            decoder.feed(&bytes[..read]);
            assert_eq!(decoder.next_message::<Tap>().unwrap(), Some(tap));

            drop((stream, station));
            std::fs::remove_file(&socket).unwrap();
            assert!(matches!(heard.recv_timeout(LONG), Ok(FromStation::Lost)));
        }
    }

    #[test]
    fn a_station_that_stays_away_is_gone_and_said_so_once() {
        let dir = tempfile::tempdir().unwrap();
        let outbox = Outbox::default();
        let heard = start(&dir.path().join("screen.sock"), &outbox, Duration::ZERO);
        assert!(matches!(heard.recv_timeout(LONG), Ok(FromStation::Lost)));
        assert!(matches!(heard.recv_timeout(LONG), Ok(FromStation::Gone)));
        assert!(heard.recv_timeout(FIRST_WAIT * 8).is_err());
        outbox.send(&Tap { frame: 1, touch: Touch::Finish });
    }

    #[test]
    fn what_is_no_frame_closes_the_connection() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("screen.sock");
        let station = UnixListener::bind(&socket).unwrap();
        let heard = start(&socket, &Outbox::default(), LONG);
        let (mut stream, _) = station.accept().unwrap();
        stream.write_all(&u32::MAX.to_le_bytes()).unwrap();
        assert!(matches!(heard.recv_timeout(LONG), Ok(FromStation::Lost)));
        assert!(matches!(stream.read(&mut [0; 8]), Ok(0) | Err(_)));
    }
}
