//! `cargo run --release -p tests --bin soak`: see `tests::soak`. The same program is also each hub, when it is started in that role.

use clap::Parser;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use tests::demo::parts::{Programs, ROLE_ENV};
use tests::soak::{self, Options};

/// Thousands of simulated stations, hubs and a database that are killed, and a count in the end.
#[derive(Debug, Parser)]
#[command(
    name = "soak",
    after_help = "Examples:\n  cargo run --release -p tests --bin soak -- --stations 7500 --events 200000\n  \
                  cargo run --release -p tests --bin soak -- --store postgres --hubs 3 --cuts 2 --json"
)]
struct Arguments {
    /// Stations, each in a school of its own.
    #[arg(long, default_value_t = 7_500)]
    stations: usize,
    /// Events of all of them.
    #[arg(long, default_value_t = 200_000)]
    events: usize,
    /// Which database. For PostgreSQL one of its own is started from the machine's programs, and ended.
    #[arg(long, default_value = "sqlite")]
    store: Kind,
    /// Hubs over the one database.
    #[arg(long, default_value_t = 1)]
    hubs: usize,
    /// How often a hub is killed.
    #[arg(long, default_value_t = 6)]
    kills: usize,
    /// How often the PostgreSQL server is cut off.
    #[arg(long, default_value_t = 0)]
    cuts: usize,
    /// What chance begins with.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A folder on the disk to be used; what is made there is removed.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The report as JSON.
    #[arg(long)]
    json: bool,
}

/// Databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

fn main() -> anyhow::Result<()> {
    let args: Vec<OsString> = std::env::args_os().collect();
    if std::env::var(ROLE_ENV).is_ok_and(|role| role == "hub") {
        return hub::cli::main_with_args(args);
    }
    let arguments = Arguments::parse_from(args);
    let base = arguments.dir.clone().unwrap_or_else(std::env::temp_dir);
    let dir = base.join(format!("oqyrman-soak-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    let options = Options {
        stations: arguments.stations.max(1),
        events: arguments.events,
        postgres: arguments.store == Kind::Postgres,
        hubs: arguments.hubs.max(1),
        kills: arguments.kills,
        cuts: arguments.cuts,
        seed: arguments.seed,
    };
    let told = |text: &str| {
        let _ = writeln!(std::io::stderr(), "{text}");
    };
    let report = soak::run(&Programs::own()?, &dir, &options, &told);
    if report.is_err() {
        told(&format!("what was there lies in {}", dir.display()));
    }
    let report = report?;
    std::fs::remove_dir_all(&dir)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string(&report)?)?;
    } else {
        writeln!(out, "{report:#?}")?;
    }
    Ok(())
}
