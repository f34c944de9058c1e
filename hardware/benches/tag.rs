//! What reading a tag's memory costs: `cargo bench -p hardware --bench tag`. Instructions: `tests/callgrind/run`.
#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

use criterion::Criterion;
use hardware::rfid::tag::write::{Layout, NewTag, encode};
use hardware::rfid::tag::{SystemBytes, TagProfile, TagText, decode};
use std::hint::black_box;

/// What is counted is what happens in here.
#[inline(never)]
fn measured<T>(work: &mut impl FnMut() -> T) -> T {
    black_box(work())
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let tag = NewTag {
        primary_item_id: TagText::new("30234000517861").unwrap(),
        owner_isil: TagText::new("KZ-ALA12"),
        type_of_usage: 1,
        parts_in_item: 1,
        part_number: 1,
    };
    let profile = TagProfile::default();
    for (name, layout) in [
        ("decode a tag of ISO 28560-3", Layout::Part3),
        ("decode a tag of ISO 28560-2", Layout::Part2 { align_bytes: Some(4) }),
    ] {
        let mut memory = encode(&tag, layout).unwrap();
        memory.resize(112, 0);
        let mut work = || drop(black_box(decode(&memory, SystemBytes::default(), &profile)));
        work();
        criterion.bench_function(name, |bencher| bencher.iter(|| measured(&mut work)));
    }
    criterion.final_summary();
}
