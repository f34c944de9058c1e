//! What goes wrong with machines, cards, clocks and the region.

use super::machine::Machine;
use super::plan::{ClockChange, What};
use super::sabotage::Sabotage;
use super::story::place;
use super::truth::{Broken, Invariant};
use super::world::World;
use std::collections::BTreeSet;

fn fails(fault: impl std::fmt::Display) -> Broken {
    Invariant::NothingElseFails.broken(format!("the world: {fault}"))
}

impl World {
    /// Something goes wrong.
    pub(super) fn trouble(&mut self, what: &What) -> Result<(), Broken> {
        let count = self.scale.stations;
        match what {
            What::Weather { at, weather } => {
                self.machines[at % count].weather = *weather;
                self.account.note("changes of a link");
                self.tell(|| format!("the link of {} becomes {weather:?}", place(at % count)));
            }
            What::PowerCut { at, writes } => self.power_cut(at % count, *writes)?,
            What::Restart { at } => self.restart(at % count)?,
            What::DiskFull { at, full } => {
                self.machines[at % count].full = *full;
                self.machines[at % count].card.fill(*full);
                self.account.note("disks full or freed");
                self.tell(|| {
                    format!("the disk of {} is {}", place(at % count), if *full { "full" } else { "free" })
                });
            }
            What::CopyCard { at } => {
                let machine = &mut self.machines[at % count];
                machine.image = Some(machine.card.image().map_err(fails)?);
                self.account.note("cards copied");
                self.tell(|| format!("somebody copies the card of {}", place(at % count)));
            }
            What::OldCard { at } => self.old_card(at % count)?,
            What::LoseJournal { at } => {
                self.lose_files(at % count, "journal", "journals lost")?;
            }
            What::LoseState { at } => {
                self.lose_files(at % count, "state", "states lost")?;
            }
            What::Clone { at } => self.clone_of(at % count)?,
            What::EndClone => self.end_clones()?,
            What::Clock { at, change } => {
                let chip = &self.machines[at % count].chip;
                match change {
                    ClockChange::Jump(by_s) => chip.set_off((*by_s).into()),
                    ClockChange::Drift(a_day_s) => chip.drift((*a_day_s).into()),
                    ClockChange::Dies => chip.dead(true),
                    ClockChange::Healed => chip.heal(),
                }
                self.account.note("clocks set, drifting or dead");
                self.tell(|| format!("the clock of {}: {change:?}", place(at % count)));
            }
            What::LateMail { at } => {
                self.late_mail(at % count);
                self.notice_region_cut()?;
            }
            What::RegionDown { down } => {
                if *down {
                    self.region.stop();
                    self.account.note("regions switched off");
                    self.tell(|| "the region is off".into());
                } else {
                    self.start_region()?;
                }
            }
            What::RegionCut { writes } => self.region.cut_after(*writes),
            What::RegionBackup { restore } => self.region_backup(*restore)?,
            What::Revoke { at } => self.revoke(at % count)?,
            What::Visit { .. }
            | What::Return { .. }
            | What::Evening { .. }
            | What::Settle
            | What::Librarian(_)
            | What::Stick { .. } => {}
        }
        Ok(())
    }

    /// Power goes; what is on the card at this moment is all that is left.
    fn power_cut(&mut self, m: usize, writes: u32) -> Result<(), Broken> {
        let machine = &mut self.machines[m];
        if machine.on.is_none() {
            return Ok(());
        }
        // With no write before it, the next one is that of closing, which is then the one that is cut.
        machine.card.cut_after(writes);
        if writes == 0 {
            machine.on = None;
            self.account.note("power cuts");
            self.tell(|| format!("the power of {} goes", place(m)));
            self.machines[m].card.power_back(&mut self.chance).map_err(fails)?;
            self.come_back(m)?;
        }
        Ok(())
    }

    /// If the power of a machine went in the middle of a write, it comes back now.
    pub(super) fn notice_cut(&mut self, m: usize) -> Result<(), Broken> {
        if !self.machines[m].card.is_cut() {
            return Ok(());
        }
        self.account.note("power cuts in the middle of a write");
        self.account.note("power cuts");
        self.tell(|| format!("the power of {} goes in the middle of a write", place(m)));
        self.machines[m].on = None;
        self.machines[m].card.power_back(&mut self.chance).map_err(fails)?;
        if let (Some(Sabotage::FlushLies), Some(image)) = (self.scale.sabotage, &self.machines[m].image) {
            self.machines[m].card.put(image).map_err(fails)?;
        }
        self.come_back(m)
    }

    /// What the disk of a machine refused must have a reason: it is full, or the power went.
    pub(super) fn unless_excused(
        &mut self,
        m: usize,
        done: Result<(), journal::StoreFault>,
    ) -> Result<(), Broken> {
        match done {
            Ok(()) => Ok(()),
            Err(_) if self.machines[m].full || self.machines[m].card.is_cut() => {
                self.account.note("acts refused by a disk");
                self.notice_cut(m)
            }
            Err(fault) => Err(fails(fault)),
        }
    }

    /// Starts the region, if it is down.
    pub(super) fn start_region(&mut self) -> Result<(), Broken> {
        self.notice_region_cut()?;
        self.region.start()
    }

    /// As [`World::notice_cut`], of the region.
    pub(super) fn notice_region_cut(&mut self) -> Result<(), Broken> {
        if self.region.is_cut() {
            self.account.note("power cuts of the region");
            self.tell(|| "the power of the region goes in the middle of a write".into());
            self.region.power_back(&mut self.chance)?;
        }
        Ok(())
    }

    /// Stopped and started in order: what is remembered is what was.
    fn restart(&mut self, m: usize) -> Result<(), Broken> {
        let Some(on) = &self.machines[m].on else { return Ok(()) };
        let before = on.journal.dump().map_err(fails)?;
        let done = on.journal.checkpoint();
        if done.is_err() {
            return self.unless_excused(m, done);
        }
        self.account.note("restarts in order");
        self.machines[m].on = None;
        if self.machines[m].card.is_cut() {
            return self.notice_cut(m);
        }
        self.switch_on(m, None)?;
        if let Some(on) = &self.machines[m].on
            && on.journal.dump().map_err(fails)? != before
        {
            return Err(Invariant::StateIsItsFold
                .broken(format!("{} remembers something else after a start", place(m))));
        }
        self.found_after_start(m)
    }

    /// Starts after a cut. Everything that was said yes to is there.
    pub(super) fn come_back(&mut self, m: usize) -> Result<(), Broken> {
        if self.machines[m].has_less {
            return self.begin_with_less(m);
        }
        self.switch_on(m, None)?;
        self.found_after_start(m)
    }

    fn found_after_start(&mut self, m: usize) -> Result<(), Broken> {
        let new = match self.machines[m].compare()? {
            Some(new) => new,
            None => {
                self.account.note("power cuts while a journal began anew");
                self.machines[m].look_at_life()?;
                let machine = &self.machines[m];
                let unheard = |event: &&exchange::Event| !self.truth.has_heard(machine.station(), &event.at);
                machine.mine.values().filter(unheard).cloned().collect()
            }
        };
        for event in new {
            self.account.note("events written when power went");
            self.happened(m, event);
        }
        self.note_start(m);
        Ok(())
    }

    /// An old copy of the card is put in. What only the newer card had is gone with it.
    fn old_card(&mut self, m: usize) -> Result<(), Broken> {
        let Some(image) = self.machines[m].image.clone() else { return Ok(()) };
        if self.machines[m].on.is_none() || self.region.hub().is_none() {
            return Ok(());
        }
        self.look_at_region()?;
        self.tell(|| format!("somebody puts an old copy of its card into {}", place(m)));
        self.account.note("old cards put back");
        self.machines[m].on = None;
        self.machines[m].card.put(&image).map_err(fails)?;
        self.begin_with_less(m)
    }

    fn lose_files(&mut self, m: usize, begin: &str, what: &'static str) -> Result<(), Broken> {
        if self.machines[m].on.is_none() || self.region.hub().is_none() {
            return Ok(());
        }
        self.look_at_region()?;
        self.tell(|| format!("the {begin} of {} is lost", place(m)));
        self.account.note(what);
        self.machines[m].on = None;
        let dir = self.machines[m].card.dir().to_owned();
        for entry in std::fs::read_dir(dir).map_err(fails)? {
            let path = entry.map_err(fails)?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(begin)) {
                std::fs::remove_file(path).map_err(fails)?;
            }
        }
        self.begin_with_less(m)
    }

    /// Starts from a card that does not have everything the last one had. A full disk may refuse the start: then what is gone
    /// is looked at when it starts at last.
    fn begin_with_less(&mut self, m: usize) -> Result<(), Broken> {
        self.switch_on(m, None)?;
        self.machines[m].has_less = self.machines[m].on.is_none();
        if self.machines[m].has_less {
            return Ok(());
        }
        self.machines[m].look_at_life()?;
        let lost = self.lose_what_is_not_there(m)?;
        self.account.add("events gone with a card", lost);
        self.note_start(m);
        Ok(())
    }

    /// A second machine runs from a copy of the card.
    fn clone_of(&mut self, m: usize) -> Result<(), Broken> {
        if self.machines[m].on.is_none() || self.machines.len() > self.scale.stations {
            return Ok(());
        }
        self.tell(|| format!("somebody starts a second machine from a copy of {}", place(m)));
        self.account.note("machines cloned");
        let image = self.machines[m].card.image().map_err(fails)?;
        let card =
            super::card::Card::new(&self.dir.join(format!("copy{}", self.account.of("machines cloned"))))
                .map_err(fails)?;
        card.put(&image).map_err(fails)?;
        let from = &self.machines[m];
        let machine = Machine {
            place: m,
            card,
            chip: super::clock::Chip::new(&self.truly),
            keys: from.keys.clone(),
            on: None,
            weather: from.weather,
            road: Default::default(),
            image: None,
            mine: Default::default(),
            epoch: None,
            moved: Default::default(),
            full: false,
            has_less: false,
            revoked: from.revoked,
            gone: false,
        };
        self.machines.push(machine);
        let copy = self.machines.len() - 1;
        self.switch_on(copy, None)?;
        self.machines[copy].look_at_life()?;
        self.note_start(copy);
        Ok(())
    }

    /// The copies say what they have, and are switched off.
    pub(super) fn end_clones(&mut self) -> Result<(), Broken> {
        for m in self.scale.stations..self.machines.len() {
            if self.machines[m].on.is_none() {
                continue;
            }
            self.mend(m)?;
            if !self.machines[m].revoked {
                self.deliver(m)?;
            }
            self.machines[m].on = None;
            self.machines[m].gone = true;
            self.account.note("copies switched off");
            self.tell(|| "the second machine is switched off".into());
        }
        Ok(())
    }

    fn late_mail(&mut self, m: usize) {
        let machine = &mut self.machines[m];
        let Some(hub) = self.region.hub() else { return };
        if !machine.road.late.is_empty() {
            let message = machine.road.late.remove(0);
            // Nobody hears the answer.
            let _ = hub.exchange(&message, self.truly.now_s());
            self.account.note("late requests that arrived");
            self.tell(|| format!("an old request of {} arrives once more", place(m)));
        }
    }

    fn region_backup(&mut self, restore: bool) -> Result<(), Broken> {
        if !restore {
            self.account.note("backups of the region");
            self.tell(|| "the region is backed up".into());
            return self.region.back_up();
        }
        if self.region.restore()? {
            self.account.note("regions put back to a backup");
            self.tell(|| "the region is put back to its backup".into());
            self.truth.look_again();
            self.seen.clear();
            self.look_at_region()?;
            for m in 0..self.machines.len() {
                // What it has lost of the present life of a journal is sent again. Of an earlier life nobody asks.
                let lost = self.lose_what_is_not_there(m)?;
                self.account.add("events of an earlier life that a restored region has lost", lost);
            }
        }
        Ok(())
    }

    /// What a machine said, and neither the region has nor the present life of its journal, need not be found any more.
    fn lose_what_is_not_there(&mut self, m: usize) -> Result<u64, Broken> {
        let machine = &self.machines[m];
        let Some(on) = &machine.on else { return Ok(0) };
        let events = on.journal.events(exchange::Seq(1), usize::MAX).map_err(fails)?;
        let there: BTreeSet<_> =
            events.iter().map(|event| (event.at.wall_s, event.at.boot, event.at.mono_s)).collect();
        Ok(self.truth.lose(machine.station(), m, |at| there.contains(&(at.wall_s, at.boot, at.mono_s))))
    }

    fn revoke(&mut self, m: usize) -> Result<(), Broken> {
        // One station must stay, or nothing is left to look at.
        let left = self.machines.iter().filter(|machine| !machine.revoked && !machine.gone).count();
        if self.region.hub().is_none()
            || left <= 1
            || self.machines[m].revoked
            || self.machines.len() > self.scale.stations
        {
            return Ok(());
        }
        self.look_at_region()?;
        let (station, now_s) = (self.machines[m].station(), self.truly.now_s());
        let done = self.region.with("revoking", |store| store.revoke(station, ("somebody", "stolen"), now_s));
        if done.is_err() && self.region.is_cut() {
            return self.notice_region_cut();
        }
        done?;
        self.machines[m].revoked = true;
        self.account.note("stations revoked");
        self.tell(|| format!("{} is stolen, and revoked", place(m)));
        // What it has not sent stays with it: the thief has it.
        let lost = self.truth.lose(station, m, |_| false);
        self.account.add("events that stay with a stolen station", lost);
        self.machines[m].on = None;
        self.machines[m].gone = true;
        Ok(())
    }
}
