//! How a station joins a region: it makes a key pair and a short code, shows the code on its screen, and asks until a
//! person at the region has approved that code (in the manner of RFC 8628). JSON both ways, over HTTPS.

use crate::{Epoch, StationId, wire::PublicKey};
use serde::{Deserialize, Serialize};

/// What a station asks, again and again, until it is approved or refused. Signed by its new key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// [`crate::SCHEMA`].
    pub schema: u16,
    /// The station's public key.
    pub key: PublicKey,
    /// The code on its screen: 8 characters of `23456789CDFGHJKMNPQRTVWXYZ`, chosen by chance at the station.
    pub code: String,
    /// What the technician called it.
    pub name: String,
}

/// What the region answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrolAnswer {
    /// Nobody has decided yet: ask again after this many seconds.
    Waiting {
        /// Seconds to wait.
        retry_s: u32,
    },
    /// The station belongs to the region now.
    Approved {
        /// Its number.
        station: StationId,
        /// The epoch to begin with.
        epoch: Epoch,
        /// The region's public key, by which its answers are checked from now on.
        region_key: PublicKey,
        /// The school's name.
        school: String,
    },
    /// A person said no, or the code ran out.
    Refused,
}

/// Characters of a code: no vowels and none that look alike.
pub const CODE_ALPHABET: &[u8] = b"23456789CDFGHJKMNPQRTVWXYZ";

/// Length of a code.
pub const CODE_LEN: usize = 8;

/// A code from 8 random bytes.
pub fn code(random: [u8; CODE_LEN]) -> String {
    random.iter().map(|byte| char::from(CODE_ALPHABET[usize::from(*byte) % CODE_ALPHABET.len()])).collect()
}
