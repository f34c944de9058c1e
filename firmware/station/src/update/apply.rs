//! Copies, checks, asks, installs. One order, whoever goes forward or back.

use super::manifest::MOST_PACKAGE;
use super::{Checked, UpdateFault, Version, check};
use crate::care::files::{flush_folder, write_whole};
use exchange::wire::PublicKey;
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    /// To a newer version.
    Forward,
    /// To the version before.
    Back,
}

/// Who installs, and where packages are kept.
#[derive(Debug, Clone)]
pub struct Installer {
    /// The program that installs packages: it is called with `-i` and their paths.
    pub dpkg: PathBuf,
    /// Where packages are kept. Only root may write there.
    pub keep: PathBuf,
    /// What is installed.
    pub installed: Version,
    /// Who signs updates.
    pub key: Option<PublicKey>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What is installed now.
    pub version: Version,
    /// Whether the version before can be gone back to.
    pub can_go_back: bool,
}

/// The station, asked to stand still: `begin` before, `end` afterwards, whatever came of it.
pub trait Standstill {
    /// No visit is open, and none begins from now on.
    ///
    /// # Errors
    /// [`UpdateFault::Busy`], [`UpdateFault::NotAsked`].
    fn begin(&mut self) -> Result<(), UpdateFault>;
    /// Visits may begin again. A station that was started anew meanwhile knows that already.
    fn end(&mut self);
}

/// How a version that may be installed stands to the one that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It is newer.
    Newer,
    /// It is there already.
    Same,
}

/// Whether an update may be installed over what is installed.
///
/// # Errors
/// [`UpdateFault::Older`], [`UpdateFault::TooFar`].
pub fn fits(update: &Checked, installed: &Version) -> Result<Fit, UpdateFault> {
    let (found, installed) = (update.version.clone(), installed.clone());
    match found.cmp(&installed) {
        Ordering::Less => Err(UpdateFault::Older { found, installed }),
        Ordering::Equal => Ok(Fit::Same),
        Ordering::Greater if installed < update.min_from => {
            Err(UpdateFault::TooFar { found, needs: update.min_from.clone(), installed })
        }
        Ordering::Greater => Ok(Fit::Newer),
    }
}

/// Installs the update in `from`; `None` if it is installed already.
///
/// # Errors
/// [`UpdateFault`].
pub fn apply(
    from: &Path,
    installer: &Installer,
    station: &mut dyn Standstill,
) -> Result<Option<Done>, UpdateFault> {
    let checked = check(from, installer.key.as_ref())?;
    match fits(&checked, &installer.installed)? {
        Fit::Same => Ok(None),
        Fit::Newer => install(&checked, installer, station, Going::Forward).map(Some),
    }
}

/// Installs the version before: the one that is kept, or the one in `from`.
///
/// # Errors
/// [`UpdateFault`].
pub fn rollback(
    from: Option<&Path>,
    installer: &Installer,
    station: &mut dyn Standstill,
) -> Result<Done, UpdateFault> {
    let kept = installer.keep.join("previous");
    let from = match from {
        Some(from) => from,
        None if kept.join("manifest.json").exists() => &kept,
        None => return Err(UpdateFault::NothingBefore),
    };
    let checked = check(from, installer.key.as_ref())?;
    install(&checked, installer, station, Going::Back)
}

fn install(
    checked: &Checked,
    installer: &Installer,
    station: &mut dyn Standstill,
    going: Going,
) -> Result<Done, UpdateFault> {
    let incoming = installer.keep.join("incoming");
    copy(checked, &incoming)?;
    station.begin()?;
    let result = dpkg(installer, &incoming, checked);
    let done = match result {
        Ok(()) => {
            rotate(&installer.keep, &incoming, going)
                .map_err(|reason| UpdateFault::CannotKeep { path: installer.keep.clone(), reason })?;
            let can_go_back = installer.keep.join("previous/manifest.json").exists();
            Ok(Done { version: checked.version.clone(), can_go_back })
        }
        Err(words) => Err(UpdateFault::Installer { words, after: back_again(installer) }),
    };
    station.end();
    done
}

/// Copies the packages with their manifest, and checks the copy's bytes on the way.
fn copy(checked: &Checked, to: &Path) -> Result<(), UpdateFault> {
    let cannot = |reason| UpdateFault::CannotKeep { path: to.to_owned(), reason };
    match std::fs::remove_dir_all(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(cannot(error)),
        Ok(()) | Err(_) => {}
    }
    std::fs::create_dir_all(to).map_err(cannot)?;
    for file in &checked.packages {
        let path = checked.dir.join(&file.name);
        let unreadable = |reason| UpdateFault::Unreadable { path: path.clone(), reason };
        let source = File::open(&path).map_err(unreadable)?;
        let target = to.join(&file.name);
        let mut copy =
            OpenOptions::new().write(true).create_new(true).mode(0o644).open(&target).map_err(cannot)?;
        let (mut hash, mut buffer, mut len) = (Sha256::new(), vec![0; 256 << 10], 0);
        let mut source = source.take(MOST_PACKAGE + 1);
        loop {
            let count = source.read(&mut buffer).map_err(unreadable)?;
            if count == 0 {
                break;
            }
            hash.update(&buffer[..count]);
            copy.write_all(&buffer[..count]).map_err(cannot)?;
            len += count as u64;
        }
        copy.sync_all().map_err(cannot)?;
        if !file.is(len, hash) {
            return Err(UpdateFault::OtherBytes { name: file.name.clone() });
        }
    }
    let (manifest, signature) = &checked.signed;
    write_whole(&to.join("manifest.json"), manifest, 0o644).map_err(cannot)?;
    write_whole(&to.join("manifest.sig"), signature, 0o644).map_err(cannot)
}

fn dpkg(installer: &Installer, dir: &Path, checked: &Checked) -> Result<(), String> {
    let packages = checked.packages.iter().map(|file| dir.join(&file.name));
    run_dpkg(&installer.dpkg, packages)
}

fn run_dpkg(dpkg: &Path, packages: impl Iterator<Item = PathBuf>) -> Result<(), String> {
    let output = Command::new(dpkg)
        .arg("-i")
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .output()
        .map_err(|error| format!("{}: {error}", dpkg.display()))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = words.lines().rev().take(3).collect();
    Err(format!("{} {}", output.status, last.into_iter().rev().collect::<Vec<_>>().join("; ")))
}

/// What was installed before is installed again, where its packages are kept.
fn back_again(installer: &Installer) -> String {
    let current = installer.keep.join("current");
    let packages: Vec<PathBuf> = std::fs::read_dir(&current)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .collect();
    if packages.is_empty() {
        return "What was installed before is not kept here: `dpkg --audit` shows what is half installed"
            .to_owned();
    }
    match run_dpkg(&installer.dpkg, packages.into_iter()) {
        Ok(()) => format!("Version {} was put back", installer.installed),
        Err(words) => format!("Version {} could not be put back either: {words}", installer.installed),
    }
}

/// What was current becomes the version before, what has come becomes current. Gone back, there is nothing before any more.
fn rotate(keep: &Path, incoming: &Path, going: Going) -> std::io::Result<()> {
    let (current, previous) = (keep.join("current"), keep.join("previous"));
    let remove = |path: &Path| match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    };
    remove(&previous)?;
    match going {
        Going::Forward if current.exists() => std::fs::rename(&current, &previous)?,
        Going::Forward => {}
        Going::Back => remove(&current)?,
    }
    std::fs::rename(incoming, &current)?;
    flush_folder(&current)
}
