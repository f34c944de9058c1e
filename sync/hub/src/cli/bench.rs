//! `oqyrman-hub bench`.

use super::say;
use crate::bench::measure;
use crate::own_postgres::OwnPostgres;
use anyhow::Context;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Events in a message; may be given more than once.
    #[arg(long, default_values_t = [1, 10, 200, 1_000])]
    batch: Vec<usize>,
    /// Events of each measurement; with small batches fewer are enough.
    #[arg(long, default_value_t = 60_000)]
    events: usize,
    /// A folder on the disk to be measured; what is made there is removed.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Which database. For PostgreSQL one of its own is started in the folder from the machine's programs, and ended.
    #[arg(long, default_value = "sqlite")]
    store: Kind,
    /// One JSON object a line.
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

pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let base = options.dir.clone().unwrap_or_else(std::env::temp_dir);
    if !options.json {
        say("store   batch   events/s   bare insert/s   ratio   p99 ms")?;
    }
    for &batch in &options.batch {
        let dir = base.join(format!("oqyrman-hub-bench-{}-{batch}", std::process::id()));
        std::fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
        // A message is a flush: a batch of one takes as long as hundreds.
        let events = options.events.min(batch.saturating_mul(5_000)).max(batch);
        let measured = match options.store {
            Kind::Sqlite => measure(&dir, None, batch, events),
            Kind::Postgres => OwnPostgres::start(&dir.join("postgres")).and_then(|server| {
                let (ours, bare) = (server.database("ours")?, server.database("bare")?);
                measure(&dir, Some([&ours, &bare]), batch, events)
            }),
        };
        std::fs::remove_dir_all(&dir).with_context(|| dir.display().to_string())?;
        let measured = measured?;
        if options.json {
            say(&serde_json::to_string(&measured)?)?;
        } else {
            say(&format!(
                "{:<7} {:>5} {:>10.0} {:>15.0} {:>7.2} {:>8.2}",
                measured.store,
                measured.batch,
                measured.events_per_s,
                measured.bare_events_per_s,
                measured.ratio,
                measured.p99_ms
            ))?;
        }
    }
    Ok(())
}
