//! Imports of files: what one would change is kept until somebody agrees, and what it changed until it can be undone no
//! more.
//!
//! Invariants:
//! - What was shown is what is saved: a record that somebody changed in between stops the whole import.
//! - An import is saved, and undone, in one transaction.
//! - An undoing touches nothing that was changed since, and takes nothing away that is in use.

use super::code::{variant, word};
use super::records::{all, decode, get, key_of, key_text, save_within};
use super::settle::settle;
use super::sql::{Lock, Meets, Row, Tx, Value, params};
use super::tables::IMPORT_CHANGE;
use super::{Change, Saved, SchoolId, Store, StoreFault};
use crate::import::{BadRow, Notes, Part, Planned, Prepared, What};
use exchange::{Feed, ItemId, PatronId, Record, RecordKey, TitleId, row};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;

/// An import that nobody agreed to is forgotten after this many seconds.
const READ_S: i64 = 24 * 3600;

/// An import can be undone for this many seconds; then what was before is forgotten, for it may be people's data.
const UNDO_S: i64 = 60 * 24 * 3600;

/// The most bad rows that are kept to be shown.
const MOST_BAD: usize = 5_000;

/// The number of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImportId(pub u64);

impl fmt::Display for ImportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Read, and not agreed to.
    Read,
    /// Saved.
    Saved,
    /// Saved, and undone.
    Undone,
}

/// What is kept of a file besides the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Good rows.
    pub good: usize,
    /// Bad rows.
    pub bad_rows: usize,
    /// How the file was understood.
    pub notes: Notes,
    /// What is wrong, the first lines first; not endless.
    pub bad: Vec<BadRow>,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLine {
    /// Its number.
    pub id: ImportId,
    /// What the file holds.
    pub what: What,
    /// The file's name.
    pub file: String,
    /// Where it stands.
    pub state: ImportState,
    /// When it was read, and by whom.
    pub read: (i64, String),
    /// When it was saved, and by whom.
    pub saved: Option<(i64, String)>,
    /// When it was undone, and by whom.
    pub undone: Option<(i64, String)>,
    /// What saving did.
    pub counts: Saved,
    /// Records that an undoing left as they were.
    pub kept: u64,
    /// The rest.
    pub report: ImportReport,
}

impl ImportLine {
    /// Whether it can still be undone.
    pub fn can_be_undone(&self, now_s: i64) -> bool {
        self.state == ImportState::Saved && self.saved.as_ref().is_some_and(|(at_s, _)| now_s - at_s < UNDO_S)
    }
}

/// What somebody answered to an import's questions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// Questions about new cards where it is not the same person; in all others it is.
    pub other_person: HashSet<u32>,
    /// Whether those who are missing from the file have left.
    pub missing_left: bool,
}

impl Answers {
    fn want(&self, part: Part) -> bool {
        match part {
            Part::Sure => true,
            Part::SamePerson(ask) => !self.other_person.contains(&ask),
            Part::OtherPerson(ask) => self.other_person.contains(&ask),
            Part::Leaver => self.missing_left,
        }
    }
}

/// What an import would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportCounts {
    /// New records.
    pub added: u64,
    /// Changed records.
    pub changed: u64,
    /// Questions whether somebody is the same person.
    pub asked: u64,
    /// People who are missing from the file.
    pub missing: u64,
}

/// What an undoing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Undone {
    /// Records that are as they were before, or gone again.
    pub restored: u64,
    /// Records that were changed since, or are in use: as they are.
    pub kept: u64,
}

/// Why an import is not saved or undone. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    /// There is none, or it was forgotten.
    #[error("there is no such import; one that nobody agreed to is forgotten after a day")]
    Unknown,
    /// It was saved or undone already.
    #[error("this import was saved or undone already")]
    Done,
    /// Records were changed since it was read.
    #[error("{0} records were changed since the file was read; read it again")]
    Moved(usize),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// What an import asks a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Whether people with new cards are the same people.
    NewCards,
    /// Whether those who are missing from the file have left.
    Missing,
}

impl Store {
    /// What the region knows of a school's classes, patrons, titles and items.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn people_and_books(&self, school: SchoolId) -> Result<Vec<Record>, StoreFault> {
        let mut known = Vec::new();
        for feed in [Feed::Classes, Feed::Patrons, Feed::Titles, Feed::Items] {
            known.extend(self.records(school, feed)?);
        }
        Ok(known)
    }

    /// Keeps a file that was read until somebody agrees, or a day is over.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn keep_import(
        &mut self,
        school: SchoolId,
        prepared: &Prepared,
        file: &str,
        login: &str,
        now_s: i64,
    ) -> Result<ImportId, StoreFault> {
        let report = ImportReport {
            good: prepared.good,
            bad_rows: prepared.bad_rows,
            notes: prepared.notes.clone(),
            bad: prepared.bad.iter().take(MOST_BAD).cloned().collect(),
        };
        let report =
            serde_json::to_string(&report).map_err(|_| StoreFault::Damaged("a report that is no JSON"))?;
        let same = prepared.planned.iter().filter(|one| one.is_same()).count() as u64;
        let tx = self.db.begin(Lock::School(school))?;
        forget(&tx, school, now_s)?;
        let id: u64 = tx.one(
            "INSERT INTO import (school, what, file, state, read_s, read_by, same, report)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
            params![
                school.0,
                word(&prepared.what),
                file,
                word(&ImportState::Read),
                now_s,
                login,
                same,
                report
            ],
        )?;
        let changed = prepared.planned.iter().filter(|one| !one.is_same());
        let rows: Vec<Vec<Value>> =
            changed.zip(0_u64..).map(|(one, place)| change_row(id, place, one)).collect();
        tx.put(&IMPORT_CHANGE, Meets::Nothing, &rows)?;
        tx.commit()?;
        Ok(ImportId(id))
    }

    /// The newest imports of a school, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn imports(&self, school: SchoolId, most: u32) -> Result<Vec<ImportLine>, StoreFault> {
        let sql = format!("SELECT {COLUMNS} FROM import WHERE school = ?1 ORDER BY id DESC LIMIT ?2");
        self.db.rows(&sql, params![school.0, most])?.iter().map(line).collect()
    }

    /// An import of a school.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn import(&self, school: SchoolId, id: ImportId) -> Result<Option<ImportLine>, StoreFault> {
        let sql = format!("SELECT {COLUMNS} FROM import WHERE school = ?1 AND id = ?2");
        self.db.row(&sql, params![school.0, id.0])?.as_ref().map(line).transpose()
    }

    /// Records that an import changes whatever is answered, or has changed, from the place `from` on, at most `most`; and the
    /// place of the next, if there is one.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn import_sure(
        &self,
        id: ImportId,
        from: u64,
        most: u32,
    ) -> Result<(Vec<Planned>, Option<u64>), StoreFault> {
        let sql = format!(
            "SELECT {CHANGE_COLUMNS} FROM import_change
             WHERE import = ?1 AND place >= ?2 AND (part = 'sure' OR done = 1) ORDER BY place LIMIT ?3"
        );
        let rows = self.db.rows(&sql, params![id.0, from, u64::from(most) + 1])?;
        let mut planned = Vec::new();
        for row in &rows {
            let (place, one) = change(row)?;
            if planned.len() == most as usize {
                return Ok((planned, u64::try_from(place).ok()));
            }
            planned.push(one);
        }
        Ok((planned, None))
    }

    /// What an import asks, in the order of the file; at most `most`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn import_asked(&self, id: ImportId, asked: Asked, most: u32) -> Result<Vec<Planned>, StoreFault> {
        let sql = format!(
            "SELECT {CHANGE_COLUMNS} FROM import_change WHERE import = ?1 AND part = ?2 ORDER BY place LIMIT ?3"
        );
        let part = match asked {
            Asked::NewCards => "same",
            Asked::Missing => "leaver",
        };
        self.db.rows(&sql, params![id.0, part, most])?.iter().map(|row| Ok(change(row)?.1)).collect()
    }

    /// What an import would do, in numbers.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn import_counts(&self, id: ImportId) -> Result<ImportCounts, StoreFault> {
        let sql = "SELECT part, CASE WHEN before IS NULL THEN 1 ELSE 0 END, count(*) FROM import_change WHERE import = ?1 GROUP BY 1, 2";
        let mut counts = ImportCounts::default();
        for row in self.db.rows(sql, params![id.0])? {
            let count: u64 = row.get(2)?;
            match (row.get::<String>(0)?.as_str(), row.get::<bool>(1)?) {
                ("sure", true) => counts.added += count,
                ("sure", false) => counts.changed += count,
                ("same", _) => counts.asked += count,
                ("leaver", _) => counts.missing += count,
                (_, _) => {}
            }
        }
        Ok(counts)
    }

    /// Saves an import as it was shown, with these answers.
    ///
    /// # Errors
    /// [`ImportFault`]; then nothing was saved.
    pub fn save_import(
        &mut self,
        school: SchoolId,
        id: ImportId,
        answers: &Answers,
        login: &str,
        now_s: i64,
    ) -> Result<Saved, ImportFault> {
        let tx = self.db.begin(Lock::School(school))?;
        stands(&tx, school, id, ImportState::Read)?;
        let mut wanted = changes(&tx, id)?;
        wanted.retain(|(_, one)| answers.want(one.part));
        let now = records_now(&tx, school, &wanted)?;
        let moved =
            wanted.iter().filter(|(_, one)| now.get(&name(&one.after)) != one.before.as_ref()).count();
        if moved > 0 {
            return Err(ImportFault::Moved(moved));
        }
        let puts: Vec<Change> = wanted.iter().map(|(_, one)| Change::Put(one.after.clone())).collect();
        let saved = save_within(&tx, school, &puts, now_s, login)?;
        let places: Vec<i64> = wanted.iter().map(|(place, _)| *place).collect();
        tx.write(
            "UPDATE import_change SET done = 1 WHERE import = ?1 AND place = ANY(?2)",
            params![id.0, Value::Ints(places)],
        )?;
        tx.write("DELETE FROM import_change WHERE import = ?1 AND done = 0", params![id.0])?;
        tx.write(
            "UPDATE import SET state = ?2, saved_s = ?3, saved_by = ?4, added = ?5, changed = ?6 WHERE id = ?1",
            params![id.0, word(&ImportState::Saved), now_s, login, saved.added, saved.changed],
        )?;
        tx.commit()?;
        Ok(saved)
    }

    /// Undoes an import: what it changed is as it was before, and what it added is gone, except for what was changed since or
    /// is in use.
    ///
    /// # Errors
    /// [`ImportFault`]; then nothing was changed.
    pub fn undo_import(
        &mut self,
        school: SchoolId,
        id: ImportId,
        login: &str,
        now_s: i64,
    ) -> Result<Undone, ImportFault> {
        let tx = self.db.begin(Lock::School(school))?;
        forget(&tx, school, now_s)?;
        stands(&tx, school, id, ImportState::Saved)?;
        let done = changes(&tx, id)?;
        let now = records_now(&tx, school, &done)?;
        settle(&tx, school)?;
        let used = Used::of(&tx, school)?;
        let mut back = Vec::new();
        for (_, one) in &done {
            if now.get(&name(&one.after)) != Some(&one.after) {
                continue;
            }
            match &one.before {
                Some(before) if used.rests_on_what_is(before) => back.push(Change::Put(before.clone())),
                None if !used.is_used(&one.after) => {
                    back.push(Change::Gone(one.after.feed(), one.after.key()))
                }
                Some(_) | None => {}
            }
        }
        let undone = Undone { restored: back.len() as u64, kept: (done.len() - back.len()) as u64 };
        save_within(&tx, school, &back, now_s, login)?;
        tx.write(
            "UPDATE import SET state = ?2, undone_s = ?3, undone_by = ?4, kept = ?5 WHERE id = ?1",
            params![id.0, word(&ImportState::Undone), now_s, login, undone.kept],
        )?;
        tx.commit()?;
        Ok(undone)
    }

    /// Forgets an import that was read and is not wanted.
    ///
    /// # Errors
    /// [`ImportFault::Unknown`], [`ImportFault::Done`], or the database cannot be written.
    pub fn drop_import(&mut self, school: SchoolId, id: ImportId) -> Result<(), ImportFault> {
        let tx = self.db.begin(Lock::School(school))?;
        stands(&tx, school, id, ImportState::Read)?;
        tx.write("DELETE FROM import_change WHERE import = ?1", params![id.0])?;
        tx.write("DELETE FROM import WHERE id = ?1", params![id.0])?;
        Ok(tx.commit()?)
    }
}

const COLUMNS: &str = "id, what, file, state, read_s, read_by, saved_s, saved_by, undone_s, undone_by, added, changed, \
                       same, kept, report";

const CHANGE_COLUMNS: &str = "place, line, part, ask, before, after";

fn line(row: &Row) -> Result<ImportLine, StoreFault> {
    let seat = |at| Ok::<_, StoreFault>(row.get::<Option<i64>>(at)?.zip(row.get::<Option<String>>(at + 1)?));
    let report = serde_json::from_str(&row.get::<String>(14)?)
        .map_err(|_| StoreFault::Damaged("an import's report"))?;
    Ok(ImportLine {
        id: ImportId(row.get(0)?),
        what: variant(&row.get::<String>(1)?)?,
        file: row.get(2)?,
        state: variant(&row.get::<String>(3)?)?,
        read: (row.get(4)?, row.get(5)?),
        saved: seat(6)?,
        undone: seat(8)?,
        counts: Saved { added: row.get(10)?, changed: row.get(11)?, same: row.get(12)?, gone: 0 },
        kept: row.get(13)?,
        report,
    })
}

fn change_row(id: u64, place: u64, one: &Planned) -> Vec<Value> {
    let (part, ask) = match one.part {
        Part::Sure => ("sure", None),
        Part::SamePerson(ask) => ("same", Some(ask)),
        Part::OtherPerson(ask) => ("other", Some(ask)),
        Part::Leaver => ("leaver", None),
    };
    let before = one.before.as_ref().map(row::encode_record);
    params![
        id,
        place,
        one.line,
        part,
        ask,
        one.after.feed().number(),
        key_text(&one.after.key()),
        before,
        row::encode_record(&one.after),
        false
    ]
    .to_vec()
}

fn change(row: &Row) -> Result<(i64, Planned), StoreFault> {
    let ask = || row.get::<Option<u32>>(3)?.ok_or(StoreFault::Damaged("a question of an import"));
    let part = match row.get::<String>(2)?.as_str() {
        "sure" => Part::Sure,
        "same" => Part::SamePerson(ask()?),
        "other" => Part::OtherPerson(ask()?),
        "leaver" => Part::Leaver,
        _ => return Err(StoreFault::Damaged("a part of an import")),
    };
    let before = row.get::<Option<Vec<u8>>>(4)?.map(|bytes| decode(&bytes)).transpose()?;
    Ok((row.get(0)?, Planned { line: row.get(1)?, before, after: decode(&row.get::<Vec<u8>>(5)?)?, part }))
}

fn changes(tx: &Tx<'_>, id: ImportId) -> Result<Vec<(i64, Planned)>, StoreFault> {
    let sql = format!("SELECT {CHANGE_COLUMNS} FROM import_change WHERE import = ?1 ORDER BY place");
    tx.rows(&sql, params![id.0])?.iter().map(change).collect()
}

fn name(record: &Record) -> (Feed, RecordKey) {
    (record.feed(), record.key())
}

/// The records that these changes are about, as they are now.
fn records_now(
    tx: &Tx<'_>,
    school: SchoolId,
    changes: &[(i64, Planned)],
) -> Result<HashMap<(Feed, RecordKey), Record>, StoreFault> {
    let mut keys: HashMap<Feed, Vec<RecordKey>> = HashMap::new();
    for (_, one) in changes {
        keys.entry(one.after.feed()).or_default().push(one.after.key());
    }
    let mut now = HashMap::new();
    for (feed, keys) in keys {
        for (key, record) in get(tx, school, feed, &keys)? {
            now.insert((feed, key_of(&key)?), record);
        }
    }
    Ok(now)
}

/// Makes sure that an import is there and in this state.
fn stands(tx: &Tx<'_>, school: SchoolId, id: ImportId, state: ImportState) -> Result<(), ImportFault> {
    let sql = "SELECT state FROM import WHERE school = ?1 AND id = ?2";
    let row = tx.row(sql, params![school.0, id.0])?.ok_or(ImportFault::Unknown)?;
    let found: String = row.get(0)?;
    if found == word(&state) { Ok(()) } else { Err(ImportFault::Done) }
}

/// Forgets imports that nobody agreed to, and what was before those that are long past.
fn forget(tx: &Tx<'_>, school: SchoolId, now_s: i64) -> Result<(), StoreFault> {
    let of_school = "DELETE FROM import_change WHERE import IN (SELECT id FROM import WHERE school = ?1";
    let (read, saved) = (word(&ImportState::Read), word(&ImportState::Saved));
    tx.write(
        &format!("{of_school} AND state = ?2 AND read_s < ?3)"),
        params![school.0, &read, now_s - READ_S],
    )?;
    tx.write(
        "DELETE FROM import WHERE school = ?1 AND state = ?2 AND read_s < ?3",
        params![school.0, read, now_s - READ_S],
    )?;
    tx.write(
        &format!("{of_school} AND state = ?2 AND saved_s < ?3)"),
        params![school.0, saved, now_s - UNDO_S],
    )?;
    Ok(())
}

/// What rests on what.
struct Used {
    items: HashSet<ItemId>,
    patrons: HashSet<PatronId>,
    titles: HashSet<TitleId>,
    classes: HashSet<u32>,
    known_titles: BTreeSet<TitleId>,
    known_classes: BTreeSet<u32>,
}

impl Used {
    fn of(tx: &Tx<'_>, school: SchoolId) -> Result<Used, StoreFault> {
        let mut used = Used {
            items: HashSet::new(),
            patrons: HashSet::new(),
            titles: HashSet::new(),
            classes: HashSet::new(),
            known_titles: BTreeSet::new(),
            known_classes: BTreeSet::new(),
        };
        for row in tx.rows("SELECT DISTINCT item, patron FROM loan WHERE school = ?1", params![school.0])? {
            used.items.extend(ItemId::new(row.get::<String>(0)?));
            used.patrons.insert(PatronId(row.get(1)?));
        }
        for feed in [Feed::Classes, Feed::Patrons, Feed::Titles, Feed::Items, Feed::Sets, Feed::Holds] {
            for record in all(tx, school, feed)? {
                used.note(&record);
            }
        }
        Ok(used)
    }

    fn note(&mut self, record: &Record) {
        match record {
            Record::Class(class) => {
                self.known_classes.insert(class.id.0);
            }
            Record::Patron(patron) => self.classes.extend(patron.class.map(|class| class.0)),
            Record::Title(title) => {
                self.known_titles.insert(title.id);
            }
            Record::Item(item) => {
                self.titles.insert(item.title);
            }
            Record::Set(set) => self.titles.extend(set.titles.iter().copied()),
            Record::Hold(hold) => {
                self.titles.insert(hold.title);
                self.patrons.insert(hold.patron);
                self.items.extend(hold.item.clone());
            }
            Record::Rules(_)
            | Record::Calendar(_)
            | Record::Verdict(_)
            | Record::Notice(_)
            | Record::Loan(_) => {}
        }
    }

    fn is_used(&self, record: &Record) -> bool {
        match record {
            Record::Class(class) => self.classes.contains(&class.id.0),
            Record::Patron(patron) => self.patrons.contains(&patron.id),
            Record::Title(title) => self.titles.contains(&title.id),
            Record::Item(item) => self.items.contains(&item.id),
            Record::Rules(_)
            | Record::Calendar(_)
            | Record::Set(_)
            | Record::Hold(_)
            | Record::Verdict(_)
            | Record::Notice(_)
            | Record::Loan(_) => true,
        }
    }

    /// Whether what a record names is still there.
    fn rests_on_what_is(&self, record: &Record) -> bool {
        match record {
            Record::Patron(patron) => patron.class.is_none_or(|class| self.known_classes.contains(&class.0)),
            Record::Item(item) => self.known_titles.contains(&item.title),
            Record::Class(_)
            | Record::Title(_)
            | Record::Rules(_)
            | Record::Calendar(_)
            | Record::Set(_)
            | Record::Hold(_)
            | Record::Verdict(_)
            | Record::Notice(_)
            | Record::Loan(_) => true,
        }
    }
}
