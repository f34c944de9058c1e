//! `oqyrman library …`: the library system that is the station's region.

use super::say;
use crate::config::Config;
use crate::library::{Finding, LookUp, deed, look_up};
use anyhow::Context;
use links::https::TimeFloor;
use links::sip2::answers::Circulation;
use links::sip2::{NoBlock, Profile, Session};
use std::path::PathBuf;
use std::time::Duration;

/// How long an answer may take when somebody tries.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Connect, log in and ask, as the station does; changes nothing there.
    #[command(
        after_help = "Examples:\n  oqyrman library try\n  oqyrman library try --card 29999000123456 --item 39999000654321"
    )]
    Try(Try),
    /// The kinds of library systems that are known, and what is done differently for each.
    #[command(after_help = "Example:\n  oqyrman library profiles")]
    Profiles,
}

#[derive(Debug, clap::Args)]
pub struct Try {
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// A card to look up.
    #[arg(long)]
    card: Option<String>,
    /// An item to look up.
    #[arg(long)]
    item: Option<String>,
}

pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Try(options) => try_out(&options),
        Command::Profiles => profiles(),
    }
}

fn try_out(options: &Try) -> anyhow::Result<()> {
    let config = Config::read(&options.config)?;
    let library = config
        .library
        .with_context(|| format!("{}: there is no [library] in it", options.config.display()))?;
    let zone = jiff::tz::TimeZone::get(&library.zone)?;
    let mut session = Session::new(library.dial(&TimeFloor::new(0))?, library.account.clone(), PATIENCE);
    session.open().with_context(|| library.address.clone())?;
    say(&format!("{}: it takes the station's login and is on-line.", library.address))?;
    let mut ask = |look_up: LookUp| {
        look_up::ask(&mut session, &look_up, PATIENCE, deed::now(&zone))
            .with_context(|| library.address.clone())
    };
    if let Some(card) = &options.card {
        say(&format!("card {card}: {}", words(&ask(LookUp::Patron(card.clone()))?)))?;
    }
    if let Some(item) = &options.item {
        say(&format!("item {item}: {}", words(&ask(LookUp::Item(item.clone()))?)))?;
    }
    Ok(())
}

fn words(finding: &Finding) -> String {
    match finding {
        Finding::NoAnswer => "no answer; does the system answer such questions?".into(),
        Finding::Patron(patron) if !patron.known => "not known there.".into(),
        Finding::Patron(patron) => {
            let may = if patron.may_borrow { "may borrow" } else { "may not borrow" };
            let charged =
                patron.charged_count.map_or_else(String::new, |count| format!(", has {count} item(s)"));
            format!("{}, {may}{charged}.", patron.name)
        }
        Finding::Item(item) if item.title.is_empty() => "not known there.".into(),
        Finding::Item(item) => {
            let place = match item.circulation {
                Circulation::In => "in the library".to_owned(),
                Circulation::Charged if item.due.is_empty() => "on loan".to_owned(),
                Circulation::Charged => format!("on loan until {}", item.due),
                Circulation::Other => "elsewhere, lost or missing".to_owned(),
            };
            format!("{}, {place}.", item.title)
        }
    }
}

fn profiles() -> anyhow::Result<()> {
    for (name, profile) in Profile::all().map_err(anyhow::Error::msg)? {
        let no_block = match profile.no_block {
            NoBlock::Never => "asks its rules",
            NoBlock::Checkout => "forced checkouts",
        };
        let detection = if profile.error_detection { ", checksums" } else { "" };
        say(&format!("{name:<10} {}\n           {}, {no_block}{detection}", profile.about, profile.charset))?;
    }
    Ok(())
}
