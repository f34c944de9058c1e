//! `oqyrman-hub verify-receipt`: whether a station wrote a receipt, and whether the region has what it says.

use super::say;
use crate::receipt::{Standing, check};
use crate::store::Store;
use anyhow::Context;
use std::path::Path;

pub(super) fn verify(dir: &Path, digits: Option<String>, json: bool) -> anyhow::Result<()> {
    let digits = match digits {
        Some(digits) => digits,
        None => std::io::read_to_string(std::io::stdin()).context("no digits on standard input")?,
    };
    let store = Store::open(dir)?;
    let checked = check(&store, &digits)?;
    let school = store.school_of(checked.receipt.station)?.context("a station without a school")?;
    let zone = store.zone(school)?;
    let written = zone.civil(checked.receipt.wall_s).strftime("%F %H:%M");
    let station = checked.receipt.station;
    if json {
        let lines = checked.lines.iter().map(|(line, standing)| {
            serde_json::json!({ "line": line, "region": name(standing), "undone": undone(standing) })
        });
        let lines: Vec<serde_json::Value> = lines.collect();
        return say(&serde_json::json!({
            "station": station, "epoch": checked.receipt.epoch, "wall_s": checked.receipt.wall_s, "lines": lines,
        })
        .to_string());
    }
    say(&format!("Genuine: station {station} wrote this down, {written}, epoch {}.", checked.receipt.epoch))?;
    for (line, standing) in &checked.lines {
        let undone = if undone(standing) { ", taken back later" } else { "" };
        say(&format!("{:>8}  {}  {}: {}{undone}", line.seq.0, line.item, line.deed, words(standing)))?;
    }
    Ok(())
}

fn undone(standing: &Standing) -> bool {
    match standing {
        Standing::NotYet | Standing::Other(_) => false,
        Standing::Same(event) => event.undone,
    }
}

fn name(standing: &Standing) -> &'static str {
    match standing {
        Standing::NotYet => "not_yet",
        Standing::Same(_) => "same",
        Standing::Other(_) => "other",
    }
}

fn words(standing: &Standing) -> &'static str {
    match standing {
        Standing::NotYet => "the station has not sent it yet",
        Standing::Same(_) => "the region has it",
        Standing::Other(_) => "the region has another event in this place; look at the station",
    }
}
