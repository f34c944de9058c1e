//! `oqyrman-hub bench`.

use super::say;
use crate::bench::{Asked, Line, Longer, Measured, Places, Shown, history, measure, pages};
use crate::own_postgres::OwnPostgres;
use anyhow::Context;
use std::path::{Path, PathBuf};

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
    /// Instead of taking events in: measures in a region with `--events` events what the questions behind the console's pages
    /// cost, and then whole pages, as a librarian's browser gets them from the server over TLS, in Kazakh.
    #[arg(long, conflicts_with = "batch")]
    pages: bool,
    /// Instead of taking many events in: measures what one more event of an item costs by how many there were before.
    #[arg(long, conflicts_with_all = ["batch", "pages"])]
    history: bool,
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
    if options.pages {
        return run_pages(options);
    }
    if options.history {
        return run_history(options);
    }
    if !options.json {
        say(
            "                      backlog: kept                        kept and folded   live: kept, folded, answered",
        )?;
        say("store      batch   events/s  p99 ms   bare/s   ratio        events/s        events/s  p99 ms")?;
    }
    for &batch in &options.batch {
        // A message is a flush: a batch of one takes as long as hundreds.
        let events = options.events.min(batch.saturating_mul(5_000)).max(batch);
        let measured = in_folder(options, |dir| match options.store {
            Kind::Sqlite => measure(dir, &Places { backlog: None, live: None, bare: None }, batch, events),
            Kind::Postgres => {
                let server = OwnPostgres::start(&dir.join("postgres"))?;
                let [backlog, live, bare] =
                    [server.database("backlog")?, server.database("live")?, server.database("bare")?];
                let places = Places { backlog: Some(&backlog), live: Some(&live), bare: Some(&bare) };
                measure(dir, &places, batch, events)
            }
        })?;
        if options.json { say(&serde_json::to_string(&measured)?)? } else { say(&line(&measured))? }
    }
    Ok(())
}

fn run_pages(options: &Options) -> anyhow::Result<()> {
    let mut tell = |one: Line| match (&one, options.json) {
        (_, true) => say(&serde_json::to_string(&one)?),
        (Line::Asked(Asked { store, question, p50_ms, p95_ms, .. }), false) => {
            say(&format!("{store:<9} {question:<44} p50 {p50_ms:>7.2} ms   p95 {p95_ms:>7.2} ms"))
        }
        (Line::Shown(Shown { store, page, p50_ms, p95_ms, bytes, .. }), false) => say(&format!(
            "{store:<9} {page:<44} p50 {p50_ms:>7.2} ms   p95 {p95_ms:>7.2} ms   {bytes:>7} bytes at most"
        )),
    };
    in_folder(options, |dir| match options.store {
        Kind::Sqlite => pages(dir, None, options.events, &mut tell),
        Kind::Postgres => {
            let server = OwnPostgres::start(&dir.join("postgres"))?;
            pages(dir, Some(&server.database("region")?), options.events, &mut tell)
        }
    })
}

fn run_history(options: &Options) -> anyhow::Result<()> {
    for before in [1, 10, 100, 1_000, 10_000] {
        let one = in_folder(options, |dir| match options.store {
            Kind::Sqlite => history(dir, None, before),
            Kind::Postgres => {
                let server = OwnPostgres::start(&dir.join("postgres"))?;
                history(dir, Some(&server.database("region")?), before)
            }
        })?;
        let Longer { store, before, p50_ms, p95_ms } = &one;
        if options.json {
            say(&serde_json::to_string(&one)?)?;
        } else {
            say(&format!(
                "{store:<9} one more event of an item with {before:>6} before   p50 {p50_ms:>7.2} ms   p95 {p95_ms:>7.2} ms"
            ))?;
        }
    }
    Ok(())
}

/// Does something in a new folder, which is removed.
fn in_folder<T>(options: &Options, work: impl FnOnce(&Path) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let base = options.dir.clone().unwrap_or_else(std::env::temp_dir);
    let dir = base.join(format!("oqyrman-hub-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
    let done = work(&dir);
    std::fs::remove_dir_all(&dir).with_context(|| dir.display().to_string())?;
    done
}

fn line(m: &Measured) -> String {
    format!(
        "{:<9} {:>6} {:>10.0} {:>7.2} {:>8.0} {:>7.2} {:>15.0} {:>15.0} {:>7.2}",
        m.store,
        m.batch,
        m.kept_per_s,
        m.kept_p99_ms,
        m.bare_per_s,
        m.ratio,
        m.folded_per_s,
        m.live_per_s,
        m.live_p99_ms
    )
}
