//! A damaged journal is read as far as it can be, and written anew. The damaged file is only read here.
//!
//! What is proved by the chain from the first event on stays where it stood. Behind the first hole nothing can stand
//! where it stood; what is readable there, and everything the region may not have yet, begins a provisional life,
//! which becomes a real one when the region has named it.

use crate::carry::{Carried, carry, inverse};
use crate::fold::Place;
use crate::log::{Beginning, Life, Log, PROVISIONAL, Row, read_about, read_lives, scan};
use crate::{StoreFault, db};
use exchange::{Act, Chain, Epoch, Event, Seq, StationId, row};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Saved {
    pub(crate) kept: u64,
    pub(crate) carried: u64,
    pub(crate) unreadable: u64,
}

/// A journal with damage in it, or a copy, as far as it can be read.
struct Source {
    about: Option<(StationId, u32, i64)>,
    lives: Vec<Life>,
    origins: BTreeMap<Place, Place>,
    rows: BTreeMap<Epoch, BTreeMap<Seq, Row>>,
}

/// Most places in a row that are looked at in vain before the rest of an epoch is given up: more than a lost page of
/// pages could have held.
const LONGEST_HOLE: u64 = 4096;

/// Writes what `sources` (the damaged file first, then the newest copy) hold to the file beside `path`. `None` if they
/// hold nothing.
pub(crate) fn salvage(path: &Path, sources: &[PathBuf]) -> Result<Option<Saved>, StoreFault> {
    let sources: Vec<Source> = sources.iter().filter_map(|path| Source::read(path)).collect();
    let Some(about) = sources.iter().find_map(|source| source.about) else { return Ok(None) };
    let (station, boot, mark_s) = about;
    let mut saved = Saved::default();
    let mut kept = Vec::new();
    let mut carried = Carried::default();
    let mut provisional = PROVISIONAL;
    for life in lives(&sources) {
        let rows: Vec<&BTreeMap<Seq, Row>> =
            sources.iter().filter_map(|source| source.rows.get(&life.epoch)).collect();
        let mended = mend(&rows);
        let head = Seq(mended.sound.len() as u64);
        saved.kept += head.0;
        saved.unreadable += mended.unreadable;
        let acked = life.acked.min(head);
        let ended = match (life.ended, life.is_provisional()) {
            (Some(ended), _) => ended.min(head),
            (None, false) => acked,
            (None, true) => Seq(0),
        };
        if life.ended.is_none() {
            let origins = sources.iter().map(|source| &source.origins).find(|origins| !origins.is_empty());
            carried = carry_unsent(&life, &mended, origins);
        }
        if life.is_provisional() {
            provisional = provisional.max(Epoch(life.epoch.0.saturating_add(1)));
        }
        kept.push((Life { acked, ended: Some(ended), ..life }, mended.sound));
    }
    saved.carried = carried.events.len() as u64;
    let new = db::clear_new(path)?;
    let last_s = carried.events.iter().map(|event| event.at.wall_s).max().unwrap_or(mark_s);
    let beginning = Beginning { station, boot, mark_s: mark_s.max(last_s) };
    Log::restore(&new, beginning, &kept, provisional, &carried)?;
    Ok(Some(saved))
}

impl Source {
    fn read(path: &Path) -> Option<Source> {
        let conn = db::open_read_only(path).ok()?;
        let about = read_about(&conn).ok();
        let lives = read_lives(&conn).unwrap_or_default();
        let mut source = Source {
            about: about.map(|(_, station, boot, mark_s)| (station, boot, mark_s)),
            origins: read_origins(&conn),
            rows: BTreeMap::new(),
            lives,
        };
        // Whatever comes before the first damage, and then each epoch by itself.
        let mut epochs: BTreeSet<Epoch> = source.lives.iter().map(|life| life.epoch).collect();
        let _ = scan(&conn, Epoch(0), Seq(0), |row| {
            epochs.insert(row.epoch);
            Ok(())
        });
        for epoch in epochs {
            source.rows.insert(epoch, read_epoch(&conn, epoch));
        }
        Some(source)
    }
}

fn read_origins(conn: &Connection) -> BTreeMap<Place, Place> {
    let read = || -> rusqlite::Result<BTreeMap<Place, Place>> {
        let mut query = conn.prepare("SELECT epoch, seq, was_epoch, was_seq FROM origin")?;
        let origins = query.query_map([], |row| {
            let place = |epoch, seq: i64| (Epoch(epoch), Seq(seq as u64));
            Ok((place(row.get(0)?, row.get(1)?), place(row.get(2)?, row.get(3)?)))
        })?;
        origins.collect()
    };
    read().unwrap_or_default()
}

/// Every row of an epoch that can be read, whatever lies between.
fn read_epoch(conn: &Connection, epoch: Epoch) -> BTreeMap<Seq, Row> {
    let mut rows = BTreeMap::new();
    let keep = |rows: &mut BTreeMap<Seq, Row>, row: Row| {
        rows.insert(row.seq, row);
    };
    let _ = scan(conn, epoch, Seq(0), |row| {
        if row.epoch == epoch {
            keep(&mut rows, row);
        }
        Ok(())
    });
    let mut seq = rows.last_key_value().map_or(Seq(0), |(seq, _)| *seq);
    let mut missed = 0;
    while missed < LONGEST_HOLE {
        seq = seq.next();
        match read_row(conn, epoch, seq) {
            Ok(Some(row)) => {
                keep(&mut rows, row);
                missed = 0;
            }
            Ok(None) | Err(_) => missed += 1,
        }
    }
    rows
}

fn read_row(conn: &Connection, epoch: Epoch, seq: Seq) -> rusqlite::Result<Option<Row>> {
    let mut query = conn.prepare_cached("SELECT chain, row FROM event WHERE epoch = ?1 AND seq = ?2")?;
    let place = params![epoch.0, seq.0 as i64];
    query
        .query_row(place, |row| Ok(Row { epoch, seq, chain: Chain(row.get(0)?), bytes: row.get(1)? }))
        .optional()
}

/// The lives: as written where that can be read, and a guess for epochs of which only events are left.
fn lives(sources: &[Source]) -> Vec<Life> {
    let written = sources.iter().map(|source| &source.lives).find(|lives| !lives.is_empty());
    let mut lives: Vec<Life> = written.cloned().unwrap_or_default();
    let seen: BTreeSet<Epoch> = sources.iter().flat_map(|source| source.rows.keys().copied()).collect();
    let newest = seen.last().copied();
    for epoch in seen {
        if lives.iter().all(|life| life.epoch != epoch) {
            let ended =
                (Some(epoch) != newest || lives.iter().any(|life| life.ended.is_none())).then_some(Seq(0));
            lives.push(Life { epoch, acked: Seq(0), ended });
        }
    }
    lives.sort_by_key(|life| life.epoch);
    lives
}

/// What the events of one epoch prove of themselves.
struct Mended {
    /// Row forms from seq 1 on, without a hole.
    sound: Vec<Vec<u8>>,
    /// Readable events behind the first hole.
    loose: Vec<Event>,
    unreadable: u64,
}

/// Follows the chain through rows of several sources. A row is taken where the hash over it is the one stored with it,
/// or leads to the one stored with the next row (then only the stored hash was damaged).
fn mend(sources: &[&BTreeMap<Seq, Row>]) -> Mended {
    let mut mended = Mended { sound: Vec::new(), loose: Vec::new(), unreadable: 0 };
    let last =
        sources.iter().filter_map(|rows| rows.last_key_value()).map(|(seq, _)| seq.0).max().unwrap_or(0);
    let mut chain = Some(Chain::START);
    for seq in (1..=last).map(Seq) {
        let found: Vec<&Row> = sources.iter().filter_map(|rows| rows.get(&seq)).collect();
        let next: Vec<&Row> = sources.iter().filter_map(|rows| rows.get(&seq.next())).collect();
        let fits = |row: &Row| {
            let Some(before) = chain else {
                // What the chain was before is lost; so the row has to speak for itself.
                return row
                    .event()
                    .is_ok_and(|event| !matches!(event.act, Act::Unknown { .. }))
                    .then_some(row.chain);
            };
            let after = before.after_row(seq.0, &row.bytes);
            let leads_on = next.iter().any(|next| after.after_row(next.seq.0, &next.bytes) == next.chain);
            (after == row.chain || leads_on).then_some(after)
        };
        match found.iter().find_map(|row| Some((row, fits(row)?))) {
            Some((row, after)) => {
                chain = Some(after);
                if mended.sound.len() as u64 + 1 == seq.0 {
                    mended.sound.push(row.bytes.clone());
                } else {
                    mended.loose.extend(row.event());
                }
            }
            None => {
                mended.unreadable += 1;
                chain = found.first().map(|row| row.chain);
            }
        }
    }
    mended
}

/// The events of the present life that the region may not have.
fn carry_unsent(life: &Life, mended: &Mended, origins: Option<&BTreeMap<Place, Place>>) -> Carried {
    let sound: Vec<Event> =
        mended.sound.iter().zip(1..).filter_map(|(bytes, seq)| row::decode(Seq(seq), bytes).ok()).collect();
    let unsent: Vec<Event> =
        sound.iter().chain(&mended.loose).filter(|event| event.seq > life.acked).cloned().collect();
    let instead =
        |seq: Seq| sound.iter().find(|event| event.seq == seq).and_then(|event| inverse(&event.act, None));
    let events = carry(&unsent, instead);
    let origin_of = |event: &Event| {
        let place = (life.epoch, event.seq);
        if life.is_provisional() {
            origins.and_then(|origins| origins.get(&place)).copied()
        } else {
            Some(place)
        }
    };
    let origins =
        unsent.iter().zip(1..).filter_map(|(event, seq)| Some((Seq(seq), origin_of(event)?))).collect();
    Carried { events, origins }
}
