//! The fold of one patron's copies of one counted title.

use super::item::take_back;
use super::order::line_up;
use super::review::{Decided, Matters};
use super::{Dated, EventRef, Folded, Judged, Reference, When};
use exchange::{Act, Conflict, Day, PatronId, TitleId};

/// Copies of one title that one patron has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoldedCount {
    /// How many.
    pub out: u32,
    /// Until when, as last told; `None` if nothing was ever given out.
    pub due: Option<Day>,
}

/// Folds all events of one patron's copies of one title, in whatever order they are given.
pub fn fold_counted(
    patron: PatronId,
    title: TitleId,
    events: Vec<Dated>,
    reference: &Reference,
    decided: &Decided,
) -> Folded {
    let (undone, mut fates) = take_back(&events);
    let mut count = FoldedCount { out: 0, due: None };
    let mut early: Option<Early> = None;
    for (_, event) in line_up(events, |event| event.who, |event| event.when.at_s) {
        if undone.contains(&event.who) {
            fates.insert(event.who, Judged::APPLIED);
            continue;
        }
        let mut matters = Matters::of(event.who, decided);
        match &event.act {
            Act::CountedIssued { count: copies, due, .. } => {
                let title_stands =
                    reference.titles.contains_key(&title) || matters.review(Conflict::UnknownItem);
                let patron_stands = reference.stands(patron, &mut matters);
                if title_stands && patron_stands {
                    count.out = count.out.saturating_add(u32::from(*copies));
                    count.due = Some(*due);
                    if let Some(early) = early.take().filter(|early| early.may_follow(&event)) {
                        let back = early.missing.min(count.out);
                        count.out -= back;
                        if back == early.missing {
                            fates.insert(early.who, Judged::APPLIED);
                        }
                    }
                }
            }
            Act::CountedReturned { count: copies, .. } => {
                let copies = u32::from(*copies);
                if copies > count.out {
                    matters.flag(Conflict::ReturnWithoutLoan);
                    early = Some(Early { who: event.who, when: event.when, missing: copies - count.out });
                }
                count.out = count.out.saturating_sub(copies);
            }
            Act::StationStarted { .. }
            | Act::CheckedOut { .. }
            | Act::Returned { .. }
            | Act::Renewed { .. }
            | Act::Undone { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => {}
        }
        fates.entry(event.who).or_insert_with(|| matters.judge());
    }
    Folded { fates, undone, loans: Vec::new(), count: Some(count) }
}

/// A return of more copies than were out.
struct Early {
    who: EventRef,
    when: When,
    missing: u32,
}

impl Early {
    /// Whether it may in truth have come after `issue`.
    fn may_follow(&self, issue: &Dated) -> bool {
        self.who.station != issue.who.station && self.when.overlaps(issue.when)
    }
}
