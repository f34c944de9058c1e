//! A simulated station: a journal without a disk, that records a school's September and calls as the real one does.

use super::school::{ITEMS, PATRONS, item};
use super::{BEGIN_S, DAYS};
use crate::demo::chance::Chance;
use anyhow::{Context, ensure};
use exchange::wire::{self, Encoding, PublicKey, SecretKey};
use exchange::{
    Act, Basis, Chain, ClockSample, ClockTrust, Cursor, Day, Epoch, Event, Feed, FeedHash, PatronId, Request,
    SCHEMA, Seq, Stamp, Standing, StationId,
};
use hub::store::SchoolId;
use links::Https;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The longest that no call of a station may succeed.
const PATIENCE: Duration = Duration::from_secs(180);

/// One answer of so many is lost on its way.
const LOST_EVERY: usize = 50;

/// On one day of so many a station has no link.
const NO_LINK_EVERY: usize = 5;

/// The most events in a message.
const MOST_EVENTS: usize = 500;

/// How it went.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Traffic {
    /// Calls that were answered.
    pub(super) calls: u64,
    /// Answers that were lost.
    pub(super) lost: u64,
    /// Calls that came to nothing.
    pub(super) failed: u64,
}

impl Traffic {
    pub(super) fn add(&mut self, other: Traffic) {
        self.calls += other.calls;
        self.lost += other.lost;
        self.failed += other.failed;
    }
}

/// A station.
pub(super) struct Sim {
    pub(super) id: StationId,
    pub(super) school: SchoolId,
    /// Events that are recorded, and those of them that are acknowledged.
    pub(super) head: u64,
    pub(super) acked: u64,
    /// The chain after the last event, and after the last acknowledged one.
    pub(super) chain: Chain,
    acked_chain: Chain,
    pub(super) lent: u64,
    pub(super) returned: u64,
    pub(super) renewed: u64,
    secret: SecretKey,
    region: PublicKey,
    waiting: Vec<Event>,
    holders: [Option<u64>; ITEMS],
    loans: Cursor,
    a_day: usize,
    left: usize,
    chance: Chance,
}

impl Sim {
    /// A station that has joined, and is going to record `all` events, `a_day` of them each day.
    pub(super) fn new(
        id: StationId,
        school: SchoolId,
        secret: SecretKey,
        region: PublicKey,
        a_day: usize,
        all: usize,
        seed: u64,
    ) -> Sim {
        Sim {
            id,
            school,
            head: 0,
            acked: 0,
            chain: Chain::START,
            acked_chain: Chain::START,
            lent: 0,
            returned: 0,
            renewed: 0,
            secret,
            region,
            waiting: Vec::new(),
            holders: [None; ITEMS],
            loans: Cursor { feed: Feed::Loans, at: 0, hash: FeedHash::default() },
            a_day,
            left: all,
            chance: Chance::new(seed),
        }
    }

    /// Books that are out.
    pub(super) fn out(&self) -> u64 {
        self.holders.iter().flatten().count() as u64
    }

    fn record_day(&mut self, day: usize) -> anyhow::Result<()> {
        let count = if day + 1 == DAYS { self.left } else { self.a_day.min(self.left) };
        self.left -= count;
        let begin_s = day as u64 * 86_400;
        let mut back = None;
        for n in 0..count {
            let act = match back.take() {
                // A pupil changes their mind: what they did last is taken back.
                Some(back) if self.chance.below(40) == 0 => self.undo(back),
                Some(_) | None => {
                    let (act, how) = self.act()?;
                    back = Some(how);
                    act
                }
            };
            self.head += 1;
            let mono_s = begin_s + n as u64 * 7;
            let wall_s = BEGIN_S + i64::try_from(mono_s)?;
            let at = Stamp { wall_s, boot: 1, mono_s, trust: ClockTrust::Synced };
            let basis = Basis { rules: 1, data_as_of_s: BEGIN_S };
            let event = Event { seq: Seq(self.head), at, basis, act };
            self.chain = self.chain.after(&event);
            self.waiting.push(event);
        }
        Ok(())
    }

    fn act(&mut self) -> anyhow::Result<(Act, Deed)> {
        let place = self.chance.below(ITEMS);
        let id = item(place).context("a number")?;
        let due = Day::from_ymd(2026, 9, 22).context("a day")?;
        let before = self.holders.get(place).copied().flatten();
        let (act, after, kind) = match before {
            Some(patron) if self.chance.below(6) == 0 => (
                Act::Renewed { patron: PatronId(patron), item: id, due: due.plus(14) },
                before,
                Kind::Renewed,
            ),
            Some(_) => (Act::Returned { item: id }, None, Kind::Returned),
            None => {
                let patron = 1 + self.chance.below(PATRONS) as u64;
                (Act::CheckedOut { patron: PatronId(patron), item: id, due }, Some(patron), Kind::Lent)
            }
        };
        self.set(place, after);
        *self.count(kind) += 1;
        Ok((act, Deed { place, before, kind }))
    }

    fn undo(&mut self, Deed { place, before, kind }: Deed) -> Act {
        self.set(place, before);
        *self.count(kind) -= 1;
        Act::Undone { seq: Seq(self.head) }
    }

    fn set(&mut self, place: usize, holder: Option<u64>) {
        if let Some(known) = self.holders.get_mut(place) {
            *known = holder;
        }
    }

    fn count(&mut self, kind: Kind) -> &mut u64 {
        match kind {
            Kind::Lent => &mut self.lent,
            Kind::Returned => &mut self.returned,
            Kind::Renewed => &mut self.renewed,
        }
    }

    fn request(&self) -> Request {
        let mono_s = (DAYS as u64) * 86_400;
        Request {
            schema: SCHEMA,
            station: self.id,
            epoch: Epoch(1),
            from_seq: Seq(self.acked + 1),
            chain_before: self.acked_chain,
            head_seq: Seq(self.head),
            events: self.waiting.iter().take(MOST_EVENTS).cloned().collect(),
            have: vec![self.loans],
            clock: ClockSample {
                wall_s: BEGIN_S + mono_s.cast_signed(),
                boot: 1,
                mono_s,
                trust: ClockTrust::Synced,
            },
            answer_limit: 16_384,
        }
    }

    /// One call; whether it came to something.
    fn call(&mut self, link: &Https, acked: &AtomicU64, traffic: &mut Traffic) -> anyhow::Result<bool> {
        let sealed = wire::seal_request(&self.request(), &self.secret, Encoding::Columns);
        let Ok(bytes) = link.post_exchange(sealed) else {
            traffic.failed += 1;
            return Ok(false);
        };
        let Ok(answer) = wire::open_answer(&bytes, &self.region) else {
            traffic.failed += 1;
            return Ok(false);
        };
        traffic.calls += 1;
        ensure!(answer.standing == Standing::Good, "station {} is told {:?}", self.id, answer.standing);
        ensure!(
            (self.acked..=self.head).contains(&answer.stored_upto.0),
            "station {}: the region has {}, and had acknowledged {} of {}",
            self.id,
            answer.stored_upto.0,
            self.acked,
            self.head
        );
        if self.chance.below(LOST_EVERY) == 0 {
            traffic.lost += 1;
            return Ok(true);
        }
        let new = usize::try_from(answer.stored_upto.0 - self.acked)?;
        self.acked_chain = self.waiting.iter().take(new).fold(self.acked_chain, Chain::after);
        self.waiting.drain(..new);
        self.acked = answer.stored_upto.0;
        acked.fetch_add(new as u64, Ordering::Relaxed);
        for changes in answer.changes {
            self.loans.at = changes.upto;
            self.loans.hash = changes.hash.unwrap_or_default();
        }
        Ok(true)
    }
}

/// What was done last, so that it can be taken back.
#[derive(Debug, Clone, Copy)]
struct Deed {
    /// Which item.
    place: usize,
    /// Who had it before.
    before: Option<u64>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Lent,
    Returned,
    Renewed,
}

/// Plays the September of some stations to its end: until all of them have told everything. A call goes to the next hub each time.
pub(super) fn play(
    mut sims: Vec<Sim>,
    links: Vec<Https>,
    mut chance: Chance,
    acked: &AtomicU64,
) -> anyhow::Result<(Vec<Sim>, Traffic)> {
    let mut traffic = Traffic::default();
    let mut turn = links.iter().cycle();
    for day in 0..DAYS {
        for place in (1..sims.len()).rev() {
            sims.swap(place, chance.below(place + 1));
        }
        for sim in &mut sims {
            sim.record_day(day)?;
            if day + 1 < DAYS && chance.below(NO_LINK_EVERY) == 0 {
                continue;
            }
            let mut since = Instant::now();
            while sim.acked < sim.head {
                let link = turn.next().context("there is no hub")?;
                if sim.call(link, acked, &mut traffic)? {
                    since = Instant::now();
                } else {
                    ensure!(since.elapsed() < PATIENCE, "no hub answers");
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
        }
    }
    Ok((sims, traffic))
}
