//! The station's end of the socket to its screens. Usually there is one; a second one shows the same.
//!
//! A screen that does not keep up is closed, never waited for: lending does not depend on it. It may connect again.

use anyhow::Context;
use desk::View;
use desk::ipc::{Decoder, Frame, Tap, encode};
use rustix::net::{SendFlags, send};
use std::fs::{Permissions, remove_file, rename, set_permissions, symlink_metadata};
use std::io::{ErrorKind, Read};
use std::net::Shutdown;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

/// Most screens at once; one more takes the place of the oldest.
const MAX_SCREENS: usize = 4;

/// How long to hold off after the system refused a connection, as when descriptors run out.
const REFUSED: Duration = Duration::from_millis(500);

/// What a screen tells.
#[derive(Debug)]
pub enum ScreenEvent {
    /// One has connected; frames go here.
    Opened(Arc<UnixStream>),
    /// Someone touched it.
    Tapped(Tap),
}

/// All connected screens, and the frame they show.
#[derive(Debug)]
pub struct Screens {
    path: PathBuf,
    connected: Vec<Arc<UnixStream>>,
    frame: Option<Frame>,
    listening: std::thread::JoinHandle<()>,
}

impl Screens {
    /// Listens on `path`, which only this user and group may open. A socket that a dead process left there is replaced.
    ///
    /// # Errors
    /// The socket cannot be made there, or another program listens on it.
    pub fn listen<T>(path: &Path, events: SyncSender<T>) -> anyhow::Result<Screens>
    where
        T: From<ScreenEvent> + Send + 'static,
    {
        let listener = bind(path).with_context(|| format!("{}: the screen's socket", path.display()))?;
        let listening = std::thread::Builder::new()
            .name("screens".into())
            .spawn(move || accept_all(&listener, &events))?;
        Ok(Screens { path: path.to_owned(), connected: Vec::new(), frame: None, listening })
    }

    /// Whether a screen could connect now, or is there. A station without any screen is as alive as one with.
    pub fn listens(&self) -> bool {
        !self.listening.is_finished() && self.path.exists()
    }

    /// How many screens are there, as far as the last frame has told.
    pub fn count(&self) -> usize {
        self.connected.len()
    }

    /// Takes a new screen in and shows it the present frame.
    pub fn add(&mut self, screen: &Arc<UnixStream>) {
        if self.connected.len() == MAX_SCREENS {
            close(&self.connected.remove(0));
        }
        self.connected.push(Arc::clone(screen));
        self.send();
    }

    /// Shows `view`, if it is another than the one shown.
    pub fn show(&mut self, view: &View) {
        let number = match &self.frame {
            Some(frame) if frame.view == *view => return,
            Some(frame) if frame.view.screen == view.screen && frame.view.help == view.help => frame.number,
            Some(frame) => frame.number + 1,
            None => 1,
        };
        self.frame = Some(Frame { number, view: view.clone() });
        self.send();
    }

    /// Whether a tap was made on what is shown now.
    pub fn is_current(&self, tap: &Tap) -> bool {
        self.frame.as_ref().is_some_and(|frame| frame.number == tap.frame)
    }

    fn send(&mut self) {
        let Some(frame) = &self.frame else { return };
        match encode(frame) {
            Ok(bytes) => self.connected.retain(|screen| {
                let whole =
                    send(&**screen, &bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) == Ok(bytes.len());
                if !whole {
                    close(screen);
                }
                whole
            }),
            Err(error) => tracing::error!(%error, "a view could not be sent to the screen"),
        }
    }
}

impl Drop for Screens {
    fn drop(&mut self) {
        self.connected.iter().for_each(|screen| close(screen));
        let _ = remove_file(&self.path);
    }
}

/// Ends a connection for both sides, the thread that reads its taps included.
fn close(screen: &UnixStream) {
    // It may be closed from there already.
    let _ = screen.shutdown(Shutdown::Both);
}

/// Makes the socket under another name and puts it in place when only user and group may open it.
fn bind(path: &Path) -> std::io::Result<UnixListener> {
    let taken = |why| Err(std::io::Error::new(ErrorKind::AddrInUse, why));
    match symlink_metadata(path) {
        Ok(there) if !there.file_type().is_socket() => {
            return taken("a file that is no socket has this name");
        }
        Ok(_) if UnixStream::connect(path).is_ok() => return taken("another program listens on it"),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut making = path.as_os_str().to_owned();
    making.push(format!(".{}", std::process::id()));
    let listener = UnixListener::bind(&making)?;
    set_permissions(&making, Permissions::from_mode(0o660))
        .and_then(|()| rename(&making, path))
        .inspect_err(|_| drop(remove_file(&making)))?;
    Ok(listener)
}

/// Takes connections in until nobody wants events any more.
fn accept_all<T: From<ScreenEvent> + Send + 'static>(listener: &UnixListener, events: &SyncSender<T>) {
    for stream in listener.incoming() {
        let reading = stream.and_then(|stream| {
            let (stream, events) = (Arc::new(stream), events.clone());
            std::thread::Builder::new().name("screen".into()).spawn(move || read_taps(&stream, &events))
        });
        if let Err(error) = reading {
            tracing::warn!(%error, "a screen was not taken in");
            std::thread::sleep(REFUSED);
        }
    }
}

/// Introduces a screen and reads its taps until it goes, or nobody wants events any more.
fn read_taps<T: From<ScreenEvent>>(stream: &Arc<UnixStream>, events: &SyncSender<T>) {
    if events.send(ScreenEvent::Opened(Arc::clone(stream)).into()).is_err() {
        return;
    }
    let mut decoder = Decoder::default();
    let mut buffer = [0; 4096];
    let mut from = &**stream;
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        decoder.feed(&buffer[..len]);
        loop {
            match decoder.next_message() {
                Ok(Some(tap)) => {
                    if events.send(ScreenEvent::Tapped(tap).into()).is_err() {
                        return;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(%error, "a screen is closed");
                    close(stream);
                    return;
                }
            }
        }
    }
    close(stream);
}
