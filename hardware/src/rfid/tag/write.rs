//! What is written to a new tag, ISO 28560-3 or 28560-2. Keeps to the standard where real writers differ.

use super::compaction::Compaction;
use super::danish::{RECORD_BYTES, SHORT_RECORD_BYTES, crc_of};
use super::objects::{
    OID_CONTENT_PARAMETER, OID_OWNER, OID_PRIMARY_ITEM_ID, OID_SET_INFORMATION, OID_TYPE_OF_USAGE,
};
use super::{Model, TagText, isil};

/// Data storage format identifier of ISO 28560-3.
pub const DSFID_PART_3: u8 = 0x3E;
/// Data storage format identifier of ISO 28560-2.
pub const DSFID_PART_2: u8 = 0x06;

/// What a tag is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTag {
    /// The item's number.
    pub primary_item_id: TagText,
    /// The owner's ISIL, with its hyphen.
    pub owner_isil: Option<TagText>,
    /// Type of usage, 0 to 15.
    pub type_of_usage: u8,
    /// Parts of the item.
    pub parts_in_item: u8,
    /// Which of them this is.
    pub part_number: u8,
}

/// How it is to be laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// ISO 28560-3, 34 bytes.
    Part3,
    /// ISO 28560-3, 32 bytes, for tags that hold no more.
    Part3Short,
    /// ISO 28560-2. With the bytes of a block the primary item id fills its blocks, so that they can be locked.
    Part2 {
        /// Bytes of a block, if the first ones are to be locked.
        align_bytes: Option<u8>,
    },
}

impl Layout {
    /// The model.
    #[must_use]
    pub fn model(self) -> Model {
        match self {
            Self::Part3 | Self::Part3Short => Model::Iso28560Part3,
            Self::Part2 { .. } => Model::Iso28560Part2,
        }
    }

    /// The DSFID that goes with it.
    #[must_use]
    pub fn dsfid(self) -> u8 {
        match self {
            Self::Part3 | Self::Part3Short => DSFID_PART_3,
            Self::Part2 { .. } => DSFID_PART_2,
        }
    }
}

/// Why a tag cannot be written so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteFault {
    /// The id is too long.
    #[error("the id has {found} bytes; this layout has room for {most}")]
    IdTooLong {
        /// Bytes in UTF-8.
        found: usize,
        /// Most of them.
        most: usize,
    },
    /// The owner is too long.
    #[error("the ISIL without its hyphen has {found} bytes; this layout has room for {most}")]
    OwnerTooLong {
        /// Bytes.
        found: usize,
        /// Most of them.
        most: usize,
    },
    /// The owner is no ISIL.
    #[error(
        "the ISIL is two letters of the country, a hyphen, then letters, digits, '-', ':' or '/', as in KZ-ALA12"
    )]
    NoIsil,
    /// Type of usage out of range.
    #[error("the type of usage is 0 to 15, found {found}")]
    Usage {
        /// As given.
        found: u8,
    },
    /// A part that cannot be.
    #[error("part {part} of {parts} cannot be; parts count from 1, and ISO 28560-2 has at most 99")]
    Parts {
        /// Ordinal.
        part: u8,
        /// Total.
        parts: u8,
    },
}

/// The memory of a new tag from byte 0 on. What the tag holds beyond it is to be zero.
///
/// # Errors
/// [`WriteFault`]: what does not fit, and how much room there is.
pub fn encode(tag: &NewTag, layout: Layout) -> Result<Vec<u8>, WriteFault> {
    let (parts, part) = (tag.parts_in_item, tag.part_number);
    if part == 0 || part > parts {
        return Err(WriteFault::Parts { part, parts });
    }
    if tag.type_of_usage > 15 {
        return Err(WriteFault::Usage { found: tag.type_of_usage });
    }
    match layout {
        Layout::Part3 => record(tag, RECORD_BYTES),
        Layout::Part3Short => record(tag, SHORT_RECORD_BYTES),
        Layout::Part2 { align_bytes } => objects(tag, align_bytes),
    }
}

fn record(tag: &NewTag, length: usize) -> Result<Vec<u8>, WriteFault> {
    let id = tag.primary_item_id.as_str().as_bytes();
    if id.len() > 16 {
        return Err(WriteFault::IdTooLong { found: id.len(), most: 16 });
    }
    let owner = match &tag.owner_isil {
        Some(isil) => {
            let (country, rest) = isil.as_str().split_once('-').ok_or(WriteFault::NoIsil)?;
            if country.len() != 2
                || !country.bytes().all(|byte| byte.is_ascii_alphabetic())
                || rest.is_empty()
                || rest.starts_with('-')
            {
                return Err(WriteFault::NoIsil);
            }
            [country, rest].concat()
        }
        None => String::new(),
    };
    let most = length - 21;
    if owner.len() > most {
        return Err(WriteFault::OwnerTooLong { found: owner.len(), most });
    }
    let mut bytes = vec![0x10 | tag.type_of_usage, tag.parts_in_item, tag.part_number];
    bytes.extend(id);
    bytes.resize(21, 0);
    bytes.extend(owner.as_bytes());
    bytes.resize(length, 0);
    let crc = crc_of(&bytes).to_le_bytes();
    if let Some(place) = bytes.get_mut(19..21) {
        place.copy_from_slice(&crc);
    }
    Ok(bytes)
}

fn objects(tag: &NewTag, align_bytes: Option<u8>) -> Result<Vec<u8>, WriteFault> {
    const MOST_ID_BYTES: usize = 100;
    let (compaction, id) = Compaction::choose(tag.primary_item_id.as_str());
    if id.len() > MOST_ID_BYTES {
        return Err(WriteFault::IdTooLong { found: id.len(), most: MOST_ID_BYTES });
    }
    let mut bytes = Vec::new();
    match align_bytes {
        None | Some(0) => object(&mut bytes, OID_PRIMARY_ITEM_ID, compaction, &id),
        Some(align) => {
            let used = 3 + id.len();
            let pad = used.next_multiple_of(usize::from(align)) - used;
            bytes.push(0x80 | compaction.code() << 4 | 1);
            bytes.extend([u8::try_from(pad).unwrap_or(0), u8::try_from(id.len()).unwrap_or(0)]);
            bytes.extend(&id);
            bytes.resize(used + pad, 0x80);
        }
    }
    let mut others: Vec<(u16, Compaction, Vec<u8>)> = Vec::new();
    if let Some(owner) = &tag.owner_isil {
        let code = isil::encode(owner.as_str()).ok_or(WriteFault::NoIsil)?;
        if code.len() > MOST_ID_BYTES {
            return Err(WriteFault::OwnerTooLong { found: code.len(), most: MOST_ID_BYTES });
        }
        others.push((OID_OWNER, Compaction::Application, code));
    }
    if tag.parts_in_item > 1 {
        if tag.parts_in_item > 99 {
            return Err(WriteFault::Parts { part: tag.part_number, parts: tag.parts_in_item });
        }
        let (compaction, code) =
            Compaction::choose(&format!("{:02}{:02}", tag.parts_in_item, tag.part_number));
        others.push((OID_SET_INFORMATION, compaction, code));
    }
    others.push((OID_TYPE_OF_USAGE, Compaction::Application, vec![tag.type_of_usage << 4]));
    let bitmap = others.iter().fold(0_u8, |bits, (oid, ..)| bits | 0x80 >> (oid - OID_OWNER));
    object(&mut bytes, OID_CONTENT_PARAMETER, Compaction::Application, &[bitmap]);
    for (oid, compaction, code) in others {
        object(&mut bytes, oid, compaction, &code);
    }
    Ok(bytes)
}

/// Appends an object of at most 127 bytes with a relative OID below 15.
fn object(bytes: &mut Vec<u8>, oid: u16, compaction: Compaction, data: &[u8]) {
    let oid = u8::try_from(oid & 0xF).unwrap_or(0);
    bytes.extend([compaction.code() << 4 | oid, u8::try_from(data.len()).unwrap_or(0)]);
    bytes.extend(data);
}
