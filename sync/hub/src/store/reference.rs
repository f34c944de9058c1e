//! The part of the reference data that a fold needs, read from the feeds and their history.

use super::code::variant;
use super::records::{all, decode, get, gone};
use super::sql::{Db, Value, params};
use super::{SchoolId, StoreFault};
use crate::fold::{HoldFact, ItemFacts, PatronFacts, Reference, Zone};
use exchange::{Feed, HoldState, ItemId, ItemStatus, PatronId, Record, RecordKey, Rules, TitleId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where days begin and end as long as there is no calendar.
const DEFAULT_ZONE: &str = "Asia/Almaty";

/// Reads the reference data of a school piece by piece, each once.
pub(super) struct Reading<'c> {
    db: &'c Db,
    school: SchoolId,
    holds: Vec<(ItemId, HoldFact)>,
    /// What was read so far.
    pub(super) reference: Reference,
}

impl<'c> Reading<'c> {
    /// With rules, holds and zone; items, patrons and titles are read as they are wanted.
    pub(super) fn new(db: &'c Db, school: SchoolId) -> Result<Reading<'c>, StoreFault> {
        let mut rules: BTreeMap<u32, Rules> = BTreeMap::new();
        for row in db.rows("SELECT row FROM rules_version WHERE school = ?1", params![school.0])? {
            if let Record::Rules(version) = decode(&row.get::<Vec<u8>>(0)?)? {
                rules.insert(version.version, version);
            }
        }
        let mut holds = Vec::new();
        for record in all(db, school, Feed::Holds)? {
            if let Record::Hold(hold) = record
                && hold.state == HoldState::Ready
                && let Some(item) = hold.item
            {
                holds.push((item, HoldFact { patron: hold.patron, from_s: i64::MIN, until_s: None }));
            }
        }
        let reference = Reference {
            items: BTreeMap::new(),
            former: BTreeMap::new(),
            patrons: BTreeMap::new(),
            gone: BTreeSet::new(),
            titles: BTreeMap::new(),
            rules,
            zone: zone(db, school)?,
        };
        Ok(Reading { db, school, holds, reference })
    }

    /// Makes sure that these items and their titles are there, as far as the region knows them.
    pub(super) fn want_items(&mut self, items: &BTreeSet<ItemId>) -> Result<(), StoreFault> {
        let new = items.iter().filter(|item| !self.reference.items.contains_key(item));
        let keys: Vec<RecordKey> = new.map(|item| RecordKey::Item(item.clone())).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = items.iter().map(|item| item.as_str().to_owned()).collect();
        let rows = self.db.rows(
            "SELECT item, since_s, status FROM item_status WHERE school = ?1 AND item = ANY(?2) ORDER BY since_s",
            params![self.school.0, Value::Texts(names)],
        )?;
        let mut statuses: HashMap<String, Vec<(i64, ItemStatus)>> = HashMap::new();
        for row in &rows {
            statuses.entry(row.get(0)?).or_default().push((row.get(1)?, variant(&row.get::<String>(2)?)?));
        }
        let mut titles = BTreeSet::new();
        for record in get(self.db, self.school, Feed::Items, &keys)?.into_values() {
            let Record::Item(record) = record else { continue };
            titles.insert(record.title);
            let holds = self.holds.iter().filter(|(held, _)| *held == record.id).map(|(_, hold)| *hold);
            let facts = ItemFacts {
                title: record.title,
                statuses: statuses.remove(record.id.as_str()).unwrap_or_default(),
                holds: holds.collect(),
            };
            self.reference.items.insert(record.id, facts);
        }
        self.want_titles(&titles)
    }

    /// Makes sure that these titles are there, as far as the region knows them.
    pub(super) fn want_titles(&mut self, titles: &BTreeSet<TitleId>) -> Result<(), StoreFault> {
        let new = titles.iter().filter(|title| !self.reference.titles.contains_key(title));
        let keys: Vec<RecordKey> = new.map(|title| RecordKey::Number(title.0)).collect();
        for record in get(self.db, self.school, Feed::Titles, &keys)?.into_values() {
            if let Record::Title(record) = record {
                self.reference.titles.insert(record.id, record.kind);
            }
        }
        Ok(())
    }

    /// Makes sure that these patrons are there, as far as the region knows them.
    pub(super) fn want_patrons(&mut self, patrons: &BTreeSet<PatronId>) -> Result<(), StoreFault> {
        let new = patrons.iter().filter(|patron| !self.reference.patrons.contains_key(patron));
        let keys: Vec<RecordKey> = new.map(|patron| RecordKey::Number(patron.0)).collect();
        for key in gone(self.db, self.school, Feed::Patrons, &keys)? {
            if let RecordKey::Number(patron) = key {
                self.reference.gone.insert(PatronId(patron));
            }
        }
        for record in get(self.db, self.school, Feed::Patrons, &keys)?.into_values() {
            if let Record::Patron(record) = record {
                let facts = PatronFacts { kind: record.kind, blocks: record.blocks, until: record.until };
                self.reference.patrons.insert(record.id, facts);
            }
        }
        Ok(())
    }
}

/// The zone of the school's days.
pub(super) fn zone(db: &Db, school: SchoolId) -> Result<Zone, StoreFault> {
    let calendar = get(db, school, Feed::Calendar, &[RecordKey::Only])?.into_values().next();
    let name = match calendar {
        Some(Record::Calendar(calendar)) => calendar.zone,
        Some(_) | None => DEFAULT_ZONE.to_owned(),
    };
    Ok(Zone::named(&name).unwrap_or_else(Zone::utc))
}
