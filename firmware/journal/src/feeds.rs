//! Takes changes of a feed in. A feed changes from one version that the region vouches for by its hash to another one;
//! what comes in parts waits aside until its hash comes, so nothing is ever half there.

use crate::StoreFault;
use crate::reference::{
    FeedState, Staged, clear, decode, key_bytes, put, read_feed, read_record, remove, write_feed,
};
use exchange::{Cursor, Feed, FeedChanges, FeedHash, Record, RecordKey, row};
use rusqlite::{Connection, OptionalExtension, params};

/// What became of the changes of one feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedFate {
    /// The feed is at the version the region spoke of.
    Applied,
    /// The feed goes on in a further answer; what came waits aside.
    Staged,
    /// The changes follow a cursor that the station is not at, as those of an old answer do. They were left.
    NotHere,
    /// The hash does not fit: the feed is asked for afresh. What the station had of it stays until then.
    Drifted,
}

/// Takes changes in. `old_answer`: a newer answer was taken before this one.
pub(crate) fn take(
    conn: &Connection,
    changes: &FeedChanges,
    old_answer: bool,
) -> Result<FeedFate, StoreFault> {
    let mut state = read_feed(conn, changes.feed)?;
    let mut staged = match (changes.from, state.staged) {
        (0, _) if old_answer && changes.upto <= state.at => return Ok(FeedFate::NotHere),
        (0, _) => {
            drop_staged(conn, changes.feed)?;
            Staged { fresh: true, at: 0, hash: FeedHash::default() }
        }
        (from, Some(staged)) if from == staged.at => staged,
        (from, None) if from == state.at => Staged { fresh: false, at: state.at, hash: state.hash },
        (_, Some(_) | None) => return Ok(FeedFate::NotHere),
    };
    for record in changes.put.iter().filter(|record| record.feed() == changes.feed) {
        stage(conn, changes.feed, &mut staged, &record.key(), Some(record))?;
    }
    for key in &changes.gone {
        stage(conn, changes.feed, &mut staged, key, None)?;
    }
    staged.at = changes.upto;
    let fate = match changes.hash {
        None => {
            state.staged = Some(staged);
            FeedFate::Staged
        }
        Some(hash) if hash == staged.hash => {
            apply(conn, changes.feed, staged.fresh)?;
            state = FeedState { at: staged.at, hash, staged: None };
            FeedFate::Applied
        }
        Some(_) => {
            state = FeedState { at: 0, staged: None, ..state };
            FeedFate::Drifted
        }
    };
    if fate != FeedFate::Staged {
        drop_staged(conn, changes.feed)?;
    }
    write_feed(conn, changes.feed, &state)?;
    Ok(fate)
}

/// How far each feed was read, in the order in which a new station wants them.
pub(crate) fn cursors(conn: &Connection) -> Result<Vec<Cursor>, StoreFault> {
    Feed::ALL
        .into_iter()
        .map(|feed| {
            let state = read_feed(conn, feed)?;
            let (at, hash) = match state.staged {
                Some(staged) => (staged.at, staged.hash),
                None if state.at == 0 => (0, FeedHash::default()),
                None => (state.at, state.hash),
            };
            Ok(Cursor { feed, at, hash })
        })
        .collect()
}

fn stage(
    conn: &Connection,
    feed: Feed,
    staged: &mut Staged,
    key: &RecordKey,
    record: Option<&Record>,
) -> Result<(), StoreFault> {
    let bytes = key_bytes(key);
    let mut find = conn.prepare_cached("SELECT body FROM staged WHERE feed = ?1 AND key = ?2")?;
    let waiting: Option<Option<Vec<u8>>> =
        find.query_row(params![feed.number(), bytes], |row| row.get(0)).optional()?;
    let old = match waiting {
        Some(body) => body.map(|body| decode(&body)).transpose()?,
        None if staged.fresh => None,
        None => read_record(conn, feed, key)?,
    };
    if let Some(old) = &old {
        staged.hash = staged.hash.without(old);
    }
    if let Some(record) = record {
        staged.hash = staged.hash.with(record);
    }
    conn.prepare_cached("INSERT OR REPLACE INTO staged (feed, key, body) VALUES (?1, ?2, ?3)")?
        .execute(params![feed.number(), bytes, record.map(row::encode_record)])?;
    Ok(())
}

fn apply(conn: &Connection, feed: Feed, fresh: bool) -> Result<(), StoreFault> {
    if fresh {
        clear(conn, feed)?;
    }
    let mut query = conn.prepare_cached("SELECT key, body FROM staged WHERE feed = ?1 ORDER BY key")?;
    let mut rows = query.query([feed.number()])?;
    while let Some(found) = rows.next()? {
        match found.get::<_, Option<Vec<u8>>>(1)? {
            Some(body) => put(conn, &decode(&body)?)?,
            None => remove(conn, feed, &found.get::<_, Vec<u8>>(0)?)?,
        }
    }
    Ok(())
}

fn drop_staged(conn: &Connection, feed: Feed) -> Result<(), StoreFault> {
    conn.prepare_cached("DELETE FROM staged WHERE feed = ?1")?.execute([feed.number()])?;
    Ok(())
}
