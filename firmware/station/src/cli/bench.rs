//! `oqyrman bench`: is this machine, and above all this disk or card, good enough?

use super::say;
use crate::bench::{self, Figures};
use anyhow::Context;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  oqyrman bench --dir /var/lib/oqyrman\n  oqyrman bench --dir . --json")]
pub struct Options {
    /// A folder on the disk to be measured. What is written there is removed again.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let dir = Scratch::make(&options.dir)?;
    let figures = bench::run(&std::env::current_exe()?, &dir.0)?;
    if options.json { say(&serde_json::to_string(&figures)?) } else { say(&table(&figures)) }
}

/// A folder that is removed when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn make(parent: &std::path::Path) -> anyhow::Result<Scratch> {
        let dir = parent.join(format!("oqyrman-bench-{}", std::process::id()));
        std::fs::create_dir(&dir)
            .with_context(|| format!("{}: no folder can be made here", dir.display()))?;
        Ok(Scratch(dir.canonicalize()?))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(dir = %self.0.display(), %error, "the folder could not be removed");
        }
    }
}

fn table(figures: &Figures) -> String {
    let Figures { patrons, items, loans, scan_to_yes, bare_commit, ratio, .. } = figures;
    format!(
        "{loans} loans, {items} items, {patrons} patrons, no way to the region\n\
         |                     |      p50 |      p99 | target  |\n\
         | ------------------- | -------- | -------- | ------- |\n\
         | scan to durable yes | {:5.2} ms | {:5.2} ms |         |\n\
         | bare SQLite commit  | {:5.2} ms | {:5.2} ms |         |\n\
         | ratio               | {:8.2} | {:8.2} | p99 ≤ 3 |\n\
         start to first frame: {:.0} ms (target ≤ 2000)\n\
         resident memory:      {:.1} MB (target ≤ 40)\n\
         processor, idle:      {:.2} % (target < 1)",
        scan_to_yes.p50,
        scan_to_yes.p99,
        bare_commit.p50,
        bare_commit.p99,
        ratio.p50,
        ratio.p99,
        figures.first_frame_ms,
        figures.resident_kb as f64 / 1e3,
        figures.idle_cpu_percent,
    )
}
