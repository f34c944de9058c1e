//! ISO 28560-2: objects one behind the other (ISO/IEC 15962, no-directory).
//!
//! An object is `precursor [further relative OID] [offset] length data [pad]`. The precursor: bit 7 an offset byte
//! follows, bits 6–4 the compaction, bits 3–0 the relative OID (15 = add the next byte). A precursor 00 ends the memory's
//! use, 80 is skipped. A broken object ends the reading; what came before it counts.

use super::compaction::{Compaction, isil_text};
use super::{Model, TagData, TagText, parts};

/// Primary item identifier.
pub const OID_PRIMARY_ITEM_ID: u16 = 1;
/// Which objects there are.
pub const OID_CONTENT_PARAMETER: u16 = 2;
/// The owner's ISIL.
pub const OID_OWNER: u16 = 3;
/// Set information: parts and part.
pub const OID_SET_INFORMATION: u16 = 4;
/// Type of usage.
pub const OID_TYPE_OF_USAGE: u16 = 5;
const OID_ILL_BORROWER: u16 = 11;
const OID_ALTERNATIVE_OWNER: u16 = 23;
/// Most bytes of a length: three groups of seven bits are two megabytes, more than any tag.
const MOST_LENGTH_BYTES: usize = 3;

/// An object as read.
#[derive(Clone, PartialEq, Eq)]
pub enum Object {
    /// One that is whole.
    Whole {
        /// Relative object identifier.
        oid: u16,
        /// How its bytes are read.
        compaction: Compaction,
        /// Its bytes.
        raw: Vec<u8>,
        /// Bytes of padding behind it, where its precursor has an offset.
        pad_bytes: Option<u8>,
    },
    /// One that cannot be read, and everything behind it.
    Broken {
        /// Where its precursor is, in bytes.
        at: usize,
        /// Its relative object identifier, if it came so far.
        oid: Option<u16>,
        /// What is wrong.
        fault: ObjectFault,
    },
}

/// Why an object cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ObjectFault {
    /// It runs past the end of the memory.
    #[error("truncated")]
    Truncated,
    /// Its length has more groups than any tag could hold.
    #[error("length")]
    Length,
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole { oid, compaction, raw, .. } => {
                write!(f, "Object(oid {oid}, {compaction:?}, {} bytes)", raw.len())
            }
            Self::Broken { at, oid, fault } => write!(f, "Broken(at {at}, oid {oid:?}, {fault:?})"),
        }
    }
}

impl Object {
    /// What it says as text; `None` where it is no text.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Whole {
                oid: OID_OWNER | OID_ILL_BORROWER | OID_ALTERNATIVE_OWNER,
                compaction,
                raw,
                ..
            } => isil_text(*compaction, raw),
            Self::Whole { compaction, raw, .. } => compaction.text(raw),
            Self::Broken { .. } => None,
        }
    }

    /// The relative OIDs that a content parameter names: its most significant bit is OID 3.
    #[must_use]
    pub fn oids_present(&self) -> Option<Vec<u16>> {
        let Self::Whole { oid: OID_CONTENT_PARAMETER, raw, .. } = self else { return None };
        let bits = raw.iter().flat_map(|byte| (0..8).map(move |bit| byte >> (7 - bit) & 1 == 1));
        Some((OID_OWNER..).zip(bits).filter(|(_, set)| *set).map(|(oid, _)| oid).collect())
    }

    fn oid(&self) -> Option<u16> {
        match self {
            Self::Whole { oid, .. } => Some(*oid),
            Self::Broken { .. } => None,
        }
    }
}

/// Whether the first precursor is that of a primary item id.
#[must_use]
pub fn begins_like_one(memory: &[u8]) -> bool {
    memory.first().is_some_and(|precursor| u16::from(precursor & 0xF) == OID_PRIMARY_ITEM_ID)
}

/// Whether every object is whole and the first two are an item id and a content parameter as they must be written; an
/// item id alone counts where `only` says so.
#[must_use]
pub fn are_in_order(memory: &[u8], only: bool) -> bool {
    let objects = read(memory);
    let whole = objects.iter().all(|object| matches!(object, Object::Whole { .. }));
    let second = match objects.as_slice() {
        [_] => only,
        [_, Object::Whole { oid: OID_CONTENT_PARAMETER, compaction: Compaction::Application, .. }, ..] => {
            true
        }
        _ => false,
    };
    whole && second && data(&objects).is_some()
}

/// Reads a memory's objects; at most one for every two bytes.
#[must_use]
pub fn read(memory: &[u8]) -> Vec<Object> {
    let mut objects = Vec::new();
    let mut at = 0;
    while let Some(precursor) = memory.get(at) {
        match precursor {
            0x00 => break,
            0x80 => at += 1,
            _ => match one(memory, at) {
                Ok((object, next)) => {
                    objects.push(object);
                    at = next;
                }
                Err((oid, fault)) => {
                    objects.push(Object::Broken { at, oid, fault });
                    break;
                }
            },
        }
    }
    objects
}

type Fault = (Option<u16>, ObjectFault);

fn one(memory: &[u8], start: usize) -> Result<(Object, usize), Fault> {
    let mut at = start;
    let byte = |at: &mut usize, oid| {
        let byte = memory.get(*at).copied().ok_or((oid, ObjectFault::Truncated))?;
        *at += 1;
        Ok(byte)
    };
    let precursor = byte(&mut at, None)?;
    let oid = match precursor & 0xF {
        0xF => 15 + u16::from(byte(&mut at, None)?),
        oid => u16::from(oid),
    };
    let pad_bytes = if precursor & 0x80 != 0 { Some(byte(&mut at, Some(oid))?) } else { None };
    let mut length = 0_usize;
    for group in 0.. {
        if group == MOST_LENGTH_BYTES {
            return Err((Some(oid), ObjectFault::Length));
        }
        let next = byte(&mut at, Some(oid))?;
        length = length << 7 | usize::from(next & 0x7F);
        if next & 0x80 == 0 {
            break;
        }
    }
    let raw = memory.get(at..at.saturating_add(length)).ok_or((Some(oid), ObjectFault::Truncated))?.to_vec();
    let next = at + length + usize::from(pad_bytes.unwrap_or(0));
    Ok((Object::Whole { oid, compaction: Compaction::of(precursor >> 4), raw, pad_bytes }, next))
}

/// What the objects say as a library tag; `None` unless the first is a primary item id that is text.
#[must_use]
pub fn data(objects: &[Object]) -> Option<TagData> {
    let first = objects.first().filter(|object| object.oid() == Some(OID_PRIMARY_ITEM_ID))?;
    let find = |oid| objects.iter().find(|object| object.oid() == Some(oid));
    let (total, ordinal) = find(OID_SET_INFORMATION).and_then(set_information).unwrap_or((1, 1));
    let (parts_in_item, part_number) = parts(total, ordinal);
    Some(TagData {
        model: Model::Iso28560Part2,
        primary_item_id: TagText::new(&first.text()?)?,
        owner_isil: find(OID_OWNER).and_then(Object::text).and_then(|text| TagText::new(&text)),
        type_of_usage: find(OID_TYPE_OF_USAGE).and_then(type_of_usage),
        parts_in_item,
        part_number,
    })
}

/// "ttpp", of which an integer has lost its leading zeros; longer sets are "tttppp".
fn set_information(object: &Object) -> Option<(u8, u8)> {
    let mut digits = object.text()?;
    if digits.is_empty() || digits.len() > 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if digits.len() % 2 == 1 {
        digits.insert(0, '0');
    }
    if digits.len() == 2 {
        digits.insert_str(0, "00");
    }
    let (total, ordinal) = digits.split_at_checked(digits.len() / 2)?;
    Some((total.parse().ok()?, ordinal.parse().ok()?))
}

/// One byte whose high half is the class. Some writers put it as two digits, others as a digit in ASCII.
fn type_of_usage(object: &Object) -> Option<u8> {
    let Object::Whole { compaction, raw, .. } = object else { return None };
    match (compaction, raw.as_slice()) {
        (Compaction::Octets | Compaction::Utf8, [digit @ b'0'..=b'9']) => Some(digit - b'0'),
        (_, [byte]) => Some(byte >> 4),
        (_, _) => None,
    }
}
