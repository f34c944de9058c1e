//! PINs of patrons without a card. A PIN of four to six digits cannot withstand someone who has the data; the hash keeps
//! it from being read by accident, and the desk counts wrong tries.

use serde::{Deserialize, Serialize};

/// Argon2id (RFC 9106), version 0x13, m = 4,096 KiB, t = 3, p = 1, over the PIN's ASCII digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinHash {
    /// Made by chance for each patron.
    #[serde(with = "crate::hex::array")]
    pub salt: [u8; 8],
    /// First 16 bytes of output.
    #[serde(with = "crate::hex::array")]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_pin_matches() {
        let hash = PinHash::of("0427", *b"8 octets").unwrap();
        assert!(hash.matches("0427"));
        for wrong in ["0428", "427", "00427", "042", "0427000", "", "0427 ", "٠٤٢٧"] {
            assert!(!hash.matches(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_pin_is_four_to_six_digits() {
        for pin in ["1234", "12345", "123456"] {
            assert!(PinHash::of(pin, [0; 8]).is_some());
        }
        for pin in ["123", "1234567", "12a4", "１２３４", ""] {
            assert!(PinHash::of(pin, [0; 8]).is_none(), "{pin}");
        }
    }

    #[test]
    fn the_same_pin_with_another_salt_has_another_hash() {
        assert_ne!(PinHash::of("1234", [0; 8]).unwrap().hash, PinHash::of("1234", [1; 8]).unwrap().hash);
    }

    /// Checked against the reference implementation in C.
    #[test]
    fn parameters_are_fixed() {
        let hash = PinHash::of("1234", *b"8 octets").unwrap();
        assert_eq!(crate::hex::text(&hash.hash), "f4800b8ebfadcab19be1f281e0ec608b");
    }
}
