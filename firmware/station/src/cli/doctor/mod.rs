//! `oqyrman doctor`: every check, how it stands, and what to do.

mod fix;
mod gather;
mod readers;

pub use gather::gather;

use super::say;
use crate::doctor::{Told, judge};
use anyhow::{Context, bail};
use desk::{Check, Standing};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  oqyrman doctor\n  oqyrman doctor --only region\n  oqyrman doctor --json\n  \
                  oqyrman doctor --fix\n  systemctl stop oqyrman; oqyrman doctor readers\n\n\
                  Ends with an error if something is broken. docs/operating/doctor.md says more of each id."
)]
pub struct Doctor {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Look at every reader, pad and printer of the configuration; scan a label or lay a tag down while it looks.
    #[command(after_help = "Examples:\n  systemctl stop oqyrman; oqyrman doctor readers\n  \
                            oqyrman doctor readers --config kiosk/oqyrman.toml --seconds 30\n  oqyrman doctor readers --json")]
    Readers(readers::Readers),
}

#[derive(Debug, clap::Args)]
struct Options {
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// One JSON object a check instead of words.
    #[arg(long)]
    json: bool,
    /// Do what can be done without a person: start units, make room, close the data folder, test the card.
    #[arg(long)]
    fix: bool,
    /// Only this check; may be given several times.
    #[arg(long, value_name = "ID", value_parser = check)]
    only: Vec<Check>,
    /// Do not call the region.
    #[arg(long)]
    offline: bool,
    /// Look for the machine's files below this folder.
    #[arg(long, default_value = "/", hide = true)]
    root: PathBuf,
}

fn check(id: &str) -> Result<Check, String> {
    let ids = || Check::ALL.map(Check::id).join(", ");
    Check::from_id(id).ok_or_else(|| format!("`{id}` is no check; there are {}", ids()))
}

pub fn run(doctor: &Doctor) -> anyhow::Result<()> {
    match &doctor.command {
        Some(Command::Readers(options)) => readers::readers(options),
        None => look(&doctor.options),
    }
}

fn look(options: &Options) -> anyhow::Result<()> {
    let path = std::path::absolute(&options.config).context("--config")?;
    let told = judge(&gather(&path, &options.root, !options.offline));
    tell(options, &told)?;
    let told = if options.fix {
        fix::all(&path, &told)?;
        let again = judge(&gather(&path, &options.root, !options.offline));
        let changed: Vec<Told> = again.iter().filter(|told_now| !told.contains(told_now)).cloned().collect();
        if !changed.is_empty() && !options.json {
            say("Afterwards:")?;
            tell(options, &changed)?;
        }
        again
    } else {
        told
    };
    let broken =
        told.iter().filter(|told| is_wanted(options, told) && told.standing == Standing::Broken).count();
    if broken > 0 { bail!("{broken} check(s) say that something is broken") } else { Ok(()) }
}

fn is_wanted(options: &Options, told: &Told) -> bool {
    options.only.is_empty() || options.only.contains(&told.check)
}

fn tell(options: &Options, told: &[Told]) -> anyhow::Result<()> {
    for told in told.iter().filter(|told| is_wanted(options, told)) {
        if options.json {
            let mut value = serde_json::to_value(told)?;
            value["anchor"] = format!("docs/operating/doctor.md#{}", told.check.id()).into();
            say(&value.to_string())?;
            continue;
        }
        let sign = match told.standing {
            Standing::Ok => "ok     ",
            Standing::Unknown => "?      ",
            Standing::Attention => "LOOK   ",
            Standing::Broken => "BROKEN ",
        };
        say(&format!("{sign} {:<12} {}", told.check.id(), told.sentence))?;
        if !told.todo.is_empty() {
            say(&format!("{:21}→ {}", "", told.todo))?;
        }
    }
    Ok(())
}
