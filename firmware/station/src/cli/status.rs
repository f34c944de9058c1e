//! `oqyrman status`: what a station holds, told beside a running one.

use super::say;
use crate::clock::system_wall_s;
use crate::config::Config;
use crate::status::Status;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  oqyrman status\n  oqyrman status --config kiosk/oqyrman.toml --json")]
pub struct Options {
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// One JSON object instead of words.
    #[arg(long)]
    json: bool,
}

pub fn show(options: &Options) -> anyhow::Result<()> {
    let status = Status::read(&Config::read(&options.config)?.data_dir)?;
    if options.json { say(&serde_json::to_string(&status)?) } else { say(&words(&status, system_wall_s())) }
}

fn words(status: &Status, now_s: i64) -> String {
    let staff = &status.staff;
    let state = if status.running { "runs" } else { "is stopped" };
    let station = match (staff.station, &status.enrol_code) {
        (0, Some(code)) => format!("not yet enrolled; the region is to approve the code {code}"),
        (0, None) if status.library.is_some() => "its region is a library system".to_owned(),
        (0, None) => "not yet enrolled".to_owned(),
        (number, _) => format!("station {number}"),
    };
    let contact = match staff.last_contact_min {
        Some(minutes) => format!("the region answered {minutes} min before"),
        None => "the region has not answered since the start".to_owned(),
    };
    format!(
        "{name} {state} ({station}, version {version}); told {age} s ago\n\
         events    {events} in the journal, {waiting} wait for the region; {contact}\n\
         holds     {patrons} patrons, {items} items, {loans} open loans, {reviews} reviews waiting\n\
         readers   {present} of {expected}{printer}{ways}{library}{board}",
        ways = ways(status),
        library = library(status),
        board = board(status),
        printer =
            status.printer.as_ref().map_or_else(String::new, |state| format!(", receipt printer: {state}")),
        name = status.name,
        version = staff.version,
        age = (now_s - status.at_s).max(0),
        events = status.events,
        waiting = staff.waiting,
        patrons = staff.patrons,
        items = staff.items,
        loans = staff.loans,
        reviews = staff.reviews,
        present = staff.readers.0,
        expected = staff.readers.1,
    )
}

/// What each way out of the building has carried; nothing where none has.
fn ways(status: &Status) -> String {
    let way = |carried: &desk::WayStatus| {
        let name = match carried.way {
            desk::Way::Https => "the network",
            desk::Way::Stick => "a stick",
            desk::Way::Sip2 => "SIP2",
            desk::Way::Koc => "a file for Koha",
            desk::Way::Evergreen => "a file for Evergreen",
        };
        format!("by {name} up to event {}, {} min before", carried.upto, carried.minutes_ago)
    };
    let words: Vec<String> = status.staff.ways.iter().map(way).collect();
    if words.is_empty() { String::new() } else { format!("\nways      {}", words.join("; ")) }
}

/// How it stands with a library system; nothing where there is none.
fn library(status: &Status) -> String {
    let Some(library) = &status.library else { return String::new() };
    let mut words = format!(
        "\nlibrary   {profile}: {done} as here, {other} with another due date, {refused} refused, {unknown} unknown, \
         {resolved} looked into",
        profile = library.profile,
        done = library.done,
        other = library.other_due,
        refused = library.refused,
        unknown = library.unknown,
        resolved = library.resolved,
    );
    if library.refused + library.unknown > 0 {
        words.push_str("\n          `oqyrman library outcomes` lists what a librarian should look into");
    }
    if let Some(trouble) = &library.trouble {
        words.push_str(&format!("\n          {trouble}"));
    }
    words
}

/// What the kernel tells of heat and supply; nothing where it tells nothing.
fn board(status: &Status) -> String {
    let mut words: Vec<String> =
        status.temperature_c.map(|degrees| format!("{degrees} °C")).into_iter().collect();
    match (status.under_voltage, status.was_under_voltage) {
        (Some(true), _) => words.push("the supply is too weak: use a stronger one".into()),
        (_, Some(true)) => words.push("the supply was too weak since the start: use a stronger one".into()),
        (Some(false), _) => words.push("the supply is good".into()),
        (None, _) => {}
    }
    if status.throttled == Some(true) {
        words.push("the processor is slowed".into());
    }
    if words.is_empty() { String::new() } else { format!("\nboard     {}", words.join(", ")) }
}
