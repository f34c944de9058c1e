//! Files of a copy: private, flushed, known by their hashes.

use super::fault::{BackupFault, at};
use super::{FileLine, MANIFEST};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Makes a folder that its owner alone can look into; one that is there must be empty.
pub(super) fn make_private(dir: &Path) -> Result<(), BackupFault> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(at(dir))?;
    if std::fs::read_dir(dir).map_err(at(dir))?.next().is_some() {
        return Err(BackupFault::Full(dir.to_owned()));
    }
    Ok(())
}

/// The names of the files in a folder, in their order.
pub(super) fn names(dir: &Path) -> Result<Vec<String>, BackupFault> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(at(dir))? {
        let entry = entry.map_err(at(dir))?;
        if entry.file_type().map_err(at(dir))?.is_file()
            && let Ok(name) = entry.file_name().into_string()
            && name != MANIFEST
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Copies a file into a new one that its owner alone can read, and flushes it.
pub(super) fn copy_file(from: &Path, to: &Path) -> Result<(), BackupFault> {
    let mut source = File::open(from).map_err(at(from))?;
    let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(at(to))?;
    std::io::copy(&mut source, &mut new).map_err(at(to))?;
    new.sync_all().map_err(at(to))
}

/// Length and hash of a file, which is flushed.
pub(super) fn digest(dir: &Path, name: &str) -> Result<FileLine, BackupFault> {
    let path = dir.join(name);
    let mut file = File::open(&path).map_err(at(&path))?;
    file.sync_all().map_err(at(&path))?;
    let (mut hash, mut len, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let count = file.read(&mut buffer).map_err(at(&path))?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { break };
        hash.update(read);
        len += count as u64;
    }
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(FileLine { name: name.to_owned(), len, sha256 })
}

/// Flushes a folder: the names in it.
pub(super) fn flush(dir: &Path) -> Result<(), BackupFault> {
    File::open(dir).and_then(|folder| folder.sync_all()).map_err(at(dir))
}
