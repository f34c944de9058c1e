//! `oqyrman doctor readers`: each reader, pad and printer, while somebody scans and lays tags down.

use crate::cli::say;
use crate::config::Config;
use crate::scan;
use anyhow::{Context, bail};
use desk::Scanned;
use hardware::barcode::{ReaderConfig, ReaderEvent, ReaderKind};
use hardware::printer::PrinterConfig;
use hardware::rfid::pad::{PadConfig, PadEvent, PadKind, PadState};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

#[derive(Debug, clap::Args)]
pub struct Readers {
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// How long to wait for a scan or a tag on each reader, in seconds; it ends sooner when each has read something.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// One JSON object a reader instead of words.
    #[arg(long)]
    json: bool,
}

/// What was found of one reader or pad.
#[derive(Debug, Serialize)]
struct Found {
    name: String,
    device: String,
    /// `read` = it read something, `there` = it is there, `gone` = it cannot be used.
    status: &'static str,
    /// What is wrong and what to do, or what was read.
    words: String,
}

enum Heard {
    Reader(ReaderEvent),
    Pad(PadEvent),
}

impl From<ReaderEvent> for Heard {
    fn from(event: ReaderEvent) -> Self {
        Self::Reader(event)
    }
}

impl From<PadEvent> for Heard {
    fn from(event: PadEvent) -> Self {
        Self::Pad(event)
    }
}

pub fn readers(options: &Readers) -> anyhow::Result<()> {
    let config = Config::read(&options.config)?;
    let mut found: Vec<Found> =
        config.readers.iter().map(of_reader).chain(config.pads.iter().map(of_pad)).collect();
    let (events, heard) = sync_channel::<Heard>(64);
    let stop_it = "if the station runs, stop it first: it holds its readers";
    let readers = hardware::barcode::start(&config.readers, events.clone()).context(stop_it)?;
    let pads = hardware::rfid::pad::start(&config.pads, &config.tag, &events).context(stop_it)?;
    if !options.json {
        say(&format!("Scan a label, or lay a tag on the pad: {} seconds.", options.seconds))?;
    }
    let end = Instant::now() + Duration::from_secs(options.seconds);
    while found.iter().any(|found| found.status != "read") {
        let Ok(event) = heard.recv_timeout(end.saturating_duration_since(Instant::now())) else { break };
        let (name, status, words) = match event {
            Heard::Reader(ReaderEvent::Scan(scan)) => {
                let kind = scanned(&scan::understand(&scan, &config.numbers));
                let aim = scan.aim().map_or("no AIM id".to_owned(), |aim| format!("AIM id {aim}"));
                let length = scan.text().as_str().chars().count();
                (scan.reader().clone(), "read", format!("{kind}: {length} characters, {aim}"))
            }
            Heard::Reader(ReaderEvent::Fault { reader, fault }) => (reader, "read", fault.to_string()),
            Heard::Reader(ReaderEvent::Gone { reader, reason }) => (reader, "gone", reason),
            Heard::Reader(ReaderEvent::Back { reader }) => (reader, "there", "it came back".into()),
            Heard::Pad(PadEvent::Lying { pad, state }) if state == PadState::default() => {
                (pad, "there", "nothing lies on it".into())
            }
            Heard::Pad(PadEvent::Lying { pad, state }) => (pad, "read", lying(&state)),
            Heard::Pad(PadEvent::Card { pad, card: Ok(uid) }) => {
                (pad, "read", format!("a student card: a UID of {} bytes", uid.bytes().len()))
            }
            Heard::Pad(PadEvent::Card { pad, card: Err(fault) }) => (pad, "read", fault.to_string()),
            Heard::Pad(PadEvent::Gate { .. }) => continue,
            Heard::Pad(PadEvent::Gone { pad, reason }) => (pad, "gone", reason),
            Heard::Pad(PadEvent::Back { pad }) => (pad, "there", "it came back".into()),
        };
        if let Some(found) = found.iter_mut().find(|found| found.name == name.as_str()) {
            (found.status, found.words) = (status, words);
        }
    }
    drop((readers, pads));
    found.extend(config.printer.as_ref().map(of_printer));
    for found in &found {
        if options.json {
            say(&serde_json::to_string(found)?)?;
        } else {
            let sign = if found.status == "gone" { "FAIL" } else { "ok  " };
            say(&format!("{sign}  {} ({}): {}", found.name, found.device, found.words))?;
        }
    }
    let gone = found.iter().filter(|found| found.status == "gone").count();
    if gone > 0 {
        bail!("{gone} of {} cannot be used", found.len());
    }
    Ok(())
}

fn of_reader(reader: &ReaderConfig) -> Found {
    let device = match &reader.kind {
        ReaderKind::Evdev { .. } => "keyboard-style reader".to_owned(),
        ReaderKind::Serial { path, baud, .. } => format!("serial line {}, {baud} baud", path.display()),
        ReaderKind::Stdin => "standard input".to_owned(),
        ReaderKind::Socket { path } => format!("socket {}", path.display()),
    };
    Found { name: reader.name.to_string(), device, status: "there", words: NOTHING_YET.into() }
}

fn of_pad(pad: &PadConfig) -> Found {
    let device = match &pad.kind {
        PadKind::Pn5180 { spi, .. } => format!("PN5180 on {}", spi.path.display()),
        PadKind::Mfrc522 { spi, .. } => format!("MFRC522 on {}", spi.path.display()),
        PadKind::Rl866 { path } => format!("RL866 on serial line {}", path.display()),
        PadKind::Pn532 { path } => format!("PN532 on serial line {}", path.display()),
        PadKind::Simulated { path } => format!("emulated PN5180, socket {}", path.display()),
    };
    Found { name: pad.name.to_string(), device, status: "there", words: NOTHING_YET.into() }
}

fn of_printer(printer: &PrinterConfig) -> Found {
    let (status, words) = match hardware::printer::look(printer) {
        Ok(()) => ("there", "ready, as far as it tells; a receipt shows the rest".to_owned()),
        Err(words) => ("gone", words),
    };
    let device = format!("receipt printer, {} dots", printer.dots.count());
    Found { name: "printer".into(), device, status, words }
}

const NOTHING_YET: &str = "it is there; nothing was scanned on it";

fn scanned(scanned: &Scanned) -> &'static str {
    match scanned {
        Scanned::Card(_) => "a card",
        Scanned::Item(_) => "a label",
        Scanned::Number(_) => "a number that no rule of the site claims",
        Scanned::Isbn(_) => "a publisher's barcode, not the library's label",
        Scanned::Url => "a web address",
        Scanned::Unreadable => "something that no label carries",
    }
}

fn lying(state: &PadState) -> String {
    let incomplete = state.items.iter().filter(|item| item.parts_missing > 0).count();
    let mut words = format!("{} item(s)", state.items.len());
    if incomplete > 0 {
        words += &format!(", {incomplete} with a part missing");
    }
    if !state.cards.is_empty() {
        words += &format!(", {} card(s)", state.cards.len());
    }
    if state.unknown > 0 {
        words += &format!(
            ", {} tag(s) that are blank or not the library's: `oqyrman tag decode` says more of a memory",
            state.unknown
        );
    }
    words
}
