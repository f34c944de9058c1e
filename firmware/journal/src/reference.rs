//! `state.db`: what the region told. A cache: everything in it can be had again.
//!
//! Invariants:
//! - `record` holds each feed as one consistent version of it; what comes in several answers waits in `staged`.
//! - A feed's hash is kept beside it and checked at every start, so a flipped bit is found.
//! - The other tables are derived from `record`. What they lead to is checked against the record itself.
//! - Who has what is not in here: it is folded in memory from the region's loans and the journal, so that a yes
//!   needs one flush in one file, and no crash can come between two.

use crate::StoreFault;
use crate::db::{self, Durability};
use crate::fold::{Ground, Place, Trace};
use exchange::{Epoch, Feed, FeedHash, ItemId, PatronId, Record, RecordKey, Seq, row};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// The schema of this program. Another one is read by [`crate::rebuild`], as far as `feed` and `record` go: the shape
/// of those two never changes.
pub(crate) const SCHEMA: u32 = 1;

/// "OqyS", in the file's header.
pub(crate) const APPLICATION_ID: i32 = 0x4f71_7953;

/// The open state.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) conn: Connection,
}

/// How a file was found.
#[derive(Debug)]
pub(crate) enum Checked {
    /// Whole.
    Sound(Reference),
    /// Nothing is in it, as though there were no file.
    Empty,
    /// Of another version of the program.
    OtherSchema,
}

/// What is known about the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct About {
    /// Region's time when all feeds were last up to date.
    pub(crate) data_as_of_s: Option<i64>,
    /// Region's time of the newest answer taken.
    pub(crate) answered_s: Option<i64>,
    /// Own events up to here are in the region's loans.
    pub(crate) folded: Place,
}

/// How far a feed was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FeedState {
    /// Cursor of what is in `record`.
    pub(crate) at: u64,
    /// Hash over what is in `record`.
    pub(crate) hash: FeedHash,
    /// What has come of the next version.
    pub(crate) staged: Option<Staged>,
}

/// Part of a feed's next version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Staged {
    /// Whether it replaces the feed; else it changes it.
    pub(crate) fresh: bool,
    /// Cursor.
    pub(crate) at: u64,
    /// Hash over the feed with what is staged.
    pub(crate) hash: FeedHash,
}

impl Reference {
    /// Makes a new file.
    pub(crate) fn create(path: &Path) -> Result<Reference, StoreFault> {
        let conn = db::open(path, Durability::Cache, APPLICATION_ID)?;
        let tx = Transaction::new_unchecked(&conn, TransactionBehavior::Immediate)?;
        tx.execute_batch(TABLES)?;
        tx.pragma_update(None, "user_version", SCHEMA)?;
        tx.commit()?;
        db::sync_folder(path)?;
        Ok(Reference { conn })
    }

    /// Opens a file that is there and checks its pages and every feed's hash.
    pub(crate) fn open(path: &Path) -> Result<Checked, StoreFault> {
        let conn = db::open(path, Durability::Cache, APPLICATION_ID)?;
        let schema: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if db::is_empty(&conn)? {
            return Ok(Checked::Empty);
        }
        if schema != SCHEMA {
            return Ok(Checked::OtherSchema);
        }
        db::quick_check(&conn)?;
        for feed in Feed::ALL {
            if read_hash(&conn, feed)? != read_feed(&conn, feed)?.hash {
                return Err(StoreFault::CONTENT);
            }
        }
        let reference = Reference { conn };
        reference.about()?;
        reference.traces()?;
        Ok(Checked::Sound(reference))
    }

    pub(crate) fn begin(&self) -> Result<Transaction<'_>, StoreFault> {
        Ok(Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?)
    }

    pub(crate) fn about(&self) -> Result<About, StoreFault> {
        read_about(&self.conn)
    }

    /// What the loans are folded on.
    pub(crate) fn ground(&self) -> Result<Ground, StoreFault> {
        let mut loans = Vec::new();
        for_each_record(&self.conn, Feed::Loans, |record| {
            if let Record::Loan(loan) = record {
                loans.push(loan);
            }
        })?;
        Ok(Ground {
            loans,
            folded: self.about()?.folded,
            traces: self.traces()?,
            present: self.present_numbers()?,
        })
    }

    fn traces(&self) -> Result<BTreeMap<Place, Trace>, StoreFault> {
        read_traces(&self.conn)
    }

    fn present_numbers(&self) -> Result<HashMap<ItemId, ItemId>, StoreFault> {
        let mut query = self.conn.prepare_cached("SELECT number, item FROM former")?;
        let mut rows = query.query([])?;
        let mut present = HashMap::new();
        while let Some(found) = rows.next()? {
            let (number, item): (String, String) = (found.get(0)?, found.get(1)?);
            let (Ok(number), Ok(item)) = (ItemId::new(number), ItemId::new(item)) else { continue };
            // A number that is some item's present one is that item's.
            if self.record(Feed::Items, &RecordKey::Item(number.clone()))?.is_none() {
                present.insert(number, item);
            }
        }
        Ok(present)
    }

    /// The record of this feed with this key.
    pub(crate) fn record(&self, feed: Feed, key: &RecordKey) -> Result<Option<Record>, StoreFault> {
        read_record(&self.conn, feed, key)
    }

    /// All records of a feed, by key.
    pub(crate) fn records(&self, feed: Feed) -> Result<Vec<Record>, StoreFault> {
        let mut records = Vec::new();
        for_each_record(&self.conn, feed, |record| records.push(record))?;
        Ok(records)
    }

    /// How many records a feed has.
    pub(crate) fn count(&self, feed: Feed) -> Result<u64, StoreFault> {
        let mut query = self.conn.prepare_cached("SELECT count(*) FROM record WHERE feed = ?1")?;
        Ok(query.query_row([feed.number()], |row| row.get::<_, i64>(0))? as u64)
    }

    /// The patron whose record says that they have this card; `None` also if two do.
    pub(crate) fn patron_of_card(&self, card: &str) -> Result<Option<PatronId>, StoreFault> {
        let mut query = self.conn.prepare_cached("SELECT patron FROM card WHERE number = ?1 LIMIT 2")?;
        let ids = query.query_map([card], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        match ids.as_slice() {
            [id] => Ok(Some(PatronId(*id as u64))),
            [] | [_, ..] => Ok(None),
        }
    }

    /// Numbers found by a query with one number as its parameter.
    pub(crate) fn ids(&self, query: &str, parameter: u64) -> Result<Vec<u64>, StoreFault> {
        let mut query = self.conn.prepare_cached(query)?;
        let ids = query.query_map([parameter as i64], |row| Ok(row.get::<_, i64>(0)? as u64))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// The item that had this number.
    pub(crate) fn item_of_former(&self, number: &ItemId) -> Result<Option<ItemId>, StoreFault> {
        let mut query = self.conn.prepare_cached("SELECT item FROM former WHERE number = ?1 LIMIT 1")?;
        let found: Option<String> = query.query_row([number.as_str()], |row| row.get(0)).optional()?;
        Ok(found.and_then(|item| ItemId::new(item).ok()))
    }

    /// Moves the log's pages into the database.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreFault> {
        db::checkpoint(&self.conn)
    }

    /// Everything that is not derived, as text, one line a row, in a fixed order.
    pub(crate) fn dump(&self) -> Result<Vec<String>, StoreFault> {
        let mut lines = vec![format!("{:?}", self.about()?)];
        for feed in Feed::ALL {
            lines.push(format!("{feed:?} {:?}", read_feed(&self.conn, feed)?));
        }
        for sql in [
            "SELECT 'record', feed, hex(key), hex(body) FROM record ORDER BY 2, 3",
            "SELECT 'staged', feed, hex(key), hex(body) FROM staged ORDER BY 2, 3",
            "SELECT 'trace', epoch, seq, hex(body) FROM trace ORDER BY 2, 3",
            "SELECT 'card', number, patron, '' FROM card ORDER BY 2, 3",
            "SELECT 'member', class, patron, '' FROM member ORDER BY 2, 3",
            "SELECT 'former', number, item, '' FROM former ORDER BY 2, 3",
            "SELECT 'claim', title, hold, '' FROM claim ORDER BY 2, 3",
            "SELECT 'word', kind, id, plain || '/' || folded FROM word ORDER BY 2, 3",
        ] {
            let mut query = self.conn.prepare(sql)?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let cells: Vec<Value> = (0..4).map(|n| row.get(n)).collect::<Result<_, _>>()?;
                lines.push(format!("{cells:?}"));
            }
        }
        Ok(lines)
    }
}

const TABLES: &str = "
    CREATE TABLE about (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      data_as_of_s INTEGER, answered_s INTEGER,
      folded_epoch INTEGER NOT NULL, folded_seq INTEGER NOT NULL);
    INSERT INTO about VALUES (1, NULL, NULL, 0, 0);
    CREATE TABLE feed (
      feed INTEGER PRIMARY KEY, at INTEGER NOT NULL, hash INTEGER NOT NULL,
      staged_fresh INTEGER, staged_at INTEGER, staged_hash INTEGER);
    CREATE TABLE record (
      feed INTEGER NOT NULL, key BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (feed, key)) WITHOUT ROWID;
    CREATE TABLE staged (
      feed INTEGER NOT NULL, key BLOB NOT NULL, body BLOB, PRIMARY KEY (feed, key)) WITHOUT ROWID;
    CREATE TABLE trace (
      epoch INTEGER NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (epoch, seq)) WITHOUT ROWID;
    CREATE TABLE card (number TEXT NOT NULL, patron INTEGER NOT NULL, PRIMARY KEY (number, patron)) WITHOUT ROWID;
    CREATE TABLE member (class INTEGER NOT NULL, patron INTEGER NOT NULL, PRIMARY KEY (class, patron)) WITHOUT ROWID;
    CREATE TABLE former (number TEXT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (number, item)) WITHOUT ROWID;
    CREATE TABLE claim (title INTEGER NOT NULL, hold INTEGER NOT NULL, PRIMARY KEY (title, hold)) WITHOUT ROWID;
    CREATE TABLE word (
      kind INTEGER NOT NULL, id INTEGER NOT NULL, plain TEXT NOT NULL, folded TEXT NOT NULL,
      PRIMARY KEY (kind, id)) WITHOUT ROWID;";

/// The key of a record as bytes: sorts as the key does, and no two kinds of key are alike.
pub(crate) fn key_bytes(key: &RecordKey) -> Vec<u8> {
    match key {
        RecordKey::Only => vec![0],
        RecordKey::Number(number) => [&[1][..], &number.to_be_bytes()].concat(),
        RecordKey::Item(item) => [&[2], item.as_str().as_bytes()].concat(),
    }
}

pub(crate) fn read_about(conn: &Connection) -> Result<About, StoreFault> {
    Ok(conn.query_row("SELECT data_as_of_s, answered_s, folded_epoch, folded_seq FROM about", [], |row| {
        Ok(About {
            data_as_of_s: row.get(0)?,
            answered_s: row.get(1)?,
            folded: (Epoch(row.get(2)?), Seq(row.get::<_, i64>(3)? as u64)),
        })
    })?)
}

pub(crate) fn write_about(conn: &Connection, about: &About) -> Result<(), StoreFault> {
    let (epoch, seq) = about.folded;
    conn.execute(
        "UPDATE about SET data_as_of_s = ?1, answered_s = ?2, folded_epoch = ?3, folded_seq = ?4",
        params![about.data_as_of_s, about.answered_s, epoch.0, seq.0 as i64],
    )?;
    Ok(())
}

pub(crate) fn read_feed(conn: &Connection, feed: Feed) -> Result<FeedState, StoreFault> {
    let mut query = conn
        .prepare_cached("SELECT at, hash, staged_fresh, staged_at, staged_hash FROM feed WHERE feed = ?1")?;
    let found = query.query_row([feed.number()], |row| {
        let staged: (Option<bool>, Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?, row.get(4)?);
        Ok(FeedState {
            at: row.get::<_, i64>(0)? as u64,
            hash: FeedHash(row.get::<_, i64>(1)? as u64),
            staged: match staged {
                (Some(fresh), Some(at), Some(hash)) => {
                    Some(Staged { fresh, at: at as u64, hash: FeedHash(hash as u64) })
                }
                (_, _, _) => None,
            },
        })
    });
    Ok(found.optional()?.unwrap_or_default())
}

pub(crate) fn write_feed(conn: &Connection, feed: Feed, state: &FeedState) -> Result<(), StoreFault> {
    conn.prepare_cached("INSERT OR REPLACE INTO feed VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(params![
        feed.number(),
        state.at as i64,
        state.hash.0 as i64,
        state.staged.map(|staged| staged.fresh),
        state.staged.map(|staged| staged.at as i64),
        state.staged.map(|staged| staged.hash.0 as i64),
    ])?;
    Ok(())
}

fn read_hash(conn: &Connection, feed: Feed) -> Result<FeedHash, StoreFault> {
    let mut hash = FeedHash::default();
    for_each_record(conn, feed, |record| hash = hash.with(&record))?;
    Ok(hash)
}

/// Gives every record of a feed, by key.
pub(crate) fn for_each_record(
    conn: &Connection,
    feed: Feed,
    mut visit: impl FnMut(Record),
) -> Result<(), StoreFault> {
    let mut query = conn.prepare_cached("SELECT key, body FROM record WHERE feed = ?1 ORDER BY key")?;
    let mut rows = query.query([feed.number()])?;
    while let Some(found) = rows.next()? {
        let key: Vec<u8> = found.get(0)?;
        let record = decode(&found.get::<_, Vec<u8>>(1)?)?;
        if record.feed() != feed || key_bytes(&record.key()) != key {
            return Err(StoreFault::CONTENT);
        }
        visit(record);
    }
    Ok(())
}

pub(crate) fn read_record(
    conn: &Connection,
    feed: Feed,
    key: &RecordKey,
) -> Result<Option<Record>, StoreFault> {
    read_body(conn, feed, &key_bytes(key))
}

fn read_body(conn: &Connection, feed: Feed, key: &[u8]) -> Result<Option<Record>, StoreFault> {
    let mut query = conn.prepare_cached("SELECT body FROM record WHERE feed = ?1 AND key = ?2")?;
    let body: Option<Vec<u8>> = query.query_row(params![feed.number(), key], |row| row.get(0)).optional()?;
    body.map(|body| decode(&body)).transpose()
}

pub(crate) fn decode(body: &[u8]) -> Result<Record, StoreFault> {
    row::decode_record(body).map_err(|_| StoreFault::CONTENT)
}

/// Puts a record in, with what is derived from it, in the place of an older one.
pub(crate) fn put(conn: &Connection, record: &Record) -> Result<(), StoreFault> {
    let key = key_bytes(&record.key());
    remove(conn, record.feed(), &key)?;
    conn.prepare_cached("INSERT INTO record (feed, key, body) VALUES (?1, ?2, ?3)")?.execute(params![
        record.feed().number(),
        key,
        row::encode_record(record)
    ])?;
    crate::derived::add(conn, record)
}

/// Takes a record out, with what is derived from it. The key is in the form of [`key_bytes`].
pub(crate) fn remove(conn: &Connection, feed: Feed, key: &[u8]) -> Result<(), StoreFault> {
    if let Some(old) = read_body(conn, feed, key)? {
        crate::derived::remove(conn, &old)?;
        conn.prepare_cached("DELETE FROM record WHERE feed = ?1 AND key = ?2")?
            .execute(params![feed.number(), key])?;
    }
    Ok(())
}

/// Takes all records of a feed out.
pub(crate) fn clear(conn: &Connection, feed: Feed) -> Result<(), StoreFault> {
    crate::derived::clear(conn, feed)?;
    conn.execute("DELETE FROM record WHERE feed = ?1", [feed.number()])?;
    Ok(())
}

pub(crate) fn read_traces(conn: &Connection) -> Result<BTreeMap<Place, Trace>, StoreFault> {
    let mut query = conn.prepare("SELECT epoch, seq, body FROM trace")?;
    let mut rows = query.query([])?;
    let mut traces = BTreeMap::new();
    while let Some(found) = rows.next()? {
        let place = (Epoch(found.get(0)?), Seq(found.get::<_, i64>(1)? as u64));
        traces.insert(
            place,
            postcard::from_bytes(&found.get::<_, Vec<u8>>(2)?).map_err(|_| StoreFault::CONTENT)?,
        );
    }
    Ok(traces)
}

pub(crate) fn write_traces(conn: &Connection, traces: &BTreeMap<Place, Trace>) -> Result<(), StoreFault> {
    conn.execute("DELETE FROM trace", [])?;
    let mut insert = conn.prepare_cached("INSERT INTO trace (epoch, seq, body) VALUES (?1, ?2, ?3)")?;
    for ((epoch, seq), trace) in traces {
        // Postcard of values that live in memory cannot fail.
        let body = postcard::to_allocvec(trace).unwrap_or_default();
        insert.execute(params![epoch.0, seq.0 as i64, body])?;
    }
    Ok(())
}
