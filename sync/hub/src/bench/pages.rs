//! What the questions behind the pages cost in a large region.

use super::{BEGIN_S, Run, made, percentile_ms};
use crate::store::{SchoolId, Store, StoreFault};
use anyhow::Context;
use exchange::StationId;
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often each question is asked.
const TIMES: usize = 200;

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
    ("the region's health", |store, _, _| store.health(BEGIN_S).map(drop)),
];

/// Fills a region with so many events, and asks.
pub(crate) fn pages(dir: &Path, postgres: Option<&str>, count: usize) -> anyhow::Result<Vec<Asked>> {
    let mut run = Run::set_up(&made(&dir.join("pages"))?, postgres, 1_000, count, true)?;
    run.send()?;
    for school in &run.schools {
        run.store.settle(*school)?;
    }
    run.check(count)?;
    let mut all = Vec::new();
    for (question, ask) in QUESTIONS {
        let mut times: Vec<Duration> = Vec::with_capacity(TIMES);
        for n in 0..TIMES {
            // Schools by turns, far from each other: what is asked for is not what was asked for just before.
            let place = n * 7_919 % run.schools.len();
            let school = *run.schools.get(place).context("a school")?;
            let station = *run.stations.get(place).context("a station")?;
            let begin = Instant::now();
            ask(&run.store, school, station)?;
            times.push(begin.elapsed());
        }
        all.push(Asked {
            store: run.store.kind(),
            events: count,
            schools: run.schools.len(),
            question,
            p50_ms: percentile_ms(&times, 50),
            p95_ms: percentile_ms(&times, 95),
        });
    }
    Ok(all)
}
