//! An ISO/IEC 15693 tag.

use crate::rfid::Uid;

/// What a tag answers, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// Flags and what follows, without CRC.
    pub bytes: Vec<u8>,
    /// How long after the request's end it begins, beyond t1, in ns.
    pub late_ns: u64,
}

/// Where a tag is in a round of inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Round {
    slot: u8,
    own: u8,
}

/// A tag with its memory.
#[derive(Debug, Clone)]
pub struct SimTag {
    uid: Uid,
    /// Data storage format identifier.
    pub dsfid: u8,
    /// Application family identifier.
    pub afi: u8,
    /// Whether it gives NXP's alarm.
    pub eas: bool,
    /// Memory, block after block.
    pub memory: Vec<u8>,
    /// Bytes in a block.
    pub block_bytes: u8,
    /// Locked: writes are refused with error 12.
    pub locked: bool,
    /// Worn: writes are answered well and change nothing.
    pub worn: bool,
    /// Knows no reading of several blocks (error 01).
    pub single_reads_only: bool,
    /// Answers writes only with the option flag, after one more EOF (Texas Instruments).
    pub wants_option: bool,
    /// Every answer of it has a wrong CRC: a tag at the pad's very edge.
    pub garbled: bool,
    quiet: bool,
    round: Option<Round>,
    /// An answer that waits for an EOF.
    withheld: Option<Vec<u8>>,
}

/// How long a write takes, in ns.
const WRITE_NS: u64 = 4_000_000;

impl SimTag {
    /// A tag of 28 blocks of 4 bytes, as ICODE SLIX is; `memory` is filled up with zeros.
    #[must_use]
    pub fn new(uid: Uid, memory: &[u8]) -> Self {
        let mut memory = memory.to_vec();
        memory.resize(memory.len().max(112), 0);
        Self {
            uid,
            dsfid: 0,
            afi: 0,
            memory,
            block_bytes: 4,
            eas: false,
            locked: false,
            worn: false,
            single_reads_only: false,
            wants_option: false,
            garbled: false,
            quiet: false,
            round: None,
            withheld: None,
        }
    }

    /// Its number.
    #[must_use]
    pub fn uid(&self) -> Uid {
        self.uid
    }

    /// Whether it was told to be quiet.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The field went off.
    pub(super) fn power_off(&mut self) {
        (self.quiet, self.round, self.withheld) = (false, None, None);
    }

    /// A lone EOF.
    pub(super) fn eof(&mut self) -> Option<Reply> {
        if let Some(bytes) = self.withheld.take() {
            return Some(Reply { bytes, late_ns: 0 });
        }
        let round = self.round.as_mut()?;
        round.slot = round.slot.saturating_add(1);
        (round.slot == round.own).then(|| self.identity())
    }

    fn identity(&self) -> Reply {
        let mut bytes = vec![0, self.dsfid];
        bytes.extend(self.uid.air());
        Reply { bytes, late_ns: 0 }
    }

    /// A request.
    pub(super) fn request(&mut self, frame: &[u8]) -> Option<Reply> {
        (self.round, self.withheld) = (None, None);
        let [flags, command, rest @ ..] = frame else { return None };
        // One subcarrier, high rate, no protocol extension: all that this tag speaks.
        if flags & 0x0B != 0x02 {
            return None;
        }
        if flags & 0x04 != 0 {
            return if *command == 0x01 { self.inventory(*flags, rest) } else { None };
        }
        let rest = match (command, rest) {
            // A custom command names the maker first; a tag of another maker keeps silent.
            (0xA2 | 0xA3 | 0xA5, [maker, rest @ ..]) if *maker == Uid::NXP && self.uid.is_nxp() => rest,
            (0xA0..=0xDF, _) => return None,
            (_, rest) => rest,
        };
        let parameters = if flags & 0x20 != 0 {
            let (uid, parameters) = rest.split_at_checked(8)?;
            if uid != self.uid.air() {
                return None;
            }
            parameters
        } else if self.quiet {
            return None;
        } else {
            rest
        };
        self.addressed(*command, flags & 0x40 != 0, parameters)
    }

    fn inventory(&mut self, flags: u8, rest: &[u8]) -> Option<Reply> {
        let (length, mask) = rest.split_first()?;
        if self.quiet || *length > 60 && flags & 0x20 == 0 || *length > 63 {
            return None;
        }
        let mask = mask.iter().take(8).rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        let below = (1_u64 << length) - 1;
        if self.uid.bits() & below != mask & below {
            return None;
        }
        if flags & 0x20 != 0 {
            return Some(self.identity());
        }
        let own = u8::try_from(self.uid.bits() >> length & 0xF).unwrap_or(0);
        self.round = Some(Round { slot: 0, own });
        (own == 0).then(|| self.identity())
    }

    fn addressed(&mut self, command: u8, option: bool, parameters: &[u8]) -> Option<Reply> {
        let answer = match (command, parameters) {
            (0x02, _) => {
                self.quiet = true;
                return None;
            }
            (0x20, [block]) => self.read(*block, 0, option),
            (0x23, _) if self.single_reads_only => Err(0x01),
            (0x23, [first, more]) => self.read(*first, *more, option),
            (0x2B, []) => Ok(self.system_info()),
            (0xA5, []) if self.eas => Ok([0x55; 32].into()),
            (0xA5, []) => return None,
            (0x21 | 0x27 | 0xA2 | 0xA3, _) if self.wants_option && !option => Err(0x03),
            (0x21, [block, bytes @ ..]) => return self.written(option, |me| me.write(*block, bytes)),
            (0x27, [afi]) => {
                return self.written(option, |me| {
                    if !me.worn {
                        me.afi = *afi;
                    }
                    Ok(vec![])
                });
            }
            (0xA2 | 0xA3, []) => {
                return self.written(option, |me| {
                    if !me.worn {
                        me.eas = command == 0xA2;
                    }
                    Ok(vec![])
                });
            }
            _ => Err(0x02),
        };
        Some(Reply { bytes: framed(answer), late_ns: 0 })
    }

    fn written(
        &mut self,
        option: bool,
        work: impl FnOnce(&mut Self) -> Result<Vec<u8>, u8>,
    ) -> Option<Reply> {
        let bytes = framed(if self.locked { Err(0x12) } else { work(self) });
        if option {
            self.withheld = Some(bytes);
            return None;
        }
        Some(Reply { bytes, late_ns: WRITE_NS })
    }

    fn write(&mut self, block: u8, bytes: &[u8]) -> Result<Vec<u8>, u8> {
        let size = usize::from(self.block_bytes);
        let at = usize::from(block) * size;
        let place = self.memory.get_mut(at..at + size).ok_or(0x10)?;
        if bytes.len() != size {
            return Err(0x0F);
        }
        if !self.worn {
            place.copy_from_slice(bytes);
        }
        Ok(Vec::new())
    }

    fn read(&self, first: u8, more: u8, option: bool) -> Result<Vec<u8>, u8> {
        let size = usize::from(self.block_bytes);
        let (from, count) = (usize::from(first), usize::from(more) + 1);
        let bytes = self.memory.get(from * size..(from + count) * size).ok_or(0x10)?;
        if !option {
            return Ok(bytes.to_vec());
        }
        let lock = u8::from(self.locked);
        Ok(bytes.chunks(size).flat_map(|block| std::iter::once(lock).chain(block.iter().copied())).collect())
    }

    fn system_info(&self) -> Vec<u8> {
        let blocks = self.memory.len() / usize::from(self.block_bytes).max(1);
        let mut bytes = vec![0x0F];
        bytes.extend(self.uid.air());
        let last_block = u8::try_from(blocks.saturating_sub(1)).unwrap_or(u8::MAX);
        bytes.extend([self.dsfid, self.afi, last_block, self.block_bytes.saturating_sub(1), 0x01]);
        bytes
    }
}

fn framed(answer: Result<Vec<u8>, u8>) -> Vec<u8> {
    match answer {
        Ok(bytes) => std::iter::once(0x00).chain(bytes).collect(),
        Err(code) => vec![0x01, code],
    }
}
