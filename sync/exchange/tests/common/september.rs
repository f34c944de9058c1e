//! A made-up September of one school: pupil after pupil takes an armful, now and then something comes back or is renewed.

use exchange::wire::SecretKey;
use exchange::{
    Act, Basis, Chain, ClockSample, ClockTrust, Cursor, Day, Epoch, Event, Feed, FeedHash, ItemId, PatronId,
    Request, Seq, Stamp, StationId,
};

/// How the labels of the school's books are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels {
    /// EAN-13 off a roll, stuck on in the order in which the books are lent, with a few missing.
    Consecutive,
    /// EAN-13 of three thousand books in a row, lent in any order.
    Shuffled,
    /// Thirteen digits by chance, never the same twice.
    Random,
}

/// Numbers that look like chance and are the same on every machine (splitmix64).
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, but without, `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

fn ean13(body: u64) -> String {
    let text = format!("{body:012}");
    let sum: u64 = text.bytes().zip([1, 3].into_iter().cycle()).map(|(d, w)| u64::from(d - b'0') * w).sum();
    format!("{text}{}", (10 - sum % 10) % 10)
}

/// `count` events, from seq 1 on, beginning on 1 September 2026 at 08:00 in Almaty.
pub fn events(count: usize, labels: Labels, seed: u64) -> Vec<Event> {
    let mut chance = Chance(seed);
    let mut wall_s: i64 = 1_788_231_600;
    let mut day_start = wall_s;
    let (mut boot, mut mono_s) = (3, 1_200_u64);
    let mut data_as_of_s = wall_s - 9 * 3600;
    let mut next_body = 290_000_100_000;
    let mut patron = 1_000;
    let mut left = 0;
    let mut out: Vec<String> = Vec::new();
    let mut events = Vec::with_capacity(count);
    for seq in 1..=count as u64 {
        let gap = if left == 0 {
            left = 1 + chance.below(12);
            patron =
                if chance.below(20) == 0 { 1_000 + chance.below(600) } else { patron + 1 + chance.below(3) };
            if patron >= 1_600 {
                patron -= 600;
            }
            15 + chance.below(60)
        } else {
            2 + chance.below(8)
        };
        left -= 1;
        wall_s += gap as i64;
        mono_s += gap;
        if wall_s > day_start + 6 * 3600 {
            day_start += 86_400;
            wall_s = day_start + chance.below(900) as i64;
            boot += 1;
            mono_s = 40 + chance.below(20);
            data_as_of_s = wall_s - 600;
        }
        if chance.below(80) == 0 {
            data_as_of_s = wall_s - 3;
        }
        let day = wall_s.div_euclid(86_400) as i32;
        let due = Day(if chance.below(4) == 0 { day + 14 } else { 20_963 });
        let patron = PatronId(patron);
        let act = match chance.below(100) {
            0..4 if !out.is_empty() => {
                let place = chance.below(out.len() as u64) as usize;
                Act::Returned { item: ItemId::new(out.swap_remove(place)).unwrap() }
            }
            4..6 if !out.is_empty() => {
                let place = chance.below(out.len() as u64) as usize;
                Act::Renewed { patron, item: ItemId::new(out[place].clone()).unwrap(), due: Day(day + 14) }
            }
            6 if seq > 1 => Act::Undone { seq: Seq(seq - 1) },
            _ => {
                let text = match labels {
                    Labels::Consecutive => {
                        next_body += if chance.below(15) == 0 { 1 + chance.below(20) } else { 1 };
                        ean13(next_body)
                    }
                    Labels::Shuffled => ean13(next_body + chance.below(3_000)),
                    Labels::Random => format!("{:013}", chance.below(10_000_000_000_000)),
                };
                out.push(text.clone());
                Act::CheckedOut { patron, item: ItemId::new(text).unwrap(), due }
            }
        };
        events.push(Event {
            seq: Seq(seq),
            at: Stamp { wall_s, boot, mono_s, trust: ClockTrust::Synced },
            basis: Basis { rules: 7, data_as_of_s },
            act,
        });
    }
    events
}

/// The key of the made-up station.
pub fn key() -> SecretKey {
    SecretKey::from_seed([7; 32])
}

/// The request that carries `events`, sent three seconds after the last of them, with all feeds asked for.
pub fn request(events: &[Event], head_seq: Seq) -> Request {
    let from_seq = events.first().map_or(head_seq.next(), |event| event.seq);
    let at = events.last().map_or(
        Stamp { wall_s: 1_788_231_600, boot: 3, mono_s: 1_200, trust: ClockTrust::Synced },
        |event| event.at,
    );
    let mut chance = Chance(99);
    Request {
        schema: exchange::SCHEMA,
        station: StationId(1_234),
        epoch: Epoch(1),
        from_seq,
        chain_before: Chain([0xc5; 16]),
        head_seq,
        events: events.to_vec(),
        have: Feed::ALL
            .map(|feed| Cursor { feed, at: 20_000 + chance.below(5_000), hash: FeedHash(chance.next()) })
            .to_vec(),
        clock: ClockSample { wall_s: at.wall_s + 3, boot: at.boot, mono_s: at.mono_s + 3, trust: at.trust },
        answer_limit: 4_096,
    }
}
