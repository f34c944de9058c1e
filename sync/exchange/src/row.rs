//! Row form: one event, or one record, as bytes by itself. Journals and the region's tables keep events in it, the
//! chain is computed over it. It is postcard of the fields in their order; an event's seq stands outside.
//!
//! `row = kind: u16, wall_s: i64, boot: u32, mono_s: u64, trust: u8, rules: u32, data_as_of_s: i64, payload`

use crate::{Act, Basis, Day, Event, ItemId, PatronId, Record, RefusalKind, ReviewId, Seq, Stamp, TitleId};
use serde::{Deserialize, Serialize};

/// Why bytes are no row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// The fields that every event has could not be read.
    #[error("an event's header is cut short or damaged")]
    Header,
    /// A record could not be read.
    #[error("a reference record is cut short or damaged")]
    Record,
}

#[derive(Serialize, Deserialize)]
struct Header {
    kind: u16,
    at: Stamp,
    basis: Basis,
}

/// Room for most rows, in bytes: a loan of an item with a number of 14 digits has about forty.
const ROOM: usize = 64;

/// The row form of `event`, without its seq.
pub fn encode(event: &Event) -> Vec<u8> {
    let header = Header { kind: event.act.kind(), at: event.at, basis: event.basis };
    put_payload(&event.act, to_bytes(&header))
}

/// The event with this seq and row form. A kind that is not known, or a payload of a known kind that does not fit it,
/// gives [`Act::Unknown`] with the bytes kept.
///
/// # Errors
/// [`RowError::Header`] if not even the common fields can be read.
pub fn decode(seq: Seq, row: &[u8]) -> Result<Event, RowError> {
    let (header, payload) = postcard::take_from_bytes::<Header>(row).map_err(|_| RowError::Header)?;
    Ok(Event { seq, at: header.at, basis: header.basis, act: decode_payload(header.kind, payload) })
}

/// The fields of an act, without its kind.
pub fn encode_payload(act: &Act) -> Vec<u8> {
    put_payload(act, Vec::with_capacity(ROOM))
}

fn put_payload(act: &Act, mut bytes: Vec<u8>) -> Vec<u8> {
    match act {
        Act::StationStarted { version } => put(version, bytes),
        Act::CheckedOut { patron, item, due } | Act::Renewed { patron, item, due } => {
            put(&(patron, item, due), bytes)
        }
        Act::Returned { item } => put(item, bytes),
        Act::CountedIssued { patron, title, count, due } => put(&(patron, title, count, due), bytes),
        Act::CountedReturned { patron, title, count } => put(&(patron, title, count), bytes),
        Act::Undone { seq } => put(seq, bytes),
        Act::Refused { reason, item } => put(&(reason, item), bytes),
        Act::ReviewDecided { review, accept } => put(&(review, accept), bytes),
        Act::ClockChanged { from_s, to_s } => put(&(from_s, to_s), bytes),
        Act::Unknown { payload, .. } => {
            bytes.extend(payload);
            bytes
        }
    }
}

/// The act of this kind with these fields; [`Act::Unknown`] if the kind is not known or the bytes do not fit it exactly.
pub fn decode_payload(kind: u16, payload: &[u8]) -> Act {
    known_payload(kind, payload)
        .filter(|act| encode_payload(act) == payload)
        .unwrap_or_else(|| Act::Unknown { kind, payload: payload.to_vec() })
}

fn known_payload(kind: u16, payload: &[u8]) -> Option<Act> {
    Some(match kind {
        1 => Act::StationStarted { version: from_bytes(payload)? },
        2 => {
            let (patron, item, due): (PatronId, ItemId, Day) = from_bytes(payload)?;
            Act::CheckedOut { patron, item, due }
        }
        3 => Act::Returned { item: from_bytes(payload)? },
        4 => {
            let (patron, item, due): (PatronId, ItemId, Day) = from_bytes(payload)?;
            Act::Renewed { patron, item, due }
        }
        5 => {
            let (patron, title, count, due): (PatronId, TitleId, u16, Day) = from_bytes(payload)?;
            Act::CountedIssued { patron, title, count, due }
        }
        6 => {
            let (patron, title, count): (PatronId, TitleId, u16) = from_bytes(payload)?;
            Act::CountedReturned { patron, title, count }
        }
        7 => Act::Undone { seq: from_bytes(payload)? },
        8 => {
            let (reason, item): (RefusalKind, Option<ItemId>) = from_bytes(payload)?;
            Act::Refused { reason, item }
        }
        9 => {
            let (review, accept): (ReviewId, bool) = from_bytes(payload)?;
            Act::ReviewDecided { review, accept }
        }
        10 => {
            let (from_s, to_s): (i64, i64) = from_bytes(payload)?;
            Act::ClockChanged { from_s, to_s }
        }
        _ => return None,
    })
}

/// The row form of a reference record.
pub fn encode_record(record: &Record) -> Vec<u8> {
    to_bytes(record)
}

/// The record with this row form.
///
/// # Errors
/// [`RowError::Record`] if the bytes are not exactly one record.
pub fn decode_record(bytes: &[u8]) -> Result<Record, RowError> {
    from_bytes(bytes).ok_or(RowError::Record)
}

/// Postcard of our types cannot fail: no sequence is of unknown length, no writer runs full, and none of them refuses.
pub(crate) fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    put(value, Vec::with_capacity(ROOM))
}

/// As [`to_bytes`], behind what is in `bytes`.
fn put(value: &impl Serialize, bytes: Vec<u8>) -> Vec<u8> {
    postcard::to_extend(value, bytes).unwrap_or_else(|fault| {
        debug_assert!(false, "{fault}");
        Vec::new()
    })
}

pub(crate) fn from_bytes<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Some(value),
        Ok((_, [_, ..])) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClockTrust;

    fn event(act: Act) -> Event {
        Event {
            seq: Seq(5),
            at: Stamp { wall_s: -1, boot: 300, mono_s: 7, trust: ClockTrust::Synced },
            basis: Basis { rules: 2, data_as_of_s: 1 },
            act,
        }
    }

    /// Written out by hand from the description at the top and the rules of varints.
    #[test]
    fn a_row_is_what_the_description_says() {
        let row = encode(&event(Act::Returned { item: ItemId::new("A7").unwrap() }));
        assert_eq!(row, [3, 1, 0xac, 2, 7, 2, 2, 2, 2, b'A', b'7']);
    }

    #[test]
    fn a_kind_of_a_newer_program_keeps_its_bytes() {
        let row = encode(&event(Act::Unknown { kind: 300, payload: vec![1, 2, 3] }));
        let read = decode(Seq(5), &row).unwrap();
        assert_eq!(read.act, Act::Unknown { kind: 300, payload: vec![1, 2, 3] });
        assert_eq!(encode(&read), row);
    }

    #[test]
    fn a_payload_that_does_not_fit_its_kind_keeps_its_bytes() {
        // Too short, too long, an item number with a space, a varint longer than it need be.
        for (kind, payload) in [(2, vec![1]), (7, vec![1, 1]), (3, vec![1, b' ']), (7, vec![0x81, 0])] {
            assert_eq!(decode_payload(kind, &payload), Act::Unknown { kind, payload });
        }
    }

    #[test]
    fn a_header_cut_short_is_refused() {
        let row = encode(&event(Act::Undone { seq: Seq(4) }));
        for len in 0..8 {
            assert_eq!(decode(Seq(5), &row[..len]), Err(RowError::Header), "{len}");
        }
        assert_eq!(decode_record(&[]), Err(RowError::Record));
        assert_eq!(decode_record(&[200]), Err(RowError::Record));
    }
}
