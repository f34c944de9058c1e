//! The message as bytes: sealed with an Ed25519 signature, in columns or as JSON.

use crate::{Answer, Request, StationId};
use serde::{Deserialize, Serialize};

/// An Ed25519 public key (RFC 8032).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(pub [u8; 32]);

/// An Ed25519 secret key (RFC 8032, the 32-byte seed). Not shown by `Debug`.
#[derive(Clone)]
pub struct SecretKey(ed25519_dalek::SigningKey);

impl SecretKey {
    /// From its seed, which comes from the machine's source of randomness.
    pub fn from_seed(seed: [u8; 32]) -> SecretKey {
        SecretKey(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// The seed, to be kept in a file only its owner can read.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs `bytes`.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        use ed25519_dalek::Signer;
        self.0.sign(bytes).to_bytes()
    }
}

impl PublicKey {
    /// Whether `signature` over `bytes` was made by the secret half (strict verification).
    pub fn verifies(&self, bytes: &[u8], signature: &[u8; 64]) -> bool {
        ed25519_dalek::VerifyingKey::from_bytes(&self.0).is_ok_and(|key| {
            key.verify_strict(bytes, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
        })
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

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

/// The most a message may hold once unpacked, in bytes.
pub const MAX_UNPACKED_LEN: usize = 16 << 20;

/// Writes and signs a request.
pub fn seal_request(request: &Request, key: &SecretKey, encoding: Encoding) -> Vec<u8> {
    seal(Kind::Request, request.station, request, key, encoding)
}

/// Reads a request and checks its signature. `key_of` gives the public key of a station that is known.
///
/// # Errors
/// See [`WireError`]; nothing of a message with a wrong signature is given out.
pub fn open_request(
    bytes: &[u8],
    key_of: impl FnOnce(StationId) -> Option<PublicKey>,
) -> Result<Request, WireError> {
    open(Kind::Request, bytes, key_of)
}

/// Writes and signs an answer.
pub fn seal_answer(answer: &Answer, key: &SecretKey, encoding: Encoding) -> Vec<u8> {
    seal(Kind::Answer, answer.station, answer, key, encoding)
}

/// Reads an answer and checks that the region with `key` signed it.
///
/// # Errors
/// See [`WireError`].
pub fn open_answer(bytes: &[u8], key: &PublicKey) -> Result<Answer, WireError> {
    open(Kind::Answer, bytes, |_| Some(*key))
}

/// In which encoding a message is written, by its first byte; `None` if it is none of ours.
pub fn encoding_of(bytes: &[u8]) -> Option<Encoding> {
    match bytes.first() {
        Some(b'O') => Some(Encoding::Columns),
        Some(b'{') => Some(Encoding::Json),
        Some(_) | None => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    Request,
    Answer,
}

fn seal<T: Serialize>(
    kind: Kind,
    station: StationId,
    value: &T,
    key: &SecretKey,
    encoding: Encoding,
) -> Vec<u8> {
    let _ = encoding;
    let mut out = b"OQ".to_vec();
    out.extend(postcard::to_allocvec(&(kind, station)).unwrap_or_default());
    out.extend(postcard::to_allocvec(value).unwrap_or_default());
    let signature = key.sign(&out);
    out.extend(signature);
    out
}

fn open<T: for<'a> Deserialize<'a>>(
    kind: Kind,
    bytes: &[u8],
    key_of: impl FnOnce(StationId) -> Option<PublicKey>,
) -> Result<T, WireError> {
    let rest = bytes.strip_prefix(b"OQ").ok_or(WireError::NotAMessage)?;
    let (signed, signature) = bytes.split_last_chunk::<64>().ok_or(WireError::Damaged("no signature"))?;
    let ((found, station), body) =
        postcard::take_from_bytes::<(Kind, StationId)>(rest).map_err(|_| WireError::Damaged("no header"))?;
    if found != kind {
        return Err(WireError::Damaged("an answer in the place of a request, or the other way round"));
    }
    let key = key_of(station).ok_or(WireError::UnknownStation(station))?;
    if !key.verifies(signed, signature) {
        return Err(WireError::Signature);
    }
    let body = body.get(..body.len().saturating_sub(64)).ok_or(WireError::Damaged("no body"))?;
    postcard::from_bytes(body).map_err(|_| WireError::Damaged("body"))
}
