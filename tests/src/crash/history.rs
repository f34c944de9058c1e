//! Histories: what a station does in some days, and what it has promised after each step.

use super::region::{Region, STATION, T0};
use crate::demo::chance::Chance;
use crate::vfs::{Disk, Image, Op};
use anyhow::{Context, ensure};
use exchange::{
    Act, Basis, ClockTrust, Day, Epoch, Event, Item, ItemId, ItemStatus, Lang, Patron, PatronId, PatronKind,
    Record, Seq, Stamp, Standing, Title, TitleId, TitleKind,
};
use journal::{Journal, JournalFound, Outbox};
use std::path::Path;

/// What the journal vouches for at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Epoch, acknowledgement and head.
    pub outbox: Outbox,
    /// Every event of the present life.
    pub events: Vec<Event>,
    /// Items for which the gate is wanted.
    pub gate: Vec<ItemId>,
}

impl Promise {
    /// What an open journal vouches for.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(journal: &Journal) -> anyhow::Result<Promise> {
        Ok(Promise {
            outbox: journal.outbox(),
            events: journal.events(Seq(1), usize::MAX)?,
            gate: journal.gate_wanted()?.into_iter().map(|wanted| wanted.item).collect(),
        })
    }
}

/// A history and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Story {
    /// A new station: it opens, is taken in, lends, hears from the region, tidies up, starts again, is forked.
    Days,
    /// The journal is damaged on the disk; it is opened, repaired, named anew, and goes on.
    DamagedJournal,
    /// The state is damaged on the disk; it is opened, made anew, and goes on.
    DamagedState,
}

/// All stories.
pub fn all() -> [Story; 3] {
    [Story::Days, Story::DamagedJournal, Story::DamagedState]
}

/// What was recorded.
#[derive(Debug, Clone)]
pub struct History {
    /// The files before the first operation.
    pub base: Image,
    /// Every operation on them, with a mark after each step.
    pub ops: Vec<Op>,
    /// After the n-th mark this was promised; the first one is for before any.
    pub promises: Vec<Promise>,
    /// What the region has after each of them.
    pub(super) regions: Vec<Region>,
    /// Whether a start may find damage: only where there was some at the beginning.
    pub damaged: bool,
}

/// Plays a story of so many visits in `folder`, which is empty, and records it.
///
/// # Errors
/// The journal does not do what it should even without a power cut.
pub fn play(story: Story, visits: u32, seed: u64, folder: &Path) -> anyhow::Result<History> {
    let mut chance = Chance::new(seed);
    let disk = Disk::watch(folder)?;
    let mut player =
        Player { region: region(), disk: disk.clone(), promises: Vec::new(), regions: Vec::new(), n: 0 };
    match story {
        Story::Days => {
            disk.record()?;
            let (journal, report) = Journal::open(folder, T0)?;
            ensure!(report.journal == JournalFound::Fresh, "a new journal was not new: {report:?}");
            player.begins(&journal)?;
            let journal = player.days(journal, visits, &mut chance)?;
            drop(journal);
        }
        Story::DamagedJournal | Story::DamagedState => {
            let (journal, _) = Journal::open(folder, T0)?;
            let journal = player.days(journal, visits, &mut chance)?;
            journal.checkpoint()?;
            drop(journal);
            damage(story, folder)?;
            disk.record()?;
            let (mut journal, report) = Journal::open(folder, T0)?;
            ensure!(!report.is_quiet(), "the damage was not found");
            player.promises.clear();
            player.regions.clear();
            player.begins(&journal)?;
            if story == Story::DamagedJournal {
                player.fork(&mut journal, Epoch(9))?;
            }
            let journal = player.days(journal, visits / 2, &mut chance)?;
            drop(journal);
        }
    }
    let (base, ops) = disk.take_recorded();
    Ok(History {
        base,
        ops,
        promises: player.promises,
        regions: player.regions,
        damaged: story != Story::Days,
    })
}

/// Who plays.
pub(super) struct Player {
    region: Region,
    disk: Disk,
    promises: Vec<Promise>,
    regions: Vec<Region>,
    /// Visits so far.
    pub(super) n: u32,
}

impl Player {
    pub(super) fn new(disk: Disk) -> Player {
        Player { region: region(), disk, promises: Vec::new(), regions: Vec::new(), n: 0 }
    }

    /// Before the first mark no more is promised than an opened journal has.
    fn begins(&mut self, journal: &Journal) -> anyhow::Result<()> {
        self.promises.push(Promise::of(journal)?);
        self.regions.push(self.region.clone());
        self.promised(journal)
    }

    fn promised(&mut self, journal: &Journal) -> anyhow::Result<()> {
        self.promises.push(Promise::of(journal)?);
        self.regions.push(self.region.clone());
        self.disk.mark(self.promises.len() as u64 - 1);
        Ok(())
    }

    fn days(&mut self, mut journal: Journal, visits: u32, chance: &mut Chance) -> anyhow::Result<Journal> {
        if journal.station().is_none() {
            journal.enrol(STATION, Some(Epoch(1)))?;
            self.promised(&journal)?;
        }
        for visit in 1..=visits {
            self.n += 1;
            self.visit(&mut journal, chance)?;
            self.promised(&journal)?;
            match visit % 8 {
                2 => {
                    let (limit, part) = ([1, usize::MAX][chance.below(2)], chance.below(4) as u64);
                    self.hear(&mut journal, limit, part)?;
                    self.promised(&journal)?;
                }
                3 => {
                    let done = journal.gate_wanted()?;
                    journal.gate_done(&done)?;
                    self.promised(&journal)?;
                }
                5 => {
                    journal.checkpoint()?;
                    self.promised(&journal)?;
                }
                6 => {
                    drop(journal);
                    journal = Journal::open(self.disk.folder(), T0)?.0;
                    self.promised(&journal)?;
                }
                7 => {
                    let epoch = journal.outbox().epoch.map_or(1, |epoch| epoch.0);
                    self.fork(&mut journal, Epoch(epoch + 1))?;
                }
                _ => {}
            }
        }
        Ok(journal)
    }

    /// A pupil's visit: some books out, some back.
    pub(super) fn visit(&mut self, journal: &mut Journal, chance: &mut Chance) -> anyhow::Result<()> {
        let patron = PatronId(1 + chance.below(6) as u64);
        let mut acts = Vec::new();
        let mut tagged = Vec::new();
        for _ in 0..1 + chance.below(4) {
            let item = item(chance.below(40))?;
            if chance.below(3) == 0 {
                acts.push(Act::Returned { item: item.clone() });
            } else {
                acts.push(Act::CheckedOut { patron, item: item.clone(), due: Day(20_750) });
            }
            if chance.below(2) == 0 {
                tagged.push(item);
            }
        }
        let wall_s = T0 + i64::from(self.n) * 60;
        let at =
            Stamp { wall_s, boot: journal.boot(), mono_s: u64::from(self.n) * 60, trust: ClockTrust::Rtc };
        journal.append_for_gate(&acts, Basis { rules: 3, data_as_of_s: T0 }, at, &tagged)?;
        Ok(())
    }

    /// The region has stored all but the last events, and says what changed.
    pub(super) fn hear(&mut self, journal: &mut Journal, limit: usize, kept_back: u64) -> anyhow::Result<()> {
        let n = u64::from(self.n);
        self.region.put(Record::Title(title(n)));
        self.region.put(Record::Patron(patron(1 + n % 6, n)));
        let outbox = journal.outbox();
        let epoch = outbox.epoch.context("an answer without an epoch")?;
        let stored = Seq(outbox.head.0.saturating_sub(kept_back)).max(outbox.acked);
        self.region.store(&journal.events(Seq(1), usize::MAX)?, stored);
        let answer = self.region.answer(epoch, stored, &journal.cursors()?, limit);
        journal.take_answer(&answer)?;
        Ok(())
    }

    /// The region found a fork and names an epoch.
    fn fork(&mut self, journal: &mut Journal, begin: Epoch) -> anyhow::Result<()> {
        let clock = exchange::ClockSample { wall_s: T0, boot: 1, mono_s: 1, trust: ClockTrust::Rtc };
        let epoch = journal.request(Seq(1), 0, 0, clock)?.epoch;
        let mut answer = self.region.answer(epoch, journal.outbox().acked, &[], usize::MAX);
        answer.standing = Standing::Forked { begin };
        journal.take_answer(&answer)?;
        self.region.begin_epoch();
        self.promised(journal)
    }
}

fn region() -> Region {
    let mut region = Region::default();
    for n in 0..30 {
        region.put(Record::Title(title(n)));
    }
    for n in 0..40 {
        if let Ok(id) = item(n) {
            let title = TitleId(n as u64 % 30);
            region.put(Record::Item(Item { id, title, status: ItemStatus::Lendable, former: Vec::new() }));
        }
    }
    for n in 1..=6 {
        region.put(Record::Patron(patron(n, 0)));
    }
    region
}

/// Turns bytes around in the middle of the file, where an event or a record names something.
fn damage(story: Story, folder: &Path) -> anyhow::Result<()> {
    let path = folder.join(if story == Story::DamagedJournal { "journal.db" } else { "state.db" });
    let mut bytes = std::fs::read(&path)?;
    // An event names its item; the records that everything else rests on name titles.
    let name = if story == Story::DamagedJournal { "000000" } else { "Абай" }.as_bytes();
    let named: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(name)).collect();
    let middle = *named.get(named.len() / 2).context("nothing is named in the file")?;
    bytes[middle..middle + 4].iter_mut().for_each(|byte| *byte = !*byte);
    std::fs::write(&path, bytes)?;
    Ok(())
}

fn item(n: usize) -> anyhow::Result<ItemId> {
    ItemId::new(format!("{n:08}")).ok().context("an item's number")
}

fn title(n: u64) -> Title {
    let name = format!("Абай жолы, {n}-кітап");
    let author = "Мұхтар Әуезов".to_owned();
    Title { id: TitleId(n), name, author, isbn: String::new(), year: 2019, kind: TitleKind::Book }
}

fn patron(id: u64, version: u64) -> Patron {
    Patron {
        id: PatronId(id),
        cards: vec![format!("{id:06}")],
        given: format!("Ару {version}"),
        family: "Сапарова".into(),
        class: None,
        kind: PatronKind::Pupil,
        lang: Lang::Kk,
        blocks: Vec::new(),
        until: None,
        pin: None,
    }
}
