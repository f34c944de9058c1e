//! Who has what: the region's loans, and on top of them the station's own acts that the region has not folded yet.
//! Pure: no database, no clock.
//!
//! Invariants:
//! - The loans are a function of (what the region said, own events in order) and of nothing else; taking events in one
//!   by one or all at once gives the same.
//! - An act that was undone counts as though it had never happened, also when the region's loans hold its effect
//!   already; then only as long as nobody else has changed that loan.
//! - An event taken in twice changes nothing the second time.
//! - A return of what is not on loan, or a renewal of a loan that is not that patron's, changes nothing.

use exchange::{Act, Day, Epoch, Event, ItemId, Loan, PatronId, Seq, TitleId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where an event stands: epoch, then seq. Later events are greater.
pub type Place = (Epoch, Seq);

/// Copies without a label of their own that a patron has, of one title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedLoan {
    /// Who has them.
    pub patron: PatronId,
    /// Of which title.
    pub title: TitleId,
    /// How many; at least one.
    pub count: u32,
    /// Until when: the date given with the last of them.
    pub due: Day,
}

/// An own act on an item that is in the region's loans by now. Kept for a while, so that it can still be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Which item.
    pub item: ItemId,
    /// What was done with it.
    pub step: ItemStep,
    /// Its loan before.
    pub before: Option<Loan>,
}

/// What an own act does to the loan of its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields of the acts of these names, and the day of the checkout")]
pub enum ItemStep {
    /// Someone took it.
    CheckedOut { patron: PatronId, since: Day, due: Day },
    /// It came back.
    Returned,
    /// Its loan was prolonged.
    Renewed { patron: PatronId, due: Day },
}

/// What the region said, and what is needed to lay own events over it.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    /// Open loans as the region has folded them.
    pub loans: Vec<Loan>,
    /// Own events up to this place are in `loans`.
    pub folded: Place,
    /// Own acts that lately were folded there.
    pub traces: BTreeMap<Place, Trace>,
    /// Present number of items by former number.
    pub present: HashMap<ItemId, ItemId>,
}

/// The loans.
#[derive(Debug, Clone, Default)]
pub struct Loans {
    ground: HashMap<ItemId, Loan>,
    folded: Place,
    present: HashMap<ItemId, ItemId>,
    items: HashMap<ItemId, History>,
    counted_steps: HashMap<(PatronId, TitleId), Vec<Step<CountedStep>>>,
    /// Which loan each own act touched, so that an undo finds it.
    touched: HashMap<Place, Touched>,
    now: BTreeMap<ItemId, Loan>,
    by_patron: HashMap<PatronId, BTreeSet<ItemId>>,
    counted: BTreeMap<(PatronId, TitleId), CountedLoan>,
}

/// Own acts on one item.
#[derive(Debug, Clone, Default)]
struct History {
    /// Its loan before the first of `folded`.
    before: Option<Loan>,
    /// In the region's loans already.
    folded: Vec<Step<ItemStep>>,
    /// Not yet.
    own: Vec<Step<ItemStep>>,
}

#[derive(Debug, Clone)]
enum Touched {
    Item(ItemId),
    Counted((PatronId, TitleId)),
}

#[derive(Debug, Clone)]
struct Step<T> {
    place: Place,
    /// Where it was undone.
    undone: Option<Place>,
    act: T,
}

#[derive(Debug, Clone, Copy)]
enum CountedStep {
    Issued { count: u16, due: Day },
    Returned { count: u16 },
}

impl Loans {
    /// The loans as the region has them; own events are taken in one after the other.
    pub fn new(ground: Ground) -> Loans {
        let mut loans = Loans { folded: ground.folded, present: ground.present, ..Loans::default() };
        for (place, trace) in ground.traces {
            let item = loans.present_number(&trace.item);
            loans.touched.insert(place, Touched::Item(item.clone()));
            let history = loans.items.entry(item).or_default();
            if history.folded.is_empty() {
                history.before = trace.before;
            }
            history.folded.push(Step { place, undone: None, act: trace.step });
        }
        for loan in ground.loans {
            let item = loans.present_number(&loan.item);
            loans.ground.insert(item.clone(), Loan { item: item.clone(), ..loan });
            loans.settle(&item);
        }
        loans
    }

    /// Takes in an own event. `day` is the day of its wall time in the school's zone. Events must come in order; one
    /// that was taken in before, or that is older, changes nothing.
    pub fn take(&mut self, epoch: Epoch, event: &Event, day: Day) {
        let place = (epoch, event.seq);
        if self.touched.contains_key(&place) {
            return;
        }
        match &event.act {
            Act::CheckedOut { patron, item, due } => {
                self.item_step(place, item, ItemStep::CheckedOut { patron: *patron, since: day, due: *due });
            }
            Act::Returned { item } => self.item_step(place, item, ItemStep::Returned),
            Act::Renewed { patron, item, due } => {
                self.item_step(place, item, ItemStep::Renewed { patron: *patron, due: *due });
            }
            Act::CountedIssued { patron, title, count, due } => {
                self.counted_step(place, (*patron, *title), CountedStep::Issued { count: *count, due: *due });
            }
            Act::CountedReturned { patron, title, count } => {
                self.counted_step(place, (*patron, *title), CountedStep::Returned { count: *count });
            }
            Act::Undone { seq } => self.undo(place, (epoch, *seq)),
            Act::StationStarted { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => {}
        }
    }

    fn item_step(&mut self, place: Place, item: &ItemId, act: ItemStep) {
        if place <= self.folded {
            return;
        }
        let item = self.present_number(item);
        self.touched.insert(place, Touched::Item(item.clone()));
        self.items.entry(item.clone()).or_default().own.push(Step { place, undone: None, act });
        self.settle(&item);
    }

    /// The region keeps no counted stock: all own events count, folded or not.
    fn counted_step(&mut self, place: Place, key: (PatronId, TitleId), act: CountedStep) {
        self.touched.insert(place, Touched::Counted(key));
        self.counted_steps.entry(key).or_default().push(Step { place, undone: None, act });
        self.settle_counted(key);
    }

    fn undo(&mut self, place: Place, target: Place) {
        match self.touched.get(&target).cloned() {
            Some(Touched::Item(_)) if place <= self.folded => {}
            Some(Touched::Item(item)) => {
                if let Some(history) = self.items.get_mut(&item) {
                    mark_undone(&mut history.folded, target, place);
                    mark_undone(&mut history.own, target, place);
                }
                self.settle(&item);
            }
            Some(Touched::Counted(key)) => {
                if let Some(steps) = self.counted_steps.get_mut(&key) {
                    mark_undone(steps, target, place);
                }
                self.settle_counted(key);
            }
            None => {}
        }
    }

    /// The number under which the item with this present or former number is kept.
    fn present_number(&self, number: &ItemId) -> ItemId {
        self.present.get(number).unwrap_or(number).clone()
    }

    /// Works out who has the item now.
    fn settle(&mut self, item: &ItemId) {
        let ground = self.ground.get(item);
        let loan = match self.items.get(item) {
            Some(history) => replay(item, history.start(item, ground, LAST), &history.own, LAST),
            None => ground.cloned(),
        };
        if let Some(old) = self.now.remove(item)
            && let Some(items) = self.by_patron.get_mut(&old.patron)
        {
            items.remove(item);
            if items.is_empty() {
                self.by_patron.remove(&old.patron);
            }
        }
        if let Some(loan) = loan {
            self.by_patron.entry(loan.patron).or_default().insert(item.clone());
            self.now.insert(item.clone(), loan);
        }
    }

    fn settle_counted(&mut self, key: (PatronId, TitleId)) {
        let (mut count, mut last_due) = (0_u32, Day::default());
        let steps = self.counted_steps.get(&key).map_or(&[][..], Vec::as_slice);
        for step in steps.iter().filter(|step| step.undone.is_none()) {
            match step.act {
                CountedStep::Issued { count: more, due } => {
                    (count, last_due) = (count + u32::from(more), due)
                }
                CountedStep::Returned { count: fewer } => count = count.saturating_sub(fewer.into()),
            }
        }
        let (patron, title) = key;
        if count == 0 {
            self.counted.remove(&key);
        } else {
            self.counted.insert(key, CountedLoan { patron, title, count, due: last_due });
        }
    }

    /// Who has the item with this present or former number.
    pub fn of_item(&self, number: &ItemId) -> Option<&Loan> {
        self.now.get(&self.present_number(number))
    }

    /// What the patron has, by due date, then item.
    pub fn of_patron(&self, patron: PatronId) -> Vec<Loan> {
        let items = self.by_patron.get(&patron).into_iter().flatten();
        let mut loans: Vec<Loan> = items.filter_map(|item| self.now.get(item)).cloned().collect();
        loans.sort_by(|a, b| (a.due, &a.item).cmp(&(b.due, &b.item)));
        loans
    }

    /// What the patron has of counted stock, by title.
    pub fn counted_of_patron(&self, patron: PatronId) -> Vec<CountedLoan> {
        self.counted
            .range((patron, TitleId(0))..=(patron, TitleId(u64::MAX)))
            .map(|(_, loan)| *loan)
            .collect()
    }

    /// All open loans, by item.
    pub fn all(&self) -> impl ExactSizeIterator<Item = &Loan> {
        self.now.values()
    }

    /// All counted stock given out, by patron and title.
    pub fn all_counted(&self) -> impl Iterator<Item = &CountedLoan> {
        self.counted.values()
    }

    /// The loan of the item that the own act at this place touched, before it; `None` if it touched none, or that is
    /// forgotten.
    pub fn before(&self, place: Place) -> Option<Option<Loan>> {
        let Some(Touched::Item(item)) = self.touched.get(&place) else { return None };
        let history = self.items.get(item)?;
        let earlier = |steps: &[Step<ItemStep>]| -> Vec<Step<ItemStep>> {
            steps.iter().filter(|step| step.place < place).cloned().collect()
        };
        if history.folded.iter().any(|step| step.place == place) {
            return Some(replay(item, history.before.clone(), &earlier(&history.folded), LAST));
        }
        let start = history.start(item, self.ground.get(item), LAST);
        Some(replay(item, start, &earlier(&history.own), LAST))
    }

    /// What is to be kept of own acts when the region has folded all up to `last`: the newest `most`.
    pub fn traces(&self, last: Place, most: usize) -> BTreeMap<Place, Trace> {
        let mut traces = BTreeMap::new();
        for (item, history) in &self.items {
            let ground = self.ground.get(item);
            let (mut loan, known) = if history.links_to(item, ground) {
                (history.before.clone(), history.folded.as_slice())
            } else {
                (ground.cloned(), &[][..])
            };
            let own = history.own.iter().filter(|step| step.place <= last);
            for step in known.iter().chain(own).filter(|step| step.counts(last)) {
                traces.insert(step.place, Trace { item: item.clone(), step: step.act, before: loan.clone() });
                loan = apply(item, loan, &step.act);
            }
        }
        while traces.len() > most {
            traces.pop_first();
        }
        traces
    }
}

/// After every event.
const LAST: Place = (Epoch(u32::MAX), Seq(u64::MAX));

impl History {
    /// The item's loan before the acts that the region has not folded. That is what the region says, unless one of the
    /// folded acts was undone since, up to `last`: then they are gone through again without it.
    fn start(&self, item: &ItemId, ground: Option<&Loan>, last: Place) -> Option<Loan> {
        if self.folded.iter().all(|step| step.counts(last)) || !self.links_to(item, ground) {
            return ground.cloned();
        }
        replay(item, self.before.clone(), &self.folded, last)
    }

    /// Whether the folded acts lead to what the region says, so that nobody else changed the loan since.
    fn links_to(&self, item: &ItemId, ground: Option<&Loan>) -> bool {
        let all = self.folded.iter().fold(self.before.clone(), |loan, step| apply(item, loan, &step.act));
        // The region may have worked out `since` from a corrected clock, and counts renewals over all stations.
        let key = |loan: Option<&Loan>| loan.map(|loan| (loan.patron, loan.due));
        key(all.as_ref()) == key(ground)
    }
}

impl<T> Step<T> {
    /// Whether it was not undone up to `last`.
    fn counts(&self, last: Place) -> bool {
        self.undone.is_none_or(|undone| undone > last)
    }
}

fn mark_undone<T>(steps: &mut [Step<T>], target: Place, by: Place) {
    if let Some(step) = steps.iter_mut().find(|step| step.place == target) {
        step.undone = Some(step.undone.map_or(by, |before| before.min(by)));
    }
}

fn replay(item: &ItemId, start: Option<Loan>, steps: &[Step<ItemStep>], last: Place) -> Option<Loan> {
    steps.iter().filter(|step| step.counts(last)).fold(start, |loan, step| apply(item, loan, &step.act))
}

/// The loan of `item` after an act.
fn apply(item: &ItemId, loan: Option<Loan>, act: &ItemStep) -> Option<Loan> {
    match *act {
        ItemStep::CheckedOut { patron, since, due } => {
            Some(Loan { item: item.clone(), patron, since, due, renewals: 0 })
        }
        ItemStep::Returned => None,
        // A renewal never shortens a loan; one that does not lengthen it has been taken in before.
        ItemStep::Renewed { patron, due } => loan.map(|loan| {
            if loan.patron == patron && due > loan.due {
                Loan { due, renewals: loan.renewals.saturating_add(1), ..loan }
            } else {
                loan
            }
        }),
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
