//! `oqyrman-hub token …`: what outside systems may do.

use super::{COMMAND_LINE, note, say};
use crate::store::{Deed, Scope, Store, TokenLine};
use anyhow::{Context, bail};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Makes a token, and prints it: it is shown this once and kept nowhere.
    #[command(
        after_help = "Scopes: read:stations, read:loans, read:patrons, write:patrons, read:items, write:items, read:reviews, \
                      write:reviews, read:changes.\nExamples:\n  oqyrman-hub token add /srv/region \"class register\" \
                      --scope read:patrons --scope write:patrons --school 12\n  oqyrman-hub token add /srv/region reports \
                      --scope read:stations --region --valid-days 365"
    )]
    Add {
        #[command(flatten)]
        at: super::At,
        /// Whose it is, and what for.
        name: String,
        /// What it lets its holder do; may be given more than once.
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<Scope>,
        /// For all schools of the region.
        #[arg(long, conflicts_with = "school")]
        region: bool,
        /// How many days it is good; without it, until it is revoked.
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
        valid_days: Option<u16>,
    },
    /// Lists tokens: what each may do, when it was last used.
    List {
        /// The region's folder.
        dir: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Takes a token back.
    Revoke {
        /// The region's folder.
        dir: PathBuf,
        /// Its number, as `list` shows it.
        id: u32,
    },
}

pub(super) fn run(command: Command, now_s: i64) -> anyhow::Result<()> {
    match command {
        Command::Add { at, name, scopes, region, valid_days } => {
            let mut store = Store::open(&at.dir)?;
            let school = if region { None } else { Some(store.find_school(at.school.as_deref())?.id) };
            let mut random = [0; 32];
            getrandom::fill(&mut random).context("this machine gives no random numbers")?;
            let until_s = valid_days.map(|days| now_s.saturating_add(i64::from(days) * 86_400));
            let wanted = (name.as_str(), scopes.as_slice(), school);
            let (id, text) = store.add_token(wanted, until_s, random, (COMMAND_LINE, now_s))?;
            note(&mut store, school, Deed::TokenMade, &id.to_string(), now_s)?;
            say(&text)
        }
        Command::List { dir, json } => {
            let lines = Store::open(&dir)?.tokens(None)?;
            if json {
                return say(&serde_json::to_string(&lines)?);
            }
            if lines.is_empty() {
                return say("There is no token yet.");
            }
            lines.iter().try_for_each(|line| say(&words(line, now_s)))
        }
        Command::Revoke { dir, id } => {
            let mut store = Store::open(&dir)?;
            if !store.revoke_token(id, COMMAND_LINE, now_s)? {
                bail!(
                    "there is no token {id} that is good; `oqyrman-hub token list {}` lists them",
                    dir.display()
                );
            }
            note(&mut store, None, Deed::TokenRevoked, &id.to_string(), now_s)?;
            say(&format!("Token {id} is good for nothing any more."))
        }
    }
}

fn words(line: &TokenLine, now_s: i64) -> String {
    let school =
        line.school.map_or_else(|| "the whole region".to_owned(), |school| format!("school {school}"));
    let state = match (line.revoked_s, line.until_s) {
        (Some(_), _) => ", revoked".to_owned(),
        (None, Some(until_s)) if until_s < now_s => ", expired".to_owned(),
        (None, Some(until_s)) => format!(", good for {} days", (until_s - now_s) / 86_400),
        (None, None) => String::new(),
    };
    let used = match line.used_s {
        Some(used_s) => format!("used {} min ago", (now_s - used_s).max(0) / 60),
        None => "never used".to_owned(),
    };
    format!("{}  {}  {}  {school}, {used}{state}", line.id, line.name, line.scopes.join(" "))
}
