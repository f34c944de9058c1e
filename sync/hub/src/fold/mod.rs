//! The fold: from the set of events and decisions to loans, fates and reviews.
//!
//! Invariants:
//! - Pure. The result depends on the events, the decisions, the clock readings and the reference data, never on the
//!   order or the number of arrivals.
//! - Everything about one item (or one patron's copies of one counted title) is folded from its own events alone;
//!   limits and blocks are judged after that from one patron's loans alone. So a store may refold only what was
//!   touched, and [`whole`] says what must come out.
//! - Every event has exactly one fate. What physically happened is never refused: it is applied, flagged, or put
//!   before a librarian with a proposed default that is in force until they decide.

mod counted;
mod item;
mod order;
mod patron;
mod reference;
mod review;
mod subject;
mod when;
mod whole;

pub use counted::{FoldedCount, fold_counted};
pub use item::{Closing, FoldedLoan, Point, fold_item};
pub use patron::fold_patron;
pub use reference::{HoldFact, ItemFacts, PatronFacts, Reference, Zone};
pub use review::{Decided, Decision, Decree, review_id};
pub use subject::{Subject, subject_of};
pub use when::{BootReadings, When};
pub use whole::{Picture, whole};

use exchange::{Act, Conflict, Epoch, Fate, Seq, StationId};
use std::collections::{BTreeMap, BTreeSet};

/// The name of an event in the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventRef {
    /// Which station.
    pub station: StationId,
    /// Which life of its journal.
    pub epoch: Epoch,
    /// Which place in it.
    pub seq: Seq,
}

/// An event as the fold sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// Its name.
    pub who: EventRef,
    /// When it happened, as far as can be known.
    pub when: When,
    /// Version of the rules the station went by.
    pub rules: u32,
    /// What happened.
    pub act: Act,
    /// Which event it takes back, if it is an [`Act::Undone`]: an earlier one of its station.
    pub takes_back: Option<EventRef>,
}

/// What became of one event, and why, where it was not plainly applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// What became of it.
    pub fate: Fate,
    /// Why; `None` exactly if it was applied.
    pub conflict: Option<Conflict>,
}

impl Judged {
    /// Took effect as it was meant.
    pub const APPLIED: Judged = Judged { fate: Fate::Applied, conflict: None };

    /// Took effect, with a flag.
    pub fn flagged(conflict: Conflict) -> Judged {
        Judged { fate: Fate::Flagged, conflict: Some(conflict) }
    }

    /// With what its patron's loans say of it: a flag shows only where nothing weightier does.
    #[must_use]
    pub fn and_patron(self, flag: Option<Conflict>) -> Judged {
        match (self.fate, flag) {
            (Fate::Applied, Some(conflict)) => Judged::flagged(conflict),
            (Fate::Applied | Fate::Flagged | Fate::InReview(_) | Fate::Resolved(_), _) => self,
        }
    }
}

/// What folding one subject gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// Each event of the subject, judged without its patron's other loans.
    pub fates: BTreeMap<EventRef, Judged>,
    /// Events that were taken back.
    pub undone: BTreeSet<EventRef>,
    /// Loans, open and closed, in the order of their opening; none for counted copies.
    pub loans: Vec<FoldedLoan>,
    /// Counted copies out; `None` for an item.
    pub count: Option<FoldedCount>,
}

/// What became of an event that concerns no item and no counted title. `taken_twice` says whether another decision
/// of the same review stood before a [`Act::ReviewDecided`] and said the opposite.
pub fn judge_loose(act: &Act, taken_twice: bool) -> Judged {
    match act {
        Act::Undone { .. } => Judged::flagged(Conflict::UndoWithoutEvent),
        Act::Unknown { .. } => Judged::flagged(Conflict::Unreadable),
        Act::ReviewDecided { .. } if taken_twice => Judged::flagged(Conflict::DecidedTwice),
        Act::ReviewDecided { .. }
        | Act::StationStarted { .. }
        | Act::Refused { .. }
        | Act::ClockChanged { .. }
        | Act::CheckedOut { .. }
        | Act::Returned { .. }
        | Act::Renewed { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. } => Judged::APPLIED,
    }
}
