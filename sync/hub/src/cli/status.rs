//! `oqyrman-hub status`.

use super::say;
use crate::store::{Counts, Store};
use serde::Serialize;
use std::fmt::Write;
use std::path::Path;

/// The region in numbers.
#[derive(Debug, Serialize)]
struct Status {
    school: String,
    #[serde(flatten)]
    counts: Counts,
    open_loans: u64,
    flagged: u64,
    reviews_open: u64,
    reviews: u64,
    stations: Vec<Station>,
}

#[derive(Debug, Serialize)]
struct Station {
    id: u32,
    name: String,
    epoch: u32,
    contact_s: Option<i64>,
    waiting: u64,
    revoked: bool,
    set_aside: u64,
    #[serde(flatten)]
    counts: Counts,
}

pub(super) fn status(dir: &Path, json: bool, now_s: i64) -> anyhow::Result<()> {
    let store = Store::open(dir)?;
    let (reviews_open, reviews) = store.review_counts()?;
    let stations = store.stations()?.into_iter().map(|station| Station {
        id: station.id.0,
        name: station.name,
        epoch: station.epoch.0,
        contact_s: station.contact_s,
        waiting: station.waiting,
        revoked: station.revoked_s.is_some(),
        set_aside: station.set_aside,
        counts: station.counts,
    });
    let status = Status {
        school: store.school()?,
        counts: store.counts()?,
        open_loans: store.open_loans()?,
        flagged: store.flagged()?,
        reviews_open,
        reviews,
        stations: stations.collect(),
    };
    if json { say(&serde_json::to_string(&status)?) } else { say(&words(&status, now_s)) }
}

fn words(status: &Status, now_s: i64) -> String {
    let mut text = String::new();
    let counts = |c: &Counts| {
        format!(
            "{} events: {} lent, {} returned, {} renewed, {} refused",
            c.events, c.lent, c.returned, c.renewed, c.refused
        )
    };
    let _ = writeln!(text, "{}", status.school);
    let _ = writeln!(text, "{}", counts(&status.counts));
    let _ = writeln!(
        text,
        "{} books are out; {} events with a flag; {} reviews wait of {}",
        status.open_loans, status.flagged, status.reviews_open, status.reviews
    );
    for station in &status.stations {
        let heard = match station.contact_s {
            Some(at_s) => format!("heard {} min ago", (now_s - at_s).max(0) / 60),
            None => "never heard".to_owned(),
        };
        let revoked = if station.revoked { ", revoked" } else { "" };
        let aside = if station.set_aside > 0 {
            format!(", {} messages set aside", station.set_aside)
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "  {} {}: {heard}{revoked}, {}, {} waiting{aside}",
            station.id,
            station.name,
            counts(&station.counts),
            station.waiting
        );
    }
    text.trim_end().to_owned()
}
