//! Keeps what is folded in step: takes the subjects that were touched, folds each anew from all its events, and writes
//! down what came out. What must come out is `crate::fold::whole`.

use super::StoreFault;
use super::code::{closing, closing_word, decree, int, uint, variant, word};
use super::records::{self, EVERYONE};
use super::reference::Reading;
use crate::fold::{
    Dated, Decided, Decision, EventRef, Folded, FoldedLoan, Judged, Point, Subject, When, fold_counted,
    fold_item, fold_patron, judge_loose,
};
use exchange::{
    Act, Conflict, Day, Epoch, Fate, Feed, ItemId, Loan, PatronId, Record, RecordKey, ReviewId, Seq,
    StationId, Verdict, row,
};
use rusqlite::{Connection, Row, Transaction, params};
use std::collections::{BTreeMap, BTreeSet};

/// Folds everything anew: after a change of reference data.
pub(super) fn refold_all(tx: &Transaction<'_>) -> Result<(), StoreFault> {
    let mut query = tx.prepare("SELECT DISTINCT subject FROM event WHERE subject IS NOT NULL")?;
    let texts = query.query_map([], |row| row.get::<_, String>(0))?;
    let subjects = texts.map(|text| parse_subject(&text?)).collect::<Result<_, StoreFault>>()?;
    let mut query = tx.prepare("SELECT DISTINCT patron FROM loan")?;
    let patrons = query.query_map([], |row| Ok(PatronId(uint(row.get(0)?))))?;
    refold_with(tx, &subjects, patrons.collect::<Result<_, _>>()?)
}

/// Folds these subjects anew, and the patrons whose loans they change. What comes out as it was is not written again.
pub(super) fn refold(tx: &Transaction<'_>, subjects: &BTreeSet<Subject>) -> Result<(), StoreFault> {
    refold_with(tx, subjects, BTreeSet::new())
}

/// As [`refold`], and these patrons whatever happens to their loans.
fn refold_with(
    tx: &Transaction<'_>,
    subjects: &BTreeSet<Subject>,
    mut patrons: BTreeSet<PatronId>,
) -> Result<(), StoreFault> {
    if subjects.is_empty() && patrons.is_empty() {
        return Ok(());
    }
    let decided = decided(tx)?;
    let mut reading = Reading::new(tx)?;
    for subject in subjects {
        let (events, marked) = events_of(tx, subject)?;
        for event in &events {
            want(&mut reading, &event.act)?;
        }
        let names: Vec<EventRef> = events.iter().map(|event| event.who).collect();
        let before = matters_of(tx, subject)?;
        let folded = match subject {
            Subject::Item(item) => {
                reading.want_item(item)?;
                let folded = fold_item(item, events, &reading.reference, &decided);
                patrons.extend(write_loans(tx, item, &folded.loans)?);
                // A flag that goes with its matter is set again.
                let flagged = folded.loans.iter().filter(|loan| before.contains_key(&loan.opened.who));
                patrons.extend(flagged.map(|loan| loan.patron));
                folded
            }
            Subject::Counted(patron, title) => {
                reading.want_title(*title)?;
                reading.want_patron(*patron)?;
                let folded = fold_counted(*patron, *title, events, &reading.reference, &decided);
                write_count(tx, *patron, *title, &folded)?;
                folded
            }
        };
        for (who, judged) in &folded.fates {
            if !before.get(who).map_or(*judged == Judged::APPLIED, |matter| matter.says(*judged)) {
                write_matter(tx, *who, *judged)?;
            }
        }
        write_undone(tx, &names, &marked, &folded.undone)?;
        if !before.is_empty() || folded.fates.values().any(|judged| *judged != Judged::APPLIED) {
            let now = verdicts(&matters_of(tx, subject)?, &decided)?;
            write_verdicts(tx, &verdicts(&before, &decided)?, &now)?;
        }
    }
    for patron in patrons {
        reading.want_patron(patron)?;
        let loans = loans_of_patron(tx, patron)?;
        let flags = fold_patron(patron, &loans, &reading.reference);
        write_patron_flags(tx, patron, &loans, &flags)?;
    }
    Ok(())
}

/// Judges an event that is about no item and no counted title.
pub(super) fn judge_alone(tx: &Transaction<'_>, who: EventRef, act: &Act) -> Result<(), StoreFault> {
    write_matter(tx, who, judge_loose(act, decided(tx)?.is_twice(who)))
}

/// After decisions about a review: folds its subject anew, and judges again the events that carried decisions about it.
pub(super) fn refold_review(tx: &Transaction<'_>, review: ReviewId) -> Result<(), StoreFault> {
    let mut query = tx.prepare_cached(
        "SELECT e.subject FROM matter m JOIN event e USING (station, epoch, seq)
         WHERE m.review = ?1 AND e.subject IS NOT NULL",
    )?;
    let texts = query.query_map([int(review.0)], |row| row.get::<_, String>(0))?;
    let subjects = texts.map(|text| parse_subject(&text?)).collect::<Result<_, StoreFault>>()?;
    refold(tx, &subjects)?;
    let decided = decided(tx)?;
    let mut query = tx.prepare_cached(
        "SELECT station, epoch, seq FROM decision WHERE review = ?1 AND station IS NOT NULL",
    )?;
    let carriers = query.query_map([int(review.0)], |row| event_ref(row, 0))?;
    for who in carriers.collect::<Result<Vec<_>, _>>()? {
        let act = Act::ReviewDecided { review, accept: true };
        write_matter(tx, who, judge_loose(&act, decided.is_twice(who)))?;
    }
    Ok(())
}

/// What is in force of the log of decisions.
pub(super) fn decided(conn: &Connection) -> Result<Decided, StoreFault> {
    Ok(Decided::from_log(decisions(conn)?))
}

/// The log of decisions in its order.
pub(super) fn decisions(conn: &Connection) -> Result<Vec<Decision>, StoreFault> {
    let mut query =
        conn.prepare_cached("SELECT review, decree, station, epoch, seq FROM decision ORDER BY place")?;
    let rows = query.query_map([], |row| {
        let event = match row.get::<_, Option<u32>>(2)? {
            Some(_) => Some(event_ref(row, 2)?),
            None => None,
        };
        Ok((ReviewId(uint(row.get(0)?)), row.get::<_, String>(1)?, event))
    })?;
    rows.map(|row| {
        let (review, word, event) = row?;
        Ok(Decision { review, decree: decree(&word)?, event })
    })
    .collect()
}

/// Event columns `station, epoch, seq` from column `at` on.
pub(super) fn event_ref(row: &Row<'_>, at: usize) -> rusqlite::Result<EventRef> {
    Ok(EventRef {
        station: StationId(row.get(at)?),
        epoch: Epoch(row.get(at + 1)?),
        seq: Seq(uint(row.get(at + 2)?)),
    })
}

/// An event as the fold sees it.
pub(super) fn dated(row: &Row<'_>) -> Result<Dated, StoreFault> {
    let who = event_ref(row, 0)?;
    let bytes: Vec<u8> = row.get(3)?;
    let event = row::decode(who.seq, &bytes).map_err(|_| StoreFault::Damaged("an event"))?;
    let when = When { at_s: row.get(4)?, lo_s: row.get(5)?, hi_s: row.get(6)? };
    Ok(Dated { who, when, rules: event.basis.rules, act: event.act })
}

/// All events of a subject, and those of them that are marked as undone.
fn events_of(conn: &Connection, subject: &Subject) -> Result<(Vec<Dated>, BTreeSet<EventRef>), StoreFault> {
    let mut query = conn.prepare_cached(
        "SELECT station, epoch, seq, row, at_s, lo_s, hi_s, undone FROM event WHERE subject = ?1",
    )?;
    let mut rows = query.query([subject.to_string()])?;
    let (mut events, mut undone) = (Vec::new(), BTreeSet::new());
    while let Some(row) = rows.next()? {
        let event = dated(row)?;
        if row.get(7)? {
            undone.insert(event.who);
        }
        events.push(event);
    }
    Ok((events, undone))
}

/// What is written of an event that was not plainly applied, or whose patron's loans flag it.
struct Matter {
    fate: String,
    conflict: Option<String>,
    review: Option<i64>,
    patron_conflict: Option<String>,
}

impl Matter {
    /// Whether it says just this, and no flag of a patron stands with it.
    fn says(&self, judged: Judged) -> bool {
        let (fate, review) = fate_words(judged.fate);
        judged != Judged::APPLIED
            && self.fate == fate
            && self.conflict == judged.conflict.map(|conflict| word(&conflict))
            && self.review == review.map(|review| int(review.0))
            && self.patron_conflict.is_none()
    }
}

/// What is written of a subject's events.
fn matters_of(conn: &Connection, subject: &Subject) -> Result<BTreeMap<EventRef, Matter>, StoreFault> {
    let mut query = conn.prepare_cached(
        "SELECT m.station, m.epoch, m.seq, m.fate, m.conflict, m.review, m.patron_conflict
         FROM event e JOIN matter m USING (station, epoch, seq) WHERE e.subject = ?1",
    )?;
    matters(query.query([subject.to_string()])?)
}

fn matters(mut rows: rusqlite::Rows<'_>) -> Result<BTreeMap<EventRef, Matter>, StoreFault> {
    let mut matters = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let matter = Matter {
            fate: row.get(3)?,
            conflict: row.get(4)?,
            review: row.get(5)?,
            patron_conflict: row.get(6)?,
        };
        matters.insert(event_ref(row, 0)?, matter);
    }
    Ok(matters)
}

fn want(reading: &mut Reading<'_>, act: &Act) -> Result<(), StoreFault> {
    match act {
        Act::CheckedOut { patron, .. }
        | Act::Renewed { patron, .. }
        | Act::CountedIssued { patron, .. }
        | Act::CountedReturned { patron, .. } => reading.want_patron(*patron),
        Act::StationStarted { .. }
        | Act::Returned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => Ok(()),
    }
}

pub(super) fn parse_subject(text: &str) -> Result<Subject, StoreFault> {
    Subject::parse(text).ok_or(StoreFault::Damaged("an event's subject"))
}

/// Writes the loans of an item from the first that is another one than before, and the open one into its feed; gives the
/// patrons of the loans that changed.
fn write_loans(
    tx: &Transaction<'_>,
    item: &ItemId,
    loans: &[FoldedLoan],
) -> Result<BTreeSet<PatronId>, StoreFault> {
    let old = read_loans(tx, "SELECT * FROM loan WHERE item = ?1 ORDER BY place", [item.as_str()])?;
    let same = old.iter().zip(loans).take_while(|(old, new)| old == new).count();
    let changed = |loans: &[FoldedLoan]| -> BTreeSet<PatronId> {
        loans.iter().skip(same).map(|loan| loan.patron).collect()
    };
    let mut patrons = changed(&old);
    patrons.extend(changed(loans));
    if patrons.is_empty() {
        return Ok(patrons);
    }
    tx.prepare_cached("DELETE FROM loan WHERE item = ?1 AND place >= ?2")?
        .execute(params![item.as_str(), same as i64])?;
    let mut write = tx.prepare_cached(
        "INSERT INTO loan (item, place, patron, since, due, renewals, counts, rules, opened_s, o_station, o_epoch,
             o_seq, closing, closed_s, c_station, c_epoch, c_seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?;
    for (place, loan) in loans.iter().enumerate().skip(same) {
        let closed = loan.closed.map(|(point, _)| point);
        write.execute(params![
            item.as_str(),
            place as i64,
            int(loan.patron.0),
            loan.since.0,
            loan.due.0,
            loan.renewals,
            loan.counts,
            loan.rules,
            loan.opened.at_s,
            loan.opened.who.station.0,
            loan.opened.who.epoch.0,
            int(loan.opened.who.seq.0),
            loan.closed.map(|(_, how)| closing_word(how)),
            closed.map(|point| point.at_s),
            closed.map(|point| point.who.station.0),
            closed.map(|point| point.who.epoch.0),
            closed.map(|point| int(point.who.seq.0)),
        ])?;
    }
    match loans.last().filter(|loan| loan.closed.is_none()) {
        Some(loan) => {
            let record = Record::Loan(Loan {
                item: item.clone(),
                patron: loan.patron,
                since: loan.since,
                due: loan.due,
                renewals: loan.renewals,
            });
            records::put(tx, EVERYONE, &record)?;
        }
        None => {
            records::remove(tx, EVERYONE, Feed::Loans, &RecordKey::Item(item.clone()))?;
        }
    }
    Ok(patrons)
}

/// All loans of a patron, open and closed.
pub(super) fn loans_of_patron(conn: &Connection, patron: PatronId) -> Result<Vec<FoldedLoan>, StoreFault> {
    read_loans(conn, "SELECT * FROM loan WHERE patron = ?1", params![int(patron.0)])
}

/// Loans that a query over all columns of table `loan` gives, in the order in which the table has them.
pub(super) fn read_loans(
    conn: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<FoldedLoan>, StoreFault> {
    let mut query = conn.prepare_cached(sql)?;
    let mut rows = query.query(params)?;
    let mut loans = Vec::new();
    while let Some(row) = rows.next()? {
        let closed = match row.get::<_, Option<String>>(12)? {
            Some(word) => {
                let point = Point { at_s: row.get(13)?, who: event_ref(row, 14)? };
                Some((point, closing(&word)?))
            }
            None => None,
        };
        loans.push(FoldedLoan {
            item: ItemId::new(row.get::<_, String>(0)?).map_err(|_| StoreFault::Damaged("a loan's item"))?,
            patron: PatronId(uint(row.get(2)?)),
            since: Day(row.get(3)?),
            due: Day(row.get(4)?),
            renewals: row.get(5)?,
            counts: row.get(6)?,
            rules: row.get(7)?,
            opened: Point { at_s: row.get(8)?, who: event_ref(row, 9)? },
            closed,
        });
    }
    Ok(loans)
}

fn write_count(
    tx: &Transaction<'_>,
    patron: PatronId,
    title: exchange::TitleId,
    folded: &Folded,
) -> Result<(), StoreFault> {
    let Some(count) = folded.count else { return Ok(()) };
    tx.prepare_cached(
        "INSERT INTO counted (patron, title, out, due) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET out = excluded.out, due = excluded.due",
    )?
    .execute(params![int(patron.0), int(title.0), count.out, count.due.map(|day| day.0)])?;
    Ok(())
}

fn write_matter(tx: &Transaction<'_>, who: EventRef, judged: Judged) -> Result<(), StoreFault> {
    let (fate, review) = fate_words(judged.fate);
    if judged == Judged::APPLIED {
        tx.prepare_cached("DELETE FROM matter WHERE station = ?1 AND epoch = ?2 AND seq = ?3")?
            .execute(params![who.station.0, who.epoch.0, int(who.seq.0)])?;
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT OR REPLACE INTO matter (station, epoch, seq, fate, conflict, review, patron_conflict)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)",
    )?
    .execute(params![
        who.station.0,
        who.epoch.0,
        int(who.seq.0),
        fate,
        judged.conflict.map(|conflict| word(&conflict)),
        review.map(|review| int(review.0)),
    ])?;
    Ok(())
}

fn write_patron_flags(
    tx: &Transaction<'_>,
    patron: PatronId,
    loans: &[FoldedLoan],
    flags: &BTreeMap<EventRef, Conflict>,
) -> Result<(), StoreFault> {
    let mut query = tx.prepare_cached(
        "SELECT m.station, m.epoch, m.seq, m.fate, m.conflict, m.review, m.patron_conflict FROM loan l JOIN matter m
         ON m.station = l.o_station AND m.epoch = l.o_epoch AND m.seq = l.o_seq WHERE l.patron = ?1",
    )?;
    let before = matters(query.query([int(patron.0)])?)?;
    for loan in loans {
        let who = loan.opened.who;
        let name = params![who.station.0, who.epoch.0, int(who.seq.0)];
        match (flags.get(&who), before.get(&who)) {
            (Some(conflict), matter) => {
                let flag = word(conflict);
                if matter.is_some_and(|matter| matter.patron_conflict.as_ref() == Some(&flag)) {
                    continue;
                }
                tx.prepare_cached(
                    "INSERT INTO matter (station, epoch, seq, fate, patron_conflict) VALUES (?1, ?2, ?3, 'applied', ?4)
                     ON CONFLICT DO UPDATE SET patron_conflict = excluded.patron_conflict",
                )?
                .execute(params![who.station.0, who.epoch.0, int(who.seq.0), flag])?;
            }
            (None, None) => {}
            (None, Some(matter)) if matter.fate == "applied" => {
                tx.prepare_cached("DELETE FROM matter WHERE station = ?1 AND epoch = ?2 AND seq = ?3")?
                    .execute(name)?;
            }
            (None, Some(matter)) => {
                if matter.patron_conflict.is_some() {
                    tx.prepare_cached(
                        "UPDATE matter SET patron_conflict = NULL WHERE station = ?1 AND epoch = ?2 AND seq = ?3",
                    )?
                    .execute(name)?;
                }
            }
        }
    }
    Ok(())
}

fn write_undone(
    tx: &Transaction<'_>,
    names: &[EventRef],
    marked: &BTreeSet<EventRef>,
    undone: &BTreeSet<EventRef>,
) -> Result<(), StoreFault> {
    for who in names.iter().filter(|who| marked.contains(who) != undone.contains(who)) {
        tx.prepare_cached("UPDATE event SET undone = ?4 WHERE station = ?1 AND epoch = ?2 AND seq = ?3")?
            .execute(params![who.station.0, who.epoch.0, int(who.seq.0), undone.contains(who)])?;
    }
    Ok(())
}

/// The verdicts that stations are told about these matters.
fn verdicts(
    matters: &BTreeMap<EventRef, Matter>,
    decided: &Decided,
) -> Result<BTreeMap<(StationId, ReviewId), Verdict>, StoreFault> {
    let mut verdicts = BTreeMap::new();
    for (who, matter) in matters {
        let (Some(review), Some(conflict)) = (matter.review, &matter.conflict) else { continue };
        let review = ReviewId(uint(review));
        let verdict =
            Verdict { review, seq: who.seq, conflict: variant(conflict)?, accepted: decided.of(review) };
        verdicts.insert((who.station, review), verdict);
    }
    Ok(verdicts)
}

fn write_verdicts(
    tx: &Transaction<'_>,
    before: &BTreeMap<(StationId, ReviewId), Verdict>,
    now: &BTreeMap<(StationId, ReviewId), Verdict>,
) -> Result<(), StoreFault> {
    for (station, review) in before.keys().filter(|name| !now.contains_key(name)) {
        records::remove(tx, *station, Feed::Verdicts, &RecordKey::Number(review.0))?;
    }
    for ((station, _), verdict) in now {
        records::put(tx, *station, &Record::Verdict(verdict.clone()))?;
    }
    Ok(())
}

fn fate_words(fate: Fate) -> (&'static str, Option<ReviewId>) {
    match fate {
        Fate::Applied => ("applied", None),
        Fate::Flagged => ("flagged", None),
        Fate::InReview(review) => ("in_review", Some(review)),
        Fate::Resolved(review) => ("resolved", Some(review)),
    }
}

/// What became of an event, from columns `fate, conflict, review, patron_conflict` of its matter, if it has one.
pub(super) fn judged(
    fate: Option<&str>,
    conflict: Option<&str>,
    review: Option<i64>,
    patron_conflict: Option<&str>,
) -> Result<Judged, StoreFault> {
    let review =
        || review.map(|review| ReviewId(uint(review))).ok_or(StoreFault::Damaged("a matter's review"));
    let fate = match fate {
        None | Some("applied") => Fate::Applied,
        Some("flagged") => Fate::Flagged,
        Some("in_review") => Fate::InReview(review()?),
        Some("resolved") => Fate::Resolved(review()?),
        Some(_) => return Err(StoreFault::Damaged("a fate that no version of this program wrote")),
    };
    let base = Judged { fate, conflict: conflict.map(variant).transpose()? };
    Ok(base.and_patron(patron_conflict.map(variant).transpose()?))
}
