//! Sound by a program of the system's, which is started for each signal and never waited for.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// After this a player that has not ended is killed.
const PATIENCE: Duration = Duration::from_secs(3);

/// The program.
#[derive(Debug)]
pub(super) struct Player {
    program: PathBuf,
    device: String,
    playing: Option<(Child, Instant)>,
}

impl Player {
    pub fn new(program: PathBuf, device: String) -> Self {
        Self { program, device, playing: None }
    }

    /// Plays a clip, instead of what is still playing.
    pub fn play_clip(&mut self, clip: &Path) -> io::Result<()> {
        File::open(clip)?;
        self.start(clip.as_os_str(), &[])
    }

    /// Plays a WAVE file of at most a pipe's size, instead of what is still playing.
    pub fn play(&mut self, wav: &[u8]) -> io::Result<()> {
        self.start("-".as_ref(), wav)
    }

    fn start(&mut self, what: &OsStr, wav: &[u8]) -> io::Result<()> {
        self.stop();
        let mut child = Command::new(&self.program)
            .args(["-q", "-D", &self.device])
            .arg(what)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let given = child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(wav));
        self.playing = Some((child, Instant::now()));
        given
    }

    /// Takes leave of a player that has ended, and of one that does not end.
    pub fn tend(&mut self) {
        let Some((child, since)) = &mut self.playing else { return };
        match child.try_wait() {
            Ok(None) if since.elapsed() < PATIENCE => {}
            Ok(None) | Err(_) => self.stop(),
            Ok(Some(_)) => self.playing = None,
        }
    }

    /// Whether one plays, so that it must be tended.
    pub fn is_playing(&self) -> bool {
        self.playing.is_some()
    }

    fn stop(&mut self) {
        if let Some((mut child, _)) = self.playing.take() {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.stop();
    }
}
