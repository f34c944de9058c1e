//! Makes `state.db` anew from what there is: the old file as far as it can be read, and copies. Each feed is taken from
//! the first of them in which its hash fits; a feed that fits nowhere is asked for afresh. What the station itself did
//! is in the journal and needs no rebuilding.

use crate::reference::{
    About, FeedState, Reference, for_each_record, put, read_about, read_traces, write_about, write_feed,
    write_traces,
};
use crate::{StoreFault, db};
use exchange::{Feed, FeedHash, Record};
use rusqlite::{Connection, OptionalExtension};
use std::path::{Path, PathBuf};

/// Writes the file beside `path`; gives the feeds that were taken over.
pub(crate) fn rebuild(path: &Path, sources: &[PathBuf]) -> Result<Vec<Feed>, StoreFault> {
    let sources: Vec<Connection> = sources.iter().filter_map(|path| db::open_read_only(path).ok()).collect();
    let new = db::clear_new(path)?;
    let reference = Reference::create(&new)?;
    let tx = reference.begin()?;
    let mut kept = Vec::new();
    let mut used: Vec<About> = Vec::new();
    let mut about = About::default();
    for feed in Feed::ALL {
        let Some((source, at, hash, records)) = sources.iter().find_map(|source| sound_feed(source, feed))
        else {
            continue;
        };
        let source_about = read_about(source).unwrap_or_default();
        if feed == Feed::Loans {
            about.folded = source_about.folded;
            write_traces(&tx, &read_traces(source).unwrap_or_default())?;
        }
        for record in &records {
            put(&tx, record)?;
        }
        write_feed(&tx, feed, &FeedState { at, hash, staged: None })?;
        kept.push(feed);
        used.push(source_about);
    }
    // The whole is as old as its oldest part.
    about.data_as_of_s = used.iter().map(|about| about.data_as_of_s).min().flatten();
    about.answered_s = used.iter().filter_map(|about| about.answered_s).max();
    write_about(&tx, &about)?;
    tx.commit()?;
    db::finish(reference.conn, &new)?;
    Ok(kept)
}

/// Cursor, hash and records of a feed, where they fit each other. Reads only what every schema has.
fn sound_feed(source: &Connection, feed: Feed) -> Option<(&Connection, u64, FeedHash, Vec<Record>)> {
    let state: Option<(i64, i64)> = source
        .query_row("SELECT at, hash FROM feed WHERE feed = ?1", [feed.number()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .ok()?;
    let (at, hash) = state?;
    let mut records = Vec::new();
    for_each_record(source, feed, |record| records.push(record)).ok()?;
    let hash = FeedHash(hash as u64);
    (at != 0 && FeedHash::over(&records) == hash).then_some((source, at as u64, hash, records))
}
