//! Who made a folder of packages: Ed25519 over the bytes of its manifest, in hex.

use super::manifest::hex;
use anyhow::{Context, bail};
use ed25519_dalek::{Signer, SigningKey};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Makes a new key in a file that only its owner reads, and gives the public half in hex. A file that is there is kept.
///
/// # Errors
/// The file is there already, or cannot be written.
pub fn new_key(path: &Path) -> anyhow::Result<String> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).context("the system gives no chance")?;
    let key = SigningKey::from_bytes(&seed);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{}: a key is made once, and never over another one", path.display()))?;
    writeln!(file, "{}", hex(&seed))?;
    file.sync_all()?;
    Ok(public_hex(&key))
}

/// Reads a key.
///
/// # Errors
/// The file cannot be read or holds no key. What it holds is not told.
pub fn read_key(path: &Path) -> anyhow::Result<SigningKey> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let text = text.trim();
    let wrong = || format!("{}: a key is 64 hex digits; `cargo xtask key FILE` makes one", path.display());
    if text.len() != 64 || !text.is_ascii() {
        bail!(wrong());
    }
    let mut seed = [0; 32];
    for (byte, at) in seed.iter_mut().zip((0..).step_by(2)) {
        let digits = text.get(at..at + 2).with_context(wrong)?;
        *byte = u8::from_str_radix(digits, 16).ok().with_context(wrong)?;
    }
    Ok(SigningKey::from_bytes(&seed))
}

/// The signature over `bytes`, in hex, with an end of line.
#[must_use]
pub fn sign(key: &SigningKey, bytes: &[u8]) -> String {
    hex(&key.sign(bytes).to_bytes()) + "\n"
}

/// The public half, in hex.
#[must_use]
pub fn public_hex(key: &SigningKey) -> String {
    hex(key.verifying_key().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_signs_as_the_standard_says() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let public = new_key(&path).unwrap();
        assert_eq!(public_hex(&read_key(&path).unwrap()), public);
        assert!(new_key(&path).unwrap_err().to_string().contains("never over another one"));

        // RFC 8032, 7.1, test 2.
        std::fs::write(&path, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb\n").unwrap();
        let key = read_key(&path).unwrap();
        assert_eq!(public_hex(&key), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        assert_eq!(
            sign(&key, &[0x72]).trim(),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );

        for wrong in ["", "4ccd", &"é".repeat(32), &"zz".repeat(32)] {
            std::fs::write(&path, wrong).unwrap();
            let told = read_key(&path).unwrap_err().to_string();
            assert!(told.contains("64 hex digits"), "{told}");
        }
    }
}
