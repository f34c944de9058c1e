//! `oqyrman-hub courier take`.

use super::say;
use crate::Hub;
use crate::courier::{self, Fate, Found, Line};
use anyhow::{Context, bail};
use std::path::Path;

pub(super) fn take(dir: &Path, stick: &Path, json: bool, now_s: i64) -> anyhow::Result<()> {
    let hub = Hub::open(dir)?;
    let found = courier::take(&hub, stick, now_s).with_context(|| stick.display().to_string())?;
    let count = |wanted: fn(&Fate) -> bool| found.lines.iter().filter(|line| wanted(&line.fate)).count();
    let refused = count(|fate| matches!(fate, Fate::Refused(_)));
    let taken = count(|fate| matches!(fate, Fate::Taken { .. }));
    if json {
        say(&as_json(&found, taken, refused).to_string())?;
    } else {
        for line in &found.lines {
            say(&format!("{}: {}", line.name, words(&line.fate)))?;
        }
        say(&format!(
            "{taken} taken, {refused} refused, {} for other regions left as they are.{}",
            found.others,
            if taken > 0 { " Take the stick back: the answers are on it." } else { "" }
        ))?;
    }
    if refused > 0 {
        bail!("{refused} bundles on this stick were refused");
    }
    Ok(())
}

fn words(fate: &Fate) -> String {
    match fate {
        Fate::Taken { station, events, stored_upto, forked: false } => {
            format!("station {station}, {events} events; the region has all up to {}", stored_upto.0)
        }
        Fate::Taken { station, forked: true, .. } => format!(
            "station {station} has another journal than the region knows; it begins anew when the answer comes, and \
             sends again what is missing"
        ),
        Fate::Outdated(station) => {
            format!("station {station}, from before it began its journal anew; nothing in it counts any more")
        }
        Fate::Refused(why) => format!("refused: {why}"),
    }
}

fn as_json(found: &Found, taken: usize, refused: usize) -> serde_json::Value {
    let one = |line: &Line| match &line.fate {
        Fate::Taken { station, events, stored_upto, forked } => serde_json::json!({
            "name": line.name, "fate": "taken", "station": station, "events": events,
            "stored_upto": stored_upto, "forked": forked,
        }),
        Fate::Outdated(station) => {
            serde_json::json!({ "name": line.name, "fate": "outdated", "station": station })
        }
        Fate::Refused(why) => {
            serde_json::json!({ "name": line.name, "fate": "refused", "why": why.to_string() })
        }
    };
    let bundles: Vec<serde_json::Value> = found.lines.iter().map(one).collect();
    serde_json::json!({ "bundles": bundles, "taken": taken, "refused": refused, "others": found.others })
}
