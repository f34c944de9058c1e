//! What a commit and a search cost: `cargo bench -p journal --bench micro`. Instructions: `tests/callgrind/run`; a commit against
//! a bare one on the same disk: `cargo bench -p journal --bench commit`.
#![allow(clippy::unwrap_used, reason = "a bench may stop where a test would")]

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::Criterion;
use exchange::Record;
use journal::Journal;
use std::cell::LazyCell;
use std::hint::black_box;
use support::{Region, append, enrolled, lent, title};

/// Titles in which a search looks: the books of a large library, not of a school.
const TITLES: u64 = 200_000;
const WORDS: [&str; 16] = [
    "алтын",
    "дала",
    "жол",
    "қала",
    "бала",
    "тау",
    "өзен",
    "күн",
    "түн",
    "ана",
    "ат",
    "құс",
    "гүл",
    "тас",
    "нан",
    "су",
];

/// What is counted is what happens in here.
#[inline(never)]
fn measured<T>(work: &mut impl FnMut() -> T) -> T {
    black_box(work())
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let temp = tempfile::tempdir().unwrap();
    let mut journal = enrolled(&temp.path().join("station"));
    let mut number = 0;
    let mut commit = || {
        number += 1;
        append(&mut journal, &[lent(7, number, 20_800)])
    };
    commit();
    criterion
        .bench_function("commit a loan to the journal", |bencher| bencher.iter(|| measured(&mut commit)));
    // Only made where it is asked for: it takes a while.
    let library = LazyCell::new(|| library(&temp.path().join("library")));
    for (name, typed) in [
        ("search among 200,000 titles", "казак адеб"),
        ("search among 200,000 titles, with a slip", "казак адебйет"),
    ] {
        criterion.bench_function(name, |bencher| {
            let mut work = || library.search_titles(typed, 20).unwrap();
            assert!(!work().is_empty());
            bencher.iter(|| measured(&mut work));
        });
    }
    criterion.final_summary();
}

/// One title in two hundred has the words that are looked for.
fn library(dir: &std::path::Path) -> Journal {
    let mut journal = enrolled(dir);
    let mut region = Region::new();
    for id in 1..=TITLES {
        let word = |shift: u64| WORDS[usize::try_from(id / shift % 16).unwrap()];
        let name = match id % 200 {
            0 => format!("Қазақ әдебиеті {id}"),
            _ => format!("{} {} {} {id}", word(1), word(16), word(256)),
        };
        region.put(Record::Title(title(id, &name, "Мұхтар Әуезов")));
    }
    region.sync(&mut journal, 1, 0);
    journal
}
