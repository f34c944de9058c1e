//! The simple model beside the world: who holds which book, and what was said yes to. It follows from what happened at the
//! desks, and knows nothing of numbers, lives of a journal, messages or folds.

use exchange::{Act, Event, ItemId, PatronId, Stamp, StationId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What must hold, whatever happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Nothing said yes to is lost.
    NothingIsLost,
    /// The region has each event once.
    ExactlyOnce,
    /// The region has a machine's events in their order.
    InOrder,
    /// What the region keeps folded is what the fold from nothing says, and each event has one fate.
    HubIsItsFold,
    /// What the station remembers is what its files say.
    StateIsItsFold,
    /// When everything is said, station and region know the same loans.
    AllAgree,
    /// The region knows who holds a book, where no clock was wrong and nothing was lost.
    BooksAreWhereTheyAre,
    /// The next person sees nothing of the last.
    NobodySeesTheLast,
    /// A station that works lends, whatever the links do.
    TheStationLends,
    /// Whatever happened, the station calls again and delivers.
    ItDelivers,
    /// Nothing fails that was not made to fail.
    NothingElseFails,
}

impl Invariant {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Invariant::NothingIsLost => "something that was said yes to is lost",
            Invariant::ExactlyOnce => "something counts at the region that was not said yes to once",
            Invariant::InOrder => "the region has events in another order than they happened",
            Invariant::HubIsItsFold => "the region's state is not the fold of its events",
            Invariant::StateIsItsFold => "the station remembers something else than its files say",
            Invariant::AllAgree => "station and region know different things when all is said",
            Invariant::BooksAreWhereTheyAre => "the region believes a book somewhere where it is not",
            Invariant::NobodySeesTheLast => "somebody sees what is another's",
            Invariant::TheStationLends => "a station that works does not lend",
            Invariant::ItDelivers => "a station does not deliver though the way is open",
            Invariant::NothingElseFails => "something fails that was not made to fail",
        }
    }
}

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub invariant: Invariant,
    /// How it showed.
    pub how: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant.words(), self.how)
    }
}

impl Invariant {
    /// It does not hold, and this is how it shows.
    pub fn broken(self, how: impl Into<String>) -> Broken {
        Broken { invariant: self, how: how.into() }
    }
}

/// Something that a station said yes to.
#[derive(Debug, Clone)]
pub struct Said {
    /// Which machine said it.
    pub machine: usize,
    /// When, by its own clocks. Beside what it was, that names it: numbers change when a journal begins anew.
    pub at: Stamp,
    /// What.
    pub act: Act,
    /// The book it moved, if it moved one.
    pub item: Option<ItemId>,
    /// Its card still has it, or the region: it must be found. What went with a card need not be.
    pub sure: bool,
    /// The region has it.
    pub found: bool,
}

/// The model.
#[derive(Debug, Default)]
pub struct Truth {
    /// Who holds a book; the others stand on the shelf.
    holders: BTreeMap<ItemId, PatronId>,
    /// Books of which the region cannot know where they are.
    unsure: BTreeSet<ItemId>,
    said: BTreeMap<StationId, Vec<Said>>,
    by_stamp: BTreeMap<StationId, BTreeMap<Mark, Vec<usize>>>,
}

/// What an event of the region is, of all that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// This, which was not found before.
    Once(usize),
    /// Nothing.
    Nothing,
}

type Mark = (i64, u32, u64);

fn mark(at: &Stamp) -> Mark {
    (at.wall_s, at.boot, at.mono_s)
}

impl Truth {
    /// Who holds a book.
    pub fn holder(&self, item: &ItemId) -> Option<PatronId> {
        self.holders.get(item).copied()
    }

    /// The books that somebody holds, in order.
    pub fn held_by(&self, patron: PatronId) -> Vec<ItemId> {
        self.holders.iter().filter(|(_, who)| **who == patron).map(|(item, _)| item.clone()).collect()
    }

    /// A book changed hands.
    pub fn hand_over(&mut self, item: &ItemId, to: Option<PatronId>) {
        match to {
            Some(patron) => self.holders.insert(item.clone(), patron),
            None => self.holders.remove(item),
        };
    }

    /// The region cannot know where this book is.
    pub fn nobody_can_know(&mut self, item: &ItemId) {
        self.unsure.insert(item.clone());
    }

    /// Whether the region can know where a book is.
    pub fn can_be_known(&self, item: &ItemId) -> bool {
        !self.unsure.contains(item)
    }

    /// A machine wrote this down and said so.
    pub fn said(&mut self, station: StationId, machine: usize, event: &Event, item: Option<ItemId>) {
        let all = self.said.entry(station).or_default();
        let at_once = self.by_stamp.entry(station).or_default().entry(mark(&event.at)).or_default();
        // Two first starts with a dead clock, and a journal that was lost between them: nothing tells them apart.
        let alike = |place: &usize| all.get(*place).is_some_and(|said: &Said| said.act == event.act);
        let sure = !(matches!(event.act, Act::StationStarted { .. }) && at_once.iter().any(alike));
        at_once.push(all.len());
        all.push(Said { machine, at: event.at, act: event.act.clone(), item, sure, found: false });
    }

    /// Everything a station said.
    pub fn all_said(&self, station: StationId) -> &[Said] {
        self.said.get(&station).map_or(&[], Vec::as_slice)
    }

    /// Whether anything was said with this stamp.
    pub fn has_heard(&self, station: StationId, at: &Stamp) -> bool {
        self.by_stamp.get(&station).is_some_and(|by_stamp| by_stamp.contains_key(&mark(at)))
    }

    /// What a machine said and `there` does not hold may be gone for good, and with it where those books are.
    pub fn lose(&mut self, station: StationId, machine: usize, there: impl Fn(&Stamp) -> bool) -> u64 {
        let mut lost = 0;
        let all = self.said.entry(station).or_default();
        for said in all.iter_mut().filter(|said| said.machine == machine && !said.found && said.sure) {
            if !there(&said.at) {
                said.sure = false;
                lost += 1;
                self.unsure.extend(said.item.clone());
            }
        }
        lost
    }

    /// The region has this event: finds what it is of all that was said.
    pub fn find(&mut self, station: StationId, event: &Event) -> Found {
        let (Some(all), Some(by_stamp)) = (self.said.get_mut(&station), self.by_stamp.get(&station)) else {
            return Found::Nothing;
        };
        let places = by_stamp.get(&mark(&event.at)).map_or(&[][..], Vec::as_slice);
        // A number that is taken back is another one in another life; what stayed behind is taken back by its opposite.
        let is_it = |said: &Said| said.act == event.act || matches!(said.act, Act::Undone { .. });
        let mut open = places.iter().copied().filter(|place| !all[*place].found && is_it(&all[*place]));
        let exact = open.clone().find(|place| all[*place].act == event.act);
        if let Some(place) = exact.or_else(|| open.next()) {
            all[place].found = true;
            return Found::Once(place);
        }
        Found::Nothing
    }

    /// The region was put back: what it has is looked for anew.
    pub fn look_again(&mut self) {
        self.said.values_mut().flatten().for_each(|said| said.found = false);
    }

    /// What must be at the region of a station and is not.
    pub fn missing(&self, station: StationId) -> Option<&Said> {
        self.all_said(station).iter().find(|said| said.sure && !said.found)
    }
}

/// The book an act is about.
pub fn item_of(act: &Act) -> Option<&ItemId> {
    match act {
        Act::CheckedOut { item, .. } | Act::Returned { item } | Act::Renewed { item, .. } => Some(item),
        Act::StationStarted { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    }
}
