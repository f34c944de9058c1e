//! Fields behind a message's fixed part: an identifier of two characters, a value, and `|`.

use super::Charset;
use std::fmt;

/// The longest value a field may have when we write it, in bytes (the standard's limit; some servers cut there).
const MAX_VALUE_LEN: usize = 255;

/// A field as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// Its identifier, such as `AB`.
    pub id: [u8; 2],
    /// Its value, in bytes of the wire.
    pub value: Vec<u8>,
}

impl Field {
    /// A field to be sent. What would end it or the message (`|`, CR, LF, NUL and other control characters) becomes a space; it
    /// is cut at 255 bytes, between characters.
    #[must_use]
    pub fn new(id: [u8; 2], text: &str, charset: Charset) -> Field {
        let mut value = Vec::new();
        for c in text.chars().map(|c| if c == '|' || c.is_control() { ' ' } else { c }) {
            let bytes = charset.write(c.encode_utf8(&mut [0; 4]));
            if value.len() + bytes.len() > MAX_VALUE_LEN {
                break;
            }
            value.extend(bytes);
        }
        Field { id, value }
    }

    /// Its identifier as text.
    #[must_use]
    pub fn name(&self) -> String {
        String::from_utf8_lossy(&self.id).into_owned()
    }

    /// Its value as text.
    #[must_use]
    pub fn text(&self, charset: Charset) -> String {
        charset.read(&self.value)
    }

    /// Whether it holds a password or a PIN: never to be shown, logged or kept.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        is_secret(self.id)
    }
}

/// Whether fields of this identifier hold a password or a PIN: `CO`, `AD` and the terminal's `AC`.
#[must_use]
pub fn is_secret(id: [u8; 2]) -> bool {
    matches!(&id, b"CO" | b"AD" | b"AC")
}

/// Whether a field names a person: shown to people at the wire, and in no log.
fn is_personal(id: [u8; 2]) -> bool {
    matches!(&id, b"AA" | b"AE" | b"CN" | b"BD" | b"BE" | b"BF" | b"CY" | b"DA" | b"PB")
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        if self.is_secret() || is_personal(self.id) {
            f.write_str("…")
        } else {
            f.write_str(&String::from_utf8_lossy(&self.value))
        }
    }
}
