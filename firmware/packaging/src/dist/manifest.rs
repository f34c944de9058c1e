//! What is in a folder of packages: `manifest.json`, which is signed and read by `oqyrman update`.
//!
//! Invariants:
//! - Every file of the folder is named with its SHA-256, but the manifest itself, its signature and `SHA256SUMS`.
//! - The same files give the same bytes.

use crate::arch::Arch;
use anyhow::Context;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;

/// The oldest version whose data this workspace's programs open: the journal's schema is widened before it is narrowed, so
/// the version before this one always is. Raised when a journal's schema is narrowed.
const MIN_FROM_VERSION: &str = "0.1.0";

/// What is in a folder of packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of all of it.
    pub version: String,
    /// For which machine, as Debian names it.
    pub arch: String,
    /// The oldest version that may be replaced by this one.
    pub min_from_version: String,
    /// The files, by name.
    pub files: Vec<FileEntry>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name in the folder.
    pub name: String,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

impl Manifest {
    /// Of the files that are in a folder.
    ///
    /// # Errors
    /// One cannot be read, or has a name that is no text.
    pub fn of(
        dir: &Path,
        version: &str,
        arch: Arch,
        min_from_version: Option<&str>,
    ) -> anyhow::Result<Manifest> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(dir).with_context(|| dir.display().to_string())? {
            let path = entry?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .context("a file's name is no text")?
                .to_owned();
            if path.is_dir() || ["manifest.json", "manifest.sig", "SHA256SUMS"].contains(&name.as_str()) {
                continue;
            }
            let contents = std::fs::read(&path).with_context(|| path.display().to_string())?;
            files.push(FileEntry {
                name,
                sha256: hex(&Sha256::digest(&contents)),
                bytes: contents.len() as u64,
            });
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Manifest {
            version: version.to_owned(),
            arch: arch.to_string(),
            min_from_version: min_from_version.unwrap_or(MIN_FROM_VERSION).to_owned(),
            files,
        })
    }

    /// The bytes that are signed.
    ///
    /// # Errors
    /// None in practice.
    pub fn to_bytes(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// As `sha256sum --check` reads it.
    #[must_use]
    pub fn sums(&self) -> String {
        let mut sums = String::new();
        for file in &self.files {
            // A String takes whatever is written to it.
            let _ = writeln!(sums, "{}  {}", file.sha256, file.name);
        }
        sums
    }
}

/// Bytes in small hex digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_named_with_its_sum_and_the_manifest_is_not() {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("b.deb", "abc"), ("a.deb", ""), ("manifest.json", "{}"), ("SHA256SUMS", "")] {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let manifest = Manifest::of(dir.path(), "0.2.0", Arch::Arm64, Some("0.1.0")).unwrap();
        assert_eq!(
            manifest.sums(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.deb\n\
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.deb\n"
        );
        let back: Manifest = serde_json::from_slice(&manifest.to_bytes().unwrap()).unwrap();
        assert_eq!(back, manifest);
        assert_eq!((back.arch.as_str(), back.files[1].bytes), ("arm64", 3));
    }
}
