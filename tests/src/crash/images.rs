//! Builds the images of a history, opens them, and looks.

use super::history::{History, Promise};
use super::region::{Region, STATION, T0};
use crate::demo::chance::Chance;
use crate::vfs::{Cut, Image, Op, Platter, cuts};
use journal::{Journal, JournalFound};
use serde::Serialize;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// What was tried.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Count {
    /// Writes, cuts of files, and changes of names in the history.
    pub writes: u64,
    /// Flushes.
    pub flushes: u64,
    /// Steps after which something was promised.
    pub promises: u64,
    /// Moments between two flushes at which the power was cut.
    pub moments: u64,
    /// Of these, the ones of which every possible state was tried.
    pub whole_moments: u64,
    /// States that the cuts gave.
    pub states: u64,
    /// Different ones among them, each opened.
    pub images: u64,
    /// Images in which the act under way at the cut was there as a whole.
    pub with_the_act_under_way: u64,
    /// Images in which the state had to be made anew.
    pub state_made_anew: u64,
}

/// An image that did not come up as it should.
#[derive(Debug, Clone, thiserror::Error)]
#[error("after operation {op} ({promised} steps promised), cut {cut:?}: {what}")]
pub struct Wrong {
    /// After so many operations of the history.
    pub op: usize,
    /// So many steps were promised.
    pub promised: usize,
    /// What the cut left.
    pub cut: Cut,
    /// What is wrong.
    pub what: String,
}

/// Tries at most `limit` states at each moment, in `folder`, which is used up.
///
/// # Errors
/// The first image that does not come up as it should.
pub fn enumerate(history: &History, limit: usize, seed: u64, folder: &Path) -> Result<Count, Wrong> {
    let mut chance = Chance::new(seed);
    let mut platter = Platter::holding(&history.base);
    let mut count = Count::default();
    let mut seen = HashSet::new();
    let mut promised = 0;
    let last = history.ops.len();
    for (op, place) in history.ops.iter().map(Some).chain([None]).zip(0..) {
        // What can be there changes with each operation; all that was possible since the last flush still is just
        // before the next one.
        if matches!(op, None | Some(Op::Sync { .. } | Op::SyncNames | Op::Mark(_))) {
            let tried = cuts(&platter, limit, &mut chance);
            count.moments += 1;
            count.whole_moments += u64::from(tried.len() < limit);
            for cut in tried {
                count.states += 1;
                let image = platter.after(&cut);
                if !seen.insert((hash(&image), promised)) {
                    continue;
                }
                count.images += 1;
                look(history, promised, &image, folder, &mut count).map_err(|what| Wrong {
                    op: place.min(last),
                    promised,
                    cut: cut.clone(),
                    what,
                })?;
            }
        }
        match op {
            Some(Op::Mark(number)) => {
                promised = *number as usize;
                count.promises += 1;
            }
            Some(Op::Sync { .. } | Op::SyncNames) => count.flushes += 1,
            Some(_) => count.writes += 1,
            None => {}
        }
        if let Some(op) = op {
            platter.apply(op.clone());
        }
    }
    Ok(count)
}

fn hash(image: &Image) -> u64 {
    let mut hasher = DefaultHasher::new();
    image.hash(&mut hasher);
    hasher.finish()
}

fn look(
    history: &History,
    promised: usize,
    image: &Image,
    folder: &Path,
    count: &mut Count,
) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    image.write(folder).map_err(|error| told(&error))?;
    let (mut journal, report) = Journal::open(folder, T0).map_err(|error| told(&error))?;
    match report.journal {
        JournalFound::Sound { .. } => {}
        JournalFound::Fresh if promised == 0 => {}
        JournalFound::Repaired { .. } if history.damaged && promised == 0 => {}
        JournalFound::Fresh | JournalFound::Lost | JournalFound::Repaired { .. } => {
            return Err(format!("the journal was found as {:?}", report.journal));
        }
    }
    let there = Promise::of(&journal).map_err(|error| told(&error))?;
    let next = (promised + 1).min(history.promises.len() - 1);
    if there == history.promises[promised] {
        // As promised.
    } else if there == history.promises[next] {
        count.with_the_act_under_way += 1;
    } else {
        return Err(format!(
            "promised {}, under way {}, found {}",
            told_of(&history.promises[promised]),
            told_of(&history.promises[next]),
            told_of(&there)
        ));
    }
    count.state_made_anew += u64::from(matches!(report.state, journal::StateFound::Rebuilt { .. }));
    let remembered = journal.dump().map_err(|error| told(&error))?;
    drop(journal);
    (journal, _) = Journal::open(folder, T0).map_err(|error| told(&error))?;
    if journal.dump().map_err(|error| told(&error))? != remembered {
        return Err("opened again, it remembers something else".into());
    }
    if journal.station().is_none() {
        journal.enrol(STATION, Some(exchange::Epoch(1))).map_err(|error| told(&error))?;
    }
    let mut region: Region = history.regions[next].clone();
    match region.bring_up_to_date(&mut journal) {
        Ok(true) => Ok(()),
        Ok(false) => Err("the region cannot bring the feeds up to date".into()),
        Err(error) => Err(format!("an answer was refused: {error}")),
    }
}

fn told_of(promise: &Promise) -> String {
    let outbox = promise.outbox;
    let (events, gate) = (promise.events.len(), promise.gate.len());
    format!(
        "(epoch {:?}, {} of {} acknowledged, {events} events, {gate} for the gate)",
        outbox.epoch.map(|epoch| epoch.0),
        outbox.acked.0,
        outbox.head.0
    )
}
