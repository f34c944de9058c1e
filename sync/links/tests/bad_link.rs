//! The caller over links that fall, stall, lose and repeat: everything arrives, both ways, and nothing counts twice.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "common/world.rs"]
mod world;

use exchange::row;
use links::Pace;
use proptest::prelude::*;
use world::{BadLink, Region, Report, Station, Weather, deliver};

const FAIR: Weather =
    Weather { falls_after: u64::MAX, lost: 0, unanswered: 0, twice: 0, rtt_ms: 600, bits_per_s: 10_000_000 };

fn run(events: u64, items: u64, weather: Weather, seed: u64) -> (Report, BadLink) {
    let mut station = Station::with_events(events);
    let mut link = BadLink::new(Region::with_items(items), weather, seed);
    let report = deliver(&mut station, &mut link, Pace::default(), 20_000);
    assert_eq!(station.acked.0, events, "{report:?}");
    assert_eq!(station.items, link.region.items);
    let rows: Vec<Vec<u8>> = link.region.rows.values().cloned().collect();
    let wanted: Vec<Vec<u8>> = station.events.iter().map(row::encode).collect();
    assert_eq!(rows, wanted);
    (report, link)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn everything_arrives(
        events in 0..3_000_u64,
        items in 0..2_000_u64,
        falls_after in 2_500..60_000_u64,
        (lost, unanswered, twice) in (0..40_u8, 0..40_u8, 0..40_u8),
        seed: u64,
    ) {
        run(events, items, Weather { falls_after, lost, unanswered, twice, ..FAIR }, seed);
    }
}

#[test]
fn ten_thousand_events_at_600_ms() {
    let (report, _) = run(10_000, 0, FAIR, 1);
    assert!(report.took_ms <= 10_000, "{report:?}");
    assert!(report.carried <= 60_000, "{report:?}");
}

#[test]
fn ten_thousand_events_at_600_ms_and_32_kbit_per_s() {
    let (report, _) = run(10_000, 0, Weather { bits_per_s: 32_000, ..FAIR }, 1);
    assert!(report.took_ms <= 25_000, "{report:?}");
}

#[test]
fn a_link_that_falls_every_four_kilobytes() {
    let (fair, _) = run(10_000, 0, FAIR, 1);
    let (report, link) = run(10_000, 0, Weather { falls_after: 4_000, ..FAIR }, 1);
    assert!(report.carried <= 3 * 60_000, "{report:?}, on a good link {fair:?}");
    assert_eq!(link.region.rows.len(), 10_000);
}

#[test]
fn a_link_that_falls_every_twenty_kilobytes() {
    let (report, _) = run(10_000, 0, Weather { falls_after: 20_000, ..FAIR }, 1);
    assert!(report.carried <= 90_000, "{report:?}");
}

#[test]
fn reference_data_over_a_link_that_falls_every_four_kilobytes() {
    let (report, _) = run(0, 3_000, Weather { falls_after: 4_000, ..FAIR }, 1);
    assert!(report.calls < 200, "{report:?}");
}
