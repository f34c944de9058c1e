//! The station's loop: one thread that owns desk and journal, and hears of everything else by message.

use crate::caller::{Caller, LinkEvent, OutboxFault};
use crate::clock::{Clock, system_wall_s};
use crate::config::Config;
use crate::identity::{self, Membership};
use crate::scan;
use crate::screen::{ScreenEvent, Screens};
use crate::status::Status;
use anyhow::Context;
use desk::{Desk, Effect, Input, LinkNote, Memory, Scanned, Screen, StaffStatus};
use exchange::{Act, Answer, Basis, Request, Standing};
use hardware::barcode::{Debounce, ReaderEvent, ReaderName};
use journal::{Alarm, FeedFate, Journal, TakeError};
use links::https::TimeFloor;
use links::{Call, Nudge, Taken, Waiting};
use std::collections::{BTreeSet, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

/// The longest the loop sleeps: the day may change, and the wall clock may have been set.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// How long staff and the journal are left alone after the last visit before the journal's log is folded into its file.
const QUIET: Duration = Duration::from_secs(30);

/// Most messages that may wait for the loop; whoever has another one waits with it.
const MOST_WAITING: usize = 256;

/// Something that happened outside the loop.
#[derive(Debug)]
pub enum Happening {
    /// A reader.
    Reader(ReaderEvent),
    /// A screen.
    Screen(ScreenEvent),
    /// The link.
    Link(LinkEvent),
    /// The system wants the station to stop.
    Stop,
}

impl From<ReaderEvent> for Happening {
    fn from(event: ReaderEvent) -> Happening {
        Happening::Reader(event)
    }
}

impl From<ScreenEvent> for Happening {
    fn from(event: ScreenEvent) -> Happening {
        Happening::Screen(event)
    }
}

/// Runs a station until the system asks it to stop.
///
/// # Errors
/// What keeps it from starting, in words.
pub fn run(config: &Config) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("{}: the data folder cannot be made", config.data_dir.display()))?;
    let (events, happenings) = sync_channel(MOST_WAITING);
    stop_on_signal(events.clone())?;
    let screens = Screens::listen(&config.screen.socket, events.clone())?;
    let readers = hardware::barcode::start(&config.readers, events.clone())?;
    let mut station = Station::open(config.clone(), screens)?;
    station.call_region(&events)?;
    drop(events);
    tracing::info!(name = config.name, readers = config.readers.len(), "the station is open");
    let end = station.serve(&happenings);
    drop(readers);
    tracing::info!("the station stops");
    end
}

fn stop_on_signal(events: SyncSender<Happening>) -> anyhow::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new([
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGHUP,
    ])
    .context("the system's wish to stop cannot be heard")?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        if signals.forever().next().is_some() {
            let _ = events.send(Happening::Stop);
        }
    })?;
    Ok(())
}

/// Desk, journal and what belongs to them.
struct Station {
    config: Config,
    desk: Desk,
    journal: Journal,
    clock: Clock,
    floor: TimeFloor,
    screens: Screens,
    debounce: Debounce,
    gone: BTreeSet<ReaderName>,
    membership: Option<Membership>,
    last_contact_s: Option<i64>,
    link_up: Option<bool>,
    nudge: Option<Sender<Nudge>>,
    /// Whether the journal's log was folded into its file since the last event.
    settled: bool,
}

impl Station {
    fn open(config: Config, screens: Screens) -> anyhow::Result<Station> {
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
        let clock = Clock::start(journal.boot(), journal.lower_bound_s());
        let floor = TimeFloor::new(journal.lower_bound_s());
        let desk = Desk::new(config.desk_settings(staff_pin));
        let mut station = Station {
            config,
            desk,
            journal,
            clock,
            floor,
            screens,
            debounce: Debounce::new(Debounce::DEFAULT_WINDOW),
            gone: BTreeSet::new(),
            membership,
            last_contact_s: None,
            link_up: None,
            nudge: None,
            settled: false,
        };
        station.use_zone();
        station.note(Act::StationStarted { version: env!("CARGO_PKG_VERSION").into() });
        station.tell_readers();
        station.tell_world(true);
        Ok(station)
    }

    /// Starts the thread that calls the region, if there is one.
    fn call_region(&mut self, events: &SyncSender<Happening>) -> anyhow::Result<()> {
        let Some(region) = self.config.region.clone() else { return Ok(()) };
        let (nudge, nudges) = channel();
        let caller = Caller {
            region,
            name: self.config.name.clone(),
            key: identity::key(&self.config.data_dir)?,
            membership: self.membership.clone(),
            floor: self.floor.clone(),
        };
        caller.start(events.clone(), nudges)?;
        self.nudge = Some(nudge);
        Ok(())
    }

    fn serve(&mut self, happenings: &Receiver<Happening>) -> anyhow::Result<()> {
        loop {
            match happenings.recv_timeout(self.patience()) {
                Ok(Happening::Reader(event)) => self.reader(event),
                Ok(Happening::Screen(ScreenEvent::Opened(stream))) => self.screens.add(stream),
                Ok(Happening::Screen(ScreenEvent::Tapped(tap))) => {
                    if self.screens.is_current(&tap) {
                        self.tell(Input::Touched(tap.touch));
                    }
                }
                Ok(Happening::Link(event)) => self.link(event),
                Ok(Happening::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.quiet_moment(),
            }
        }
        self.nudge = None;
        self.tell_world(false);
        self.journal.checkpoint().context("the journal's log could not be folded into its file; nothing is lost")
    }

    /// Until when the loop may sleep.
    fn patience(&self) -> Duration {
        match self.desk.wake_ms() {
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
                tracing::warn!(%error, "the journal's log could not be folded into its file; it is tried again");
            }
            self.tell_world(true);
        }
        if let Some(jump) = self.clock.look_for_jump() {
            tracing::warn!(from_s = jump.from_s, to_s = jump.to_s, "the clock was set");
            self.note(Act::ClockChanged { from_s: jump.from_s, to_s: jump.to_s });
        }
        self.tell(Input::Tick);
    }

    fn reader(&mut self, event: ReaderEvent) {
        match event {
            ReaderEvent::Scan(scan) => {
                if self.debounce.admit(scan.text(), Duration::from_millis(self.clock.now().mono_ms)) {
                    self.tell(Input::Scanned(scan::understand(&scan, &self.config.numbers)));
                }
            }
            ReaderEvent::Fault { reader, fault } => {
                tracing::warn!(reader = reader.as_str(), %fault, "a scan could not be read");
                self.tell(Input::Scanned(Scanned::Unreadable));
            }
            ReaderEvent::Gone { reader, reason } => {
                tracing::warn!(reader = reader.as_str(), reason, "a reader is gone");
                self.gone.insert(reader);
                self.tell_readers();
            }
            ReaderEvent::Back { reader } => {
                tracing::info!(reader = reader.as_str(), "a reader is back");
                self.gone.remove(&reader);
                self.tell_readers();
            }
        }
    }

    fn tell_readers(&mut self) {
        let (present, expected) = self.readers();
        self.tell(Input::Readers { present, expected });
    }

    fn readers(&self) -> (u8, u8) {
        let expected = u8::try_from(self.config.readers.len()).unwrap_or(u8::MAX);
        let gone = u8::try_from(self.gone.len()).unwrap_or(u8::MAX);
        (expected.saturating_sub(gone), expected)
    }

    /// Tells the desk, does what it wants, and shows what it shows.
    fn tell(&mut self, input: Input) {
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
                    Effect::Note { act, basis } => self.keep(&[act], basis),
                    // The screen says it with a picture and words; lamps and speakers are not there yet.
                    Effect::Say(_) => {}
                    Effect::CallRegion => self.nudge(Nudge::Hurry),
                }
            }
        }
        self.screens.show(self.desk.view(self.clock.now()));
    }

    fn record(&mut self, acts: &[Act], basis: Basis) -> Input {
        match self.journal.append(acts, basis, self.clock.stamp()) {
            Ok(seqs) => {
                self.settled = false;
                self.nudge(Nudge::Recorded);
                Input::Recorded(seqs)
            }
            Err(error) => {
                tracing::error!(%error, "what happened could not be written down; it was not said yes to");
                Input::NotRecorded(error.into())
            }
        }
    }

    /// Writes down what nobody waits for.
    fn keep(&mut self, acts: &[Act], basis: Basis) {
        match self.journal.append(acts, basis, self.clock.stamp()) {
            Ok(_) => {
                self.settled = false;
                self.nudge(Nudge::Recorded);
            }
            Err(error) => tracing::error!(%error, "a note could not be written down"),
        }
    }

    fn note(&mut self, act: Act) {
        self.keep(&[act], Basis::default());
    }

    fn nudge(&self, nudge: Nudge) {
        if let Some(thread) = &self.nudge {
            // Gone only when the station stops, or when the link's thread has ended after a revocation.
            let _ = thread.send(nudge);
        }
    }
}

/// The link's side of the station.
impl Station {
    fn link(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Enrolling(code) => self.tell(Input::Enrolling(Some(code))),
            LinkEvent::Enrolled(membership, epoch) => self.enrolled(membership, epoch),
            LinkEvent::Waiting(reply) => {
                let outbox = self.journal.outbox();
                let _ = reply.send(Ok(Waiting { acked: outbox.acked, head: outbox.head }));
            }
            LinkEvent::Request(call, reply) => {
                let _ = reply.send(self.request(&call));
            }
            LinkEvent::Take(answer, reply) => {
                let taken = self.take(&answer);
                let _ = reply.send(taken);
                self.tell_link();
            }
            LinkEvent::Called { answered } => {
                if answered {
                    self.last_contact_s = Some(self.clock.now().wall_s);
                }
                self.link_up = Some(answered);
                self.tell_link();
                self.tell_world(true);
            }
        }
    }

    fn enrolled(&mut self, membership: Membership, epoch: exchange::Epoch) {
        let kept = self
            .journal
            .enrol(membership.station, Some(epoch))
            .map_err(anyhow::Error::from)
            .and_then(|()| identity::join(&self.config.data_dir, &membership));
        match kept {
            Ok(()) => {
                tracing::info!(station = membership.station.0, "the region has taken the station in");
                self.membership = Some(membership);
                self.tell(Input::Enrolling(None));
            }
            // The link's thread goes on with this membership; after a restart the station enrols again.
            Err(error) => tracing::error!(%error, "what the region said at enrolment could not be kept"),
        }
    }

    fn request(&self, call: &Call) -> Result<Request, OutboxFault> {
        self.journal
            .request(call.from_seq, call.max_events, call.answer_limit, self.clock.sample())
            .map_err(|fault| OutboxFault::Journal(TakeError::Store(fault)))
    }

    fn take(&mut self, answer: &Answer) -> Result<Taken, OutboxFault> {
        if self.journal.would_begin_epoch(answer) && !self.is_free() {
            return Err(OutboxFault::Visit);
        }
        let taken = self.journal.take_answer(answer).map_err(OutboxFault::Journal)?;
        for (feed, fate) in &taken.feeds {
            if *fate == FeedFate::Drifted {
                tracing::warn!(?feed, "this feed was not as the region has it; it is asked for again");
            }
        }
        if let Some(alarm) = taken.alarm {
            tracing::error!("{alarm}");
        }
        if let Some(epoch) = taken.begun {
            tracing::error!(epoch = epoch.0, "the region knows another journal of this station: a new epoch begins");
        }
        self.settled = false;
        self.clock.compare_with_region(answer.time_s);
        self.floor.raise(self.journal.lower_bound_s());
        self.use_zone();
        Ok(match (taken.standing, taken.alarm) {
            (Standing::Revoked, _) => {
                tracing::error!("the region takes nothing from this station any more");
                Taken::Revoked
            }
            (Standing::Forked { .. }, _) | (Standing::Good, Some(Alarm::JournalBehind { .. })) => Taken::Forked,
            (Standing::Good, Some(Alarm::RegionBehind { .. }) | None) => {
                Taken::Good { stored_upto: taken.acked, changed: taken.changed(), more: taken.more }
            }
        })
    }

    /// Whether nobody is in the middle of anything.
    fn is_free(&self) -> bool {
        matches!(self.desk.view(self.clock.now()).screen, Screen::Idle { .. } | Screen::Enrol { .. })
    }

    fn use_zone(&mut self) {
        let calendar = self.journal.calendar().ok().flatten();
        if let Some(Err(error)) = calendar.map(|calendar| self.clock.set_zone(&calendar.zone)) {
            tracing::error!(%error, "the calendar names a zone that is not known; the day changes by the last known one");
        }
    }

    fn tell_link(&mut self) {
        let note = self.link_note();
        self.tell(Input::Link(note));
        self.tell(Input::Status(self.status()));
    }

    fn link_note(&self) -> LinkNote {
        let rules = self.journal.rules().ok().flatten();
        let as_of_s = self.journal.data_as_of_s().ok().flatten();
        let age_s = as_of_s.map_or(0, |as_of_s| self.clock.now().wall_s - as_of_s);
        let tightens_s = rules.and_then(|rules| rules.stale.first().map(|step| i64::from(step.after_h) * 3600));
        if tightens_s.is_some_and(|tightens_s| age_s >= tightens_s) {
            return LinkNote::DataOld { days: u16::try_from(age_s / 86_400).unwrap_or(u16::MAX) };
        }
        if self.link_up == Some(false) { LinkNote::Offline } else { LinkNote::Quiet }
    }

    /// Leaves word for `oqyrman status`.
    fn tell_world(&self, running: bool) {
        let status = Status {
            at_s: self.clock.now().wall_s,
            running,
            name: self.config.name.clone(),
            events: self.journal.outbox().head.0,
            staff: self.status(),
        };
        if let Err(error) = status.write(&self.config.data_dir) {
            tracing::warn!(%error, "the status file could not be written");
        }
    }

    fn status(&self) -> StaffStatus {
        let counts = self.journal.counts().unwrap_or_default();
        let now_s = self.clock.now().wall_s;
        StaffStatus {
            station: self.membership.as_ref().map_or(0, |membership| membership.station.0),
            version: env!("CARGO_PKG_VERSION").into(),
            waiting: counts.waiting,
            last_contact_min: self.last_contact_s.map(|then_s| u64::try_from((now_s - then_s) / 60).unwrap_or(0)),
            patrons: counts.patrons,
            items: counts.items,
            loans: counts.loans,
            readers: self.readers(),
            reviews: counts.reviews,
        }
    }
}
