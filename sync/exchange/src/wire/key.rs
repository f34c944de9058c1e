//! Ed25519 keys (RFC 8032). A station's identity is its key pair; a region has one for its answers.

use serde::{Deserialize, Serialize};

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
