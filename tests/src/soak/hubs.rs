//! The hubs: processes over one region's folder, each at a port of its own.

use super::BEGIN_S;
use crate::demo::parts::{PATIENCE, Part, Programs};
use anyhow::{Context, ensure};
use hub::server::certs::CA_FILE;
use links::Https;
use links::https::{Patience, Settings, TimeFloor, Trust};
use std::ffi::OsStr;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A few hubs.
pub(super) struct Hubs {
    programs: Programs,
    region: PathBuf,
    log: PathBuf,
    addresses: Vec<String>,
    parts: Vec<Option<Part>>,
}

impl Hubs {
    /// Starts them, and waits until they listen.
    pub(super) fn start(
        programs: &Programs,
        region: &Path,
        out: &Path,
        count: usize,
    ) -> anyhow::Result<Hubs> {
        // All ports are taken before any is let go: none comes twice.
        let taken: Vec<_> = (0..count.max(1))
            .map(|_| std::net::TcpListener::bind("127.0.0.1:0"))
            .collect::<Result<_, _>>()?;
        let addresses = taken
            .iter()
            .map(|port| Ok(port.local_addr()?.to_string()))
            .collect::<anyhow::Result<Vec<_>>>()?;
        drop(taken);
        let parts = addresses.iter().map(|_| None).collect();
        let mut hubs = Hubs {
            programs: programs.clone(),
            region: region.to_owned(),
            log: out.join("hubs.log"),
            addresses,
            parts,
        };
        for n in 0..hubs.addresses.len() {
            hubs.begin(n)?;
        }
        Ok(hubs)
    }

    fn begin(&mut self, n: usize) -> anyhow::Result<()> {
        let address = self.addresses.get(n).context("no such hub")?;
        let args = [OsStr::new("serve"), self.region.as_ref(), "--listen".as_ref(), address.as_ref()];
        let mut part = Part::start(&self.programs, "hub", &args, &self.log)?;
        let end = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            ensure!(Instant::now() < end, "a hub does not listen; see {}", self.log.display());
            if part.ended()?.is_some() {
                // The database may be down at this moment.
                std::thread::sleep(Duration::from_millis(200));
                part = Part::start(&self.programs, "hub", &args, &self.log)?;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        if let Some(place) = self.parts.get_mut(n) {
            *place = Some(part);
        }
        Ok(())
    }

    /// kill −9, and a new one in its place.
    pub(super) fn kill(&mut self, n: usize) -> anyhow::Result<()> {
        if let Some(part) = self.parts.get_mut(n).and_then(Option::take) {
            part.kill()?;
        }
        self.begin(n)
    }

    /// Asks them all to stop, as a system does that is shut down, and waits until they have.
    ///
    /// # Errors
    /// One ends with an error.
    pub(super) fn stop(self) -> anyhow::Result<()> {
        self.parts.into_iter().flatten().try_for_each(Part::stop)
    }

    /// The processes' numbers.
    pub(super) fn pids(&self) -> Vec<u32> {
        self.parts.iter().flatten().map(Part::pid).collect()
    }

    /// A way to each of them, as a station has one.
    pub(super) fn links(&self) -> anyhow::Result<Vec<Https>> {
        let ca = std::fs::read(self.region.join(CA_FILE))?;
        let link = |address: &String| {
            let settings = Settings {
                url: format!("https://{address}"),
                trust: Trust::Ca(ca.clone()),
                patience: Patience { connect_ms: 5_000, stall_ms: 60_000, total_ms: 120_000 },
            };
            Ok(Https::new(&settings, &TimeFloor::new(BEGIN_S))?)
        };
        self.addresses.iter().map(link).collect()
    }
}

/// What the hubs take of memory over time.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// In bytes: before the disturbance ends, and after.
    samples: Mutex<(Vec<u64>, Vec<u64>)>,
}

impl Memory {
    /// Looks now.
    pub(super) fn note(&self, after: bool, pids: &[u32]) {
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, undisturbed) = &mut *samples;
        let into = if after { undisturbed } else { before };
        into.extend(pids.iter().filter_map(|pid| resident(*pid)));
    }

    /// Medians of the first and of the last fifth of the undisturbed time, and the most of all, in MB.
    pub(super) fn read(&self) -> (f64, f64, f64) {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let after = &samples.1;
        let fifth = (after.len() / 5).max(1).min(after.len());
        let (first, last) = (after.get(..fifth), after.get(after.len() - fifth..));
        let most = samples.0.iter().chain(after).copied().max().unwrap_or(0);
        (median_mb(first.unwrap_or_default()), median_mb(last.unwrap_or_default()), most as f64 / 1e6)
    }
}

fn median_mb(samples: &[u64]) -> f64 {
    let mut samples = samples.to_vec();
    samples.sort_unstable();
    samples.get(samples.len() / 2).copied().unwrap_or(0) as f64 / 1e6
}

/// Memory that a process holds, in bytes.
fn resident(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}
