//! Couriers' sticks: they come late, twice, in any order, and half written.

use super::machine::Door;
use super::plan::StickAct;
use super::story::place;
use super::truth::{Broken, Invariant};
use super::world::World;
use std::path::{Path, PathBuf};

/// A stick in somebody's pocket.
#[derive(Debug, Clone)]
pub struct Stick {
    dir: PathBuf,
}

fn fails(fault: impl std::fmt::Display) -> Broken {
    Invariant::NothingElseFails.broken(format!("a stick: {fault}"))
}

impl Stick {
    /// An empty one.
    ///
    /// # Errors
    /// Its folder cannot be made.
    pub fn new(dir: &Path) -> Result<Stick, Broken> {
        std::fs::create_dir_all(dir).map_err(fails)?;
        Ok(Stick { dir: dir.to_owned() })
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries =
            std::fs::read_dir(self.dir.join(exchange::wire::bundle::FOLDER)).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort();
        files
    }
}

impl World {
    /// Something happens with a stick.
    pub(super) fn stick(&mut self, stick: usize, act: StickAct) -> Result<(), Broken> {
        let dir = self.sticks[stick].dir.clone();
        let files = self.sticks[stick].files();
        match act {
            StickAct::Station { at } => self.stick_at_station(at % self.scale.stations, &dir),
            StickAct::Region => {
                let Some(hub) = self.region.hub() else { return Ok(()) };
                let found = hub::courier::take(hub, &dir, self.truly.now_s()).map_err(fails)?;
                self.notice_region_cut()?;
                self.account.note("sticks read at the region");
                for line in found.lines {
                    self.account.note(match line.fate {
                        hub::courier::Fate::Taken { .. } => "bundles taken",
                        hub::courier::Fate::Outdated(_) => "bundles from an earlier life",
                        hub::courier::Fate::Refused(_) => "bundles refused",
                    });
                }
                self.tell(|| "the courier's stick is read at the region".into());
                Ok(())
            }
            StickAct::Copy => {
                let other = self.sticks[1 - stick].dir.join(exchange::wire::bundle::FOLDER);
                std::fs::create_dir_all(&other).map_err(fails)?;
                for file in files {
                    if let Some(name) = file.file_name() {
                        std::fs::copy(&file, other.join(name)).map_err(fails)?;
                    }
                }
                self.account.note("sticks copied");
                Ok(())
            }
            StickAct::Tear { part } => {
                if let Some(file) = files.first() {
                    let bytes = std::fs::read(file).map_err(fails)?;
                    let left = bytes.len() * usize::from(part) / 100;
                    std::fs::write(file, bytes.get(..left).unwrap_or_default()).map_err(fails)?;
                    self.account.note("bundles torn");
                }
                Ok(())
            }
            StickAct::Bend { place } => {
                if let Some(file) = files.first() {
                    let mut bytes = std::fs::read(file).map_err(fails)?;
                    let place = usize::from(place) % bytes.len().max(1);
                    if let Some(byte) = bytes.get_mut(place) {
                        *byte ^= 0x10;
                    }
                    std::fs::write(file, bytes).map_err(fails)?;
                    self.account.note("bundles bent");
                }
                Ok(())
            }
            StickAct::Lose => {
                std::fs::remove_dir_all(&dir).map_err(fails)?;
                std::fs::create_dir_all(&dir).map_err(fails)?;
                self.account.note("sticks lost");
                Ok(())
            }
        }
    }

    fn stick_at_station(&mut self, m: usize, dir: &Path) -> Result<(), Broken> {
        let machine = &mut self.machines[m];
        let Some(on) = &mut machine.on else { return Ok(()) };
        let mut door = Door { on, carried: true, deaf: false, taken: Vec::new() };
        let report = links::courier::write(&mut door, &machine.keys, dir, |_| {});
        let taken = std::mem::take(&mut door.taken);
        self.look_at_answers(m, &taken)?;
        let report = match report {
            Ok(report) => report,
            Err(_) if self.machines[m].full || self.machines[m].card.is_cut() => return self.notice_cut(m),
            Err(fault) => return Err(fails(fault)),
        };
        self.account.note("sticks written at stations");
        self.account.add("bundles of answers taken at stations", report.answers as u64);
        self.account.add("files left on sticks", report.refused.len() as u64);
        self.tell(|| format!("{} writes the courier's stick", place(m)));
        self.notice_cut(m)
    }
}
