//! A September on fast forward: thousands of simulated stations over real HTTPS with real signatures, hubs that are processes of
//! their own over one database, kill −9 of hubs, a power cut for the database, lost answers. In the end every journal is compared
//! with the region's by its chain: what was sent is there, once, byte for byte.
//!
//! A station here is a journal without a disk: it keeps what the region has not acknowledged, as the real one does.

mod hubs;
mod school;
mod sim;

use crate::demo::chance::Chance;
use crate::demo::parts::Programs;
use anyhow::{Context, ensure};
use hub::own_postgres::OwnPostgres;
use hub::store::Store;
use hubs::{Hubs, Memory};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sim::{Sim, Traffic};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When the simulated September begins: 2026-09-01T08:00 in Almaty.
const BEGIN_S: i64 = 1_788_231_600;

/// School days that are played.
const DAYS: usize = 10;

/// Threads that play stations.
const WORKERS: usize = 8;

/// Kills happen while no more than this part of the events is acknowledged; the rest shows how memory behaves undisturbed.
const DISTURBED: f64 = 0.5;

/// What is to be played.
#[derive(Debug, Clone)]
pub struct Options {
    /// Stations, each in a school of its own.
    pub stations: usize,
    /// Events of all of them.
    pub events: usize,
    /// In PostgreSQL, not in SQLite.
    pub postgres: bool,
    /// Hubs over the one database.
    pub hubs: usize,
    /// How often a hub is killed.
    pub kills: usize,
    /// How often the PostgreSQL server is cut off.
    pub cuts: usize,
    /// What chance begins with.
    pub seed: u64,
}

/// What came out.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// `sqlite` or `postgres`.
    pub store: &'static str,
    /// Stations.
    pub stations: usize,
    /// Hubs.
    pub hubs: usize,
    /// What chance began with.
    pub seed: u64,
    /// Events that stations recorded.
    pub sent: u64,
    /// Events that the region has.
    pub stored: u64,
    /// Events that it has more than once.
    pub twice: u64,
    /// Calls that were answered.
    pub calls: u64,
    /// Answers that were lost on their way, so that the same was sent again.
    pub answers_lost: u64,
    /// Calls that came to nothing.
    pub calls_failed: u64,
    /// Hubs that were killed.
    pub kills: usize,
    /// Power cuts of the database server.
    pub cuts: usize,
    /// Seconds from the first call to the last.
    pub took_s: f64,
    /// Events a second, over all of that.
    pub events_per_s: f64,
    /// Memory of a hub, in MB, where the disturbance ends: the median.
    pub memory_mid_mb: f64,
    /// The same at the end.
    pub memory_end_mb: f64,
    /// The most that any hub had.
    pub memory_most_mb: f64,
}

/// Plays it in the new folder `dir`; `told` hears how it goes.
///
/// # Errors
/// Anything was lost, or is there twice, or came to a standstill.
pub fn run(
    programs: &Programs,
    dir: &Path,
    options: &Options,
    told: &(dyn Fn(&str) + Sync),
) -> anyhow::Result<Report> {
    let server = options.postgres.then(|| OwnPostgres::start(&dir.join("postgres"))).transpose()?;
    let address = server.as_ref().map(|server| server.database("region")).transpose()?;
    let region = dir.join("region");
    let begun = Instant::now();
    let sims = school::found(&region, address.as_deref(), options)?;
    told(&format!("{} schools with a station each: {:.0} s", sims.len(), begun.elapsed().as_secs_f64()));
    let mut hubs = Hubs::start(programs, &region, dir, options.hubs)?;
    let (acked, memory) = (AtomicU64::new(0), Memory::default());
    let begun = Instant::now();
    let (sims, traffic, done) = play(sims, &mut hubs, server.as_ref(), options, &acked, &memory, told)?;
    let took = begun.elapsed();
    hubs.stop()?;
    let (sent, stored) = compare(&region, &sims)?;
    let (middle, end, most) = memory.read();
    Ok(Report {
        store: if options.postgres { "postgres" } else { "sqlite" },
        stations: sims.len(),
        hubs: options.hubs,
        seed: options.seed,
        sent,
        stored,
        twice: stored.saturating_sub(sent),
        calls: traffic.calls,
        answers_lost: traffic.lost,
        calls_failed: traffic.failed,
        kills: done.0,
        cuts: done.1,
        took_s: took.as_secs_f64(),
        events_per_s: sent as f64 / took.as_secs_f64(),
        memory_mid_mb: middle,
        memory_end_mb: end,
        memory_most_mb: most,
    })
}

/// Plays all stations, and kills meanwhile; gives what became of them, and how often what was killed.
fn play(
    sims: Vec<Sim>,
    hubs: &mut Hubs,
    server: Option<&OwnPostgres>,
    options: &Options,
    acked: &AtomicU64,
    memory: &Memory,
    told: &(dyn Fn(&str) + Sync),
) -> anyhow::Result<(Vec<Sim>, Traffic, (usize, usize))> {
    let links = (0..WORKERS).map(|_| hubs.links()).collect::<anyhow::Result<Vec<_>>>()?;
    let mut shares: Vec<Vec<Sim>> = (0..WORKERS).map(|_| Vec::new()).collect();
    for (n, sim) in sims.into_iter().enumerate() {
        if let Some(share) = shares.get_mut(n % WORKERS) {
            share.push(sim);
        }
    }
    std::thread::scope(|scope| {
        let workers: Vec<_> = shares
            .into_iter()
            .zip(links)
            .enumerate()
            .map(|(n, (sims, links))| {
                let seed = options.seed.wrapping_mul(31).wrapping_add(n as u64);
                scope.spawn(move || sim::play(sims, links, Chance::new(seed), acked))
            })
            .collect();
        let mut chance = Chance::new(options.seed);
        let (mut kills, mut cuts, mut next) = (0, 0, Instant::now());
        while workers.iter().any(|worker| !worker.is_finished()) {
            std::thread::sleep(Duration::from_millis(20));
            let part = acked.load(Ordering::Relaxed) as f64 / options.events.max(1) as f64;
            if Instant::now() >= next {
                memory.note(part > DISTURBED, &hubs.pids());
                next = Instant::now() + Duration::from_millis(500);
            }
            // The n-th disturbance comes when its share of the events is acknowledged: whatever the machine's speed, in their midst.
            let due = |done: usize, all: usize| {
                done < all && part > DISTURBED * (done + 1) as f64 / (all + 1) as f64
            };
            if due(kills, options.kills) {
                kills += 1;
                hubs.kill(chance.below(options.hubs))?;
                told(&format!("hub killed and started again at {:.0} % of the events", part * 100.0));
            }
            if let Some(server) = server.filter(|_| due(cuts, options.cuts)) {
                cuts += 1;
                server.crash()?;
                told(&format!("database cut off and started again at {:.0} % of the events", part * 100.0));
            }
        }
        let (mut all, mut traffic) = (Vec::new(), Traffic::default());
        for worker in workers {
            let (sims, part) =
                worker.join().map_err(|_| anyhow::anyhow!("a station's thread panicked"))??;
            all.extend(sims);
            traffic.add(part);
        }
        Ok((all, traffic, (kills, cuts)))
    })
}

/// Compares the region with the journals: gives how many events were recorded, and how many there are.
fn compare(region: &Path, sims: &[Sim]) -> anyhow::Result<(u64, u64)> {
    let store = Store::open(region)?;
    for school in store.unsettled()? {
        store.settle(school)?;
    }
    let mut order: Vec<&Sim> = sims.iter().collect();
    order.sort_by_key(|sim| sim.id);
    let mut journals = Sha256::new();
    for sim in &order {
        ensure!(sim.acked == sim.head, "station {} has events that were not acknowledged", sim.id);
        journals.update(sim.id.0.to_be_bytes());
        journals.update(1_u32.to_be_bytes());
        journals.update(sim.head.to_be_bytes());
        journals.update(sim.chain.0);
    }
    let journals: String = journals.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let held = store.inventory().context("the region's journals")?;
    let sent: u64 = order.iter().map(|sim| sim.head).sum();
    ensure!(held.events == sent, "{sent} events were sent, and {} are there", held.events);
    ensure!(held.journals == journals, "the region's journals are not those of the stations");
    for sim in order {
        let counts = store.counts(sim.school)?;
        let there = [counts.lent, counts.returned, counts.renewed, counts.events];
        ensure!(
            there == [sim.lent, sim.returned, sim.renewed, sim.head],
            "school {}: the numbers are {there:?}",
            sim.school
        );
        let open = store.open_loans(sim.school)?;
        ensure!(open == sim.out(), "school {}: {open} books are out, not {}", sim.school, sim.out());
    }
    Ok((sent, held.events))
}
