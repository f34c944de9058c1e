//! What is to happen: a year of a school as steps, from a seed. A seed has its own sorts of bad luck, so that each of them is
//! met alone, with some others, and with all.

use super::chance_of::{of_10k, percent};
use super::road::Weather;
use super::run::Scale;
use crate::demo::chance::Chance;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When, seconds after the world's beginning at seven in the morning of the first day; where the step before took longer,
    /// at once after it.
    pub at_s: u32,
    /// Where its own chance begins: the step goes the same whatever stands before it.
    pub chance: u64,
    /// What happens.
    pub what: What,
}

/// Something that happens. Places, people and books are taken modulo how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are documented, and their fields say what they are")]
pub enum What {
    /// Somebody comes to a station with their card.
    Visit { at: usize, who: u16, deeds: Vec<Deed>, end: End },
    /// Somebody brings books back without a card.
    Return { at: usize, who: u16, books: Vec<u16>, undo: bool, end: End },
    /// A quiet evening at a station: it calls, and puts its files in order.
    Evening { at: usize },
    /// A good day: whatever can be mended without a person is, everything is sent, and the books are looked through.
    Settle,
    /// A librarian does something at the region.
    Librarian(Errand),
    /// The link of a station changes.
    Weather { at: usize, weather: Weather },
    /// A station loses power and gets it again. Its disk had this many more writes in it.
    PowerCut { at: usize, writes: u32 },
    /// A station is stopped and started in order.
    Restart { at: usize },
    /// Its disk is full, or is not any more.
    DiskFull { at: usize, full: bool },
    /// Somebody copies its card.
    CopyCard { at: usize },
    /// Somebody puts an old copy of its card in.
    OldCard { at: usize },
    /// Its journal is gone.
    LoseJournal { at: usize },
    /// What the region told is gone.
    LoseState { at: usize },
    /// A second machine is started from a copy of the card, and both run.
    Clone { at: usize },
    /// The copy is switched off for good.
    EndClone,
    /// Its clock.
    Clock { at: usize, change: ClockChange },
    /// A stick.
    Stick { stick: usize, act: StickAct },
    /// A request that was delayed on its way arrives.
    LateMail { at: usize },
    /// The region is switched off, or on.
    RegionDown { down: bool },
    /// The region loses power after so many more writes, and starts again.
    RegionCut { writes: u32 },
    /// The region is backed up, or put back to its backup.
    RegionBackup { restore: bool },
    /// A station is revoked: it was stolen.
    Revoke { at: usize },
}

/// What somebody does in a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Takes a book from the shelf and scans it.
    Take(u16),
    /// Takes a book from somebody else's hands and scans it.
    TakeFromFriend(u16),
    /// Scans a book they have.
    ScanOwn(u16),
    /// Scans the last book again.
    Again,
    /// Prolongs everything.
    RenewAll,
    /// Takes back the newest line.
    Undo,
    /// Scans what is no book of this library.
    Foreign(u8),
    /// Looks out of the window, seconds.
    Pause(u16),
}

/// How a visit ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// They say that they are done.
    Finish,
    /// They walk away.
    WalkOff,
    /// The next person comes at once.
    NextComes,
}

/// What a librarian does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are documented, and their fields say what they are")]
pub enum Errand {
    /// Decides a review.
    Decide { which: u16, accept: bool },
    /// Takes a decision back.
    TakeBack { which: u16 },
    /// Blocks somebody, or lifts it.
    Block { who: u16, on: bool },
    /// Keeps a copy for somebody, or no longer.
    Hold { book: u16, who: u16, on: bool },
    /// A copy is lendable, for the reading room, being mended, lost.
    Status { book: u16, status: u8 },
    /// A new copy is entered.
    NewBook,
    /// Other rules.
    Rules { most: u8 },
}

/// What becomes of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockChange {
    /// Set wrong by so many seconds.
    Jump(i32),
    /// Gains so many seconds a day.
    Drift(i16),
    /// Its battery is dead: it begins in 1970 at each start.
    Dies,
    /// It is set right.
    Healed,
}

/// What happens with a stick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are documented, and their fields say what they are")]
pub enum StickAct {
    /// It is put into a station, which writes and reads it.
    Station { at: usize },
    /// It is put into the region's machine.
    Region,
    /// Its files are copied to the other stick.
    Copy,
    /// One of its files is cut short.
    Tear { part: u8 },
    /// One of its files gets a wrong byte.
    Bend { place: u16 },
    /// It is lost; a new one takes its place.
    Lose,
}

/// How often what goes wrong, in one seed: shares of ten thousand days and stations.
#[derive(Debug, Clone, Copy, Default)]
struct Luck {
    weather: u32,
    power: u32,
    disk: u32,
    cards: u32,
    journal: u32,
    clones: u32,
    clocks: u32,
    sticks: u32,
    late: u32,
    region: u32,
    restore: u32,
    revoke: u32,
    librarian: u32,
}

impl Luck {
    fn of(chance: &mut Chance) -> Luck {
        let mut share = |most: usize| if chance.below(2) == 0 { 0 } else { 1 + chance.below(most) as u32 };
        Luck {
            weather: share(1_500),
            power: share(600),
            disk: share(200),
            cards: share(120),
            journal: share(60),
            clones: share(30),
            clocks: share(250),
            sticks: share(1_200),
            late: share(500),
            region: share(300),
            restore: share(25),
            revoke: share(8),
            librarian: share(1_500),
        }
    }
}

/// The year of a seed.
pub fn plan(seed: u64, scale: &Scale) -> Vec<Step> {
    let mut chance = Chance::new(seed);
    let luck = Luck::of(&mut chance);
    let mut steps = Vec::new();
    for day in 0..scale.days {
        // Saturday and Sunday: 1 September 2026 is a Tuesday.
        if !matches!(day % 7, 4 | 5) {
            school_day(&mut chance, &luck, scale, &mut steps, day);
        }
        if day % scale.settle_days == scale.settle_days - 1 || day + 1 == scale.days {
            steps.push(Step { at_s: day * DAY_S + 14 * 3_600, chance: 0, what: What::Settle });
        }
    }
    steps.iter_mut().for_each(|step| step.chance = chance.next_u64());
    steps
}

/// Seconds of a day.
const DAY_S: u32 = 86_400;

/// From eight in the morning to three in the afternoon, and an evening.
fn school_day(chance: &mut Chance, luck: &Luck, scale: &Scale, steps: &mut Vec<Step>, day: u32) {
    let mut today = Vec::new();
    for at in 0..scale.stations {
        for _ in 0..chance.below(2 * scale.visits_a_day + 1) {
            today.push(Step { at_s: 0, chance: 0, what: somebody(chance, at, scale) });
        }
        trouble(chance, luck, at, &mut today);
    }
    around(chance, luck, scale, &mut today);
    for step in &mut today {
        step.at_s = day * DAY_S + 3_600 + chance.below(7 * 3_600) as u32;
    }
    // What happened that day, in no order of places.
    today.sort_by_key(|step| step.at_s);
    steps.append(&mut today);
    for at in 0..scale.stations {
        if percent(chance, scale.evenings) {
            let at_s = day * DAY_S + 10 * 3_600 + at as u32 * 600;
            steps.push(Step { at_s, chance: 0, what: What::Evening { at } });
        }
    }
}

fn somebody(chance: &mut Chance, at: usize, scale: &Scale) -> What {
    let who = chance.below(scale.people) as u16;
    let end = match chance.below(10) {
        0..7 => End::Finish,
        7..9 => End::WalkOff,
        _ => End::NextComes,
    };
    if chance.below(3) == 0 {
        let books = (0..1 + chance.below(3)).map(|_| chance.below(64) as u16).collect();
        return What::Return { at, who, books, undo: chance.below(8) == 0, end };
    }
    let deeds = (0..1 + chance.below(4)).map(|_| deed(chance)).collect();
    What::Visit { at, who, deeds, end }
}

fn deed(chance: &mut Chance) -> Deed {
    match chance.below(20) {
        0..10 => Deed::Take(chance.below(1_024) as u16),
        10..12 => Deed::TakeFromFriend(chance.below(1_024) as u16),
        12 => Deed::ScanOwn(chance.below(8) as u16),
        13 => Deed::Again,
        14 | 15 => Deed::RenewAll,
        16 | 17 => Deed::Undo,
        18 => Deed::Foreign(chance.below(4) as u8),
        _ => Deed::Pause(chance.below(90) as u16),
    }
}

fn weather(chance: &mut Chance) -> Weather {
    let mut share = |most: usize| if chance.below(3) == 0 { chance.below(most) as u8 } else { 0 };
    Weather {
        down: share(2) == 1,
        lost: share(60),
        unanswered: share(60),
        twice: share(40),
        late: share(20),
        torn: share(60),
        bent: share(40),
        stranger: share(60),
        stale: share(30),
    }
}

/// What goes wrong at one station on one day.
fn trouble(chance: &mut Chance, luck: &Luck, at: usize, steps: &mut Vec<Step>) {
    let mut push = |what| steps.push(Step { at_s: 0, chance: 0, what });
    if of_10k(chance, luck.weather) {
        push(What::Weather { at, weather: weather(chance) });
    }
    if of_10k(chance, luck.power) {
        push(match chance.below(4) {
            0 => What::Restart { at },
            _ => What::PowerCut { at, writes: chance.below(12) as u32 },
        });
    }
    if of_10k(chance, luck.disk) {
        push(What::DiskFull { at, full: chance.below(2) == 0 });
    }
    if of_10k(chance, luck.cards) {
        push(if chance.below(3) == 0 { What::OldCard { at } } else { What::CopyCard { at } });
    }
    if of_10k(chance, luck.journal) {
        push(if chance.below(2) == 0 { What::LoseJournal { at } } else { What::LoseState { at } });
    }
    if of_10k(chance, luck.clones) {
        push(if chance.below(2) == 0 { What::Clone { at } } else { What::EndClone });
    }
    if of_10k(chance, luck.clocks) {
        let change = match chance.below(5) {
            0 => ClockChange::Jump(chance.below(40_000_000) as i32 - 20_000_000),
            1 => ClockChange::Jump(chance.below(8_000) as i32 - 4_000),
            2 => ClockChange::Drift(chance.below(400) as i16 - 200),
            3 => ClockChange::Dies,
            _ => ClockChange::Healed,
        };
        push(What::Clock { at, change });
    }
    if of_10k(chance, luck.sticks) {
        push(What::Stick { stick: chance.below(2), act: StickAct::Station { at } });
    }
    if of_10k(chance, luck.late) {
        push(What::LateMail { at });
    }
    if of_10k(chance, luck.revoke) {
        push(What::Revoke { at });
    }
}

/// What happens elsewhere on one day.
fn around(chance: &mut Chance, luck: &Luck, scale: &Scale, steps: &mut Vec<Step>) {
    let mut push = |what| steps.push(Step { at_s: 0, chance: 0, what });
    if of_10k(chance, luck.sticks) {
        let act = match chance.below(8) {
            0..4 => StickAct::Region,
            4 => StickAct::Copy,
            5 => StickAct::Tear { part: chance.below(100) as u8 },
            6 => StickAct::Bend { place: chance.below(4_096) as u16 },
            _ => StickAct::Lose,
        };
        push(What::Stick { stick: chance.below(2), act });
    }
    if of_10k(chance, luck.region) {
        push(match chance.below(3) {
            0 => What::RegionCut { writes: chance.below(60) as u32 },
            down => What::RegionDown { down: down == 1 },
        });
    }
    if of_10k(chance, luck.restore) {
        push(What::RegionBackup { restore: chance.below(3) == 0 });
    }
    if of_10k(chance, luck.librarian) {
        let (book, who) = (chance.below(scale.books) as u16, chance.below(scale.people) as u16);
        let on = chance.below(2) == 0;
        push(What::Librarian(match chance.below(10) {
            0..3 => Errand::Decide { which: chance.below(64) as u16, accept: on },
            3 => Errand::TakeBack { which: chance.below(64) as u16 },
            4 => Errand::Block { who, on },
            5 | 6 => Errand::Hold { book, who, on },
            7 => Errand::Status { book, status: if on { 0 } else { chance.below(4) as u8 } },
            8 => Errand::NewBook,
            _ => Errand::Rules { most: 2 + chance.below(4) as u8 },
        }));
    }
}
