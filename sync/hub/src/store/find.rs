//! Looking for patrons, titles and items as people type: by name, card, number, title, with Kazakh letters or without.
//!
//! A school's patrons and titles are a few thousand records: they are read and compared one by one, so that there is no
//! index of names to keep.

use super::records::all;
use super::sql::params;
use super::{SchoolId, Store, StoreFault};
use exchange::search::{key, queries};
use exchange::{Class, Day, Feed, Item, ItemId, Patron, PatronId, Record, RecordKey, Title, TitleId};
use std::collections::HashMap;

/// The shortest end of a card's number that is looked for, in characters.
const LEAST_CARD: usize = 4;

/// Copies of a title that are out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedOut {
    /// Of which title.
    pub title: TitleId,
    /// With whom.
    pub patron: PatronId,
    /// How many.
    pub count: u64,
    /// Until when.
    pub due: Option<Day>,
}

impl Store {
    /// Patrons of a school by name or card, the likeliest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn find_patrons(
        &self,
        school: SchoolId,
        typed: &str,
        limit: usize,
    ) -> Result<Vec<Patron>, StoreFault> {
        let wanted = Wanted::of(typed);
        let mut found = Vec::new();
        for record in all(&self.db, school, Feed::Patrons)? {
            let Record::Patron(patron) = record else { continue };
            let rank = if patron.cards.iter().any(|card| wanted.is_card(card)) {
                Some(0)
            } else {
                wanted.rank(&format!("{} {}", patron.family, patron.given))
            };
            if let Some(rank) = rank {
                found.push((rank, key(&format!("{} {}", patron.family, patron.given)), patron));
            }
        }
        found.sort_by(|one, other| (one.0, &one.1, one.2.id).cmp(&(other.0, &other.1, other.2.id)));
        Ok(found.into_iter().take(limit).map(|(_, _, patron)| patron).collect())
    }

    /// Titles of a school by name, author or ISBN, the likeliest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn find_titles(&self, school: SchoolId, typed: &str, limit: usize) -> Result<Vec<Title>, StoreFault> {
        let wanted = Wanted::of(typed);
        let isbn: String = typed.chars().filter(char::is_ascii_digit).collect();
        let mut found = Vec::new();
        for record in all(&self.db, school, Feed::Titles)? {
            let Record::Title(title) = record else { continue };
            let by_isbn = isbn.len() >= 10 && title.isbn.contains(&isbn);
            let rank =
                if by_isbn { Some(0) } else { wanted.rank(&format!("{} {}", title.name, title.author)) };
            if let Some(rank) = rank {
                found.push((rank, key(&title.name), title));
            }
        }
        found.sort_by(|one, other| (one.0, &one.1, one.2.id).cmp(&(other.0, &other.1, other.2.id)));
        Ok(found.into_iter().take(limit).map(|(_, _, title)| title).collect())
    }

    /// An item of a school by the number on its label.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn item(&self, school: SchoolId, id: &ItemId) -> Result<Option<Item>, StoreFault> {
        Ok(match self.record(school, Feed::Items, &RecordKey::Item(id.clone()))? {
            Some(Record::Item(item)) => Some(item),
            Some(_) | None => None,
        })
    }

    /// A title of a school.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn title(&self, school: SchoolId, id: TitleId) -> Result<Option<Title>, StoreFault> {
        Ok(match self.record(school, Feed::Titles, &RecordKey::Number(id.0))? {
            Some(Record::Title(title)) => Some(title),
            Some(_) | None => None,
        })
    }

    /// The labelled copies of a title, by their numbers.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn items_of(&self, school: SchoolId, title: TitleId) -> Result<Vec<Item>, StoreFault> {
        let all = all(&self.db, school, Feed::Items)?;
        let of_title = |record| {
            let Record::Item(item) = record else { return None };
            (item.title == title).then_some(item)
        };
        Ok(all.into_iter().filter_map(of_title).collect())
    }

    /// The classes of a school by their numbers.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn classes(&self, school: SchoolId) -> Result<HashMap<u64, Class>, StoreFault> {
        let all = all(&self.db, school, Feed::Classes)?;
        let class = |record| {
            let Record::Class(class) = record else { return None };
            Some((u64::from(class.id.0), class))
        };
        Ok(all.into_iter().filter_map(class).collect())
    }

    /// Copies without labels that a patron has.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn counted_of(&self, school: SchoolId, patron: PatronId) -> Result<Vec<CountedOut>, StoreFault> {
        self.settle(school)?;
        let rows = self.db.rows(
            "SELECT title, patron, out, due FROM counted WHERE school = ?1 AND patron = ?2 AND out > 0 ORDER BY title",
            params![school.0, patron.0],
        )?;
        rows.iter()
            .map(|row| {
                Ok(CountedOut {
                    title: TitleId(row.get(0)?),
                    patron: PatronId(row.get(1)?),
                    count: row.get(2)?,
                    due: row.get::<Option<i32>>(3)?.map(Day),
                })
            })
            .collect()
    }
}

/// What somebody typed, as it may have been meant.
struct Wanted {
    typed: String,
    /// In lower case.
    plain: String,
    /// Words of each reading, folded.
    readings: Vec<Vec<String>>,
}

impl Wanted {
    fn of(typed: &str) -> Wanted {
        let all = queries(typed);
        let words = |query: &String| key(query).split(' ').map(str::to_owned).collect::<Vec<_>>();
        Wanted {
            typed: typed.trim().to_owned(),
            plain: all.first().cloned().unwrap_or_default(),
            readings: all.iter().map(words).filter(|words| words.iter().any(|w| !w.is_empty())).collect(),
        }
    }

    fn is_card(&self, card: &str) -> bool {
        let long = self.typed.chars().count() >= LEAST_CARD && self.typed.chars().any(|c| c.is_ascii_digit());
        card == self.typed || (long && card.ends_with(&self.typed))
    }

    /// How likely a text is what was meant, 0 the most; `None`: it is not.
    fn rank(&self, text: &str) -> Option<usize> {
        if self.plain.is_empty() {
            return None;
        }
        let folded = key(text);
        let words: Vec<&str> = folded.split(' ').collect();
        let fits = |reading: &Vec<String>| {
            reading.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted.as_str())))
        };
        let place = self.readings.iter().position(fits)?;
        let exact = text.to_lowercase().contains(&self.plain);
        Some(if exact { 0 } else { place + 1 })
    }
}
