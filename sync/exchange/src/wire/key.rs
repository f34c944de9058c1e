//! Ed25519 keys (RFC 8032). A station's identity is its key pair; a region has one for its answers.

use bech32::{ToBase32, Variant};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How keys of `age` begin in text.
const AGE_PUBLIC: &str = "age";
const AGE_SECRET: &str = "age-secret-key-";

/// An Ed25519 public key (RFC 8032). In JSON 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(#[serde(with = "crate::hex::array")] pub [u8; 32]);

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

    /// The same key as one for `age`, in its text form: opens what was sealed to [`PublicKey::to_age`]. The Ed25519 scalar
    /// is the X25519 secret (RFC 7748); see `docs/adr/0007-a-bundle-is-sealed-by-the-keys-there-are.md`.
    pub fn to_age(&self) -> String {
        // The prefix is fixed and the bytes are 32, so this cannot fail.
        let text = bech32::encode(AGE_SECRET, self.0.to_scalar_bytes().to_base32(), Variant::Bech32);
        text.unwrap_or_default().to_uppercase()
    }

    /// Signs `bytes`.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        use ed25519_dalek::Signer;
        self.0.sign(bytes).to_bytes()
    }
}

impl PublicKey {
    /// Whether `signature` over `bytes` was made by the secret half (strict verification: neither weak keys nor
    /// signatures that can be bent into another valid one pass).
    pub fn verifies(&self, bytes: &[u8], signature: &[u8; 64]) -> bool {
        ed25519_dalek::VerifyingKey::from_bytes(&self.0).is_ok_and(|key| {
            key.verify_strict(bytes, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
        })
    }
}

impl PublicKey {
    /// The same key as a recipient for `age`, in its text form: its point on the Montgomery form of the curve (RFC 7748,
    /// 4.1). `None` for bytes that are no key, and for weak keys, to which anybody could open what is sealed.
    pub fn to_age(&self) -> Option<String> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).ok().filter(|key| !key.is_weak())?;
        bech32::encode(AGE_PUBLIC, key.to_montgomery().to_bytes().to_base32(), Variant::Bech32).ok()
    }

    /// Eight bytes that tell this key from others, for the outside of a bundle: the first of its SHA-256.
    pub fn mark(&self) -> [u8; 8] {
        let mut mark = [0; 8];
        mark.copy_from_slice(&Sha256::digest(self.0)[..8]);
        mark
    }

    /// Its mark as people compare it, in groups: `8d13-b40c-9bf8-87ab`.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.mark())
    }
}

/// A mark as people compare it.
pub fn fingerprint(mark: [u8; 8]) -> String {
    let groups: Vec<String> = mark.chunks(2).map(crate::hex::text).collect();
    groups.join("-")
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::hex::text(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, 7.1, TEST 1.
    #[test]
    fn signs_as_the_standard_says() {
        let seed =
            crate::hex::bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
        let key = SecretKey::from_seed(seed.try_into().unwrap());
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(format!("{:?}", key.public()), public);
        let signature = key.sign(b"");
        assert_eq!(
            crate::hex::text(&signature),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        );
        assert!(key.public().verifies(b"", &signature));
        assert!(!key.public().verifies(b"x", &signature));
    }

    #[test]
    fn bytes_that_are_no_key_are_no_recipient() {
        let good = SecretKey::from_seed([7; 32]);
        assert!(good.public().to_age().unwrap().starts_with("age1"));
        assert!(good.to_age().starts_with("AGE-SECRET-KEY-1"));
        // Of low order: 0, 1 and the point of order 2.
        let mut minus_one = [0xff; 32];
        (minus_one[0], minus_one[31]) = (0xec, 0x7f);
        let mut one = [0; 32];
        one[0] = 1;
        for weak in [[0; 32], one, minus_one] {
            assert_eq!(PublicKey(weak).to_age(), None);
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", SecretKey::from_seed([7; 32])), "SecretKey(…)");
    }

    #[test]
    fn bytes_that_are_no_key_verify_nothing() {
        let signature = SecretKey::from_seed([1; 32]).sign(b"x");
        for byte in 0..=255 {
            assert!(!PublicKey([byte; 32]).verifies(b"x", &signature));
        }
    }
}
