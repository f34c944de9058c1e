//! What the station says of itself: to staff, to pupils in one neutral line, to `oqyrman status`.

use super::station::Station;
use crate::status::{LibraryStatus, Status};
use desk::{LinkNote, Memory, StaffStatus, WayStatus};
use std::path::Path;

impl Station {
    /// What staff want to know.
    pub(super) fn staff_status(&self) -> StaffStatus {
        status(self, true).staff
    }

    /// Its figures alone.
    fn figures(&self) -> StaffStatus {
        // Figures are no reason to stop: a memory that does not answer is told by the desk itself.
        let counts = self.journal.counts().unwrap_or_default();
        let now_s = self.clock.now().wall_s;
        let minutes_since = |then_s: i64| u64::try_from((now_s - then_s) / 60).unwrap_or(0);
        StaffStatus {
            station: self.membership.as_ref().map_or(0, |membership| membership.station.0),
            version: env!("CARGO_PKG_VERSION").into(),
            waiting: counts.waiting,
            last_contact_min: self.calling.last_contact_s.map(minutes_since),
            patrons: counts.patrons,
            items: counts.items,
            loans: counts.loans,
            readers: self.readers(),
            reviews: counts.reviews.saturating_add(self.library_matters()),
            ways: self.ways(),
            ..StaffStatus::default()
        }
    }

    /// What each way has carried.
    fn ways(&self) -> Vec<WayStatus> {
        let now_s = self.clock.now().wall_s;
        let status = |carried: journal::Carried| WayStatus {
            way: carried.way,
            minutes_ago: u32::try_from((now_s - carried.at_s).max(0) / 60).unwrap_or(u32::MAX),
            upto: carried.upto.0,
        };
        self.journal.carried().unwrap_or_default().into_iter().map(status).collect()
    }

    /// Events that the library system refused or does not tell of: they wait for a librarian.
    fn library_matters(&self) -> u32 {
        let status = self.library_status();
        status.map_or(0, |library| u32::try_from(library.refused + library.unknown).unwrap_or(u32::MAX))
    }

    /// How it stands with the library system.
    fn library_status(&self) -> Option<LibraryStatus> {
        let library = self.config.library.as_ref()?;
        let counts = self.journal.library_counts().unwrap_or_default();
        Some(LibraryStatus {
            profile: library.profile.clone(),
            done: counts.done,
            other_due: counts.other_due,
            refused: counts.refused,
            unknown: counts.unknown,
            resolved: counts.resolved,
            trouble: self.counter.as_ref().and_then(|counter| counter.trouble.clone()),
        })
    }

    /// What there is to say of the link: data so old that the rules tighten, or no contact now, or nothing.
    pub(super) fn link_note(&self) -> LinkNote {
        let rules = self.journal.rules().ok().flatten();
        let as_of_s = self.journal.data_as_of_s().ok().flatten();
        let age_s = as_of_s.map_or(0, |as_of_s| self.clock.now().wall_s - as_of_s);
        let tightens_s =
            rules.and_then(|rules| rules.stale.first().map(|step| i64::from(step.after_h) * 3600));
        if tightens_s.is_some_and(|tightens_s| age_s >= tightens_s) {
            return LinkNote::DataOld { days: u16::try_from(age_s / 86_400).unwrap_or(u16::MAX) };
        }
        if self.calling.answered == Some(false) { LinkNote::Offline } else { LinkNote::Quiet }
    }
}

/// The station at this moment.
pub(super) fn status(station: &Station, running: bool) -> Status {
    // The kernel's files are read by the care's thread; before its first look, once here.
    let health = match &station.machine {
        Some(machine) => machine.health,
        None => hardware::power::health(Path::new("/sys")),
    };
    let mut status = Status {
        temperature_c: health.temperature_c,
        under_voltage: health.under_voltage,
        was_under_voltage: health.was_under_voltage,
        throttled: health.throttled,
        at_s: station.clock.now().wall_s,
        printer: station.printer_state().map(str::to_owned),
        running,
        pid: std::process::id(),
        name: station.config.name.clone(),
        enrol_code: station.calling.code.clone(),
        events: station.journal.outbox().head.0,
        library: station.library_status(),
        memory: station.memory.clone(),
        screens: station.screen_count(),
        oldest_waiting_min: station.oldest_waiting_min(),
        answered: station.calling.answered,
        staff: station.figures(),
    };
    station.add_care(&mut status);
    status
}
