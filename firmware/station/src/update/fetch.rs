//! Fetches an update over a line that may be slow and may fall: what has come is kept, and the next try goes on behind it.
//!
//! The signature is the only thing that is trusted. The manifest is judged before anything is kept, so that a version that
//! does not fit costs a few hundred bytes.

use super::apply::Fit;
use super::manifest::{MOST, judge};
use super::{Checked, FileEntry, Installer, UpdateFault, fits};
use crate::care::files::write_whole;
use links::LinkFault;
use links::https::{FileFault, Files};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often it is tried again without a single new byte.
const MOST_TRIES: u32 = 5;

/// The wait before the first of these tries, in seconds; each further one is twice as long.
const FIRST_WAIT_S: u64 = 2;

/// Where an update lies.
pub trait Source {
    /// A file of at most `most` bytes.
    ///
    /// # Errors
    /// [`LinkFault`].
    fn whole(&mut self, name: &str, most: usize) -> Result<Vec<u8>, LinkFault>;
    /// A file of `len` bytes from byte `from` on, handed over as it comes.
    ///
    /// # Errors
    /// [`FileFault`].
    fn rest(
        &mut self,
        name: &str,
        from: u64,
        len: u64,
        keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), FileFault>;
}

impl Source for Files {
    fn whole(&mut self, name: &str, most: usize) -> Result<Vec<u8>, LinkFault> {
        Files::whole(self, name, most)
    }

    fn rest(
        &mut self,
        name: &str,
        from: u64,
        len: u64,
        keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), FileFault> {
        Files::rest(self, name, from, len, keep)
    }
}

/// Whoever waits for it.
pub trait Waiter {
    /// So many bytes of this file are here.
    fn has(&mut self, file: &FileEntry, bytes: u64);
    /// The line fell; it is tried again after `pause`, for which this returns.
    fn pauses(&mut self, fault: &LinkFault, pause: Duration);
}

/// Fetches the manifest and judges it; keeps nothing.
///
/// # Errors
/// [`UpdateFault`].
pub fn look(
    source: &mut dyn Source,
    address: &str,
    installer: &Installer,
    waiter: &mut dyn Waiter,
) -> Result<Checked, UpdateFault> {
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let mut file = |name: &str| {
        let mut tries = Tries::default();
        loop {
            match source.whole(name, most) {
                Ok(bytes) => return Ok(bytes),
                Err(LinkFault::Status(404)) => return Err(UpdateFault::NothingThere(address.to_owned())),
                Err(fault) => tries.failed(address, fault, waiter)?,
            }
        }
    };
    let (manifest, signature) = (file("manifest.json")?, file("manifest.sig")?);
    judge(Path::new(address), manifest, signature, installer.key.as_ref())
}

/// Fetches the update that lies at `address` into a folder below the place where packages are kept, and gives the folder,
/// from which it is installed as from a stick. Fetches no package of a version that does not fit or is there already.
///
/// # Errors
/// [`UpdateFault`]; what has come is kept, the same call goes on from there.
pub fn fetch(
    source: &mut dyn Source,
    address: &str,
    installer: &Installer,
    waiter: &mut dyn Waiter,
) -> Result<(PathBuf, Fit), UpdateFault> {
    let dir = fetched(installer);
    let checked = look(source, address, installer, waiter)?;
    let fit = fits(&checked, &installer.installed)?;
    if fit == Fit::Same {
        return Ok((dir, fit));
    }
    let cannot = |reason| UpdateFault::CannotKeep { path: dir.clone(), reason };
    begin(&dir, &checked).map_err(cannot)?;
    for file in &checked.packages {
        let path = dir.join(&file.name);
        let mut tries = Tries::default();
        loop {
            let mut part = Part::open(&path, file).map_err(cannot)?;
            let before = part.len;
            waiter.has(file, part.len);
            if part.len == file.bytes {
                break;
            }
            let mut keep = |piece: &[u8]| {
                part.push(piece)?;
                waiter.has(file, part.len);
                Ok(())
            };
            match source.rest(&file.name, before, file.bytes, &mut keep) {
                Ok(()) => {}
                Err(FileFault::Keep(reason)) => return Err(cannot(reason)),
                Err(FileFault::Link(fault)) => {
                    if part.len > before {
                        tries = Tries::default();
                    }
                    tries.failed(address, fault, waiter)?;
                }
            }
            part.file.sync_all().map_err(cannot)?;
        }
        if !is_whole(&path, file).map_err(cannot)? {
            std::fs::remove_file(&path).map_err(cannot)?;
            return Err(UpdateFault::OtherBytes { name: file.name.clone() });
        }
    }
    Ok((dir, fit))
}

/// Forgets what was fetched. It is installed, and kept elsewhere.
///
/// # Errors
/// [`UpdateFault::CannotKeep`].
pub fn forget(installer: &Installer) -> Result<(), UpdateFault> {
    let dir = fetched(installer);
    match std::fs::remove_dir_all(&dir) {
        Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
            Err(UpdateFault::CannotKeep { path: dir, reason })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn fetched(installer: &Installer) -> PathBuf {
    installer.keep.join("fetched")
}

/// What is there of this very update stays; of another one, it goes.
fn begin(dir: &Path, checked: &Checked) -> io::Result<()> {
    let (manifest, signature) = &checked.signed;
    if std::fs::read(dir.join("manifest.json")).is_ok_and(|there| there == *manifest) {
        return Ok(());
    }
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    std::fs::create_dir_all(dir)?;
    write_whole(&dir.join("manifest.sig"), signature, 0o644)?;
    write_whole(&dir.join("manifest.json"), manifest, 0o644)
}

/// The part of a file that is here.
struct Part {
    file: File,
    len: u64,
}

impl Part {
    fn open(path: &Path, entry: &FileEntry) -> io::Result<Part> {
        let file = OpenOptions::new().append(true).create(true).mode(0o644).open(path)?;
        let mut len = file.metadata()?.len();
        if len > entry.bytes {
            file.set_len(0)?;
            len = 0;
        }
        Ok(Part { file, len })
    }

    fn push(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece)?;
        self.len += piece.len() as u64;
        Ok(())
    }
}

fn is_whole(path: &Path, entry: &FileEntry) -> io::Result<bool> {
    let mut file = File::open(path)?.take(entry.bytes + 1);
    let (mut hash, mut buffer, mut len) = (Sha256::new(), vec![0; 256 << 10], 0);
    loop {
        let count = file.read(&mut buffer)?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
        hash.update(piece);
        len += piece.len() as u64;
    }
    Ok(entry.is(len, hash))
}

/// How often it has been tried since the last byte came.
#[derive(Default)]
struct Tries(u32);

impl Tries {
    /// Waits for the next try, or gives up.
    fn failed(
        &mut self,
        address: &str,
        fault: LinkFault,
        waiter: &mut dyn Waiter,
    ) -> Result<(), UpdateFault> {
        let passes = match &fault {
            LinkFault::NameNotFound
            | LinkFault::Unreachable
            | LinkFault::ConnectTimeout
            | LinkFault::Stalled { .. }
            | LinkFault::Torn { .. }
            | LinkFault::Status(408 | 425 | 429 | 500..) => true,
            LinkFault::Tls(_) | LinkFault::Status(_) | LinkFault::Redirect(_) | LinkFault::TooLong { .. } => {
                false
            }
        };
        self.0 += 1;
        if !passes || self.0 >= MOST_TRIES {
            return Err(UpdateFault::NotFetched { address: address.to_owned(), fault });
        }
        waiter.pauses(&fault, Duration::from_secs(FIRST_WAIT_S << (self.0 - 1)));
        Ok(())
    }
}
