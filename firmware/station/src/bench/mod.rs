//! What a yes costs on this machine and this disk: a real station with a school of 3,000 items and 600 patrons, scanned
//! at by its socket and seen by its screen's, against a bare durable commit of the same row, turn by turn.

pub mod kiosk;
pub mod process;
pub mod school;

use crate::clock::system_wall_s;
use anyhow::ensure;
use desk::{Screen, Touch};
use exchange::{Act, Basis, ClockTrust, Day, Event, ItemId, PatronId, Seq, Stamp, row};
use journal::Yardstick;
use kiosk::Kiosk;
use serde::Serialize;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How many books each pupil borrows.
const BOOKS_A_VISIT: u32 = 4;

/// How many pupils come.
const VISITS: u32 = 250;

/// How long the idle station is watched.
const IDLE: Duration = Duration::from_secs(10);

/// A region that nobody can reach: a link that calls in vain is part of what is measured.
const DEAD_LINK: &str = "[region]\nurl = \"https://127.0.0.1:9\"\n";

/// What was measured. Times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    /// Patrons of the school.
    pub patrons: u32,
    /// Items of the school.
    pub items: u32,
    /// Loans made, and bare commits.
    pub loans: u32,
    /// From the start of the process to its first frame.
    pub first_frame_ms: f64,
    /// From the last byte of a label to the frame that says yes.
    pub scan_to_yes: Spread,
    /// A bare SQLite commit of the same row, WAL and `synchronous=FULL`.
    pub bare_commit: Spread,
    /// The first over the second.
    pub ratio: Spread,
    /// Resident memory of the station after all loans, in kB.
    pub resident_kb: u64,
    /// Share of one processor that the idle station used, in per cent.
    pub idle_cpu_percent: f64,
}

/// Quantiles of many measurements.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Half took no longer.
    pub p50: f64,
    /// 99 of 100 took no longer.
    pub p99: f64,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Spread {
        times.sort();
        let at = |q: f64| {
            let place = (times.len().saturating_sub(1) as f64 * q).round() as usize;
            times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        Spread { p50: at(0.5), p99: at(0.99) }
    }
}

/// Measures in the empty folder `dir`, on whose disk it is.
///
/// # Errors
/// The folder cannot be written, or the station does not do what it should.
pub fn run(program: &Path, dir: &Path) -> anyhow::Result<Figures> {
    school::fill(&dir.join("data"), system_wall_s())?;
    let config = kiosk::configure(dir, DEAD_LINK)?;
    let bare = Yardstick::create(&dir.join("bare.db"))?;
    let start = Instant::now();
    let mut kiosk = Kiosk::start(Command::new(program).arg("run").arg("--config").arg(config), dir)?;
    kiosk.next_frame()?;
    let first_frame_ms = start.elapsed().as_secs_f64() * 1e3;
    kiosk.wait(|screen| matches!(screen, Screen::Idle { .. }))?;
    let (mut yes, mut commits) = (Vec::new(), Vec::new());
    for visit in 1..=VISITS {
        kiosk.scan(&school::card(visit))?;
        kiosk.wait(|screen| matches!(screen, Screen::Visit { rows, .. } if rows.is_empty()))?;
        for book in 1..=BOOKS_A_VISIT {
            let n = (visit - 1) * BOOKS_A_VISIT + book;
            // The order changes with every turn, so that none always comes after the other one's flush.
            let bare_first = n.is_multiple_of(2);
            if bare_first {
                commits.push(commit(&bare, n)?);
            }
            yes.push(lend(&mut kiosk, n, book)?);
            if !bare_first {
                commits.push(commit(&bare, n)?);
            }
        }
        kiosk.touch(Touch::Finish)?;
        kiosk.wait(|screen| matches!(screen, Screen::Finished { .. }))?;
    }
    kiosk.wait(|screen| matches!(screen, Screen::Idle { .. }))?;
    let pid = kiosk.pid()?;
    let before = process::processor_time(pid)?;
    std::thread::sleep(IDLE);
    let idle = process::processor_time(pid)?.saturating_sub(before);
    let resident_kb = process::resident_kb(pid)?;
    kiosk.stop()?;
    let (scan_to_yes, bare_commit) = (Spread::of(yes), Spread::of(commits));
    Ok(Figures {
        patrons: school::PATRONS,
        items: school::ITEMS,
        loans: VISITS * BOOKS_A_VISIT,
        first_frame_ms,
        scan_to_yes,
        bare_commit,
        ratio: Spread { p50: scan_to_yes.p50 / bare_commit.p50, p99: scan_to_yes.p99 / bare_commit.p99 },
        resident_kb,
        idle_cpu_percent: idle.as_secs_f64() / IDLE.as_secs_f64() * 100.0,
    })
}

/// Lends item `n` as the visit's book number `book`.
fn lend(kiosk: &mut Kiosk, n: u32, book: u32) -> anyhow::Result<Duration> {
    let label = school::label(n);
    let start = Instant::now();
    kiosk.scan(&label)?;
    let lent = |screen: &Screen| matches!(screen, Screen::Visit { rows, .. } if rows.len() == book as usize);
    let refused = |screen: &Screen| matches!(screen, Screen::Refused { .. } | Screen::OutOfOrder { .. });
    let view = kiosk.wait(|screen| lent(screen) || refused(screen))?;
    let took = start.elapsed();
    ensure!(lent(&view.screen), "the station refused book {n}: {:?}", view.screen);
    Ok(took)
}

fn commit(bare: &Yardstick, n: u32) -> anyhow::Result<Duration> {
    let item = ItemId::new(school::label(n))?;
    let now_s = system_wall_s();
    let today = Day(i32::try_from(now_s / 86_400)?);
    let row = row::encode(&Event {
        seq: Seq(n.into()),
        at: Stamp { wall_s: now_s, boot: 1, mono_s: n.into(), trust: ClockTrust::Rtc },
        basis: Basis { rules: 1, data_as_of_s: now_s },
        act: Act::CheckedOut { patron: PatronId(n.into()), item, due: today.plus(14) },
    });
    let start = Instant::now();
    bare.commit(&row)?;
    Ok(start.elapsed())
}
