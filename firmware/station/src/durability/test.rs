//! The self-test: kill, open again, look.

use super::child::{NOW_S, act};
use super::{Flushes, Record};
use anyhow::Context;
use exchange::Seq;
use journal::{Journal, JournalFound};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Flushes faster than this are no card's and hardly a disk's, in microseconds.
const TOO_FAST_US: u32 = 20;

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How often to kill.
    pub kills: u32,
    /// What chance begins with.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// In numbers.
    pub record: Record,
    /// Why the numbers may not be the whole truth.
    pub trouble: Vec<Trouble>,
}

/// Something that makes a disk's word doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It is in memory.
    #[error(
        "this folder is in memory: a power cut takes all of it. Test the folder where the station keeps its data"
    )]
    Memory,
    /// Mounted so that a flush does not wait.
    #[error(
        "this disk is mounted without barriers: take `nobarrier` or `barrier=0` out of /etc/fstab and restart"
    )]
    NoBarriers,
    /// A flush takes no time.
    #[error(
        "a flush takes less time than any card needs: something says that it is done before it is. Only pulling the plug shows \
         whether it is true"
    )]
    TooFast,
}

/// Kills `program durability --child` in a scratch folder below `parent` again and again. `progress` hears after each kill
/// how often it was killed and how many commits were acknowledged so far.
///
/// # Errors
/// The disk's, or the process cannot be started. A loss is no error but an outcome.
pub fn run(
    program: &Path,
    parent: &Path,
    plan: Plan,
    mut progress: impl FnMut(u32, u64),
) -> anyhow::Result<Outcome> {
    let scratch = Scratch::make(parent)?;
    let flushes = Flushes::measured(&scratch.0).with_context(|| scratch.0.display().to_string())?;
    let disk = crate::doctor::Machine::seen(Path::new("/"), &scratch.0).disk.unwrap_or_default();
    let mut chance = Chance(plan.seed);
    let (mut acknowledged, mut lost) = (0, 0);
    for kill in 1..=plan.kills {
        let lines = 1 + chance.next() % 60;
        let pause = Duration::from_micros(chance.next() % 4_000);
        let said = kill_after(program, &scratch.0, lines, pause)?.max(acknowledged);
        lost += missing(&scratch.0, said)?;
        acknowledged = said;
        progress(kill, acknowledged);
    }
    let record = Record {
        at_s: crate::clock::system_wall_s(),
        seed: plan.seed,
        kills: plan.kills,
        acknowledged,
        lost,
        flush_p50_us: flushes.percentile(50),
        flush_p99_us: flushes.percentile(99),
    };
    let signs = [
        (disk.is_memory(), Trouble::Memory),
        (disk.is_without_barriers(), Trouble::NoBarriers),
        (!disk.is_memory() && record.flush_p50_us < TOO_FAST_US, Trouble::TooFast),
    ];
    let trouble = signs.into_iter().filter(|(seen, _)| *seen).map(|(_, trouble)| trouble).collect();
    Ok(Outcome { record, trouble })
}

/// Lets the process say so many lines, waits a moment, kills it; gives the last event it said was durable.
fn kill_after(program: &Path, dir: &Path, lines: u64, pause: Duration) -> anyhow::Result<u64> {
    let mut child = Command::new(program)
        .args(["durability", "--child"])
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("the process that is to be killed cannot be started")?;
    let stdout = child.stdout.take().context("the process says nothing")?;
    let (mut said, mut seen) = (0, 0);
    let mut output = BufReader::new(stdout).lines();
    for line in output.by_ref() {
        said = line?.parse().unwrap_or(said);
        seen += 1;
        if seen >= lines {
            break;
        }
    }
    std::thread::sleep(pause);
    child.kill().context("the process cannot be killed")?;
    // What it had said before it died, but was not read yet. A line cut short is no word.
    for line in output.map_while(Result::ok) {
        said = line.parse().unwrap_or(said).max(said);
    }
    child.wait()?;
    anyhow::ensure!(seen >= lines, "the process ended by itself; `oqyrman durability --child DIR` shows why");
    Ok(said)
}

/// Opens the scratch journal again, as a station does after a power cut, and counts what is missing of the first `said` events.
fn missing(dir: &Path, said: u64) -> anyhow::Result<u64> {
    let (journal, report) = Journal::open(dir, NOW_S).context("the scratch journal after the kill")?;
    // A repaired journal has lost nothing only if it was not damaged: every acknowledged event counts that is not in place.
    let events = journal.events(Seq(1), usize::MAX)?;
    let sound = matches!(report.journal, JournalFound::Sound { .. });
    let there = events
        .iter()
        .take_while(|event| event.seq.0 <= said)
        .filter(|event| sound && act(event.seq.0).is_some_and(|act| act == event.act))
        .count();
    Ok(said.saturating_sub(there as u64))
}

/// xorshift64*: enough chance to choose moments by.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        let mut x = self.0 | 1;
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.0 = x;
        x.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }
}

/// A folder that is removed when it is dropped.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn make(parent: &Path) -> anyhow::Result<Scratch> {
        let dir = parent.join(format!("durability-test-{}", std::process::id()));
        std::fs::create_dir(&dir)
            .with_context(|| format!("{}: no folder can be made here", dir.display()))?;
        Ok(Scratch(dir))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(dir = %self.0.display(), %error, "the folder could not be removed");
        }
    }
}
