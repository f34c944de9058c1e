//! The real programs as processes of their own, and the ways a person reaches them: scans, touches, eyes.

use super::day::Counts;
use super::pad::Pad;
use anyhow::{Context, bail, ensure};
use desk::ipc::{Decoder, Frame, Tap, encode};
use desk::{Screen, Touch, View};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long anything in the demo may take before it counts as stuck.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Which program this process is to be. The demo starts itself again in each role, so that one build has them all.
pub const ROLE_ENV: &str = "OQYRMAN_DEMO_ROLE";

/// The one program that is all of them.
#[derive(Debug, Clone)]
pub struct Programs(PathBuf);

impl Programs {
    /// The program `exe`, which must be `demo`.
    pub fn of(exe: &Path) -> Programs {
        Programs(exe.to_owned())
    }

    /// This very program.
    ///
    /// # Errors
    /// The system does not say where it is.
    pub fn own() -> std::io::Result<Programs> {
        std::env::current_exe().map(Programs)
    }
}

/// A program of the demo, killed when dropped.
#[derive(Debug)]
pub struct Part {
    child: Child,
}

impl Part {
    /// Starts the program as `role`; what it writes goes to `log`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start<A: AsRef<OsStr>>(
        programs: &Programs,
        role: &str,
        args: &[A],
        log: &Path,
    ) -> anyhow::Result<Part> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
        let child = Command::new(&programs.0)
            .args(args)
            .env(ROLE_ENV, role)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("the {role} cannot be started"))?;
        Ok(Part { child })
    }

    /// Runs the program as `role` to its end, with `input`; gives what it wrote on standard output.
    ///
    /// # Errors
    /// It cannot be started, or it ended with an error, which is told.
    pub fn run<A: AsRef<OsStr>>(
        programs: &Programs,
        role: &str,
        args: &[A],
        input: &str,
    ) -> anyhow::Result<String> {
        let mut child = Command::new(&programs.0)
            .args(args)
            .env(ROLE_ENV, role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        child.stdin.take().context("no standard input")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!("the {role} said: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
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

    /// Asks it to stop, and waits until it has.
    ///
    /// # Errors
    /// It ends with an error.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let pid = rustix::process::Pid::from_raw(self.child.id().try_into()?).context("no process")?;
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        let status = self.child.wait()?;
        ensure!(status.success(), "a part of the demo ended with {status}");
        Ok(())
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn wait(mut self) -> anyhow::Result<std::process::ExitStatus> {
        Ok(self.child.wait()?)
    }

    /// Whether it has ended by itself, and how.
    ///
    /// # Errors
    /// It cannot be asked.
    pub fn ended(&mut self) -> anyhow::Result<Option<std::process::ExitStatus>> {
        Ok(self.child.try_wait()?)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Eyes and a finger: connected to a station as a screen is.
#[derive(Debug)]
pub struct Eyes {
    stream: UnixStream,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    frames: Mutex<(Option<Frame>, Vec<View>)>,
    changed: Condvar,
}

impl Eyes {
    /// Looks at what comes from a station's socket.
    ///
    /// # Errors
    /// The socket cannot be shared.
    pub fn watch(stream: UnixStream) -> anyhow::Result<Eyes> {
        let seen = Arc::new(Seen::default());
        let (mut reader, sink) = (stream.try_clone()?, Arc::clone(&seen));
        std::thread::spawn(move || {
            let mut decoder = Decoder::default();
            let mut buffer = [0; 16 * 1024];
            while let Ok(len @ 1..) = reader.read(&mut buffer) {
                decoder.feed(&buffer[..len]);
                while let Ok(Some(frame)) = decoder.next_message::<Frame>() {
                    let mut frames = sink.frames.lock().unwrap_or_else(PoisonError::into_inner);
                    frames.1.push(frame.view.clone());
                    frames.0 = Some(frame);
                    sink.changed.notify_all();
                }
            }
        });
        Ok(Eyes { stream, seen })
    }

    /// Waits until the screen is as `wanted` says.
    ///
    /// # Errors
    /// It does not become so in [`PATIENCE`]; says what was there instead.
    pub fn wait(&self, what: &str, wanted: impl Fn(&Screen) -> bool) -> anyhow::Result<View> {
        let end = Instant::now() + PATIENCE;
        let mut frames = self.seen.frames.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(frame) = frames.0.as_ref().filter(|frame| wanted(&frame.view.screen)) {
                return Ok(frame.view.clone());
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                bail!(
                    "waited for {what}, but the screen shows {:?}",
                    frames.0.as_ref().map(|f| &f.view.screen)
                );
            }
            frames = self.seen.changed.wait_timeout(frames, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// What is shown now.
    ///
    /// # Errors
    /// Nothing is shown in [`PATIENCE`].
    pub fn look(&self) -> anyhow::Result<View> {
        self.wait("a first view", |_| true)
    }

    /// Everything that was shown since the last time this was asked.
    pub fn take_views(&self) -> Vec<View> {
        std::mem::take(&mut self.seen.frames.lock().unwrap_or_else(PoisonError::into_inner).1)
    }

    /// Touches what is shown now.
    ///
    /// # Errors
    /// The station is gone.
    pub fn touch(&mut self, touch: Touch) -> anyhow::Result<()> {
        self.look()?;
        let frame = self
            .seen
            .frames
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .as_ref()
            .map_or(0, |f| f.number);
        self.stream.write_all(&encode(&Tap { frame, touch })?)?;
        Ok(())
    }
}

/// Connects to a socket that will soon be there, as long as `alive` has no objection.
fn connect(socket: &Path, mut alive: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<UnixStream> {
    let end = Instant::now() + PATIENCE;
    loop {
        match UnixStream::connect(socket) {
            Ok(stream) => return Ok(stream),
            Err(error) if Instant::now() > end => {
                return Err(error).with_context(|| format!("{} does not answer", socket.display()));
            }
            Err(_) => alive()?,
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A station with a scanner that reads what is written into its socket, and an emulated pad.
#[derive(Debug)]
pub struct Station {
    /// Where it lives.
    pub dir: PathBuf,
    /// Its process.
    pub part: Part,
    /// Its screen.
    pub eyes: Eyes,
    /// Its pad.
    pub pad: Pad,
    scanner: UnixStream,
}

impl Station {
    /// Writes a configuration into `dir`.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn set_up(
        dir: &Path,
        name: &str,
        region_url: &str,
        region_ca: &Path,
        lang: &str,
    ) -> anyhow::Result<()> {
        std::fs::create_dir_all(dir)?;
        let config = format!(
            "# A station of the demo.\n\
             name = {name:?}\n\
             data_dir = \"data\"\n\n\
             [region]\n\
             url = {region_url:?}\n\
             ca = {:?}\n\
             call_after_events = 1\n\n\
             [screen]\n\
             socket = \"screen.sock\"\n\
             lang = {lang:?}\n\n\
             [[readers]]\n\
             name = \"counter\"\n\
             kind = \"socket\"\n\
             path = {:?}\n\n\
             [[pads]]\n\
             name = \"pad\"\n\
             kind = \"simulated\"\n\
             path = \"pad.sock\"\n",
            region_ca.display().to_string(),
            dir.join("scan.sock").display().to_string(),
        );
        std::fs::write(dir.join("oqyrman.toml"), config)?;
        Ok(())
    }

    /// Starts the station that was set up in `dir`.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(programs: &Programs, dir: &Path) -> anyhow::Result<Station> {
        let config = dir.join("oqyrman.toml");
        let args = [OsStr::new("run"), "--config".as_ref(), config.as_ref()];
        let mut part = Part::start(programs, "station", &args, &dir.join("log"))?;
        let mut connect = |socket: &Path| {
            connect(socket, || match part.ended()? {
                Some(status) => bail!("the station ended ({status}); see {}", dir.join("log").display()),
                None => Ok(()),
            })
        };
        let eyes = Eyes::watch(connect(&dir.join("screen.sock"))?)?;
        let scanner = connect(&dir.join("scan.sock"))?;
        let pad = Pad::new(connect(&dir.join("pad.sock"))?);
        Ok(Station { dir: dir.to_owned(), part, eyes, scanner, pad })
    }

    /// Its name.
    pub fn name(&self) -> std::borrow::Cow<'_, str> {
        self.dir.file_name().unwrap_or_default().to_string_lossy()
    }

    /// Where screens find it.
    pub fn socket(&self) -> PathBuf {
        self.dir.join("screen.sock")
    }

    /// Where a scanner's lines go in.
    pub fn scan_socket(&self) -> PathBuf {
        self.dir.join("scan.sock")
    }

    /// Where tags are dropped on its pad.
    pub fn pad_socket(&self) -> PathBuf {
        self.dir.join("pad.sock")
    }

    /// Waits until a call after `since_s` (seconds since 1970) has left nothing waiting.
    ///
    /// # Errors
    /// It does not come to that in [`PATIENCE`].
    pub fn wait_until_sent(&self, since_s: i64) -> anyhow::Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let status = station::status::Status::read(&self.dir.join("data"))?;
            if status.at_s >= since_s && status.staff.waiting == 0 && status.staff.last_contact_min == Some(0)
            {
                return Ok(());
            }
            if Instant::now() > end {
                bail!(
                    "{}: {} events still wait; see {}",
                    self.name(),
                    status.staff.waiting,
                    self.dir.join("log").display()
                );
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// kill −9.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn kill(self) -> anyhow::Result<()> {
        self.part.kill()
    }

    /// Stops it as the system would, and counts what stands in its journal.
    ///
    /// # Errors
    /// It does not stop, or its journal cannot be read.
    pub fn close(self) -> anyhow::Result<Counts> {
        let dir = self.dir.join("data");
        self.part.stop()?;
        let (journal, _) = journal::Journal::open(&dir, 0)?;
        Ok(Counts::of(&journal.events(exchange::Seq(1), usize::MAX)?))
    }

    /// Holds a label before the scanner.
    ///
    /// # Errors
    /// The station is gone.
    pub fn scan(&mut self, label: &str) -> anyhow::Result<()> {
        self.scanner.write_all(format!("{label}\n").as_bytes())?;
        Ok(())
    }
}
