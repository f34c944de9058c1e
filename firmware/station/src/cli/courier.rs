//! `oqyrman courier …`: the way to the region on a stick.

use super::say;
use crate::config::Config;
use crate::control::{Ask, Keeper};
use crate::identity::keys;
use anyhow::{Context, bail};
use exchange::Seq;
use links::Taken;
use links::courier::{Report, take, write};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Take in the region's answers that lie on the stick, then write everything the region has not acknowledged.
    #[command(
        after_help = "Examples:\n  oqyrman courier write /media/stick\n  oqyrman courier write /media/stick --json"
    )]
    Write(Options),
    /// Only take in the region's answers. Ends with an error if anything there could not be taken in.
    #[command(after_help = "Example:\n  oqyrman courier take /media/stick")]
    Take(Options),
    /// Tell the running station that a stick was put in, for udev: its screen asks whether it is to be written.
    #[command(after_help = "Example:\n  oqyrman courier stick-in /media/stick")]
    StickIn(Mounted),
    /// Tell the running station that the stick was pulled out, for udev.
    #[command(after_help = "Example:\n  oqyrman courier stick-out")]
    StickOut(OfStation),
}

#[derive(Debug, clap::Args)]
pub struct Mounted {
    /// Where the stick is mounted.
    dir: PathBuf,
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct OfStation {
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Where the stick is mounted.
    dir: PathBuf,
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// One JSON object instead of words.
    #[arg(long)]
    json: bool,
}

pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Write(options) => tell(&options, &with_journal(&options, Doing::Write)?),
        Command::Take(options) => {
            let report = with_journal(&options, Doing::Take)?;
            tell(&options, &report)?;
            if !report.refused.is_empty() {
                bail!("{} files on this stick could not be taken in", report.refused.len());
            }
            Ok(())
        }
        Command::StickIn(options) => {
            let dir = std::path::absolute(&options.dir)?;
            tell_station(&options.config, Ask::StickIn { dir })
        }
        Command::StickOut(options) => tell_station(&options.config, Ask::StickOut),
    }
}

/// Tells the station that runs.
fn tell_station(config: &Path, ask: Ask) -> anyhow::Result<()> {
    let mut keeper = Keeper::of(&Config::read(config)?.data_dir)?;
    if !keeper.is_running() {
        bail!("no station runs here; `oqyrman courier write` does it without one");
    }
    keeper.ask(ask).map(drop)
}

#[derive(Debug, Clone, Copy)]
enum Doing {
    Write,
    Take,
}

/// Asks the station that runs, or opens the journal of one that does not.
fn with_journal(options: &Options, doing: Doing) -> anyhow::Result<Report> {
    let data_dir = Config::read(&options.config)?.data_dir;
    let keys = keys(&data_dir)?.context(
        "the station has not joined a region yet: there is nobody to write to; `oqyrman status` shows its code",
    )?;
    let mut keeper = Keeper::of(&data_dir)?;
    if let Keeper::Stopped(journal, _) = &mut keeper {
        journal.enrol(keys.station, None)?;
    }
    let report = match doing {
        Doing::Write => write(&mut keeper, &keys, &options.dir, |_| {}),
        Doing::Take => take(&mut keeper, &keys, &options.dir),
    };
    let report = report.with_context(|| options.dir.display().to_string())?;
    if let (Doing::Write, Some(written)) = (doing, &report.written) {
        let upto = Seq(report.acked.0 + written.events);
        keeper.ask(Ask::Carried { way: desk::Way::Stick, upto })?;
    }
    Ok(report)
}

fn tell(options: &Options, report: &Report) -> anyhow::Result<()> {
    if options.json { say(&as_json(report).to_string()) } else { say(words(report).trim_end()) }
}

fn words(report: &Report) -> String {
    let mut text = format!(
        "Taken in: {} answers. The region has everything up to event {}.\n",
        report.answers, report.acked.0
    );
    match report.taken {
        Some(Taken::Good { more: true, .. }) => {
            text += "The region has more to tell than one answer holds: it comes with the next one.\n";
        }
        Some(Taken::Forked) => {
            text += "The region knew another journal of this station; a new one was begun, and what is missing is sent again.\n";
        }
        Some(Taken::Revoked) => text += "The region takes nothing from this station any more.\n",
        Some(Taken::Good { more: false, .. }) | None => {}
    }
    for refused in &report.refused {
        text += &format!("Left as it is: {}: {}.\n", refused.name, refused.why);
    }
    if let Some(written) = &report.written {
        text += &format!(
            "Written: {} events, {} bytes, {}/{}. The stick may be pulled out; at the region: oqyrman-hub courier take\n",
            written.events,
            written.bytes,
            exchange::wire::bundle::FOLDER,
            written.name
        );
    }
    text
}

fn as_json(report: &Report) -> serde_json::Value {
    let refused: Vec<serde_json::Value> = report
        .refused
        .iter()
        .map(|refused| serde_json::json!({ "name": refused.name, "why": refused.why }))
        .collect();
    let written = report.written.as_ref().map(|written| {
        serde_json::json!({ "name": written.name, "events": written.events, "bytes": written.bytes })
    });
    serde_json::json!({
        "answers": report.answers, "acked": report.acked, "refused": refused, "written": written,
    })
}
