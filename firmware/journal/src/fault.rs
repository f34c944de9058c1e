//! What can go wrong, in words that say what to do. No name, card or item number ever stands in them.

use desk::RecordFault;
use exchange::{Epoch, StationId};
use rusqlite::ErrorCode;
use rusqlite::ffi;

/// Why a database could not be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// No space is left.
    #[error("the disk is full: free some space; what was said yes to is safe")]
    DiskFull,
    /// The disk, or the folder, cannot be written.
    #[error("the disk cannot be written: it is mounted read-only, or the folder belongs to someone else")]
    ReadOnly,
    /// Another program holds the database.
    #[error("another program has the station's memory open: stop it first")]
    InUse,
    /// A file is damaged. It is repaired when the journal is opened the next time.
    #[error(
        "a file of the station's memory is damaged (code {code}): start the station again, it repairs itself"
    )]
    Damaged {
        /// SQLite's extended result code; 0 where the content, not SQLite, showed it.
        code: i32,
    },
    /// The disk fails, or something that was not foreseen.
    #[error(
        "the disk fails (code {code}): start the station again; if it comes back, change the card or disk"
    )]
    Failing {
        /// SQLite's extended result code.
        code: i32,
    },
}

impl StoreFault {
    /// A row that SQLite gave out but that is no event or record.
    pub(crate) const CONTENT: StoreFault = StoreFault::Damaged { code: 0 };
}

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> StoreFault {
        let Some(error) = error.sqlite_error() else {
            // Not from SQLite: a column is missing or of another type than the schema says.
            return StoreFault::CONTENT;
        };
        let code = error.extended_code;
        #[allow(clippy::wildcard_enum_match_arm, reason = "not our enum, and it is non-exhaustive")]
        match error.code {
            ErrorCode::DiskFull => StoreFault::DiskFull,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreFault::ReadOnly,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreFault::InUse,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreFault::Damaged { code },
            // A table or column that every file of ours has is not there.
            _ if code == ffi::SQLITE_ERROR => StoreFault::Damaged { code },
            ErrorCode::SystemIoFailure if code == ffi::SQLITE_IOERR_READ => StoreFault::Damaged { code },
            ErrorCode::SystemIoFailure if code == ffi::SQLITE_IOERR_SHORT_READ => {
                StoreFault::Damaged { code }
            }
            _ => StoreFault::Failing { code },
        }
    }
}

impl From<std::io::Error> for StoreFault {
    fn from(error: std::io::Error) -> StoreFault {
        use std::io::ErrorKind;
        #[allow(clippy::wildcard_enum_match_arm, reason = "not our enum, and it is non-exhaustive")]
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                StoreFault::DiskFull
            }
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => StoreFault::ReadOnly,
            _ => StoreFault::Failing { code: error.raw_os_error().unwrap_or(0) },
        }
    }
}

/// Why the journal could not be opened. Nothing was changed, apart from damaged files that were put aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A database could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// Written by a newer program, in a way this one cannot read.
    #[error(
        "the journal was written by a newer program (it needs schema {needs}; this one has {have}): install that version again"
    )]
    Newer {
        /// The lowest schema that can use it.
        needs: u32,
        /// The schema of this program.
        have: u32,
    },
}

/// Why acts were not written down. Nothing of them is in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// No space is left. The journal works again as soon as there is some.
    #[error("nothing was written down: the disk is full; free some space")]
    DiskFull,
    /// The disk cannot be written. The journal works again as soon as it can.
    #[error("nothing was written down: the disk is read-only")]
    ReadOnly,
    /// The disk fails. After a failed flush nothing more is taken until the journal is opened again: the system may
    /// have forgotten what it could not write, and a second flush would claim that it is safe.
    #[error("nothing was written down: {0}")]
    Broken(StoreFault),
}

impl From<StoreFault> for AppendError {
    fn from(fault: StoreFault) -> AppendError {
        match fault {
            StoreFault::DiskFull => AppendError::DiskFull,
            StoreFault::ReadOnly => AppendError::ReadOnly,
            StoreFault::InUse | StoreFault::Damaged { .. } | StoreFault::Failing { .. } => {
                AppendError::Broken(fault)
            }
        }
    }
}

impl From<AppendError> for RecordFault {
    fn from(error: AppendError) -> RecordFault {
        match error {
            AppendError::DiskFull => RecordFault::DiskFull,
            AppendError::ReadOnly => RecordFault::ReadOnly,
            AppendError::Broken(_) => RecordFault::Broken,
        }
    }
}

/// Why an answer was not taken. Nothing of it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TakeError {
    /// A database could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// For another station.
    #[error("the answer is for station {0}")]
    OtherStation(StationId),
    /// For another life of this station's journal.
    #[error("the answer speaks of epoch {0} of the journal, which is not the present one")]
    OtherEpoch(Epoch),
    /// The region wants an epoch to begin that this journal already had.
    #[error("the region wants epoch {0} to begin, which this journal already had")]
    EpochTwice(Epoch),
}

/// Why the journal cannot belong to this station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// A database could not be written.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// It is the journal of another station.
    #[error(
        "this journal belongs to station {0}: put its folder aside before the machine becomes another station"
    )]
    OtherStation(StationId),
}
