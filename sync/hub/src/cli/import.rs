//! `oqyrman-hub import`.

use super::{At, COMMAND_LINE, files, note, say};
use crate::import::{Known, Report, What, prepare};
use crate::store::{Answers, Deed};
use anyhow::Context;
use std::path::Path;

pub(super) fn import(
    at: &At,
    what: What,
    path: &Path,
    dry_run: bool,
    json: bool,
    now_s: i64,
) -> anyhow::Result<()> {
    let (mut store, school) = at.open()?;
    let bytes = files::read_bytes(path)?;
    let today = store.zone(school)?.day_at(now_s);
    let known = Known::new(store.people_and_books(school)?);
    let prepared = prepare(&bytes, Some(what), &known, today)
        .with_context(|| format!("{}: nothing was imported", path.display()))?;
    let saved = if dry_run {
        None
    } else {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let id = store.keep_import(school, &prepared, &name, COMMAND_LINE, now_s)?;
        let saved = store.save_import(school, id, &Answers::default(), COMMAND_LINE, now_s)?;
        note(&mut store, Some(school), Deed::Imported, &id.to_string(), now_s)?;
        let same = prepared.planned.iter().filter(|one| one.is_same()).count() as u64;
        Some(crate::store::Saved { same, ..saved })
    };
    let report = Report::new(&prepared, saved);
    if json { say(&serde_json::to_string(&report)?) } else { say(report.to_string().trim_end()) }
}
