//! Keeps new events: their rows, their numbers, how far their journal is stored.

use super::sql::{Db, Meets, Tx, Value, params};
use super::tables::EVENT;
use super::{SchoolId, StoreFault, changes, fold, former, retold, tally};
use crate::fold::{BootReadings, Subject, When, subject_of};
use exchange::{Act, Chain, Epoch, Event, ItemId, Request, Seq, StationId, row};
use std::collections::BTreeMap;

/// The chain value after an event; `None` if it is not stored.
pub(super) fn chain_at(
    db: &Db,
    station: StationId,
    epoch: Epoch,
    seq: Seq,
) -> Result<Option<Chain>, StoreFault> {
    if seq == Seq(0) {
        return Ok(Some(Chain::START));
    }
    let row = db.row(
        "SELECT chain FROM event WHERE station = ?1 AND epoch = ?2 AND seq = ?3",
        params![station.0, epoch.0, seq.0],
    )?;
    row.map(|row| row.get(0).map(Chain)).transpose()
}

/// Keeps the events `new`, the last ones of a message whose beginning is that of the journal as it is stored. Folding them is
/// left to [`super::settle`]; decisions they carry are in force from now on, for the first one that is stored wins. What an
/// earlier life of the journal has told is kept, and does not count again.
pub(super) fn keep(
    tx: &Tx<'_>,
    school: SchoolId,
    request: &Request,
    new: &[Event],
    readings: &BootReadings,
    now_s: i64,
) -> Result<(), StoreFault> {
    let (station, epoch) = (request.station, request.epoch);
    let known = request.events.len() - new.len().min(request.events.len());
    let mut chain = match request.events.get(known.wrapping_sub(1)) {
        None => request.chain_before,
        Some(last) => {
            chain_at(tx, station, epoch, last.seq)?.ok_or(StoreFault::Damaged("the chain of a journal"))?
        }
    };
    let Some(first) = new.first() else { return Ok(()) };
    let stored_upto = Seq(first.seq.0.saturating_sub(1));
    let again = retold::note(tx, (station, epoch), stored_upto, new)?;
    let firsts = new.get(again..).unwrap_or_default();
    let taken_back = taken_back(tx, station, epoch, new)?;
    let items = new.iter().filter_map(|event| item_of(&event.act));
    let present = former::present(tx, school, items)?;
    let mut rows = Vec::with_capacity(new.len());
    for event in new {
        let bytes = row::encode(event);
        chain = chain.after_row(event.seq.0, &bytes);
        let subject = match target(event) {
            Some(seq) => taken_back.get(&seq).cloned(),
            None => subject_of(&event.act),
        };
        let subject = subject.map(|subject| match subject {
            Subject::Item(item) => Subject::Item(present.get(&item).cloned().unwrap_or(item)),
            Subject::Counted(patron, title) => Subject::Counted(patron, title),
        });
        let When { at_s, lo_s, hi_s } = readings.when(&event.at);
        rows.push(vec![
            station.0.into(),
            epoch.0.into(),
            event.seq.0.into(),
            school.0.into(),
            event.act.kind().into(),
            bytes.into(),
            chain.0.into(),
            subject.as_ref().map(Subject::to_string).into(),
            event.at.boot.into(),
            at_s.into(),
            lo_s.into(),
            hi_s.into(),
            false.into(),
            now_s.into(),
        ]);
    }
    for event in firsts {
        if let Act::ReviewDecided { review, accept } = event.act {
            let decree = if accept { "accept" } else { "reject" };
            tx.write(
                "INSERT INTO decision (school, review, decree, station, epoch, seq, at_s)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![school.0, review.0, decree, station.0, epoch.0, event.seq.0, now_s],
            )?;
        }
    }
    tx.put(&EVENT, Meets::Nothing, &rows)?;
    tally::note_events(tx, school, station, firsts.iter().map(|event| event.act.kind()))?;
    let upto = new.last().map_or(stored_upto, |last| last.seq);
    tx.write(
        "UPDATE life SET stored_upto = ?3 WHERE station = ?1 AND epoch = ?2",
        params![station.0, epoch.0, upto.0],
    )?;
    match firsts.first() {
        Some(first) => changes::note_events(tx, school, (station, epoch), (first.seq, upto), now_s),
        None => Ok(()),
    }
}

/// The labelled item of an act.
fn item_of(act: &Act) -> Option<&ItemId> {
    match act {
        Act::CheckedOut { item, .. } | Act::Returned { item } | Act::Renewed { item, .. } => Some(item),
        Act::StationStarted { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    }
}

/// Which earlier event this one takes back. Taking back is about the same as what it takes back.
fn target(event: &Event) -> Option<Seq> {
    match event.act {
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
    }
}

/// What the events were about that these take back. Taking back is not taken back: that is about nothing.
fn taken_back(
    db: &Db,
    station: StationId,
    epoch: Epoch,
    new: &[Event],
) -> Result<BTreeMap<Seq, Subject>, StoreFault> {
    let targets: Vec<Seq> = new.iter().filter_map(target).collect();
    let mut subjects = BTreeMap::new();
    let Some(first) = new.first().map(|event| event.seq).filter(|_| !targets.is_empty()) else {
        return Ok(subjects);
    };
    for event in new.iter().filter(|event| targets.contains(&event.seq)) {
        subjects.extend(subject_of(&event.act).map(|subject| (event.seq, subject)));
    }
    let earlier = targets.iter().filter(|seq| **seq < first).map(|seq| seq.0.cast_signed()).collect();
    let rows = db.rows(
        "SELECT seq, subject FROM event
         WHERE station = ?1 AND epoch = ?2 AND seq = ANY(?3) AND kind <> ?4 AND subject IS NOT NULL",
        params![station.0, epoch.0, Value::Ints(earlier), Act::Undone { seq: first }.kind()],
    )?;
    for row in &rows {
        subjects.insert(Seq(row.get(0)?), fold::parse_subject(&row.get::<String>(1)?)?);
    }
    Ok(subjects)
}
