//! The last self-test, kept in the data folder for the doctor and the staff screen.

use serde::{Deserialize, Serialize};
use std::path::Path;

const FILE: &str = "durability.json";

/// What came of it. Numbers only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When, seconds since 1970 by the machine's clock.
    pub at_s: i64,
    /// What chance began with.
    pub seed: u64,
    /// How often the process was killed.
    pub kills: u32,
    /// Commits it had been told are durable.
    pub acknowledged: u64,
    /// Of these, how many were not there, or not as they were written.
    pub lost: u64,
    /// The middle flush, in microseconds.
    pub flush_p50_us: u32,
    /// 99 of 100 flushes took at most this, in microseconds.
    pub flush_p99_us: u32,
}

impl Record {
    /// The last one of this data folder.
    #[must_use]
    pub fn read(data_dir: &Path) -> Option<Record> {
        serde_json::from_slice(&std::fs::read(data_dir.join(FILE)).ok()?).ok()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// The disk's.
    pub fn write(&self, data_dir: &Path) -> std::io::Result<()> {
        crate::care::files::write_whole(&data_dir.join(FILE), &serde_json::to_vec_pretty(self)?, 0o644)
    }
}
