//! Records of the feeds: putting them, taking them away, each change under a number of its own.

use super::code::word;
use super::settle::settle;
use super::sql::{Db, Meets, Tx, Value, params};
use super::tables::{EDITION, FEED_HASH, ITEM_STATUS, RECORD, RULES_VERSION};
use super::{SchoolId, Store, StoreFault, former};
use exchange::{Feed, FeedHash, Record, RecordKey, StationId, row};
use std::collections::{BTreeMap, HashMap};

/// For all stations of a school.
pub(super) const EVERYONE: StationId = StationId(0);

/// So many new records at once are many.
const MANY: u64 = 500;

/// One change to reference data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A record that is new or changed.
    Put(Record),
    /// A record that is gone.
    Gone(Feed, RecordKey),
}

impl Change {
    fn name(&self) -> (Feed, RecordKey) {
        match self {
            Change::Put(record) => (record.feed(), record.key()),
            Change::Gone(feed, key) => (*feed, key.clone()),
        }
    }
}

/// What saving changes did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Saved {
    /// New.
    pub added: u64,
    /// Changed.
    pub changed: u64,
    /// As it was.
    pub same: u64,
    /// Taken away.
    pub gone: u64,
}

impl Store {
    /// Saves changes of a school's reference data, all or none, and folds anew what rests on them.
    ///
    /// # Errors
    /// The database cannot be written; then nothing was saved.
    pub fn save(&mut self, school: SchoolId, changes: &[Change], now_s: i64) -> Result<Saved, StoreFault> {
        self.save_by(school, changes, "", now_s)
    }

    /// A record of a feed for all stations of a school.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn record(
        &self,
        school: SchoolId,
        feed: Feed,
        key: &RecordKey,
    ) -> Result<Option<Record>, StoreFault> {
        self.settle_feed(school, feed)?;
        Ok(get(&self.db, school, feed, std::slice::from_ref(key))?.into_values().next())
    }

    /// All records of a feed for all stations of a school, in the order of their keys.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn records(&self, school: SchoolId, feed: Feed) -> Result<Vec<Record>, StoreFault> {
        self.settle_feed(school, feed)?;
        all(&self.db, school, feed)
    }

    fn settle_feed(&self, school: SchoolId, feed: Feed) -> Result<(), StoreFault> {
        match feed {
            Feed::Loans | Feed::Verdicts => self.settle(school),
            Feed::Rules
            | Feed::Calendar
            | Feed::Classes
            | Feed::Patrons
            | Feed::Titles
            | Feed::Items
            | Feed::Sets
            | Feed::Holds
            | Feed::Notices => Ok(()),
        }
    }
}

/// Saves changes of a school's reference data within a transaction, and folds anew what rests on them. `login` is who makes
/// them; empty for the program itself.
pub(super) fn save_within(
    tx: &Tx<'_>,
    school: SchoolId,
    changes: &[Change],
    now_s: i64,
    login: &str,
) -> Result<Saved, StoreFault> {
    settle(tx, school)?;
    let changes: Vec<(StationId, Change)> = changes.iter().map(|change| (EVERYONE, change.clone())).collect();
    keep_history(tx, school, &changes, now_s, login)?;
    let moved = former::note(tx, school, &changes)?;
    let saved = apply(tx, school, changes)?;
    apply(tx, school, moved)?;
    if saved.added > MANY {
        tx.count_anew(&RECORD)?;
    }
    if saved != (Saved { same: saved.same, ..Saved::default() }) {
        super::fold::refold_all(tx, school)?;
    }
    Ok(saved)
}

/// A key as text; keys of numbers sort as numbers do.
pub(super) fn key_text(key: &RecordKey) -> String {
    match key {
        RecordKey::Only => "o".to_owned(),
        RecordKey::Number(number) => format!("n{number:020}"),
        RecordKey::Item(item) => format!("i{item}"),
    }
}

/// The key of a text.
pub(super) fn key_of(text: &str) -> Result<RecordKey, StoreFault> {
    let damaged = StoreFault::Damaged("a record's key");
    match text.split_at_checked(1) {
        Some(("o", "")) => Ok(RecordKey::Only),
        Some(("n", number)) => number.parse().map(RecordKey::Number).map_err(|_| damaged),
        Some(("i", item)) => exchange::ItemId::new(item).map(RecordKey::Item).map_err(|_| damaged),
        Some(_) | None => Err(damaged),
    }
}

pub(super) fn decode(bytes: &[u8]) -> Result<Record, StoreFault> {
    row::decode_record(bytes).map_err(|_| StoreFault::Damaged("a reference record"))
}

/// All records of a feed for all stations of a school, in the order of their keys.
pub(super) fn all(db: &Db, school: SchoolId, feed: Feed) -> Result<Vec<Record>, StoreFault> {
    let mut rows = db.rows(
        "SELECT key, row FROM record WHERE school = ?1 AND feed = ?2 AND station = 0 AND row IS NOT NULL",
        params![school.0, feed.number()],
    )?;
    // By bytes: the databases' own orders of text differ.
    let mut records = rows
        .drain(..)
        .map(|row| Ok((row.get::<String>(0)?, decode(&row.get::<Vec<u8>>(1)?)?)))
        .collect::<Result<Vec<_>, StoreFault>>()?;
    records.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(records.into_iter().map(|(_, record)| record).collect())
}

/// Those of these records of a feed for all stations of a school that are there, by their keys as text.
pub(super) fn get(
    db: &Db,
    school: SchoolId,
    feed: Feed,
    keys: &[RecordKey],
) -> Result<HashMap<String, Record>, StoreFault> {
    let old = old(db, school, feed, keys.iter().map(key_text).collect())?;
    Ok(old
        .into_iter()
        .filter(|((station, _), _)| *station == EVERYONE)
        .map(|((_, key), record)| (key, record))
        .collect())
}

/// Those of these keys of a feed whose record was there once, and is gone.
pub(super) fn gone(
    db: &Db,
    school: SchoolId,
    feed: Feed,
    keys: &[RecordKey],
) -> Result<Vec<RecordKey>, StoreFault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = db.rows(
        "SELECT key FROM record WHERE school = ?1 AND feed = ?2 AND key = ANY(?3) AND station = 0 AND row IS NULL",
        params![school.0, feed.number(), Value::Texts(keys.iter().map(key_text).collect())],
    )?;
    rows.iter().map(|row| key_of(&row.get::<String>(0)?)).collect()
}

fn old(
    db: &Db,
    school: SchoolId,
    feed: Feed,
    keys: Vec<String>,
) -> Result<HashMap<(StationId, String), Record>, StoreFault> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = db.rows(
        "SELECT station, key, row FROM record
         WHERE school = ?1 AND feed = ?2 AND key = ANY(?3) AND row IS NOT NULL",
        params![school.0, feed.number(), Value::Texts(keys)],
    )?;
    rows.iter()
        .map(|row| Ok(((StationId(row.get(0)?), row.get(1)?), decode(&row.get::<Vec<u8>>(2)?)?)))
        .collect()
}

/// Changes records of feeds, for one station or for all. Where one is changed twice, the last one stands.
pub(super) fn apply(
    tx: &Tx<'_>,
    school: SchoolId,
    changes: Vec<(StationId, Change)>,
) -> Result<Saved, StoreFault> {
    let mut last: BTreeMap<(Feed, StationId, String), usize> = BTreeMap::new();
    let mut keys: BTreeMap<Feed, Vec<String>> = BTreeMap::new();
    for (place, (station, change)) in changes.iter().enumerate() {
        let (feed, key) = change.name();
        let key = key_text(&key);
        if last.insert((feed, *station, key.clone()), place).is_none() {
            keys.entry(feed).or_default().push(key);
        }
    }
    let mut known = HashMap::new();
    for (feed, keys) in keys {
        known.extend(
            old(tx, school, feed, keys)?
                .into_iter()
                .map(|((station, key), record)| ((feed, station, key), record)),
        );
    }
    let mut order: Vec<(usize, (Feed, StationId, String))> =
        last.into_iter().map(|(name, place)| (place, name)).collect();
    order.sort();
    let mut saved = Saved::default();
    let mut hashes: BTreeMap<(Feed, StationId), FeedHash> = BTreeMap::new();
    let mut rows = Vec::new();
    for (place, name) in order {
        let Some((_, change)) = changes.get(place) else { continue };
        let before = known.get(&name);
        let after = match change {
            Change::Put(record) => Some(record),
            Change::Gone(_, _) => None,
        };
        match (before, after) {
            (None, None) => continue,
            (Some(before), Some(after)) if before == after => {
                saved.same += 1;
                continue;
            }
            (None, Some(_)) => saved.added += 1,
            (Some(_), Some(_)) => saved.changed += 1,
            (Some(_), None) => saved.gone += 1,
        }
        let (feed, station, key) = name;
        // A sum, begun at nothing here and added to what stands there.
        let hash = hashes.entry((feed, station)).or_default();
        *hash = before.into_iter().fold(*hash, FeedHash::without);
        *hash = after.into_iter().fold(*hash, FeedHash::with);
        let bytes = after.map(row::encode_record);
        rows.push((feed, station, key, bytes));
    }
    if rows.is_empty() {
        return Ok(saved);
    }
    let count = rows.len() as u64;
    let newest: i64 = tx.one(
        "UPDATE school SET change = change + ?2 WHERE id = ?1 RETURNING change",
        params![school.0, count],
    )?;
    let first = newest.saturating_sub_unsigned(count).saturating_add(1);
    let rows: Vec<Vec<Value>> = rows
        .into_iter()
        .zip(first..)
        .map(|((feed, station, key, bytes), change)| {
            params![school.0, feed.number(), key, station.0, change, bytes].to_vec()
        })
        .collect();
    tx.put(&RECORD, Meets::Replaced, &rows)?;
    let stand = tx.rows("SELECT feed, station, hash FROM feed_hash WHERE school = ?1", params![school.0])?;
    let stand: HashMap<(u8, u32), i64> = stand
        .iter()
        .map(|row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))
        .collect::<Result<_, StoreFault>>()?;
    let rows: Vec<Vec<Value>> = hashes
        .into_iter()
        .map(|((feed, station), hash)| {
            let before = stand.get(&(feed.number(), station.0)).copied().unwrap_or(0);
            let hash = before.wrapping_add(hash.0.cast_signed());
            params![school.0, feed.number(), station.0, hash].to_vec()
        })
        .collect();
    tx.put(&FEED_HASH, Meets::Replaced, &rows)?;
    Ok(saved)
}

/// The hash over the records of a feed that were put for this station, or for all.
pub(super) fn hash(
    db: &Db,
    school: SchoolId,
    feed: Feed,
    station: StationId,
) -> Result<FeedHash, StoreFault> {
    let row = db.row(
        "SELECT hash FROM feed_hash WHERE school = ?1 AND feed = ?2 AND station = ?3",
        params![school.0, feed.number(), station.0],
    )?;
    Ok(FeedHash(row.map(|row| row.get::<i64>(0)).transpose()?.unwrap_or(0).cast_unsigned()))
}

/// Keeps what the fold must know of former times.
fn keep_history(
    tx: &Tx<'_>,
    school: SchoolId,
    changes: &[(StationId, Change)],
    now_s: i64,
    login: &str,
) -> Result<(), StoreFault> {
    let mut items = BTreeMap::new();
    let mut rules = BTreeMap::new();
    let mut editions = Vec::new();
    for (_, change) in changes {
        match change {
            Change::Put(record @ Record::Rules(version)) => {
                rules.insert(version.version, row::encode_record(record));
                editions.push((version.version, record));
            }
            Change::Put(record @ Record::Calendar(version)) => editions.push((version.version, record)),
            Change::Put(Record::Item(item)) => {
                items.insert(item.id.as_str().to_owned(), word(&item.status));
            }
            Change::Put(
                Record::Class(_)
                | Record::Patron(_)
                | Record::Title(_)
                | Record::Set(_)
                | Record::Hold(_)
                | Record::Verdict(_)
                | Record::Notice(_)
                | Record::Loan(_),
            )
            | Change::Gone(_, _) => {}
        }
    }
    let rows: Vec<_> =
        rules.into_iter().map(|(version, bytes)| params![school.0, version, bytes].to_vec()).collect();
    tx.put(&RULES_VERSION, Meets::Replaced, &rows)?;
    let edition = |version: u32, at_s: i64, login: &str, record: &Record| {
        let (feed, bytes) = (record.feed().number(), row::encode_record(record));
        params![school.0, feed, version, at_s, login, bytes].to_vec()
    };
    let mut rows = Vec::new();
    for (version, record) in editions {
        // One of a time before editions were kept: nobody knows who made it.
        for (_, before) in get(tx, school, record.feed(), &[RecordKey::Only])? {
            let number = match &before {
                Record::Rules(rules) => rules.version,
                Record::Calendar(calendar) => calendar.version,
                Record::Class(_)
                | Record::Patron(_)
                | Record::Title(_)
                | Record::Item(_)
                | Record::Set(_)
                | Record::Hold(_)
                | Record::Verdict(_)
                | Record::Notice(_)
                | Record::Loan(_) => continue,
            };
            rows.push(edition(number, 0, "", &before));
        }
        rows.push(edition(version, now_s, login, record));
    }
    tx.put(&EDITION, Meets::Kept, &rows)?;
    if items.is_empty() {
        return Ok(());
    }
    let known = tx.rows(
        "SELECT item, status FROM item_status WHERE school = ?1 AND item = ANY(?2) ORDER BY since_s",
        params![school.0, Value::Texts(items.keys().cloned().collect())],
    )?;
    let last: HashMap<String, String> =
        known.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, StoreFault>>()?;
    let new = items.into_iter().filter(|(item, status)| last.get(item) != Some(status));
    let rows: Vec<_> = new.map(|(item, status)| params![school.0, item, now_s, status].to_vec()).collect();
    tx.put(&ITEM_STATUS, Meets::Replaced, &rows)
}
