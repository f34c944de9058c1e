//! Copies of both databases, made in a quiet hour, each opened and checked before it counts. Two are kept.

use crate::log::{Log, Unsound};
use crate::reference::{Checked, Reference};
use crate::{StoreFault, db};
use std::fs;
use std::path::{Path, PathBuf};

/// How many copies of each database are kept.
const KEPT: usize = 2;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Journal,
    State,
}

impl Of {
    fn prefix(self) -> &'static str {
        match self {
            Of::Journal => "journal-",
            Of::State => "state-",
        }
    }
}

/// Copies in the folder, the newest first. A folder that is not there, or cannot be read, has none.
pub(crate) fn list(folder: &Path, of: Of) -> Vec<PathBuf> {
    dated(folder, of).into_iter().map(|(_, path)| path).collect()
}

/// When the newest copy of the journal was made; `None` if there is none.
pub(crate) fn newest_s(folder: &Path) -> Option<i64> {
    dated(folder, Of::Journal).first().map(|(time_s, _)| *time_s)
}

fn dated(folder: &Path, of: Of) -> Vec<(i64, PathBuf)> {
    let time_of = |path: &Path| -> Option<i64> {
        path.file_name()?.to_str()?.strip_prefix(of.prefix())?.strip_suffix(".db")?.parse().ok()
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut copies: Vec<(i64, PathBuf)> =
        entries.filter_map(|entry| Some((time_of(&entry.path())?, entry.path()))).collect();
    copies.sort_by_key(|(time_s, _)| std::cmp::Reverse(*time_s));
    copies
}

/// Makes and checks a copy of both, then lets the oldest go.
pub(crate) fn make(folder: &Path, log: &Log, reference: &Reference, now_s: i64) -> Result<(), StoreFault> {
    fs::create_dir_all(folder)?;
    make_one(
        folder,
        Of::Journal,
        now_s,
        |path| log.copy_to(path),
        |path| {
            let copy = Log::open(path).map_err(|unsound| match unsound {
                Unsound::Empty | Unsound::Damaged | Unsound::Error(_) => StoreFault::CONTENT,
            })?;
            if copy.head() == log.head() && copy.lives() == log.lives() {
                Ok(())
            } else {
                Err(StoreFault::CONTENT)
            }
        },
    )?;
    make_one(
        folder,
        Of::State,
        now_s,
        |path| db::copy(&reference.conn, path),
        |path| match Reference::open(path)? {
            Checked::Sound(_) => Ok(()),
            Checked::Empty | Checked::OtherSchema => Err(StoreFault::CONTENT),
        },
    )
}

fn make_one(
    folder: &Path,
    of: Of,
    now_s: i64,
    write: impl FnOnce(&Path) -> Result<(), StoreFault>,
    check: impl FnOnce(&Path) -> Result<(), StoreFault>,
) -> Result<(), StoreFault> {
    let path = folder.join(format!("{}{now_s}.db", of.prefix()));
    let new = db::clear_new(&path)?;
    let made = write(&new).and_then(|()| check(&new)).and_then(|()| {
        fs::File::open(&new)?.sync_all()?;
        fs::rename(&new, &path)?;
        db::sync_folder(&path)
    });
    if made.is_err() {
        // What there is of it must not fill the disk; that it could not be made is what is told.
        let _ = db::clear_new(&path);
        return made;
    }
    for old in list(folder, of).iter().skip(KEPT) {
        db::remove(old)?;
    }
    Ok(())
}
