//! `oqyrman export`: what happened here, as a file for another system or for people.

use super::say;
use crate::config::Config;
use crate::control::{Ask, Keeper, MOST_ROWS, Told};
use crate::export::{Row, lines, table_rows};
use anyhow::{Context, bail};
use exchange::Seq;
use jiff::tz::TimeZone;
use links::export::{File, evergreen, koc, table};
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Koha's offline circulation.
    Koc,
    /// Evergreen's offline transactions, JSON lines.
    Evergreen,
    /// A table for people: UTF-8, semicolons.
    Csv,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  oqyrman export koc /media/stick/school12.koc\n  \
                  oqyrman export evergreen pending.xacts --from 1 --upto 500\n  oqyrman export csv loans.csv\n\n\
                  koc and evergreen write what was not exported so before, and remember it; with --from they write what they \
                  are told and remember nothing.\nA file that is there already is never added to: the system would take its \
                  lines twice.")]
pub struct Options {
    /// What for.
    format: Format,
    /// The file to be written.
    file: PathBuf,
    /// First event, by its number in the journal.
    #[arg(long)]
    from: Option<u64>,
    /// Last event.
    #[arg(long)]
    upto: Option<u64>,
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let config = Config::read(&options.config)?;
    if options.file.exists() {
        bail!("{}: it is there already; name a new file", options.file.display());
    }
    let mut keeper = Keeper::of(&config.data_dir)?;
    let way = way(options.format);
    let (from, remembers) = match (options.from, way) {
        (Some(from), _) => (Seq(from), false),
        (None, Some(way)) => (marked(&mut keeper, way)?.next(), true),
        (None, None) => (Seq(1), false),
    };
    let upto = options.upto.map_or(Seq(u64::MAX), Seq);
    let (rows, last) = collect(&mut keeper, from, upto)?;
    let (zone, known) = zone(&mut keeper, &config)?;
    let file = written(options.format, rows, &zone)?;
    if file.lines == 0 {
        return say("There is nothing to export; no file was written.");
    }
    put(&options.file, &file.text)?;
    if let (true, Some(way)) = (remembers, way) {
        keeper.ask(Ask::Carried { way, upto: last })?;
    }
    say(&format!(
        "{}: {} line(s), events {from} to {last}{}.",
        options.file.display(),
        file.lines,
        if remembers { "; the next export goes on behind them" } else { "" }
    ))?;
    if !known {
        say("No calendar is known here, so times are UTC.")?;
    }
    file.doubts.iter().try_for_each(|doubt| say(&format!("Note: {doubt}.")))
}

fn way(format: Format) -> Option<desk::Way> {
    match format {
        Format::Koc => Some(desk::Way::Koc),
        Format::Evergreen => Some(desk::Way::Evergreen),
        Format::Csv => None,
    }
}

/// Up to where this way has carried.
fn marked(keeper: &mut Keeper, way: desk::Way) -> anyhow::Result<Seq> {
    let Told::Ways(ways) = keeper.ask(Ask::Ways)? else { bail!("the station answered something else") };
    Ok(ways.iter().find(|carried| carried.way == way).map_or(Seq(0), |carried| carried.upto))
}

/// Rows of all events in the range, and the last event.
fn collect(keeper: &mut Keeper, from: Seq, upto: Seq) -> anyhow::Result<(Vec<Row>, Seq)> {
    let (mut at, mut all) = (from, Vec::new());
    loop {
        let Told::Rows { rows, next } = keeper.ask(Ask::Rows { from: at, limit: MOST_ROWS })? else {
            bail!("the station answered something else");
        };
        all.extend(rows.into_iter().filter(|row| row.seq <= upto));
        if next == at || next > upto {
            let last = if next > upto { upto } else { Seq(at.0.saturating_sub(1)) };
            return Ok((all, last));
        }
        at = next;
    }
}

fn zone(keeper: &mut Keeper, config: &Config) -> anyhow::Result<(TimeZone, bool)> {
    let Told::Zone(told) = keeper.ask(Ask::Zone)? else { bail!("the station answered something else") };
    let name = told.or_else(|| config.library.as_ref().map(|library| library.zone.clone()));
    match name {
        Some(name) => Ok((TimeZone::get(&name)?, true)),
        None => Ok((TimeZone::UTC, false)),
    }
}

fn written(format: Format, rows: Vec<Row>, zone: &TimeZone) -> anyhow::Result<File> {
    if format == Format::Csv {
        return table(&table_rows(rows), zone).map_err(anyhow::Error::msg);
    }
    let (lines, left_out) = lines(&rows);
    let mut file = match format {
        Format::Koc => koc(&lines, zone),
        Format::Evergreen | Format::Csv => evergreen(&lines, zone),
    };
    if left_out > 0 {
        file.doubts.push(format!(
            "{left_out} event(s) are not in it: counted copies, or patrons without a card; `oqyrman export csv` has them"
        ));
    }
    Ok(file)
}

/// Writes the file whole, or not at all.
fn put(path: &Path, text: &str) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let mut new = path.as_os_str().to_owned();
        new.push(".part");
        let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).open(&new)?;
        let kept = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        if let Err(error) = kept.and_then(|()| std::fs::rename(&new, path)) {
            // What could not be written whole is not left behind.
            let _ = std::fs::remove_file(&new);
            return Err(error);
        }
        Ok(())
    };
    write()
        .with_context(|| format!("{}: cannot be written; is the stick full, or its lock on?", path.display()))
}
