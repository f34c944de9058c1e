//! `crash-images`: tries the power cuts of `tests::crash` with as many seeds, visits and states as asked, and says what
//! it tried.
#![allow(clippy::print_stdout, reason = "what it tried is its output")]

use anyhow::Context;
use clap::Parser;
use std::path::PathBuf;
use std::time::Instant;
use tests::crash::{Count, all, enumerate, play};

/// Cut the power at every write and flush of a station's memory, and open what may be left.
#[derive(Parser)]
struct Args {
    /// First seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds.
    #[arg(long, default_value_t = 10)]
    seeds: u64,
    /// Visits in a history.
    #[arg(long, default_value_t = 40)]
    visits: u32,
    /// States tried at each moment; where there are fewer, all are.
    #[arg(long, default_value_t = 250)]
    states: usize,
    /// Folder for the images; best in memory.
    #[arg(long, default_value = "/dev/shm")]
    folder: PathBuf,
    /// One line of JSON for each history instead of words.
    #[arg(long)]
    json: bool,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let dir = args.folder.join(format!("crash-images-{}", std::process::id()));
    let run = run(&args, &dir);
    let _ = std::fs::remove_dir_all(&dir);
    run
}

fn run(args: &Args, dir: &std::path::Path) -> anyhow::Result<()> {
    for seed in args.seed..args.seed + args.seeds {
        for story in all() {
            let begun = Instant::now();
            let station = dir.join(format!("{story:?}-{seed}"));
            let history = play(story, args.visits, seed, &station)?;
            let count: Count = enumerate(&history, args.states, seed, &dir.join("image"))
                .with_context(|| format!("{story:?}, seed {seed}"))?;
            let seconds = begun.elapsed().as_secs_f64();
            if args.json {
                let line = serde_json::json!({ "story": format!("{story:?}"), "seed": seed, "count": count, "seconds": seconds });
                println!("{line}");
            } else {
                println!("{story:?}, seed {seed}: {count:?}, {seconds:.1} s");
            }
            std::fs::remove_dir_all(&station)?;
        }
    }
    Ok(())
}
