//! ISO 28560-3: one record of 34 bytes, or of 32 on small tags, and extension blocks behind it.
//!
//! Real writers differ from the standard; what they do is understood and never written: usage in the other half of
//! byte 0, parts swapped, each block of four bytes turned round.

use super::{Model, Nibble, TagData, TagProfile, TagText, crc16, parts};

/// Bytes of the whole record.
pub const RECORD_BYTES: usize = 34;
/// Bytes of the record on a tag of 32 bytes: two of the owner's are cut.
pub const SHORT_RECORD_BYTES: usize = 32;
const ID: std::ops::Range<usize> = 3..19;
const CRC: std::ops::Range<usize> = 19..21;
const OWNER_AT: usize = 21;

/// A record as it lies in memory. Whether it is one, its CRC tells.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Whether each block of four bytes was turned round to read it.
    pub reversed: bool,
    /// Content parameter and type of usage.
    pub byte0: u8,
    /// Number of parts in the item, as written.
    pub parts_in_item: u8,
    /// Ordinal of this part, as written.
    pub part_number: u8,
    /// The CRC on the tag.
    pub crc_stored: u16,
    /// The CRC of what is on the tag.
    pub crc_calc: u16,
    /// What is behind the record.
    pub extensions: Vec<Extension>,
    id: Vec<u8>,
    owner: Vec<u8>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record")
            .field("reversed", &self.reversed)
            .field("whole", &self.is_whole())
            .finish_non_exhaustive()
    }
}

/// An extension block (clause 6): `length | id | check | data`, the XOR of all of it 0.
#[derive(Clone, PartialEq, Eq)]
pub struct Extension {
    /// Length of the whole block in bytes.
    pub length: u8,
    /// Which block: 1 library, 2 acquisition, 3 library supplement, 4 title, 5 interlibrary loan; from 100 on local.
    pub id: u32,
    /// The check byte.
    pub check: u8,
    /// Whether the XOR of all bytes is 0.
    pub whole: bool,
    /// The data; fields are separated by NUL.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for Extension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Extension")
            .field("id", &self.id)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl Record {
    /// Reads the beginning of a memory as a record: as it is, or with its blocks turned round where only so the CRC is
    /// right. `None` for fewer than 32 bytes.
    #[must_use]
    pub fn read(memory: &[u8]) -> Option<Self> {
        let as_is = Self::read_in_order(memory, false)?;
        if as_is.is_whole() {
            return Some(as_is);
        }
        let turned: Vec<u8> = memory.chunks(4).flat_map(|block| block.iter().rev().copied()).collect();
        let turned = Self::read_in_order(&turned, true)?;
        Some(if turned.is_whole() { turned } else { as_is })
    }

    fn read_in_order(memory: &[u8], reversed: bool) -> Option<Self> {
        let [byte0, parts_in_item, part_number, ..] = *memory.get(..SHORT_RECORD_BYTES)? else { return None };
        let crc_stored = memory.get(CRC)?.iter().rev().fold(0, |crc, byte| crc << 8 | u16::from(*byte));
        let long = memory.get(..RECORD_BYTES).map(crc_of);
        let short = crc_of(memory.get(..SHORT_RECORD_BYTES)?);
        // On a larger tag the short form may lie too, with something else behind it.
        let is_short = long.is_none_or(|long| long != crc_stored && short == crc_stored);
        let end = if is_short { SHORT_RECORD_BYTES } else { RECORD_BYTES };
        Some(Self {
            reversed,
            byte0,
            parts_in_item,
            part_number,
            crc_stored,
            crc_calc: if is_short { short } else { long.unwrap_or(short) },
            extensions: if is_short { Vec::new() } else { extensions(memory.get(RECORD_BYTES..)?) },
            id: memory.get(ID)?.to_vec(),
            owner: memory.get(OWNER_AT..end)?.to_vec(),
        })
    }

    /// Whether the CRC is right.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.crc_stored == self.crc_calc
    }

    /// Whether nothing was written but, perhaps, the CRC of nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let zeros = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
        self.byte0 == 0
            && self.parts_in_item == 0
            && self.part_number == 0
            && zeros(&self.id)
            && zeros(&self.owner)
    }

    /// The primary item id as text up to its first zero; empty where there is none, `None` where it is no text.
    #[must_use]
    pub fn id_text(&self) -> Option<&str> {
        until_zero(&self.id)
    }

    /// The owner as written, without the ISIL's first hyphen; `None` where it is no text.
    #[must_use]
    pub fn owner_text(&self) -> Option<&str> {
        until_zero(&self.owner)
    }

    /// The owner's ISIL: two letters of the country, a hyphen, the rest.
    #[must_use]
    pub fn owner_isil(&self) -> Option<TagText> {
        let owner = self.owner_text()?;
        let (country, rest) = owner.split_at_checked(2)?;
        let country_has_letters = country.bytes().all(|byte| byte.is_ascii_alphabetic());
        // Some writers leave the hyphen in.
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        TagText::new(&if country_has_letters && !rest.is_empty() {
            format!("{country}-{rest}")
        } else {
            owner.into()
        })
    }

    /// Content parameter and type of usage, where they can be told: the half that is 1 is the content parameter, unless
    /// the site knows better.
    #[must_use]
    pub fn usage(&self, profile: &TagProfile) -> Option<(u8, u8)> {
        let (high, low) = (self.byte0 >> 4, self.byte0 & 0xF);
        match (profile.usage_nibble, high, low) {
            (Some(Nibble::Low), ..) | (None, 1, _) => Some((high, low)),
            (Some(Nibble::High), ..) | (None, _, 1) => Some((low, high)),
            (None, _, _) => None,
        }
    }

    /// What it says as a library tag; `None` when the CRC is wrong or there is no id.
    #[must_use]
    pub fn data(&self, profile: &TagProfile) -> Option<TagData> {
        if !self.is_whole() {
            return None;
        }
        let (parts_in_item, part_number) = parts(self.parts_in_item, self.part_number);
        Some(TagData {
            model: Model::Iso28560Part3,
            primary_item_id: TagText::new(self.id_text()?)?,
            owner_isil: self.owner_isil(),
            type_of_usage: self.usage(profile).map(|(_, usage)| usage),
            parts_in_item,
            part_number,
        })
    }
}

/// Whether a memory looks like a record that is damaged: text of at least four characters where the id is, zeros behind
/// it, at most one byte of it wrong; and a byte 0 that does not say text follows, as an object of ISO 28560-2 would.
#[must_use]
pub fn looks_like_one(memory: &[u8]) -> bool {
    let (Some(byte0), Some(id)) = (memory.first(), memory.get(ID)) else { return false };
    let is_text_object = matches!(byte0, 0x61 | 0x71 | 0xE1 | 0xF1);
    let fits = |length: usize| {
        let as_expected =
            |(at, byte): (usize, &u8)| if at < length { byte.is_ascii_graphic() } else { *byte == 0 };
        id.iter().enumerate().filter(|pair| !as_expected(*pair)).count() <= 1
    };
    !is_text_object && (4..=id.len()).any(fits)
}

/// The CRC of a record of 34 or 32 bytes: what comes before it and what comes after; missing bytes count as zero.
pub(super) fn crc_of(record: &[u8]) -> u16 {
    let before = record.iter().copied().take(CRC.start);
    let after = record.iter().copied().skip(CRC.end).chain(std::iter::repeat(0));
    crc16(before.chain(after.take(RECORD_BYTES - CRC.end)))
}

fn until_zero(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    std::str::from_utf8(bytes.get(..end)?).ok()
}

/// The extension blocks up to a length of zero, a block that runs past the end, or a wrong check: then that one is the
/// last, and marked.
fn extensions(mut rest: &[u8]) -> Vec<Extension> {
    let mut found = Vec::new();
    while let Some((length, after)) = rest.split_first() {
        match length {
            0 => break,
            // One byte of filling.
            1 => rest = after,
            length => {
                let Some(block) = rest.get(..usize::from(*length)) else { break };
                let Some(extension) = extension(*length, block) else { break };
                rest = rest.get(usize::from(*length)..).unwrap_or_default();
                let whole = extension.whole;
                found.push(extension);
                if !whole {
                    break;
                }
            }
        }
    }
    found
}

fn extension(length: u8, block: &[u8]) -> Option<Extension> {
    let (id, rest) = match *block.get(1..)? {
        // A high byte of FF makes room for a third byte.
        [low, 0xFF, third, ref rest @ ..] => (u32::from_le_bytes([low, 0xFF, third, 0]), rest),
        [low, high, ref rest @ ..] => (u32::from_le_bytes([low, high, 0, 0]), rest),
        _ => return None,
    };
    let (check, data) = rest.split_first()?;
    let whole = block.iter().fold(0, |xor, byte| xor ^ byte) == 0;
    Some(Extension { length, id, check: *check, whole, data: data.to_vec() })
}
