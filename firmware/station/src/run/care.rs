//! How the station looks after itself: what is seen of the machine, judged by the same list as `oqyrman doctor`, for the staff
//! screen and `status.json`.
//!
//! The machine is looked at by a thread of its own: a file of the kernel may be slow to read, and nothing at the desk waits
//! for it.

use super::Happening;
use super::station::Station;
use crate::doctor::{Facts, Machine, StationFacts, judge};
use crate::durability::Record;
use crate::status::Status;
use anyhow::Context;
use desk::{Finding, Input, Plug, PlugTest};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, SyncSender, channel};
use std::time::Duration;

/// How often the machine is looked at.
const EVERY: Duration = Duration::from_secs(60);

impl Station {
    /// Something was seen of the machine.
    pub(super) fn seen(&mut self, machine: Box<Machine>) {
        self.machine = Some(machine);
        self.tell(Input::Status(self.staff_status()));
        self.leave_word(true);
    }

    /// Minutes since the oldest event that waits for the region.
    pub(super) fn oldest_waiting_min(&self) -> Option<u64> {
        let outbox = self.journal.outbox();
        let oldest = self.journal.events(outbox.acked.next(), 1).ok()?.into_iter().next()?;
        u64::try_from((self.clock.now().wall_s - oldest.at.wall_s) / 60).ok()
    }

    /// Adds to a status what the doctor would say of it, and what the disk has shown.
    pub(super) fn add_care(&self, status: &mut Status) {
        let now = self.clock.now();
        let record = self.machine.as_ref().and_then(|machine| machine.durability);
        let minutes_ago = |at_s: i64| u32::try_from((now.wall_s - at_s).max(0) / 60).unwrap_or(u32::MAX);
        status.staff.plug = Plug {
            commits: self.memory.commits,
            last_commit_s: self.committed_ms.map(|then_ms| {
                u32::try_from(now.mono_ms.saturating_sub(then_ms) / 1_000).unwrap_or(u32::MAX)
            }),
            tested: record.map(|Record { at_s, kills, lost, .. }| PlugTest {
                kills,
                lost,
                minutes_ago: minutes_ago(at_s),
            }),
        };
        let Some(machine) = &self.machine else { return };
        let facts = Facts {
            machine: (**machine).clone(),
            station: StationFacts::Runs(Box::new(status.clone())),
            config: Ok(self.config_facts()),
            link: None,
            units: None,
        };
        let told = judge(&facts);
        status.staff.checks =
            told.iter().map(|told| Finding { check: told.check, standing: told.standing }).collect();
        status.staff.state_text = crate::care::state::text(status, self.journal.boot());
    }

    fn config_facts(&self) -> crate::doctor::ConfigFacts {
        crate::doctor::ConfigFacts::of(&self.config)
    }
}

/// Starts the thread that looks at the machine; it ends when the sender it gives is dropped.
///
/// # Errors
/// The system gives no thread.
pub(super) fn start(data_dir: &Path, events: SyncSender<Happening>) -> anyhow::Result<Sender<()>> {
    let (stop, stopped) = channel();
    let data_dir: PathBuf = data_dir.to_owned();
    let body = move || {
        loop {
            let machine = Machine::seen(Path::new("/"), &data_dir);
            if events.send(Happening::Seen(Box::new(machine))).is_err()
                || stopped.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout)
            {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("care".into())
        .spawn(body)
        .context("the care's thread cannot be started")?;
    Ok(stop)
}
