//! What the questions behind the pages cost in a large region, and then the pages.

use super::console::{self, Shown};
use super::school::Play;
use super::{Run, SCHOOL_EVENTS, made, percentile_ms};
use crate::Hub;
use crate::server::now_s;
use crate::store::{SchoolId, Store, StoreFault};
use anyhow::Context;
use exchange::StationId;
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often each question is asked, and each page.
pub(super) const TIMES: usize = 200;

/// Lines of a page.
const LINES: u32 = 50;

/// What one question cost.
#[derive(Debug, Serialize)]
pub(crate) struct Asked {
    /// Which store.
    pub store: &'static str,
    /// Events of the region.
    pub events: usize,
    /// Schools of the region.
    pub schools: usize,
    /// What was asked.
    pub question: &'static str,
    /// Milliseconds, half of the times.
    pub p50_ms: f64,
    /// Milliseconds of the slowest but one in twenty.
    pub p95_ms: f64,
}

type Question = fn(&Store, SchoolId, StationId) -> Result<(), StoreFault>;

/// The questions. The first is all that the overview of a school asks.
const QUESTIONS: [(&str, Question); 8] = [
    ("overview of a school", |store, school, _| {
        store.stations(school)?;
        store.counts(school)?;
        store.open_loans(school)?;
        store.flagged(school)?;
        store.review_counts(school).map(drop)
    }),
    ("stations of a school", |store, school, _| store.stations(school).map(drop)),
    ("books that are out", |store, school, _| store.open_loans(school).map(drop)),
    ("events with a flag", |store, school, _| store.flagged(school).map(drop)),
    ("reviews that wait", |store, school, _| store.reviews(school, true, LINES).map(drop)),
    ("newest events of a station", |store, _, station| store.events(station, None, LINES).map(drop)),
    ("older events of a station", |store, _, station| {
        let newest = store.events(station, None, 1)?;
        let before = newest
            .first()
            .map(|line| crate::fold::EventRef { seq: exchange::Seq(line.who.seq.0 / 2), ..line.who });
        store.events(station, before, LINES).map(drop)
    }),
    ("the region's health", |store, _, _| store.health(now_s()).map(drop)),
];

/// A year up to now, with something to decide.
fn year() -> Play {
    let (year_s, now_s) = (365 * 86_400, now_s());
    let step_s = u32::try_from(year_s / SCHOOL_EVENTS).unwrap_or(1);
    let from_s = now_s - i64::from(step_s) * SCHOOL_EVENTS as i64;
    Play { from_s, step_s, now_s, books: 1_000, trouble: true }
}

/// The school that is asked the `n`th time, as a place in a list of so many: by turns, far from each other, so that what is
/// asked for is not what was asked for just before.
pub(super) fn turn(n: usize, schools: usize) -> usize {
    n * 7_919 % schools.max(1)
}

/// One line of what was measured.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Line {
    /// A question.
    Asked(Asked),
    /// A page.
    Shown(Shown),
}

/// Fills a region with so many events, and asks the store; then looks at the pages. Each line is told when it is known.
pub(crate) fn pages(
    dir: &Path,
    postgres: Option<&str>,
    count: usize,
    tell: &mut dyn FnMut(Line) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let dir = made(&dir.join("pages"))?;
    let play = year();
    Hub::init(&dir, postgres, console::FIRST, play.from_s)?;
    let mut run = Run::set_up(Store::open(&dir)?, play, 1_000, count, true)?;
    run.send(|_, _, _| Ok(()))?;
    for school in &run.schools {
        run.store.settle(*school)?;
    }
    run.check(count)?;
    for (question, ask) in QUESTIONS {
        let mut times: Vec<Duration> = Vec::with_capacity(TIMES);
        for n in 0..TIMES {
            let place = turn(n, run.schools.len());
            let school = *run.schools.get(place).context("a school")?;
            let station = *run.stations.get(place).context("a station")?;
            let begin = Instant::now();
            ask(&run.store, school, station)?;
            times.push(begin.elapsed());
        }
        tell(Line::Asked(Asked {
            store: run.store.kind(),
            events: count,
            schools: run.schools.len(),
            question,
            p50_ms: percentile_ms(&times, 50),
            p95_ms: percentile_ms(&times, 95),
        }))?;
    }
    console::look(&dir, run, count, &mut |shown| tell(Line::Shown(shown)))
}
