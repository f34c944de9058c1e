//! A review as a short story: what happened on both sides, in the order of time, and what each answer would do.

use super::tell::Teller;
use super::when::day_text;
use super::words::{Reviews, conflict, fill};
use crate::fold::Subject;
use crate::store::{ReviewLine, ReviewSide, StoreFault};
use exchange::{Act, Conflict, Day, ItemId, PatronId};

/// Events of a book that a story looks at.
const LOOK: u32 = 60;

/// Events of a story before the first side of it, and after its cause.
const AROUND: usize = 1;

/// A review as a card.
pub(super) struct Story {
    /// Its number.
    pub(super) id: u64,
    /// Why a person should see it.
    pub(super) why: &'static str,
    /// What happened, in the order of time.
    pub(super) line: Vec<Moment>,
    /// What accepting does.
    pub(super) accept: String,
    /// What rejecting does.
    pub(super) reject: String,
    /// Who decided and how; `None` while undecided.
    pub(super) decided: Option<String>,
}

/// One event of a story.
pub(super) struct Moment {
    /// When.
    pub(super) when: String,
    /// Where.
    pub(super) station: String,
    /// What.
    pub(super) what: String,
    /// Whether it caused the review.
    pub(super) cause: bool,
}

impl Teller<'_> {
    /// A review as a story.
    pub(super) fn story(&self, review: &ReviewLine) -> Result<Story, StoreFault> {
        let w = Reviews::of(self.lang());
        let decided = review.accepted.map(|accepted| {
            let (who, at_s) = review.by.clone().unwrap_or_default();
            let sentence = if accepted { w.accepted_by } else { w.rejected_by };
            fill(sentence, &[("who", &who), ("when", &self.time(at_s))])
        });
        let (accept, reject) = self.consequences(review)?;
        Ok(Story {
            id: review.review.0,
            why: conflict(self.lang(), review.conflict).why,
            line: self.line(review)?,
            accept,
            reject,
            decided,
        })
    }

    fn line(&self, review: &ReviewLine) -> Result<Vec<Moment>, StoreFault> {
        let mut events = match item_of(&review.cause.event.act) {
            Some(item) => self.store().events_about(self.school(), &Subject::Item(item.clone()), LOOK)?,
            None => Vec::new(),
        };
        events.sort_by_key(|event| (event.at_s, event.who));
        let place = |who| events.iter().position(|event| event.who == who);
        let cause = place(review.cause.who);
        let other = match &review.other {
            ReviewSide::Loan(loan) => place(loan.opened.who),
            ReviewSide::None => None,
        };
        let Some(cause) = cause else {
            return Ok(vec![self.moment(&review.cause, true)?]);
        };
        let from = other.map_or(cause, |other| other.min(cause)).saturating_sub(AROUND);
        let upto = (cause + 1 + AROUND).min(events.len());
        let shown = events.get(from..upto).unwrap_or_default();
        shown.iter().map(|event| self.moment(event, event.who == review.cause.who)).collect()
    }

    fn moment(&self, event: &crate::store::EventLine, cause: bool) -> Result<Moment, StoreFault> {
        Ok(Moment {
            when: self.time(event.at_s),
            station: self.station(event.who.station.0),
            what: self.act(&event.event.act)?,
            cause,
        })
    }

    /// What accepting does, and what rejecting does, with names.
    pub(super) fn consequences(&self, review: &ReviewLine) -> Result<(String, String), StoreFault> {
        let w = Reviews::of(self.lang());
        let act = &review.cause.event.act;
        let book = item_of(act).map(|item| self.book(item)).transpose()?.unwrap_or_default();
        let who = patron_of(act).map(|patron| self.patron(patron)).transpose()?.unwrap_or_default();
        let other = match &review.other {
            ReviewSide::Loan(loan) => Some(self.patron(loan.patron)?),
            ReviewSide::None => None,
        };
        let number = if review.conflict == Conflict::UnknownPatron {
            patron_of(act).map(|patron| patron.to_string())
        } else {
            item_of(act).map(|item| item.as_str().to_owned())
        };
        let due = due_of(act).map(day_text).unwrap_or_default();
        let places = [
            ("book", book.as_str()),
            ("who", who.as_str()),
            ("other", other.as_deref().unwrap_or_default()),
            ("number", number.as_deref().unwrap_or_default()),
            ("due", due.as_str()),
        ];
        let both = |accept, reject| (fill(accept, &places), fill(reject, &places));
        Ok(match review.conflict {
            Conflict::LentTwice if other.is_some() => both(w.lent_twice_accept, w.lent_twice_reject),
            Conflict::UnknownItem => both(w.unknown_item_accept, w.unknown_item_reject),
            Conflict::UnknownPatron => both(w.unknown_patron_accept, w.unknown_patron_reject),
            Conflict::RenewedClosedLoan => both(w.renewed_closed_accept, w.renewed_closed_reject),
            Conflict::LentTwice
            | Conflict::ReturnWithoutLoan
            | Conflict::PatronBlocked
            | Conflict::OverLimit
            | Conflict::ItemNotForLoan
            | Conflict::HeldByAnother
            | Conflict::RenewedTooOften
            | Conflict::ReferenceLent
            | Conflict::ClockWrong
            | Conflict::Fork
            | Conflict::Revoked
            | Conflict::PatronGone
            | Conflict::DecidedTwice
            | Conflict::UndoWithoutEvent
            | Conflict::OldRules
            | Conflict::Unreadable => {
                let words = conflict(self.lang(), review.conflict);
                (words.accept.to_owned(), words.reject.to_owned())
            }
        })
    }
}

fn item_of(act: &Act) -> Option<&ItemId> {
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

fn patron_of(act: &Act) -> Option<PatronId> {
    match act {
        Act::CheckedOut { patron, .. }
        | Act::Renewed { patron, .. }
        | Act::CountedIssued { patron, .. }
        | Act::CountedReturned { patron, .. } => Some(*patron),
        Act::StationStarted { .. }
        | Act::Returned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    }
}

fn due_of(act: &Act) -> Option<Day> {
    match act {
        Act::CheckedOut { due, .. } | Act::Renewed { due, .. } | Act::CountedIssued { due, .. } => Some(*due),
        Act::StationStarted { .. }
        | Act::Returned { .. }
        | Act::CountedReturned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    }
}
