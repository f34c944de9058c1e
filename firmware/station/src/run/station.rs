//! Desk, journal and what belongs to them, in one hand: what the desk wants recorded is durable before the desk hears of
//! it, and before anything else is handled.

use super::Happening;
use super::copies;
use super::figures;
use super::library::Counter;
use super::pad::PadTable;
use super::receipt::Press;
use crate::clock::{Clock, system_wall_s};
use crate::config::Config;
use crate::doctor::Machine;
use crate::identity::{self, Membership};
use crate::scan;
use crate::screen::{ScreenEvent, Screens};
use crate::status::MemoryStatus;
use anyhow::Context;
use desk::ipc::Tap;
use desk::{Desk, Effect, Input, Memory, Scanned, Screen, SetupFault, Signal};
use exchange::{Act, Basis, StationId};
use hardware::barcode::{Debounce, ReaderEvent, ReaderName, Readers};
use hardware::power::{PowerEvent, WallClock};
use hardware::signal::{Meaning, Signals};
use journal::Journal;
use links::Nudge;
use links::https::TimeFloor;
use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// The longest the loop sleeps: the day may change, and the wall clock may have been set.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// How long the station stands still for an update at most, in milliseconds.
const STAND_STILL_MS: u64 = 15 * 60_000;

/// How long the desk must be quiet before the journal's log is folded into its file.
const QUIET: Duration = Duration::from_secs(30);

/// The number of a station that no region has numbered: its region is a library system.
const SELF_ENROLLED: StationId = StationId(1);

/// Desk, journal and what belongs to them.
#[derive(Debug)]
pub(super) struct Station {
    pub(super) config: Config,
    pub(super) desk: Desk,
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) floor: TimeFloor,
    screens: Option<Screens>,
    pub(super) barcode_readers: Option<Readers>,
    /// What was seen of the machine last.
    pub(super) machine: Option<Box<Machine>>,
    /// How the memory was found at the start, and what it has done since.
    pub(super) memory: MemoryStatus,
    /// When something was last written down for good, in the time of the clock that never goes back.
    pub(super) committed_ms: Option<u64>,
    /// Until when no visit begins because the program is being replaced, in the time of the clock that never goes back.
    still_until_ms: Option<u64>,
    debounce: Debounce,
    pub(super) gone: BTreeSet<ReaderName>,
    pub(super) pads: PadTable,
    signals: Option<Signals>,
    pub(super) press: Option<Press>,
    pub(super) membership: Option<Membership>,
    pub(super) calling: Calling,
    /// What the station knows of its library system, if that is its region.
    pub(super) counter: Option<Counter>,
    nudge: Option<Sender<Nudge>>,
    /// Where a stick is mounted, and who writes it.
    pub(super) stick: Option<PathBuf>,
    pub(super) sticks: Option<Sender<PathBuf>>,
    /// Whether the journal's log was folded into its file since the last event.
    pub(super) settled: bool,
    /// When to ask next whether a copy is due.
    pub(super) copy_after_ms: u64,
}

/// How it stands with the region.
#[derive(Debug, Default)]
pub(super) struct Calling {
    /// When it last answered, by this station's clock.
    pub last_contact_s: Option<i64>,
    /// Whether the last call was answered; `None` before the first one ended.
    pub answered: Option<bool>,
    /// The code under which the station waits for its enrolment.
    pub code: Option<String>,
}

impl Station {
    /// Opens what the station remembers. `floor` rises to the newest time known there.
    pub fn open(config: &Config, floor: TimeFloor) -> anyhow::Result<Station> {
        let staff_pin = identity::staff_pin(&config.data_dir)?;
        let membership = identity::membership(&config.data_dir)?;
        let (mut journal, report) = Journal::open(&config.data_dir, system_wall_s())
            .with_context(|| format!("{}: what the station remembers", config.data_dir.display()))?;
        for line in report.lines() {
            tracing::warn!("{line}");
        }
        if let Some(membership) = &membership {
            journal.enrol(membership.station, None)?;
        }
        if config.library.is_some() {
            journal.enrol_itself(SELF_ENROLLED)?;
        }
        floor.raise(journal.lower_bound_s());
        let mut station = Station {
            desk: Desk::new(config.desk_settings(staff_pin)),
            clock: Clock::start(journal.boot(), journal.lower_bound_s(), clock_rests_on()),
            config: config.clone(),
            journal,
            floor,
            screens: None,
            barcode_readers: None,
            machine: None,
            memory: MemoryStatus::of(&report),
            committed_ms: None,
            still_until_ms: None,
            debounce: Debounce::new(Debounce::DEFAULT_WINDOW),
            gone: BTreeSet::new(),
            pads: PadTable::default(),
            signals: None,
            press: None,
            membership,
            calling: Calling::default(),
            counter: config.library.as_ref().map(Counter::new),
            nudge: None,
            stick: None,
            sticks: None,
            settled: false,
            copy_after_ms: copies::AFTER_START_MS,
        };
        station.set_up_library();
        station.use_zone();
        station.keep(Act::StationStarted { version: env!("CARGO_PKG_VERSION").into() }, Basis::default());
        Ok(station)
    }

    /// Shows what the desk shows on these screens from now on.
    pub fn show_on(&mut self, screens: Screens) {
        self.screens = Some(screens);
        self.tell_readers();
        self.tell_link();
        self.leave_word(true);
    }

    /// Hears these readers from now on.
    pub fn read_by(&mut self, readers: Readers) {
        self.barcode_readers = Some(readers);
    }

    /// Whether a screen could connect, or is there.
    pub(super) fn screens_listen(&self) -> bool {
        self.screens.as_ref().is_none_or(Screens::listens)
    }

    /// How many screens are there.
    pub(super) fn screen_count(&self) -> usize {
        self.screens.as_ref().map_or(0, Screens::count)
    }

    /// Tells whoever brought it that a set-up file was not taken.
    pub fn say_of_set_up(&mut self, fault: Option<SetupFault>) {
        self.memory.setup = fault.as_ref().map(|fault| fault.text.clone());
        self.tell(Input::Setup(fault));
    }

    /// Says yes, no and attention with these from now on, beside the screen's words.
    pub fn signal_by(&mut self, signals: Signals) {
        self.signals = Some(signals);
    }

    fn say(&self, signal: Signal) {
        if let Some(signals) = &self.signals {
            signals.give(match signal {
                Signal::Yes => Meaning::Yes,
                Signal::No => Meaning::No,
                Signal::Attention => Meaning::Attention,
            });
        }
    }

    /// Tells the link's thread of what was recorded from now on.
    pub fn nudge_by(&mut self, nudge: Sender<Nudge>) {
        self.nudge = Some(nudge);
    }

    /// What the region said at enrolment, if it did.
    pub fn membership(&self) -> Option<Membership> {
        self.membership.clone()
    }

    /// Lends until it is asked to stop.
    pub fn serve(&mut self, happenings: &Receiver<Happening>) -> anyhow::Result<()> {
        loop {
            let happening = happenings.recv_timeout(self.patience());
            self.look_at_clock();
            self.look_at_gate();
            self.look_at_library();
            self.look_at_standstill();
            match happening {
                Ok(Happening::Reader(event)) => self.reader(event),
                Ok(Happening::Pad(event)) => self.pad(event),
                Ok(Happening::Screen(ScreenEvent::Opened(stream))) => {
                    self.screens.iter_mut().for_each(|screens| screens.add(&stream));
                }
                Ok(Happening::Screen(ScreenEvent::Tapped(tap))) => self.tapped(tap),
                Ok(Happening::Printer(event)) => self.printer(event),
                Ok(Happening::Link(event)) => self.link(event),
                Ok(Happening::Stick(news)) => self.stick(news),
                Ok(Happening::Library(event)) => self.library(event),
                // A command that has gone away does not hear it.
                Ok(Happening::Asked(ask, reply)) => drop(reply.send(self.asked(ask))),
                // What was said yes to is durable already; what is left is to fold the log and to end in order.
                Ok(Happening::Power(PowerEvent::Failing)) => {
                    tracing::warn!("the supply fails: the station stops while there is power");
                    break;
                }
                Ok(Happening::Power(PowerEvent::Restored)) => {}
                // A watch that has given up does not hear it.
                Ok(Happening::Pulse(reply)) => drop(reply.send(self.moves())),
                Ok(Happening::Seen(machine)) => self.seen(machine),
                Ok(Happening::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.quiet_moment(),
            }
        }
        self.nudge = None;
        self.counter = None;
        self.sticks = None;
        self.pads.close();
        self.barcode_readers = None;
        self.press = None;
        self.leave_word(false);
        self.journal
            .checkpoint()
            .context("the journal's log could not be folded into its file; nothing is lost")
    }

    /// Until when the loop may sleep.
    fn patience(&self) -> Duration {
        let wake_ms = self
            .desk
            .wake_ms()
            .into_iter()
            .chain(self.pads.try_again_ms)
            .chain(self.look_up_ends_ms())
            .chain(self.still_until_ms)
            .min();
        match wake_ms {
            Some(wake_ms) => {
                Duration::from_millis(wake_ms.saturating_sub(self.clock.now().mono_ms)).min(LONGEST_SLEEP)
            }
            None if self.settled => LONGEST_SLEEP,
            None => QUIET,
        }
    }

    fn quiet_moment(&mut self) {
        if self.desk.wake_ms().is_none() && !self.settled {
            self.settled = true;
            if let Err(error) = self.journal.checkpoint() {
                tracing::warn!(%error, "the journal's log could not be folded into its file; nothing is lost");
            }
            self.leave_word(true);
        }
        if self.desk.is_at_rest() {
            self.copy_if_due();
        }
        self.tell(Input::Tick);
    }

    /// No visit begins from now on, if none is open; for a while, lest a command that died keeps the station still.
    pub(super) fn stand_still(&mut self) -> bool {
        if !self.desk.is_at_rest() {
            return false;
        }
        self.still_until_ms = Some(self.clock.now().mono_ms + STAND_STILL_MS);
        self.tell(Input::Updating(true));
        true
    }

    /// Visits may begin again.
    pub(super) fn go_on_lending(&mut self) {
        if self.still_until_ms.take().is_some() {
            self.tell(Input::Updating(false));
        }
    }

    fn look_at_standstill(&mut self) {
        if self.still_until_ms.is_some_and(|until_ms| until_ms <= self.clock.now().mono_ms) {
            tracing::warn!("nobody has said that the update is over: the station goes on");
            self.go_on_lending();
        }
    }

    /// A clock that was set is written down before anything that it stamps.
    fn look_at_clock(&mut self) {
        if let Some(jump) = self.clock.look_for_jump() {
            self.clock.rest_on(clock_rests_on());
            tracing::warn!(from_s = jump.from_s, to_s = jump.to_s, "the clock was set");
            self.keep(Act::ClockChanged { from_s: jump.from_s, to_s: jump.to_s }, Basis::default());
        }
    }

    fn reader(&mut self, event: ReaderEvent) {
        match event {
            ReaderEvent::Scan(scan) => {
                if self.debounce.admit(scan.text(), Duration::from_millis(self.clock.now().mono_ms)) {
                    self.scanned(scan::understand(&scan, &self.config.numbers));
                }
            }
            ReaderEvent::Fault { reader, fault } => {
                tracing::warn!(reader = reader.as_str(), %fault, "a scan could not be read");
                self.tell(Input::Scanned(Scanned::Unreadable));
            }
            // The reader's thread has logged why.
            ReaderEvent::Gone { reader, reason: _ } => {
                self.gone.insert(reader);
                self.tell_readers();
            }
            ReaderEvent::Back { reader } => {
                self.gone.remove(&reader);
                self.tell_readers();
            }
        }
    }

    pub(super) fn tell_readers(&mut self) {
        let (present, expected) = self.readers();
        self.tell(Input::Readers { present, expected });
    }

    /// Readers that are there, and that should be.
    pub(super) fn readers(&self) -> (u8, u8) {
        let expected = u8::try_from(self.config.readers.len() + self.config.pads.len()).unwrap_or(u8::MAX);
        let gone = u8::try_from(self.gone.len()).unwrap_or(u8::MAX);
        (expected.saturating_sub(gone), expected)
    }

    fn tapped(&mut self, tap: Tap) {
        if !self.screens.as_ref().is_some_and(|screens| screens.is_current(&tap)) {
            return;
        }
        if matches!(self.desk.view(self.clock.now()).screen, Screen::StaffPin { .. }) {
            // Staff see the figures of this moment.
            self.tell(Input::Status(self.staff_status()));
        }
        self.tell(Input::Touched(tap.touch));
    }

    /// Tells the desk, does what it wants, and shows what it shows.
    pub(super) fn tell(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        let mut effects = VecDeque::new();
        while let Some(input) = inputs.pop_front() {
            effects.extend(self.desk.handle(input, self.clock.now(), &self.journal));
            while let Some(effect) = effects.pop_front() {
                match effect {
                    Effect::Record { acts, basis } => {
                        inputs.push_back(self.record(&acts, basis));
                        break;
                    }
                    Effect::Note { act, basis } => self.keep(act, basis),
                    Effect::Say(signal) => self.say(signal),
                    Effect::Receipt(slip) => self.print(&slip),
                    Effect::CallRegion => self.nudge(Nudge::Hurry),
                    Effect::WriteStick => self.write_stick(),
                }
            }
        }
        let view = self.desk.view(self.clock.now());
        self.screens.iter_mut().for_each(|screens| screens.show(&view));
        self.tend_gate();
        if matches!(view.screen, Screen::Idle { .. } | Screen::Stick { .. }) {
            self.forget_carried_off();
        }
    }

    fn record(&mut self, acts: &[Act], basis: Basis) -> Input {
        let gate = self.gate_items(acts);
        match self.journal.append_for_gate(acts, basis, self.clock.stamp(), &gate) {
            Ok(seqs) => {
                self.settled = false;
                self.wrote(seqs.len());
                self.pads.gate_due |= !gate.is_empty();
                self.nudge(Nudge::Recorded);
                Input::Recorded(seqs)
            }
            Err(error) => {
                tracing::error!(%error, "what happened could not be written down; it was not said yes to");
                self.memory.not_recorded = Some(error.to_string());
                Input::NotRecorded(error.into())
            }
        }
    }

    /// Writes down what nobody waits for.
    fn keep(&mut self, act: Act, basis: Basis) {
        match self.journal.append(&[act], basis, self.clock.stamp()) {
            Ok(_) => {
                self.settled = false;
                self.wrote(1);
                self.nudge(Nudge::Recorded);
            }
            Err(error) => tracing::error!(%error, "a note could not be written down"),
        }
    }

    /// So many events were made durable by one commit.
    fn wrote(&mut self, events: usize) {
        self.memory.commits += 1;
        self.memory.not_recorded = None;
        self.committed_ms = Some(self.clock.now().mono_ms);
        tracing::trace!(events, "written down");
    }

    fn nudge(&self, nudge: Nudge) {
        self.nudge_library(nudge);
        if let Some(thread) = &self.nudge {
            // Nobody hears it when the link's thread could not go on; it has said why.
            let _ = thread.send(nudge);
        }
    }

    /// Counts days in the school's zone.
    pub(super) fn use_zone(&mut self) {
        let calendar = self.journal.calendar().ok().flatten();
        if let Some(Err(error)) = calendar.map(|calendar| self.clock.set_zone(&calendar.zone)) {
            tracing::error!(%error, "the calendar names a zone that is not known; days are counted as before");
        }
    }

    /// Leaves word for `oqyrman status`.
    pub(super) fn leave_word(&self, running: bool) {
        if let Err(error) = figures::status(self, running).write(&self.config.data_dir) {
            tracing::warn!(%error, "the status file could not be written");
        }
    }
}

/// What the machine's clock rests on.
fn clock_rests_on() -> WallClock {
    hardware::power::wall_clock(Path::new("/sys"), Path::new("/run"))
}
