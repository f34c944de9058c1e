//! Takes a station's message: what is new is kept, judged and folded in one transaction, and answered from the same
//! moment.
//!
//! - A known event that comes again byte for byte is passed over. With other bytes, or after another history, it is a
//!   fork: the message is set aside, nothing of it counts, and the station is told to begin a new epoch.
//! - A gap moves nothing: the answer says what is stored, and the station sends from there.
//! - A revoked station's message is set aside.

use super::fold;
use super::sql::{Db, Lock, Meets, Tx, Value, params};
use super::tables::EVENT;
use super::{SchoolId, Store, StoreFault, feeds, log, tally};
use crate::fold::{BootReadings, EventRef, Subject, When, subject_of};
use exchange::wire::PublicKey;
use exchange::{
    Act, Answer, Chain, Epoch, Event, Feed, Outcome, Request, SCHEMA, Seq, Standing, StationId, row,
};
use std::collections::{BTreeMap, BTreeSet};

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
        let row = self.db.row("SELECT key FROM station WHERE id = ?1", params![station.0])?;
        row.map(|row| row.get(0).map(PublicKey)).transpose()
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
        let heard_s: Option<i64> =
            self.db.one("SELECT contact_s FROM station WHERE id = ?1", params![request.station.0])?;
        let older = request.epoch < newest_epoch(&self.db, request.station)?;
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
        let station = request.station;
        let school = self.school_of(station)?.ok_or(StoreFault::Damaged("a station without a school"))?;
        self.db.make_room(now_s)?;
        let tx = self.db.begin(Lock::School(school))?;
        let revoked: Option<i64> =
            tx.one("SELECT revoked_s FROM station WHERE id = ?1", params![station.0])?;
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
        note_contact(&tx, school, way, request, now_s)?;
        match compare(&tx, request, answer.stored_upto)? {
            Verdict::New(first) => {
                let new = request.events.get(first..).unwrap_or_default();
                if let Some(last) = new.last() {
                    store(&tx, school, request, new, now_s)?;
                    if let (Way::Stick, Some(first)) = (way, new.first()) {
                        log::note_carried(&tx, (station, request.epoch), (first.seq, last.seq), now_s)?;
                    }
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
        (answer.changes, answer.more) = feeds::changes(&tx, school, station, &have, request.answer_limit)?;
        tx.commit()?;
        Ok(answer)
    }
}

/// Highest seq of this epoch that is stored.
pub(super) fn stored_upto(db: &Db, station: StationId, epoch: Epoch) -> Result<Seq, StoreFault> {
    let row = db
        .row("SELECT stored_upto FROM life WHERE station = ?1 AND epoch = ?2", params![station.0, epoch.0])?;
    Ok(Seq(row.map_or(Ok(0), |row| row.get(0))?))
}

/// The newest epoch that was opened for a station; 0 = none.
pub(super) fn newest_epoch(db: &Db, station: StationId) -> Result<Epoch, StoreFault> {
    let sql = "SELECT coalesce(max(epoch), 0) FROM life WHERE station = ?1";
    Ok(Epoch(db.one(sql, params![station.0])?))
}

fn begin_epoch(tx: &Tx<'_>, station: StationId, asked: Epoch) -> Result<Epoch, StoreFault> {
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
pub(super) fn open_epoch(tx: &Tx<'_>, station: StationId, epoch: Epoch) -> Result<(), StoreFault> {
    tx.execute(
        "INSERT INTO life (station, epoch, stored_upto) VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING",
        params![station.0, epoch.0],
    )?;
    Ok(())
}

/// Compares a message with what is stored of its epoch.
fn compare(db: &Db, request: &Request, stored: Seq) -> Result<Verdict, StoreFault> {
    if request.epoch < newest_epoch(db, request.station)? {
        return Ok(Verdict::Fork);
    }
    if request.from_seq > stored.next() {
        return Ok(Verdict::Gap);
    }
    let Some(before) = request.from_seq.0.checked_sub(1) else { return Ok(Verdict::Fork) };
    if chain_at(db, request.station, request.epoch, Seq(before))? != Some(request.chain_before) {
        return Ok(Verdict::Fork);
    }
    let again: Vec<&Event> = request.events.iter().take_while(|event| event.seq <= stored).collect();
    let Some(last) = again.last() else { return Ok(Verdict::New(0)) };
    let rows = db.rows(
        "SELECT row FROM event WHERE station = ?1 AND epoch = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq",
        params![request.station.0, request.epoch.0, request.from_seq.0, last.seq.0],
    )?;
    if rows.len() != again.len() {
        return Err(StoreFault::Damaged("an event is missing"));
    }
    for (event, kept) in again.iter().zip(&rows) {
        if kept.get::<Vec<u8>>(0)? != row::encode(event) {
            return Ok(Verdict::Fork);
        }
    }
    Ok(Verdict::New(again.len()))
}

/// The chain value after an event; `None` if it is not stored.
fn chain_at(db: &Db, station: StationId, epoch: Epoch, seq: Seq) -> Result<Option<Chain>, StoreFault> {
    if seq == Seq(0) {
        return Ok(Some(Chain::START));
    }
    let row = db.row(
        "SELECT chain FROM event WHERE station = ?1 AND epoch = ?2 AND seq = ?3",
        params![station.0, epoch.0, seq.0],
    )?;
    row.map(|row| row.get(0).map(Chain)).transpose()
}

/// Keeps new events and folds what they touch.
fn store(
    tx: &Tx<'_>,
    school: SchoolId,
    request: &Request,
    new: &[Event],
    now_s: i64,
) -> Result<(), StoreFault> {
    let (station, epoch) = (request.station, request.epoch);
    open_epoch(tx, station, epoch)?;
    let readings = readings(tx, station, epoch)?;
    let first = new.first().map_or(Seq(1), |event| event.seq);
    let mut chain = chain_at(tx, station, epoch, Seq(first.0.saturating_sub(1)))?
        .ok_or(StoreFault::Damaged("the chain of a journal"))?;
    let subjects = subjects(tx, station, epoch, new)?;
    let mut rows = Vec::with_capacity(new.len());
    let (mut touched, mut alone, mut reviews) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    for event in new {
        let who = EventRef { station, epoch, seq: event.seq };
        let bytes = row::encode(event);
        chain = chain.after_row(event.seq.0, &bytes);
        let subject = subjects.get(&event.seq);
        let When { at_s, lo_s, hi_s } = readings.when(&event.at);
        rows.push(
            params![
                station.0,
                epoch.0,
                event.seq.0,
                school.0,
                event.act.kind(),
                bytes,
                chain.0,
                subject.map(Subject::to_string),
                event.at.boot,
                at_s,
                lo_s,
                hi_s,
                false,
                now_s,
            ]
            .to_vec(),
        );
        match subject {
            Some(subject) => {
                touched.insert(subject.clone());
            }
            None => alone.push((who, &event.act)),
        }
        if let Act::ReviewDecided { review, accept } = event.act {
            let decree = if accept { "accept" } else { "reject" };
            tx.execute(
                "INSERT INTO decision (school, review, decree, station, epoch, seq, at_s)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![school.0, review.0, decree, station.0, epoch.0, event.seq.0, now_s],
            )?;
            reviews.insert(review);
        }
    }
    tx.put(&EVENT, Meets::Nothing, &rows)?;
    tally::note_events(tx, school, station, new.iter().map(|event| event.act.kind()))?;
    let last = new.last().map_or(0, |event| event.seq.0);
    tx.execute(
        "UPDATE life SET stored_upto = ?3 WHERE station = ?1 AND epoch = ?2",
        params![station.0, epoch.0, last],
    )?;
    fold::refold(tx, school, &touched)?;
    fold::judge_alone(tx, school, alone)?;
    fold::refold_reviews(tx, school, &reviews)
}

/// What events are about; one that takes back another is about the same as that one. Taking back is not taken back: that
/// is about nothing.
fn subjects(
    db: &Db,
    station: StationId,
    epoch: Epoch,
    new: &[Event],
) -> Result<BTreeMap<Seq, Subject>, StoreFault> {
    let first = new.first().map_or(Seq(1), |event| event.seq);
    let back = |event: &Event| match event.act {
        Act::Undone { seq } if seq < event.seq => Some(seq),
        Act::Undone { .. }
        | Act::StationStarted { .. }
        | Act::CheckedOut { .. }
        | Act::Returned { .. }
        | Act::Renewed { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    };
    let earlier: Vec<i64> =
        new.iter().filter_map(back).filter(|seq| *seq < first).map(|seq| seq.0.cast_signed()).collect();
    let mut all = BTreeMap::new();
    let mut kept = BTreeMap::new();
    if !earlier.is_empty() {
        let rows = db.rows(
            "SELECT seq, subject FROM event
             WHERE station = ?1 AND epoch = ?2 AND seq = ANY(?3) AND kind <> ?4 AND subject IS NOT NULL",
            params![station.0, epoch.0, Value::Ints(earlier), Act::Undone { seq: first }.kind()],
        )?;
        for row in &rows {
            kept.insert(Seq(row.get(0)?), fold::parse_subject(&row.get::<String>(1)?)?);
        }
    }
    for event in new {
        let subject = match back(event) {
            Some(seq) if seq < first => kept.get(&seq).cloned(),
            Some(seq) => {
                let target = new.iter().find(|event| event.seq == seq);
                target.and_then(|event| subject_of(&event.act))
            }
            None => subject_of(&event.act),
        };
        all.extend(subject.map(|subject| (event.seq, subject)));
    }
    Ok(all)
}

/// Notes when a station was heard and what its clocks said. A reading that bounds the past more closely moves the
/// events of that start and earlier ones, and what rests on them is folded anew.
fn note_contact(
    tx: &Tx<'_>,
    school: SchoolId,
    way: Way,
    request: &Request,
    now_s: i64,
) -> Result<(), StoreFault> {
    let (station, epoch, clock) = (request.station, request.epoch, request.clock);
    let head = request.head_seq.0;
    match way {
        Way::Network => tx.execute(
            "UPDATE station SET contact_s = ?2, head = ?3, ahead_s = ?4 WHERE id = ?1",
            params![station.0, now_s, head, clock.wall_s.saturating_sub(now_s)],
        )?,
        // It tells of the moment when it was written, and nothing of how the clocks compare.
        Way::Stick => tx.execute(
            "UPDATE station SET head = CASE WHEN contact_s > ?2 THEN head ELSE ?3 END,
                 contact_s = CASE WHEN contact_s > ?2 THEN contact_s ELSE ?2 END WHERE id = ?1",
            params![station.0, clock.wall_s.min(now_s), head],
        )?,
    };
    let mut readings = readings(tx, station, epoch)?;
    let Some(start_by_s) = readings.note(&clock, now_s) else { return Ok(()) };
    tx.execute(
        "INSERT INTO boot (station, epoch, boot, start_by_s) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (station, epoch, boot) DO UPDATE SET start_by_s = excluded.start_by_s",
        params![station.0, epoch.0, clock.boot, start_by_s],
    )?;
    let rows = tx.rows(
        "SELECT seq, row, at_s, lo_s, hi_s, subject FROM event WHERE station = ?1 AND epoch = ?2 AND boot <= ?3",
        params![station.0, epoch.0, clock.boot],
    )?;
    let mut touched = BTreeSet::new();
    for kept in &rows {
        let seq = Seq(kept.get(0)?);
        let event =
            row::decode(seq, &kept.get::<Vec<u8>>(1)?).map_err(|_| StoreFault::Damaged("an event"))?;
        let when = readings.when(&event.at);
        if when == (When { at_s: kept.get(2)?, lo_s: kept.get(3)?, hi_s: kept.get(4)? }) {
            continue;
        }
        tx.execute(
            "UPDATE event SET at_s = ?4, lo_s = ?5, hi_s = ?6 WHERE station = ?1 AND epoch = ?2 AND seq = ?3",
            params![station.0, epoch.0, seq.0, when.at_s, when.lo_s, when.hi_s],
        )?;
        let subject: Option<String> = kept.get(5)?;
        touched.extend(subject.as_deref().map(fold::parse_subject).transpose()?);
    }
    fold::refold(tx, school, &touched)
}

fn readings(db: &Db, station: StationId, epoch: Epoch) -> Result<BootReadings, StoreFault> {
    let rows = db.rows(
        "SELECT boot, start_by_s FROM boot WHERE station = ?1 AND epoch = ?2",
        params![station.0, epoch.0],
    )?;
    let kept = rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?)));
    Ok(BootReadings::from_kept(kept.collect::<Result<Vec<_>, StoreFault>>()?))
}

/// What became of the events from `from` to `upto` that were not plainly applied.
fn outcomes(
    db: &Db,
    station: StationId,
    epoch: Epoch,
    from: Seq,
    upto: Seq,
) -> Result<Vec<Outcome>, StoreFault> {
    let rows = db.rows(
        "SELECT seq, fate, conflict, review, patron_conflict FROM matter
         WHERE station = ?1 AND epoch = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq",
        params![station.0, epoch.0, from.0, upto.0],
    )?;
    let mut outcomes = Vec::new();
    for row in &rows {
        let (fate, conflict): (String, Option<String>) = (row.get(1)?, row.get(2)?);
        let patron: Option<String> = row.get(4)?;
        let judged = fold::judged(Some(&fate), conflict.as_deref(), row.get(3)?, patron.as_deref())?;
        if let Some(conflict) = judged.conflict {
            outcomes.push(Outcome { seq: Seq(row.get(0)?), fate: judged.fate, conflict });
        }
    }
    Ok(outcomes)
}

fn set_aside(
    tx: &Tx<'_>,
    request: &Request,
    message: &[u8],
    why: &str,
    now_s: i64,
) -> Result<(), StoreFault> {
    let (station, epoch) = (request.station.0, request.epoch.0);
    let kept: u32 = tx.one("SELECT count(*) FROM set_aside WHERE station = ?1", params![station])?;
    if kept < MOST_SET_ASIDE {
        tx.execute(
            "INSERT INTO set_aside (station, epoch, at_s, why, message) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![station, epoch, now_s, why, message],
        )?;
    }
    Ok(())
}
