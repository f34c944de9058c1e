//! The files of a stick. Anything may lie there: what is not a plain file of a bearable length is not opened to its end,
//! and no link is followed.

use exchange::wire::bundle::{BundleFault, COVER_LEN, Cover, FOLDER, MAX_LEN, SUFFIX, StickFault};
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Most files that are looked at.
const MAX_FILES: usize = 10_000;

/// Room that is left on a stick, for its own book-keeping.
const SPARE_LEN: u64 = 64 * 1024;

/// A file that is called as a bundle is.
pub(super) struct Found {
    pub(super) name: String,
    /// What its cover says.
    pub(super) cover: Result<Cover, BundleFault>,
}

/// The folder of bundles on a stick.
#[derive(Debug)]
pub(super) struct Stick(PathBuf);

impl Stick {
    /// The stick that is mounted at `dir`.
    pub(super) fn at(dir: &Path) -> Result<Stick, StickFault> {
        if !std::fs::metadata(dir)?.is_dir() {
            return Err(StickFault::Missing);
        }
        let folder = dir.join(FOLDER);
        match std::fs::symlink_metadata(&folder) {
            Ok(about) if !about.is_dir() => Err(StickFault::NotAFolder),
            Ok(_) => Ok(Stick(folder)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Stick(folder)),
            Err(error) => Err(error.into()),
        }
    }

    /// All files that are called as bundles are, by name.
    pub(super) fn files(&self) -> Result<Vec<Found>, StickFault> {
        let names = self.names(SUFFIX)?;
        Ok(names.into_iter().map(|name| Found { cover: self.cover(&name), name }).collect())
    }

    fn cover(&self, name: &str) -> Result<Cover, BundleFault> {
        Cover::read(&self.read(name, COVER_LEN)?)
    }

    /// A whole bundle.
    pub(super) fn bundle(&self, name: &str) -> Result<Vec<u8>, BundleFault> {
        // One byte more shows that a file is too long.
        self.read(name, MAX_LEN + 1)
    }

    /// The names of all files that end so, in order.
    pub(super) fn names(&self, suffix: &str) -> Result<Vec<String>, StickFault> {
        let entries = match std::fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut names = Vec::new();
        for (count, entry) in entries.enumerate() {
            if count == MAX_FILES {
                return Err(StickFault::TooManyFiles);
            }
            // A name that is no text is none of ours.
            if let Ok(name) = entry?.file_name().into_string()
                && name.ends_with(suffix)
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// The beginning of a plain file.
    pub(super) fn read(&self, name: &str, most: usize) -> Result<Vec<u8>, BundleFault> {
        let unreadable = |error: std::io::Error| BundleFault::Unreadable(error.to_string());
        // Without NONBLOCK, opening a pipe would wait for somebody to write into it.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::open(self.0.join(name), flags, Mode::empty()) {
            Ok(file) => File::from(file),
            // A link, a socket, or gone meanwhile.
            Err(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO | rustix::io::Errno::NOENT) => {
                return Err(BundleFault::NotABundle);
            }
            Err(errno) => return Err(unreadable(errno.into())),
        };
        if !file.metadata().map_err(unreadable)?.is_file() {
            return Err(BundleFault::NotABundle);
        }
        let mut bytes = Vec::new();
        file.take(most as u64).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(bytes)
    }

    /// Writes a bundle whole or not at all, and flushes it: whoever is told so may pull the stick out.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StickFault> {
        let made = std::fs::create_dir(&self.0);
        if let Err(error) = made
            && error.kind() != ErrorKind::AlreadyExists
        {
            return Err(error.into());
        }
        let room = rustix::fs::statvfs(&self.0).map_err(std::io::Error::from)?;
        if room.f_bavail.saturating_mul(room.f_frsize) < bytes.len() as u64 + SPARE_LEN {
            return Err(StickFault::Full);
        }
        let part = self.0.join(format!("{name}.part"));
        let written = write_whole(&part, &self.0.join(name), bytes);
        if written.is_err() {
            // Of a stick that was pulled out nothing can be removed; the next writing begins the file anew.
            let _ = std::fs::remove_file(&part);
        }
        let flushed = written.and_then(|()| File::open(&self.0)?.sync_all());
        flushed.map_err(StickFault::from)
    }

    /// Removes a bundle of one's own that is done with. A stick that cannot be written to keeps it, which is harmless.
    pub(super) fn remove(&self, name: &str) {
        let _ = std::fs::remove_file(self.0.join(name));
    }
}

fn write_whole(part: &Path, whole: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::open(part, flags, Mode::from_raw_mode(0o644))?);
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(part, whole)
}
