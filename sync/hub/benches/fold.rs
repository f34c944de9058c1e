//! What the fold costs for an event, without a store: `cargo bench -p hub --bench fold`. Instructions: `tests/callgrind/run`.
#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

use criterion::{BatchSize, Criterion};
use exchange::{Act, Day, Epoch, ItemId, PatronId, Seq, StationId};
use hub::fold::{Dated, Decided, EventRef, Reference, When, Zone, fold_item};
use std::hint::black_box;

/// What is counted is what happens in here.
#[inline(never)]
fn measured(events: Vec<Dated>, work: &impl Fn(Vec<Dated>)) {
    work(events);
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let item = ItemId::new("30234000517861").unwrap();
    let reference = Reference {
        items: Default::default(),
        former: Default::default(),
        patrons: Default::default(),
        gone: Default::default(),
        titles: Default::default(),
        rules: Default::default(),
        zone: Zone::utc(),
    };
    let decided = Decided::default();
    for loans in [1, 10, 100] {
        let events = history(&item, loans);
        let work = |events| drop(black_box(fold_item(&item, events, &reference, &decided)));
        work(events.clone());
        criterion.bench_function(&format!("fold an item lent and returned {loans} times"), |bencher| {
            bencher.iter_batched(|| events.clone(), |events| measured(events, &work), BatchSize::SmallInput);
        });
    }
    criterion.final_summary();
}

fn history(item: &ItemId, loans: u64) -> Vec<Dated> {
    let event = |place: u64, act| {
        let at_s = 1_790_000_000 + i64::try_from(place).unwrap() * 86_400;
        Dated {
            who: EventRef { station: StationId(1), epoch: Epoch(1), seq: Seq(place + 1) },
            when: When { at_s, lo_s: at_s - 30, hi_s: at_s + 30 },
            rules: 1,
            act,
            takes_back: None,
        }
    };
    (0..loans)
        .flat_map(|loan| {
            let patron = PatronId(1 + loan);
            [
                event(2 * loan, Act::CheckedOut { patron, item: item.clone(), due: Day(30_000) }),
                event(2 * loan + 1, Act::Returned { item: item.clone() }),
            ]
        })
        .collect()
}
