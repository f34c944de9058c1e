//! `oqyrman-hub backup` and `oqyrman-hub restore`.

use super::say;
use crate::backup::{self, Manifest};
use std::path::Path;

pub(super) fn backup(dir: &Path, to: &Path, json: bool, now_s: i64) -> anyhow::Result<()> {
    let manifest = backup::backup(dir, to, now_s)?;
    if json {
        return say(&serde_json::to_string(&manifest)?);
    }
    say(&format!(
        "{} holds the whole region: {}.\nEvery event was checked. It holds the region's secret keys: keep it where nobody else \
         can read it.",
        to.display(),
        held(&manifest)
    ))
}

pub(super) fn restore(from: &Path, dir: &Path, postgres: Option<&str>, json: bool) -> anyhow::Result<()> {
    let manifest = backup::restore(from, dir, postgres)?;
    if json {
        return say(&serde_json::to_string(&manifest)?);
    }
    say(&format!(
        "{0} is the region as it was copied: {1}.\nNext: oqyrman-hub serve {0}. Stations send by themselves what they have told \
         since; imports, decisions and approvals made since are to be made again.",
        dir.display(),
        held(&manifest)
    ))
}

fn held(manifest: &Manifest) -> String {
    let held = &manifest.inventory;
    let bytes: u64 = manifest.files.iter().map(|file| file.len).sum();
    format!(
        "{} schools, {} stations, {} events, {} records, {} decisions; {} MB",
        held.schools,
        held.stations,
        held.events,
        held.records,
        held.decisions,
        bytes.div_ceil(1_000_000)
    )
}
