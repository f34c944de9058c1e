//! Records and their differences, as people say them.

use crate::page::when::day_text;
use crate::page::words::Import as Words;
use crate::store::{SchoolId, Store, StoreFault};
use exchange::{
    BlockKind, ClassId, Feed, ItemStatus, Lang, Patron, PatronKind, Record, RecordKey, Title, TitleId,
    TitleKind,
};
use std::cell::RefCell;
use std::collections::HashMap;

/// One thing of a record that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// Of what it is.
    pub(super) field: &'static str,
    /// What it was.
    pub(super) old: String,
    /// What it will be.
    pub(super) new: String,
}

/// Tells records in one language.
pub(super) struct Describer<'s> {
    store: &'s Store,
    school: SchoolId,
    w: &'static Words,
    classes: HashMap<ClassId, String>,
    titles: RefCell<HashMap<TitleId, String>>,
}

impl<'s> Describer<'s> {
    /// For a school, in a language.
    pub(super) fn new(store: &'s Store, school: SchoolId, lang: Lang) -> Result<Describer<'s>, StoreFault> {
        let mut classes = HashMap::new();
        for record in store.records(school, Feed::Classes)? {
            if let Record::Class(class) = record {
                classes.insert(class.id, class.name);
            }
        }
        Ok(Describer { store, school, w: Words::of(lang), classes, titles: RefCell::default() })
    }

    /// What a record is called.
    pub(super) fn name(&self, record: &Record) -> Result<String, StoreFault> {
        Ok(match record {
            Record::Class(class) => format!("{} ({})", class.name, lang(class.lang)),
            Record::Patron(patron) => {
                let mut parts = vec![format!("{} {}", patron.family, patron.given)];
                parts.extend(patron.class.map(|class| self.class(Some(class))));
                parts.extend(patron.cards.first().cloned());
                parts.join(" · ")
            }
            Record::Title(title) => title_name(title),
            Record::Item(item) => format!("{} · {}", item.id, self.title(item.title)?),
            Record::Rules(_)
            | Record::Calendar(_)
            | Record::Set(_)
            | Record::Hold(_)
            | Record::Verdict(_)
            | Record::Notice(_)
            | Record::Loan(_) => String::new(),
        })
    }

    /// In what two states of a record differ.
    pub(super) fn differences(&self, before: &Record, after: &Record) -> Result<Vec<Difference>, StoreFault> {
        let w = self.w;
        let fields: Vec<(&'static str, String, String)> = match (before, after) {
            (Record::Class(old), Record::Class(new)) => vec![
                (w.field_class, old.name.clone(), new.name.clone()),
                (w.field_lang, lang(old.lang).into(), lang(new.lang).into()),
            ],
            (Record::Patron(old), Record::Patron(new)) => self.of_patrons(old, new),
            (Record::Title(old), Record::Title(new)) => vec![
                (w.field_title, old.name.clone(), new.name.clone()),
                (w.field_author, old.author.clone(), new.author.clone()),
                ("ISBN", old.isbn.clone(), new.isbn.clone()),
                (w.field_year, year(old.year), year(new.year)),
                (w.field_kind, self.sort(old.kind).into(), self.sort(new.kind).into()),
            ],
            (Record::Item(old), Record::Item(new)) => vec![
                (w.field_title, self.title(old.title)?, self.title(new.title)?),
                (w.field_state, self.state(old.status).into(), self.state(new.status).into()),
            ],
            (_, _) => Vec::new(),
        };
        let differs = fields.into_iter().filter(|(_, old, new)| old != new);
        Ok(differs
            .map(|(field, old, new)| Difference { field, old: self.or_none(old), new: self.or_none(new) })
            .collect())
    }

    fn of_patrons(&self, old: &Patron, new: &Patron) -> Vec<(&'static str, String, String)> {
        let w = self.w;
        let name = |patron: &Patron| format!("{} {}", patron.family, patron.given);
        let kind = |patron: &Patron| match patron.kind {
            PatronKind::Pupil => w.pupil.to_owned(),
            PatronKind::Teacher => w.teacher.to_owned(),
        };
        let blocks = |patron: &Patron| {
            let block = |kind| match kind {
                BlockKind::LostItem => w.block_lost,
                BlockKind::ByLibrarian => w.block_librarian,
                BlockKind::Left => w.block_left,
            };
            patron.blocks.iter().map(|one| block(one.kind)).collect::<Vec<_>>().join(", ")
        };
        let until = |patron: &Patron| patron.until.map(day_text).unwrap_or_default();
        let mut fields = vec![
            (w.field_name, name(old), name(new)),
            (w.field_cards, old.cards.join(", "), new.cards.join(", ")),
            (w.field_class, self.class(old.class), self.class(new.class)),
            (w.field_kind, kind(old), kind(new)),
            (w.field_lang, lang(old.lang).into(), lang(new.lang).into()),
            (w.field_blocks, blocks(old), blocks(new)),
            (w.field_until, until(old), until(new)),
        ];
        if old.pin != new.pin {
            // Nobody reads a PIN; only that there is another one.
            let new = new.pin.map(|_| w.pin_new.to_owned()).unwrap_or_default();
            fields.push((w.field_pin, old.pin.map(|_| "••••".to_owned()).unwrap_or_default(), new));
        }
        fields
    }

    fn or_none(&self, text: String) -> String {
        if text.is_empty() { self.w.nothing.to_owned() } else { text }
    }

    /// What a class is called.
    pub(super) fn class(&self, class: Option<ClassId>) -> String {
        class
            .map_or_else(String::new, |id| self.classes.get(&id).cloned().unwrap_or_else(|| format!("#{id}")))
    }

    fn title(&self, id: TitleId) -> Result<String, StoreFault> {
        if let Some(name) = self.titles.borrow().get(&id) {
            return Ok(name.clone());
        }
        let record = self.store.record(self.school, Feed::Titles, &RecordKey::Number(id.0))?;
        let name = match record {
            Some(Record::Title(title)) => title_name(&title),
            Some(_) | None => format!("#{id}"),
        };
        self.titles.borrow_mut().insert(id, name.clone());
        Ok(name)
    }

    fn sort(&self, kind: TitleKind) -> &'static str {
        match kind {
            TitleKind::Book => self.w.book,
            TitleKind::Textbook => self.w.textbook,
        }
    }

    fn state(&self, status: ItemStatus) -> &'static str {
        match status {
            ItemStatus::Lendable => self.w.lendable,
            ItemStatus::Reference => self.w.reference,
            ItemStatus::NotForLoan => self.w.not_for_loan,
            ItemStatus::Lost => self.w.lost,
        }
    }
}

/// A language by its own name.
fn lang(lang: Lang) -> &'static str {
    match lang {
        Lang::Kk => "қазақша",
        Lang::Ru => "русский",
        Lang::En => "English",
    }
}

fn year(year: u16) -> String {
    if year == 0 { String::new() } else { year.to_string() }
}

fn title_name(title: &Title) -> String {
    let mut parts = vec![title.name.clone()];
    parts.extend(Some(title.author.clone()).filter(|author| !author.is_empty()));
    parts.extend(Some(year(title.year)).filter(|year| !year.is_empty()));
    parts.join(" · ")
}
