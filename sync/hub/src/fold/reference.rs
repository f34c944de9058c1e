//! What the fold must know of a school besides events: items, patrons, titles, rules, and the zone of its days.

use super::review::Matters;
use exchange::{
    Allowance, Block, Conflict, Day, ItemId, ItemStatus, PatronId, PatronKind, Rules, TitleId, TitleKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// Reference data of one school, or the part of it that a fold needs.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Items by number; one that is not here is unknown.
    pub items: BTreeMap<ItemId, ItemFacts>,
    /// Numbers that items had before, and the items that have others now.
    pub former: BTreeMap<ItemId, ItemId>,
    /// Patrons by number; one who is not here has left, or is unknown.
    pub patrons: BTreeMap<PatronId, PatronFacts>,
    /// Patrons who were known once, and were taken out of the reference data.
    pub gone: BTreeSet<PatronId>,
    /// Kinds of titles; one that is not here is unknown.
    pub titles: BTreeMap<TitleId, TitleKind>,
    /// Every version of the rules there was.
    pub rules: BTreeMap<u32, Rules>,
    /// Where the school's days begin and end.
    pub zone: Zone,
}

/// What the fold must know of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFacts {
    /// Of which title.
    pub title: TitleId,
    /// Its states by rising time (seconds since 1970) from which each holds; not empty.
    pub statuses: Vec<(i64, ItemStatus)>,
    /// Holds under which this very copy stood ready.
    pub holds: Vec<HoldFact>,
}

/// A copy set aside for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldFact {
    /// For whom.
    pub patron: PatronId,
    /// From when, seconds since 1970.
    pub from_s: i64,
    /// Until when; `None` while it stands.
    pub until_s: Option<i64>,
}

/// What the fold must know of a patron.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatronFacts {
    /// Sort of patron.
    pub kind: PatronKind,
    /// Reasons why they may not borrow.
    pub blocks: Vec<Block>,
    /// The last day on which they may borrow.
    pub until: Option<Day>,
}

impl ItemFacts {
    /// Its state at a time; before the first known one, that one.
    pub fn status_at(&self, at_s: i64) -> Option<ItemStatus> {
        self.statuses
            .iter()
            .rev()
            .find(|(since, _)| *since <= at_s)
            .or(self.statuses.first())
            .map(|(_, status)| *status)
    }

    /// Whether it was set aside at a time for somebody other than `patron`.
    pub fn held_by_another(&self, patron: PatronId, at_s: i64) -> bool {
        self.holds.iter().any(|hold| {
            hold.patron != patron && hold.from_s <= at_s && hold.until_s.is_none_or(|until| at_s < until)
        })
    }
}

impl Reference {
    /// What this sort of patron is allowed by the rules of `version`, or by the newest where that one is not known.
    pub fn allowance(&self, version: u32, kind: PatronKind) -> Option<Allowance> {
        let rules = self.rules.get(&version).or_else(|| self.rules.values().next_back())?;
        Some(match kind {
            PatronKind::Pupil => rules.pupil,
            PatronKind::Teacher => rules.teacher,
        })
    }

    /// Whether a loan to this patron stands: one who has left gets a flag, an unknown one is put before a librarian.
    pub(super) fn stands(&self, patron: PatronId, matters: &mut Matters<'_>) -> bool {
        if self.patrons.contains_key(&patron) {
            return true;
        }
        if self.gone.contains(&patron) {
            matters.flag(Conflict::PatronGone);
            return true;
        }
        matters.review(Conflict::UnknownPatron)
    }

    /// Whether the item is a copy of a textbook.
    pub fn is_textbook(&self, item: &ItemId) -> bool {
        self.items.get(item).and_then(|facts| self.titles.get(&facts.title)) == Some(&TitleKind::Textbook)
    }
}

/// A time zone by its IANA name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(jiff::tz::TimeZone);

impl Zone {
    /// The zone of this name, or `None` if there is no such zone.
    pub fn named(name: &str) -> Option<Zone> {
        jiff::tz::TimeZone::get(name).ok().map(Zone)
    }

    /// Universal time.
    pub fn utc() -> Zone {
        Zone(jiff::tz::TimeZone::UTC)
    }

    /// The calendar day at a time in seconds since 1970; times outside the calendar give its nearest end.
    pub fn day_at(&self, at_s: i64) -> Day {
        let date = self.civil(at_s).date();
        Day::from_ymd(date.year(), date.month(), date.day()).unwrap_or_default()
    }

    /// When a calendar day begins, in seconds since 1970.
    pub fn start_of(&self, day: Day) -> i64 {
        let (year, month, of_month) = day.ymd();
        let date = jiff::civil::Date::new(year, month, of_month)
            .map(|date| date.to_datetime(jiff::civil::Time::midnight()));
        let start = date.and_then(|start| self.0.to_ambiguous_timestamp(start).compatible());
        start.map_or_else(|_| i64::from(day.0) * 86_400, jiff::Timestamp::as_second)
    }

    /// Day and time of day at a time in seconds since 1970.
    pub fn civil(&self, at_s: i64) -> jiff::civil::DateTime {
        let nearest = if at_s < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        let stamp = jiff::Timestamp::from_second(at_s).unwrap_or(nearest);
        self.0.to_datetime(stamp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_schools_own() {
        let zone = Zone::named("Asia/Almaty").unwrap();
        // 2026-09-01T20:30:00Z is already the second of September in Almaty (UTC+5).
        assert_eq!(zone.day_at(1_788_294_600), Day::from_ymd(2026, 9, 2).unwrap());
        assert_eq!(zone.start_of(Day::from_ymd(2026, 9, 2).unwrap()), 1_788_289_200);
        assert_eq!(Zone::named("Asia/Nowhere"), None);
        zone.day_at(i64::MIN);
        zone.day_at(i64::MAX);
    }

    #[test]
    fn a_state_holds_from_its_time_on() {
        let item = ItemFacts {
            title: TitleId(1),
            statuses: vec![(100, ItemStatus::Lendable), (200, ItemStatus::Lost)],
            holds: Vec::new(),
        };
        assert_eq!(item.status_at(50), Some(ItemStatus::Lendable));
        assert_eq!(item.status_at(199), Some(ItemStatus::Lendable));
        assert_eq!(item.status_at(200), Some(ItemStatus::Lost));
    }
}
