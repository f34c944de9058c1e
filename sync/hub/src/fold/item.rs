//! The fold of one item: who had it, and what was odd about it.

use super::order::line_up;
use super::review::{Decided, Matters};
use super::{Dated, EventRef, Folded, Judged, Reference, When};
use exchange::{Act, Conflict, Day, ItemId, ItemStatus, PatronId};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A place in the fold's order: an event, and its time there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Seconds since 1970.
    pub at_s: i64,
    /// Which event.
    pub who: EventRef,
}

impl Point {
    /// Whether this comes before `other`: by seq inside a station, by time across stations.
    pub fn is_before(self, other: Point) -> bool {
        if self.who.station == other.who.station {
            self.who < other.who
        } else {
            (self.at_s, self.who) < (other.at_s, other.who)
        }
    }
}

/// How a loan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// The item was handed back.
    Returned,
    /// The item was lent again without being handed back in between.
    LentOn,
}

/// A loan as the region sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldedLoan {
    /// The event that opened it.
    pub opened: Point,
    /// Of which item.
    pub item: ItemId,
    /// To whom.
    pub patron: PatronId,
    /// Whether it counts against the limit: a textbook does not.
    pub counts: bool,
    /// By which version of the rules.
    pub rules: u32,
    /// The day it was lent.
    pub since: Day,
    /// Until when.
    pub due: Day,
    /// How often it was renewed.
    pub renewals: u8,
    /// How and when it ended; `None` while it is open.
    pub closed: Option<(Point, Closing)>,
}

/// Folds all events of one item, in whatever order they are given.
pub fn fold_item(item: &ItemId, events: Vec<Dated>, reference: &Reference, decided: &Decided) -> Folded {
    let (undone, mut fates) = take_back(&events);
    let mut shelf = Shelf {
        item,
        reference,
        decided,
        loans: Vec::new(),
        open: None,
        early_return: None,
        explained: Vec::new(),
    };
    for (at_s, event) in line_up(events, |event| event.who, |event| event.when.at_s) {
        if undone.contains(&event.who) {
            fates.insert(event.who, Judged::APPLIED);
        } else if let Entry::Vacant(fate) = fates.entry(event.who) {
            let place =
                Placed { point: Point { at_s, who: event.who }, when: event.when, rules: event.rules };
            fate.insert(shelf.take(place, &event.act));
        }
    }
    fates.extend(shelf.explained.into_iter().map(|who| (who, Judged::APPLIED)));
    Folded { fates, undone, loans: shelf.loans, count: None }
}

/// Which events were taken back, and what becomes of those that take back.
pub(super) fn take_back(events: &[Dated]) -> (BTreeSet<EventRef>, BTreeMap<EventRef, Judged>) {
    let by_name: BTreeMap<EventRef, Option<EventRef>> =
        events.iter().map(|event| (event.who, event.takes_back)).collect();
    let mut undone = BTreeSet::new();
    let mut fates = BTreeMap::new();
    for (who, takes_back) in &by_name {
        let Some(target) = *takes_back else { continue };
        // Taking back is not taken back.
        let can = target < *who && by_name.get(&target) == Some(&None) && undone.insert(target);
        fates.insert(*who, if can { Judged::APPLIED } else { Judged::flagged(Conflict::UndoWithoutEvent) });
    }
    (undone, fates)
}

#[derive(Clone, Copy)]
struct Placed {
    point: Point,
    when: When,
    rules: u32,
}

struct Shelf<'a> {
    item: &'a ItemId,
    reference: &'a Reference,
    decided: &'a Decided,
    loans: Vec<FoldedLoan>,
    /// The open loan (always the last of `loans`) was opened then.
    open: Option<Placed>,
    /// A return that found no loan, if nothing has happened since.
    early_return: Option<Placed>,
    /// Returns that found their loan after all.
    explained: Vec<EventRef>,
}

impl Shelf<'_> {
    fn take(&mut self, place: Placed, act: &Act) -> Judged {
        let mut matters = Matters::of(place.point.who, self.decided);
        match act {
            Act::CheckedOut { patron, due, .. } => self.checked_out(place, *patron, *due, &mut matters),
            Act::Returned { .. } => self.returned(place, &mut matters),
            Act::Renewed { patron, due, .. } => self.renewed(place, *patron, *due, &mut matters),
            Act::StationStarted { .. }
            | Act::CountedIssued { .. }
            | Act::CountedReturned { .. }
            | Act::Undone { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => {}
        }
        matters.judge()
    }

    fn checked_out(&mut self, place: Placed, patron: PatronId, due: Day, matters: &mut Matters<'_>) {
        let facts = self.reference.items.get(self.item);
        // Both matters are put, whatever the first one's verdict: neither hides the other.
        let item_stands = facts.is_some() || matters.review(Conflict::UnknownItem);
        let patron_stands = self.reference.stands(patron, matters);
        if !(item_stands && patron_stands) {
            return;
        }
        let early_return = self.early_return.take();
        match (self.open, self.loans.last().map(|loan| loan.patron)) {
            (Some(opened), Some(holder)) if holder != patron => {
                let uncertain =
                    opened.point.who.station != place.point.who.station && opened.when.overlaps(place.when);
                if !uncertain {
                    matters.flag(Conflict::LentTwice);
                } else if !matters.review(Conflict::LentTwice) {
                    return;
                }
            }
            (Some(_) | None, _) => {}
        }
        self.close(place, Closing::LentOn);
        self.open(place, patron, due);
        match facts.and_then(|facts| facts.status_at(place.point.at_s)) {
            Some(ItemStatus::Reference) => matters.flag(Conflict::ReferenceLent),
            Some(ItemStatus::NotForLoan | ItemStatus::Lost) => matters.flag(Conflict::ItemNotForLoan),
            Some(ItemStatus::Lendable) | None => {}
        }
        if facts.is_some_and(|facts| facts.held_by_another(patron, place.point.at_s)) {
            matters.flag(Conflict::HeldByAnother);
        }
        let came_back = early_return.filter(|back| {
            back.point.who.station != place.point.who.station && back.when.overlaps(place.when)
        });
        if let Some(back) = came_back {
            self.close(back, Closing::Returned);
            self.explained.push(back.point.who);
        }
    }

    fn returned(&mut self, place: Placed, matters: &mut Matters<'_>) {
        if self.open.is_some() {
            self.close(place, Closing::Returned);
            // Whoever keeps the catalogue learns that it was found.
            match self.reference.items.get(self.item).and_then(|facts| facts.status_at(place.point.at_s)) {
                Some(ItemStatus::Lost | ItemStatus::NotForLoan) => matters.flag(Conflict::ItemNotForLoan),
                Some(ItemStatus::Lendable | ItemStatus::Reference) | None => {}
            }
        } else {
            matters.flag(Conflict::ReturnWithoutLoan);
            self.early_return = Some(place);
        }
    }

    fn renewed(&mut self, place: Placed, patron: PatronId, due: Day, matters: &mut Matters<'_>) {
        match (self.open, self.loans.last_mut()) {
            (Some(_), Some(loan)) if loan.patron == patron => {
                loan.due = due;
                loan.renewals = loan.renewals.saturating_add(1);
                let allowance = self
                    .reference
                    .patrons
                    .get(&patron)
                    .and_then(|facts| self.reference.allowance(place.rules, facts.kind));
                if allowance.is_some_and(|allowance| loan.renewals > allowance.max_renewals) {
                    matters.flag(Conflict::RenewedTooOften);
                }
            }
            (Some(_) | None, _) => {
                // The default leaves the loan closed. A librarian who rejects it has seen that the patron has the item.
                if !matters.review(Conflict::RenewedClosedLoan) {
                    self.close(place, Closing::LentOn);
                    self.open(place, patron, due);
                }
            }
        }
    }

    fn open(&mut self, place: Placed, patron: PatronId, due: Day) {
        self.loans.push(FoldedLoan {
            opened: place.point,
            item: self.item.clone(),
            patron,
            counts: !self.reference.is_textbook(self.item),
            rules: place.rules,
            since: self.reference.zone.day_at(place.point.at_s),
            due,
            renewals: 0,
            closed: None,
        });
        self.open = Some(place);
    }

    fn close(&mut self, place: Placed, closing: Closing) {
        if self.open.take().is_some()
            && let Some(loan) = self.loans.last_mut()
        {
            loan.closed = Some((place.point, closing));
        }
    }
}
