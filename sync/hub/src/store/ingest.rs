//! Takes a station's message: what is new is kept, judged and folded in one transaction, and answered from the same
//! moment.
//!
//! - A known event that comes again byte for byte is passed over. With other bytes, or after another history, it is a
//!   fork: the message is set aside, nothing of it counts, and the station is told to begin a new epoch.
//! - A gap moves nothing: the answer says what is stored, and the station sends from there.
//! - A revoked station's message is set aside.

use super::code::{int, uint};
use super::fold::{self, event_ref};
use super::{Store, StoreFault, feeds};
use crate::fold::{BootReadings, EventRef, Subject, When, subject_of};
use exchange::wire::PublicKey;
use exchange::{
    Act, Answer, Chain, Epoch, Event, Feed, Outcome, Request, SCHEMA, Seq, Standing, StationId, row,
};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::collections::BTreeSet;

/// Messages set aside that are kept for each station: enough to see what happened, and no way to fill the disk.
const MOST_SET_ASIDE: u32 = 64;

/// What a message turned out to be.
enum Verdict {
    /// Events from this place of the message on are new.
    New(usize),
    /// There is a gap before them.
    Gap,
    /// Another history.
    Fork,
}

/// By which way a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It was sent a moment ago.
    Network,
    /// Somebody carried it: it is as old as its clock says.
    Stick,
}

impl Store {
    /// The key by which a station signs; `None` if no such station was ever approved.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn station_key(&self, station: StationId) -> Result<Option<PublicKey>, StoreFault> {
        let mut query = self.conn.prepare_cached("SELECT key FROM station WHERE id = ?1")?;
        Ok(query.query_row([station.0], |row| row.get(0)).optional()?.map(PublicKey))
    }

    /// Takes a request in, and says what to answer. `request` was opened with [`Store::station_key`]; `message` are its
    /// sealed bytes, kept where it cannot be taken; `now_s` is the region's time.
    ///
    /// # Errors
    /// The database cannot be written; then nothing has moved.
    pub fn take(&mut self, request: &Request, message: &[u8], now_s: i64) -> Result<Answer, StoreFault> {
        self.take_by(Way::Network, request, message, now_s)
    }

    /// As [`Store::take`], for a message that somebody carried. `None` if it is from before the station began its present
    /// epoch: then nothing counts, for what was unsent has gone over into that epoch. A station whose journal was put back
    /// to an older image speaks of an older epoch too, but later than the region last heard from it.
    ///
    /// # Errors
    /// The database cannot be written; then nothing has moved.
    pub fn take_carried(
        &mut self,
        request: &Request,
        message: &[u8],
        now_s: i64,
    ) -> Result<Option<Answer>, StoreFault> {
        let heard_s: Option<i64> = self.conn.query_row(
            "SELECT contact_s FROM station WHERE id = ?1",
            [request.station.0],
            |row| row.get(0),
        )?;
        let older = request.epoch < newest_epoch(&self.conn, request.station)?;
        if older && heard_s.is_some_and(|heard_s| request.clock.wall_s <= heard_s) {
            return Ok(None);
        }
        self.take_by(Way::Stick, request, message, now_s).map(Some)
    }

    fn take_by(
        &mut self,
        way: Way,
        request: &Request,
        message: &[u8],
        now_s: i64,
    ) -> Result<Answer, StoreFault> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let station = request.station;
        let revoked: Option<i64> =
            tx.query_row("SELECT revoked_s FROM station WHERE id = ?1", [station.0], |row| row.get(0))?;
        let mut answer = Answer {
            schema: request.schema.min(SCHEMA),
            station,
            epoch: request.epoch,
            standing: Standing::Good,
            stored_upto: stored_upto(&tx, station, request.epoch)?,
            outcomes: Vec::new(),
            changes: Vec::new(),
            time_s: now_s,
            more: false,
        };
        if revoked.is_some() {
            if !request.events.is_empty() {
                set_aside(&tx, request, message, "revoked", now_s)?;
            }
            answer.standing = Standing::Revoked;
            tx.commit()?;
            return Ok(answer);
        }
        note_contact(&tx, way, request, now_s)?;
        match compare(&tx, request, answer.stored_upto)? {
            Verdict::New(first) => {
                let new = request.events.get(first..).unwrap_or_default();
                if let Some(last) = new.last() {
                    store(&tx, request, new, now_s)?;
                    answer.stored_upto = last.seq;
                }
                if !request.events.is_empty() {
                    answer.outcomes =
                        outcomes(&tx, station, request.epoch, request.from_seq, answer.stored_upto)?;
                }
            }
            Verdict::Gap => {}
            Verdict::Fork => {
                set_aside(&tx, request, message, "fork", now_s)?;
                answer.standing = Standing::Forked { begin: begin_epoch(&tx, station, request.epoch)? };
            }
        }
        let mut have = request.have.clone();
        if request.head_seq > answer.stored_upto {
            // The loans would be old with the station's next message, and come with the last one.
            have.retain(|cursor| cursor.feed != Feed::Loans);
        }
        (answer.changes, answer.more) = feeds::changes(&tx, station, &have, request.answer_limit)?;
        tx.commit()?;
        Ok(answer)
    }
}

/// Highest seq of this epoch that is stored.
pub(super) fn stored_upto(conn: &Connection, station: StationId, epoch: Epoch) -> Result<Seq, StoreFault> {
    let mut query = conn.prepare_cached("SELECT stored_upto FROM life WHERE station = ?1 AND epoch = ?2")?;
    let stored: Option<i64> = query.query_row([station.0, epoch.0], |row| row.get(0)).optional()?;
    Ok(Seq(stored.map_or(0, uint)))
}

/// The newest epoch that was opened for a station; 0 = none.
pub(super) fn newest_epoch(conn: &Connection, station: StationId) -> Result<Epoch, StoreFault> {
    let mut query = conn.prepare_cached("SELECT coalesce(max(epoch), 0) FROM life WHERE station = ?1")?;
    Ok(Epoch(query.query_row([station.0], |row| row.get(0))?))
}

fn begin_epoch(tx: &Transaction<'_>, station: StationId, asked: Epoch) -> Result<Epoch, StoreFault> {
    let newest = newest_epoch(tx, station)?;
    if newest > asked && stored_upto(tx, station, newest)? == Seq(0) {
        // It was told so before, and the answer was lost.
        return Ok(newest);
    }
    let begin = Epoch(newest.max(asked).0.saturating_add(1));
    open_epoch(tx, station, begin)?;
    Ok(begin)
}

/// Notes that a station has this epoch.
pub(super) fn open_epoch(tx: &Transaction<'_>, station: StationId, epoch: Epoch) -> Result<(), StoreFault> {
    tx.prepare_cached("INSERT OR IGNORE INTO life (station, epoch, stored_upto) VALUES (?1, ?2, 0)")?
        .execute([station.0, epoch.0])?;
    Ok(())
}

/// Compares a message with what is stored of its epoch.
fn compare(conn: &Connection, request: &Request, stored: Seq) -> Result<Verdict, StoreFault> {
    if request.epoch < newest_epoch(conn, request.station)? {
        return Ok(Verdict::Fork);
    }
    if request.from_seq > stored.next() {
        return Ok(Verdict::Gap);
    }
    let Some(before) = request.from_seq.0.checked_sub(1) else { return Ok(Verdict::Fork) };
    if chain_at(conn, request.station, request.epoch, Seq(before))? != Some(request.chain_before) {
        return Ok(Verdict::Fork);
    }
    let mut query =
        conn.prepare_cached("SELECT row FROM event WHERE station = ?1 AND epoch = ?2 AND seq = ?3")?;
    let mut known = 0;
    for event in request.events.iter().take_while(|event| event.seq <= stored) {
        let kept: Vec<u8> = query
            .query_row(params![request.station.0, request.epoch.0, int(event.seq.0)], |row| row.get(0))?;
        if kept != row::encode(event) {
            return Ok(Verdict::Fork);
        }
        known += 1;
    }
    Ok(Verdict::New(known))
}

/// The chain value after an event; `None` if it is not stored.
fn chain_at(
    conn: &Connection,
    station: StationId,
    epoch: Epoch,
    seq: Seq,
) -> Result<Option<Chain>, StoreFault> {
    if seq == Seq(0) {
        return Ok(Some(Chain::START));
    }
    let mut query =
        conn.prepare_cached("SELECT chain FROM event WHERE station = ?1 AND epoch = ?2 AND seq = ?3")?;
    let chain = query.query_row(params![station.0, epoch.0, int(seq.0)], |row| row.get(0)).optional()?;
    Ok(chain.map(Chain))
}

/// Keeps new events and folds what they touch.
fn store(tx: &Transaction<'_>, request: &Request, new: &[Event], now_s: i64) -> Result<(), StoreFault> {
    let (station, epoch) = (request.station, request.epoch);
    open_epoch(tx, station, epoch)?;
    let readings = readings(tx, station, epoch)?;
    let first = new.first().map_or(Seq(1), |event| event.seq);
    let mut chain = chain_at(tx, station, epoch, Seq(first.0.saturating_sub(1)))?
        .ok_or(StoreFault::Damaged("the chain of a journal"))?;
    let mut write = tx.prepare_cached(
        "INSERT INTO event (station, epoch, seq, kind, row, chain, subject, boot, at_s, lo_s, hi_s, received_s)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let (mut touched, mut alone, mut reviews) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    for event in new {
        let who = EventRef { station, epoch, seq: event.seq };
        let bytes = row::encode(event);
        chain = chain.after_row(event.seq.0, &bytes);
        let subject = subject(tx, who, &event.act)?;
        let When { at_s, lo_s, hi_s } = readings.when(&event.at);
        write.execute(params![
            station.0,
            epoch.0,
            int(event.seq.0),
            event.act.kind(),
            bytes,
            chain.0,
            subject.as_ref().map(Subject::to_string),
            event.at.boot,
            at_s,
            lo_s,
            hi_s,
            now_s,
        ])?;
        match subject {
            Some(subject) => {
                touched.insert(subject);
            }
            None => alone.push((who, &event.act)),
        }
        if let Act::ReviewDecided { review, accept } = event.act {
            let decree = if accept { "accept" } else { "reject" };
            tx.prepare_cached(
                "INSERT INTO decision (review, decree, station, epoch, seq, at_s) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![int(review.0), decree, station.0, epoch.0, int(event.seq.0), now_s])?;
            reviews.insert(review);
        }
    }
    let last = new.last().map_or(0, |event| int(event.seq.0));
    tx.prepare_cached("UPDATE life SET stored_upto = ?3 WHERE station = ?1 AND epoch = ?2")?
        .execute(params![station.0, epoch.0, last])?;
    fold::refold(tx, &touched)?;
    for (who, act) in alone {
        fold::judge_alone(tx, who, act)?;
    }
    for review in reviews {
        fold::refold_review(tx, review)?;
    }
    Ok(())
}

/// What an event is about; one that takes back another is about the same as that one. Taking back is not taken back: that
/// is about nothing.
fn subject(conn: &Connection, who: EventRef, act: &Act) -> Result<Option<Subject>, StoreFault> {
    let Act::Undone { seq } = act else { return Ok(subject_of(act)) };
    if *seq >= who.seq {
        return Ok(None);
    }
    let mut query = conn.prepare_cached(
        "SELECT subject FROM event WHERE station = ?1 AND epoch = ?2 AND seq = ?3 AND kind <> ?4",
    )?;
    let name = params![who.station.0, who.epoch.0, int(seq.0), act.kind()];
    let text: Option<Option<String>> = query.query_row(name, |row| row.get(0)).optional()?;
    text.flatten().as_deref().map(fold::parse_subject).transpose()
}

/// Notes when a station was heard and what its clocks said. A reading that bounds the past more closely moves the
/// events of that start and earlier ones, and what rests on them is folded anew.
fn note_contact(tx: &Transaction<'_>, way: Way, request: &Request, now_s: i64) -> Result<(), StoreFault> {
    let (station, epoch, clock) = (request.station, request.epoch, request.clock);
    let head = int(request.head_seq.0);
    match way {
        Way::Network => tx
            .prepare_cached("UPDATE station SET contact_s = ?2, head = ?3, ahead_s = ?4 WHERE id = ?1")?
            .execute(params![station.0, now_s, head, clock.wall_s.saturating_sub(now_s)])?,
        // It tells of the moment when it was written, and nothing of how the clocks compare.
        Way::Stick => tx
            .prepare_cached(
                "UPDATE station SET head = CASE WHEN contact_s > ?2 THEN head ELSE ?3 END,
                     contact_s = max(coalesce(contact_s, ?2), ?2) WHERE id = ?1",
            )?
            .execute(params![station.0, clock.wall_s.min(now_s), head])?,
    };
    let mut readings = readings(tx, station, epoch)?;
    let Some(start_by_s) = readings.note(&clock, now_s) else { return Ok(()) };
    tx.prepare_cached(
        "INSERT INTO boot (station, epoch, boot, start_by_s) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET start_by_s = excluded.start_by_s",
    )?
    .execute(params![station.0, epoch.0, clock.boot, start_by_s])?;
    let mut query = tx.prepare_cached(
        "SELECT station, epoch, seq, row, at_s, lo_s, hi_s, subject FROM event
         WHERE station = ?1 AND epoch = ?2 AND boot <= ?3",
    )?;
    let mut moved = Vec::new();
    let mut rows = query.query(params![station.0, epoch.0, clock.boot])?;
    while let Some(row) = rows.next()? {
        let who = event_ref(row, 0)?;
        let bytes: Vec<u8> = row.get(3)?;
        let event = row::decode(who.seq, &bytes).map_err(|_| StoreFault::Damaged("an event"))?;
        let when = readings.when(&event.at);
        if when != (When { at_s: row.get(4)?, lo_s: row.get(5)?, hi_s: row.get(6)? }) {
            moved.push((who, when, row.get::<_, Option<String>>(7)?));
        }
    }
    let mut write = tx.prepare_cached(
        "UPDATE event SET at_s = ?4, lo_s = ?5, hi_s = ?6 WHERE station = ?1 AND epoch = ?2 AND seq = ?3",
    )?;
    let mut touched = BTreeSet::new();
    for (who, when, subject) in moved {
        write.execute(params![
            who.station.0,
            who.epoch.0,
            int(who.seq.0),
            when.at_s,
            when.lo_s,
            when.hi_s
        ])?;
        touched.extend(subject.as_deref().map(fold::parse_subject).transpose()?);
    }
    fold::refold(tx, &touched)
}

fn readings(conn: &Connection, station: StationId, epoch: Epoch) -> Result<BootReadings, StoreFault> {
    let mut query =
        conn.prepare_cached("SELECT boot, start_by_s FROM boot WHERE station = ?1 AND epoch = ?2")?;
    let kept = query.query_map([station.0, epoch.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(BootReadings::from_kept(kept.collect::<Result<Vec<_>, _>>()?))
}

/// What became of the events from `from` to `upto` that were not plainly applied.
fn outcomes(
    conn: &Connection,
    station: StationId,
    epoch: Epoch,
    from: Seq,
    upto: Seq,
) -> Result<Vec<Outcome>, StoreFault> {
    let mut query = conn.prepare_cached(
        "SELECT seq, fate, conflict, review, patron_conflict FROM matter
         WHERE station = ?1 AND epoch = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq",
    )?;
    let mut rows = query.query(params![station.0, epoch.0, int(from.0), int(upto.0)])?;
    let mut outcomes = Vec::new();
    while let Some(row) = rows.next()? {
        let (fate, conflict): (String, Option<String>) = (row.get(1)?, row.get(2)?);
        let patron: Option<String> = row.get(4)?;
        let judged = fold::judged(Some(&fate), conflict.as_deref(), row.get(3)?, patron.as_deref())?;
        if let Some(conflict) = judged.conflict {
            outcomes.push(Outcome { seq: Seq(uint(row.get(0)?)), fate: judged.fate, conflict });
        }
    }
    Ok(outcomes)
}

fn set_aside(
    tx: &Transaction<'_>,
    request: &Request,
    message: &[u8],
    why: &str,
    now_s: i64,
) -> Result<(), StoreFault> {
    tx.prepare_cached(
        "INSERT INTO set_aside (station, epoch, at_s, why, message)
         SELECT ?1, ?2, ?3, ?4, ?5 WHERE (SELECT count(*) FROM set_aside WHERE station = ?1) < ?6",
    )?
    .execute(params![request.station.0, request.epoch.0, now_s, why, message, MOST_SET_ASIDE])?;
    Ok(())
}
