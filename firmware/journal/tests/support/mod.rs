//! What the tests share: an invented school, a region that answers, and clocks.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(missing_docs, reason = "names say it")]

use exchange::*;
use journal::{Journal, StartReport};
use std::collections::BTreeMap;
use std::path::Path;

pub const STATION: StationId = StationId(7);
pub const T0: i64 = 1_790_000_000;

pub fn open(dir: &Path) -> (Journal, StartReport) {
    Journal::open(dir, T0).unwrap()
}

/// An enrolled journal in a new folder.
pub fn enrolled(dir: &Path) -> Journal {
    let (mut journal, _) = open(dir);
    journal.enrol(STATION, Some(Epoch(1))).unwrap();
    journal
}

pub fn stamp(wall_s: i64) -> Stamp {
    Stamp { wall_s, boot: 1, mono_s: 60, trust: ClockTrust::Rtc }
}

pub fn sample(wall_s: i64) -> ClockSample {
    ClockSample { wall_s, boot: 1, mono_s: 60, trust: ClockTrust::Rtc }
}

pub fn item(n: u32) -> ItemId {
    ItemId::new(format!("{n:08}")).unwrap()
}

pub fn lent(patron: u64, n: u32, due: i32) -> Act {
    Act::CheckedOut { patron: PatronId(patron), item: item(n), due: Day(due) }
}

pub fn returned(n: u32) -> Act {
    Act::Returned { item: item(n) }
}

pub fn renewed(patron: u64, n: u32, due: i32) -> Act {
    Act::Renewed { patron: PatronId(patron), item: item(n), due: Day(due) }
}

pub fn append(journal: &mut Journal, acts: &[Act]) -> Vec<Seq> {
    journal.append(acts, Basis { rules: 3, data_as_of_s: T0 - 60 }, stamp(T0 + 10)).unwrap()
}

pub fn loan(n: u32, patron: u64, due: i32) -> Loan {
    Loan { item: item(n), patron: PatronId(patron), since: Day(20_000), due: Day(due), renewals: 0 }
}

pub fn patron(id: u64, family: &str, given: &str) -> Patron {
    Patron {
        id: PatronId(id),
        cards: vec![format!("{id:06}")],
        given: given.into(),
        family: family.into(),
        class: Some(ClassId(1)),
        kind: PatronKind::Pupil,
        lang: Lang::Kk,
        blocks: Vec::new(),
        until: None,
        pin: Some(pin::PinHash { salt: [1; 8], hash: [2; 16] }),
    }
}

pub fn title(id: u64, name: &str, author: &str) -> Title {
    let (name, author) = (name.to_owned(), author.to_owned());
    Title { id: TitleId(id), name, author, isbn: String::new(), year: 2019, kind: TitleKind::Book }
}

pub fn copy(n: u32, title: u64) -> Item {
    Item { id: item(n), title: TitleId(title), status: ItemStatus::Lendable, former: Vec::new() }
}

pub fn class(id: u32, grade: u8, letter: &str) -> Class {
    let name = format!("{grade} «{letter}»");
    Class { id: ClassId(id), grade, letter: letter.into(), name, lang: Lang::Kk }
}

/// A region's side of the feeds: versions by number, as a station would be told.
#[derive(Debug, Clone, Default)]
pub struct Region {
    pub records: BTreeMap<(u8, RecordKey), (u64, Option<Record>)>,
    pub version: u64,
    pub time_s: i64,
}

impl Region {
    pub fn new() -> Region {
        Region { time_s: T0, ..Region::default() }
    }

    pub fn put(&mut self, record: Record) {
        self.version += 1;
        self.records.insert((record.feed().number(), record.key()), (self.version, Some(record)));
    }

    pub fn gone(&mut self, feed: Feed, key: RecordKey) {
        self.version += 1;
        self.records.insert((feed.number(), key), (self.version, None));
    }

    pub fn hash(&self, feed: Feed) -> FeedHash {
        let all = self.records.iter().filter(|((number, _), _)| *number == feed.number());
        FeedHash::over(all.filter_map(|(_, (_, record))| record.as_ref()))
    }

    /// What changed in a feed since a cursor, at most `limit` records; `None` if nothing did.
    pub fn changes(&self, cursor: Cursor, limit: usize) -> Option<FeedChanges> {
        let mut changed: Vec<(u64, &RecordKey, &Option<Record>)> = self
            .records
            .iter()
            .filter(|((number, _), (version, _))| *number == cursor.feed.number() && *version > cursor.at)
            .map(|((_, key), (version, record))| (*version, key, record))
            .collect();
        changed.sort_by_key(|(version, _, _)| *version);
        if changed.is_empty() {
            return None;
        }
        let whole = changed.len() <= limit;
        changed.truncate(limit);
        let upto = changed.last().map_or(cursor.at, |(version, _, _)| *version);
        Some(FeedChanges {
            feed: cursor.feed,
            from: cursor.at,
            upto,
            put: changed.iter().filter_map(|(_, _, record)| (*record).clone()).collect(),
            gone: changed
                .iter()
                .filter(|(_, _, record)| record.is_none())
                .map(|(_, key, _)| (*key).clone())
                .collect(),
            hash: whole.then(|| self.hash(cursor.feed)),
        })
    }

    /// The answer to a station at these cursors.
    pub fn answer(&mut self, epoch: u32, stored_upto: u64, have: &[Cursor], limit: usize) -> Answer {
        self.time_s += 30;
        let changes: Vec<FeedChanges> =
            have.iter().filter_map(|cursor| self.changes(*cursor, limit)).collect();
        let more = changes.iter().any(|changes| changes.hash.is_none());
        Answer {
            schema: SCHEMA,
            station: STATION,
            epoch: Epoch(epoch),
            standing: Standing::Good,
            stored_upto: Seq(stored_upto),
            outcomes: Vec::new(),
            changes,
            time_s: self.time_s,
            more,
        }
    }

    /// Answers until there is nothing more.
    pub fn sync(&mut self, journal: &mut Journal, epoch: u32, stored_upto: u64) {
        loop {
            let answer = self.answer(epoch, stored_upto, &journal.cursors().unwrap(), usize::MAX);
            if !journal.take_answer(&answer).unwrap().more {
                return;
            }
        }
    }
}

pub fn calendar() -> Calendar {
    Calendar {
        version: 1,
        zone: "Asia/Almaty".into(),
        weekend: 0b110_0000,
        closed: Vec::new(),
        year_end: Day(21_000),
    }
}
