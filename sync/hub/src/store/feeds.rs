//! What of the feeds is new to a station.

use super::records::{EVERYONE, decode, hash, key_of};
use super::sql::{Db, params};
use super::{SchoolId, StoreFault};
use exchange::{Cursor, Feed, FeedChanges, FeedHash, StationId};

/// The most bytes of changes in one answer, whatever the station asks for.
const MOST_BYTES: u64 = 256 * 1024;

/// Records in row form are so many times longer than in a packed message; measured over a school's snapshot.
const PACKING: u64 = 3;

/// The shortest record in row form, in bytes.
const LEAST_RECORD_LEN: u64 = 4;

/// The changes a station has not seen, at most one entry a feed, up to about `answer_limit` packed bytes; and whether
/// there are more. At least one record is given if there is any.
pub(super) fn changes(
    db: &Db,
    school: SchoolId,
    station: StationId,
    have: &[Cursor],
    answer_limit: u32,
) -> Result<(Vec<FeedChanges>, bool), StoreFault> {
    let mut budget = u64::from(answer_limit).min(MOST_BYTES) * PACKING;
    let (mut all, mut more) = (Vec::new(), false);
    for feed in Feed::ALL {
        let Some(cursor) = have.iter().find(|cursor| cursor.feed == feed) else { continue };
        let ours = feed_hash(db, school, feed, station)?;
        let from = start(db, school, station, cursor, ours)?;
        let Some(from) = from else { continue };
        if budget == 0 {
            more = true;
            break;
        }
        let part = read(db, school, station, feed, from, ours, &mut budget)?;
        more |= part.hash.is_none();
        all.push(part);
    }
    Ok((all, more))
}

/// Where reading must begin; `None` if the station has all of this feed.
fn start(
    db: &Db,
    school: SchoolId,
    station: StationId,
    cursor: &Cursor,
    ours: FeedHash,
) -> Result<Option<u64>, StoreFault> {
    let newest: u64 = db.one(
        "SELECT coalesce(max(change), 0) FROM record WHERE school = ?1 AND feed = ?2 AND station IN (0, ?3)",
        params![school.0, cursor.feed.number(), station.0],
    )?;
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
    db: &Db,
    school: SchoolId,
    station: StationId,
    feed: Feed,
    from: u64,
    ours: FeedHash,
    budget: &mut u64,
) -> Result<FeedChanges, StoreFault> {
    let mut part = FeedChanges { feed, from, upto: from, put: Vec::new(), gone: Vec::new(), hash: None };
    // A record takes a few bytes at the least: no more of them than the budget can hold are asked for.
    let most = (*budget / LEAST_RECORD_LEN).max(1);
    let rows = db.rows(
        "SELECT change, key, row FROM record
         WHERE school = ?1 AND feed = ?2 AND station IN (0, ?3) AND change > ?4 ORDER BY change LIMIT ?5",
        params![school.0, feed.number(), station.0, from, most],
    )?;
    let whole = (rows.len() as u64) < most;
    for row in &rows {
        let (change, key, bytes): (u64, String, Option<Vec<u8>>) = (row.get(0)?, row.get(1)?, row.get(2)?);
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
        part.upto = change;
    }
    if whole {
        part.hash = Some(ours);
    } else {
        *budget = 0;
    }
    Ok(part)
}

fn feed_hash(db: &Db, school: SchoolId, feed: Feed, station: StationId) -> Result<FeedHash, StoreFault> {
    let common = hash(db, school, feed, EVERYONE)?;
    Ok(FeedHash(common.0.wrapping_add(hash(db, school, feed, station)?.0)))
}
