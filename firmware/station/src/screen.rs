//! The station's end of the socket to its screens. Usually there is one; a second one shows the same.
//!
//! A screen that does not read is closed, never waited for: lending does not depend on it.

use anyhow::Context;
use desk::View;
use desk::ipc::{Decoder, Frame, Tap, encode};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::time::Duration;

/// How long writing one frame may take before the screen counts as gone.
const WRITE_LIMIT: Duration = Duration::from_millis(200);

/// Most screens at once.
const MAX_SCREENS: usize = 4;

/// What a screen tells.
#[derive(Debug)]
pub enum ScreenEvent {
    /// One has connected; frames go here.
    Opened(UnixStream),
    /// Someone touched it.
    Tapped(Tap),
}

/// All connected screens, and the frame they show.
#[derive(Debug)]
pub struct Screens {
    path: PathBuf,
    connected: Vec<UnixStream>,
    frame: Option<Frame>,
}

impl Screens {
    /// Listens on `path`, which only this user and group may open.
    ///
    /// # Errors
    /// The socket cannot be made there.
    pub fn listen<T: From<ScreenEvent> + Send + 'static>(path: &Path, events: SyncSender<T>) -> anyhow::Result<Screens> {
        match std::fs::remove_file(path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("{}: an old socket is in the way", path.display())),
        }
        let listener =
            UnixListener::bind(path).with_context(|| format!("{}: no socket can be made here", path.display()))?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
        std::thread::Builder::new().name("screens".into()).spawn(move || {
            for stream in listener.incoming().flatten() {
                if accept(stream, &events).is_err() {
                    return;
                }
            }
        })?;
        Ok(Screens { path: path.to_owned(), connected: Vec::new(), frame: None })
    }

    /// Takes a new screen in and shows it the present frame.
    pub fn add(&mut self, stream: UnixStream) {
        if self.connected.len() == MAX_SCREENS {
            self.connected.remove(0);
        }
        self.connected.push(stream);
        self.send();
    }

    /// Shows `view`, if it is another than the one shown.
    pub fn show(&mut self, view: View) {
        let number = match &self.frame {
            Some(frame) if frame.view == view => return,
            Some(frame) if frame.view.screen == view.screen && frame.view.help == view.help => frame.number,
            Some(frame) => frame.number + 1,
            None => 1,
        };
        self.frame = Some(Frame { number, view });
        self.send();
    }

    /// Whether a tap was made on what is shown now.
    pub fn is_current(&self, tap: &Tap) -> bool {
        self.frame.as_ref().is_some_and(|frame| frame.number == tap.frame)
    }

    fn send(&mut self) {
        let Some(frame) = &self.frame else { return };
        match encode(frame) {
            Ok(bytes) => self.connected.retain_mut(|screen| screen.write_all(&bytes).is_ok()),
            Err(error) => tracing::error!(%error, "a view could not be sent to the screen"),
        }
    }
}

impl Drop for Screens {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Sets a connection up and starts to read its taps. An error means that nobody wants events any more.
fn accept<T: From<ScreenEvent> + Send + 'static>(stream: UnixStream, events: &SyncSender<T>) -> Result<(), ()> {
    let Ok(writer) = stream.try_clone() else { return Ok(()) };
    if writer.set_write_timeout(Some(WRITE_LIMIT)).is_err() {
        return Ok(());
    }
    events.send(ScreenEvent::Opened(writer).into()).map_err(|_| ())?;
    let events = events.clone();
    let reading = std::thread::Builder::new().name("screen".into()).spawn(move || read_taps(stream, &events));
    if let Err(error) = reading {
        tracing::error!(%error, "a screen's taps cannot be read");
    }
    Ok(())
}

fn read_taps<T: From<ScreenEvent>>(mut stream: UnixStream, events: &SyncSender<T>) {
    let mut decoder = Decoder::default();
    let mut buffer = [0; 4096];
    while let Ok(len @ 1..) = stream.read(&mut buffer) {
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
                    let _ = stream.shutdown(std::net::Shutdown::Both);
                    return;
                }
            }
        }
    }
}
