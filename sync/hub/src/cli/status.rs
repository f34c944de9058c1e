//! `oqyrman-hub status`.

use super::{At, say};
use crate::store::Counts;
use serde::Serialize;
use std::fmt::Write;

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

pub(super) fn status(at: &At, json: bool, now_s: i64) -> anyhow::Result<()> {
    let (store, school) = at.open()?;
    let (reviews_open, reviews) = store.review_counts(school)?;
    let stations = store.stations(school)?.into_iter().map(|station| Station {
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
        school: store.school_name(school)?.unwrap_or_default(),
        counts: store.counts(school)?,
        open_loans: store.open_loans(school)?,
        flagged: store.flagged(school)?,
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
