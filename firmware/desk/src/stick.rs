//! The courier's stick, as the desk is told of it and as the screen shows it. What stands on it is sealed and signed, so
//! whoever is there may have it written; nothing on these screens is anyone's.

use serde::{Deserialize, Serialize};

/// What became of the stick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StickNews {
    /// One is in. Told again, it changes nothing.
    In,
    /// It was pulled out. What is told of it after that is not heard.
    Out,
    /// It is being written and read.
    Working {
        /// How much of it is done.
        percent: u8,
    },
    /// All is on it, flushed, and it may be pulled out.
    Done {
        /// Events written to it.
        written: u64,
        /// Answers of the region taken in from it.
        answers: u32,
    },
    /// Not all is on it. Nothing is lost: the station keeps what it has.
    Failed(StickFault),
}

/// Why a stick was not written, or not to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StickFault {
    /// There is no room left on it.
    Full,
    /// It is locked against writing.
    WriteProtected,
    /// It cannot be read: no file system that the station knows.
    Unreadable,
    /// The station is not enrolled yet, so there is nobody to seal for.
    NotEnrolled,
    /// It or the station failed in another way.
    Broken,
    /// It was pulled out while it was being written.
    PulledOut,
}

/// What the screen says of the stick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StickState {
    /// One is in: may it be written?
    Asked {
        /// Events that the region has not taken yet.
        waiting: u64,
    },
    /// It is being written.
    Working {
        /// How much of it is done, in steps of five.
        percent: u8,
    },
    /// It may be pulled out.
    Done {
        /// Events written to it.
        written: u64,
        /// Answers of the region taken in from it.
        answers: u32,
    },
    /// Not all is on it.
    Failed(StickFault),
}
