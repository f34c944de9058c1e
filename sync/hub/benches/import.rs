//! What reading a class list or a catalogue costs, beside a plain CSV reader that only takes the lines apart:
//! `cargo bench -p hub --bench import`.
#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

use criterion::{Criterion, Throughput};
use hub::import::read_titles;
use std::hint::black_box;

const ROWS: usize = 100_000;

fn main() {
    let mut text = String::from("title,author,isbn,year,kind\n");
    for number in 0..ROWS {
        text.push_str(&format!("\"Оқулық, {number}-бөлім\",\"Ә. Құнанбаев\",,2019,textbook\n"));
    }
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("100,000 titles of a CSV");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("taken apart by the csv crate", |bencher| {
        bencher.iter(|| {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let rows = reader
                .records()
                .filter(|row| row.as_ref().is_ok_and(|row| black_box(row).len() == 5))
                .count();
            assert_eq!(rows, ROWS);
        });
    });
    group.bench_function("read and checked", |bencher| {
        bencher.iter(|| {
            let import = read_titles(text.as_bytes()).unwrap();
            assert_eq!((import.rows.len(), import.bad.len()), (ROWS, 0));
        });
    });
    group.finish();
    criterion.final_summary();
}
