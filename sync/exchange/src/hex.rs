//! Bytes in the two manners of serde: lower-case hexadecimal text in JSON, the bare bytes in postcard.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::fmt::Write;

/// Lower-case hexadecimal digits, two a byte.
pub(crate) fn text(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The bytes that these digits stand for, upper or lower case; `None` for an odd number of digits or anything else.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.bytes().map(|c| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| (pair[0] << 4) | pair[1]).collect())
}

/// For `#[serde(with = …)]` on arrays of bytes whose length serde knows (up to 32).
pub(crate) mod array {
    use super::*;

    pub(crate) fn serialize<S, const N: usize>(value: &[u8; N], serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
        [u8; N]: Serialize,
    {
        if serializer.is_human_readable() {
            serializer.serialize_str(&text(value))
        } else {
            value.serialize(serializer)
        }
    }

    pub(crate) fn deserialize<'de, D, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error>
    where
        D: Deserializer<'de>,
        [u8; N]: Deserialize<'de>,
    {
        if !deserializer.is_human_readable() {
            return <[u8; N]>::deserialize(deserializer);
        }
        bytes(&String::deserialize(deserializer)?)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| D::Error::custom(format_args!("{} hexadecimal digits are wanted", N * 2)))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_ways() {
        assert_eq!(super::text(&[0, 0x1f, 0xff]), "001fff");
        assert_eq!(super::bytes("001fFF"), Some(vec![0, 0x1f, 0xff]));
        assert_eq!(super::bytes(""), Some(vec![]));
    }

    #[test]
    fn what_is_no_hex() {
        for text in ["0", "0g", "00 ", "ққ", "0x00"] {
            assert_eq!(super::bytes(text), None, "{text}");
        }
    }
}
