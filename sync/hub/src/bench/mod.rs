//! What taking a station's events in costs, against the floor: a bare batched insert of the very same rows into a table of the
//! same form, in the same order, flushed as often, each batch a moment after its message was taken: what else the machine does
//! meets both alike.
//!
//! Schools of 600 patrons and 3,000 items with one station each, whose messages come by turns; loans and returns in turn;
//! every twentieth batch is sent twice, as after a lost answer. A school has a few thousand events: a year's. The events are
//! made before the clock starts; sealing and signatures are not part of it.
//!
//! Two ways are played, each in a region of its own. **Backlog**: stations have more to send with each message, as after days
//! without a link; what is kept is acknowledged at once and folded when all of it is there. **Live**: each message is all
//! that its station has, and is folded before it is answered.

mod console;
mod history;
mod line;
mod pages;
mod school;

pub(crate) use console::Shown;
pub(crate) use history::{Longer, history};
pub(crate) use pages::{Asked, Line, pages};
#[cfg(test)]
pub(crate) use school::word;
pub(crate) use school::{Play, enrolled, requests, school};

use crate::store::{SchoolId, Store, StoreFault};
use anyhow::{Context, ensure};
use exchange::{Request, Seq, StationId};
use school::SMOOTH;
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};

/// Events of a school.
const SCHOOL_EVENTS: usize = 5_000;
const BEGIN_S: i64 = 1_788_253_200;

/// One batch of so many is sent a second time.
const AGAIN_EVERY: usize = 20;

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    /// Which store.
    pub store: &'static str,
    /// Events in a message.
    pub batch: usize,
    /// Events taken, each counted once.
    pub events: usize,
    /// Messages, those sent again included.
    pub messages: usize,
    /// Backlog: events a second, kept, flushed and acknowledged.
    pub kept_per_s: f64,
    /// Milliseconds of the slowest message but one in a hundred.
    pub kept_p99_ms: f64,
    /// Events a second of the bare insert.
    pub bare_per_s: f64,
    /// How many times as long as the bare insert keeping and acknowledging takes.
    pub ratio: f64,
    /// Backlog: events a second, kept, acknowledged, and in the end folded.
    pub folded_per_s: f64,
    /// Live: events a second, kept, folded and answered with each message.
    pub live_per_s: f64,
    /// Milliseconds of the slowest message but one in a hundred.
    pub live_p99_ms: f64,
}

/// Where the regions and the floor are made: PostgreSQL databases that are empty, or `None` for files.
pub(crate) struct Places<'a> {
    /// For stations with a backlog.
    pub backlog: Option<&'a str>,
    /// For stations that have told everything.
    pub live: Option<&'a str>,
    /// For the floor.
    pub bare: Option<&'a str>,
}

/// Measures in new folders below `dir`.
pub(crate) fn measure(
    dir: &Path,
    places: &Places<'_>,
    batch: usize,
    count: usize,
) -> anyhow::Result<Measured> {
    let batch = batch.max(1);
    let store = Store::create(&made(&dir.join("backlog"))?, places.backlog)?;
    let mut backlog = Run::set_up(store, SMOOTH, batch, count, true)?;
    let floor = Store::create(&made(&dir.join("bare"))?, places.bare)?;
    let mut bare = Duration::ZERO;
    let kept = backlog.send(|store, request, last| {
        bare += floor.bare_insert(store, request.station, (request.from_seq, last), SMOOTH.now_s)?;
        Ok(())
    })?;
    let begin = Instant::now();
    for school in &backlog.schools {
        backlog.store.settle(*school)?;
    }
    let fold = begin.elapsed();
    backlog.check(count)?;
    let kind = backlog.store.kind();
    drop((backlog, floor));
    let store = Store::create(&made(&dir.join("live"))?, places.live)?;
    let mut live = Run::set_up(store, SMOOTH, batch, count, false)?;
    let answered = live.send(|_, _, _| Ok(()))?;
    live.check(count)?;
    let per_s = |took: Duration| count as f64 / took.as_secs_f64();
    Ok(Measured {
        store: kind,
        batch,
        events: count,
        messages: kept.len(),
        kept_per_s: per_s(kept.iter().sum()),
        kept_p99_ms: percentile_ms(&kept, 99),
        bare_per_s: per_s(bare),
        ratio: kept.iter().sum::<Duration>().as_secs_f64() / bare.as_secs_f64(),
        folded_per_s: per_s(kept.iter().sum::<Duration>() + fold),
        live_per_s: per_s(answered.iter().sum()),
        live_p99_ms: percentile_ms(&answered, 99),
    })
}

/// A region and what its stations are going to send.
struct Run {
    store: Store,
    schools: Vec<SchoolId>,
    stations: Vec<StationId>,
    messages: Vec<Request>,
    now_s: i64,
}

impl Run {
    fn set_up(
        mut store: Store,
        play: Play,
        batch: usize,
        count: usize,
        backlog: bool,
    ) -> anyhow::Result<Run> {
        let schools = count.div_ceil(SCHOOL_EVENTS).max(1);
        let (mut places, mut stations, mut by_school) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..schools {
            let place = store.add_school(&format!("№ {n} мектеп"), play.from_s)?;
            school(&mut store, place, play.from_s)?;
            let station = enrolled(&mut store, place, n)?;
            let share = count / schools + usize::from(n < count % schools);
            places.push(place);
            stations.push(station);
            by_school.push(requests(station, play, batch, share, backlog).into_iter());
        }
        let mut messages = Vec::new();
        loop {
            let before = messages.len();
            messages.extend(by_school.iter_mut().filter_map(Iterator::next));
            if messages.len() == before {
                return Ok(Run { store, schools: places, stations, messages, now_s: play.now_s });
            }
        }
    }

    /// Sends everything; gives how long each message took. `then` is called behind each, with its last event.
    fn send(
        &mut self,
        mut then: impl FnMut(&Store, &Request, Seq) -> Result<(), StoreFault>,
    ) -> anyhow::Result<Vec<Duration>> {
        let mut times = Vec::with_capacity(self.messages.len() + self.messages.len() / AGAIN_EVERY);
        for (n, request) in self.messages.iter().enumerate() {
            for _ in 0..sends(n) {
                let begin = Instant::now();
                let answer = self.store.take(request, &[], self.now_s)?;
                times.push(begin.elapsed());
                let last = request.events.last().context("a batch has events")?;
                ensure!(answer.stored_upto == last.seq, "what was sent was not kept");
                then(&self.store, request, last.seq)?;
            }
        }
        Ok(times)
    }

    fn check(&self, count: usize) -> anyhow::Result<()> {
        let kept = self.schools.iter().map(|school| Ok(self.store.counts(*school)?.events));
        let kept: u64 = kept.sum::<Result<_, StoreFault>>()?;
        ensure!(kept == count as u64, "{kept} of {count} events are there");
        ensure!(self.store.unsettled()?.is_empty(), "events were left that are not folded");
        Ok(())
    }
}

fn made(dir: &Path) -> anyhow::Result<std::path::PathBuf> {
    std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    Ok(dir.to_owned())
}

/// Milliseconds of the slowest but so many in a hundred.
fn percentile_ms(times: &[Duration], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    let one = times.get(times.len() * percent / 100).or(times.last()).copied().unwrap_or_default();
    one.as_secs_f64() * 1_000.0
}

/// How often batch `n` is sent.
fn sends(n: usize) -> usize {
    if n % AGAIN_EVERY == AGAIN_EVERY - 1 { 2 } else { 1 }
}
