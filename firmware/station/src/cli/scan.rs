//! `oqyrman scan …`: the technician's test box for labels and cards.

use super::say;
use crate::config::Config;
use anyhow::Context;
use hardware::barcode::{AimId, Explanation, SiteRules, explain};
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Say what kind of number a text is, which rule said so, whether its check digit is right, and what the screen answers.
    #[command(
        after_help = "Examples:\n  oqyrman scan explain 30234000517861\n  oqyrman scan explain 9780306406157 --aim ]E0\n  \
                            oqyrman scan explain KAZ-00421M --json"
    )]
    Explain {
        /// The text as the reader sends it, with or without an AIM identifier such as `]E0` in front.
        #[arg(allow_hyphen_values = true)]
        text: String,
        /// The AIM identifier the reader sends, such as `]E0`.
        #[arg(long)]
        aim: Option<String>,
        /// The configuration whose number rules apply; without it, the built-in ones.
        #[arg(long)]
        config: Option<PathBuf>,
        /// One JSON object instead of words.
        #[arg(long)]
        json: bool,
    },
}

pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Explain { text, aim, config, json } => {
            let aim = match aim {
                Some(aim) => Some(AimId::parse(&aim).with_context(|| {
                    format!(
                        "--aim {aim}: three characters are expected, `]`, a letter and a digit, such as ]E0"
                    )
                })?),
                None => None,
            };
            let rules = match config {
                Some(path) => Config::read(&path)?.numbers,
                None => SiteRules::default(),
            };
            let explanation = explain(&text, aim, &rules);
            let screen = screen(explanation.meaning);
            if json {
                say(&serde_json::to_string(&Told { explanation, screen })?)
            } else {
                say(&format!("{}\nscreen: {screen}", explanation.to_string().trim_end()))
            }
        }
    }
}

#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    explanation: Explanation,
    screen: &'static str,
}

/// What the station's screen does with a number of this meaning.
fn screen(meaning: &str) -> &'static str {
    match meaning {
        "card" => "begins a visit, if a patron has this card; else says that the card is not known here",
        "item" => "lends or returns the book, if the rules allow; else says why not",
        "isbn" => "says that this is the publisher's barcode and shows where the library's label is",
        "url" => "says that this is a web address and no book",
        "unknown" | "issn" => "looks it up as an item, then as a card; else says that it is not known here",
        _ => "asks to scan again",
    }
}
