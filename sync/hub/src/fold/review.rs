//! Reviews: their numbers, and what was decided about them.

use super::{EventRef, Judged};
use exchange::{Conflict, Fate, ReviewId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The number of the review that an event causes by a conflict: a pure function of both, so that a refold finds it
/// again. The first 52 bits of `SHA-256("oqyrman review" ‖ station ‖ epoch ‖ seq ‖ conflict)`, all big-endian: it fits
/// a JSON number.
pub fn review_id(who: EventRef, conflict: Conflict) -> ReviewId {
    let mut hash = Sha256::new();
    hash.update(b"oqyrman review");
    hash.update(who.station.0.to_be_bytes());
    hash.update(who.epoch.0.to_be_bytes());
    hash.update(who.seq.0.to_be_bytes());
    hash.update([conflict as u8]);
    let digest = hash.finalize();
    ReviewId(digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte)) >> 12)
}

/// What a person said about a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decree {
    /// The proposed default is right.
    Accept,
    /// It is not.
    Reject,
    /// The decision in force is taken back.
    Withdraw,
}

/// One line of the log of decisions. Its order is the order in which the region made them durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// About which review.
    pub review: ReviewId,
    /// What was said.
    pub decree: Decree,
    /// The event that carried it, if staff decided at a station.
    pub event: Option<EventRef>,
}

/// What is in force of a log of decisions: the first stored wins, until it is withdrawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    accepted: BTreeMap<ReviewId, bool>,
    twice: BTreeSet<EventRef>,
}

impl Decided {
    /// From the log, in its order.
    pub fn from_log(log: impl IntoIterator<Item = Decision>) -> Decided {
        let mut decided = Decided::default();
        for line in log {
            let accept = match line.decree {
                Decree::Accept => true,
                Decree::Reject => false,
                Decree::Withdraw => {
                    decided.accepted.remove(&line.review);
                    continue;
                }
            };
            let standing = *decided.accepted.entry(line.review).or_insert(accept);
            if let Some(event) = line.event.filter(|_| standing != accept) {
                decided.twice.insert(event);
            }
        }
        decided
    }

    /// Whether the default was accepted; `None` while undecided.
    pub fn of(&self, review: ReviewId) -> Option<bool> {
        self.accepted.get(&review).copied()
    }

    /// Whether this [`exchange::Act::ReviewDecided`] came after a decision that said the opposite.
    pub fn is_twice(&self, event: EventRef) -> bool {
        self.twice.contains(&event)
    }
}

/// What is odd about one event, gathered while it is folded.
pub(super) struct Matters<'a> {
    who: EventRef,
    decided: &'a Decided,
    open: Option<Conflict>,
    resolved: Option<Conflict>,
    flag: Option<Conflict>,
}

impl<'a> Matters<'a> {
    pub(super) fn of(who: EventRef, decided: &'a Decided) -> Matters<'a> {
        Matters { who, decided, open: None, resolved: None, flag: None }
    }

    /// Puts a matter before a librarian; says whether the default is (still) in force.
    pub(super) fn review(&mut self, conflict: Conflict) -> bool {
        let verdict = self.decided.of(review_id(self.who, conflict));
        match verdict {
            None => self.open.get_or_insert(conflict),
            Some(_) => self.resolved.insert(conflict),
        };
        verdict.unwrap_or(true)
    }

    /// Notes something a librarian may want to see.
    pub(super) fn flag(&mut self, conflict: Conflict) {
        self.flag.get_or_insert(conflict);
    }

    /// The one fate: an open review weighs most, then a decided one, then a flag.
    pub(super) fn judge(self) -> Judged {
        if let Some(conflict) = self.open {
            Judged { fate: Fate::InReview(review_id(self.who, conflict)), conflict: Some(conflict) }
        } else if let Some(conflict) = self.resolved {
            Judged { fate: Fate::Resolved(review_id(self.who, conflict)), conflict: Some(conflict) }
        } else {
            self.flag.map_or(Judged::APPLIED, Judged::flagged)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exchange::{Epoch, Seq, StationId};

    fn event(seq: u64) -> EventRef {
        EventRef { station: StationId(3), epoch: Epoch(1), seq: Seq(seq) }
    }

    #[test]
    fn a_review_keeps_its_number() {
        // Decisions in the field name reviews by this number: it may never change. Worked out with another program.
        assert_eq!(review_id(event(17), Conflict::LentTwice), ReviewId(2_176_521_685_949_735));
        assert_ne!(review_id(event(17), Conflict::LentTwice), review_id(event(17), Conflict::UnknownItem));
        assert!(review_id(event(18), Conflict::LentTwice).0 < 1 << 52);
    }

    #[test]
    fn the_first_decision_stands_until_withdrawn() {
        let line = |decree, seq| Decision { review: ReviewId(1), decree, event: Some(event(seq)) };
        let log = [line(Decree::Reject, 1), line(Decree::Accept, 2), line(Decree::Reject, 3)];
        let decided = Decided::from_log(log);
        assert_eq!(decided.of(ReviewId(1)), Some(false));
        assert!(decided.is_twice(event(2)) && !decided.is_twice(event(1)) && !decided.is_twice(event(3)));
        let log = [line(Decree::Reject, 1), line(Decree::Withdraw, 2), line(Decree::Accept, 3)];
        assert_eq!(Decided::from_log(log).of(ReviewId(1)), Some(true));
    }
}
