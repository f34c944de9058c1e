//! What the desk asks, answered from both databases. What an index led to is checked against the record itself.

use crate::fold::CountedLoan;
use crate::{Journal, StoreFault};
use desk::{Memory, MemoryFault, StockedItem};
use exchange::{
    Calendar, Class, ClassId, Feed, Hold, Item, ItemId, Loan, Notice, Patron, PatronId, Record, RecordKey,
    Rules, Title, TitleId,
};
use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::locale;
use std::cmp::Ordering;

/// The Kazakh alphabet's order (CLDR `kk`).
#[derive(Debug)]
pub(crate) struct KazakhOrder(CollatorBorrowed<'static>);

impl KazakhOrder {
    pub(crate) fn new() -> Result<KazakhOrder, StoreFault> {
        // The tables are compiled in; without them nothing could be sorted.
        Collator::try_new(locale!("kk").into(), CollatorOptions::default())
            .map(KazakhOrder)
            .map_err(|_| StoreFault::Failing { code: 0 })
    }

    pub(crate) fn compare(&self, a: &str, b: &str) -> Ordering {
        self.0.compare(a, b)
    }
}

impl From<StoreFault> for MemoryFault {
    fn from(_: StoreFault) -> MemoryFault {
        MemoryFault
    }
}

/// Takes the record of one kind out of what a feed holds.
macro_rules! as_kind {
    ($record:expr, $kind:path) => {
        match $record {
            Some($kind(record)) => Some(record),
            Some(_) | None => None,
        }
    };
}

impl Journal {
    fn number_record(&self, feed: Feed, number: u64) -> Result<Option<Record>, StoreFault> {
        self.reference.record(feed, &RecordKey::Number(number))
    }

    fn item_record(&self, number: &ItemId) -> Result<Option<Item>, StoreFault> {
        let record = self.reference.record(Feed::Items, &RecordKey::Item(number.clone()))?;
        Ok(as_kind!(record, Record::Item))
    }
}

impl Memory for Journal {
    fn patron_by_card(&self, card: &str) -> Result<Option<Patron>, MemoryFault> {
        let Some(id) = self.reference.patron_of_card(card)? else { return Ok(None) };
        Ok(self.patron(id)?.filter(|patron| patron.cards.iter().any(|own| own == card)))
    }

    fn patron(&self, id: PatronId) -> Result<Option<Patron>, MemoryFault> {
        Ok(as_kind!(self.number_record(Feed::Patrons, id.0)?, Record::Patron))
    }

    fn item(&self, number: &ItemId) -> Result<Option<StockedItem>, MemoryFault> {
        let item = match self.item_record(number)? {
            Some(item) => Some(item),
            None => match self.reference.item_of_former(number)? {
                Some(present) => self.item_record(&present)?.filter(|item| item.former.contains(number)),
                None => None,
            },
        };
        item.map(|item| Ok(StockedItem { title: self.title(item.title)?, item })).transpose()
    }

    fn title(&self, id: TitleId) -> Result<Option<Title>, MemoryFault> {
        Ok(as_kind!(self.number_record(Feed::Titles, id.0)?, Record::Title))
    }

    fn loan_of(&self, item: &ItemId) -> Result<Option<Loan>, MemoryFault> {
        Ok(self.loans.of_item(item).cloned())
    }

    fn loans_of(&self, patron: PatronId) -> Result<Vec<Loan>, MemoryFault> {
        Ok(self.loans.of_patron(patron))
    }

    fn holds_on(&self, title: TitleId) -> Result<Vec<Hold>, MemoryFault> {
        let ids = self.reference.ids("SELECT hold FROM claim WHERE title = ?1 ORDER BY hold", title.0)?;
        let mut holds = Vec::with_capacity(ids.len());
        for id in ids {
            let hold = as_kind!(self.number_record(Feed::Holds, id)?, Record::Hold);
            holds.extend(hold.filter(|hold| hold.title == title));
        }
        Ok(holds)
    }

    fn classes(&self) -> Result<Vec<Class>, MemoryFault> {
        let mut classes = Vec::new();
        for id in self.reference.ids("SELECT DISTINCT class FROM member WHERE class >= ?1", 0)? {
            classes.extend(as_kind!(self.number_record(Feed::Classes, id)?, Record::Class));
        }
        classes.sort_by(|a, b| {
            let letters = || self.order.compare(&a.letter, &b.letter);
            a.grade.cmp(&b.grade).then_with(letters).then(a.id.cmp(&b.id))
        });
        Ok(classes)
    }

    fn patrons_with_pin(&self, class: ClassId) -> Result<Vec<Patron>, MemoryFault> {
        let mut patrons = Vec::new();
        for id in self.reference.ids("SELECT patron FROM member WHERE class = ?1", class.0.into())? {
            let patron = as_kind!(self.number_record(Feed::Patrons, id)?, Record::Patron);
            patrons.extend(patron.filter(|patron| patron.class == Some(class) && patron.pin.is_some()));
        }
        patrons.sort_by(|a, b| {
            let given = || self.order.compare(&a.given, &b.given);
            self.order.compare(&a.family, &b.family).then_with(given).then(a.id.cmp(&b.id))
        });
        Ok(patrons)
    }

    fn rules(&self) -> Result<Option<Rules>, MemoryFault> {
        Ok(as_kind!(self.reference.record(Feed::Rules, &RecordKey::Only)?, Record::Rules))
    }

    fn calendar(&self) -> Result<Option<Calendar>, MemoryFault> {
        Ok(as_kind!(self.reference.record(Feed::Calendar, &RecordKey::Only)?, Record::Calendar))
    }

    fn data_as_of_s(&self) -> Result<Option<i64>, MemoryFault> {
        Ok(self.reference.about()?.data_as_of_s)
    }

    fn notices(&self) -> Result<Vec<Notice>, MemoryFault> {
        let records = self.reference.records(Feed::Notices)?;
        Ok(records.into_iter().filter_map(|record| as_kind!(Some(record), Record::Notice)).collect())
    }
}

impl Journal {
    /// What a patron has of counted stock given out here, by title.
    pub fn counted_of(&self, patron: PatronId) -> Vec<CountedLoan> {
        self.loans.counted_of_patron(patron)
    }
}
