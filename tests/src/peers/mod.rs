//! Other ways to bring a school's loans to a region, beside our own: the same loans, the same line, counted at the same place.
//!
//! - A cell ends when the last loan is at the region, or when its time is over; then what is there is its result. Our own
//!   ends later, when the station has heard that all is there.
//! - Ours is counted with TLS and signatures; the others speak plainly, as they are set up in their guides.

mod foreign;
mod koc;
mod loans;
mod table;

pub use koc::{Kept, Ledger, kill_often, lend_for_ever};
pub use loans::{Barcodes, invent, write_loans};
pub use table::write;

use crate::demo::chance::Chance;
use crate::demo::school::School;
use crate::wire::{Line, Proxy, Region, Sender, Traffic, autumn};
use std::path::Path;
use std::time::{Duration, Instant};

/// Who brings the loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Our journal, link and region.
    Ours,
    /// PouchDB as its guide shows it.
    Pouch,
    /// PouchDB as somebody sets it up who has measured.
    PouchTuned,
    /// RxDB with its own server.
    Rx,
    /// A message a loan.
    Mqtt,
    /// A message a hundred loans, gzipped.
    MqttHundreds,
}

impl Way {
    /// All, ours first.
    pub const ALL: [Way; 6] = [Way::Ours, Way::Pouch, Way::PouchTuned, Way::Rx, Way::Mqtt, Way::MqttHundreds];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Way::Ours => "ours, TLS and signatures included",
            Way::Pouch => "PouchDB, batches of 100",
            Way::PouchTuned => "PouchDB, batches of 1000, connections kept",
            Way::Rx => "RxDB, batches of 100, push only",
            Way::Mqtt => "MQTT QoS 1, a message a loan",
            Way::MqttHundreds => "MQTT QoS 1, 100 loans a message, gzip",
        }
    }

    /// Its program and what that is told; `None` for ours.
    fn program(self) -> Option<(&'static str, &'static str)> {
        match self {
            Way::Ours => None,
            Way::Pouch => Some(("pouchdb.mjs", "default")),
            Way::PouchTuned => Some(("pouchdb.mjs", "tuned")),
            Way::Rx => Some(("rxdb.mjs", "default")),
            Way::Mqtt => Some(("mqtt.mjs", "single")),
            Way::MqttHundreds => Some(("mqtt.mjs", "hundreds")),
        }
    }
}

/// What came of one way over one line.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// How many of the loans are at the region.
    pub arrived: u64,
    /// Requests or messages that reached it.
    pub requests: u64,
    /// How long it took, or how long was waited.
    pub took: Duration,
    /// What was carried.
    pub traffic: Traffic,
}

/// The loans of a comparison.
#[derive(Debug)]
pub struct Loans<'a> {
    /// Whose.
    pub school: &'a School,
    /// How many.
    pub count: usize,
    /// The same as JSON, one a line.
    pub file: &'a Path,
}

/// Brings the loans one way over one line. `scripts` is `tests/peers`, `dir` an empty folder.
///
/// # Errors
/// A program does not start, or ends in the middle.
pub fn bring(
    way: Way,
    line: Line,
    loans: &Loans<'_>,
    patience: Duration,
    (scripts, dir): (&Path, &Path),
) -> anyhow::Result<Cell> {
    match way.program() {
        Some((program, how)) => foreign::bring(&scripts.join(program), how, line, loans, patience, dir),
        None => ours(line, loans, patience, dir),
    }
}

fn ours(line: Line, loans: &Loans<'_>, patience: Duration, dir: &Path) -> anyhow::Result<Cell> {
    let region = Region::start(dir, loans.school)?;
    let proxy = Proxy::start(region.address, line)?;
    let mut sender = Sender::join(&dir.join("station"), &region, &proxy)?;
    autumn(&mut sender.journal, loans.school, loans.count, &mut Chance::new(2))?;
    proxy.take_traffic();
    let begun = Instant::now();
    // A delivery that is not finished in time is a result like another.
    let delivery = sender.deliver(patience).ok();
    let took = begun.elapsed();
    let requests = delivery.map_or(0, |delivery| delivery.calls);
    Ok(Cell { arrived: region.events()?, requests, took, traffic: proxy.take_traffic() })
}
