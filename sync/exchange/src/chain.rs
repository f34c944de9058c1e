//! Hashes that let two sides find out, in a few bytes, that they hold the same history and the same reference data.

use crate::{Event, Record, row};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Hash over all events of an epoch up to one: `SHA-256(previous chain value ‖ seq, big-endian ‖ row)`, first 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chain(pub [u8; 16]);

impl Chain {
    /// Before the first event of an epoch.
    pub const START: Chain = Chain([0; 16]);

    /// The chain value after `event`.
    #[must_use]
    pub fn after(self, event: &Event) -> Chain {
        self.after_row(event.seq.0, &row::encode(event))
    }

    /// The chain value after the event with this seq and this row form.
    #[must_use]
    pub fn after_row(self, seq: u64, row: &[u8]) -> Chain {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(seq.to_be_bytes());
        hash.update(row);
        let mut out = [0; 16];
        out.copy_from_slice(&hash.finalize()[..16]);
        Chain(out)
    }
}

/// Hash over the records of a feed, whatever their order: the wrapping sum of one 64-bit hash each. It can be kept up
/// to date record by record, and an empty feed has 0. It finds drift; it is no defence against malice (signatures are).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeedHash(pub u64);

impl FeedHash {
    /// With `record` added.
    #[must_use]
    pub fn with(self, record: &Record) -> FeedHash {
        FeedHash(self.0.wrapping_add(record_hash(record)))
    }

    /// With `record`, which was in it, taken out.
    #[must_use]
    pub fn without(self, record: &Record) -> FeedHash {
        FeedHash(self.0.wrapping_sub(record_hash(record)))
    }

    /// Over all `records`.
    pub fn over<'a>(records: impl IntoIterator<Item = &'a Record>) -> FeedHash {
        records.into_iter().fold(FeedHash::default(), FeedHash::with)
    }
}

fn record_hash(record: &Record) -> u64 {
    let digest = Sha256::digest(row::encode_record(record));
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for FeedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
