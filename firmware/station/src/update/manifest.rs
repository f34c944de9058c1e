//! `manifest.json` and `manifest.sig`: what an update consists of, and who has said so.

use super::{UpdateFault, Version, arch};
use crate::care::files::read_at_most;
use exchange::wire::PublicKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The longest manifest, in bytes.
pub(super) const MOST: u64 = 1 << 20;

/// The largest package, in bytes.
pub(super) const MOST_PACKAGE: u64 = 256 << 20;

/// What an update consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its version.
    pub version: String,
    /// For which machines.
    pub arch: String,
    /// The oldest version it may be installed over.
    pub min_from_version: String,
    /// Its files.
    pub files: Vec<FileEntry>,
}

/// A file of an update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name in the folder.
    pub name: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: u64,
}

impl FileEntry {
    /// Whether so many bytes with this hash are the file that was signed.
    pub(super) fn is(&self, len: u64, hash: Sha256) -> bool {
        let sum: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        len == self.bytes && sum.eq_ignore_ascii_case(&self.sha256)
    }
}

/// An update whose manifest is good. Its files are still to be read.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Where it lies.
    pub dir: PathBuf,
    /// Its version.
    pub version: Version,
    /// The oldest version it may be installed over.
    pub min_from: Version,
    /// The station's packages.
    pub packages: Vec<FileEntry>,
    /// The manifest's bytes, as they were signed, and the signature's.
    pub signed: (Vec<u8>, Vec<u8>),
}

/// Reads and checks the manifest in `dir`: who signed it, for which machine it is, that it makes sense. Whether its version
/// fits is decided by whoever installs it.
///
/// # Errors
/// [`UpdateFault`].
pub fn check(dir: &Path, key: Option<&PublicKey>) -> Result<Checked, UpdateFault> {
    let read = |name: &str| {
        let path = dir.join(name);
        read_at_most(&path, MOST).map_err(|reason| {
            if reason.kind() == std::io::ErrorKind::NotFound {
                UpdateFault::Nothing(dir.to_owned())
            } else {
                UpdateFault::Unreadable { path, reason }
            }
        })
    };
    let (bytes, signature) = (read("manifest.json")?, read("manifest.sig")?);
    judge(dir, bytes, signature, key)
}

/// Judges the two files of an update that lies in `dir`.
pub(super) fn judge(
    dir: &Path,
    bytes: Vec<u8>,
    signature: Vec<u8>,
    key: Option<&PublicKey>,
) -> Result<Checked, UpdateFault> {
    let key = key.ok_or(UpdateFault::NoKey)?;
    if !is_signed(&bytes, &signature, key) {
        return Err(UpdateFault::Foreign);
    }
    let damaged = |what: &str| UpdateFault::Damaged(what.to_owned());
    let manifest: Manifest =
        serde_json::from_slice(&bytes).map_err(|error| UpdateFault::Damaged(error.to_string()))?;
    if manifest.arch != arch() {
        return Err(UpdateFault::OtherMachine { found: manifest.arch, own: arch().to_owned() });
    }
    let version = Version::read(&manifest.version).ok_or_else(|| damaged("its version"))?;
    let min_from = Version::read(&manifest.min_from_version)
        .ok_or_else(|| damaged("the version it is installed over"))?;
    let is_package = |file: &&FileEntry| file.name.starts_with("oqyrman_") && file.name.ends_with(".deb");
    let packages: Vec<FileEntry> = manifest.files.iter().filter(is_package).cloned().collect();
    let plain = |name: &str| !name.contains(['/', '\\', '\0']) && name != "." && name != "..";
    if !packages.iter().all(|file| plain(&file.name) && file.bytes <= MOST_PACKAGE) {
        return Err(damaged("a file's name or size"));
    }
    if packages.is_empty() {
        return Err(UpdateFault::NoPackage);
    }
    Ok(Checked { dir: dir.to_owned(), version, min_from, packages, signed: (bytes, signature) })
}

/// Whether `signature`, 128 hex digits, is `key`'s over these bytes.
fn is_signed(bytes: &[u8], signature: &[u8], key: &PublicKey) -> bool {
    let text = String::from_utf8_lossy(signature);
    let text = text.trim();
    if text.len() != 128 || !text.is_ascii() {
        return false;
    }
    let mut raw = [0; 64];
    for (at, byte) in raw.iter_mut().enumerate() {
        match u8::from_str_radix(&text[2 * at..2 * at + 2], 16) {
            Ok(value) => *byte = value,
            Err(_) => return false,
        }
    }
    key.verifies(bytes, &raw)
}
