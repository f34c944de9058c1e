//! What went through this process since it began, counted for `/metrics`. None of it is about a person, a school or a station.

use super::patience::BodyFault;
use crate::HubFault;
use axum::http::StatusCode;
use exchange::wire::WireError;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper ends of the histogram's buckets, in microseconds, and as they are written.
const BUCKETS: [(u64, &str); 13] = [
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (250_000, "0.25"),
    (500_000, "0.5"),
    (1_000_000, "1"),
    (2_500_000, "2.5"),
    (5_000_000, "5"),
    (10_000_000, "10"),
];

/// Who is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Stations.
    Exchange,
    /// Stations that ask to join.
    Enrol,
    /// Outside systems.
    Api,
    /// Those who watch machines.
    Watch,
    /// People.
    Page,
}

impl Door {
    const ALL: [Door; 5] = [Door::Exchange, Door::Enrol, Door::Api, Door::Watch, Door::Page];

    /// The door of an address.
    pub(super) fn of(path: &str) -> Door {
        match path {
            "/x" => Door::Exchange,
            "/enrol" => Door::Enrol,
            "/health" | "/metrics" => Door::Watch,
            path if path.starts_with("/api/") => Door::Api,
            _ => Door::Page,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Door::Exchange => "exchange",
            Door::Enrol => "enrol",
            Door::Api => "api",
            Door::Watch => "watch",
            Door::Page => "page",
        }
    }
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is no message.
    NotAMessage,
    /// Damaged within.
    Damaged,
    /// Too long.
    TooLong,
    /// Of a newer program.
    Schema,
    /// Of a station nobody knows.
    UnknownStation,
    /// Signed by another key: forged, or changed on its way.
    Signature,
    /// It did not arrive whole.
    Incomplete,
    /// It did not come in time.
    TooSlow,
    /// The store could not keep it.
    Store,
}

impl Refused {
    const ALL: [Refused; 9] = [
        Refused::NotAMessage,
        Refused::Damaged,
        Refused::TooLong,
        Refused::Schema,
        Refused::UnknownStation,
        Refused::Signature,
        Refused::Incomplete,
        Refused::TooSlow,
        Refused::Store,
    ];

    fn word(self) -> &'static str {
        match self {
            Refused::NotAMessage => "not_a_message",
            Refused::Damaged => "damaged",
            Refused::TooLong => "too_long",
            Refused::Schema => "schema",
            Refused::UnknownStation => "unknown_station",
            Refused::Signature => "signature",
            Refused::Incomplete => "incomplete",
            Refused::TooSlow => "too_slow",
            Refused::Store => "store",
        }
    }
}

impl From<&HubFault> for Refused {
    fn from(fault: &HubFault) -> Refused {
        match fault {
            HubFault::Wire(WireError::NotAMessage) => Refused::NotAMessage,
            HubFault::Wire(WireError::Damaged(_)) => Refused::Damaged,
            HubFault::Wire(WireError::TooLong { .. }) => Refused::TooLong,
            HubFault::Wire(WireError::Schema(_)) => Refused::Schema,
            HubFault::Wire(WireError::UnknownStation(_)) => Refused::UnknownStation,
            HubFault::Wire(WireError::Signature) => Refused::Signature,
            HubFault::Store(_) => Refused::Store,
        }
    }
}

impl From<BodyFault> for Refused {
    fn from(fault: BodyFault) -> Refused {
        match fault {
            BodyFault::TooLong => Refused::TooLong,
            BodyFault::TooSlow => Refused::TooSlow,
            BodyFault::Broken => Refused::Incomplete,
        }
    }
}

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    messages: AtomicU64,
    bytes: AtomicU64,
    refused: [AtomicU64; Refused::ALL.len()],
    /// One more than there are buckets: whatever took longer.
    took: [AtomicU64; BUCKETS.len() + 1],
    took_us: AtomicU64,
    /// By door, then by class of status: 1xx to 5xx.
    answers: [[AtomicU64; 5]; Door::ALL.len()],
    connections: AtomicU64,
    turned_away: AtomicU64,
}

impl Traffic {
    /// A message of so many bytes was taken in, and answered after so long.
    pub(super) fn took(&self, bytes: usize, time: Duration) {
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.messages.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
        self.took_us.fetch_add(us, Relaxed);
        let bucket = BUCKETS.iter().position(|(most_us, _)| us <= *most_us).unwrap_or(BUCKETS.len());
        if let Some(count) = self.took.get(bucket) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// A message was not taken.
    pub(super) fn refused(&self, why: Refused) {
        if let Some(count) = self.refused.get(why as usize) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// An answer was given.
    pub(super) fn answered(&self, door: Door, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(count) = self.answers.get(door as usize).and_then(|classes| classes.get(class)) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// A connection began.
    pub(super) fn connected(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    /// A connection ended.
    pub(super) fn disconnected(&self) {
        self.connections.fetch_sub(1, Relaxed);
    }

    /// A connection was closed at once: its address has enough of them.
    pub(super) fn turned_away(&self) {
        self.turned_away.fetch_add(1, Relaxed);
    }

    /// The counters in the text form of Prometheus (exposition format 0.0.4).
    pub(super) fn exposition(&self) -> String {
        let mut text = String::new();
        let head = |text: &mut String, name: &str, sort: &str, help: &str| {
            let _ = writeln!(text, "# HELP oqyrman_{name} {help}\n# TYPE oqyrman_{name} {sort}");
        };
        let get = |count: &AtomicU64| count.load(Relaxed);
        for (name, sort, help, count) in [
            ("ingest_messages_total", "counter", "Messages of stations that were taken.", &self.messages),
            ("ingest_bytes_total", "counter", "Bytes of these messages.", &self.bytes),
            ("connections", "gauge", "Connections that are open.", &self.connections),
            (
                "connections_turned_away_total",
                "counter",
                "Connections of addresses that have enough of them.",
                &self.turned_away,
            ),
        ] {
            head(&mut text, name, sort, help);
            let _ = writeln!(text, "oqyrman_{name} {}", get(count));
        }
        head(&mut text, "ingest_refused_total", "counter", "Messages that were not taken, by reason.");
        for (why, count) in Refused::ALL.into_iter().zip(&self.refused) {
            let (word, count) = (why.word(), get(count));
            let _ = writeln!(text, "oqyrman_ingest_refused_total{{reason=\"{word}\"}} {count}");
        }
        head(&mut text, "ingest_seconds", "histogram", "Time from a message to its answer.");
        let mut sum = 0;
        for (bucket, count) in self.took.iter().enumerate() {
            sum += get(count);
            let end = BUCKETS.get(bucket).map_or("+Inf", |(_, end)| end);
            let _ = writeln!(text, "oqyrman_ingest_seconds_bucket{{le=\"{end}\"}} {sum}");
        }
        let us = get(&self.took_us);
        let _ = writeln!(
            text,
            "oqyrman_ingest_seconds_sum {}.{:06}\noqyrman_ingest_seconds_count {sum}",
            us / 1_000_000,
            us % 1_000_000
        );
        head(&mut text, "http_answers_total", "counter", "Answers by door and class of status.");
        for (door, classes) in Door::ALL.into_iter().zip(&self.answers) {
            for (class, count) in (1..).zip(classes) {
                let (door, count) = (door.word(), get(count));
                let _ = writeln!(
                    text,
                    "oqyrman_http_answers_total{{door=\"{door}\",class=\"{class}xx\"}} {count}"
                );
            }
        }
        text
    }
}
