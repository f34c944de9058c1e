//! What was scanned, and to whom it goes. The site's rules for numbers may be wrong; the memory knows better, so a card
//! that only a book has is that book, and the other way round. Which screen is open decides nothing here.

use super::refused::Denied;
use super::{Desk, State, Turn};
use crate::{MemoryFault, Scanned, StockedItem};
use exchange::{ItemId, Loan, Patron, RefusalKind};

/// A book in someone's hand.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Its present number.
    pub id: ItemId,
    /// `None` = unknown to the station.
    pub stocked: Option<StockedItem>,
    /// Who has it.
    pub loan: Option<Loan>,
}

impl Found {
    pub fn title(&self) -> Option<String> {
        let title = self.stocked.as_ref()?.title.as_ref()?;
        Some(title.name.clone())
    }

    pub fn denied(&self, kind: RefusalKind) -> Denied {
        Denied { item: Some(self.id.clone()), title: self.title(), ..Denied::plain(kind) }
    }
}

/// What a scan turned out to be.
enum Meaning {
    Patron(Patron),
    Book(Found),
    Nothing(Denied),
}

impl Turn<'_> {
    /// The book with this number, whether the station knows it or not.
    pub fn find(&self, number: &ItemId) -> Result<Found, MemoryFault> {
        let stocked = self.memory.item(number)?;
        let id = stocked.as_ref().map_or(number, |stocked| &stocked.item.id).clone();
        let loan = self.memory.loan_of(&id)?;
        Ok(Found { id, stocked, loan })
    }

    /// The book with this number, if it is known or on loan.
    fn find_known(&self, number: &str) -> Result<Option<Found>, MemoryFault> {
        let Ok(number) = ItemId::new(number) else { return Ok(None) };
        Ok(Some(self.find(&number)?).filter(|found| found.stocked.is_some() || found.loan.is_some()))
    }
}

impl Desk {
    pub(super) fn scanned(&mut self, scanned: Scanned, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        self.active_ms = turn.now.mono_ms;
        self.help = false;
        self.refused = None;
        if !self.ready_for_scan(turn) {
            return Ok(());
        }
        match self.meaning(scanned, turn)? {
            Meaning::Patron(patron) => self.card(patron, turn),
            Meaning::Book(found) => self.books(vec![found], turn),
            Meaning::Nothing(denied) => self.refuse(vec![denied], turn),
        }
    }

    /// Whether people can be served; a scan at a station that could not write is another try.
    pub(super) fn ready_for_scan(&mut self, turn: &mut Turn<'_>) -> bool {
        match self.state {
            State::Identify(_) | State::Visit(_) | State::Returns(_) => return true,
            State::Finished { .. } | State::TimedOut { .. } => self.clear(),
            State::Idle | State::StaffPin { .. } | State::Staff => {}
        }
        self.faults.retry();
        self.look_around(turn);
        let open = self.faults.current().is_none() && self.enrolling.is_none();
        if open && self.in_session() {
            self.clear();
        }
        open
    }

    fn meaning(&self, scanned: Scanned, turn: &Turn<'_>) -> Result<Meaning, MemoryFault> {
        let nothing = |kind| Ok(Meaning::Nothing(Denied::plain(kind)));
        match scanned {
            Scanned::Card(card) => match turn.memory.patron_by_card(&card)? {
                Some(patron) => Ok(Meaning::Patron(patron)),
                None => match turn.find_known(&card)? {
                    Some(found) => Ok(Meaning::Book(found)),
                    None => nothing(RefusalKind::UnknownCard),
                },
            },
            Scanned::Item(number) => {
                let found = turn.find(&number)?;
                if found.stocked.is_some() || found.loan.is_some() {
                    return Ok(Meaning::Book(found));
                }
                Ok(match turn.memory.patron_by_card(number.as_str())? {
                    Some(patron) => Meaning::Patron(patron),
                    None => Meaning::Book(found),
                })
            }
            Scanned::Number(number) => match turn.find_known(&number)? {
                Some(found) => Ok(Meaning::Book(found)),
                None => match turn.memory.patron_by_card(&number)? {
                    Some(patron) => Ok(Meaning::Patron(patron)),
                    None => nothing(self.unknown_number(&number)),
                },
            },
            Scanned::Isbn(_) => nothing(RefusalKind::IsbnScanned),
            Scanned::Url => nothing(RefusalKind::UrlScanned),
            Scanned::Unreadable => nothing(RefusalKind::Unreadable),
        }
    }

    /// What is said to a number that neither the site's rules nor the memory know: what the screen asks for is not
    /// it. It is never lent, whatever the rules say of unknown items: it may be any code on any thing.
    fn unknown_number(&self, number: &str) -> RefusalKind {
        if ItemId::new(number).is_err() {
            return RefusalKind::Unreadable;
        }
        match self.state {
            State::Visit(_) | State::Returns(_) => RefusalKind::UnknownItem,
            State::Idle
            | State::Identify(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => RefusalKind::UnknownCard,
        }
    }

    /// Books that were scanned or laid down together.
    pub(super) fn books(&mut self, founds: Vec<Found>, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        match self.state {
            State::Visit(_) => self.lend(founds, None, turn),
            State::Returns(_) => self.take_back(founds, turn),
            State::Idle
            | State::Identify(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => self.keep(founds, turn),
        }
    }
}
