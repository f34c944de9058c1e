//! `peers`: brings the same 10,000 loans to a region by our own exchange and by others, over the same lines, and writes
//! `tests/peers/RESULTS.md`. It is run by hand: it needs Node 20, `npm install` in `tests/peers`, and Mosquitto.
#![allow(clippy::print_stdout, reason = "it tells what it does")]

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tests::peers::{Barcodes, Cell, Kept, Ledger, Loans, Way, bring, invent, kill_often, lend_for_ever};
use tests::peers::{write, write_loans};
use tests::wire::Line;

/// What a school's autumn costs to bring to its region.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// How many loans.
    #[arg(long, default_value_t = 10_000)]
    events: usize,
    /// How long each way may take over each line.
    #[arg(long, default_value_t = 120)]
    patience_s: u64,
    /// How often each ledger is killed.
    #[arg(long, default_value_t = 200)]
    kills: u64,
    /// What is to be said of this run besides.
    #[arg(long, default_value = "")]
    remark: String,
    /// Only ways whose name has this; nothing is written then.
    #[arg(long)]
    only: Option<String>,
}

#[derive(Subcommand)]
enum What {
    /// The process that is killed.
    #[command(hide = true)]
    Lend {
        #[arg(long)]
        ledger: Ledger,
        #[arg(long)]
        first: u64,
        #[arg(long)]
        dir: PathBuf,
    },
}

const FAST: (&str, Line) = ("No distance", Line { rtt_ms: 0, bits_per_s: 0, falls_after: 0 });
const SLOW: [(&str, Line); 3] = [
    ("600 ms there and back", Line { rtt_ms: 600, bits_per_s: 0, falls_after: 0 }),
    ("600 ms and 32 kbit/s", Line { rtt_ms: 600, bits_per_s: 32_000, falls_after: 0 }),
    (
        "A line that falls after every 20 kB of a connection",
        Line { rtt_ms: 0, bits_per_s: 0, falls_after: 20_000 },
    ),
];

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(What::Lend { ledger, first, dir }) = args.what {
        return lend_for_ever(ledger, &dir, first);
    }
    let dir = std::env::temp_dir().join(format!("peers-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    let run = run(&args, &dir);
    let _ = std::fs::remove_dir_all(&dir);
    run
}

fn run(args: &Args, dir: &Path) -> anyhow::Result<()> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    ensure!(
        scripts.join("node_modules").exists(),
        "run `npm install` in {} first; it needs Node 20, and Debian's mosquitto",
        scripts.display()
    );
    let patience = Duration::from_secs(args.patience_s);
    let ways: Vec<Way> = Way::ALL
        .into_iter()
        .filter(|way| args.only.as_ref().is_none_or(|word| way.name().contains(word)))
        .collect();
    let mut out = head(args)?;
    for (barcodes, with_slow) in [(Barcodes::Roll, true), (Barcodes::Random, false)] {
        let school = invent(barcodes);
        let file = dir.join(format!("{barcodes:?}.jsonl"));
        write_loans(&school, args.events, &dir.join(format!("{barcodes:?}")), &file)?;
        let loans = Loans { school: &school, count: args.events, file: &file };
        let cell = |way: Way, at: usize, line: Line| -> anyhow::Result<Cell> {
            let dir = dir.join(format!("{barcodes:?}-{way:?}-{at}"));
            std::fs::create_dir_all(&dir)?;
            let cell = bring(way, line, &loans, patience, (&scripts, &dir));
            println!("{barcodes:?}, {way:?}, {at}: {cell:?}");
            cell
        };
        let numbers = match barcodes {
            Barcodes::Roll => "",
            Barcodes::Random => ", numbers of chance on the books",
        };
        let fast: Vec<_> = ways.iter().map(|way| (*way, cell(*way, 0, FAST.1))).collect();
        out += &write(&format!("{}{numbers}", FAST.0), args.events, &fast)?;
        if !with_slow {
            continue;
        }
        // Over a slow line there is little to compute: all three at the same time, one way after the other.
        let mut slow = SLOW.map(|_| Vec::new());
        for way in &ways {
            std::thread::scope(|scope| {
                let running: Vec<_> = (1..)
                    .zip(SLOW)
                    .map(|(at, (_, line))| scope.spawn(move || cell(*way, at, line)))
                    .collect();
                for (cells, handle) in slow.iter_mut().zip(running) {
                    cells.push((
                        *way,
                        handle.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a thread ended"))),
                    ));
                }
            });
        }
        for ((title, _), cells) in SLOW.iter().zip(&slow) {
            out += &write(title, args.events, cells)?;
        }
    }
    out += "\n## Ledgers that are killed\n\n";
    out += "`kill -9` at a moment of chance within 60 ms, with 2,000 loans in the ledger already (seed 11). The file system's cache outlives a process, so this \
            shows only what a kill does; a power cut takes more, see `docs/proof.md`. The journal flushes each loan, the file is not flushed at all, as its programs do.\n\n";
    out += Kept::HEAD;
    for ledger in [Ledger::Koc, Ledger::Journal] {
        let kept = kill_often(ledger, &dir.join(format!("{ledger:?}")), args.kills, 2_000, 11)?;
        println!("{ledger:?}: {kept:?}");
        out += &kept.row(ledger);
    }
    if args.only.is_none() {
        if !args.remark.is_empty() {
            out += &format!("\n## Of this run\n\n{}\n", args.remark);
        }
        std::fs::write(scripts.join("RESULTS.md"), out)?;
    }
    Ok(())
}

fn head(args: &Args) -> anyhow::Result<String> {
    let package = include_str!("../../peers/package.json");
    let package: serde_json::Value = serde_json::from_str(package)?;
    let pins = package["dependencies"].as_object().context("a package has dependencies")?;
    let version = |name: &str| pins.get(name).and_then(|version| version.as_str()).unwrap_or("?").to_owned();
    Ok(format!(
        "# Other ways to bring {} loans to a region\n\n\
         Written by `cargo run --release -p tests --bin peers` on {}, {} processors{}; it is not to be edited. It needs Node 20, `npm install` in this folder, and \
         Mosquitto.\n\n\
         PouchDB {} to express-pouchdb {} (live, with retries), RxDB {} to rxdb-server {}, MQTT.js {} to Debian's Mosquitto. The same loans go through the same line, \
         which counts the bytes of TCP both ways, without TCP's own. A way is done when the last loan is at the region; ours, later, when the station has heard so. Ours speaks TLS and \
         signs, and its region keeps every loan in SQLite with a flush; the others speak plainly, and RxDB's stores are in memory. Each has {} s a line; \"not finished\" is a result. Requests \
         are those that reached the region; for MQTT, messages. The three slow lines run at the same time. Our own line is not tuned to these loans: the last table of \
         ways has other numbers on the books.\n",
        args.events,
        today()?,
        std::thread::available_parallelism()?,
        if cfg!(debug_assertions) { ", ours NOT optimised (seconds of ours are too long)" } else { "" },
        version("pouchdb"),
        version("express-pouchdb"),
        version("rxdb"),
        version("rxdb-server"),
        version("mqtt"),
        args.patience_s,
    ))
}

fn today() -> anyhow::Result<jiff::civil::Date> {
    let now_s = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let now = jiff::Timestamp::from_second(now_s.try_into()?)?;
    Ok(jiff::tz::Offset::UTC.to_datetime(now).date())
}
