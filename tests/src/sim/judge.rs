//! The judge: after a good day everything that was said is at the region once, in order, folded, and known to all.

use super::cast::{book, item, name};
use super::region::SCHOOL;
use super::road::Weather;
use super::sabotage::Sabotage;
use super::story::{deed, place};
use super::truth::{Broken, Found, Invariant};
use super::world::World;
use desk::Memory;
use exchange::{Day, Event, Fate, Feed, FeedHash, ItemId, Loan, PatronId, Record, StationId};
use hub::fold::EventRef;
use hub::store::Change;

/// Events asked of the region at once.
const PAGE: u32 = 4_096;

impl World {
    /// A quiet evening at a station.
    pub(super) fn evening(&mut self, m: usize) -> Result<(), Broken> {
        if self.machines[m].on.is_none() {
            return Ok(());
        }
        self.call(m, 8)?;
        for _ in 0..3 {
            // Where the link is bad, it tries again when it said it would.
            let Some(on) = &mut self.machines[m].on else { return Ok(()) };
            let now_ms = on.clock.now().mono_ms;
            if let links::Step::Wait { until_ms } = on.caller.next(now_ms) {
                let wait_s = (until_ms - now_ms).div_ceil(1_000);
                if wait_s > 1_800 {
                    break;
                }
                self.pass_s(wait_s)?;
            }
            self.call(m, 8)?;
        }
        let Some(on) = &self.machines[m].on else { return Ok(()) };
        let done = on.journal.checkpoint();
        self.unless_excused(m, done)
    }

    /// Whatever can be mended without a person who comes, is.
    pub(super) fn mend(&mut self, m: usize) -> Result<(), Broken> {
        self.start_region()?;
        let machine = &mut self.machines[m];
        machine.weather = Weather::default();
        machine.full = false;
        machine.card.fill(false);
        if machine.on.is_none() && !machine.gone {
            self.come_back(m)?;
        }
        Ok(())
    }

    /// A good day: everything is sent, and looked at.
    pub(super) fn settle(&mut self) -> Result<(), Broken> {
        self.start_region()?;
        // Whoever stood at a desk has gone.
        self.pass_s(200)?;
        let weather: Vec<(Weather, bool)> =
            self.machines.iter().map(|machine| (machine.weather, machine.full)).collect();
        self.end_clones()?;
        for m in 0..self.machines.len() {
            self.mend(m)?;
        }
        // Twice: what one station says, the others hear.
        for _ in 0..2 {
            for m in 0..self.machines.len() {
                if let Some(on) = &mut self.machines[m].on {
                    let now_ms = on.clock.now().mono_ms;
                    on.caller.hurry(now_ms);
                    self.deliver(m)?;
                }
            }
        }
        self.look_at_region()?;
        for station in self.stations() {
            if let Some(said) = self.truth.missing(station) {
                return Err(Invariant::NothingIsLost.broken(format!(
                    "{}: \"{}\" is not at the region",
                    place(said.machine),
                    deed(&said.act, None)
                )));
            }
        }
        if self.scale.sabotage == Some(Sabotage::LoanPastTheFold) {
            let (since, due) = (Day(20_697), Day(20_711));
            let loan = Loan { item: item(9_001), patron: PatronId(1), since, due, renewals: 0 };
            self.region.save(vec![Change::Put(Record::Loan(loan))], self.truly.now_s())?;
        }
        if let Some(how) = self.region.with("folding", |store| store.differs_from_fold(SCHOOL))? {
            return Err(Invariant::HubIsItsFold.broken(how));
        }
        self.all_agree()?;
        self.books_are_where_they_are()?;
        self.account.note("good days (everything looked through)");
        for (machine, (weather, full)) in self.machines.iter_mut().zip(weather) {
            (machine.weather, machine.full) = (weather, full);
            machine.card.fill(full);
        }
        Ok(())
    }

    fn stations(&self) -> Vec<StationId> {
        let mut all: Vec<StationId> = self.machines.iter().map(super::machine::Machine::station).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Looks at what is new at the region: each event was said yes to, comes once, and in order.
    pub(super) fn look_at_region(&mut self) -> Result<(), Broken> {
        for station in self.stations() {
            let mut new: Vec<(EventRef, Event)> = Vec::new();
            let upto = self.seen.entry(station).or_default().upto;
            let mut before = None;
            'pages: loop {
                let page = self.region.with("reading events", |store| store.events(station, before, PAGE))?;
                let Some(oldest) = page.last().map(|line| line.who) else { break };
                before = Some(oldest);
                for line in page {
                    if upto.is_some_and(|upto| (line.who.epoch, line.who.seq) <= upto) {
                        break 'pages;
                    }
                    match line.judged.fate {
                        Fate::Applied => self.account.note("fates: applied"),
                        Fate::Flagged => self.account.note("fates: flagged"),
                        Fate::InReview(_) => self.account.note("fates: in review"),
                        Fate::Resolved(_) => self.account.note("fates: resolved"),
                    }
                    new.push((line.who, line.event));
                }
            }
            new.reverse();
            for (who, event) in new {
                self.look_at_event(station, who, &event)?;
            }
        }
        Ok(())
    }

    fn look_at_event(&mut self, station: StationId, who: EventRef, event: &Event) -> Result<(), Broken> {
        let found = match self.truth.find(station, event) {
            Found::Once(found) => found,
            Found::Nothing => {
                return Err(Invariant::ExactlyOnce.broken(format!(
                    "number {} of life {} of {}, \"{}\", was said once less",
                    who.seq,
                    who.epoch,
                    place((station.0 as usize).saturating_sub(1)),
                    deed(&event.act, None)
                )));
            }
        };
        let seen = self.seen.entry(station).or_default();
        let next = match seen.upto {
            Some((epoch, seq)) if epoch == who.epoch => who.seq == seq.next(),
            // What a life tells again is passed over.
            Some((epoch, _)) => who.epoch > epoch,
            None => who.seq.0 == 1,
        };
        if !next {
            return Err(Invariant::InOrder
                .broken(format!("number {} of life {} does not follow", who.seq, who.epoch)));
        }
        seen.upto = Some((who.epoch, who.seq));
        let machine = self.truth.all_said(station).get(found).map_or(0, |said| said.machine);
        let last = seen.order.entry(machine).or_insert(found);
        if found < *last {
            return Err(Invariant::InOrder.broken(format!(
                "{}: \"{}\" happened before what stands before it",
                place(machine),
                deed(&event.act, None)
            )));
        }
        *last = found;
        self.account.note("events found at the region");
        Ok(())
    }

    /// Every station knows what the region knows.
    fn all_agree(&mut self) -> Result<(), Broken> {
        let mut hashes = Vec::new();
        for feed in Feed::ALL.into_iter().filter(|feed| *feed != Feed::Verdicts) {
            let records: Vec<Record> =
                self.region.with("reading a feed", |store| store.records(SCHOOL, feed))?;
            hashes.push((feed, FeedHash::over(&records)));
            if feed == Feed::Loans {
                self.loans_agree(&records)?;
            }
        }
        for machine in &self.machines {
            let Some(on) = &machine.on else { continue };
            let cursors = on
                .journal
                .cursors()
                .map_err(|fault| Invariant::NothingElseFails.broken(fault.to_string()))?;
            for (feed, hash) in &hashes {
                if cursors.iter().any(|cursor| cursor.feed == *feed && cursor.hash != *hash) {
                    return Err(Invariant::AllAgree
                        .broken(format!("{} has another {feed:?} than the region", place(machine.place))));
                }
            }
        }
        Ok(())
    }

    fn loans_agree(&self, records: &[Record]) -> Result<(), Broken> {
        for machine in &self.machines {
            let Some(on) = &machine.on else { continue };
            for item in (0..self.books).map(item) {
                let there = records.iter().find_map(|record| loan_of(record, &item));
                let here = on.journal.loan_of(&item).ok().flatten();
                if here.as_ref() != there {
                    return Err(Invariant::AllAgree.broken(format!(
                        "{} knows of {}: {here:?}, the region: {there:?}",
                        place(machine.place),
                        book(&item)
                    )));
                }
            }
        }
        Ok(())
    }

    fn books_are_where_they_are(&mut self) -> Result<(), Broken> {
        let loans: Vec<Record> =
            self.region.with("reading loans", |store| store.records(SCHOOL, Feed::Loans))?;
        for item in (0..self.books).map(item) {
            if !self.truth.can_be_known(&item) || self.decided.contains(&item) {
                self.account.note("books of which nobody can know where they are");
                continue;
            }
            let believed = loans.iter().find_map(|record| loan_of(record, &item)).map(|loan| loan.patron);
            let truly = self.truth.holder(&item);
            if believed != truly {
                return Err(Invariant::BooksAreWhereTheyAre.broken(format!(
                    "{} is with {}, and the region believes it with {}",
                    book(&item),
                    truly.map_or("nobody", name),
                    believed.map_or("nobody", name)
                )));
            }
            self.account.note("books found where the region believes them");
        }
        Ok(())
    }
}

fn loan_of<'r>(record: &'r Record, item: &ItemId) -> Option<&'r Loan> {
    if let Record::Loan(loan) = record { Some(loan).filter(|loan| loan.item == *item) } else { None }
}
