//! The message as bytes: sealed with an Ed25519 signature, in columns or as JSON.
//!
//! Invariants:
//! - Whatever is sealed opens to the same value, in both encodings; so do the row bytes and the chain of its events.
//! - Nothing of a message is unpacked, read or given out before its signature was checked, but the envelope.
//! - A message tells at most [`MAX_EVENTS`] events, and takes at most [`MAX_UNPACKED_LEN`] bytes unpacked.
//! - The envelope's version, the schema's layout and the golden files are fixed; a change is a new schema.

mod body;
pub mod bundle;
mod bytes;
mod columns;
mod enrol;
mod envelope;
mod json;
mod key;
mod label;

pub use columns::MAX_EVENTS;
pub use enrol::{
    decode_enrol_answer, encode_enrol_answer, open_enrol, open_enrol_reply, seal_enrol, seal_enrol_reply,
};
pub use key::{PublicKey, SecretKey, fingerprint};

use crate::{Answer, Event, Request, StationId};

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Columns, postcard, zstd where it helps: what stations speak.
    Columns,
    /// Documented JSON, for others.
    Json,
}

/// Why bytes are no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Not a message of ours at all, such as a proxy's page.
    #[error("this is no message of a station or a region")]
    NotAMessage,
    /// Cut short, or its fields contradict each other.
    #[error("the message is cut short or damaged: {0}")]
    Damaged(&'static str),
    /// Longer than the limit.
    #[error("the message is longer than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// From a newer program.
    #[error("the message has schema {0}; this program knows up to {max}", max = crate::SCHEMA)]
    Schema(u16),
    /// From a station the region does not know.
    #[error("station {0} is not known here")]
    UnknownStation(StationId),
    /// The signature does not fit.
    #[error("the signature does not fit the message")]
    Signature,
}

/// The most a message may hold, packed or unpacked, in bytes.
pub const MAX_UNPACKED_LEN: usize = 16 << 20;

/// Writes and signs a request. Only the first [`MAX_EVENTS`] of its events are told; they are numbered from `from_seq`.
pub fn seal_request(request: &Request, key: &SecretKey, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Columns => {
            let mut body = Vec::new();
            body::write_request(&mut body, request);
            envelope::seal(envelope::Kind::Request, request.station, &body, key)
        }
        Encoding::Json if request.events.len() > MAX_EVENTS => {
            let events = sendable(&request.events).to_vec();
            seal_request(&Request { events, ..request.clone() }, key, encoding)
        }
        Encoding::Json => json::seal(json::Kind::Request, request.station, request, key),
    }
}

/// Reads a request and checks its signature. `key_of` gives the public key of a station that is known.
///
/// # Errors
/// See [`WireError`]; nothing of a message with a wrong signature is given out.
pub fn open_request(
    bytes: &[u8],
    key_of: impl FnOnce(StationId) -> Option<PublicKey>,
) -> Result<Request, WireError> {
    let known = |station| key_of(station).ok_or(WireError::UnknownStation(station));
    match framed(bytes)? {
        Encoding::Columns => {
            let opened = envelope::open(envelope::Kind::Request, bytes)?;
            body::read_request(&opened.checked(&known(opened.station)?)?, opened.station)
        }
        Encoding::Json => {
            let opened = json::open(json::Kind::Request, bytes)?;
            opened.check(&known(opened.station)?)?;
            let request: Request = opened.value()?;
            let seqs = (0..).map(|place| request.from_seq.0.wrapping_add(place));
            if request.station != opened.station {
                return Err(WireError::Damaged("body and envelope name different stations"));
            }
            if request.events.len() > MAX_EVENTS {
                return Err(WireError::Damaged("more events than a message may have"));
            }
            if !request.events.iter().map(|event| event.seq.0).eq(seqs.take(request.events.len())) {
                return Err(WireError::Damaged("events are not numbered one by one from from_seq"));
            }
            Ok(request)
        }
    }
}

/// Writes and signs an answer.
pub fn seal_answer(answer: &Answer, key: &SecretKey, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Columns => {
            let mut body = Vec::new();
            body::write_answer(&mut body, answer);
            envelope::seal(envelope::Kind::Answer, answer.station, &body, key)
        }
        Encoding::Json => json::seal(json::Kind::Answer, answer.station, answer, key),
    }
}

/// Reads an answer and checks that the region with `key` signed it.
///
/// # Errors
/// See [`WireError`].
pub fn open_answer(bytes: &[u8], key: &PublicKey) -> Result<Answer, WireError> {
    match framed(bytes)? {
        Encoding::Columns => {
            let opened = envelope::open(envelope::Kind::Answer, bytes)?;
            body::read_answer(&opened.checked(key)?, opened.station)
        }
        Encoding::Json => {
            let opened = json::open(json::Kind::Answer, bytes)?;
            opened.check(key)?;
            let answer: Answer = opened.value()?;
            if answer.station != opened.station {
                return Err(WireError::Damaged("body and envelope name different stations"));
            }
            Ok(answer)
        }
    }
}

/// In which encoding a message is written, by its first byte; `None` if it is none of ours.
pub fn encoding_of(bytes: &[u8]) -> Option<Encoding> {
    match bytes.first() {
        Some(b'O') => Some(Encoding::Columns),
        Some(b'{') => Some(Encoding::Json),
        Some(_) | None => None,
    }
}

fn framed(bytes: &[u8]) -> Result<Encoding, WireError> {
    if bytes.len() > MAX_UNPACKED_LEN {
        return Err(WireError::TooLong { limit: MAX_UNPACKED_LEN });
    }
    encoding_of(bytes).ok_or(WireError::NotAMessage)
}

fn sendable(events: &[Event]) -> &[Event] {
    events.get(..MAX_EVENTS).unwrap_or(events)
}

fn known_schema(schema: u16) -> Result<u16, WireError> {
    if (1..=crate::SCHEMA).contains(&schema) { Ok(schema) } else { Err(WireError::Schema(schema)) }
}
