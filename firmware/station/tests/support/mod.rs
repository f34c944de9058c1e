//! A station in a folder of its own, with a school in its memory.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(missing_docs, reason = "names say it")]

use desk::{Row, Screen};
use exchange::{Act, Event, Seq};
use journal::Journal;
use station::bench::kiosk::{self, Kiosk};
use station::bench::school;
use station::clock::system_wall_s;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

pub struct Station {
    pub dir: TempDir,
    pub config: PathBuf,
}

impl Station {
    /// Never started; it knows nothing.
    pub fn new(more: &str) -> Station {
        let dir = tempfile::tempdir().unwrap();
        let config = kiosk::configure(dir.path(), more).unwrap();
        Station { dir, config }
    }

    /// Enrolled, with a school, and without a region.
    pub fn with_school() -> Station {
        let station = Station::new("");
        school::fill(&station.data(), system_wall_s()).unwrap();
        station
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oqyrman"));
        command.arg("run").arg("--config").arg(&self.config).env_remove("RUST_LOG");
        command
    }

    pub fn start(&self) -> Kiosk {
        Kiosk::start(&mut self.command(), self.dir.path()).unwrap()
    }

    /// Everything it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }

    /// What stands in the journal of a station that does not run.
    pub fn events(&self) -> Vec<Event> {
        events(&self.data())
    }

    /// Numbers of all items lent, in order.
    pub fn lent(&self) -> Vec<String> {
        self.events().into_iter().filter_map(|event| lent(&event.act)).collect()
    }
}

pub fn events(data: &Path) -> Vec<Event> {
    let (journal, _) = Journal::open(data, 0).unwrap();
    journal.events(Seq(1), usize::MAX).unwrap()
}

pub fn lent(act: &Act) -> Option<String> {
    if let Act::CheckedOut { item, .. } = act { Some(item.as_str().to_owned()) } else { None }
}

pub fn idle(screen: &Screen) -> bool {
    matches!(screen, Screen::Idle { .. })
}

pub fn rows(screen: &Screen) -> Option<&[Row]> {
    if let Screen::Visit { rows, .. } = screen { Some(rows) } else { None }
}

/// A visit with this many lines.
pub fn visit(count: usize) -> impl Fn(&Screen) -> bool {
    move |screen| rows(screen).is_some_and(|rows| rows.len() == count)
}

/// Patron `n` comes and borrows these items.
pub fn borrow(kiosk: &mut Kiosk, patron: u32, items: std::ops::RangeInclusive<u32>) {
    // Whoever was before may still see the last screen.
    kiosk.wait(|screen| idle(screen) || matches!(screen, Screen::Finished { .. })).unwrap();
    kiosk.scan(&school::card(patron)).unwrap();
    kiosk.wait(visit(0)).unwrap();
    for (count, item) in (1..).zip(items) {
        kiosk.scan(&school::label(item)).unwrap();
        kiosk.wait(visit(count)).unwrap();
    }
}
