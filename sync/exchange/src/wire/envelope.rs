//! The binary envelope.
//!
//! ```text
//! message   = "OQ", head, station (varint), body, signature
//! head      = one byte: bits 7–4 version (1), bits 3–1 kind (0 request, 1 answer), bit 0 body is a zstd frame
//! signature = 64 bytes: Ed25519 over all bytes before it
//! ```
//! A zstd frame holds its content size and neither checksum nor dictionary. The signature is checked before the body is
//! unpacked or read.

use super::bytes::{Reader, put_varint};
use super::{MAX_UNPACKED_LEN, PublicKey, SecretKey, WireError};
use crate::StationId;

const MAGIC: &[u8; 2] = b"OQ";
const VERSION: u8 = 1;

/// Best ratio that still takes milliseconds for the largest message. Levels above it gain nothing on columns.
const LEVEL: i32 = 19;

/// What a binary message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Request = 0,
    Answer = 1,
}

/// An envelope whose signature is still to be checked.
pub(super) struct Opened<'a> {
    pub(super) station: StationId,
    packed: bool,
    body: &'a [u8],
    signed: &'a [u8],
    signature: [u8; 64],
}

/// Packs `body` if that makes it shorter, and signs it.
pub(super) fn seal(kind: Kind, station: StationId, body: &[u8], key: &SecretKey) -> Vec<u8> {
    let packed = zstd::bulk::compress(body, LEVEL).ok().filter(|packed| packed.len() < body.len());
    let head = (VERSION << 4) | ((kind as u8) << 1) | u8::from(packed.is_some());
    let mut out = MAGIC.to_vec();
    out.push(head);
    put_varint(&mut out, station.0.into());
    out.extend(packed.as_deref().unwrap_or(body));
    let signature = key.sign(&out);
    out.extend(signature);
    out
}

/// Reads the envelope of a message of this kind.
pub(super) fn open(kind: Kind, bytes: &[u8]) -> Result<Opened<'_>, WireError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(WireError::NotAMessage)?;
    let (signed, signature) = bytes.split_last_chunk().ok_or(WireError::Damaged("no signature"))?;
    let rest = rest.split_last_chunk::<64>().ok_or(WireError::Damaged("no signature"))?.0;
    let mut reader = Reader(rest);
    let head = reader.byte()?;
    if head >> 4 != VERSION {
        return Err(WireError::Damaged("an envelope of another version"));
    }
    if (head >> 1) & 7 != kind as u8 {
        return Err(WireError::Damaged("a message of another kind than is wanted here"));
    }
    let station = StationId(reader.narrow()?);
    Ok(Opened { station, packed: head & 1 == 1, body: reader.0, signed, signature: *signature })
}

impl Opened<'_> {
    /// The body, unpacked, if the owner of `key` signed it.
    pub(super) fn checked(&self, key: &PublicKey) -> Result<Vec<u8>, WireError> {
        if !key.verifies(self.signed, &self.signature) {
            return Err(WireError::Signature);
        }
        if self.packed { unpack(self.body) } else { Ok(self.body.to_vec()) }
    }
}

/// Unpacks a frame in one step: no window is kept, and no more memory is taken than the frame says it holds.
fn unpack(frame: &[u8]) -> Result<Vec<u8>, WireError> {
    let len = match zstd::zstd_safe::get_frame_content_size(frame) {
        Ok(Some(len)) => usize::try_from(len).unwrap_or(usize::MAX),
        Ok(None) | Err(_) => return Err(WireError::Damaged("compression")),
    };
    if len > MAX_UNPACKED_LEN {
        return Err(WireError::TooLong { limit: MAX_UNPACKED_LEN });
    }
    let body = zstd::bulk::decompress(frame, len).map_err(|_| WireError::Damaged("compression"))?;
    if body.len() == len { Ok(body) } else { Err(WireError::Damaged("compression")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_claims_too_much_is_refused() {
        // A frame header of a single segment that claims 2^40 bytes, and nothing after it.
        let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0xe0];
        frame.extend(1_u64.wrapping_shl(40).to_le_bytes());
        assert_eq!(unpack(&frame), Err(WireError::TooLong { limit: MAX_UNPACKED_LEN }));
    }

    #[test]
    fn a_frame_that_holds_more_than_it_says_is_refused() {
        let mut frame = zstd::bulk::compress(&[7; 1000], LEVEL).unwrap();
        assert_eq!(unpack(&frame), Ok(vec![7; 1000]));
        frame.extend(zstd::bulk::compress(&[7; 1000], LEVEL).unwrap());
        assert_eq!(unpack(&frame), Err(WireError::Damaged("compression")));
    }
}
