//! What the codec costs: `cargo bench -p exchange --bench micro`. Instructions: `tests/callgrind/run`.
#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

#[path = "../tests/common/september.rs"]
mod september;

use criterion::Criterion;
use exchange::row;
use exchange::wire::{Encoding, open_request, seal_request};
use september::Labels;
use std::hint::black_box;

/// What is counted is what happens in here.
#[inline(never)]
fn measured<T>(work: &mut impl FnMut() -> T) -> T {
    black_box(work())
}

fn bench(criterion: &mut Criterion, name: &str, mut work: impl FnMut()) {
    work();
    criterion.bench_function(name, |bencher| bencher.iter(|| measured(&mut work)));
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let events = september::events(1_000, Labels::Shuffled, 1);
    let request = september::request(&events, events.last().unwrap().seq);
    let (key, public) = (september::key(), september::key().public());
    let bytes = seal_request(&request, &key, Encoding::Columns);
    bench(&mut criterion, "seal a request of 1,000 events", || {
        black_box(seal_request(&request, &key, Encoding::Columns));
    });
    bench(&mut criterion, "open a request of 1,000 events", || {
        black_box(open_request(&bytes, |_| Some(public)).unwrap());
    });
    let (event, bytes) = (&events[500], row::encode(&events[500]));
    bench(&mut criterion, "write an event's row", || {
        black_box(row::encode(event));
    });
    bench(&mut criterion, "read an event's row", || {
        black_box(row::decode(event.seq, &bytes).unwrap());
    });
    criterion.final_summary();
}
