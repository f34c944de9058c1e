//! Counts the bytes of an event on the wire, over a made-up September, for messages of 1 to 10,000 events.
//! `cargo bench -p exchange --bench bytes`
#![allow(clippy::print_stdout, reason = "a bench tells what it counted")]
#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

#[path = "../tests/common/september.rs"]
mod september;

use exchange::wire::{Encoding, seal_request};
use exchange::{Event, Request, Seq};
use september::Labels;
use std::time::Instant;

const EVENTS: usize = 10_000;
const SIZES: [usize; 5] = [1, 10, 100, 1_000, 10_000];

fn main() {
    for (labels, name) in [
        (Labels::Consecutive, "books lent in the order of their labels (EAN-13)"),
        (Labels::Shuffled, "3,000 books with labels in a row, lent in any order (EAN-13)"),
        (Labels::Random, "labels by chance (13 digits)"),
    ] {
        let events = september::events(EVENTS, labels, 1);
        println!("\nbytes per event, {name}; signature, header and eleven cursors are in \"whole message\"");
        println!("{:<42}{}", "", SIZES.map(|n| format!("{:>9}", format!("n={n}"))).concat());
        line("whole message, columns", &events, |request| columns(request).len());
        line("  of that, the events", &events, |request| {
            columns(request).len() - columns(&none(request)).len()
        });
        line("whole message, JSON", &events, |request| json(request).len());
        line("events, postcard rows", &events, |request| rows(request).len());
        line("events, postcard rows + zstd 19", &events, |request| zstd(&rows(request)));
        line("events, JSON", &events, |request| json_events(request).len());
        line("events, JSON + zstd 19", &events, |request| zstd(&json_events(request)));
        let start = Instant::now();
        let whole: usize = requests(&events, 1_000).map(|request| columns(&request).len()).sum();
        println!(
            "10,000 events in chunks of 1,000: {whole} bytes with signatures; sealed in {} ms",
            start.elapsed().as_millis()
        );
    }
    let idle = september::request(&[], Seq(EVENTS as u64));
    println!("\nnothing new: {} bytes, as JSON {}", columns(&idle).len(), json(&idle).len());
}

/// Mean over all messages of `n` events that the month fills.
fn line(name: &str, events: &[Event], len: impl Fn(&Request) -> usize) {
    let cells = SIZES.map(|n| {
        let count = (EVENTS / n).min(200);
        let total: usize = requests(events, n).take(count).map(|request| len(&request)).sum();
        format!("{:>9.2}", total as f64 / (count * n) as f64)
    });
    println!("{name:<42}{}", cells.concat());
}

fn requests(events: &[Event], n: usize) -> impl Iterator<Item = Request> {
    events.chunks_exact(n).map(|chunk| september::request(chunk, Seq(EVENTS as u64)))
}

fn none(request: &Request) -> Request {
    Request { events: Vec::new(), ..request.clone() }
}

fn columns(request: &Request) -> Vec<u8> {
    seal_request(request, &september::key(), Encoding::Columns)
}

fn json(request: &Request) -> Vec<u8> {
    seal_request(request, &september::key(), Encoding::Json)
}

fn rows(request: &Request) -> Vec<u8> {
    request.events.iter().flat_map(exchange::row::encode).collect()
}

fn json_events(request: &Request) -> Vec<u8> {
    serde_json::to_vec(&request.events).unwrap()
}

fn zstd(bytes: &[u8]) -> usize {
    zstd::bulk::compress(bytes, 19).unwrap().len().min(bytes.len())
}
