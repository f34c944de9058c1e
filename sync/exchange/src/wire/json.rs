//! The JSON envelope: a JSON document that carries the signed JSON text as a string, so that no two programs have to
//! agree on spaces and the order of fields.
//!
//! `{"oqyrman":1,"kind":"request","station":7,"body":"{…}","signature":"…"}`. Signed are the UTF-8 bytes of
//! `oqyrman 1 KIND STATION⏎` (one newline, 0x0A) and then those of `body` as they are once the string is unescaped.

use super::WireError;
use super::key::{PublicKey, SecretKey};
use crate::{StationId, hex};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The version of this envelope, and of what is signed.
const VERSION: u8 = 1;

/// What a JSON message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Request,
    Answer,
    Enrol,
    Enrolled,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Request => "request",
            Kind::Answer => "answer",
            Kind::Enrol => "enrol",
            Kind::Enrolled => "enrolled",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    oqyrman: u8,
    kind: Kind,
    station: StationId,
    body: String,
    signature: String,
}

/// What was in an envelope whose signature is still to be checked.
pub(super) struct Opened {
    pub(super) station: StationId,
    body: String,
    signed: Vec<u8>,
    signature: [u8; 64],
}

/// Writes and signs `value`.
pub(super) fn seal<T: Serialize>(kind: Kind, station: StationId, value: &T, key: &SecretKey) -> Vec<u8> {
    let body = text(value);
    let signature = hex::text(&key.sign(&signed(kind, station, &body)));
    text(&Envelope { oqyrman: VERSION, kind, station, body, signature }).into_bytes()
}

/// Reads the envelope of a message of this kind.
pub(super) fn open(kind: Kind, bytes: &[u8]) -> Result<Opened, WireError> {
    let envelope: Envelope = serde_json::from_slice(bytes).map_err(|_| WireError::NotAMessage)?;
    if envelope.oqyrman != VERSION {
        return Err(WireError::Damaged("an envelope of another version"));
    }
    if envelope.kind != kind {
        return Err(WireError::Damaged("a message of another kind than is wanted here"));
    }
    let signature = hex::bytes(&envelope.signature)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(WireError::Damaged("the signature is not 128 hexadecimal digits"))?;
    let signed = signed(kind, envelope.station, &envelope.body);
    Ok(Opened { station: envelope.station, body: envelope.body, signed, signature })
}

impl Opened {
    /// The value inside.
    pub(super) fn value<T: DeserializeOwned>(&self) -> Result<T, WireError> {
        #[derive(Deserialize)]
        struct Schema {
            schema: u16,
        }
        let damaged = |_| WireError::Damaged("a field is missing or of the wrong type");
        let Schema { schema } = serde_json::from_str(&self.body).map_err(damaged)?;
        super::known_schema(schema)?;
        serde_json::from_str(&self.body).map_err(damaged)
    }

    /// # Errors
    /// [`WireError::Signature`] unless the owner of `key` signed it.
    pub(super) fn check(&self, key: &PublicKey) -> Result<(), WireError> {
        if key.verifies(&self.signed, &self.signature) { Ok(()) } else { Err(WireError::Signature) }
    }
}

fn signed(kind: Kind, station: StationId, body: &str) -> Vec<u8> {
    format!("oqyrman {VERSION} {} {station}\n{body}", kind.word()).into_bytes()
}

/// JSON of our own types cannot fail: their maps have text keys and nothing in them refuses to be written.
fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
