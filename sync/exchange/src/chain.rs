//! Hashes that let two sides find out, in a few bytes, that they hold the same history and the same reference data.

use crate::{Event, Record, row};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Hash over all events of an epoch up to one: `SHA-256(previous chain value ‖ seq, big-endian ‖ row)`, first 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chain(#[serde(with = "crate::hex::array")] pub [u8; 16]);

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
///
/// Written as its 8 bytes, high byte first; in JSON as their 16 hexadecimal digits, for not every reader of JSON has
/// whole numbers of 64 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FeedHash(pub u64);

impl Serialize for FeedHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::hex::array::serialize(&self.0.to_be_bytes(), serializer)
    }
}

impl<'de> Deserialize<'de> for FeedHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<FeedHash, D::Error> {
        crate::hex::array::deserialize(deserializer).map(u64::from_be_bytes).map(FeedHash)
    }
}

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
        f.write_str(&crate::hex::text(&self.0))
    }
}

impl fmt::Debug for FeedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Class, ClassId, Lang};

    fn class(id: u32) -> Record {
        let name = format!("7 {id}");
        Record::Class(Class { id: ClassId(id), grade: 7, letter: String::new(), name, lang: Lang::Kk })
    }

    /// SHA-256 of 16 zero bytes, seq 1 and the row `abc`, worked out with another program.
    #[test]
    fn a_chain_value_is_what_the_description_says() {
        assert_eq!(format!("{:?}", Chain::START.after_row(1, b"abc")), "217d1dda145781f5e1be9b5f55a84f5d");
    }

    #[test]
    fn a_feed_has_one_hash_whatever_its_order() {
        let all: Vec<Record> = (1..=5).map(class).collect();
        let forward = FeedHash::over(&all);
        assert_eq!(forward, FeedHash::over(all.iter().rev()));
        assert_eq!(forward.without(&all[2]).with(&all[2]), forward);
        assert_ne!(forward.without(&all[2]), forward);
        assert_eq!(FeedHash::over(&[]), FeedHash(0));
    }
}
