//! A station: the real desk, journal, clock and caller, on a card of its own.

use super::card::Card;
use super::clock::{Chip, Ticks};
use super::road;
use super::truth::{Broken, Invariant};
use crate::vfs::Image;
use desk::{Desk, Input, LinkNote, Settings};
use exchange::{Act, Answer, Epoch, Event, ItemId, PatronId, Request, Seq, Standing, StationId};
use hardware::power::WallClock;
use journal::{Alarm, Journal, JournalFound, StartReport, TakeError};
use links::{Call, Caller, Keys, Outbox, Pace, Taken, Waiting};
use station::clock::Clock;
use std::collections::BTreeMap;

/// What runs while a station has power.
pub struct On {
    /// Its desk.
    pub desk: Desk,
    /// What it remembers.
    pub journal: Journal,
    /// Its clocks.
    pub clock: Clock<Ticks>,
    /// When it calls.
    pub caller: Caller,
}

/// A station.
pub struct Machine {
    /// Where it stands.
    pub place: usize,
    /// Its card.
    pub card: Card,
    /// Its clock chip.
    pub chip: Chip,
    /// Who it is.
    pub keys: Keys,
    /// What runs, if it has power.
    pub on: Option<On>,
    /// Its link.
    pub weather: road::Weather,
    /// What its link remembers.
    pub road: road::Memory,
    /// A copy of its card.
    pub image: Option<Image>,
    /// What it wrote down and the region has not acknowledged, by number, in the present life of its journal.
    pub mine: BTreeMap<Seq, Event>,
    /// The present life.
    pub epoch: Option<Epoch>,
    /// What acts of the present life moved, and who had it before.
    pub moved: BTreeMap<Seq, (ItemId, Option<PatronId>)>,
    /// Its disk is full.
    pub full: bool,
    /// Its card has less than the one before, and it has not started since.
    pub has_less: bool,
    /// The region was told to take nothing from it.
    pub revoked: bool,
    /// It is switched off for good.
    pub gone: bool,
}

/// What somebody hears of a start.
pub struct Started {
    /// What was found.
    pub report: StartReport,
}

impl Machine {
    /// Whose it is.
    pub fn station(&self) -> StationId {
        self.keys.station
    }

    /// Switches it on: as the program does at its start.
    ///
    /// # Errors
    /// It does not start.
    pub fn switch_on(&mut self, epoch: Option<Epoch>) -> Result<Started, Broken> {
        let ticks = self.chip.switch_on();
        let fails = |fault: &dyn std::fmt::Display| {
            Invariant::NothingElseFails.broken(format!("a station does not start: {fault}"))
        };
        let wall_s = station::clock::TimeSource::wall_s(&ticks);
        let (mut journal, report) = Journal::open(self.card.dir(), wall_s).map_err(|fault| fails(&fault))?;
        journal.enrol(self.keys.station, epoch).map_err(|fault| fails(&fault))?;
        let rests_on = if self.chip.is_dead() { WallClock::Lost } else { WallClock::Battery };
        let mut clock = Clock::start_by(ticks, journal.boot(), journal.lower_bound_s(), rests_on);
        // A zone that every table of zones has.
        let _ = clock.set_zone("Asia/Almaty");
        let pace = Pace { every_ms: 20 * 3_600_000, ..Pace::default() };
        let mut caller = Caller::new(pace);
        caller.hurry(0);
        let mut desk = Desk::new(Settings::default());
        for input in [Input::Readers { present: 1, expected: 1 }, Input::Link(LinkNote::Quiet)] {
            let effects = desk.handle(input, clock.now(), &journal);
            debug_assert!(effects.is_empty());
        }
        self.on = Some(On { desk, journal, clock, caller });
        Ok(Started { report })
    }

    /// Everything that is not acknowledged, as the journal has it; to be called when a life of it begins.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn look_at_life(&mut self) -> Result<(), Broken> {
        let Some(on) = &self.on else { return Ok(()) };
        let outbox = on.journal.outbox();
        let events = on
            .journal
            .events(outbox.acked.next(), usize::MAX)
            .map_err(|fault| Invariant::NothingElseFails.broken(fault.to_string()))?;
        self.epoch = outbox.epoch;
        self.mine = events.into_iter().map(|event| (event.seq, event)).collect();
        self.moved.clear();
        Ok(())
    }

    /// Whether everything that was said yes to, and is not acknowledged, is in the journal that was just opened; what else
    /// is there is given: it was written, and power went before anybody heard. `None` = power went while a new life of the
    /// journal was begun, so that numbers say nothing.
    ///
    /// # Errors
    /// Something is not there.
    pub fn compare(&self) -> Result<Option<Vec<Event>>, Broken> {
        let Some(on) = &self.on else { return Ok(Some(Vec::new())) };
        if on.journal.outbox().epoch != self.epoch {
            return Ok(None);
        }
        let first = self.mine.keys().next().copied().unwrap_or(Seq(on.journal.outbox().acked.0 + 1));
        let events = on
            .journal
            .events(first, usize::MAX)
            .map_err(|fault| Invariant::NothingElseFails.broken(fault.to_string()))?;
        let there: BTreeMap<Seq, Event> = events.into_iter().map(|event| (event.seq, event)).collect();
        for (seq, event) in &self.mine {
            if there.get(seq) != Some(event) {
                return Err(Invariant::NothingIsLost.broken(format!(
                    "number {seq} is not in the journal of {} after a start",
                    super::story::place(self.place)
                )));
            }
        }
        Ok(Some(there.into_values().filter(|event| !self.mine.contains_key(&event.seq)).collect()))
    }
}

/// Whether a start found the journal as it was left.
pub fn is_whole(report: &StartReport) -> bool {
    matches!(report.journal, JournalFound::Sound { .. } | JournalFound::Fresh)
}

/// The journal as an outbox, with the station's care for whoever is at the desk.
pub struct Door<'a> {
    /// What runs.
    pub on: &'a mut On,
    /// Whether the answer was carried by somebody.
    pub carried: bool,
    /// Whether answers are dropped, on purpose.
    pub deaf: bool,
    /// What taking an answer did.
    pub taken: Vec<journal::Taken>,
}

/// Why the station could not help.
#[derive(Debug, thiserror::Error)]
pub enum DoorFault {
    /// Somebody is at the desk, and a new life would begin.
    #[error("a visit is open")]
    Visit,
    /// The journal.
    #[error(transparent)]
    Journal(#[from] TakeError),
}

impl Outbox for Door<'_> {
    type Fault = DoorFault;

    fn waiting(&mut self) -> Result<Waiting, DoorFault> {
        let outbox = self.on.journal.outbox();
        Ok(Waiting { acked: outbox.acked, head: outbox.head })
    }

    fn request(&mut self, call: &Call) -> Result<Request, DoorFault> {
        let sample = self.on.clock.sample();
        let request = self.on.journal.request(call.from_seq, call.max_events, call.answer_limit, sample);
        Ok(request.map_err(TakeError::Store)?)
    }

    fn take(&mut self, answer: Answer) -> Result<Taken, DoorFault> {
        if self.deaf {
            return Err(DoorFault::Visit);
        }
        if self.on.journal.would_begin_epoch(&answer) && !self.on.desk.is_at_rest() {
            return Err(DoorFault::Visit);
        }
        let taken = self.on.journal.take_answer(&answer)?;
        if !self.carried {
            self.on.clock.compare_with_region(answer.time_s);
        }
        self.taken.push(taken.clone());
        Ok(match (taken.standing, taken.alarm) {
            (Standing::Revoked, _) => Taken::Revoked,
            (Standing::Forked { .. }, _) | (Standing::Good, Some(Alarm::JournalBehind { .. })) => {
                Taken::Forked
            }
            (Standing::Good, Some(Alarm::RegionBehind { .. }) | None) => {
                Taken::Good { stored_upto: taken.acked, changed: taken.changed(), more: taken.more }
            }
        })
    }
}

/// Who has a book before and after an act, as far as the act says.
pub fn moves(act: &Act) -> Option<(&ItemId, Option<PatronId>)> {
    match act {
        Act::CheckedOut { patron, item, .. } => Some((item, Some(*patron))),
        Act::Returned { item } => Some((item, None)),
        Act::StationStarted { .. }
        | Act::Renewed { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    }
}
