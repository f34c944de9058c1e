//! The part of the reference data that a fold needs, read from the feeds and their history.

use super::StoreFault;
use super::code::variant;
use super::records::{EVERYONE, decode, get};
use crate::fold::{HoldFact, ItemFacts, PatronFacts, Reference, Zone};
use exchange::{Feed, HoldState, ItemId, ItemStatus, PatronId, Record, RecordKey, Rules, TitleId};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Where days begin and end as long as there is no calendar.
const DEFAULT_ZONE: &str = "Asia/Almaty";

/// Reads the reference data piece by piece, each once.
pub(super) struct Reading<'c> {
    conn: &'c Connection,
    holds: Vec<(ItemId, HoldFact)>,
    /// What was read so far.
    pub(super) reference: Reference,
}

impl<'c> Reading<'c> {
    /// With rules, holds and zone; items, patrons and titles are read as they are wanted.
    pub(super) fn new(conn: &'c Connection) -> Result<Reading<'c>, StoreFault> {
        let mut rules: BTreeMap<u32, Rules> = BTreeMap::new();
        let mut query = conn.prepare_cached("SELECT row FROM rules_version")?;
        for bytes in query.query_map([], |row| row.get::<_, Vec<u8>>(0))? {
            if let Record::Rules(version) = decode(&bytes?)? {
                rules.insert(version.version, version);
            }
        }
        let mut holds = Vec::new();
        let mut query = conn
            .prepare_cached("SELECT row FROM record WHERE feed = ?1 AND station = 0 AND row IS NOT NULL")?;
        for bytes in query.query_map([Feed::Holds.number()], |row| row.get::<_, Vec<u8>>(0))? {
            if let Record::Hold(hold) = decode(&bytes?)?
                && hold.state == HoldState::Ready
                && let Some(item) = hold.item
            {
                holds.push((item, HoldFact { patron: hold.patron, from_s: i64::MIN, until_s: None }));
            }
        }
        let zone = zone(conn)?;
        let reference = Reference {
            items: BTreeMap::new(),
            patrons: BTreeMap::new(),
            titles: BTreeMap::new(),
            rules,
            zone,
        };
        Ok(Reading { conn, holds, reference })
    }

    /// Makes sure the item and its title are there, if the region knows them.
    pub(super) fn want_item(&mut self, item: &ItemId) -> Result<(), StoreFault> {
        if self.reference.items.contains_key(item) {
            return Ok(());
        }
        let Some(Record::Item(record)) =
            get(self.conn, EVERYONE, Feed::Items, &RecordKey::Item(item.clone()))?
        else {
            return Ok(());
        };
        self.want_title(record.title)?;
        let mut statuses: Vec<(i64, ItemStatus)> = Vec::new();
        let mut query = self
            .conn
            .prepare_cached("SELECT since_s, status FROM item_status WHERE item = ?1 ORDER BY since_s")?;
        for row in query.query_map([item.as_str()], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))? {
            let (since_s, status) = row?;
            statuses.push((since_s, variant(&status)?));
        }
        let holds = self.holds.iter().filter(|(held, _)| held == item).map(|(_, hold)| *hold).collect();
        self.reference.items.insert(item.clone(), ItemFacts { title: record.title, statuses, holds });
        Ok(())
    }

    /// Makes sure the title is there, if the region knows it.
    pub(super) fn want_title(&mut self, title: TitleId) -> Result<(), StoreFault> {
        if self.reference.titles.contains_key(&title) {
            return Ok(());
        }
        if let Some(Record::Title(record)) =
            get(self.conn, EVERYONE, Feed::Titles, &RecordKey::Number(title.0))?
        {
            self.reference.titles.insert(title, record.kind);
        }
        Ok(())
    }

    /// Makes sure the patron is there, if the region knows them.
    pub(super) fn want_patron(&mut self, patron: PatronId) -> Result<(), StoreFault> {
        if self.reference.patrons.contains_key(&patron) {
            return Ok(());
        }
        if let Some(Record::Patron(record)) =
            get(self.conn, EVERYONE, Feed::Patrons, &RecordKey::Number(patron.0))?
        {
            let facts = PatronFacts { kind: record.kind, blocks: record.blocks };
            self.reference.patrons.insert(patron, facts);
        }
        Ok(())
    }
}

/// The zone of the school's days.
pub(super) fn zone(conn: &Connection) -> Result<Zone, StoreFault> {
    let name = match get(conn, EVERYONE, Feed::Calendar, &RecordKey::Only)? {
        Some(Record::Calendar(calendar)) => calendar.zone,
        Some(_) | None => DEFAULT_ZONE.to_owned(),
    };
    Ok(Zone::named(&name).unwrap_or_else(Zone::utc))
}
