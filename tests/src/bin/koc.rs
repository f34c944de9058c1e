//! `koc`: what is left of loans that were said yes to when the program is killed in the middle of writing: kept in a `.koc` file,
//! which is written anew as a whole at each loan, and kept in the journal, which is added to.
//!
//! - A writer is this program once more. It says yes by a line on its standard output after its write has returned, and
//!   nothing else tells what was said yes to.
//! - It does nothing but write, so a kill nearly always meets a write. At a desk it seldom does; what is lost then is the same.
//! - A kill is no power cut: what the system took, it keeps. See `docs/proof.md` for power cuts of the journal.
#![allow(clippy::print_stdout, reason = "its output is the table, and a writer's yes")]

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use exchange::{Act, Basis, ClockTrust, Day, Epoch, ItemId, PatronId, Seq, Stamp, StationId};
use journal::Journal;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tests::demo::chance::Chance;

/// When the day of these loans begins, in seconds since 1970.
const BEGIN_S: i64 = 1_788_231_600;
const HEADER: &str = "Version=1.0\tGenerator=oqyrman\tGeneratorVersion=1.0\n";

/// Kill a program that writes loans down, and count what is lost.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// How often each way is killed.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Loans that are there before: a morning's.
    #[arg(long, default_value_t = 500)]
    before: u32,
    /// Of the times of the kills.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Subcommand)]
enum What {
    /// Write loans down until killed; for the program itself.
    #[command(hide = true)]
    Write {
        /// How.
        way: Way,
        /// Where.
        dir: std::path::PathBuf,
        /// The first loan's number.
        from: u32,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Way {
    /// The whole file at each loan.
    Koc,
    /// The station's journal.
    Journal,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(What::Write { way, dir, from }) = args.what {
        return write(way, &dir, from);
    }
    println!("seed {}, {} loans there before each run\n", args.seed, args.before);
    println!("| kept in | kills | loans said yes to | runs that lost some | loans lost | most in one run |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (way, name) in [(Way::Koc, "`.koc`, written anew as a whole"), (Way::Journal, "the journal")] {
        let mut chance = Chance::new(args.seed);
        let (mut said, mut lost) = (0, Vec::new());
        for _ in 0..args.kills {
            let (yes, gone) =
                killed_once(way, args.before, Duration::from_micros(500 + chance.below(20_000) as u64))?;
            said += yes;
            lost.push(gone);
        }
        let runs = lost.iter().filter(|lost| **lost > 0).count();
        let (all, most) = (lost.iter().sum::<usize>(), lost.iter().max().copied().unwrap_or(0));
        println!("| {name} | {} | {said} | {runs} | {all} | {most} |", args.kills);
    }
    Ok(())
}

/// Gives how many loans were said yes to, and how many of them are not there any more.
fn killed_once(way: Way, before: u32, after: Duration) -> anyhow::Result<(usize, usize)> {
    let dir = std::env::temp_dir().join(format!("koc-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    match way {
        Way::Koc => whole(&dir, &(1..=before).map(line).collect::<Vec<_>>())?,
        Way::Journal => append(&mut open(&dir)?, &(1..=before).collect::<Vec<_>>())?,
    }
    let mut child = Command::new(std::env::current_exe()?)
        .args(["write", if matches!(way, Way::Koc) { "koc" } else { "journal" }])
        .arg(&dir)
        .arg((before + 1).to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("a pipe")?).lines();
    let first = lines.next().context("the writer wrote nothing")??;
    // The writer may not wait for a reader: it would stop in the middle of nothing.
    let reader = std::thread::spawn(move || {
        let mut all = vec![first];
        all.extend(lines.map_while(Result::ok));
        all
    });
    std::thread::sleep(after);
    child.kill()?;
    child.wait()?;
    let heard = reader.join().map_err(|_| anyhow::anyhow!("the reader of the writer's words stopped"))?;
    let mut said: BTreeSet<u32> = (1..=before).collect();
    for line in heard {
        said.insert(line.parse().context("a loan's number")?);
    }
    let there = match way {
        Way::Koc => read(&std::fs::read_to_string(dir.join("day.koc"))?),
        Way::Journal => numbers(&open(&dir)?)?,
    };
    std::fs::remove_dir_all(&dir)?;
    Ok((said.len(), said.difference(&there).count()))
}

fn write(way: Way, dir: &Path, from: u32) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    match way {
        Way::Koc => {
            let mut lines: Vec<String> = (1..from).map(line).collect();
            for number in from.. {
                lines.push(line(number));
                whole(dir, &lines)?;
                out.write_all(format!("{number}\n").as_bytes())?;
            }
        }
        Way::Journal => {
            let mut journal = open(dir)?;
            for number in from.. {
                append(&mut journal, &[number])?;
                out.write_all(format!("{number}\n").as_bytes())?;
            }
        }
    }
    Ok(())
}

fn line(number: u32) -> String {
    format!("2026-09-01 08-00-{:02} 000\tissue\t{:08}\t{number:014}\n", number % 60, 1 + number % 600)
}

fn whole(dir: &Path, lines: &[String]) -> anyhow::Result<()> {
    let mut file = File::create(dir.join("day.koc"))?;
    file.write_all(HEADER.as_bytes())?;
    // A library's text stream hands over a buffer at a time.
    for lines in lines.chunks(256) {
        file.write_all(lines.concat().as_bytes())?;
    }
    Ok(())
}

/// Numbers of the loans in whole lines; none if the header is not whole, for then nothing takes the file.
fn read(text: &str) -> BTreeSet<u32> {
    let Some(rows) = text.strip_prefix(HEADER) else { return BTreeSet::new() };
    let whole = rows.split_inclusive('\n').filter_map(|row| row.strip_suffix('\n'));
    whole.filter_map(|row| row.split('\t').nth(3)?.parse().ok()).collect()
}

fn open(dir: &Path) -> anyhow::Result<Journal> {
    let new = !dir.join("data").exists();
    let (mut journal, _) = Journal::open(&dir.join("data"), BEGIN_S)?;
    if new {
        journal.enrol(StationId(1), Some(Epoch(1)))?;
    }
    Ok(journal)
}

fn append(journal: &mut Journal, numbers: &[u32]) -> anyhow::Result<()> {
    let mut acts = Vec::new();
    for number in numbers {
        let item = ItemId::new(format!("{number:014}"))?;
        acts.push(Act::CheckedOut { patron: PatronId(1 + u64::from(number % 600)), item, due: Day(20_720) });
    }
    let basis = Basis { rules: 1, data_as_of_s: BEGIN_S };
    let stamp = Stamp { wall_s: BEGIN_S, boot: journal.boot(), mono_s: 0, trust: ClockTrust::Rtc };
    let written = journal.append(&acts, basis, stamp)?;
    ensure!(written.len() == numbers.len(), "the journal wrote {} of {}", written.len(), numbers.len());
    Ok(())
}

fn numbers(journal: &Journal) -> anyhow::Result<BTreeSet<u32>> {
    let mut numbers = BTreeSet::new();
    for event in journal.events(Seq(1), usize::MAX)? {
        if let Act::CheckedOut { item, .. } = event.act {
            numbers.insert(item.as_str().parse()?);
        }
    }
    Ok(numbers)
}
