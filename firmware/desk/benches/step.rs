//! What a step of the desk costs, without its shell: `cargo bench -p desk --bench step`. Instructions: `tests/callgrind/run`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench may stop at the first surprise")]
#![allow(clippy::panic, reason = "the shell that is shared with the tests stops where they do")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{AIGERIM, Shop, World, card_of, item_id};
use criterion::{BatchSize, Criterion};
use desk::{Desk, Input, Now, Scanned};
use exchange::Seq;
use std::hint::black_box;

/// What is counted is what happens in here.
#[inline(never)]
fn measured(desk: &mut Desk, work: &impl Fn(&mut Desk)) {
    work(desk);
}

fn bench(criterion: &mut Criterion, name: &str, desk: &Desk, work: impl Fn(&mut Desk)) {
    work(&mut desk.clone());
    criterion.bench_function(name, |bencher| {
        bencher.iter_batched_ref(|| desk.clone(), |desk| measured(desk, &work), BatchSize::SmallInput);
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut shop = Shop::open(World::school());
    let (world, now): (World, Now) = (shop.world.clone(), shop.now);
    let card = || Input::Scanned(Scanned::Card(card_of(AIGERIM)));
    bench(&mut criterion, "a card: the visit begins", &shop.desk, |desk| {
        black_box(desk.handle(card(), now, &world));
    });
    shop.send(card());
    bench(&mut criterion, "a book: the rules, the record, the yes", &shop.desk, |desk| {
        black_box(desk.handle(Input::Scanned(Scanned::Item(item_id(1))), now, &world));
        black_box(desk.handle(Input::Recorded(vec![Seq(1)]), now, &world));
    });
    bench(&mut criterion, "the view of a visit", &shop.desk, |desk| {
        black_box(desk.view(now));
    });
    criterion.final_summary();
}
