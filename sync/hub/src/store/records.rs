//! Records of the feeds: putting them, taking them away, each change under a number of its own.

use super::code::word;
use super::{Store, StoreFault};
use exchange::{Feed, FeedHash, Record, RecordKey, StationId, row};
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

/// For all stations.
pub(super) const EVERYONE: StationId = StationId(0);

/// One change to reference data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A record that is new or changed.
    Put(Record),
    /// A record that is gone.
    Gone(Feed, RecordKey),
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

/// What a put did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    Added,
    Changed,
    Same,
}

impl Store {
    /// Saves changes of reference data, all or none, and folds anew what rests on them.
    ///
    /// # Errors
    /// The database cannot be written; then nothing was saved.
    pub fn save(&mut self, changes: &[Change], now_s: i64) -> Result<Saved, StoreFault> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut saved = Saved::default();
        for change in changes {
            match change {
                Change::Put(record) => match put(&tx, EVERYONE, record)? {
                    Put::Same => saved.same += 1,
                    Put::Added => saved.added += 1,
                    Put::Changed => saved.changed += 1,
                },
                Change::Gone(feed, key) => saved.gone += u64::from(remove(&tx, EVERYONE, *feed, key)?),
            }
            if let Change::Put(record) = change {
                keep_history(&tx, record, now_s)?;
            }
        }
        if saved != (Saved { same: saved.same, ..Saved::default() }) {
            super::fold::refold_all(&tx)?;
        }
        tx.commit()?;
        Ok(saved)
    }

    /// A record of a feed for all stations.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn record(&self, feed: Feed, key: &RecordKey) -> Result<Option<Record>, StoreFault> {
        get(&self.conn, EVERYONE, feed, key)
    }

    /// All records of a feed for all stations, in the order of their keys.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn records(&self, feed: Feed) -> Result<Vec<Record>, StoreFault> {
        let mut query = self.conn.prepare_cached(
            "SELECT row FROM record WHERE feed = ?1 AND station = 0 AND row IS NOT NULL ORDER BY key",
        )?;
        let rows = query.query_map([feed.number()], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| decode(&bytes?)).collect()
    }
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

pub(super) fn get(
    conn: &rusqlite::Connection,
    station: StationId,
    feed: Feed,
    key: &RecordKey,
) -> Result<Option<Record>, StoreFault> {
    let mut query = conn.prepare_cached(
        "SELECT row FROM record WHERE feed = ?1 AND station = ?2 AND key = ?3 AND row IS NOT NULL",
    )?;
    let bytes: Option<Vec<u8>> =
        query.query_row(params![feed.number(), station.0, key_text(key)], |row| row.get(0)).optional()?;
    bytes.as_deref().map(decode).transpose()
}

/// Puts a record into its feed, for one station or for all.
pub(super) fn put(tx: &Transaction<'_>, station: StationId, record: &Record) -> Result<Put, StoreFault> {
    let old = get(tx, station, record.feed(), &record.key())?;
    if old.as_ref() == Some(record) {
        return Ok(Put::Same);
    }
    let bytes = row::encode_record(record);
    let mut write = tx.prepare_cached(
        "INSERT INTO record (feed, station, key, change, row) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET change = excluded.change, row = excluded.row",
    )?;
    let key = key_text(&record.key());
    write.execute(params![record.feed().number(), station.0, key, next_change(tx)?, bytes])?;
    let hash = hash(tx, record.feed(), station)?;
    let hash = old.iter().fold(hash, FeedHash::without).with(record);
    set_hash(tx, record.feed(), station, hash)?;
    Ok(if old.is_some() { Put::Changed } else { Put::Added })
}

/// Takes a record out of its feed; says whether it was there.
pub(super) fn remove(
    tx: &Transaction<'_>,
    station: StationId,
    feed: Feed,
    key: &RecordKey,
) -> Result<bool, StoreFault> {
    let Some(old) = get(tx, station, feed, key)? else { return Ok(false) };
    let mut write = tx.prepare_cached(
        "UPDATE record SET change = ?4, row = NULL WHERE feed = ?1 AND station = ?2 AND key = ?3",
    )?;
    write.execute(params![feed.number(), station.0, key_text(key), next_change(tx)?])?;
    set_hash(tx, feed, station, hash(tx, feed, station)?.without(&old))?;
    Ok(true)
}

/// The hash over the records of a feed that were put for this station, or for all.
pub(super) fn hash(
    conn: &rusqlite::Connection,
    feed: Feed,
    station: StationId,
) -> Result<FeedHash, StoreFault> {
    let mut query = conn.prepare_cached("SELECT hash FROM feed_hash WHERE feed = ?1 AND station = ?2")?;
    let hash: Option<i64> =
        query.query_row(params![feed.number(), station.0], |row| row.get(0)).optional()?;
    Ok(FeedHash(hash.unwrap_or(0).cast_unsigned()))
}

fn set_hash(tx: &Transaction<'_>, feed: Feed, station: StationId, hash: FeedHash) -> Result<(), StoreFault> {
    let mut write = tx.prepare_cached(
        "INSERT INTO feed_hash (feed, station, hash) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET hash = excluded.hash",
    )?;
    write.execute(params![feed.number(), station.0, hash.0.cast_signed()])?;
    Ok(())
}

fn next_change(tx: &Transaction<'_>) -> Result<i64, StoreFault> {
    let mut query = tx.prepare_cached("UPDATE about SET change = change + 1 RETURNING change")?;
    Ok(query.query_row([], |row| row.get(0))?)
}

/// Keeps what the fold must know of former times.
fn keep_history(tx: &Transaction<'_>, record: &Record, now_s: i64) -> Result<(), StoreFault> {
    match record {
        Record::Rules(rules) => {
            tx.execute(
                "INSERT OR REPLACE INTO rules_version (version, row) VALUES (?1, ?2)",
                params![rules.version, row::encode_record(record)],
            )?;
        }
        Record::Item(item) => {
            let status = word(&item.status);
            let last: Option<String> = tx
                .prepare_cached(
                    "SELECT status FROM item_status WHERE item = ?1 ORDER BY since_s DESC LIMIT 1",
                )?
                .query_row([item.id.as_str()], |row| row.get(0))
                .optional()?;
            if last.as_deref() != Some(status.as_str()) {
                tx.prepare_cached(
                    "INSERT OR REPLACE INTO item_status (item, since_s, status) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![item.id.as_str(), now_s, status])?;
            }
        }
        Record::Calendar(_)
        | Record::Class(_)
        | Record::Patron(_)
        | Record::Title(_)
        | Record::Set(_)
        | Record::Hold(_)
        | Record::Verdict(_)
        | Record::Notice(_)
        | Record::Loan(_) => {}
    }
    Ok(())
}
