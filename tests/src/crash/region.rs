//! A region that answers: records by number of their change, and loans as the station's stored events make them.

use exchange::{
    Act, Answer, Cursor, Day, Epoch, Event, Feed, FeedChanges, FeedHash, Loan, Record, RecordKey, SCHEMA,
    Seq, Standing, StationId,
};
use journal::{Journal, TakeError};
use std::collections::BTreeMap;

/// The station of these histories.
pub(super) const STATION: StationId = StationId(7);

/// When they begin.
pub(super) const T0: i64 = 1_790_000_000;

/// What the region has.
#[derive(Debug, Clone, Default)]
pub(super) struct Region {
    records: BTreeMap<(u8, RecordKey), (u64, Option<Record>)>,
    version: u64,
    time_s: i64,
    folded: Seq,
}

impl Region {
    pub(super) fn put(&mut self, record: Record) {
        self.version += 1;
        self.records.insert((record.feed().number(), record.key()), (self.version, Some(record)));
    }

    fn gone(&mut self, feed: Feed, key: RecordKey) {
        self.version += 1;
        self.records.insert((feed.number(), key), (self.version, None));
    }

    pub(super) fn hash(&self, feed: Feed) -> FeedHash {
        let all = self.records.iter().filter(|((number, _), _)| *number == feed.number());
        FeedHash::over(all.filter_map(|(_, (_, record))| record.as_ref()))
    }

    /// Stores these events and those before: the loans follow.
    pub(super) fn store(&mut self, events: &[Event], upto: Seq) {
        let folded = self.folded;
        for event in events.iter().filter(|event| event.seq > folded && event.seq <= upto) {
            match &event.act {
                Act::CheckedOut { patron, item, due } => self.put(Record::Loan(Loan {
                    item: item.clone(),
                    patron: *patron,
                    since: since(event),
                    due: *due,
                    renewals: 0,
                })),
                Act::Returned { item } => self.gone(Feed::Loans, RecordKey::Item(item.clone())),
                Act::StationStarted { .. }
                | Act::Renewed { .. }
                | Act::CountedIssued { .. }
                | Act::CountedReturned { .. }
                | Act::Undone { .. }
                | Act::Refused { .. }
                | Act::ReviewDecided { .. }
                | Act::ClockChanged { .. }
                | Act::Unknown { .. } => {}
            }
        }
        self.folded = self.folded.max(upto);
    }

    /// A new epoch: its events are counted from 1.
    pub(super) fn begin_epoch(&mut self) {
        self.folded = Seq(0);
    }

    /// What it answers at these cursors, with at most `limit` records of a feed.
    pub(super) fn answer(&mut self, epoch: Epoch, stored: Seq, have: &[Cursor], limit: usize) -> Answer {
        self.time_s += 30;
        let changes: Vec<FeedChanges> =
            have.iter().filter_map(|cursor| self.changes(*cursor, limit)).collect();
        let more = changes.iter().any(|changes| changes.hash.is_none());
        Answer {
            schema: SCHEMA,
            station: STATION,
            epoch,
            standing: Standing::Good,
            stored_upto: stored,
            outcomes: Vec::new(),
            changes,
            time_s: T0 + self.time_s,
            more,
        }
    }

    fn changes(&self, cursor: Cursor, limit: usize) -> Option<FeedChanges> {
        let mut changed: Vec<(u64, &RecordKey, &Option<Record>)> = self
            .records
            .iter()
            .filter(|((feed, _), (version, _))| *feed == cursor.feed.number() && *version > cursor.at)
            .map(|((_, key), (version, record))| (*version, key, record))
            .collect();
        changed.sort_by_key(|(version, _, _)| *version);
        let whole = changed.len() <= limit;
        changed.truncate(limit);
        let (upto, _, _) = *changed.last()?;
        let gone = changed.iter().filter(|(_, _, record)| record.is_none());
        Some(FeedChanges {
            feed: cursor.feed,
            from: cursor.at,
            upto,
            gone: gone.map(|(_, key, _)| (*key).clone()).collect(),
            put: changed.iter().filter_map(|(_, _, record)| (*record).clone()).collect(),
            hash: whole.then(|| self.hash(cursor.feed)),
        })
    }

    /// Brings a journal up to date without moving its outbox; gives whether all feeds fit.
    pub(super) fn bring_up_to_date(&mut self, journal: &mut Journal) -> Result<bool, TakeError> {
        for _ in 0..20 {
            let clock =
                exchange::ClockSample { wall_s: T0, boot: 1, mono_s: 1, trust: exchange::ClockTrust::Rtc };
            let epoch = journal.request(Seq(1), 0, 0, clock)?.epoch;
            let stored = journal.outbox().epoch.map_or(Seq(0), |_| journal.outbox().acked);
            let answer = self.answer(epoch, stored, &journal.cursors()?, usize::MAX);
            if !journal.take_answer(&answer)?.more {
                return Ok(journal.cursors()?.iter().all(|cursor| {
                    let nothing = !self.records.keys().any(|(feed, _)| *feed == cursor.feed.number());
                    nothing || cursor.hash == self.hash(cursor.feed)
                }));
            }
        }
        Ok(false)
    }
}

/// The day of an event; all of these histories are in UTC until the calendar came.
fn since(event: &Event) -> Day {
    let days = event.at.wall_s.div_euclid(86_400);
    Day(i32::try_from(days).unwrap_or(0))
}
