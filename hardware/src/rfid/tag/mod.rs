//! What a library tag's memory says. Pure: bytes in, values out.
//!
//! - [`decode`] tells which of four models a memory follows, and what it says: ISO 28560-3 ([`danish`]), ISO 28560-2
//!   ([`objects`]), bibliotheca DM11 and 3M ([`foreign`], read only). Anything else is an unknown tag or a blank one.
//! - [`write`] makes the memory of a new tag, ISO 28560-3 or 28560-2.
//! - [`TagProfile`] holds what a site must say because tags do not.
//!
//! Invariants: no bytes make it panic; a primary item id is never blank and holds no control character; a model is
//! taken only on evidence (a right CRC, a whole first object, a maker's frame), never on the DSFID alone; `Debug`
//! output never shows what a tag says, since a patron card may be one.

pub mod compaction;
pub mod danish;
pub mod foreign;
pub mod isil;
pub mod objects;
pub mod write;

mod bits;
mod crc;
mod profile;
mod text;

pub use crc::crc16;
pub use profile::{Nibble, ProfileFault, TagProfile};
pub use text::TagText;

use serde::Deserialize;

/// How a tag's memory is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
pub enum Model {
    /// ISO 28560-3, the fixed layout; also the Danish model DS/INF 163.
    #[serde(rename = "28560-3")]
    Iso28560Part3,
    /// ISO 28560-2, objects encoded after ISO/IEC 15962.
    #[serde(rename = "28560-2")]
    Iso28560Part2,
    /// bibliotheca DM11.
    #[serde(rename = "dm11")]
    Dm11,
    /// 3M, as its RFID 501 pad writes it.
    #[serde(rename = "3m")]
    Rfid501,
}

/// What the tag's system area says, as far as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SystemBytes {
    /// Data storage format identifier: 3E = ISO 28560-3, 06 = ISO 28560-2; often 00 whatever the model.
    pub dsfid: Option<u8>,
    /// Application family identifier.
    pub afi: Option<u8>,
}

/// What a library tag says, whatever its model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagData {
    /// How it was written.
    pub model: Model,
    /// The number of the item, or of a patron card.
    pub primary_item_id: TagText,
    /// The owner's ISIL, with its first hyphen.
    pub owner_isil: Option<TagText>,
    /// Type of usage, 0 to 15 (ISO 28560-1): 1 circulating, 2 not for circulation, 8 patron card. `None` = not said or
    /// not certain.
    pub type_of_usage: Option<u8>,
    /// Parts of the item, 1 to 255.
    pub parts_in_item: u8,
    /// Which of them this one is, 1 to `parts_in_item`.
    pub part_number: u8,
}

/// Type of usage of a patron card (ISO 28560-1).
pub const USAGE_PATRON_CARD: u8 = 8;

/// What a memory was found to be, with all that was read on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// A library tag.
    Tag {
        /// What it says.
        data: TagData,
        /// Its fields as its model has them.
        detail: Detail,
    },
    /// Nothing was ever written, or it was erased.
    Blank {
        /// The zeros as a record, for a technician.
        record: Option<danish::Record>,
    },
    /// Not a library tag, or one that is damaged.
    Unknown {
        /// The fields of the model its DSFID or its beginning promises, for a technician.
        attempt: Option<Detail>,
        /// Whether the memory, read as ISO 28560-3, would have a right CRC.
        part3_crc_ok: bool,
    },
}

/// Fields as the models have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// ISO 28560-3.
    Part3(danish::Record),
    /// ISO 28560-2.
    Part2(Vec<objects::Object>),
    /// bibliotheca DM11.
    Dm11(foreign::Dm11),
    /// 3M.
    Rfid501(foreign::Rfid501),
}

/// Tells what a memory says. Takes at least the first 32 bytes; more is better.
#[must_use]
pub fn decode(memory: &[u8], system: SystemBytes, profile: &TagProfile) -> Decoded {
    let promised = system.dsfid.and_then(|dsfid| profile.model_of(dsfid));
    if memory.iter().all(|byte| *byte == 0) || memory.iter().all(|byte| *byte == 0xFF) {
        return Decoded::Blank { record: danish::Record::read(memory) };
    }
    // A right CRC is the best evidence there is; a promise comes next.
    let mut models = vec![Model::Dm11, Model::Rfid501, Model::Iso28560Part2];
    models.sort_by_key(|model| Some(*model) != promised);
    models.insert(0, Model::Iso28560Part3);
    // One memory of 65,536 has a right CRC by chance: objects in good order are evidence too.
    if promised != Some(Model::Iso28560Part3) {
        let only = promised == Some(Model::Iso28560Part2);
        models.sort_by_key(|model| !(*model == Model::Iso28560Part2 && objects::are_in_order(memory, only)));
    }
    // The beginning of a damaged record of part 3 reads as an object of part 2 with a wrong number.
    let damaged = promised == Some(Model::Iso28560Part3)
        || promised != Some(Model::Iso28560Part2) && danish::looks_like_one(memory);
    models.retain(|model| !(damaged && *model == Model::Iso28560Part2));
    for model in models {
        if let Some((data, detail)) = decode_as(model, memory, profile) {
            return Decoded::Tag { data, detail };
        }
    }
    let record = danish::Record::read(memory);
    let part3_crc_ok = record.as_ref().is_some_and(danish::Record::is_whole);
    if part3_crc_ok && record.as_ref().is_some_and(danish::Record::is_empty) {
        return Decoded::Blank { record };
    }
    let attempt = match promised {
        Some(Model::Iso28560Part3) => record.map(Detail::Part3),
        Some(Model::Iso28560Part2) => Some(Detail::Part2(objects::read(memory))),
        Some(Model::Dm11 | Model::Rfid501) => None,
        None if damaged => record.map(Detail::Part3),
        None if objects::begins_like_one(memory) => Some(Detail::Part2(objects::read(memory))),
        None => None,
    };
    Decoded::Unknown { attempt, part3_crc_ok }
}

fn decode_as(model: Model, memory: &[u8], profile: &TagProfile) -> Option<(TagData, Detail)> {
    match model {
        Model::Iso28560Part3 => {
            let record = danish::Record::read(memory)?;
            Some((record.data(profile)?, Detail::Part3(record)))
        }
        Model::Iso28560Part2 => {
            let objects = objects::read(memory);
            Some((objects::data(&objects)?, Detail::Part2(objects)))
        }
        Model::Dm11 => {
            let record = foreign::Dm11::read(memory)?;
            Some((record.data()?, Detail::Dm11(record)))
        }
        Model::Rfid501 => {
            let record = foreign::Rfid501::read(memory)?;
            Some((record.data()?, Detail::Rfid501(record)))
        }
    }
}

/// Parts as a tag may say them: at least one, and the ordinal among them. Some writers swap the two, some leave zeros.
fn parts(total: u8, ordinal: u8) -> (u8, u8) {
    let (total, ordinal) = (total.max(1), ordinal.max(1));
    if ordinal > total { (ordinal, total) } else { (total, ordinal) }
}
