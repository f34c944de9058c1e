//! What one more event costs by how much there was before: an item's events are folded anew from the first, whenever one more
//! arrives, for a station that was away may have told of the earliest of them.

use super::school::{Play, SMOOTH, enrolled, requests, school};
use super::{BEGIN_S, made, percentile_ms};
use crate::store::Store;
use anyhow::{Context, ensure};
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};

/// How many events are sent, each alone.
const TIMES: usize = 100;

/// What one more event cost.
#[derive(Debug, Serialize)]
pub(crate) struct Longer {
    /// Which store.
    pub store: &'static str,
    /// Events of its item that there were before.
    pub before: usize,
    /// Milliseconds until it is kept, folded and answered, half of the times.
    pub p50_ms: f64,
    /// Milliseconds of the slowest but one in twenty.
    pub p95_ms: f64,
}

/// Lends and takes back one book, so often, and then some times more.
pub(crate) fn history(dir: &Path, postgres: Option<&str>, before: usize) -> anyhow::Result<Longer> {
    let mut store = Store::create(&made(&dir.join("history"))?, postgres)?;
    let place = store.add_school("№ 1 мектеп", BEGIN_S)?;
    school(&mut store, place, BEGIN_S)?;
    let station = enrolled(&mut store, place, 1)?;
    let play = Play { books: 1, ..SMOOTH };
    let all = before + TIMES;
    let first = requests(station, play, before, all, true).into_iter().next().context("a message")?;
    store.take(&first, &[], BEGIN_S)?;
    store.settle(place)?;
    let mut times: Vec<Duration> = Vec::with_capacity(TIMES);
    for request in requests(station, play, 1, all, false).iter().skip(before) {
        let begin = Instant::now();
        let answer = store.take(request, &[], BEGIN_S)?;
        times.push(begin.elapsed());
        ensure!(answer.stored_upto == request.head_seq, "what was sent was not kept");
    }
    Ok(Longer {
        store: store.kind(),
        before,
        p50_ms: percentile_ms(&times, 50),
        p95_ms: percentile_ms(&times, 95),
    })
}
