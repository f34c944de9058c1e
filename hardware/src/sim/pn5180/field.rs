//! The field: what goes out reaches every tag, and what they answer comes back as one signal.

use super::Counts;
use super::card::SimCard;
use super::tag::SimTag;
use crate::rfid::Uid;

/// How answers suffer, in thousandths of all answers. Decided by the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Noise {
    /// Not heard at all.
    pub lost: u16,
    /// Heard with a wrong CRC.
    pub garbled: u16,
    /// Heard as a collision at some bit, though it was none.
    pub false_collision: u16,
    /// Of several at once, the strongest is heard as if it were alone.
    pub captured: u16,
}

/// ISO/IEC 15693-3 at 26.48 kbit/s, one subcarrier: a byte each way lasts 512 · 8 / fc = 302.06 µs.
const BYTE_NS: u64 = 302_065;
const SOF_NS: u64 = 151_040;
const EOF_NS: u64 = 151_040;
const T1_NS: u64 = 320_900;
/// Before this after the end of an answer, tags do not listen.
const T2_NS: u64 = 309_200;
/// A tag answers only when it has had power this long.
const WAKE_NS: u64 = 1_000_000;
/// ISO/IEC 14443 A at 106 kbit/s.
const BIT_A_NS: u64 = 9_440;
const FDT_A_NS: u64 = 91_000;

/// What the chip's receiver makes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signal {
    Whole(Vec<u8>),
    WrongCrc(Vec<u8>),
    Collided { bytes: Vec<u8>, bit: u8 },
}

/// An answer on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Incoming {
    pub sof_ns: u64,
    pub end_ns: u64,
    pub signal: Signal,
}

/// How the chip sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Air {
    Iso15693,
    Iso14443A,
    /// A configuration under which nothing here hears or is heard.
    Deaf,
}

struct OnPad {
    tag: SimTag,
    leaves_ns: u64,
}

pub(super) struct Field {
    tags: Vec<OnPad>,
    pub cards: Vec<SimCard>,
    pub noise: Noise,
    chance: u64,
    on_since_ns: Option<u64>,
    quiet_until_ns: u64,
}

impl Field {
    pub fn new(seed: u64) -> Self {
        Self {
            tags: Vec::new(),
            cards: Vec::new(),
            noise: Noise::default(),
            chance: seed,
            on_since_ns: None,
            quiet_until_ns: 0,
        }
    }

    pub fn place(&mut self, mut tag: SimTag) {
        tag.power_off();
        self.tags.push(OnPad { tag, leaves_ns: u64::MAX });
    }

    pub fn remove(&mut self, uid: Uid) -> Option<SimTag> {
        let at = self.tags.iter().position(|on_pad| on_pad.tag.uid() == uid)?;
        Some(self.tags.remove(at).tag)
    }

    pub fn leave_at(&mut self, uid: Uid, at_ns: u64) {
        for on_pad in self.tags.iter_mut().filter(|on_pad| on_pad.tag.uid() == uid) {
            on_pad.leaves_ns = at_ns;
        }
    }

    pub fn tag(&self, uid: Uid) -> Option<&SimTag> {
        self.tags.iter().map(|on_pad| &on_pad.tag).find(|tag| tag.uid() == uid)
    }

    pub fn on(&mut self, now_ns: u64, counts: &mut Counts) {
        counts.fields_on += 1;
        self.on_since_ns.get_or_insert(now_ns);
    }

    pub fn off(&mut self) {
        self.on_since_ns = None;
        self.tags.iter_mut().for_each(|on_pad| on_pad.tag.power_off());
        self.cards.iter_mut().for_each(SimCard::power_off);
    }

    pub fn is_on(&self) -> bool {
        self.on_since_ns.is_some()
    }

    /// Sends a frame that begins now; no bytes = an EOF alone. Gives when it ends, and what comes back.
    pub fn send(
        &mut self,
        air: Air,
        bytes: &[u8],
        last_bits: u8,
        crc: bool,
        now_ns: u64,
        counts: &mut Counts,
    ) -> (u64, Option<Incoming>) {
        match (air, bytes) {
            (Air::Iso15693, []) => {
                counts.eofs += 1;
                let end_ns = now_ns + 37_760;
                (end_ns, self.tags_answer(None, now_ns, end_ns, counts))
            }
            (Air::Iso15693, bytes) => {
                counts.requests += 1;
                counts.reads += u64::from(matches!(bytes.get(1), Some(0x20 | 0x23)));
                let end_ns = now_ns + 75_520 + (bytes.len() as u64 + 2) * BYTE_NS + 37_760;
                let heard = if crc { Some(bytes) } else { None };
                match heard {
                    Some(bytes) => (end_ns, self.tags_answer(Some(bytes), now_ns, end_ns, counts)),
                    None => (end_ns, None),
                }
            }
            (Air::Iso14443A, bytes) => {
                counts.requests += 1;
                let bits = if last_bits == 0 { bytes.len() as u64 * 9 } else { u64::from(last_bits) };
                let end_ns = now_ns + (bits + 2) * BIT_A_NS;
                (end_ns, self.cards_answer(bytes, last_bits, end_ns))
            }
            (Air::Deaf, bytes) => (now_ns + bytes.len() as u64 * BYTE_NS, None),
        }
    }

    fn tags_answer(
        &mut self,
        request: Option<&[u8]>,
        begin_ns: u64,
        end_ns: u64,
        counts: &mut Counts,
    ) -> Option<Incoming> {
        if self.on_since_ns.is_none_or(|since_ns| since_ns + WAKE_NS > begin_ns) {
            return None;
        }
        if begin_ns < self.quiet_until_ns {
            counts.too_early += 1;
            return None;
        }
        self.tags.retain(|on_pad| on_pad.leaves_ns > begin_ns);
        let mut answers = Vec::new();
        for OnPad { tag, leaves_ns } in &mut self.tags {
            let reply = match request {
                Some(bytes) => tag.request(bytes),
                None => tag.eof(),
            };
            let Some(reply) = reply else { continue };
            let sof_ns = end_ns + T1_NS + reply.late_ns + SOF_NS;
            let last_ns = sof_ns + (reply.bytes.len() as u64 + 2) * BYTE_NS + EOF_NS;
            if *leaves_ns > sof_ns {
                let whole = *leaves_ns > last_ns && !tag.garbled;
                answers.push((sof_ns, last_ns, reply.bytes, whole));
            }
        }
        let sof_ns = answers.iter().map(|(sof_ns, ..)| *sof_ns).min()?;
        let last_ns = answers.iter().map(|(_, last_ns, ..)| *last_ns).max()?;
        let signal = self.merge(answers.into_iter().map(|(.., bytes, whole)| (bytes, whole)).collect())?;
        self.quiet_until_ns = last_ns + T2_NS;
        counts.answers += 1;
        Some(Incoming { sof_ns, end_ns: last_ns, signal })
    }

    /// What the receiver makes of these answers, noise and all.
    fn merge(&mut self, mut answers: Vec<(Vec<u8>, bool)>) -> Option<Signal> {
        let lost = self.noise.lost;
        answers.retain(|_| !self.happens(lost));
        if answers.len() > 1 && self.happens(self.noise.captured) {
            answers.truncate(1);
        }
        let (first, rest) = answers.split_first()?;
        let collision = rest.iter().filter_map(|(bytes, _)| first_difference(&first.0, bytes)).min();
        if let Some(bit) = collision {
            let bytes = first.0.iter().copied().take(bit / 8 + 1).collect();
            return Some(Signal::Collided { bytes, bit: u8::try_from(bit.min(127)).unwrap_or(127) });
        }
        let (bytes, whole) = first.clone();
        if self.happens(self.noise.false_collision) {
            let bit = self.draw() % (bytes.len() as u64 * 8).clamp(1, 127);
            return Some(Signal::Collided { bytes, bit: u8::try_from(bit).unwrap_or(0) });
        }
        let garbled = self.happens(self.noise.garbled);
        Some(if whole && !garbled { Signal::Whole(bytes) } else { Signal::WrongCrc(bytes) })
    }

    fn cards_answer(&mut self, bytes: &[u8], last_bits: u8, end_ns: u64) -> Option<Incoming> {
        let answers: Vec<Vec<u8>> =
            self.cards.iter_mut().filter_map(|card| card.request(bytes, last_bits)).collect();
        let longest = answers.iter().map(Vec::len).max()? as u64;
        let sof_ns = end_ns + FDT_A_NS + BIT_A_NS;
        let signal = self.merge(answers.into_iter().map(|bytes| (bytes, true)).collect())?;
        Some(Incoming { sof_ns, end_ns: sof_ns + longest * 9 * BIT_A_NS, signal })
    }

    fn happens(&mut self, thousandths: u16) -> bool {
        thousandths > 0 && self.draw() % 1_000 < u64::from(thousandths)
    }

    /// SplitMix64: enough for noise, and the same everywhere.
    fn draw(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.chance ^ self.chance >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }
}

/// The first bit, in the order of the air, in which two answers differ; a longer one differs where the shorter ends.
fn first_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    let length = a.len().min(b.len());
    let at = a.iter().zip(b).position(|(a, b)| a != b);
    match at {
        Some(at) => {
            let bits = a.get(at).copied().unwrap_or(0) ^ b.get(at).copied().unwrap_or(0);
            Some(at * 8 + usize::try_from(bits.trailing_zeros()).unwrap_or(0))
        }
        None if a.len() != b.len() => Some(length * 8),
        None => None,
    }
}
