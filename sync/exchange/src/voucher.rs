//! A voucher lets one station into a region without a person: the region makes it, it goes into the station's boot partition,
//! the station brings it along when it asks to join.
//!
//! ```text
//! text    = bech32 (BIP 173, of any length) with the prefix "oqv", of the bytes
//! bytes   = version: 1, mark of the region's key: 8, school: 4, until: 8, serial: 16, signature: 64
//! ```
//! Numbers stand with the high byte first; the signature is Ed25519 by the region's key over "oqyrman voucher", one newline,
//! and all bytes before it.
//!
//! Invariants:
//! - Whoever holds a voucher may use it: it is a secret until it is used or runs out, and is never logged.
//! - That it is good for one device only, the region sees to: it knows the serials that were used.

use crate::hex;
use crate::wire::{PublicKey, SecretKey};
use bech32::{FromBase32, ToBase32, Variant};

/// How a voucher begins in text.
const PREFIX: &str = "oqv";

const VERSION: u8 = 1;

/// What is signed begins with this, so that no signature for something else is one for a voucher.
const CONTEXT: &[u8] = b"oqyrman voucher\n";

/// The bytes that are signed.
const SIGNED_LEN: usize = 1 + 8 + 4 + 8 + 16;

/// A voucher that was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Voucher {
    /// The number of the school in its region.
    pub school: u32,
    /// The last second in which it is good, since 1970.
    pub until_s: i64,
    /// Tells it from all others; made by chance.
    pub serial: [u8; 16],
}

/// A voucher that was read, and is still to be checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Read {
    /// What it says.
    pub voucher: Voucher,
    /// The mark of the key of the region that made it, see [`PublicKey::mark`].
    pub region: [u8; 8],
    signed: [u8; SIGNED_LEN],
    signature: [u8; 64],
}

impl Voucher {
    /// Signs it with the region's key; gives its text.
    pub fn seal(&self, key: &SecretKey) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(key.public().mark());
        bytes.extend(self.school.to_be_bytes());
        bytes.extend(self.until_s.to_be_bytes());
        bytes.extend(self.serial);
        let signature = key.sign(&[CONTEXT, &bytes].concat());
        bytes.extend(signature);
        // The prefix is fixed, so this cannot fail.
        bech32::encode(PREFIX, bytes.to_base32(), Variant::Bech32m).unwrap_or_default()
    }

    /// Reads the text of a voucher; spaces around it do no harm. `None` if it is mistyped, cut short, or of a newer form.
    pub fn read(text: &str) -> Option<Read> {
        let (prefix, data, variant) = bech32::decode(text.trim()).ok()?;
        if prefix != PREFIX || variant != Variant::Bech32m {
            return None;
        }
        let bytes = Vec::<u8>::from_base32(&data).ok()?;
        let (signed, signature) = bytes.split_last_chunk::<64>()?;
        let signed: [u8; SIGNED_LEN] = signed.try_into().ok()?;
        let (version, rest) = signed.split_first()?;
        let (region, rest) = rest.split_first_chunk::<8>()?;
        let (school, rest) = rest.split_first_chunk::<4>()?;
        let (until, rest) = rest.split_first_chunk::<8>()?;
        if *version != VERSION {
            return None;
        }
        let voucher = Voucher {
            school: u32::from_be_bytes(*school),
            until_s: i64::from_be_bytes(*until),
            serial: rest.try_into().ok()?,
        };
        Some(Read { voucher, region: *region, signed, signature: *signature })
    }
}

impl Read {
    /// Whether the region with this key made it.
    pub fn is_of(&self, region: &PublicKey) -> bool {
        self.region == region.mark()
            && region.verifies(&[CONTEXT, &self.signed[..]].concat(), &self.signature)
    }
}

impl std::fmt::Debug for Voucher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Voucher")
            .field("school", &self.school)
            .field("until_s", &self.until_s)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Read {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Read")
            .field("voucher", &self.voucher)
            .field("region", &hex::text(&self.region))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voucher() -> Voucher {
        Voucher { school: 12, until_s: 1_790_823_600, serial: [0xa7; 16] }
    }

    #[test]
    fn a_voucher_comes_back() {
        let key = SecretKey::from_seed([9; 32]);
        let text = voucher().seal(&key);
        assert!(text.starts_with("oqv1") && text.len() < 180, "{text}");
        for text in [text.clone(), format!(" {}\r\n", text.to_uppercase())] {
            let read = Voucher::read(&text).unwrap();
            assert_eq!(read.voucher, voucher());
            assert!(read.is_of(&key.public()));
            assert!(!read.is_of(&SecretKey::from_seed([8; 32]).public()));
        }
    }

    #[test]
    fn one_letter_that_is_wrong_is_found() {
        let text = voucher().seal(&SecretKey::from_seed([9; 32]));
        for place in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = if bytes[place] == b'q' { b'p' } else { b'q' };
            assert_eq!(Voucher::read(&String::from_utf8(bytes).unwrap()), None, "{place}");
            assert_eq!(Voucher::read(&text[..place]), None, "{place}");
        }
        assert_eq!(Voucher::read("ключ"), None);
    }

    #[test]
    fn what_it_says_cannot_be_changed() {
        let key = SecretKey::from_seed([9; 32]);
        let read = Voucher::read(&voucher().seal(&key)).unwrap();
        for place in 0..SIGNED_LEN {
            let mut changed = read.clone();
            changed.signed[place] ^= 1;
            assert!(!changed.is_of(&key.public()), "{place}");
        }
    }

    #[test]
    fn its_serial_is_not_shown() {
        let shown =
            format!("{:?} {:?}", voucher(), Voucher::read(&voucher().seal(&SecretKey::from_seed([9; 32]))));
        assert!(!shown.contains("a7") && !shown.contains("167"), "{shown}");
    }
}
