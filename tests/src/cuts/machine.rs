//! The machine from outside: starts it, hears what it says, cuts its power, and keeps the account.

use crate::demo::chance::Chance;
use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs::{File, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// The longest time from the first yes to the cut, in microseconds.
const MOST_PAUSE_US: u64 = 1_500_000;

/// The disk's file.
const DISK: &str = "disk.img";

/// What the machine says when its program has come to an end.
const ENDED: &str = "ended";

/// How long the machine may say nothing before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(120);

/// The disk's size in bytes. What is not written takes no room.
const DISK_BYTES: u64 = 256 << 20;

/// What to do.
#[derive(Debug)]
pub struct Outside {
    /// The kernel, Debian's `linux.uml`.
    pub kernel: PathBuf,
    /// The station's program.
    pub station: PathBuf,
    /// A library that is laid under the station, to break it on purpose.
    pub preload: Option<PathBuf>,
    /// For the disk and what the machine said.
    pub dir: PathBuf,
    /// How often the power is cut.
    pub cuts: u32,
    /// Where chance begins.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Default, Serialize)]
pub struct Account {
    /// How often the power was cut.
    pub cuts: u32,
    /// Loans whose yes was seen before a cut.
    pub said_yes: u64,
    /// Of these, those that were not there afterwards.
    pub lost: u64,
    /// Loans that were there though nobody had seen a yes: the power went between.
    pub unseen: u64,
    /// Cuts after which at least one was lost.
    pub cuts_with_loss: u32,
    /// Cuts after which the journal was damaged.
    pub damaged: u32,
    /// Loans that stood twice in the journal.
    pub twice: u64,
    /// Disks that were lent empty and made anew.
    pub disks: u32,
}

/// Cuts the power as often as asked. `told` hears after each cut.
///
/// # Errors
/// The kernel does not start, or the machine did not do what it should.
pub fn run(outside: &Outside, mut told: impl FnMut(&Account)) -> anyhow::Result<Account> {
    std::fs::create_dir_all(&outside.dir)?;
    let mut chance = Chance::new(outside.seed);
    let mut account = Account::default();
    let mut seen = BTreeSet::new();
    new_disk(outside, &mut account)?;
    while account.cuts < outside.cuts {
        let mut machine = Machine::start(outside)?;
        let found = machine.found()?;
        account.judge(&seen, &found);
        let lent = machine.lends_for(Duration::from_micros(chance.next_u64() % MOST_PAUSE_US))?;
        machine.cut()?;
        account.cuts += 1;
        account.said_yes += lent.labels.len() as u64;
        seen = found.loans.into_iter().chain(lent.labels).collect();
        told(&account);
        if lent.is_all {
            account.judge(&seen, &left(outside)?);
            seen.clear();
            new_disk(outside, &mut account)?;
        }
    }
    account.judge(&seen, &left(outside)?);
    Ok(account)
}

/// What the last cut left.
fn left(outside: &Outside) -> anyhow::Result<Found> {
    let mut machine = Machine::start(outside)?;
    let found = machine.found()?;
    machine.cut()?;
    Ok(found)
}

impl Account {
    fn judge(&mut self, seen: &BTreeSet<String>, found: &Found) {
        let lost = seen.difference(&found.loans).count() as u64;
        self.lost += lost;
        self.cuts_with_loss += u32::from(lost > 0);
        self.unseen += found.loans.difference(seen).count() as u64;
        self.damaged += u32::from(!found.is_sound);
        self.twice += found.twice;
    }
}

fn new_disk(outside: &Outside, account: &mut Account) -> anyhow::Result<()> {
    let disk = outside.dir.join(DISK);
    File::create(&disk)?.set_len(DISK_BYTES)?;
    let made = Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&disk).status();
    ensure!(made.context("mkfs.ext4 cannot be started (Debian: e2fsprogs)")?.success(), "mkfs.ext4 failed");
    account.disks += 1;
    Ok(())
}

/// What the journal held after a start.
struct Found {
    loans: BTreeSet<String>,
    twice: u64,
    is_sound: bool,
}

/// What the screen said yes to before the cut.
struct Lent {
    labels: Vec<String>,
    /// No item is left.
    is_all: bool,
}

/// A running machine. Its power is cut when it is dropped.
struct Machine {
    kernel: Child,
    lines: Receiver<String>,
    /// What it said last, for whoever must find out why it ended.
    last: Vec<String>,
}

impl Machine {
    fn start(outside: &Outside) -> anyhow::Result<Machine> {
        let (init, disk) = (outside.dir.join("init"), outside.dir.join(DISK));
        std::fs::write(&init, script(outside)?)?;
        std::fs::set_permissions(&init, Permissions::from_mode(0o755))?;
        let mut kernel = Command::new(&outside.kernel)
            .args(["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", "mem=256M", "quiet"])
            .args(["con0=null,fd:1", "con=null", "ssl=null"])
            .arg(format!("init={}", init.display()))
            .arg(format!("ubda={}", disk.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| {
                format!("{} cannot be started (Debian: user-mode-linux)", outside.kernel.display())
            })?;
        let out = kernel.stdout.take().context("a pipe")?;
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if tell.send(line.trim().to_owned()).is_err() {
                    return;
                }
            }
        });
        Ok(Machine { kernel, lines, last: Vec::new() })
    }

    /// The next word, and what follows it; `None` when nothing was said until `end`.
    fn hear(&mut self, end: Instant) -> anyhow::Result<Option<(String, String)>> {
        match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(line) if line == ENDED => bail!("the machine ended by itself:\n{}", self.last.join("\n")),
            Ok(line) => {
                let (word, label) = line.split_once(' ').unwrap_or((&line, ""));
                let said = (word.to_owned(), label.to_owned());
                self.last.push(line);
                self.last.drain(..self.last.len().saturating_sub(20));
                Ok(Some(said))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                bail!("the kernel ended by itself:\n{}", self.last.join("\n"))
            }
        }
    }

    fn found(&mut self) -> anyhow::Result<Found> {
        let mut found = Found { loans: BTreeSet::new(), twice: 0, is_sound: false };
        let end = Instant::now() + PATIENCE;
        loop {
            let (word, label) = self
                .hear(end)?
                .with_context(|| format!("the machine does not come up:\n{}", self.last.join("\n")))?;
            match word.as_str() {
                "there" => found.twice += u64::from(!found.loans.insert(label)),
                "sound" | "damaged" => {
                    found.is_sound = word == "sound";
                    return Ok(found);
                }
                _ => {}
            }
        }
    }

    /// Lets it lend for so long, counted from the first yes.
    fn lends_for(&mut self, pause: Duration) -> anyhow::Result<Lent> {
        let mut lent = Lent { labels: Vec::new(), is_all: false };
        let mut end = Instant::now() + PATIENCE;
        while let Some((word, label)) = self.hear(end)? {
            match word.as_str() {
                "yes" => {
                    if lent.labels.is_empty() {
                        end = Instant::now() + pause;
                    }
                    lent.labels.push(label);
                }
                "all" => {
                    lent.is_all = true;
                    return Ok(lent);
                }
                _ => {}
            }
        }
        ensure!(!lent.labels.is_empty(), "the station lends nothing:\n{}", self.last.join("\n"));
        Ok(lent)
    }

    fn cut(mut self) -> anyhow::Result<()> {
        self.off()
    }

    /// The kernel inside is a process outside, with some more for those that it runs.
    fn off(&mut self) -> anyhow::Result<()> {
        let group = Pid::from_raw(self.kernel.id().try_into()?).context("no process")?;
        kill_process_group(group, Signal::KILL)?;
        self.kernel.wait()?;
        Ok(())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if !matches!(self.kernel.try_wait(), Ok(Some(_))) {
            let _ = self.off();
        }
    }
}

/// What the kernel inside starts: its root is the machine outside, read only; its disk is its own.
fn script(outside: &Outside) -> anyhow::Result<String> {
    let word = |path: &Path| -> anyhow::Result<String> {
        let text = path.to_str().context("a path that is text")?;
        ensure!(!text.contains('\''), "{text}: a path without quotes is wanted");
        Ok(format!("'{text}'"))
    };
    let preload = match &outside.preload {
        Some(library) => format!(" --preload {}", word(library)?),
        None => String::new(),
    };
    Ok(format!(
        "#!/bin/sh\nmount -t proc proc /proc\nmount -t tmpfs run /run\nmkdir /run/disk\n\
         mount -t ext4 /dev/ubda /run/disk\n\
         {} inside --station {}{preload} /run/disk/station 2>&1\necho {ENDED}\nsleep 1000000\n",
        word(&std::env::current_exe()?)?,
        word(&outside.station)?
    ))
}
