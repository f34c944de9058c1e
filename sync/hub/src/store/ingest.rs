//! Takes a station's message: what is new is kept in one transaction, and answered from the same moment.
//!
//! - A known event that comes again byte for byte is passed over. With other bytes, or after another history, it is a
//!   fork: the message is set aside, nothing of it counts, and the station is told to begin a new epoch.
//! - What a new life tells of the history before it is known again ([`super::retold`]).
//! - A gap moves nothing: the answer says what is stored, and the station sends from there.
//! - A revoked station's message is set aside.
//! - While a station has more to send, its events are kept and acknowledged, and not folded: the next message would change
//!   what comes out again. The message with which it has told everything is answered from the fold of everything.

use super::contact::{self, Way};
use super::sql::{Db, Lock, Tx, params};
use super::{Store, StoreFault, feeds, fold, keep, log, retold, settle};
use exchange::wire::PublicKey;
use exchange::{Answer, Chain, Epoch, Event, Feed, Outcome, Request, SCHEMA, Seq, Standing, StationId, row};

/// Messages set aside that are kept for each station and reason: enough to see what happened, and no way to fill the disk.
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

/// What is kept of a station's journal.
#[derive(Debug, Clone, Copy)]
struct Life {
    revoked: bool,
    /// The newest epoch that was opened; 0 = none.
    newest: Epoch,
    /// Highest seq of this epoch that is stored.
    stored_upto: Seq,
    /// Up to here the station was told what became of its events.
    answered_upto: Seq,
    /// Up to here it has shown that it heard.
    told_upto: Seq,
    /// The chain value before the message, if the event before it is stored.
    chain_before: Option<Chain>,
}

impl Life {
    /// For a message that tells of the epoch from `from` on.
    fn of(db: &Db, station: StationId, epoch: Epoch, from: Seq) -> Result<Life, StoreFault> {
        let before = Seq(from.0.saturating_sub(1));
        let row = db.row(
            "SELECT s.revoked_s IS NOT NULL, (SELECT coalesce(max(epoch), 0) FROM life WHERE station = ?1),
                    coalesce(l.stored_upto, 0), coalesce(l.answered_upto, 0), coalesce(l.told_upto, 0),
                    (SELECT chain FROM event WHERE station = ?1 AND epoch = ?2 AND seq = ?3)
             FROM station s LEFT JOIN life l ON l.station = s.id AND l.epoch = ?2 WHERE s.id = ?1",
            params![station.0, epoch.0, before.0],
        )?;
        let row = row.ok_or(StoreFault::Damaged("a station is missing"))?;
        Ok(Life {
            revoked: row.get(0)?,
            newest: Epoch(row.get(1)?),
            stored_upto: Seq(row.get(2)?),
            answered_upto: Seq(row.get(3)?),
            told_upto: Seq(row.get(4)?),
            chain_before: if before == Seq(0) {
                Some(Chain::START)
            } else {
                row.get::<Option<[u8; 16]>>(5)?.map(Chain)
            },
        })
    }
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

    /// Keys of devices that a station had before; nothing is taken from them any more.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn former_keys(&self, station: StationId) -> Result<Vec<PublicKey>, StoreFault> {
        let sql = "SELECT key FROM former_key WHERE station = ?1";
        let rows = self.db.rows(sql, params![station.0])?;
        rows.iter().map(|row| row.get(0).map(PublicKey)).collect()
    }

    /// Sets the message of a device aside that was replaced, and says what to answer: it is revoked. `request` was opened with
    /// one of [`Store::former_keys`].
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn take_former(
        &mut self,
        request: &Request,
        message: &[u8],
        now_s: i64,
    ) -> Result<Answer, StoreFault> {
        let station = request.station;
        let tx = self.db.begin(Lock::Region)?;
        let stored = stored_upto(&tx, station, request.epoch)?;
        let mut answer = begin_answer(request, stored, now_s);
        if !request.events.is_empty() {
            set_aside(&tx, request, message, "replaced", now_s)?;
        }
        tx.commit()?;
        tracing::warn!(
            station = station.0,
            "a device that was replaced still sends; its message is set aside"
        );
        answer.standing = Standing::Revoked;
        Ok(answer)
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
        let (station, epoch) = (request.station, request.epoch);
        let school = self.school_of(station)?.ok_or(StoreFault::Damaged("a station without a school"))?;
        self.db.make_room(now_s)?;
        let tx = self.db.begin(Lock::School(school))?;
        let life = Life::of(&tx, station, epoch, request.from_seq)?;
        let mut answer = begin_answer(request, life.stored_upto, now_s);
        if life.revoked {
            if !request.events.is_empty() {
                set_aside(&tx, request, message, "revoked", now_s)?;
            }
            answer.standing = Standing::Revoked;
            tx.commit()?;
            return Ok(answer);
        }
        contact::note_heard(&tx, way, request, now_s)?;
        match compare(&tx, request, &life)? {
            Verdict::New(first) => {
                let readings = contact::note_clock(&tx, school, request, now_s)?;
                let new = request.events.get(first..).unwrap_or_default();
                if let Some(last) = new.last() {
                    if life.newest < epoch {
                        open_epoch(&tx, station, epoch)?;
                    }
                    keep::keep(&tx, school, request, new, &readings, now_s)?;
                    if let (Way::Stick, Some(first)) = (way, new.first()) {
                        log::note_carried(&tx, (station, epoch), (first.seq, last.seq), now_s)?;
                    }
                    answer.stored_upto = last.seq;
                }
                // What stands there beyond this message may be another machine's history under the same numbers.
                let upto = request.from_seq.0.saturating_sub(1).saturating_add(request.events.len() as u64);
                answer.stored_upto = answer.stored_upto.min(Seq(upto));
            }
            Verdict::Gap => {
                contact::note_clock(&tx, school, request, now_s)?;
            }
            Verdict::Fork => {
                set_aside(&tx, request, message, "fork", now_s)?;
                answer.standing = Standing::Forked { begin: begin_epoch(&tx, station, epoch)? };
            }
        }
        let mut have = request.have.clone();
        if request.head_seq > answer.stored_upto {
            // The loans would be old with the station's next message, and come with the last one.
            have.retain(|cursor| cursor.feed != Feed::Loans);
        } else {
            settle::settle(&tx, school)?;
            if answer.standing == Standing::Good {
                answer.outcomes = told(&tx, request, &life, answer.stored_upto)?;
            }
        }
        (answer.changes, answer.more) = feeds::changes(&tx, school, station, &have, request.answer_limit)?;
        tx.commit()?;
        Ok(answer)
    }
}

/// An answer that has nothing to tell yet.
fn begin_answer(request: &Request, stored_upto: Seq, now_s: i64) -> Answer {
    Answer {
        schema: request.schema.min(SCHEMA),
        station: request.station,
        epoch: request.epoch,
        standing: Standing::Good,
        stored_upto,
        outcomes: Vec::new(),
        changes: Vec::new(),
        time_s: now_s,
        more: false,
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
    tx.write(
        "INSERT INTO life (station, epoch, stored_upto) VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING",
        params![station.0, epoch.0],
    )?;
    Ok(())
}

/// Compares a message with what is stored of its epoch.
fn compare(db: &Db, request: &Request, life: &Life) -> Result<Verdict, StoreFault> {
    let stored = life.stored_upto;
    if request.epoch < life.newest {
        return Ok(Verdict::Fork);
    }
    if request.from_seq > stored.next() {
        return Ok(Verdict::Gap);
    }
    if request.from_seq == Seq(0) || life.chain_before != Some(request.chain_before) {
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

/// What became of the station's events that were not plainly applied: those of this message, and those of earlier ones that
/// it has not heard of yet. That an answer arrived shows in the next message, which goes on behind it.
fn told(tx: &Tx<'_>, request: &Request, life: &Life, upto: Seq) -> Result<Vec<Outcome>, StoreFault> {
    let heard = request.from_seq > life.answered_upto;
    let told_upto = if heard { life.answered_upto } else { life.told_upto };
    if (told_upto, upto) != (life.told_upto, life.answered_upto) {
        tx.write(
            "UPDATE life SET told_upto = ?3, answered_upto = ?4 WHERE station = ?1 AND epoch = ?2",
            params![request.station.0, request.epoch.0, told_upto.0, upto.0],
        )?;
    }
    let from = request.from_seq.min(told_upto.next());
    if from > upto {
        return Ok(Vec::new());
    }
    outcomes(tx, request.station, request.epoch, from, upto)
}

/// What became of the events from `from` to `upto` that were not plainly applied; of those told again, what became of the first.
fn outcomes(
    db: &Db,
    station: StationId,
    epoch: Epoch,
    from: Seq,
    upto: Seq,
) -> Result<Vec<Outcome>, StoreFault> {
    let params = params![station.0, epoch.0, from.0, upto.0];
    let mut rows = Vec::new();
    if from <= retold::upto(db, station, epoch)? {
        rows = db.rows(
            "SELECT r.seq, m.fate, m.conflict, m.review, m.patron_conflict FROM retold r
             JOIN matter m ON m.station = r.station AND m.epoch = r.first_epoch AND m.seq = r.first_seq
             WHERE r.station = ?1 AND r.epoch = ?2 AND r.seq BETWEEN ?3 AND ?4 ORDER BY r.seq",
            params,
        )?;
    }
    rows.extend(db.rows(
        "SELECT seq, fate, conflict, review, patron_conflict FROM matter
         WHERE station = ?1 AND epoch = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq",
        params,
    )?);
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
    let kept: u32 =
        tx.one("SELECT count(*) FROM set_aside WHERE station = ?1 AND why = ?2", params![station, why])?;
    if kept < MOST_SET_ASIDE {
        tx.write(
            "INSERT INTO set_aside (station, epoch, at_s, why, message) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![station, epoch, now_s, why, message],
        )?;
    }
    Ok(())
}
