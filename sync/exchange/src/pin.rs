//! PINs of patrons without a card. A PIN of four to six digits cannot withstand someone who has the data; the hash keeps
//! it from being read by accident, and the desk counts wrong tries.

use serde::{Deserialize, Serialize};

/// Argon2id (RFC 9106), version 0x13, m = 4,096 KiB, t = 3, p = 1, over the PIN's ASCII digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinHash {
    /// Made by chance for each patron.
    pub salt: [u8; 8],
    /// First 16 bytes of output.
    pub hash: [u8; 16],
}

impl PinHash {
    /// The hash of `pin` with this salt; `None` unless it is 4 to 6 ASCII digits.
    pub fn of(pin: &str, salt: [u8; 8]) -> Option<PinHash> {
        if !(4..=6).contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let params = argon2::Params::new(4096, 3, 1, Some(16)).ok()?;
        let mut hash = [0; 16];
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
            .hash_password_into(pin.as_bytes(), &salt, &mut hash)
            .ok()?;
        Some(PinHash { salt, hash })
    }

    /// Whether `pin` is the one that was hashed. Takes the same time for every wrong PIN of four to six digits.
    pub fn matches(&self, pin: &str) -> bool {
        PinHash::of(pin, self.salt).is_some_and(|other| {
            other.hash.iter().zip(&self.hash).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
        })
    }
}
