//! ISO/IEC 15962, clause 10 and annex D: how text becomes fewer bytes, and back.

use super::bits::{BitWriter, groups};
use super::isil;

/// How an object's bytes are to be read: the precursor's bits 6 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compaction {
    /// 0: the object says how.
    Application,
    /// 1: a number, most significant byte first.
    Integer,
    /// 2: digits, two in a byte.
    Numeric,
    /// 3: capital letters, 5 bits each.
    FiveBit,
    /// 4: capital letters, digits and marks, 6 bits each.
    SixBit,
    /// 5: ASCII, 7 bits each.
    SevenBit,
    /// 6: ISO/IEC 8859-1.
    Octets,
    /// 7: UTF-8.
    Utf8,
}

impl Compaction {
    /// Of the lower three bits.
    #[must_use]
    pub fn of(code: u8) -> Self {
        match code & 7 {
            0 => Self::Application,
            1 => Self::Integer,
            2 => Self::Numeric,
            3 => Self::FiveBit,
            4 => Self::SixBit,
            5 => Self::SevenBit,
            6 => Self::Octets,
            _ => Self::Utf8,
        }
    }

    /// 0 to 7.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Application => 0,
            Self::Integer => 1,
            Self::Numeric => 2,
            Self::FiveBit => 3,
            Self::SixBit => 4,
            Self::SevenBit => 5,
            Self::Octets => 6,
            Self::Utf8 => 7,
        }
    }

    /// The text that `bytes` stand for; `None` where they stand for none. [`Compaction::Application`] has no text of its
    /// own.
    #[must_use]
    pub fn text(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Application => None,
            Self::Integer => integer(bytes),
            Self::Numeric => numeric(bytes),
            Self::FiveBit => {
                let codes = groups(bytes, 5);
                Some(
                    codes
                        .into_iter()
                        .take_while(|code| *code != 0)
                        .map(|code| char::from(code + 0x40))
                        .collect(),
                )
            }
            Self::SixBit => {
                let mut codes = groups(bytes, 6);
                // Whole padding looks like a space.
                if bytes.len().is_multiple_of(3) && codes.last() == Some(&0x20) {
                    codes.pop();
                }
                Some(
                    codes
                        .into_iter()
                        .map(|code| char::from(if code & 0x20 == 0 { code + 0x40 } else { code }))
                        .collect(),
                )
            }
            Self::SevenBit => {
                let mut codes = groups(bytes, 7);
                if bytes.len().is_multiple_of(7) && codes.last() == Some(&0x7F) {
                    codes.pop();
                }
                Some(codes.into_iter().map(char::from).collect())
            }
            Self::Octets => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
        }
    }

    /// The fewest bytes for a text, and how it is to be read; among equals the one of the lowest code. What comes out
    /// reads back as the very text.
    #[must_use]
    pub fn choose(text: &str) -> (Self, Vec<u8>) {
        let candidates = [
            Self::Integer,
            Self::Numeric,
            Self::FiveBit,
            Self::SixBit,
            Self::SevenBit,
            Self::Octets,
            Self::Utf8,
        ];
        candidates
            .into_iter()
            .filter_map(|compaction| Some((compaction, compaction.bytes(text)?)))
            .filter(|(compaction, bytes)| compaction.text(bytes).as_deref() == Some(text))
            .min_by_key(|(_, bytes)| bytes.len())
            .unwrap_or_else(|| (Self::Utf8, text.as_bytes().to_vec()))
    }

    /// A text's bytes in this compaction; `None` where it has characters that it cannot hold.
    fn bytes(self, text: &str) -> Option<Vec<u8>> {
        let ascii = text.as_bytes();
        let digits = || !ascii.is_empty() && ascii.iter().all(u8::is_ascii_digit);
        let within = |from: u8, to: u8| ascii.iter().all(|byte| (from..=to).contains(byte));
        match self {
            Self::Application => None,
            Self::Integer => {
                let fits = digits() && (2..=19).contains(&ascii.len()) && !text.starts_with('0');
                let value: u64 = if fits { text.parse().ok()? } else { return None };
                Some(value.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect())
            }
            Self::Numeric => {
                (digits() && ascii.len() > 1).then(|| pack(ascii.iter().map(|digit| digit - b'0'), 4, 0xFF))
            }
            Self::FiveBit => within(0x41, 0x5F).then(|| pack(ascii.iter().map(|byte| byte & 0x1F), 5, 0)),
            Self::SixBit => within(0x20, 0x5F).then(|| pack(ascii.iter().map(|byte| byte & 0x3F), 6, 0x80)),
            Self::SevenBit => within(0, 0x7E).then(|| pack(ascii.iter().copied(), 7, 0xFF)),
            Self::Octets => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
            Self::Utf8 => Some(ascii.to_vec()),
        }
    }
}

fn pack(codes: impl Iterator<Item = u8>, width: u8, padding: u8) -> Vec<u8> {
    let mut bits = BitWriter::default();
    codes.for_each(|code| bits.push(code, width));
    bits.finish(padding)
}

/// Up to eight bytes after leading zeros, as some writers put them.
fn integer(bytes: &[u8]) -> Option<String> {
    let start = bytes.iter().position(|byte| *byte != 0)?;
    let significant = bytes.get(start..)?;
    (significant.len() <= 8)
        .then(|| significant.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte)).to_string())
}

/// Digits; F fills up the last byte.
fn numeric(bytes: &[u8]) -> Option<String> {
    let mut nibbles = groups(bytes, 4);
    if nibbles.last() == Some(&0xF) {
        nibbles.pop();
    }
    let digits = nibbles.into_iter().map(|nibble| char::from_digit(u32::from(nibble), 10));
    digits.collect::<Option<String>>().filter(|text| !text.is_empty())
}

/// The text of an ISIL, which is written in a code of its own under [`Compaction::Application`].
#[must_use]
pub fn isil_text(compaction: Compaction, bytes: &[u8]) -> Option<String> {
    match compaction {
        Compaction::Application => isil::decode(bytes),
        Compaction::Integer
        | Compaction::Numeric
        | Compaction::FiveBit
        | Compaction::SixBit
        | Compaction::SevenBit
        | Compaction::Octets
        | Compaction::Utf8 => compaction.text(bytes),
    }
}
