//! Random days: visits, undo, answers in between that hold any part of what was sent, restarts, a state that fell back
//! to an older version of itself. Always, what is remembered is what a plain model of the whole history says, and
//! folding it anew gives the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

mod support;

use desk::Memory;
use exchange::*;
use journal::Journal;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use support::*;

/// Items 0 and 1 are on loan from elsewhere at the beginning.
const ITEMS: u32 = 5;

#[derive(Debug, Clone)]
enum Op {
    Lend(u64, u32, i32),
    Return(u32),
    Renew(u32, i32),
    /// Takes back the act this many events before the end.
    Undo(u64),
    Count(u64, bool, u16),
    Note,
    /// The region has folded up to this part of the journal, and says so in answers of so many records.
    Answer(f64, usize),
    /// A plain acknowledgement.
    Ack(f64),
    Restart,
    /// Keeps the state as it is now aside …
    KeepState,
    /// … and puts it back, as a power cut may.
    OldState,
    Fork,
    Checkpoint,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        5 => (1..4_u64, 0..ITEMS, 10..40).prop_map(|(patron, n, due)| Op::Lend(patron, n, due)),
        4 => (0..ITEMS).prop_map(Op::Return),
        4 => (0..ITEMS, 10..60).prop_map(|(n, due)| Op::Renew(n, due)),
        4 => (0..6_u64).prop_map(Op::Undo),
        2 => (1..3_u64, any::<bool>(), 1..4_u16).prop_map(|(patron, out, count)| Op::Count(patron, out, count)),
        1 => Just(Op::Note),
        3 => (0.0..1.01, prop_oneof![Just(1), Just(2), Just(99)]).prop_map(|(part, limit)| Op::Answer(part, limit)),
        1 => (0.0..1.01).prop_map(Op::Ack),
        1 => Just(Op::Restart),
        1 => Just(Op::KeepState),
        1 => Just(Op::OldState),
        1 => Just(Op::Fork),
        1 => Just(Op::Checkpoint),
    ]
}

type Held = BTreeMap<ItemId, Loan>;

/// Who has what after all of `events`, nothing remembered in between.
fn model(events: &[Event]) -> (Held, BTreeMap<(PatronId, TitleId), u32>) {
    let undone: BTreeSet<Seq> = events
        .iter()
        .filter_map(|event| match event.act {
            Act::Undone { seq } => Some(seq),
            _ => None,
        })
        .collect();
    let mut held: Held = [loan(0, 9, 30), loan(1, 9, 20)].map(|loan| (loan.item.clone(), loan)).into();
    let mut counted = BTreeMap::new();
    for event in events.iter().filter(|event| !undone.contains(&event.seq)) {
        match &event.act {
            Act::CheckedOut { patron, item, due } => {
                // All stamps of these tests are of one day.
                let since = Day::from_ymd(2026, 9, 21).unwrap();
                let (item, patron, due) = (item.clone(), *patron, *due);
                held.insert(item.clone(), Loan { item, patron, since, due, renewals: 0 });
            }
            Act::Returned { item } => {
                held.remove(item);
            }
            Act::Renewed { patron, item, due } => {
                if let Some(loan) = held.get_mut(item)
                    && loan.patron == *patron
                    && *due > loan.due
                {
                    (loan.due, loan.renewals) = (*due, loan.renewals + 1);
                }
            }
            Act::CountedIssued { patron, title, count, .. } => {
                *counted.entry((*patron, *title)).or_default() += u32::from(*count);
            }
            Act::CountedReturned { patron, title, count } => {
                let have: &mut u32 = counted.entry((*patron, *title)).or_default();
                *have = have.saturating_sub((*count).into());
            }
            _ => {}
        }
    }
    counted.retain(|_, count| *count > 0);
    (held, counted)
}

struct World {
    dir: tempfile::TempDir,
    journal: Option<Journal>,
    region: Region,
    epoch: u32,
    /// What the region has taken of this epoch.
    stored: u64,
    /// Up to here its loans are folded; of an earlier epoch it has the same events under the same numbers.
    folded: u64,
    kept_state: Option<(tempfile::TempDir, u32)>,
}

impl World {
    fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = enrolled(dir.path());
        let mut region = Region::new();
        region.put(Record::Calendar(calendar()));
        region.put(Record::Loan(loan(0, 9, 30)));
        region.put(Record::Loan(loan(1, 9, 20)));
        region.sync(&mut journal, 1, 0);
        World { dir, journal: Some(journal), region, epoch: 1, stored: 0, folded: 0, kept_state: None }
    }

    fn journal(&mut self) -> &mut Journal {
        self.journal.as_mut().unwrap()
    }

    fn events(&mut self) -> Vec<Event> {
        self.journal().events(Seq(1), usize::MAX).unwrap()
    }

    fn restart(&mut self) {
        self.journal = None;
        let (journal, report) = open(self.dir.path());
        assert!(report.is_quiet(), "{report:?}");
        self.journal = Some(journal);
    }

    /// The region takes events up to `stored` and folds them.
    fn fold_at_region(&mut self, part: f64) {
        let head = self.journal().outbox().head.0;
        self.stored = self.stored.max((head as f64 * part) as u64).min(head);
        self.folded = self.folded.max(self.stored);
        let (upto, events) = (self.folded as usize, self.events());
        let (held, _) = model(&events[..upto]);
        for n in 0..ITEMS {
            let key = RecordKey::Item(item(n));
            let there = self.region.records.get(&(Feed::Loans.number(), key.clone()));
            let there = there.and_then(|(_, record)| record.clone());
            match (held.get(&item(n)), there) {
                (Some(loan), there) if there != Some(Record::Loan(loan.clone())) => {
                    self.region.put(Record::Loan(loan.clone()));
                }
                (None, Some(_)) => self.region.gone(Feed::Loans, key),
                (Some(_), _) | (None, None) => {}
            }
        }
    }

    fn run(&mut self, op: &Op) {
        let head = self.journal().outbox().head.0;
        match op {
            Op::Lend(patron, n, due) => drop(append(self.journal(), &[lent(*patron, *n, *due)])),
            Op::Return(n) => drop(append(self.journal(), &[returned(*n)])),
            Op::Renew(n, due) => {
                let patron = self.journal().loan_of(&item(*n)).unwrap().map_or(1, |loan| loan.patron.0);
                append(self.journal(), &[renewed(patron, *n, *due)]);
            }
            Op::Undo(back) => {
                let target = head.saturating_sub(*back);
                let act = self.events().get(target as usize).map(|event| event.act.clone());
                if act.is_some_and(|act| !matches!(act, Act::Undone { .. })) {
                    append(self.journal(), &[Act::Undone { seq: Seq(target + 1) }]);
                }
            }
            Op::Count(patron, out, count) => {
                let (patron, title, count) = (PatronId(*patron), TitleId(1), *count);
                let act = if *out {
                    Act::CountedIssued { patron, title, count, due: Day(50) }
                } else {
                    Act::CountedReturned { patron, title, count }
                };
                append(self.journal(), &[act]);
            }
            Op::Note => drop(append(self.journal(), &[Act::StationStarted { version: "1".into() }])),
            Op::Answer(part, limit) => {
                self.fold_at_region(*part);
                let mut have = self.journal().cursors().unwrap();
                if self.stored < self.folded {
                    // It tells no loans while the station has more to tell.
                    have.retain(|cursor| cursor.feed != Feed::Loans);
                }
                let answer = self.region.answer(self.epoch, self.stored, &have, *limit);
                self.journal().take_answer(&answer).unwrap();
                self.journal().take_answer(&answer).unwrap();
            }
            Op::Ack(part) => {
                self.fold_at_region(*part);
                let mut answer = self.region.answer(self.epoch, self.stored, &[], 9);
                // It was not asked for feeds, and does not say that they are as they were.
                answer.more = true;
                self.journal().take_answer(&answer).unwrap();
            }
            Op::Restart => self.restart(),
            Op::KeepState => {
                self.journal = None;
                let aside = tempfile::tempdir().unwrap();
                fs::copy(self.dir.path().join("state.db"), aside.path().join("state.db")).unwrap();
                self.kept_state = Some((aside, self.epoch));
                self.restart();
            }
            Op::OldState => {
                if let Some((aside, _)) = &self.kept_state {
                    let aside: &Path = aside.path();
                    self.journal = None;
                    fs::copy(aside.join("state.db"), self.dir.path().join("state.db")).unwrap();
                    self.restart();
                }
            }
            Op::Fork => {
                let mut answer = self.region.answer(self.epoch, head, &[], 9);
                answer.standing = Standing::Forked { begin: Epoch(self.epoch + 1) };
                self.journal().take_answer(&answer).unwrap();
                (self.epoch, self.stored) = (self.epoch + 1, 0);
            }
            Op::Checkpoint => self.journal().checkpoint().unwrap(),
        }
    }

    fn verify(&mut self, after: &Op) {
        let (held, counted) = model(&self.events());
        let journal = self.journal();
        for n in 0..ITEMS {
            let have = journal.loan_of(&item(n)).unwrap();
            assert_eq!(have.as_ref(), held.get(&item(n)), "item {n} after {after:?}");
        }
        for patron in (1..4).map(PatronId) {
            let mut loans: Vec<Loan> = held.values().filter(|loan| loan.patron == patron).cloned().collect();
            loans.sort_by_key(|loan| (loan.due, loan.item.clone()));
            assert_eq!(journal.loans_of(patron).unwrap(), loans);
            let have: u32 = journal.counted_of(patron).iter().map(|loan| loan.count).sum();
            let there: u32 = counted.iter().filter(|((who, _), _)| *who == patron).map(|(_, n)| n).sum();
            assert_eq!(have, there);
        }
        let dump = journal.dump().unwrap();
        self.restart();
        assert_eq!(self.journal().dump().unwrap(), dump, "folding anew after {after:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_remembered_follows_from_the_history(ops in prop::collection::vec(op(), 1..60)) {
        let mut world = World::new();
        for op in &ops {
            world.run(op);
            world.verify(op);
        }
    }
}

/// The region's loans hold a loan that is taken back between two forks, before anything of the new life was told.
#[test]
fn what_is_taken_back_between_two_forks_stays_taken_back() {
    let lend = |n| Op::Lend(1, n, 10);
    let answer = Op::Answer(0.9467876782743173, 2);
    let mut world = World::new();
    for op in [
        vec![lend(1), lend(1), Op::Return(1), lend(1), lend(0), Op::Return(1), lend(0), Op::Undo(1)],
        vec![answer, lend(1), Op::Fork, Op::Undo(5), Op::Fork],
    ]
    .concat()
    {
        world.run(&op);
        world.verify(&op);
    }
}
