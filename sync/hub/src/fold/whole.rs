//! The fold of a whole school from nothing: what every incremental refold must come to.

use super::{
    Dated, Decided, Decision, EventRef, FoldedCount, FoldedLoan, Judged, Reference, Subject, fold_counted,
    fold_item, fold_patron, judge_loose, subject_of,
};
use exchange::{Fate, ItemId, PatronId, ReviewId, TitleId};
use std::collections::{BTreeMap, BTreeSet};

/// Everything the fold says of a school.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    /// What became of each event.
    pub fates: BTreeMap<EventRef, Judged>,
    /// Events that were taken back.
    pub undone: BTreeSet<EventRef>,
    /// Loans of each item, open and closed, in order.
    pub loans: BTreeMap<ItemId, Vec<FoldedLoan>>,
    /// Copies without labels that are out.
    pub counted: BTreeMap<(PatronId, TitleId), FoldedCount>,
}

impl Picture {
    /// The reviews, and whether each is decided.
    pub fn reviews(&self) -> BTreeMap<ReviewId, bool> {
        self.fates
            .values()
            .filter_map(|judged| match judged.fate {
                Fate::InReview(review) => Some((review, false)),
                Fate::Resolved(review) => Some((review, true)),
                Fate::Applied | Fate::Flagged => None,
            })
            .collect()
    }
}

/// Folds all events of a school, in whatever order they are given; `log` in the order in which it was made durable.
pub fn whole(events: Vec<Dated>, log: &[Decision], reference: &Reference) -> Picture {
    let decided = Decided::from_log(log.iter().copied());
    let present = |subject| match subject {
        Subject::Item(item) => Subject::Item(reference.former.get(&item).cloned().unwrap_or(item)),
        Subject::Counted(patron, title) => Subject::Counted(patron, title),
    };
    let subjects: BTreeMap<EventRef, Subject> =
        events.iter().filter_map(|event| Some((event.who, present(subject_of(&event.act)?)))).collect();
    let mut picture = Picture::default();
    let mut by_subject: BTreeMap<Subject, Vec<Dated>> = BTreeMap::new();
    for event in events {
        let name = event.takes_back.unwrap_or(event.who);
        match subjects.get(&name).filter(|_| name <= event.who) {
            Some(subject) => by_subject.entry(subject.clone()).or_default().push(event),
            None => {
                let judged = judge_loose(&event.act, decided.is_twice(event.who));
                picture.fates.insert(event.who, judged);
            }
        }
    }
    let mut by_patron: BTreeMap<PatronId, Vec<FoldedLoan>> = BTreeMap::new();
    for (subject, events) in by_subject {
        let folded = match &subject {
            Subject::Item(item) => fold_item(item, events, reference, &decided),
            Subject::Counted(patron, title) => fold_counted(*patron, *title, events, reference, &decided),
        };
        picture.fates.extend(folded.fates);
        picture.undone.extend(folded.undone);
        for loan in &folded.loans {
            by_patron.entry(loan.patron).or_default().push(loan.clone());
        }
        match subject {
            Subject::Item(item) => {
                picture.loans.insert(item, folded.loans);
            }
            Subject::Counted(patron, title) => {
                picture.counted.extend(folded.count.map(|count| ((patron, title), count)));
            }
        }
    }
    for (patron, loans) in by_patron {
        for (who, flag) in fold_patron(patron, &loans, reference) {
            if let Some(judged) = picture.fates.get_mut(&who) {
                *judged = judged.and_patron(Some(flag));
            }
        }
    }
    picture
}
