//! The region: the real hub in a folder, which may be down, started again, or put back to an older copy of itself.

use super::card::Card;
use super::truth::{Broken, Invariant};
use crate::demo::chance::Chance;
use crate::vfs::Image;
use exchange::Record;
use hub::Hub;
use hub::store::{Change, SchoolId, Store};
use std::path::{Path, PathBuf};

/// Which database the region has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreKind {
    /// A file.
    Sqlite,
    /// A database of a PostgreSQL server, at this address.
    Postgres(String),
}

/// The school of the world.
pub const SCHOOL: SchoolId = SchoolId(1);

/// A region.
pub struct Region {
    dir: PathBuf,
    /// Its disk, if its files are all there is of it.
    disk: Option<Card>,
    hub: Option<Hub>,
    copy: Option<Image>,
}

fn fails(doing: &str, fault: impl std::fmt::Display) -> Broken {
    Invariant::NothingElseFails.broken(format!("the region, {doing}: {fault}"))
}

impl Region {
    /// A new one in `dir` with these records.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(dir: &Path, kind: &StoreKind, records: Vec<Record>, now_s: i64) -> Result<Region, Broken> {
        let url = match kind {
            StoreKind::Sqlite => None,
            StoreKind::Postgres(url) => Some(url.as_str()),
        };
        Hub::init(dir, url, "the school", now_s).map_err(|fault| fails("beginning", fault))?;
        let mut region = Region { dir: dir.to_owned(), disk: None, hub: None, copy: None };
        region.start()?;
        region.save(records.into_iter().map(Change::Put).collect(), now_s)?;
        if url.is_none() {
            // What it wrote besides its database is on the disk for certain.
            region.hub = None;
            region.disk = Some(Card::new(dir).map_err(|fault| fails("its folder", fault))?);
            region.start()?;
        }
        Ok(region)
    }

    /// Whether it answers.
    pub fn hub(&self) -> Option<&Hub> {
        self.hub.as_ref()
    }

    /// Starts it, if it is down.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(&mut self) -> Result<(), Broken> {
        if self.hub.is_none() {
            self.hub = Some(Hub::open(&self.dir).map_err(|fault| fails("starting", fault))?);
        }
        Ok(())
    }

    /// It is stopped.
    pub fn stop(&mut self) {
        self.close();
    }

    /// It ends in order: no power cut is due any more.
    fn close(&mut self) {
        if let Some(disk) = &self.disk {
            disk.no_cut();
        }
        self.hub = None;
    }

    /// Its power goes in the middle of the write after so many more.
    pub fn cut_after(&self, writes: u32) {
        if let (Some(disk), Some(_)) = (&self.disk, &self.hub) {
            disk.cut_after(writes);
        }
    }

    /// Whether its power is gone.
    pub fn is_cut(&self) -> bool {
        self.disk.as_ref().is_some_and(Card::is_cut)
    }

    /// Its power is back.
    ///
    /// # Errors
    /// It does not start.
    pub fn power_back(&mut self, chance: &mut Chance) -> Result<(), Broken> {
        self.hub = None;
        if let Some(disk) = &self.disk {
            disk.power_back(chance).map_err(|fault| fails("its power", fault))?;
        }
        self.start()
    }

    /// Somebody copies its files while it is down for a moment.
    ///
    /// # Errors
    /// They cannot be copied.
    pub fn back_up(&mut self) -> Result<(), Broken> {
        let Some(disk) = &self.disk else { return Ok(()) };
        disk.no_cut();
        self.hub = None;
        self.copy = Some(disk.image().map_err(|fault| fails("its backup", fault))?);
        self.start()
    }

    /// Its machine is replaced by one with the last backup. Says whether there was one.
    ///
    /// # Errors
    /// It does not start.
    pub fn restore(&mut self) -> Result<bool, Broken> {
        let (Some(copy), Some(disk)) = (&self.copy, &self.disk) else { return Ok(false) };
        disk.no_cut();
        self.hub = None;
        disk.put(copy).map_err(|fault| fails("its restoring", fault))?;
        self.start()?;
        Ok(true)
    }

    /// Does something with its store.
    ///
    /// # Errors
    /// It is down, or `work` fails.
    pub fn with<T>(
        &self,
        doing: &str,
        work: impl FnOnce(&mut Store) -> Result<T, hub::store::StoreFault>,
    ) -> Result<T, Broken> {
        let hub = self.hub.as_ref().ok_or_else(|| fails(doing, "it is down"))?;
        hub.with(work).map_err(|fault| fails(doing, fault))
    }

    /// A librarian changes reference data.
    ///
    /// # Errors
    /// It is down, or does not take them.
    pub fn save(&self, changes: Vec<Change>, now_s: i64) -> Result<(), Broken> {
        self.with("saving records", |store| store.save(SCHOOL, &changes, now_s)).map(drop)
    }
}

impl std::fmt::Debug for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Region").field("up", &self.hub.is_some()).finish_non_exhaustive()
    }
}
