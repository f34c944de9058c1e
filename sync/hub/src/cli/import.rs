//! `oqyrman-hub import`.

use super::{At, files, say};
use crate::import::{
    FileFault, Import, Known, Report, plan_classes, plan_items, plan_patrons, plan_titles, read_classes,
    read_items, read_patrons, read_titles,
};
use crate::store::{Change, SchoolId, Store};
use anyhow::Context;
use exchange::Feed;
use std::path::Path;

/// What a CSV file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum What {
    /// Classes: class, language.
    Classes,
    /// Patrons: card, family, given, class, kind, pin, block, until.
    Patrons,
    /// Titles: title, author, isbn, year, kind.
    Titles,
    /// Items: number, title, isbn, status.
    Items,
}

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
    let mut known = Vec::new();
    for feed in [Feed::Classes, Feed::Patrons, Feed::Titles, Feed::Items] {
        known.extend(store.records(school, feed)?);
    }
    let known = Known::new(known);
    let mut step = Step { store: &mut store, school, path, dry_run, now_s };
    let report = match what {
        What::Classes => {
            step.run("classes", read_classes(&bytes), |import| Ok(plan_classes(import, &known)))?
        }
        What::Patrons => step.run("patrons", read_patrons(&bytes), |import| {
            let mut fault = None;
            let changes = plan_patrons(import, &known, today, || {
                let mut salt = [0; 8];
                if let Err(none) = getrandom::fill(&mut salt) {
                    fault = Some(none);
                }
                salt
            });
            fault.map_or(Ok(changes), Err).context("this machine gives no random numbers")
        })?,
        What::Titles => step.run("titles", read_titles(&bytes), |import| Ok(plan_titles(import, &known)))?,
        What::Items => step.run("items", read_items(&bytes), |import| Ok(plan_items(import, &known)))?,
    };
    if json { say(&serde_json::to_string(&report)?) } else { say(report.to_string().trim_end()) }
}

struct Step<'a> {
    store: &'a mut Store,
    school: SchoolId,
    path: &'a Path,
    dry_run: bool,
    now_s: i64,
}

impl Step<'_> {
    fn run<T>(
        &mut self,
        what: &'static str,
        read: Result<Import<T>, FileFault>,
        plan: impl FnOnce(&mut Import<T>) -> anyhow::Result<Vec<Change>>,
    ) -> anyhow::Result<Report> {
        let mut import = read.with_context(|| format!("{}: nothing was imported", self.path.display()))?;
        let changes = plan(&mut import)?;
        let saved =
            if self.dry_run { None } else { Some(self.store.save(self.school, &changes, self.now_s)?) };
        Ok(Report::new(what, &import, saved))
    }
}
