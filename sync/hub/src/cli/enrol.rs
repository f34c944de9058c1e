//! `oqyrman-hub enrol …` and `oqyrman-hub enrol-file …`: stations that join without a network, or without a person.

use super::{COMMAND_LINE, files, note, say};
use crate::Hub;
use crate::courier::enrol::{self, Fate, Found};
use crate::import::read_stations;
use crate::server::certs;
use crate::store::{Deed, SchoolId, Store, VoucherState};
use anyhow::{Context, bail};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The name of a voucher's file in a station's folder.
const VOUCHER_FILE: &str = "voucher.txt";

/// The longest name of a station, in characters.
const MOST_NAME_CHARS: usize = 80;

#[derive(Debug, clap::Subcommand)]
pub(super) enum EnrolCommand {
    /// Reads the questions of stations that lie on the stick, and leaves an answer for each that was let in or turned away.
    /// One that waits is let in by `approve`, by the page, or here with its code; then take the stick once more.
    #[command(after_help = "Examples:\n  oqyrman-hub enrol take /srv/region /media/stick\n  \
                      oqyrman-hub enrol take /srv/region /media/stick --approve 7K2MX9QD --school 12")]
    Take {
        #[command(flatten)]
        at: super::At,
        /// Where the stick is mounted.
        stick: PathBuf,
        /// Let the station with this code join the school.
        #[arg(long, value_name = "CODE")]
        approve: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints the fingerprint of the region's key: who joins by a stick compares it at the station.
    Fingerprint {
        /// The region's folder.
        dir: PathBuf,
    },
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum FileCommand {
    /// Makes a voucher for each station of a list, in a folder for each: its contents go into the station's boot partition.
    #[command(
        after_help = "The list is a CSV file with the columns school (number or whole name) and station (what it will be \
                      called).\nExample:\n  oqyrman-hub enrol-file make /srv/region --schools list.csv --valid-days 30 \
                      --to vouchers"
    )]
    Make {
        /// The region's folder.
        dir: PathBuf,
        /// The list.
        #[arg(long, value_name = "FILE")]
        schools: PathBuf,
        /// How many days they are good.
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=366))]
        valid_days: u16,
        /// The folder to be made for them.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
    },
    /// Lists vouchers: which are open, used, run out, withdrawn.
    List {
        /// The region's folder.
        dir: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Takes vouchers back that were not used: those with these numbers, or all.
    #[command(after_help = "Examples:\n  oqyrman-hub enrol-file withdraw /srv/region 17 18\n  \
                            oqyrman-hub enrol-file withdraw /srv/region --all")]
    Withdraw {
        /// The region's folder.
        dir: PathBuf,
        /// Their numbers, as `list` shows them.
        #[arg(required_unless_present = "all")]
        numbers: Vec<u32>,
        /// All that are open.
        #[arg(long, conflicts_with = "numbers")]
        all: bool,
    },
}

pub(super) fn enrol(command: EnrolCommand, now_s: i64) -> anyhow::Result<()> {
    match command {
        EnrolCommand::Take { at, stick, approve, json } => take(&at, &stick, approve, json, now_s),
        EnrolCommand::Fingerprint { dir } => say(&Hub::open(&dir)?.public_key().fingerprint()),
    }
}

pub(super) fn file(command: FileCommand, now_s: i64) -> anyhow::Result<()> {
    match command {
        FileCommand::Make { dir, schools, valid_days, to } => make(&dir, &schools, valid_days, &to, now_s),
        FileCommand::List { dir, json } => list(&dir, json, now_s),
        FileCommand::Withdraw { dir, numbers, all: _ } => {
            let count = Store::open(&dir)?.withdraw_vouchers(&numbers, now_s)?;
            say(&format!("{count} vouchers were withdrawn; they let nobody in any more."))
        }
    }
}

fn take(at: &super::At, stick: &Path, approve: Option<String>, json: bool, now_s: i64) -> anyhow::Result<()> {
    let hub = Hub::open(&at.dir)?;
    let approval = match approve {
        Some(code) => {
            let meant = at.school.as_deref();
            let school = hub.with::<_, anyhow::Error>(|store| Ok(store.find_school(meant)?.id))?;
            Some((school, code))
        }
        None => None,
    };
    let mut found = enrol::take(&hub, stick, now_s).with_context(|| stick.display().to_string())?;
    if let Some((school, code)) = approval {
        // The questions were noted by the first reading; the second leaves the answer.
        hub.with::<_, anyhow::Error>(|store| {
            let station = store.approve(school, &code, COMMAND_LINE, now_s)?;
            note(store, Some(school), Deed::StationApproved, &station.to_string(), now_s)
        })?;
        found = enrol::take(&hub, stick, now_s).with_context(|| stick.display().to_string())?;
    }
    let refused = found.lines.iter().filter(|line| matches!(line.fate, Fate::Refused(_))).count();
    if json {
        say(&as_json(&hub, &found).to_string())?;
    } else {
        for line in &found.lines {
            say(&format!("{}: {}", line.name, words(&line.fate)))?;
        }
        if found.lines.is_empty() {
            say(
                "No station has left a question on this stick; `oqyrman enrol stick-out DIR` does it there.",
            )?;
        }
        if found.lines.iter().any(|line| matches!(line.fate, Fate::Joined { .. })) {
            say(&format!(
                "Take the stick back, and compare there the fingerprint of this region: {}",
                hub.public_key().fingerprint()
            ))?;
        }
    }
    if refused > 0 {
        bail!("{refused} files on this stick could not be taken");
    }
    Ok(())
}

fn words(fate: &Fate) -> String {
    match fate {
        Fate::Waiting { code, name, fingerprint } => format!(
            "“{name}”, key {fingerprint}, waits with the code {code}; once it is approved, take the stick once more"
        ),
        Fate::Joined { station, school } => format!("has joined {school} as station {}", station.0),
        Fate::TurnedAway(why) => format!("turned away: {why}"),
        Fate::Refused(why) => format!("left as it is: {why}"),
    }
}

fn as_json(hub: &Hub, found: &Found) -> serde_json::Value {
    let lines = found.lines.iter().map(|line| match &line.fate {
        Fate::Waiting { code, name, fingerprint } => serde_json::json!({
            "name": line.name, "fate": "waiting", "code": code, "station_name": name, "fingerprint": fingerprint,
        }),
        Fate::Joined { station, school } => serde_json::json!({
            "name": line.name, "fate": "joined", "station": station, "school": school,
        }),
        Fate::TurnedAway(why) => serde_json::json!({ "name": line.name, "fate": "turned_away", "why": why }),
        Fate::Refused(why) => {
            serde_json::json!({ "name": line.name, "fate": "refused", "why": why.to_string() })
        }
    });
    let lines: Vec<serde_json::Value> = lines.collect();
    serde_json::json!({ "questions": lines, "region": hub.public_key().fingerprint() })
}

fn make(dir: &Path, list: &Path, valid_days: u16, to: &Path, now_s: i64) -> anyhow::Result<()> {
    let hub = Hub::open(dir)?;
    let bytes = files::read_bytes(list)?;
    let read = read_stations(&bytes).with_context(|| format!("{}: no voucher was made", list.display()))?;
    let mut faults: Vec<String> = read.bad.iter().map(ToString::to_string).collect();
    let mut stations: Vec<(SchoolId, String)> = Vec::new();
    let mut schools = Vec::new();
    hub.with::<_, anyhow::Error>(|store| {
        for (line, row) in &read.rows {
            match store.find_school(Some(&row.school)) {
                Ok(school) => {
                    stations.push((school.id, row.name.chars().take(MOST_NAME_CHARS).collect()));
                    schools.push(school.name);
                }
                Err(fault) => faults.push(format!("line {line}: {fault}")),
            }
        }
        Ok(())
    })?;
    if !faults.is_empty() {
        bail!("{}: no voucher was made:\n  {}", list.display(), faults.join("\n  "));
    }
    if stations.is_empty() {
        bail!("{}: no station is in this list", list.display());
    }
    std::fs::create_dir(to)
        .with_context(|| format!("{}: a new folder is to be made for the vouchers", to.display()))?;
    let until_s = now_s.saturating_add(i64::from(valid_days) * 86_400);
    let vouchers = hub.make_vouchers(&stations, until_s, now_s)?;
    hub.with(|store| note(store, None, Deed::VouchersMade, &vouchers.len().to_string(), now_s))?;
    let ca = std::fs::read(dir.join(certs::CA_FILE)).with_context(|| certs::CA_FILE.to_owned())?;
    for (number, (((_, name), school), voucher)) in (1..).zip(stations.iter().zip(&schools).zip(&vouchers)) {
        let folder = to.join(folder_name(number, school, name));
        std::fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
        write_secret(&folder.join(VOUCHER_FILE), format!("{voucher}\n").as_bytes())?;
        write_secret(&folder.join(certs::CA_FILE), &ca)?;
    }
    say(&format!(
        "{} vouchers are in {}, good for {valid_days} days, each for one station. In each folder: {VOUCHER_FILE} and {}. \
         They are secrets: who has one can join as that station.",
        vouchers.len(),
        to.display(),
        certs::CA_FILE,
    ))
}

/// A folder's name that people recognise and every file system takes.
fn folder_name(number: usize, school: &str, station: &str) -> String {
    let clean = |text: &str| -> String {
        let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '№'));
        kept.take(40).collect::<String>().trim().to_owned()
    };
    let parts = [format!("{number:03}"), clean(school), clean(station)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn write_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| path.display().to_string())?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| path.display().to_string())
}

fn list(dir: &Path, json: bool, now_s: i64) -> anyhow::Result<()> {
    let store = Store::open(dir)?;
    let lines = store.vouchers()?;
    let word = |state: VoucherState, until_s: i64| match state {
        VoucherState::Open if until_s < now_s => "expired",
        VoucherState::Open => "open",
        VoucherState::Used(_) => "used",
        VoucherState::Withdrawn => "withdrawn",
    };
    if json {
        let lines = lines.iter().map(|line| {
            let station = match line.state {
                VoucherState::Used(station) => Some(station),
                VoucherState::Open | VoucherState::Withdrawn => None,
            };
            serde_json::json!({
                "id": line.id, "school": line.school, "name": line.name, "until_s": line.until_s,
                "state": word(line.state, line.until_s), "station": station,
            })
        });
        return say(&serde_json::Value::Array(lines.collect()).to_string());
    }
    if lines.is_empty() {
        return say("No voucher was made yet.");
    }
    for line in lines {
        let school = store.school_name(line.school)?.unwrap_or_default();
        let came = match line.state {
            VoucherState::Used(station) => format!(" by station {}", station.0),
            VoucherState::Open | VoucherState::Withdrawn => String::new(),
        };
        say(&format!("{}  {school}  {}  {}{came}", line.id, line.name, word(line.state, line.until_s)))?;
    }
    Ok(())
}
