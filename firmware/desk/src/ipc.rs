//! How station and screen talk over their Unix socket: each message is its length (u32, little-endian), then postcard.
//! The station sends [`Frame`]s, the screen sends [`Tap`]s. A tap names the frame it was made on, so that ten taps on
//! one button are one action: the station drops what was made on a frame with an older number.

use crate::{Touch, View};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A view, numbered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Rises whenever what can be touched changes (screen or help); a mere count-down keeps it.
    pub number: u64,
    /// What to show.
    pub view: View,
}

/// A touch, and the frame it was made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tap {
    /// The frame that was shown.
    pub frame: u64,
    /// What was touched.
    pub touch: Touch,
}

/// The longest message, in bytes.
pub const MAX_LEN: usize = 1 << 20;

/// The other side speaks something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IpcError {
    /// Longer than [`MAX_LEN`].
    #[error("a message of {0} bytes between station and screen; {MAX_LEN} is the most")]
    TooLong(usize),
    /// Not a message of this version.
    #[error(
        "a message between station and screen that this version does not know: install both of one version"
    )]
    Unknown,
}

/// The bytes of one message.
///
/// # Errors
/// [`IpcError::TooLong`] if it is longer than [`MAX_LEN`].
pub fn encode(message: &impl Serialize) -> Result<Vec<u8>, IpcError> {
    let body = postcard::to_allocvec(message).map_err(|_| IpcError::Unknown)?;
    let len = u32::try_from(body.len()).ok().filter(|len| *len as usize <= MAX_LEN);
    let len = len.ok_or(IpcError::TooLong(body.len()))?;
    Ok([&len.to_le_bytes()[..], &body].concat())
}

/// Collects bytes as they come and gives whole messages.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
}

impl Decoder {
    /// Takes in what was read.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message, if there is one.
    ///
    /// # Errors
    /// After an error the connection is to be closed: where the next message begins is not known.
    pub fn next_message<T: DeserializeOwned>(&mut self) -> Result<Option<T>, IpcError> {
        let Some((len, rest)) = self.bytes.split_first_chunk::<4>() else { return Ok(None) };
        let len = u32::from_le_bytes(*len) as usize;
        if len > MAX_LEN {
            return Err(IpcError::TooLong(len));
        }
        let Some(body) = rest.get(..len) else { return Ok(None) };
        let message = postcard::from_bytes(body).map_err(|_| IpcError::Unknown)?;
        self.bytes.drain(..4 + len);
        Ok(Some(message))
    }
}
