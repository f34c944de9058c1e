//! A station, a region and a bad link between them, in a time of their own.

use exchange::wire::{self, Encoding, SecretKey};
use exchange::{
    Act, Answer, Basis, Chain, ClockSample, ClockTrust, Cursor, Epoch, Event, Feed, FeedChanges, FeedHash,
    Item, ItemId, ItemStatus, PatronId, Record, Request, Seq, Stamp, Standing, StationId, TitleId, row,
};
use links::{Call, Caller, Keys, Link, LinkFault, Outbox, Pace, Reached, Step, Taken, Waiting, round};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// What a full TLS 1.3 handshake costs both ways together, in bytes.
const HANDSHAKE_LEN: u64 = 1_300;

/// What HTTP and TLS add to one message, in bytes.
const FRAME_LEN: u64 = 120;

/// Numbers that look like chance (splitmix64).
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn percent(&mut self, share: u8) -> bool {
        self.next() % 100 < u64::from(share)
    }
}

pub fn station_key() -> SecretKey {
    SecretKey::from_seed([1; 32])
}

pub fn region_key() -> SecretKey {
    SecretKey::from_seed([2; 32])
}

pub fn keys() -> Keys {
    Keys { station: StationId(7), secret: station_key(), region: region_key().public() }
}

/// The station's journal and what it has of one feed.
pub struct Station {
    pub events: Vec<Event>,
    pub acked: Seq,
    pub items: Vec<Record>,
    pub cursor: u64,
}

impl Station {
    pub fn with_events(count: u64) -> Station {
        let event = |seq: u64| {
            let item = ItemId::new(format!("{:08}", 10_000 + seq * 3)).unwrap();
            Event {
                seq: Seq(seq),
                at: Stamp {
                    wall_s: 1_788_231_600 + 7 * seq as i64,
                    boot: 1,
                    mono_s: 7 * seq,
                    trust: ClockTrust::Rtc,
                },
                basis: Basis { rules: 1, data_as_of_s: 1_788_231_600 },
                act: if seq.is_multiple_of(9) {
                    Act::Returned { item }
                } else {
                    Act::CheckedOut { patron: PatronId(1_000 + seq / 5), item, due: exchange::Day(20_963) }
                },
            }
        };
        Station { events: (1..=count).map(event).collect(), acked: Seq(0), items: Vec::new(), cursor: 0 }
    }

    fn chain_upto(&self, seq: Seq) -> Chain {
        self.events.iter().take(seq.0 as usize).fold(Chain::START, Chain::after)
    }
}

impl Outbox for Station {
    type Fault = Infallible;

    fn waiting(&mut self) -> Result<Waiting, Infallible> {
        Ok(Waiting { acked: self.acked, head: Seq(self.events.len() as u64) })
    }

    fn request(&mut self, call: &Call) -> Result<Request, Infallible> {
        let first = call.from_seq.0 as usize - 1;
        let events: Vec<Event> = self.events.iter().skip(first).take(call.max_events).cloned().collect();
        let hash = FeedHash::over(&self.items);
        Ok(Request {
            schema: exchange::SCHEMA,
            station: StationId(7),
            epoch: Epoch(1),
            from_seq: call.from_seq,
            chain_before: self.chain_upto(Seq(call.from_seq.0 - 1)),
            head_seq: Seq(self.events.len() as u64),
            events,
            have: vec![Cursor { feed: Feed::Items, at: self.cursor, hash }],
            clock: ClockSample { wall_s: 1_788_300_000, boot: 1, mono_s: 99, trust: ClockTrust::Rtc },
            answer_limit: call.answer_limit,
        })
    }

    fn take(&mut self, answer: Answer) -> Result<Taken, Infallible> {
        match answer.standing {
            Standing::Good => {}
            Standing::Forked { .. } => return Ok(Taken::Forked),
            Standing::Revoked => return Ok(Taken::Revoked),
        }
        let mut changed = false;
        for changes in answer.changes {
            if changes.from == self.cursor {
                changed |= changes.upto > self.cursor;
                self.items.extend(changes.put);
                self.cursor = changes.upto;
            }
        }
        self.acked = self.acked.max(answer.stored_upto);
        Ok(Taken::Good { stored_upto: answer.stored_upto, changed, more: answer.more })
    }
}

/// Keeps events by their number and serves one feed of items.
pub struct Region {
    pub rows: BTreeMap<u64, Vec<u8>>,
    pub chain: Chain,
    pub items: Vec<Record>,
    /// How many events came more than once.
    pub again: u64,
}

impl Region {
    pub fn with_items(count: u64) -> Region {
        let item = |n: u64| {
            let id = ItemId::new(format!("{n:08}")).unwrap();
            Record::Item(Item {
                id,
                title: TitleId(n % 97),
                status: ItemStatus::Lendable,
                former: Vec::new(),
            })
        };
        Region {
            rows: BTreeMap::new(),
            chain: Chain::START,
            items: (1..=count).map(item).collect(),
            again: 0,
        }
    }

    pub fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        let request = wire::open_request(bytes, |_| Some(station_key().public())).unwrap();
        let mut stored = self.rows.len() as u64;
        for event in &request.events {
            let row = row::encode(event);
            if event.seq.0 == stored + 1 {
                if event.seq == request.from_seq {
                    assert_eq!(self.chain, request.chain_before);
                }
                self.chain = self.chain.after(event);
                self.rows.insert(event.seq.0, row);
                stored += 1;
            } else {
                assert_eq!(self.rows.get(&event.seq.0), Some(&row), "event {} differs", event.seq);
                self.again += 1;
            }
        }
        let at = request.have[0].at as usize;
        let mut put = Vec::new();
        let mut len = 0;
        for record in &self.items[at..] {
            len += row::encode_record(record).len();
            if len > request.answer_limit as usize && !put.is_empty() {
                break;
            }
            put.push(record.clone());
        }
        let upto = at + put.len();
        let changes = FeedChanges {
            feed: Feed::Items,
            from: at as u64,
            upto: upto as u64,
            put,
            gone: vec![],
            hash: None,
        };
        let answer = Answer {
            schema: exchange::SCHEMA,
            station: request.station,
            epoch: request.epoch,
            standing: Standing::Good,
            stored_upto: Seq(stored),
            outcomes: Vec::new(),
            changes: if upto > at { vec![changes] } else { Vec::new() },
            time_s: 1_788_300_000,
            more: upto < self.items.len(),
        };
        wire::seal_answer(&answer, &region_key(), Encoding::Columns)
    }
}

/// How bad a link is.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// A connection falls after so many bytes, both ways together.
    pub falls_after: u64,
    /// Share of calls that never reach the region, of answers that never come back, of requests that come twice.
    pub lost: u8,
    pub unanswered: u8,
    pub twice: u8,
    pub rtt_ms: u64,
    pub bits_per_s: u64,
}

/// The link, with the region at its end and its own clock.
pub struct BadLink {
    pub region: Region,
    pub weather: Weather,
    pub chance: Chance,
    pub now_ms: u64,
    /// Bytes carried both ways, handshakes included.
    pub carried: u64,
    /// What the open connection still carries.
    left: Option<u64>,
}

impl BadLink {
    pub fn new(region: Region, weather: Weather, seed: u64) -> BadLink {
        BadLink { region, weather, chance: Chance(seed), now_ms: 0, carried: 0, left: None }
    }

    /// Whether so many bytes still went through.
    fn carry(&mut self, len: u64) -> bool {
        let left = self.left.unwrap_or(0);
        let moved = left.min(len);
        self.carried += moved;
        self.now_ms += moved * 8_000 / self.weather.bits_per_s;
        self.left = Some(left - moved).filter(|_| moved == len);
        moved == len
    }
}

impl Link for BadLink {
    fn exchange(&mut self, request: Vec<u8>) -> Result<Vec<u8>, LinkFault> {
        if self.chance.percent(self.weather.lost) {
            self.now_ms += 5_000;
            self.left = None;
            return Err(LinkFault::ConnectTimeout);
        }
        if self.left.is_none() {
            self.left = Some(self.weather.falls_after);
            self.now_ms += 2 * self.weather.rtt_ms;
            if !self.carry(HANDSHAKE_LEN) {
                return Err(LinkFault::Unreachable);
            }
        }
        self.now_ms += self.weather.rtt_ms;
        if !self.carry(FRAME_LEN + request.len() as u64) {
            return Err(LinkFault::Torn { reached: Reached::Region });
        }
        if self.chance.percent(self.weather.twice) {
            self.region.answer(&request);
        }
        let answer = self.region.answer(&request);
        if self.chance.percent(self.weather.unanswered) {
            self.left = None;
            return Err(LinkFault::Stalled { reached: Reached::Region });
        }
        if !self.carry(FRAME_LEN + answer.len() as u64) {
            return Err(LinkFault::Torn { reached: Reached::Answer });
        }
        Ok(answer)
    }
}

/// How a delivery went.
#[derive(Debug)]
pub struct Report {
    pub calls: u64,
    pub took_ms: u64,
    pub carried: u64,
}

/// Lets the station call until both sides have everything, or `most_calls` were made.
pub fn deliver(station: &mut Station, link: &mut BadLink, pace: Pace, most_calls: u64) -> Report {
    let mut caller = Caller::new(pace);
    let mut calls = 0;
    loop {
        let done =
            station.acked.0 == station.events.len() as u64 && station.items.len() == link.region.items.len();
        if done || calls == most_calls {
            return Report { calls, took_ms: link.now_ms, carried: link.carried };
        }
        caller.waiting(station.waiting().unwrap());
        match caller.next(link.now_ms) {
            Step::Wait { until_ms } => {
                assert!(until_ms > link.now_ms);
                link.now_ms = until_ms;
            }
            Step::Call(call) => {
                calls += 1;
                let result = round(link, station, &keys(), &call);
                let random = link.chance.next();
                match result {
                    Ok(taken) => caller.answered(link.now_ms, random, &call, taken),
                    Err(fault) => caller.failed(link.now_ms, random, &call, fault.reached()),
                }
            }
        }
    }
}
