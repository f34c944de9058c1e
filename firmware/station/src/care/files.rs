//! Files that are there whole or not at all, whatever is unplugged meanwhile.

use anyhow::Context;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// Writes a file under another name, flushes it, and puts it in place of the one that was there. `mode` counts for a file
/// system that has modes.
///
/// # Errors
/// The disk's; then what was there is as it was.
pub fn write_whole(path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        flush_folder(path)
    };
    write().inspect_err(|_| drop(std::fs::remove_file(&new)))
}

/// Flushes the folder of a file, so that its name is durable too.
///
/// # Errors
/// The disk's.
pub fn flush_folder(path: &Path) -> std::io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

/// Gives a file, made by root, to whoever owns `folder`. Without the right to do so it stays as it is if the owner is right
/// already.
///
/// # Errors
/// It belongs to another one and cannot be given.
pub fn give_to_owner_of(folder: &Path, path: &Path) -> anyhow::Result<()> {
    let owner = std::fs::metadata(folder).with_context(|| folder.display().to_string())?;
    let file = std::fs::metadata(path).with_context(|| path.display().to_string())?;
    if (owner.uid(), owner.gid()) == (file.uid(), file.gid()) {
        return Ok(());
    }
    std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid())).with_context(|| {
        format!("{}: cannot be given to the station's user; run this as root", path.display())
    })
}

/// Reads at most `most` bytes of a file.
///
/// # Errors
/// It cannot be read, or is longer.
pub fn read_at_most(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(std::io::Error::new(
            std::io::ErrorKind::FileTooLarge,
            format!("it is longer than {most} bytes"),
        ));
    }
    Ok(bytes)
}
