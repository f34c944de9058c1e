//! `power-cuts`: the real station on the disk of a machine of its own, whose power is cut again and again. Run by hand: it
//! needs root and Debian's user-mode-linux.
#![allow(clippy::print_stdout, reason = "what came of it is its output")]

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;
use tests::cuts::{Inside, Outside, run, run_inside};

/// Cut the power of a whole machine while a station lends, and look what is there.
#[derive(Parser)]
#[command(
    after_help = "Examples:\n  cargo build --release -p station -p tests --bin oqyrman --bin power-cuts\n  \
                  target/release/power-cuts --cuts 100\n  \
                  target/release/power-cuts --cuts 20 --preload /usr/lib/x86_64-linux-gnu/libeatmydata.so"
)]
struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// How often.
    #[arg(long, default_value_t = 100)]
    cuts: u32,
    /// What chance begins with.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The kernel.
    #[arg(long, default_value = "linux.uml")]
    kernel: PathBuf,
    /// The station's program; without it, the one beside this one.
    #[arg(long)]
    station: Option<PathBuf>,
    /// A library that is laid under the station: one that flushes nothing must be seen to lose loans.
    #[arg(long)]
    preload: Option<PathBuf>,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum What {
    /// What runs in the machine.
    #[command(hide = true)]
    Inside {
        #[arg(long)]
        station: PathBuf,
        #[arg(long)]
        preload: Option<PathBuf>,
        dir: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(What::Inside { station, preload, dir }) = args.what {
        return run_inside(&Inside { station, dir, preload });
    }
    let beside = std::env::current_exe()?.with_file_name("oqyrman");
    let station = args.station.unwrap_or(beside);
    let station = station.canonicalize().with_context(|| {
        format!("{}: no station is there; `cargo build --release -p station` makes one", station.display())
    })?;
    let preload = args.preload.map(|library| library.canonicalize()).transpose()?;
    let dir = std::env::temp_dir().join(format!("power-cuts-{}", std::process::id()));
    let outside = Outside { kernel: args.kernel, station, preload, dir, cuts: args.cuts, seed: args.seed };
    let begun = Instant::now();
    let is_terminal = std::io::stderr().is_terminal();
    let account = run(&outside, |account| {
        if is_terminal {
            let line = format!(
                "\r{} of {} cuts, {} loans, {} lost ",
                account.cuts, args.cuts, account.said_yes, account.lost
            );
            // How far it is, for whoever waits.
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    });
    let _ = std::fs::remove_dir_all(&outside.dir);
    let (account, seconds) = (account?, begun.elapsed().as_secs());
    if args.json {
        println!("{}", serde_json::json!({ "seed": args.seed, "account": account, "seconds": seconds }));
    } else {
        println!(
            "{} cuts in {seconds} s, seed {}: {} loans were said yes to, {} of them lost (after {} cuts); {} more were there, {} twice; \
             {} damaged journals.",
            account.cuts,
            args.seed,
            account.said_yes,
            account.lost,
            account.cuts_with_loss,
            account.unseen,
            account.twice,
            account.damaged
        );
    }
    ensure!(account.lost == 0 && account.twice == 0 && account.damaged == 0, "a power cut did harm");
    Ok(())
}
