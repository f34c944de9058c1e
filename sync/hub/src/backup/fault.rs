//! Why a copy cannot be made or put back.

use crate::store::StoreFault;
use std::path::{Path, PathBuf};

/// Why a copy cannot be made or put back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupFault {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// A file.
    #[error("{path}: {fault}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        fault: std::io::Error,
    },
    /// The folder is not empty.
    #[error("{0}: there is something in this folder; a new one is wanted")]
    Full(PathBuf),
    /// There is no copy, or it was not finished.
    #[error("{0}: there is no copy of a region here, or it was not finished: backup.json is missing")]
    NoCopy(PathBuf),
    /// What says what is there cannot be read.
    #[error("{0}: this does not say what the copy holds; it may be of a newer program")]
    Manifest(PathBuf),
    /// A file is not what it was.
    #[error("{0}: this file is not what it was when the copy was made; take another copy")]
    Changed(PathBuf),
    /// What was put back is not what was copied.
    #[error("what was put back does not hold what the copy says; take another copy")]
    Other,
    /// The copy is of a PostgreSQL database.
    #[error("this is a copy of a PostgreSQL database: say with --postgres which empty one it goes to")]
    WantsAddress,
    /// The copy is of a SQLite database.
    #[error("this is a copy of a SQLite database: it goes into the folder, without --postgres")]
    WantsNone,
    /// The programs of PostgreSQL are not there.
    #[error("{0} is not on this machine: apt install postgresql-client")]
    NoProgram(&'static str),
    /// One of them failed.
    #[error("{program}: {told}")]
    Program {
        /// Which.
        program: &'static str,
        /// What it said.
        told: String,
    },
    /// The address is none.
    #[error("the address of the PostgreSQL database cannot be read: postgres://user@host/name is expected")]
    Address,
}

/// The fault of a file.
pub(super) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> BackupFault {
    let path = path.to_owned();
    move |fault| BackupFault::File { path, fault }
}
