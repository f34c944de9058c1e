//! What a running station tells about itself: `status.json` in its data folder, for `oqyrman status` and for whoever
//! watches many stations. The databases are the station's alone while it runs; this file is not flushed and may be some
//! seconds old. It holds numbers, no names.

use anyhow::Context;
use desk::StaffStatus;
use journal::{JournalFound, RebuiltBecause, StartReport, StateFound};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};
use std::path::Path;

const FILE: &str = "status.json";

/// A station at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// When this was written, seconds since 1970 by the station's clock.
    pub at_s: i64,
    /// Whether the station runs: it has not said that it stops, and its process is there.
    pub running: bool,
    /// Its process's number.
    pub pid: u32,
    /// Its name.
    pub name: String,
    /// The code under which it waits for its enrolment; `None` = it is enrolled, or has no region.
    pub enrol_code: Option<String>,
    /// Events in the present life of its journal.
    pub events: u64,
    /// Of the processor, in degrees Celsius, where the kernel tells it.
    pub temperature_c: Option<i16>,
    /// Whether the supply is too weak now, where the kernel tells it.
    pub under_voltage: Option<bool>,
    /// Whether it was since the start.
    pub was_under_voltage: Option<bool>,
    /// Whether the processor is slowed now.
    pub throttled: Option<bool>,
    /// How the receipt printer is: `ready`, `no paper`, `cover open`, `fault` or `gone`; `None` = there is none, or it was not
    /// heard of yet.
    pub printer: Option<String>,
    /// How it stands with the library system that is the region; `None` = the region is a hub, or there is none.
    #[serde(default)]
    pub library: Option<LibraryStatus>,
    /// How the memory was found, and what it has done since.
    #[serde(default)]
    pub memory: MemoryStatus,
    /// How many screens are there.
    #[serde(default)]
    pub screens: usize,
    /// Minutes since the oldest event that the region does not have.
    #[serde(default)]
    pub oldest_waiting_min: Option<u64>,
    /// Whether the region answered the last call; `None` before the first one ended.
    #[serde(default)]
    pub answered: Option<bool>,
    /// What the staff screen shows.
    #[serde(flatten)]
    pub staff: StaffStatus,
}

/// What became of the station's events at a library system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryStatus {
    /// The system's profile.
    pub profile: String,
    /// Events that are there as the station has them.
    pub done: u64,
    /// Events that are there with another due date.
    pub other_due: u64,
    /// Events that the system refused and nobody has looked into.
    pub refused: u64,
    /// Events of which nobody knows whether they arrived.
    pub unknown: u64,
    /// Events that a person has looked into.
    pub resolved: u64,
    /// Why the system did not answer last.
    pub trouble: Option<String>,
}

/// How the memory was found at the start, and what it has done since.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MemoryStatus {
    /// The journal.
    pub journal: Found,
    /// The state.
    pub state: Found,
    /// Commits since the start.
    pub commits: u64,
    /// Why the last event was not written down; `None` = it was.
    pub not_recorded: Option<String>,
    /// A set-up file that was not taken, in words.
    pub setup: Option<String>,
}

/// How a database was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Whole.
    #[default]
    Sound,
    /// There was none.
    Fresh,
    /// It was damaged, and was repaired or made anew.
    Repaired,
    /// It is gone.
    Lost,
}

impl MemoryStatus {
    /// What was found at the start.
    #[must_use]
    pub fn of(report: &StartReport) -> MemoryStatus {
        let journal = match report.journal {
            JournalFound::Sound { .. } => Found::Sound,
            JournalFound::Fresh => Found::Fresh,
            JournalFound::Lost => Found::Lost,
            JournalFound::Repaired { .. } => Found::Repaired,
        };
        let state = match &report.state {
            StateFound::Sound => Found::Sound,
            StateFound::Fresh => Found::Fresh,
            StateFound::Rebuilt { why: RebuiltBecause::OtherSchema, .. } => Found::Sound,
            StateFound::Rebuilt { why: RebuiltBecause::Missing | RebuiltBecause::Damaged, .. } => {
                Found::Repaired
            }
        };
        MemoryStatus { journal, state, ..MemoryStatus::default() }
    }
}

impl Status {
    /// Puts it into the data folder.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, data_dir: &Path) -> std::io::Result<()> {
        let new = data_dir.join("status.json.new");
        std::fs::write(&new, serde_json::to_vec(self)?)?;
        std::fs::rename(new, data_dir.join(FILE))
    }

    /// What the station in this data folder told last.
    ///
    /// # Errors
    /// It has never run, or the file is damaged.
    pub fn read(data_dir: &Path) -> anyhow::Result<Status> {
        let path = data_dir.join(FILE);
        let bytes = std::fs::read(&path).with_context(|| {
            format!("{}: no station has run here yet; `oqyrman run` starts one", path.display())
        })?;
        let told: Status = serde_json::from_slice(&bytes).with_context(|| {
            format!("{}: damaged; a station writes it anew when it starts", path.display())
        })?;
        Ok(Status { running: told.running && is_there(told.pid), ..told })
    }
}

/// Whether there is such a process, of whatever user.
fn is_there(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}
