//! A ledger that is written anew at each loan, as programs write `.koc` files, against a journal that is added to; both killed
//! at moments of chance. What a power cut does besides is for the crash images.

use crate::demo::chance::Chance;
use anyhow::{Context, ensure};
use clap::ValueEnum;
use exchange::{Act, Basis, ClockTrust, Day, ItemId, PatronId, Seq, Stamp};
use journal::Journal;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How loans are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ledger {
    /// The whole file, opened and emptied, written, and closed.
    Koc,
    /// Our journal.
    Journal,
}

impl Ledger {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Ledger::Koc => "`.koc`, whole file at each loan",
            Ledger::Journal => "our journal",
        }
    }
}

/// What was kept in all runs together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kept {
    /// How often it was killed.
    pub kills: u64,
    /// Loans said yes to.
    pub said: u64,
    /// Of these, those that are not there afterwards.
    pub lost: u64,
    /// Kills after which at least one was not there.
    pub runs_with_loss: u64,
    /// Kills that left a line cut short.
    pub torn: u64,
}

const HEAD: &str = "Version=1.0\tGenerator=peers\tGeneratorVersion=1.0\n";

fn line(number: u64) -> String {
    format!("2026-09-01 10-15-30 000\tissue\t2352900{number:07}\t3100000{number:07}\n")
}

/// The process that is killed: begins with `first` loans and lends on, saying each number when it is kept.
///
/// # Errors
/// The ledger cannot be written.
pub fn lend_for_ever(ledger: Ledger, dir: &Path, first: u64) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut keep = keeper(ledger, dir, first)?;
    for number in first + 1.. {
        keep(number)?;
        writeln!(out, "{number}")?;
        out.flush()?;
    }
    Ok(())
}

/// What keeps one loan more in a ledger that begins with `first` loans.
fn keeper(
    ledger: Ledger,
    dir: &Path,
    first: u64,
) -> anyhow::Result<Box<dyn FnMut(u64) -> anyhow::Result<()>>> {
    match ledger {
        Ledger::Koc => {
            let file = dir.join("loans.koc");
            let mut text = String::from(HEAD);
            text.extend((1..=first).map(line));
            Ok(Box::new(move |number| {
                text.write_str(&line(number))?;
                Ok(std::fs::write(&file, &text)?)
            }))
        }
        Ledger::Journal => {
            let mut journal = Journal::open(dir, 0)?.0;
            let mut append = move |numbers: RangeInclusive<u64>| -> anyhow::Result<()> {
                let at = Stamp {
                    wall_s: 1_788_231_600,
                    boot: journal.boot(),
                    mono_s: *numbers.end(),
                    trust: ClockTrust::Rtc,
                };
                let acts = numbers.map(act).collect::<anyhow::Result<Vec<_>>>()?;
                journal.append(&acts, Basis { rules: 1, data_as_of_s: 0 }, at)?;
                Ok(())
            };
            if first > 0 {
                append(1..=first)?;
            }
            Ok(Box::new(move |number| append(number..=number)))
        }
    }
}

fn act(number: u64) -> anyhow::Result<Act> {
    let due = Day::from_ymd(2026, 9, 22).context("no such day")?;
    Ok(Act::CheckedOut { patron: PatronId(number), item: ItemId::new(format!("3100000{number:07}"))?, due })
}

/// Kills a process that lends `kills` times, each at a moment of chance, and looks what is there.
///
/// # Errors
/// It does not start, or what it left cannot be opened at all.
pub fn kill_often(ledger: Ledger, dir: &Path, kills: u64, first: u64, seed: u64) -> anyhow::Result<Kept> {
    let mut chance = Chance::new(seed);
    let mut kept = Kept::default();
    for run in 0..kills {
        let dir = dir.join(format!("{run}"));
        std::fs::create_dir_all(&dir)?;
        let word = ledger.to_possible_value().context("a ledger has a name")?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["lend", "--ledger", word.get_name(), "--first", &first.to_string(), "--dir"])
            .arg(&dir)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("a pipe")?).lines();
        let mut said: u64 = lines.next().context("the ledger said nothing")??.parse()?;
        let wait = Duration::from_micros(chance.next_u64() % 60_000);
        let reader = std::thread::spawn(move || lines.map_while(Result::ok).last());
        std::thread::sleep(wait);
        child.kill()?;
        child.wait()?;
        if let Some(last) = reader.join().ok().flatten() {
            // The last line may have been cut short in the pipe; then the one before it was said.
            said = said.max(last.parse().unwrap_or(said));
        }
        let (there, torn) = count(ledger, &dir)?;
        kept.kills += 1;
        kept.said += said;
        kept.lost += said.saturating_sub(there);
        kept.runs_with_loss += u64::from(there < said);
        kept.torn += u64::from(torn);
        std::fs::remove_dir_all(&dir)?;
    }
    ensure!(kept.kills == kills, "a kill was left out");
    Ok(kept)
}

/// How many loans are there, and whether a line is cut short.
fn count(ledger: Ledger, dir: &Path) -> anyhow::Result<(u64, bool)> {
    match ledger {
        Ledger::Koc => {
            let text = std::fs::read_to_string(dir.join("loans.koc"))?;
            let whole = text.strip_prefix(HEAD).unwrap_or_default();
            Ok((whole.matches('\n').count() as u64, !text.ends_with('\n')))
        }
        Ledger::Journal => Ok((Journal::open(dir, 0)?.0.events(Seq(1), usize::MAX)?.len() as u64, false)),
    }
}
