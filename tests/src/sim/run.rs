//! Plays a plan in a folder of its own.

use super::account::Account;
use super::plan::Step;
use super::region::StoreKind;
use super::sabotage::Sabotage;
use super::story::Story;
use super::truth::{Broken, Invariant};
use super::world::World;
use std::path::{Path, PathBuf};

/// How large a world is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// Stations of the school.
    pub stations: usize,
    /// People.
    pub people: usize,
    /// Books at the beginning.
    pub books: usize,
    /// Days.
    pub days: u32,
    /// Visits to each station on a school day, in the mean.
    pub visits_a_day: usize,
    /// On how many evenings of a hundred a station calls.
    pub evenings: u8,
    /// After so many days everything is looked through.
    pub settle_days: u32,
    /// The region's database.
    pub store: StoreKind,
    /// A guard that is taken away on purpose.
    pub sabotage: Option<Sabotage>,
}

impl Scale {
    /// A school year of a small school, whose stations are `seed`'s.
    pub fn of(seed: u64) -> Scale {
        Scale {
            stations: 1 + (seed % 3) as usize,
            people: 16,
            books: 30,
            days: super::cast::YEAR_DAYS,
            visits_a_day: 1,
            evenings: 60,
            settle_days: 30,
            store: StoreKind::Sqlite,
            sabotage: None,
        }
    }
}

/// A seed under which an invariant does not hold.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The step at which it showed, from 0.
    pub step: usize,
    /// What does not hold.
    pub broken: Broken,
    /// What happened, if it was told.
    pub story: Vec<String>,
}

/// A folder that is gone when it is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing hangs on what could not be removed.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Plays steps; gives what was done, or where an invariant did not hold. `dir` is a folder for this run alone; it is made and
/// removed.
///
/// # Errors
/// The first invariant that does not hold.
pub fn play(steps: &[Step], scale: &Scale, dir: &Path, told: bool) -> Result<Account, Box<Failure>> {
    let _folder = Folder(dir.to_owned());
    let story = if told { Story::told() } else { Story::default() };
    let failed =
        |step, broken, story: &Story| Box::new(Failure { step, broken, story: story.lines().to_vec() });
    std::fs::create_dir_all(dir)
        .map_err(|fault| failed(0, Invariant::NothingElseFails.broken(fault.to_string()), &story))?;
    let mut world = World::new(dir, scale, story).map_err(|broken| failed(0, broken, &Story::default()))?;
    for (n, step) in steps.iter().enumerate() {
        if let Err(broken) = world.step(step) {
            return Err(failed(n, broken, &world.story));
        }
    }
    Ok(world.account)
}

impl Failure {
    /// What a person reads: what does not hold, the story of it, and how to see it again.
    pub fn words(&self, seed: u64, steps: usize, of: usize) -> String {
        format!(
            "{}\n\nWhat happened ({steps} steps of {of} are enough):\n  {}\n\nTo play it again:\n  SEED={seed} cargo test -p tests --test sim\n",
            self.broken,
            self.story.join("\n  ")
        )
    }
}

/// Where worlds are made: in memory, if this machine has files there. Nothing of them is kept.
pub fn ground() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}
