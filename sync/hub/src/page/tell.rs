//! Events and reviews as sentences.

use super::when::{self, day_text};
use super::words::{Receipt, Tell, conflict, fill, refusal};
use crate::fold::Zone;
use crate::store::{EventLine, SchoolId, Store, StoreFault};
use exchange::receipt::{Deed, Line};
use exchange::{Act, ClassId, Fate, Feed, ItemId, Lang, Patron, PatronId, Record, RecordKey};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// Tells in one language what is in the store. Who and what was named once is not looked up again: it lives as long as one
/// page is made.
pub(super) struct Teller<'s> {
    store: &'s Store,
    school: SchoolId,
    zone: Zone,
    lang: Lang,
    stations: BTreeMap<u32, String>,
    patrons: RefCell<HashMap<PatronId, String>>,
    classes: RefCell<HashMap<ClassId, Option<String>>>,
    /// The names of items' titles.
    titles: RefCell<HashMap<ItemId, Option<String>>>,
}

/// An event as a row of a table.
pub(super) struct EventRow {
    /// Its place in the journal.
    pub(super) seq: u64,
    /// When.
    pub(super) when: String,
    /// What happened.
    pub(super) what: String,
    /// What became of it.
    pub(super) fate: String,
    /// Whether that is worth a look.
    pub(super) odd: bool,
}

impl<'s> Teller<'s> {
    /// For a school, in a language.
    pub(super) fn new(store: &'s Store, school: SchoolId, lang: Lang) -> Result<Teller<'s>, StoreFault> {
        let stations =
            store.stations(school)?.into_iter().map(|station| (station.id.0, station.name)).collect();
        Ok(Teller {
            store,
            school,
            zone: store.zone(school)?,
            lang,
            stations,
            patrons: RefCell::default(),
            classes: RefCell::default(),
            titles: RefCell::default(),
        })
    }

    /// In which language.
    pub(super) fn lang(&self) -> Lang {
        self.lang
    }

    /// From which store.
    pub(super) fn store(&self) -> &'s Store {
        self.store
    }

    /// Of which school.
    pub(super) fn school(&self) -> SchoolId {
        self.school
    }

    fn words(&self) -> &'static Tell {
        Tell::of(self.lang)
    }

    /// Day and time in the school's zone: `25.05.2027 10:02`.
    pub(super) fn time(&self, at_s: i64) -> String {
        when::full(&self.zone, at_s)
    }

    /// An event as a row.
    pub(super) fn event(&self, line: &EventLine) -> Result<EventRow, StoreFault> {
        let w = self.words();
        let why = line.judged.conflict.map(|found| conflict(self.lang, found).why);
        let fate = match (line.undone, line.judged.fate, why) {
            (true, _, _) => w.taken_back.to_owned(),
            (false, Fate::InReview(_), Some(why)) => fill(w.in_review, &[("why", why)]),
            (false, Fate::Resolved(_), Some(why)) => fill(w.decided, &[("why", why)]),
            (false, Fate::Flagged, Some(why)) => why.to_owned(),
            (false, Fate::Applied | Fate::Flagged | Fate::InReview(_) | Fate::Resolved(_), _) => {
                w.applied.to_owned()
            }
        };
        Ok(EventRow {
            seq: line.who.seq.0,
            when: self.time(line.at_s),
            what: self.act(&line.event.act)?,
            fate,
            odd: why.is_some() && !line.undone,
        })
    }

    /// What happened, in a sentence.
    pub(super) fn act(&self, act: &Act) -> Result<String, StoreFault> {
        let w = self.words();
        Ok(match act {
            Act::StationStarted { version } => fill(w.did_start, &[("version", version)]),
            Act::CheckedOut { patron, item, due } => fill(
                w.did_lend,
                &[("who", &self.patron(*patron)?), ("book", &self.book(item)?), ("due", &day_text(*due))],
            ),
            Act::Returned { item } => fill(w.did_return, &[("book", &self.book(item)?)]),
            Act::Renewed { patron, item, due } => fill(
                w.did_renew,
                &[("who", &self.patron(*patron)?), ("book", &self.book(item)?), ("due", &day_text(*due))],
            ),
            Act::CountedIssued { patron, count, due, .. } => fill(
                w.did_issue,
                &[("who", &self.patron(*patron)?), ("count", &count.to_string()), ("due", &day_text(*due))],
            ),
            Act::CountedReturned { patron, count, .. } => fill(
                w.did_take_back_copies,
                &[("who", &self.patron(*patron)?), ("count", &count.to_string())],
            ),
            Act::Undone { seq } => fill(w.did_undo, &[("seq", &seq.to_string())]),
            Act::Refused { reason, item } => {
                let book = item.as_ref().map(|item| self.book(item)).transpose()?.unwrap_or_default();
                fill(w.did_refuse, &[("why", refusal(self.lang, *reason)), ("book", &book)])
            }
            Act::ReviewDecided { accept: true, .. } => w.did_decide_yes.to_owned(),
            Act::ReviewDecided { accept: false, .. } => w.did_decide_no.to_owned(),
            Act::ClockChanged { .. } => w.did_set_clock.to_owned(),
            Act::Unknown { kind, .. } => fill(w.did_unknown, &[("kind", &kind.to_string())]),
        })
    }

    /// A line of a receipt, as the paper says it.
    pub(super) fn receipt_line(&self, line: &Line) -> Result<String, StoreFault> {
        let w = Receipt::of(self.lang);
        let book = self.book(&line.item)?;
        Ok(match line.deed {
            Deed::Lent(due) => fill(w.receipt_lent, &[("book", &book), ("due", &day_text(due))]),
            Deed::Returned => fill(self.words().did_return, &[("book", &book)]),
            Deed::Renewed(due) => fill(w.receipt_renewed, &[("book", &book), ("due", &day_text(due))]),
        })
    }

    /// A patron: `Айгерім Қасенова (7 «А»)`.
    pub(super) fn patron(&self, id: PatronId) -> Result<String, StoreFault> {
        if let Some(name) = self.patrons.borrow().get(&id) {
            return Ok(name.clone());
        }
        let name = match self.store.patron(self.school, id)? {
            Some(patron) => self.patron_name(&patron)?,
            None => fill(self.words().unknown_patron, &[("number", &id.to_string())]),
        };
        self.patrons.borrow_mut().insert(id, name.clone());
        Ok(name)
    }

    /// As [`Teller::patron`], of one who is at hand.
    pub(super) fn patron_name(&self, patron: &Patron) -> Result<String, StoreFault> {
        let class = patron.class.map(|class| self.class(class)).transpose()?.flatten();
        Ok(match class {
            Some(class) => format!("{} {} ({class})", patron.given, patron.family),
            None => format!("{} {}", patron.given, patron.family),
        })
    }

    fn class(&self, id: ClassId) -> Result<Option<String>, StoreFault> {
        if let Some(name) = self.classes.borrow().get(&id) {
            return Ok(name.clone());
        }
        let name = match self.store.record(self.school, Feed::Classes, &RecordKey::Number(id.0.into()))? {
            Some(Record::Class(class)) => Some(class.name),
            Some(_) | None => None,
        };
        self.classes.borrow_mut().insert(id, name.clone());
        Ok(name)
    }

    /// A book: `«Абай жолы» № 30012000000017`.
    pub(super) fn book(&self, item: &ItemId) -> Result<String, StoreFault> {
        Ok(match self.title(item)? {
            Some(title) => format!("«{title}» № {item}"),
            None => fill(self.words().unknown_item, &[("number", item.as_str())]),
        })
    }

    /// The title of a book; its number stands elsewhere.
    pub(super) fn title_name(&self, item: &ItemId) -> Result<String, StoreFault> {
        Ok(self.title(item)?.unwrap_or_else(|| self.words().unknown_title.to_owned()))
    }

    fn title(&self, item: &ItemId) -> Result<Option<String>, StoreFault> {
        if let Some(name) = self.titles.borrow().get(item) {
            return Ok(name.clone());
        }
        let name = self.store.title_of(self.school, item)?.map(|title| title.name);
        self.titles.borrow_mut().insert(item.clone(), name.clone());
        Ok(name)
    }

    /// The name of a station.
    pub(super) fn station(&self, id: u32) -> String {
        self.stations.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }
}
