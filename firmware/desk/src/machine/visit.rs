//! A patron is there: the greeting, what was done so far, and how much more may be taken.

use super::log::Log;
use super::my_books::MyLoan;
use super::refused::Denied;
use super::{Desk, State, Turn};
use crate::{MemoryFault, Signal, VisitNote};
use exchange::{ItemId, Patron, PatronId, RefusalKind};
use std::collections::BTreeSet;

/// The most books remembered as staying here.
pub(super) const OPEN_MAX: usize = 20;

/// The visit of a patron.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub patron: PatronId,
    pub given: String,
    pub log: Log,
    /// Books that were scanned but not lent, and stay here.
    pub open: Vec<Open>,
    /// Books that were laid down or scanned and were the patron's already.
    pub yours: BTreeSet<ItemId>,
    pub note: Option<VisitNote>,
    /// How many more books may be taken.
    pub room: u16,
    /// How many books the patron has in all.
    pub on_loan: u16,
    /// All loans, while they are looked at.
    pub my_books: Option<Vec<MyLoan>>,
}

/// A book that stays here.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub item: ItemId,
    pub title: Option<String>,
}

impl Visit {
    /// Remembers a book that was refused.
    pub fn stays_here(&mut self, item: &ItemId, title: Option<&String>) {
        let known = self.open.iter().any(|open| open.item == *item);
        if !known && self.my_books.is_none() && self.open.len() < OPEN_MAX {
            self.open.push(Open { item: item.clone(), title: title.cloned() });
        }
    }
}

impl Desk {
    /// A card of a patron. Another one's card ends the visit that is open: two people never mix.
    pub(super) fn card(&mut self, patron: Patron, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        if let State::Visit(visit) = &mut self.state {
            if visit.patron == patron.id {
                visit.note = Some(VisitNote::CardAgain);
                visit.my_books = None;
                turn.say(Signal::Attention);
                return Ok(());
            }
            self.clear();
        }
        self.begin_visit(patron, turn)
    }

    /// Greets the patron, resumes their visit if it has just timed out, and lends them the books that were kept.
    pub(super) fn begin_visit(&mut self, patron: Patron, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        let kept = self.take_kept(turn)?;
        let resumed = self.unpark(patron.id, turn)?;
        let note = resumed.is_some().then_some(VisitNote::Resumed);
        self.noted.clear();
        self.lang_of_patron = Some(patron.lang);
        self.state = State::Visit(Visit {
            patron: patron.id,
            given: patron.given,
            log: resumed.unwrap_or_default(),
            open: Vec::new(),
            yours: BTreeSet::new(),
            note,
            room: 0,
            on_loan: 0,
            my_books: None,
        });
        self.refresh_visit(turn)?;
        if kept.is_empty() {
            turn.say(Signal::Attention);
            Ok(())
        } else {
            self.lend(kept, note, turn)
        }
    }

    /// Reads again what the visit shows of the patron's loans.
    pub(super) fn refresh_visit(&mut self, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        let State::Visit(visit) = &self.state else { return Ok(()) };
        let (patron, looks) = (visit.patron, visit.my_books.is_some());
        let Some((ground, borrower)) = self.case(patron, turn)? else { return Ok(()) };
        let rows = if looks { Some(self.my_loans(&ground, &borrower.patron, turn)?) } else { None };
        let on_loan = turn.memory.loans_of(patron)?.len();
        if let State::Visit(visit) = &mut self.state {
            visit.room = ground.room(&borrower);
            visit.on_loan = u16::try_from(on_loan).unwrap_or(u16::MAX);
            visit.my_books = rows;
        }
        Ok(())
    }

    /// The patron is no longer known: the region has taken them out while they stood here.
    pub(super) fn patron_gone(&mut self, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        self.clear();
        self.refuse(vec![Denied::plain(RefusalKind::UnknownCard)], turn)
    }
}
