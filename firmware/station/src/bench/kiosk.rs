//! A station as a process of its own, with a hand that scans and touches and an eye on its screen.

use anyhow::{Context, bail, ensure};
use desk::ipc::{Decoder, Frame, Tap, encode};
use desk::{Screen, Touch, View};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running station. Killed when dropped.
#[derive(Debug)]
pub struct Kiosk {
    child: Child,
    screen: UnixStream,
    decoder: Decoder,
    frame: Option<Frame>,
    scanner: UnixStream,
}

/// Writes a configuration into `dir`: data, sockets and log are to be there too. `more` is added at its end.
///
/// # Errors
/// The folder cannot be written.
pub fn configure(dir: &Path, more: &str) -> anyhow::Result<PathBuf> {
    let path = dir.join("oqyrman.toml");
    let text = format!(
        "data_dir = \"data\"\n\n[screen]\nsocket = \"screen.sock\"\n\n\
         [[readers]]\nname = \"hand\"\nkind = \"socket\"\npath = \"scan.sock\"\n\n{more}"
    );
    std::fs::write(&path, text)?;
    Ok(path)
}

impl Kiosk {
    /// Starts `command`, which runs the station that was configured in `dir`, and waits until it is open. What it logs
    /// goes to `log` there.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(command: &mut Command, dir: &Path) -> anyhow::Result<Kiosk> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(dir.join("log"))?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("the station cannot be started")?;
        let mut connect = |name: &str| -> anyhow::Result<UnixStream> {
            let end = Instant::now() + PATIENCE;
            loop {
                match UnixStream::connect(dir.join(name)) {
                    Ok(stream) => return Ok(stream),
                    Err(error) if Instant::now() > end => return Err(error).with_context(|| name.to_owned()),
                    Err(_) => {}
                }
                if let Some(status) = child.try_wait()? {
                    bail!("the station ended ({status}); see {}", dir.join("log").display());
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        let (screen, scanner) = (connect("screen.sock")?, connect("scan.sock")?);
        screen.set_read_timeout(Some(PATIENCE))?;
        Ok(Kiosk { child, screen, decoder: Decoder::default(), frame: None, scanner })
    }

    /// Holds a label before the reader: `text` and a line end.
    ///
    /// # Errors
    /// The station is gone.
    pub fn scan(&mut self, text: &str) -> anyhow::Result<()> {
        self.send(format!("{text}\n").as_bytes())
    }

    /// Sends the reader's bytes as they are.
    ///
    /// # Errors
    /// The station is gone.
    pub fn send(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        Ok(self.scanner.write_all(bytes)?)
    }

    /// Touches what is shown now.
    ///
    /// # Errors
    /// The station is gone, or nothing was shown yet.
    pub fn touch(&mut self, touch: Touch) -> anyhow::Result<()> {
        let frame = self.frame.as_ref().context("nothing was shown yet")?.number;
        self.tap(&Tap { frame, touch })
    }

    /// Touches what was shown once.
    ///
    /// # Errors
    /// The station is gone.
    pub fn tap(&mut self, tap: &Tap) -> anyhow::Result<()> {
        Ok(self.screen.write_all(&encode(tap)?)?)
    }

    /// The frame seen last.
    pub fn frame(&self) -> Option<&Frame> {
        self.frame.as_ref()
    }

    /// Waits until the screen is as `wanted` says; the frame seen last counts.
    ///
    /// # Errors
    /// The station is gone, or nothing new is shown for half a minute.
    pub fn wait(&mut self, wanted: impl Fn(&Screen) -> bool) -> anyhow::Result<&View> {
        while !self.frame.as_ref().is_some_and(|frame| wanted(&frame.view.screen)) {
            self.next_frame()?;
        }
        Ok(&self.frame.as_ref().context("nothing was shown yet")?.view)
    }

    /// Waits for the next frame.
    ///
    /// # Errors
    /// See [`Kiosk::wait`].
    pub fn next_frame(&mut self) -> anyhow::Result<&Frame> {
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(frame) = self.decoder.next_message()? {
                return Ok(self.frame.insert(frame));
            }
            match self.screen.read(&mut buffer) {
                Ok(0) => bail!("the station has closed the screen"),
                Ok(len) => self.decoder.feed(&buffer[..len]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    let shown = self.frame.as_ref().map(|frame| &frame.view.screen);
                    return Err(error).with_context(|| format!("waited in vain; the screen shows {shown:?}"));
                }
            }
        }
    }

    /// The process's number.
    ///
    /// # Errors
    /// It has none.
    pub fn pid(&self) -> anyhow::Result<Pid> {
        Pid::from_raw(self.child.id().try_into()?).context("no process")
    }

    /// kill −9, in the middle of whatever it does.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop, as the system does, and waits until it has.
    ///
    /// # Errors
    /// It ends with an error.
    pub fn stop(mut self) -> anyhow::Result<()> {
        kill_process(self.pid()?, Signal::TERM)?;
        let status = self.child.wait()?;
        ensure!(status.success(), "the station ended with {status}");
        Ok(())
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
