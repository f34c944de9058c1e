//! Each step of a history fails once; the station goes on; the power goes. What it said yes to is there.

use super::history::Player;
use super::region::{STATION, T0};
use crate::demo::chance::Chance;
use crate::vfs::{Disk, Fault};
use anyhow::{Context, ensure};
use exchange::{Epoch, Event, Seq};
use journal::Journal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What was tried.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct FaultCount {
    /// Runs, each with one fault.
    pub runs: u64,
    /// Runs in which a visit was told no.
    pub told_no: u64,
    /// Visits that were told no and are in the journal after all: whole, as though said yes to.
    pub there_after_all: u64,
}

/// How the station ends after a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is told to stop, and closes its files.
    Stopped,
    /// It is killed.
    Killed,
}

/// Plays so many visits again and again in `folder`; every time another step fails, as `fault` says.
///
/// # Errors
/// The first run in which something that was said yes to is not there.
pub fn every_step(
    fault: Fault,
    end: End,
    visits: u32,
    seed: u64,
    folder: &Path,
) -> anyhow::Result<FaultCount> {
    let mut count = FaultCount::default();
    for step in 1.. {
        let dir = folder.join(format!("{fault:?}-{step}"));
        let met = one(step, (fault, end), visits, seed, &dir, &mut count)
            .with_context(|| format!("step {step} failed as {fault:?}, seed {seed}"))?;
        std::fs::remove_dir_all(&dir)?;
        if !met {
            break;
        }
        count.runs += 1;
    }
    Ok(count)
}

/// Gives whether the step was reached.
fn one(
    step: u64,
    (fault, end): (Fault, End),
    visits: u32,
    seed: u64,
    dir: &Path,
    count: &mut FaultCount,
) -> anyhow::Result<bool> {
    let mut chance = Chance::new(seed);
    let disk = Disk::watch(dir)?;
    let mut player = Player::new(disk.clone());
    disk.fail(step, fault, false);
    let mut journal = start(&disk, &mut chance)?;
    let mut yes: BTreeMap<i64, usize> = BTreeMap::new();
    let mut no = Vec::new();
    for visit in 1..=visits {
        player.n = visit;
        let before = journal.outbox().head.0;
        // A visit is known by its time.
        let wall_s = T0 + i64::from(visit) * 60;
        match player.visit(&mut journal, &mut chance) {
            Ok(()) => {
                yes.insert(wall_s, (journal.outbox().head.0 - before) as usize);
            }
            Err(_) => {
                no.push(wall_s);
                // Staff do what the screen says: start the station again.
                ended(&disk, end, journal);
                journal = start(&disk, &mut chance)?;
            }
        }
        // What fails here fails at the next try or is repaired by it; nothing is promised.
        if visit % 3 == 0 && player.hear(&mut journal, usize::MAX, 1).is_err() {
            ended(&disk, end, journal);
            journal = start(&disk, &mut chance)?;
        }
        if visit % 4 == 0 {
            let _ = journal.checkpoint();
        }
    }
    let met = disk.steps() >= step;
    ended(&disk, end, journal);
    disk.heal();
    disk.power_cut(&mut chance)?;
    let (journal, report) = Journal::open(dir, T0)?;
    let events = journal.events(Seq(1), usize::MAX)?;
    let there = by_time(&events);
    for (wall_s, acts) in &yes {
        let found = there.get(wall_s).copied().unwrap_or(0);
        ensure!(found == *acts, "of {acts} acts of one visit {found} are there; {report:?}");
    }
    count.told_no += u64::from(!no.is_empty());
    count.there_after_all += no.iter().filter(|wall_s| there.contains_key(wall_s)).count() as u64;
    Ok(met)
}

fn ended(disk: &Disk, end: End, journal: Journal) {
    match end {
        End::Stopped => drop(journal),
        End::Killed => disk.kill(journal),
    }
}

/// Starts the station; where the disk fails just then, again, and after the power went where it is gone.
fn start(disk: &Disk, chance: &mut Chance) -> anyhow::Result<Journal> {
    for _ in 0..3 {
        if disk.is_cut() {
            disk.power_cut(chance)?;
        }
        let Ok((mut journal, _)) = Journal::open(disk.folder(), T0) else { continue };
        if journal.enrol(STATION, Some(Epoch(1))).is_ok() {
            return Ok(journal);
        }
    }
    anyhow::bail!("the station does not start again")
}

fn by_time(events: &[Event]) -> BTreeMap<i64, usize> {
    let mut there = BTreeMap::new();
    for event in events {
        *there.entry(event.at.wall_s).or_default() += 1;
    }
    there
}
