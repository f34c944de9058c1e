//! Whether what is kept folded is what the fold of everything from nothing says.

use super::fold::{DATED, dated, decisions, event_ref, judged, read_loans};
use super::reference::Reading;
use super::sql::params;
use super::{SchoolId, Store, StoreFault, records, retold};
use crate::fold::{Dated, EventRef, FoldedLoan, Judged, Picture, subject_of, whole};
use exchange::{Act, Feed, FeedHash, ItemId, PatronId, Record, RecordKey, StationId, TitleId};
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// Folds a school from nothing and compares: fates, what was taken back, loans, counted copies, the feed of loans and
    /// the hash of each feed. Gives what differs, in words without names; `None` = all is as it must be.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn differs_from_fold(&self, school: SchoolId) -> Result<Option<String>, StoreFault> {
        let picture = self.fold_from_nothing(school)?;
        let (fates, undone) = self.kept_fates(school)?;
        for (who, judged) in &picture.fates {
            let kept = fates.get(who);
            if kept != Some(judged) {
                return Ok(Some(format!("{} kept {kept:?}, folded {judged:?}", named(*who))));
            }
        }
        if fates.len() != picture.fates.len() {
            return Ok(Some(format!("{} events, {} fates", fates.len(), picture.fates.len())));
        }
        if let Some(who) = undone.symmetric_difference(&picture.undone).next() {
            return Ok(Some(format!("whether {} was taken back", named(*who))));
        }
        let mut loans: BTreeMap<ItemId, Vec<FoldedLoan>> = BTreeMap::new();
        for loan in read_loans(&self.db, "l.school = ?1 ORDER BY l.item, l.place", params![school.0])? {
            loans.entry(loan.item.clone()).or_default().push(loan);
        }
        let none = Vec::new();
        let items: BTreeSet<&ItemId> = loans.keys().chain(picture.loans.keys()).collect();
        for item in items {
            let (kept, folded) = (loans.get(item).unwrap_or(&none), picture.loans.get(item).unwrap_or(&none));
            if kept != folded {
                return Ok(Some(format!("loans of an item: {} kept, {} folded", kept.len(), folded.len())));
            }
        }
        if self.kept_counted(school)? != counted(&picture) {
            return Ok(Some("counted copies".into()));
        }
        self.feed_differs(school, &picture)
    }

    fn fold_from_nothing(&self, school: SchoolId) -> Result<Picture, StoreFault> {
        let sql = format!("SELECT {DATED} FROM event e {} WHERE e.school = ?1", retold::JOIN);
        let rows = self.db.rows(&sql, params![school.0])?;
        let events: Vec<Dated> = dated(&rows)?.into_iter().map(|(event, _)| event).collect();
        let (mut items, mut patrons, mut titles) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for event in &events {
            match &event.act {
                Act::CheckedOut { patron, item, .. } | Act::Renewed { patron, item, .. } => {
                    items.insert(item.clone());
                    patrons.insert(*patron);
                }
                Act::Returned { item } => {
                    items.insert(item.clone());
                }
                Act::CountedIssued { patron, title, .. } | Act::CountedReturned { patron, title, .. } => {
                    patrons.insert(*patron);
                    titles.insert(*title);
                }
                Act::StationStarted { .. }
                | Act::Undone { .. }
                | Act::Refused { .. }
                | Act::ReviewDecided { .. }
                | Act::ClockChanged { .. }
                | Act::Unknown { .. } => debug_assert!(subject_of(&event.act).is_none()),
            }
        }
        let mut reading = Reading::new(&self.db, school)?;
        reading.want_items(&items)?;
        reading.want_patrons(&patrons)?;
        reading.want_titles(&titles)?;
        Ok(whole(events, &decisions(&self.db, school)?, &reading.reference))
    }

    fn kept_fates(
        &self,
        school: SchoolId,
    ) -> Result<(BTreeMap<EventRef, Judged>, BTreeSet<EventRef>), StoreFault> {
        let sql = format!(
            "SELECT e.station, e.epoch, e.seq, e.undone, m.fate, m.conflict, m.review, m.patron_conflict
             FROM event e LEFT JOIN matter m ON m.station = e.station AND m.epoch = e.epoch AND m.seq = e.seq
             WHERE e.school = ?1 AND {}",
            retold::IS_FIRST
        );
        let (mut fates, mut undone) = (BTreeMap::new(), BTreeSet::new());
        for row in self.db.rows(&sql, params![school.0])? {
            let who = event_ref(&row, 0)?;
            let (fate, conflict): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
            let patron: Option<String> = row.get(7)?;
            if row.get(3)? {
                undone.insert(who);
            }
            fates.insert(who, judged(fate.as_deref(), conflict.as_deref(), row.get(6)?, patron.as_deref())?);
        }
        Ok((fates, undone))
    }

    fn kept_counted(&self, school: SchoolId) -> Result<BTreeMap<(PatronId, TitleId), u32>, StoreFault> {
        let rows =
            self.db.rows("SELECT patron, title, out FROM counted WHERE school = ?1", params![school.0])?;
        rows.iter().map(|row| Ok(((PatronId(row.get(0)?), TitleId(row.get(1)?)), row.get(2)?))).collect()
    }

    fn feed_differs(&self, school: SchoolId, picture: &Picture) -> Result<Option<String>, StoreFault> {
        let told: Vec<RecordKey> = self.records(school, Feed::Loans)?.iter().map(Record::key).collect();
        let open =
            picture.loans.iter().filter(|(_, loans)| loans.last().is_some_and(|loan| loan.closed.is_none()));
        if told != open.map(|(item, _)| RecordKey::Item(item.clone())).collect::<Vec<_>>() {
            return Ok(Some("the feed of loans has not the open loans".into()));
        }
        for feed in Feed::ALL {
            let records = self.records(school, feed)?;
            if records::hash(&self.db, school, feed, StationId(0))? != FeedHash::over(&records) {
                return Ok(Some(format!("the hash of the feed {feed:?}")));
            }
        }
        Ok(None)
    }
}

fn counted(picture: &Picture) -> BTreeMap<(PatronId, TitleId), u32> {
    picture.counted.iter().map(|(key, count)| (*key, count.out)).collect()
}

fn named(who: EventRef) -> String {
    format!("event {} of epoch {} of station {}", who.seq, who.epoch, who.station)
}
