//! From rows to changes: finds out what a row means among what the region already knows. Pure; numbers of new classes,
//! patrons and titles follow the highest ones known.

use super::patrons::THE_CLASS;
use super::{BadRow, ClassRow, Import, ItemRow, PatronRow, RowFault, Shown, TitleRow};
use crate::store::Change;
use exchange::pin::PinHash;
use exchange::{
    Block, Class, ClassId, Day, Item, ItemId, ItemStatus, Lang, Patron, PatronId, PatronKind, Record, Title,
    TitleId, TitleKind,
};
use std::collections::{BTreeMap, HashMap};

/// What the region knows of the school.
#[derive(Debug, Clone, Default)]
pub struct Known {
    classes: BTreeMap<(u8, String), Class>,
    patrons: BTreeMap<PatronId, Patron>,
    titles: BTreeMap<TitleId, Title>,
    items: HashMap<ItemId, Item>,
}

impl Known {
    /// From the records of the feeds.
    pub fn new(records: impl IntoIterator<Item = Record>) -> Known {
        let mut known = Known::default();
        for record in records {
            match record {
                Record::Class(class) => {
                    known.classes.insert((class.grade, class.letter.clone()), class);
                }
                Record::Patron(patron) => {
                    known.patrons.insert(patron.id, patron);
                }
                Record::Title(title) => {
                    known.titles.insert(title.id, title);
                }
                Record::Item(item) => {
                    known.items.insert(item.id.clone(), item);
                }
                Record::Rules(_)
                | Record::Calendar(_)
                | Record::Set(_)
                | Record::Hold(_)
                | Record::Verdict(_)
                | Record::Notice(_)
                | Record::Loan(_) => {}
            }
        }
        known
    }
}

/// Changes that rows of classes ask for. A class is known by grade and letter.
pub fn plan_classes(import: &mut Import<ClassRow>, known: &Known) -> Vec<Change> {
    let mut next = known.classes.values().map(|class| class.id.0).max().unwrap_or(0);
    let changes = import.rows.iter().map(|(_, row)| {
        let old = known.classes.get(&(row.name.grade, row.name.letter.clone()));
        let id = old.map_or_else(
            || {
                next += 1;
                ClassId(next)
            },
            |class| class.id,
        );
        Change::Put(Record::Class(Class {
            id,
            grade: row.name.grade,
            letter: row.name.letter.clone(),
            name: row.name.original.clone(),
            lang: row.lang.or(old.map(|class| class.lang)).unwrap_or_default(),
        }))
    });
    changes.collect()
}

/// Changes that rows of patrons ask for. A patron is known by any of their cards, and without one by name and class.
/// A new card is put before the old ones, which stay valid. `salt` gives chance for a new PIN; `today` dates a new block.
pub fn plan_patrons(
    import: &mut Import<PatronRow>,
    known: &Known,
    today: Day,
    mut salt: impl FnMut() -> [u8; 8],
) -> Vec<Change> {
    let by_card: HashMap<&str, PatronId> = known
        .patrons
        .values()
        .flat_map(|patron| patron.cards.iter().map(|card| (card.as_str(), patron.id)))
        .collect();
    let by_name: HashMap<(&str, &str, Option<ClassId>), PatronId> = known
        .patrons
        .values()
        .map(|patron| ((patron.family.as_str(), patron.given.as_str(), patron.class), patron.id))
        .collect();
    let mut next = known.patrons.keys().next_back().map_or(0, |id| id.0);
    let mut changes = Vec::new();
    let column =
        import.notes.read.iter().find(|column| column.what == THE_CLASS).map(|column| column.name.clone());
    let mut bad = Vec::new();
    import.rows.retain(|(line, row)| {
        let class = match &row.class {
            Some(Some(name)) => match known.classes.get(&(name.grade, name.letter.clone())) {
                Some(class) => Some(Some(class)),
                None => {
                    let fault = RowFault::UnknownClass(Shown::of_person(&name.original));
                    bad.push(BadRow { line: *line, column: column.clone(), fault });
                    return false;
                }
            },
            Some(None) => Some(None),
            None => None,
        };
        let class_id = class.map(|class| class.map(|class| class.id));
        let by_name = || by_name.get(&(row.family.as_str(), row.given.as_str(), class_id.flatten())).copied();
        let id = match &row.card {
            Some(card) => by_card.get(card.as_str()).copied(),
            None => by_name(),
        };
        let old = id.and_then(|id| known.patrons.get(&id));
        let id = id.unwrap_or_else(|| {
            next += 1;
            PatronId(next)
        });
        let mut cards = old.map_or_else(Vec::new, |patron| patron.cards.clone());
        if let Some(card) = row.card.as_ref().filter(|card| !cards.contains(card)) {
            cards.insert(0, card.clone());
        }
        let lang = class.flatten().map(|class| class.lang);
        changes.push(Change::Put(Record::Patron(Patron {
            id,
            cards,
            given: row.given.clone(),
            family: row.family.clone(),
            class: class_id.unwrap_or_else(|| old.and_then(|patron| patron.class)),
            kind: row.kind.or(old.map(|patron| patron.kind)).unwrap_or(PatronKind::Pupil),
            lang: row.lang.or(old.map(|patron| patron.lang)).or(lang).unwrap_or(Lang::Kk),
            blocks: match (row.block, old) {
                (None, old) => old.map_or_else(Vec::new, |patron| patron.blocks.clone()),
                (Some(None), _) => Vec::new(),
                (Some(Some(kind)), old) => {
                    let same = old.and_then(|patron| patron.blocks.iter().find(|block| block.kind == kind));
                    vec![same.copied().unwrap_or(Block { kind, since: today })]
                }
            },
            until: row.until.unwrap_or_else(|| old.and_then(|patron| patron.until)),
            pin: match &row.pin {
                None => old.and_then(|patron| patron.pin),
                Some(None) => None,
                Some(Some(pin)) => {
                    let same = old.and_then(|patron| patron.pin).filter(|hash| hash.matches(pin.as_str()));
                    same.or_else(|| PinHash::of(pin.as_str(), salt()))
                }
            },
        })));
        true
    });
    add(&mut import.bad, bad);
    changes
}

/// Changes that rows of titles ask for. A title is known by its ISBN, and without one by name, author and year.
pub fn plan_titles(import: &mut Import<TitleRow>, known: &Known) -> Vec<Change> {
    let by_isbn: HashMap<&str, &Title> = known
        .titles
        .values()
        .filter(|title| !title.isbn.is_empty())
        .map(|title| (title.isbn.as_str(), title))
        .collect();
    let by_name: HashMap<(&str, &str, u16), &Title> = known
        .titles
        .values()
        .filter(|title| title.isbn.is_empty())
        .map(|title| ((title.name.as_str(), title.author.as_str(), title.year), title))
        .collect();
    let mut next = known.titles.keys().next_back().map_or(0, |id| id.0);
    let changes = import.rows.iter().map(|(_, row)| {
        let old = if row.isbn.is_empty() {
            let author = row.author.as_deref().unwrap_or_default();
            by_name.get(&(row.name.as_str(), author, row.year.unwrap_or(0)))
        } else {
            by_isbn.get(row.isbn.as_str())
        };
        let id = old.map_or_else(
            || {
                next += 1;
                TitleId(next)
            },
            |title| title.id,
        );
        Change::Put(Record::Title(Title {
            id,
            name: row.name.clone(),
            author: row.author.clone().or_else(|| old.map(|title| title.author.clone())).unwrap_or_default(),
            isbn: row.isbn.clone(),
            year: row.year.or(old.map(|title| title.year)).unwrap_or(0),
            kind: row.kind.or(old.map(|title| title.kind)).unwrap_or(TitleKind::Book),
        }))
    });
    changes.collect()
}

/// Changes that rows of items ask for. The title is found by ISBN, and without one by its name alone.
pub fn plan_items(import: &mut Import<ItemRow>, known: &Known) -> Vec<Change> {
    let by_isbn: HashMap<&str, TitleId> = known
        .titles
        .values()
        .filter(|title| !title.isbn.is_empty())
        .map(|title| (title.isbn.as_str(), title.id))
        .collect();
    let mut by_name: HashMap<&str, Vec<TitleId>> = HashMap::new();
    for title in known.titles.values() {
        by_name.entry(title.name.as_str()).or_default().push(title.id);
    }
    let (mut changes, mut bad) = (Vec::new(), Vec::new());
    import.rows.retain(|(line, row)| {
        let named = by_name.get(row.title.as_str()).map_or(&[][..], Vec::as_slice);
        let title = match (by_isbn.get(row.isbn.as_str()), named) {
            (Some(title), _) => Ok(*title),
            (None, [title]) if row.isbn.is_empty() => Ok(*title),
            (None, [_, _, ..]) if row.isbn.is_empty() => {
                Err(RowFault::AmbiguousTitle(Shown::of_book(&row.title)))
            }
            (None, _) => {
                let sought = if row.isbn.is_empty() { &row.title } else { &row.isbn };
                Err(RowFault::UnknownTitle(Shown::of_book(sought)))
            }
        };
        let title = match title {
            Ok(title) => title,
            Err(fault) => {
                bad.push(BadRow { line: *line, column: None, fault });
                return false;
            }
        };
        let old = known.items.get(&row.id);
        changes.push(Change::Put(Record::Item(Item {
            id: row.id.clone(),
            title,
            status: row.status.or(old.map(|item| item.status)).unwrap_or(ItemStatus::Lendable),
            former: old.map_or_else(Vec::new, |item| item.former.clone()),
        })));
        true
    });
    add(&mut import.bad, bad);
    changes
}

fn add(all: &mut Vec<BadRow>, more: Vec<BadRow>) {
    all.extend(more);
    all.sort_by_key(|row| row.line);
}
