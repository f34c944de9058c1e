//! The world: everything in one hand, one step after the other.

use super::account::Account;
use super::card::Card;
use super::cast::{self, BEGIN_S};
use super::clock::{Chip, Truly};
use super::machine::{Door, Machine, is_whole, moves};
use super::plan::{Step, What};
use super::region::{Region, SCHOOL};
use super::road::Road;
use super::run::Scale;
use super::sabotage::Sabotage;
use super::sticks::Stick;
use super::story::{Story, deed, place};
use super::truth::{Broken, Invariant, Truth};
use crate::demo::chance::Chance;
use desk::{Effect, Input, Signal};
use exchange::enrol::{EnrolAnswer, EnrolRequest};
use exchange::wire::SecretKey;
use exchange::{Act, Basis, BlockKind, Epoch, Event, PatronId, SCHEMA, Seq, StationId};
use links::{Keys, Step as CallerStep, round};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What the region was seen to have of a station.
#[derive(Debug, Default)]
pub struct Seen {
    /// The newest event that was looked at.
    pub upto: Option<(Epoch, Seq)>,
    /// Where in all that was said each machine's newest event stands.
    pub order: BTreeMap<usize, usize>,
}

/// A world.
pub struct World {
    pub(super) scale: Scale,
    pub(super) dir: PathBuf,
    pub(super) truly: Truly,
    pub(super) chance: Chance,
    /// What was done and came through.
    pub account: Account,
    /// What happened, if it is told.
    pub story: Story,
    pub(super) truth: Truth,
    pub(super) region: Region,
    pub(super) machines: Vec<Machine>,
    pub(super) sticks: [Stick; 2],
    pub(super) seen: BTreeMap<StationId, Seen>,
    pub(super) books: usize,
    pub(super) blocked: BTreeMap<PatronId, Vec<BlockKind>>,
    pub(super) rules: (u32, u16),
    /// Books about which a librarian has decided: where they are is their word.
    pub(super) decided: BTreeSet<exchange::ItemId>,
}

fn fails(fault: impl std::fmt::Display) -> Broken {
    Invariant::NothingElseFails.broken(fault.to_string())
}

/// What a turn at the desk came to.
#[derive(Debug, Default)]
pub struct Turn {
    /// What was said.
    pub said: Vec<Signal>,
    /// What was written down with a yes.
    pub acts: Vec<Act>,
    /// Something was to be written down and could not be.
    pub refused_by_disk: bool,
    /// The power went meanwhile.
    pub power_went: bool,
}

impl World {
    /// A school in `dir` on its first day.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(dir: &Path, scale: &Scale, story: Story) -> Result<World, Broken> {
        let now_s = BEGIN_S;
        let truly = Truly::beginning(now_s * 1_000);
        let records = cast::school(scale.people, scale.books);
        let region = Region::new(&dir.join("region"), &scale.store, records, now_s)?;
        let sticks = [Stick::new(&dir.join("stick0"))?, Stick::new(&dir.join("stick1"))?];
        let mut world = World {
            scale: scale.clone(),
            dir: dir.to_owned(),
            truly,
            chance: Chance::new(0),
            account: Account::default(),
            story,
            truth: Truth::default(),
            region,
            machines: Vec::new(),
            sticks,
            seen: BTreeMap::new(),
            books: scale.books,
            blocked: BTreeMap::new(),
            rules: (1, 3),
            decided: BTreeSet::new(),
        };
        for at in 0..scale.stations {
            world.join(at)?;
        }
        for at in 0..scale.stations {
            world.deliver(at)?;
        }
        Ok(world)
    }

    /// Takes a new station in.
    fn join(&mut self, at: usize) -> Result<(), Broken> {
        let secret = SecretKey::from_seed([at as u8 + 1; 32]);
        let code = format!("STATIN{}{}", at + 2, at + 2);
        let request = EnrolRequest {
            schema: SCHEMA,
            key: secret.public(),
            code: code.clone(),
            name: place(at).into(),
            voucher: None,
        };
        let now_s = self.truly.now_s();
        let hub = self.region.hub().ok_or_else(|| fails("the region is down"))?;
        let region_key = hub.public_key();
        let answer = hub
            .with(|store| {
                store.enrol(&request, region_key, now_s)?;
                if let Err(hub::store::ApproveFault::Store(fault)) =
                    store.approve(SCHOOL, &code, "somebody", now_s)
                {
                    return Err(fault);
                }
                store.enrol(&request, region_key, now_s)
            })
            .map_err(fails)?;
        let EnrolAnswer::Approved { station, epoch, region_key, .. } = answer else {
            return Err(fails("a station is not taken in"));
        };
        let card = Card::new(&self.dir.join(format!("station{at}"))).map_err(fails)?;
        self.machines.push(Machine {
            place: at,
            card,
            chip: Chip::new(&self.truly),
            keys: Keys { station, secret, region: region_key },
            on: None,
            weather: Default::default(),
            road: Default::default(),
            image: None,
            mine: BTreeMap::new(),
            epoch: None,
            moved: BTreeMap::new(),
            full: false,
            has_less: false,
            revoked: false,
            gone: false,
        });
        self.switch_on(at, Some(epoch))
    }

    /// Switches a machine on, looks at what it found, and writes its start down.
    pub(super) fn switch_on(&mut self, m: usize, epoch: Option<Epoch>) -> Result<(), Broken> {
        let mut starts = 0;
        let started = loop {
            let machine = &mut self.machines[m];
            let broken = match machine.switch_on(epoch) {
                Ok(started) => break started,
                Err(broken) => broken,
            };
            starts += 1;
            if machine.card.is_cut() && starts < 9 {
                self.account.note("power cuts during a start");
                machine.card.power_back(&mut self.chance).map_err(fails)?;
            } else if machine.full {
                self.account.note("starts refused by a full disk");
                return Ok(());
            } else {
                return Err(broken);
            }
        };
        self.account.note("starts");
        if !is_whole(&started.report) {
            self.account.note("journals repaired or begun anew at a start");
        }
        if epoch.is_some() {
            self.machines[m].look_at_life()?;
        }
        Ok(())
    }

    /// Writes the start of a machine's program down.
    pub(super) fn note_start(&mut self, m: usize) {
        self.keep(m, Act::StationStarted { version: "1".into() }, Basis::default());
    }

    /// Lets one step happen.
    ///
    /// # Errors
    /// An invariant does not hold.
    pub fn step(&mut self, step: &Step) -> Result<(), Broken> {
        self.chance = Chance::new(step.chance);
        let wait_s = BEGIN_S + i64::from(step.at_s) - self.truly.now_s();
        self.pass_s(u64::try_from(wait_s).unwrap_or(0))?;
        let count = self.scale.stations;
        match &step.what {
            What::Visit { at, who, deeds, end } => self.visit(at % count, *who, deeds, *end),
            What::Return { at, who, books, undo, end } => {
                self.bring_back(at % count, *who, books, *undo, *end)
            }
            What::Evening { at } => self.evening(at % count),
            What::Settle => self.settle(),
            What::Librarian(errand) => self.errand(*errand),
            What::Stick { stick, act } => self.stick(stick % 2, *act),
            What::Weather { .. }
            | What::PowerCut { .. }
            | What::Restart { .. }
            | What::DiskFull { .. }
            | What::CopyCard { .. }
            | What::OldCard { .. }
            | What::LoseJournal { .. }
            | What::LoseState { .. }
            | What::Clone { .. }
            | What::EndClone
            | What::Clock { .. }
            | What::LateMail { .. }
            | What::RegionDown { .. }
            | What::RegionCut { .. }
            | What::RegionBackup { .. }
            | What::Revoke { .. } => self.trouble(&step.what),
        }
    }

    pub(super) fn tell(&mut self, line: impl FnOnce() -> String) {
        self.story.tell(self.truly.now_s(), line);
    }

    /// Lets time pass; each desk is woken when it asked for it.
    pub(super) fn pass_s(&mut self, seconds: u64) -> Result<(), Broken> {
        let end_ms = self.truly.now_ms().saturating_add_unsigned(seconds * 1_000);
        loop {
            let wakes = self.machines.iter().enumerate().filter_map(|(m, machine)| {
                let on = machine.on.as_ref()?;
                let now_ms = on.clock.now().mono_ms;
                Some((on.desk.wake_ms()?.saturating_sub(now_ms), m))
            });
            let left_ms = (end_ms - self.truly.now_ms()).max(0).unsigned_abs();
            match wakes.min().filter(|(wait_ms, _)| *wait_ms <= left_ms) {
                Some((wait_ms, m)) => {
                    self.truly.pass_ms(wait_ms);
                    self.turn(m, Input::Tick)?;
                    let on = self.machines[m].on.as_ref();
                    let still = on.and_then(|on| Some(on.desk.wake_ms()? <= on.clock.now().mono_ms));
                    if still == Some(true) {
                        // A desk that wakes again at once would do so for ever.
                        self.truly.pass_ms(1);
                    }
                }
                None => {
                    self.truly.pass_ms(left_ms);
                    return Ok(());
                }
            }
        }
    }

    /// Tells a desk something, does what it wants, as the station's loop does, and looks at what it shows.
    pub(super) fn turn(&mut self, m: usize, input: Input) -> Result<Turn, Broken> {
        self.look_at_clock(m);
        let mut turn = Turn::default();
        let mut input = Some(input);
        while let Some(next) = input.take() {
            let Some(on) = &mut self.machines[m].on else { return Ok(turn) };
            let now = on.clock.now();
            let effects = on.desk.handle(next, now, &on.journal);
            on.desk
                .verify_invariants()
                .map_err(|how| Invariant::NothingElseFails.broken(format!("the desk: {how:?}")))?;
            for effect in effects {
                match effect {
                    Effect::Record { acts, basis } => {
                        input = Some(self.record(m, &acts, basis, &mut turn));
                        break;
                    }
                    Effect::Note { act, basis } => self.keep(m, act, basis),
                    Effect::Say(signal) => turn.said.push(signal),
                    Effect::Receipt(_) | Effect::CallRegion | Effect::WriteStick => {}
                }
            }
        }
        turn.power_went = self.machines[m].card.is_cut();
        self.notice_cut(m)?;
        Ok(turn)
    }

    /// A clock that was set is written down before anything that it stamps.
    fn look_at_clock(&mut self, m: usize) {
        let Some(on) = &mut self.machines[m].on else { return };
        if let Some(jump) = on.clock.look_for_jump() {
            self.account.note("clock jumps written down");
            self.keep(m, Act::ClockChanged { from_s: jump.from_s, to_s: jump.to_s }, Basis::default());
        }
    }

    fn record(&mut self, m: usize, acts: &[Act], basis: Basis, turn: &mut Turn) -> Input {
        match self.append(m, acts, basis) {
            Ok(seqs) => {
                turn.acts.extend_from_slice(acts);
                Input::Recorded(seqs)
            }
            Err(fault) => {
                self.account.note("records refused by a disk");
                turn.refused_by_disk = true;
                Input::NotRecorded(fault)
            }
        }
    }

    /// Writes down what nobody waits for.
    fn keep(&mut self, m: usize, act: Act, basis: Basis) {
        if self.append(m, &[act], basis).is_err() {
            self.account.note("notes refused by a disk");
        }
    }

    fn append(&mut self, m: usize, acts: &[Act], basis: Basis) -> Result<Vec<Seq>, desk::RecordFault> {
        let machine = &mut self.machines[m];
        let Some(on) = &mut machine.on else { return Err(desk::RecordFault::Broken) };
        let returned = |act: &Act| matches!(act, Act::Returned { .. });
        if self.scale.sabotage == Some(Sabotage::YesWithoutWriting) && acts.iter().all(returned) {
            let seq = on.journal.outbox().head.next();
            for act in acts {
                let event = Event { seq, at: on.clock.stamp(), basis, act: act.clone() };
                self.truth.said(machine.keys.station, m, &event, None);
            }
            return Ok(acts.iter().map(|_| seq).collect());
        }
        let seqs = on.journal.append(acts, basis, on.clock.stamp())?;
        let lent = |act: &Act| matches!(act, Act::CheckedOut { .. });
        if self.scale.sabotage == Some(Sabotage::WritesTwice) && acts.iter().all(lent) {
            on.journal.append(acts, basis, on.clock.stamp())?;
        }
        let first = seqs.first().copied().unwrap_or(Seq(1));
        let events = on.journal.events(first, seqs.len()).map_err(|_| desk::RecordFault::Broken)?;
        for event in events {
            self.happened(m, event);
        }
        Ok(seqs)
    }

    /// Something is written down for good: books change hands.
    pub(super) fn happened(&mut self, m: usize, event: Event) {
        let machine = &mut self.machines[m];
        // A clock that was set back to the right time goes on guessing until it has caught up with what it wrote before.
        let right = event.at.wall_s.abs_diff(self.truly.now_s()) <= 1;
        let moved = if let Act::Undone { seq } = &event.act {
            machine.moved.get(seq).cloned()
        } else {
            moves(&event.act).map(|(item, to)| (item.clone(), to))
        };
        let before = moved.as_ref().and_then(|(item, _)| self.truth.holder(item));
        if let Some((item, to)) = &moved {
            self.truth.hand_over(item, *to);
            machine.moved.insert(event.seq, (item.clone(), before));
            if !right {
                self.truth.nobody_can_know(item);
            }
        }
        let station = machine.station();
        machine.mine.insert(event.seq, event.clone());
        self.account.note(match event.act {
            Act::CheckedOut { .. } => "books lent",
            Act::Returned { .. } => "books brought back",
            Act::Renewed { .. } => "loans prolonged",
            Act::Undone { .. } => "acts taken back",
            Act::Refused { .. } => "refusals noted",
            Act::StationStarted { .. }
            | Act::CountedIssued { .. }
            | Act::CountedReturned { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => "other events",
        });
        self.account.note("events");
        self.story.tell(self.truly.now_s(), || {
            let taken = match (&event.act, &moved) {
                (Act::Undone { .. }, Some((item, _))) => format!(": {}", cast::book(item)),
                _ => String::new(),
            };
            format!("{}: {}{taken} [{}]", place(m), deed(&event.act, before), event.seq)
        });
        let item = super::truth::item_of(&event.act).cloned().or(moved.map(|(item, _)| item));
        self.truth.said(station, m, &event, item);
    }

    /// Lets a station call as often as its caller wants to now, at most so many times. Says whether it has said and heard
    /// everything.
    pub(super) fn call(&mut self, m: usize, most: usize) -> Result<bool, Broken> {
        let mut done = false;
        for _ in 0..most {
            let Some(called) = self.call_once(m)? else { break };
            done = called;
        }
        Ok(done)
    }

    /// One call, if the caller wants one now; says whether everything is said and heard then.
    fn call_once(&mut self, m: usize) -> Result<Option<bool>, Broken> {
        let now_s = self.truly.now_s();
        let machine = &mut self.machines[m];
        let Some(on) = &mut machine.on else { return Ok(None) };
        let outbox = on.journal.outbox();
        on.caller.waiting(links::Waiting { acked: outbox.acked, head: outbox.head });
        let now_ms = on.clock.now().mono_ms;
        let CallerStep::Call(call) = on.caller.next(now_ms) else { return Ok(None) };
        if self.scale.sabotage == Some(Sabotage::NeverCallsAgain) && self.account.of("calls that failed") > 0
        {
            return Ok(None);
        }
        self.account.note("calls");
        let mut road = Road {
            region: &self.region,
            weather: machine.weather,
            chance: &mut self.chance,
            account: &mut self.account,
            memory: &mut machine.road,
            now_s,
        };
        let mut door = Door {
            on,
            carried: false,
            deaf: self.scale.sabotage == Some(Sabotage::HearsNothing),
            taken: Vec::new(),
        };
        let result = round(&mut road, &mut door, &machine.keys, &call);
        let taken = std::mem::take(&mut door.taken);
        let random = self.chance.next_u64();
        let done = match result {
            Ok(taken) => {
                on.caller.answered(now_ms, random, &call, taken);
                let outbox = on.journal.outbox();
                matches!(taken, links::Taken::Good { more: false, .. }) && outbox.head == outbox.acked
            }
            Err(fault) => {
                self.account.note("calls that failed");
                on.caller.failed(now_ms, random, &call, fault.reached());
                false
            }
        };
        self.look_at_answers(m, &taken)?;
        self.notice_cut(m)?;
        self.notice_region_cut()?;
        Ok(Some(done))
    }

    /// What answers did to a machine.
    pub(super) fn look_at_answers(&mut self, m: usize, taken: &[journal::Taken]) -> Result<(), Broken> {
        for taken in taken {
            self.account.note("answers taken");
            if let Some(journal::Alarm::RegionBehind { .. }) = taken.alarm {
                self.account.note("regions found to be behind");
                self.tell(|| {
                    format!("{}: {}", place(m), "the region has lost events it had; they are sent again")
                });
            }
            if taken.alarm.is_some() || taken.begun.is_some() {
                self.machines[m].look_at_life()?;
            }
            if let Some(epoch) = taken.begun {
                self.account.note("journals begun anew (forks)");
                self.tell(|| format!("{} begins its journal anew, as life {epoch}", place(m)));
            }
            let machine = &mut self.machines[m];
            machine.mine = machine.mine.split_off(&taken.acked.next());
        }
        Ok(())
    }

    /// Lets a station call until everything is said and heard. Time passes as its caller wants.
    pub(super) fn deliver(&mut self, m: usize) -> Result<(), Broken> {
        for _ in 0..300 {
            if self.call(m, 50)? {
                return Ok(());
            }
            let Some(on) = &mut self.machines[m].on else { return Ok(()) };
            let now_ms = on.clock.now().mono_ms;
            match on.caller.next(now_ms) {
                CallerStep::Wait { until_ms } => {
                    // Nobody helps: it must call by itself when it said so. At the latest that is a day.
                    let wait_s = (until_ms - now_ms).div_ceil(1_000);
                    if wait_s > 3_600 {
                        on.caller.hurry(now_ms);
                    }
                    self.pass_s(wait_s.min(3_600))?;
                }
                CallerStep::Call(_) => {}
            }
        }
        Err(Invariant::ItDelivers.broken(format!("{} has called 300 times in good weather", place(m))))
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("account", &self.account).finish_non_exhaustive()
    }
}
