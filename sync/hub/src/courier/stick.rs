//! The region's hands on a stick: the same care as the station takes (`links::courier`), which this room may not use. No link
//! is followed, nothing but a plain file is read, and no more of it than a bundle may be long.

use exchange::wire::bundle::{BundleFault, FOLDER, MAX_LEN, StickFault};
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Most files that are looked at.
const MAX_FILES: usize = 10_000;

/// Where stations leave their bundles; `None` if no station has left any.
pub(super) fn folder(stick: &Path) -> Result<Option<PathBuf>, StickFault> {
    if !std::fs::metadata(stick)?.is_dir() {
        return Err(StickFault::Missing);
    }
    let folder = stick.join(FOLDER);
    match std::fs::symlink_metadata(&folder) {
        Ok(about) if about.is_dir() => Ok(Some(folder)),
        Ok(_) => Err(StickFault::NotAFolder),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The names of the files there, in order.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, StickFault> {
    let mut names = Vec::new();
    for (count, entry) in std::fs::read_dir(folder)?.enumerate() {
        if count == MAX_FILES {
            return Err(StickFault::TooManyFiles);
        }
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

/// What is in a plain file, up to one byte more than a bundle may have.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, BundleFault> {
    let unreadable = |error: std::io::Error| BundleFault::Unreadable(error.to_string());
    // Without NONBLOCK, opening a pipe would wait for somebody to write into it.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO | rustix::io::Errno::NOENT) => {
            return Err(BundleFault::NotABundle);
        }
        Err(errno) => return Err(unreadable(errno.into())),
    };
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(BundleFault::NotABundle);
    }
    let mut bytes = Vec::new();
    file.take(MAX_LEN as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Writes a file whole or not at all, and flushes it.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), StickFault> {
    let part = folder.join(format!("{name}.part"));
    let write = || -> std::io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::open(&part, flags, Mode::from_raw_mode(0o644))?);
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, folder.join(name))?;
        File::open(folder)?.sync_all()
    };
    write().map_err(|error| {
        // Of a stick that was pulled out nothing can be removed; the next answer begins the file anew.
        let _ = std::fs::remove_file(&part);
        error.into()
    })
}
