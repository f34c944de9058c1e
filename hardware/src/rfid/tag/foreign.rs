//! Two makers' own layouts, read only.

use super::{Model, TagData, TagText, parts};

/// bibliotheca DM11: byte 0 is 11, the number of characters; from byte 1 on a little-endian stream of bits, the first six
/// of them 1, then characters of six bits (ASCII less 20), at most eleven; F5 55 ends the record of 32 bytes.
///
/// Found by comparing public sample tags, not in a maker's paper.
#[derive(Clone, PartialEq, Eq)]
pub struct Dm11 {
    /// Eleven characters, spaces at the end.
    pub characters: String,
}

impl std::fmt::Debug for Dm11 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dm11(…)")
    }
}

const DM11_CHARACTERS: usize = 11;

impl Dm11 {
    /// Reads a memory; `None` where it is no such record.
    #[must_use]
    pub fn read(memory: &[u8]) -> Option<Self> {
        let record = memory.get(..32)?;
        if record.first() != Some(&0x0B) || record.get(30..) != Some(&[0xF5, 0x55]) {
            return None;
        }
        let stream = record.get(1..30)?;
        let bit = |at: usize| stream.get(at / 8).map_or(0, |byte| byte >> (at % 8) & 1);
        let code = |index: usize| (0..6).fold(0, |code, offset| code | bit(index * 6 + offset) << offset);
        if code(0) != 1 {
            return None;
        }
        let codes = (1..=DM11_CHARACTERS).map(code);
        // A short number is filled up with zeros, which read as spaces.
        Some(Self { characters: codes.map(|code| char::from(code + 0x20)).collect() })
    }

    pub(super) fn data(&self) -> Option<TagData> {
        plain(Model::Dm11, &self.characters, 1, 1)
    }
}

/// 3M, as its RFID 501 pad writes it: `04 | item and total of the set, half a byte each | 00 | item type`, 16 bytes of
/// ASCII, branch (12 bits) and library (20 bits), four bytes of the library's own, four of zeros.
#[derive(Clone, PartialEq, Eq)]
pub struct Rfid501 {
    /// Which part this is.
    pub set_item: u8,
    /// Of how many.
    pub set_total: u8,
    /// The maker's number of the kind of item.
    pub item_type: u8,
    /// The item's number.
    pub content: String,
    /// Branch, 12 bits.
    pub branch: u16,
    /// Library, 20 bits.
    pub library: u32,
    /// The library's own.
    pub custom: i32,
}

impl std::fmt::Debug for Rfid501 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rfid501(…)")
    }
}

impl Rfid501 {
    /// Reads a memory; `None` where it is no such record.
    #[must_use]
    pub fn read(memory: &[u8]) -> Option<Self> {
        let record = memory.get(..32)?;
        let [0x04, set, 0x00, item_type, ..] = *record else { return None };
        let content = record.get(4..20)?;
        let end = content.iter().position(|byte| *byte == 0).unwrap_or(content.len());
        let (text, rest) = content.split_at_checked(end)?;
        let is_text = !text.is_empty() && text.iter().all(|byte| (0x20..0x7F).contains(byte));
        let is_filled = rest.iter().all(|byte| *byte == 0) && record.get(28..)?.iter().all(|byte| *byte == 0);
        if !is_text || !is_filled {
            return None;
        }
        let word = |at: usize| record.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
        let (place, custom) = (word(20)?, word(24)?);
        Some(Self {
            set_item: set >> 4,
            set_total: set & 0xF,
            item_type,
            content: text.iter().map(|byte| char::from(*byte)).collect(),
            branch: u16::try_from(place >> 20).ok()?,
            library: place & 0xF_FFFF,
            custom: custom.cast_signed(),
        })
    }

    pub(super) fn data(&self) -> Option<TagData> {
        plain(Model::Rfid501, &self.content, self.set_total, self.set_item)
    }
}

fn plain(model: Model, id: &str, total: u8, ordinal: u8) -> Option<TagData> {
    let (parts_in_item, part_number) = parts(total, ordinal);
    Some(TagData {
        model,
        primary_item_id: TagText::new(id)?,
        owner_isil: None,
        type_of_usage: None,
        parts_in_item,
        part_number,
    })
}
