//! `oqyrman durability`: may I pull the plug?

use super::say;
use crate::config::Config;
use crate::durability::{self, Outcome, Plan};
use anyhow::bail;
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  oqyrman durability\n  oqyrman durability --kills 200\n  \
                        oqyrman durability --dir /media/new-card --seed 7 --json\n\n\
                        It may run beside a running station: it writes into a folder of its own.")]
pub struct Options {
    /// The station's configuration: the folder where it keeps its data is tested.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// Another folder to be tested, instead of the station's.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// How often the writing process is killed.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    kills: u32,
    /// What chance begins with; without it, a new one.
    #[arg(long)]
    seed: Option<u64>,
    /// One JSON object instead of words.
    #[arg(long)]
    json: bool,
    /// The process that is killed: writes into this folder until it dies.
    #[arg(long, hide = true, value_name = "DIR")]
    child: Option<PathBuf>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    if let Some(dir) = &options.child {
        return durability::run_child(dir);
    }
    let (dir, of_station) = match &options.dir {
        Some(dir) => (dir.clone(), false),
        None => (Config::read(&options.config)?.data_dir, true),
    };
    let seed = options.seed.unwrap_or_else(|| getrandom::u64().unwrap_or(1) >> 16);
    if !options.json {
        say(&format!("Testing {} with {} kills, seed {seed}.", dir.display(), options.kills))?;
    }
    let plan = Plan { kills: options.kills, seed };
    let quiet = options.json || !std::io::IsTerminal::is_terminal(&std::io::stderr());
    let outcome = durability::run(&std::env::current_exe()?, &dir, plan, |kill, acknowledged| {
        if !quiet {
            // How far it is, for whoever waits; it is no part of what was asked for.
            let _ = write!(std::io::stderr(), "\r{kill} of {} kills, {acknowledged} commits ", options.kills);
        }
    })?;
    if !quiet {
        let _ = writeln!(std::io::stderr());
    }
    if of_station {
        outcome.record.write(&dir)?;
    }
    tell(options, &outcome)?;
    if outcome.record.lost > 0 {
        bail!(
            "{} acknowledged commits were lost: do not lend with this card; `--seed {seed}` shows it again",
            outcome.record.lost
        );
    }
    Ok(())
}

fn tell(options: &Options, outcome: &Outcome) -> anyhow::Result<()> {
    let record = &outcome.record;
    if options.json {
        let mut value = serde_json::to_value(record)?;
        value["trouble"] = outcome.trouble.iter().map(ToString::to_string).collect();
        return say(&value.to_string());
    }
    let answer = if record.lost == 0 && outcome.trouble.is_empty() {
        "Yes: you may pull the plug."
    } else if record.lost == 0 {
        "Nothing was lost; but read the next line before you pull the plug."
    } else {
        "No."
    };
    say(&format!(
        "{answer}\n{} kills, {} commits acknowledged, {} lost.\nA flush on this disk takes {:.2} ms; 99 of 100 at most {:.2} ms.",
        record.kills,
        record.acknowledged,
        record.lost,
        f64::from(record.flush_p50_us) / 1e3,
        f64::from(record.flush_p99_us) / 1e3
    ))?;
    for trouble in &outcome.trouble {
        say(&format!("Look: {trouble}."))?;
    }
    Ok(())
}
