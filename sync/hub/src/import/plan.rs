//! From rows to what would change: finds out what a row means among what the region already knows. Pure; numbers of new
//! classes, patrons and titles follow the highest ones known.

use super::{BadRow, ClassRow, Import, ItemRow, RowFault, Shown, TitleRow};
use exchange::{
    Class, ClassId, Item, ItemId, ItemStatus, Patron, PatronId, Record, Title, TitleId, TitleKind,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// What the region knows of the school.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub(super) classes: BTreeMap<(u8, String), Class>,
    pub(super) patrons: BTreeMap<PatronId, Patron>,
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

/// One record as it was and as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The line of the file that asks for it; `None` for somebody who is missing from the file.
    pub line: Option<u32>,
    /// What the region has; `None` if it is new.
    pub before: Option<Record>,
    /// What it would have.
    pub after: Record,
    /// On what it depends.
    pub part: Part,
}

impl Planned {
    /// Whether the region has it just so.
    pub fn is_same(&self) -> bool {
        self.before.as_ref() == Some(&self.after)
    }
}

/// On what a planned change depends. Questions are numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// On nothing.
    Sure,
    /// It is the same person, who has a new card.
    SamePerson(u32),
    /// It is somebody else of the same name in the same class.
    OtherPerson(u32),
    /// Whoever is missing from the file has left the school.
    Leaver,
}

/// What rows of classes ask for. A class is known by grade and letter.
pub fn plan_classes(import: &mut Import<ClassRow>, known: &Known) -> Vec<Planned> {
    let mut next = known.classes.values().map(|class| class.id.0).max().unwrap_or(0);
    let planned = import.rows.iter().map(|(line, row)| {
        let old = known.classes.get(&(row.name.grade, row.name.letter.clone()));
        let id = old.map_or_else(
            || {
                next += 1;
                ClassId(next)
            },
            |class| class.id,
        );
        let class = Class {
            id,
            grade: row.name.grade,
            letter: row.name.letter.clone(),
            name: row.name.original.clone(),
            lang: row.lang.or(old.map(|class| class.lang)).unwrap_or_default(),
        };
        sure(*line, old.cloned().map(Record::Class), Record::Class(class))
    });
    planned.collect()
}

/// What rows of titles ask for. A title is known by its ISBN, and without one by name, author and year.
pub fn plan_titles(import: &mut Import<TitleRow>, known: &Known) -> Vec<Planned> {
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
    let planned = import.rows.iter().map(|(line, row)| {
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
        let title = Title {
            id,
            name: row.name.clone(),
            author: row.author.clone().or_else(|| old.map(|title| title.author.clone())).unwrap_or_default(),
            isbn: row.isbn.clone(),
            year: row.year.or(old.map(|title| title.year)).unwrap_or(0),
            kind: row.kind.or(old.map(|title| title.kind)).unwrap_or(TitleKind::Book),
        };
        sure(*line, old.map(|title| Record::Title((*title).clone())), Record::Title(title))
    });
    planned.collect()
}

/// What rows of items ask for. The title is found by ISBN, and without one by its name alone.
pub fn plan_items(import: &mut Import<ItemRow>, known: &Known) -> Vec<Planned> {
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
    let (mut planned, mut bad) = (Vec::new(), Vec::new());
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
        let item = Item {
            id: row.id.clone(),
            title,
            status: row.status.or(old.map(|item| item.status)).unwrap_or(ItemStatus::Lendable),
            former: old.map_or_else(Vec::new, |item| item.former.clone()),
        };
        planned.push(sure(*line, old.cloned().map(Record::Item), Record::Item(item)));
        true
    });
    add(&mut import.bad, bad);
    planned
}

/// A change that depends on nothing.
pub(super) fn sure(line: u32, before: Option<Record>, after: Record) -> Planned {
    Planned { line: Some(line), before, after, part: Part::Sure }
}

/// Adds bad rows, in the order of their lines.
pub(super) fn add(all: &mut Vec<BadRow>, more: Vec<BadRow>) {
    all.extend(more);
    all.sort_by_key(|row| row.line);
}
