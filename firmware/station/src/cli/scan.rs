//! `oqyrman scan …`: the technician's test box for labels and cards.

use super::say;
use crate::config::Config;
use anyhow::Context;
use hardware::barcode::{AimId, Explanation, ReaderEvent, SiteRules, explain};
use serde::Serialize;
use std::path::PathBuf;
use std::time::{Duration, Instant};

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
    /// Scan with the station's own readers and see how each scan is understood. The station must be stopped.
    #[command(
        after_help = "Examples:\n  systemctl stop oqyrman; oqyrman scan try\n  oqyrman scan try --config kiosk/oqyrman.toml --count 1 --json"
    )]
    Try(Try),
}

/// Scans of the real readers, explained one after the other.
#[derive(Debug, clap::Args)]
pub struct Try {
    /// The station's configuration: its readers are used, and its number rules apply.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// How long, in seconds; Ctrl-C ends it sooner.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// End after so many scans.
    #[arg(long)]
    count: Option<u32>,
    /// One JSON object a scan instead of words.
    #[arg(long)]
    json: bool,
}

impl Try {
    fn run(&self) -> anyhow::Result<()> {
        let config = Config::read(&self.config)?;
        let (events, heard) = std::sync::mpsc::sync_channel::<ReaderEvent>(64);
        let readers = hardware::barcode::start(&config.readers, events)
            .context("if the station runs, stop it first: it holds its readers")?;
        if !self.json {
            say(&format!("Scan labels and cards; {} s, or Ctrl-C. Nothing is lent.", self.seconds))?;
        }
        let end = Instant::now() + Duration::from_secs(self.seconds);
        let mut scans = 0;
        while self.count.is_none_or(|count| scans < count) {
            let Ok(event) = heard.recv_timeout(end.saturating_duration_since(Instant::now())) else { break };
            match event {
                ReaderEvent::Scan(scan) => {
                    scans += 1;
                    let explanation = explain(scan.text().as_str(), scan.aim(), &config.numbers);
                    let screen = screen(explanation.meaning);
                    if self.json {
                        say(&serde_json::to_string(&Told { explanation, screen })?)?;
                    } else {
                        let words = explanation.to_string();
                        say(&format!("\n{}:\n{}\nscreen: {screen}", scan.reader(), words.trim_end()))?;
                    }
                }
                ReaderEvent::Fault { reader, fault } => say(&format!("{reader}: {fault}"))?,
                ReaderEvent::Gone { reader, reason } => say(&format!("{reader} is not there: {reason}"))?,
                ReaderEvent::Back { reader } => say(&format!("{reader} is there again"))?,
            }
        }
        drop(readers);
        Ok(())
    }
}

pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Try(options) => options.run(),
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
