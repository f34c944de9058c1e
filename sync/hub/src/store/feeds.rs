//! What of the feeds is new to a station.

use super::StoreFault;
use super::records::{EVERYONE, decode, hash, key_of};
use exchange::{Cursor, Feed, FeedChanges, FeedHash, StationId};
use rusqlite::{Connection, params};

/// The most bytes of changes in one answer, whatever the station asks for.
const MOST_BYTES: u64 = 256 * 1024;

/// Records in row form are so many times longer than in a packed message; measured over a school's snapshot.
const PACKING: u64 = 3;

/// The changes a station has not seen, at most one entry a feed, up to about `answer_limit` packed bytes; and whether
/// there are more. At least one record is given if there is any.
pub(super) fn changes(
    conn: &Connection,
    station: StationId,
    have: &[Cursor],
    answer_limit: u32,
) -> Result<(Vec<FeedChanges>, bool), StoreFault> {
    let mut budget = u64::from(answer_limit).min(MOST_BYTES) * PACKING;
    let (mut all, mut more) = (Vec::new(), false);
    for feed in Feed::ALL {
        let Some(cursor) = have.iter().find(|cursor| cursor.feed == feed) else { continue };
        let ours = feed_hash(conn, feed, station)?;
        let from = start(conn, station, cursor, ours)?;
        let Some(from) = from else { continue };
        if budget == 0 {
            more = true;
            break;
        }
        let part = read(conn, station, feed, from, ours, &mut budget)?;
        more |= part.hash.is_none();
        all.push(part);
    }
    Ok((all, more))
}

/// Where reading must begin; `None` if the station has all of this feed.
fn start(
    conn: &Connection,
    station: StationId,
    cursor: &Cursor,
    ours: FeedHash,
) -> Result<Option<u64>, StoreFault> {
    let mut query = conn.prepare_cached(
        "SELECT coalesce(max(change), 0) FROM record WHERE feed = ?1 AND station IN (0, ?2)",
    )?;
    let newest =
        super::code::uint(query.query_row(params![cursor.feed.number(), station.0], |row| row.get(0))?);
    Ok(if cursor.at < newest {
        Some(cursor.at)
    } else if cursor.hash == ours {
        None
    } else {
        // It has drifted, or this region was put back to an older copy of itself.
        Some(0)
    })
}

fn read(
    conn: &Connection,
    station: StationId,
    feed: Feed,
    from: u64,
    ours: FeedHash,
    budget: &mut u64,
) -> Result<FeedChanges, StoreFault> {
    let mut part = FeedChanges { feed, from, upto: from, put: Vec::new(), gone: Vec::new(), hash: None };
    let mut query = conn.prepare_cached(
        "SELECT change, key, row FROM record WHERE feed = ?1 AND station IN (0, ?2) AND change > ?3 ORDER BY change",
    )?;
    let mut rows = query.query(params![feed.number(), station.0, super::code::int(from)])?;
    while let Some(row) = rows.next()? {
        let (change, key, bytes): (i64, String, Option<Vec<u8>>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let len = bytes.as_ref().map_or(key.len(), Vec::len) as u64;
        if *budget < len && part.upto > from {
            *budget = 0;
            return Ok(part);
        }
        *budget = budget.saturating_sub(len);
        match bytes {
            Some(bytes) => part.put.push(decode(&bytes)?),
            None if from == 0 => {}
            None => part.gone.push(key_of(&key)?),
        }
        part.upto = super::code::uint(change);
    }
    part.hash = Some(ours);
    Ok(part)
}

fn feed_hash(conn: &Connection, feed: Feed, station: StationId) -> Result<FeedHash, StoreFault> {
    let common = hash(conn, feed, EVERYONE)?;
    Ok(FeedHash(common.0.wrapping_add(hash(conn, feed, station)?.0)))
}
