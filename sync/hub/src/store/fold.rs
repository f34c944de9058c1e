//! Keeps what is folded in step: takes the subjects that were touched, folds each anew from all its events, and writes
//! down what came out. What must come out is `crate::fold::whole`.
//!
//! Everything is read and written for many subjects at once, in a number of statements that does not grow with them.

use super::code::{closing, closing_word, decree, uint, variant, word};
use super::records::{self, Change, EVERYONE};
use super::reference::Reading;
use super::retold::{self, Retold};
use super::sql::{Db, Meets, Row, Tx, Value, params};
use super::tables::{COUNTED, LOAN};
use super::{SchoolId, StoreFault, changes, tally};
use crate::fold::{
    Dated, Decided, Decision, EventRef, FoldedCount, FoldedLoan, Judged, Point, Subject, When, fold_counted,
    fold_item, fold_patron, judge_loose,
};
use exchange::{
    Act, Conflict, Day, Epoch, Fate, Feed, ItemId, Loan, PatronId, Record, RecordKey, ReviewId, Seq,
    StationId, TitleId, Verdict, row,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Subjects, or patrons, that are folded at once.
const AT_ONCE: usize = 2_000;

/// Folds everything of a school anew: after a change of reference data.
pub(super) fn refold_all(tx: &Tx<'_>, school: SchoolId) -> Result<(), StoreFault> {
    let rows = tx.rows(
        "SELECT DISTINCT subject FROM event WHERE school = ?1 AND subject IS NOT NULL",
        params![school.0],
    )?;
    let subjects = rows.iter().map(|row| parse_subject(&row.get::<String>(0)?)).collect::<Result<_, _>>()?;
    let rows = tx.rows("SELECT DISTINCT patron FROM loan WHERE school = ?1", params![school.0])?;
    let patrons = rows.iter().map(|row| Ok(PatronId(row.get(0)?))).collect::<Result<_, StoreFault>>()?;
    refold_with(tx, school, &subjects, patrons)
}

/// Folds these subjects anew, and the patrons whose loans they change. What comes out as it was is not written again.
pub(super) fn refold(tx: &Tx<'_>, school: SchoolId, subjects: &BTreeSet<Subject>) -> Result<(), StoreFault> {
    refold_with(tx, school, subjects, BTreeSet::new())
}

/// As [`refold`], and these patrons whatever happens to their loans.
fn refold_with(
    tx: &Tx<'_>,
    school: SchoolId,
    subjects: &BTreeSet<Subject>,
    mut patrons: BTreeSet<PatronId>,
) -> Result<(), StoreFault> {
    if subjects.is_empty() && patrons.is_empty() {
        return Ok(());
    }
    let decided = decided(tx, school)?;
    let mut reading = Reading::new(tx, school)?;
    let subjects: Vec<&Subject> = subjects.iter().collect();
    for some in subjects.chunks(AT_ONCE) {
        let mut read = Read::of(tx, school, some, &mut reading)?;
        let mut writes = Writes::default();
        for subject in some {
            writes.fold(school, subject, read.take(subject), &reading, &decided);
        }
        patrons.append(&mut writes.patrons);
        writes.write(tx, school)?;
    }
    let patrons: Vec<PatronId> = patrons.into_iter().collect();
    for some in patrons.chunks(AT_ONCE) {
        flag_patrons(tx, school, some, &mut reading)?;
    }
    Ok(())
}

/// Judges events that are about no item and no counted title.
pub(super) fn judge_alone<'a>(
    tx: &Tx<'_>,
    school: SchoolId,
    events: impl IntoIterator<Item = (EventRef, &'a Act)>,
) -> Result<(), StoreFault> {
    let mut known = None;
    let (mut rows, mut gone) = (Vec::new(), Vec::new());
    for (who, act) in events {
        let twice = match act {
            Act::ReviewDecided { .. } => match &known {
                Some(decided) => Decided::is_twice(decided, who),
                None => known.insert(decided(tx, school)?).is_twice(who),
            },
            Act::StationStarted { .. }
            | Act::CheckedOut { .. }
            | Act::Returned { .. }
            | Act::Renewed { .. }
            | Act::CountedIssued { .. }
            | Act::CountedReturned { .. }
            | Act::Undone { .. }
            | Act::Refused { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => false,
        };
        let judged = judge_loose(act, twice);
        match judged == Judged::APPLIED {
            true if matches!(act, Act::ReviewDecided { .. }) => gone.push(event_key(who)),
            true => {}
            false => rows.push(Matter::base(judged).row(school, who, None)),
        }
    }
    changes::write_matters(tx, school, &gone, &rows)
}

/// After decisions about reviews: folds their subjects anew, and judges again the events that carried decisions about them.
pub(super) fn refold_reviews(
    tx: &Tx<'_>,
    school: SchoolId,
    reviews: &BTreeSet<ReviewId>,
) -> Result<(), StoreFault> {
    if reviews.is_empty() {
        return Ok(());
    }
    let ids = || Value::Ints(reviews.iter().map(|review| review.0.cast_signed()).collect());
    let rows = tx.rows(
        "SELECT DISTINCT subject FROM matter WHERE school = ?1 AND review = ANY(?2) AND subject IS NOT NULL",
        params![school.0, ids()],
    )?;
    let subjects = rows.iter().map(|row| parse_subject(&row.get::<String>(0)?)).collect::<Result<_, _>>()?;
    refold(tx, school, &subjects)?;
    let rows = tx.rows(
        "SELECT station, epoch, seq, review FROM decision
         WHERE school = ?1 AND review = ANY(?2) AND station IS NOT NULL",
        params![school.0, ids()],
    )?;
    let carriers = rows
        .iter()
        .map(|row| {
            Ok((event_ref(row, 0)?, Act::ReviewDecided { review: ReviewId(row.get(3)?), accept: true }))
        })
        .collect::<Result<Vec<_>, StoreFault>>()?;
    judge_alone(tx, school, carriers.iter().map(|(who, act)| (*who, act)))
}

/// What is in force of a school's log of decisions.
pub(super) fn decided(db: &Db, school: SchoolId) -> Result<Decided, StoreFault> {
    Ok(Decided::from_log(decisions(db, school)?))
}

/// The log of a school's decisions in its order.
pub(super) fn decisions(db: &Db, school: SchoolId) -> Result<Vec<Decision>, StoreFault> {
    let rows = db.rows(
        "SELECT review, decree, station, epoch, seq FROM decision WHERE school = ?1 ORDER BY place",
        params![school.0],
    )?;
    rows.iter()
        .map(|row| {
            let event = match row.get::<Option<u32>>(2)? {
                Some(_) => Some(event_ref(row, 2)?),
                None => None,
            };
            Ok(Decision { review: ReviewId(row.get(0)?), decree: decree(&row.get::<String>(1)?)?, event })
        })
        .collect()
}

/// Event columns `station, epoch, seq` from column `at` on.
pub(super) fn event_ref(row: &Row, at: usize) -> Result<EventRef, StoreFault> {
    Ok(EventRef {
        station: StationId(row.get(at)?),
        epoch: Epoch(row.get(at + 1)?),
        seq: Seq(row.get(at + 2)?),
    })
}

fn event_key(who: EventRef) -> Vec<Value> {
    params![who.station.0, who.epoch.0, who.seq.0].to_vec()
}

/// The columns of an event as the fold sees it, of `event e` with [`retold::JOIN`].
pub(super) const DATED: &str =
    "e.station, e.epoch, e.seq, e.row, e.at_s, e.lo_s, e.hi_s, r.first_epoch, r.first_seq";

/// The events that are told for the first time, from rows with [`DATED`] from column 0 on; each with its row. The rows hold all
/// events of their subjects, so that an undo finds the one that it takes back under the name under which that counts.
pub(super) fn dated(rows: &[Row]) -> Result<Vec<(Dated, &Row)>, StoreFault> {
    let retold = Retold::of(rows, 0, 7)?;
    let mut events = Vec::with_capacity(rows.len());
    for cells in rows {
        let who = event_ref(cells, 0)?;
        if retold.has(who) {
            continue;
        }
        let bytes: Vec<u8> = cells.get(3)?;
        let event = row::decode(who.seq, &bytes).map_err(|_| StoreFault::Damaged("an event"))?;
        let when = When { at_s: cells.get(4)?, lo_s: cells.get(5)?, hi_s: cells.get(6)? };
        let takes_back = match event.act {
            Act::Undone { seq } => Some(retold.first(EventRef { seq, ..who })),
            Act::StationStarted { .. }
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
        events.push((Dated { who, when, rules: event.basis.rules, act: event.act, takes_back }, cells));
    }
    Ok(events)
}

/// What is written of an event that was not plainly applied, or whose patron's loans flag it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Matter {
    fate: String,
    conflict: Option<String>,
    review: Option<u64>,
    patron_conflict: Option<String>,
}

impl Matter {
    /// As judged without the patron's other loans.
    fn base(judged: Judged) -> Matter {
        let (fate, review) = fate_words(judged.fate);
        Matter {
            fate: fate.to_owned(),
            conflict: judged.conflict.map(|conflict| word(&conflict)),
            review: review.map(|review| review.0),
            patron_conflict: None,
        }
    }

    /// Whether there is nothing to say.
    fn is_plain(&self) -> bool {
        self.fate == "applied" && self.patron_conflict.is_none()
    }

    /// From columns `fate, conflict, review, patron_conflict` from column `at` on.
    fn from_row(row: &Row, at: usize) -> Result<Matter, StoreFault> {
        Ok(Matter {
            fate: row.get(at)?,
            conflict: row.get(at + 1)?,
            review: row.get(at + 2)?,
            patron_conflict: row.get(at + 3)?,
        })
    }

    fn row(&self, school: SchoolId, who: EventRef, subject: Option<&Subject>) -> Vec<Value> {
        params![
            who.station.0,
            who.epoch.0,
            who.seq.0,
            school.0,
            subject.map(Subject::to_string),
            self.fate.as_str(),
            self.conflict.as_deref(),
            self.review,
            self.patron_conflict.as_deref(),
        ]
        .to_vec()
    }
}

/// What stands of one subject.
#[derive(Debug, Clone, Default)]
struct Stand {
    events: Vec<Dated>,
    /// Events marked as taken back.
    undone: BTreeSet<EventRef>,
    matters: BTreeMap<EventRef, Matter>,
    loans: Vec<FoldedLoan>,
    count: Option<FoldedCount>,
}

/// What stands of some subjects.
struct Read {
    stands: HashMap<String, Stand>,
}

impl Read {
    fn of(
        db: &Db,
        school: SchoolId,
        subjects: &[&Subject],
        reading: &mut Reading<'_>,
    ) -> Result<Read, StoreFault> {
        let mut stands: HashMap<String, Stand> = HashMap::new();
        let (mut items, mut titles) = (BTreeSet::new(), BTreeSet::new());
        let mut patrons = BTreeSet::new();
        for subject in subjects {
            match subject {
                Subject::Item(item) => {
                    items.insert(item.clone());
                }
                Subject::Counted(patron, title) => {
                    patrons.insert(*patron);
                    titles.insert(*title);
                }
            }
        }
        let names = || Value::Texts(subjects.iter().map(|subject| subject.to_string()).collect());
        let sql = format!(
            "SELECT {DATED}, e.subject, e.undone FROM event e {} WHERE e.school = ?1 AND e.subject = ANY(?2)",
            retold::JOIN
        );
        for (event, row) in dated(&db.rows(&sql, params![school.0, names()])?)? {
            patrons.extend(patron_of(&event.act));
            let stand = stands.entry(row.get(9)?).or_default();
            if row.get(10)? {
                stand.undone.insert(event.who);
            }
            stand.events.push(event);
        }
        let rows = db.rows(
            "SELECT subject, station, epoch, seq, fate, conflict, review, patron_conflict FROM matter
             WHERE school = ?1 AND subject = ANY(?2)",
            params![school.0, names()],
        )?;
        for row in &rows {
            let stand = stands.entry(row.get(0)?).or_default();
            stand.matters.insert(event_ref(row, 1)?, Matter::from_row(row, 4)?);
        }
        if !items.is_empty() {
            let labels = Value::Texts(items.iter().map(|item| item.as_str().to_owned()).collect());
            let condition = "l.school = ?1 AND l.item = ANY(?2) ORDER BY l.item, l.place";
            for loan in read_loans(db, condition, params![school.0, labels])? {
                stands.entry(Subject::Item(loan.item.clone()).to_string()).or_default().loans.push(loan);
            }
        }
        if !titles.is_empty() {
            let rows = db.rows(
                "SELECT patron, title, out, due FROM counted WHERE school = ?1 AND patron = ANY(?2)",
                params![school.0, Value::Ints(patrons.iter().map(|patron| patron.0.cast_signed()).collect())],
            )?;
            for row in &rows {
                let subject = Subject::Counted(PatronId(row.get(0)?), TitleId(row.get(1)?));
                if let Some(stand) = stands.get_mut(&subject.to_string()) {
                    stand.count =
                        Some(FoldedCount { out: row.get(2)?, due: row.get::<Option<i32>>(3)?.map(Day) });
                }
            }
        }
        reading.want_items(&items)?;
        reading.want_titles(&titles)?;
        reading.want_patrons(&patrons)?;
        Ok(Read { stands })
    }

    fn take(&mut self, subject: &Subject) -> Stand {
        self.stands.remove(&subject.to_string()).unwrap_or_default()
    }
}

fn patron_of(act: &Act) -> Option<PatronId> {
    match act {
        Act::CheckedOut { patron, .. }
        | Act::Renewed { patron, .. }
        | Act::CountedIssued { patron, .. }
        | Act::CountedReturned { patron, .. } => Some(*patron),
        Act::StationStarted { .. }
        | Act::Returned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    }
}

/// What folding some subjects changes.
#[derive(Debug, Default)]
struct Writes {
    matters: Vec<Vec<Value>>,
    matters_gone: Vec<Vec<Value>>,
    loans: Vec<Vec<Value>>,
    loans_gone: Vec<Vec<Value>>,
    counts: Vec<Vec<Value>>,
    undone: Vec<(EventRef, u16, bool)>,
    records: Vec<(StationId, Change)>,
    /// Patrons whose loans are other ones than before.
    patrons: BTreeSet<PatronId>,
}

impl Writes {
    fn fold(
        &mut self,
        school: SchoolId,
        subject: &Subject,
        stand: Stand,
        reading: &Reading<'_>,
        decided: &Decided,
    ) {
        let Stand { events, undone, matters, loans, count } = stand;
        let kinds: Vec<(EventRef, u16)> = events.iter().map(|event| (event.who, event.act.kind())).collect();
        let folded = match subject {
            Subject::Item(item) => {
                let folded = fold_item(item, events, &reading.reference, decided);
                self.loans(school, item, &loans, &folded.loans);
                folded
            }
            Subject::Counted(patron, title) => {
                let folded = fold_counted(*patron, *title, events, &reading.reference, decided);
                if let Some(now) = folded.count.filter(|_| folded.count != count) {
                    let due = now.due.map(|day| day.0);
                    self.counts.push(params![school.0, patron.0, title.0, now.out, due].to_vec());
                }
                folded
            }
        };
        let opens: BTreeSet<EventRef> = folded.loans.iter().map(|loan| loan.opened.who).collect();
        for (who, judged) in &folded.fates {
            let old = matters.get(who);
            let mut now = Matter::base(*judged);
            // What the patron's loans say stays until they are looked at again; an event that opens no loan has none.
            now.patron_conflict =
                old.filter(|_| opens.contains(who)).and_then(|old| old.patron_conflict.clone());
            match old {
                Some(_) if now.is_plain() => self.matters_gone.push(event_key(*who)),
                None if now.is_plain() => {}
                Some(old) if *old == now => {}
                Some(_) | None => self.matters.push(now.row(school, *who, Some(subject))),
            }
        }
        let changed = kinds.iter().filter(|(who, _)| undone.contains(who) != folded.undone.contains(who));
        self.undone.extend(changed.map(|(who, kind)| (*who, *kind, folded.undone.contains(who))));
        self.verdicts(&matters, &folded.fates, decided);
    }

    /// The loans of an item from the first that is another one than before, and the open one into its feed.
    fn loans(&mut self, school: SchoolId, item: &ItemId, old: &[FoldedLoan], new: &[FoldedLoan]) {
        let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        if same == old.len() && same == new.len() {
            return;
        }
        self.patrons.extend(old.iter().skip(same).chain(new.iter().skip(same)).map(|loan| loan.patron));
        for place in new.len()..old.len() {
            self.loans_gone.push(params![school.0, item.as_str(), place as u64].to_vec());
        }
        for (place, loan) in new.iter().enumerate().skip(same) {
            self.loans.push(loan_row(school, place, loan));
        }
        self.records.push((
            EVERYONE,
            match new.last().filter(|loan| loan.closed.is_none()) {
                Some(loan) => Change::Put(Record::Loan(Loan {
                    item: item.clone(),
                    patron: loan.patron,
                    since: loan.since,
                    due: loan.due,
                    renewals: loan.renewals,
                })),
                None => Change::Gone(Feed::Loans, RecordKey::Item(item.clone())),
            },
        ));
    }

    /// The verdicts that stations are told about these events.
    fn verdicts(
        &mut self,
        before: &BTreeMap<EventRef, Matter>,
        now: &BTreeMap<EventRef, Judged>,
        decided: &Decided,
    ) {
        let mut told = BTreeSet::new();
        for (who, judged) in now {
            let (Fate::InReview(review) | Fate::Resolved(review), Some(conflict)) =
                (judged.fate, judged.conflict)
            else {
                continue;
            };
            told.insert((who.station, review.0));
            let verdict = Verdict { review, seq: who.seq, conflict, accepted: decided.of(review) };
            self.records.push((who.station, Change::Put(Record::Verdict(verdict))));
        }
        for (who, matter) in before {
            if let Some(review) = matter.review.filter(|review| !told.contains(&(who.station, *review))) {
                self.records.push((who.station, Change::Gone(Feed::Verdicts, RecordKey::Number(review))));
            }
        }
    }

    fn write(self, tx: &Tx<'_>, school: SchoolId) -> Result<(), StoreFault> {
        changes::write_matters(tx, school, &self.matters_gone, &self.matters)?;
        tx.take_away(&LOAN, &self.loans_gone)?;
        tx.put(&LOAN, Meets::Replaced, &self.loans)?;
        tx.put(&COUNTED, Meets::Replaced, &self.counts)?;
        for (who, _, undone) in &self.undone {
            tx.write(
                "UPDATE event SET undone = ?4 WHERE station = ?1 AND epoch = ?2 AND seq = ?3",
                params![who.station.0, who.epoch.0, who.seq.0, *undone],
            )?;
        }
        tally::note_undone(tx, school, &self.undone)?;
        records::apply(tx, school, self.records)?;
        Ok(())
    }
}

/// Judges what these patrons' loans say together.
fn flag_patrons(
    tx: &Tx<'_>,
    school: SchoolId,
    patrons: &[PatronId],
    reading: &mut Reading<'_>,
) -> Result<(), StoreFault> {
    reading.want_patrons(&patrons.iter().copied().collect())?;
    let ids = Value::Ints(patrons.iter().map(|patron| patron.0.cast_signed()).collect());
    let sql = format!(
        "SELECT {LOAN_COLUMNS}, m.fate, m.conflict, m.review, m.patron_conflict
         FROM loan l LEFT JOIN matter m ON m.station = l.o_station AND m.epoch = l.o_epoch AND m.seq = l.o_seq
         WHERE l.school = ?1 AND l.patron = ANY(?2)"
    );
    let mut loans: BTreeMap<PatronId, Vec<FoldedLoan>> = BTreeMap::new();
    let mut before = BTreeMap::new();
    for row in &tx.rows(&sql, params![school.0, ids])? {
        let loan = read_loan(row)?;
        if row.get::<Option<String>>(16)?.is_some() {
            before.insert(loan.opened.who, Matter::from_row(row, 16)?);
        }
        loans.entry(loan.patron).or_default().push(loan);
    }
    let (mut put, mut gone) = (Vec::new(), Vec::new());
    for (patron, loans) in &loans {
        let flags = fold_patron(*patron, loans, &reading.reference);
        for loan in loans {
            let who = loan.opened.who;
            let old = before.get(&who);
            let mut now = old.cloned().unwrap_or_else(|| Matter::base(Judged::APPLIED));
            now.patron_conflict = flags.get(&who).map(|conflict: &Conflict| word(conflict));
            match old {
                Some(old) if *old == now => {}
                None if now.is_plain() => {}
                Some(_) if now.is_plain() => gone.push(event_key(who)),
                Some(_) | None => {
                    put.push(now.row(school, who, Some(&Subject::Item(loan.item.clone()))));
                }
            }
        }
    }
    changes::write_matters(tx, school, &gone, &put)
}

pub(super) fn parse_subject(text: &str) -> Result<Subject, StoreFault> {
    Subject::parse(text).ok_or(StoreFault::Damaged("an event's subject"))
}

fn loan_row(school: SchoolId, place: usize, loan: &FoldedLoan) -> Vec<Value> {
    let closed = loan.closed.map(|(point, _)| point);
    params![
        school.0,
        loan.item.as_str(),
        place as u64,
        loan.patron.0,
        loan.since.0,
        loan.due.0,
        loan.renewals,
        loan.counts,
        loan.rules,
        loan.opened.at_s,
        loan.opened.who.station.0,
        loan.opened.who.epoch.0,
        loan.opened.who.seq.0,
        loan.closed.map(|(_, how)| closing_word(how)),
        closed.map(|point| point.at_s),
        closed.map(|point| point.who.station.0),
        closed.map(|point| point.who.epoch.0),
        closed.map(|point| point.who.seq.0),
    ]
    .to_vec()
}

/// The columns of a loan, of `loan l`.
pub(super) const LOAN_COLUMNS: &str =
    "l.item, l.patron, l.since, l.due, l.renewals, l.counts, l.rules, l.opened_s,
     l.o_station, l.o_epoch, l.o_seq, l.closing, l.closed_s, l.c_station, l.c_epoch, l.c_seq";

/// Loans that satisfy a condition about `loan l`, in its order.
pub(super) fn read_loans(db: &Db, condition: &str, params: &[Value]) -> Result<Vec<FoldedLoan>, StoreFault> {
    let rows = db.rows(&format!("SELECT {LOAN_COLUMNS} FROM loan l WHERE {condition}"), params)?;
    rows.iter().map(read_loan).collect()
}

/// A loan from [`LOAN_COLUMNS`].
fn read_loan(row: &Row) -> Result<FoldedLoan, StoreFault> {
    let closed = match row.get::<Option<String>>(11)? {
        Some(word) => Some((Point { at_s: row.get(12)?, who: event_ref(row, 13)? }, closing(&word)?)),
        None => None,
    };
    Ok(FoldedLoan {
        item: ItemId::new(row.get::<String>(0)?).map_err(|_| StoreFault::Damaged("a loan's item"))?,
        patron: PatronId(row.get(1)?),
        since: Day(row.get(2)?),
        due: Day(row.get(3)?),
        renewals: row.get(4)?,
        counts: row.get(5)?,
        rules: row.get(6)?,
        opened: Point { at_s: row.get(7)?, who: event_ref(row, 8)? },
        closed,
    })
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
