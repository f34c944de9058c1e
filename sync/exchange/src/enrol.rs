//! How a station joins a region: it makes a key pair and a short code, shows the code on its screen, and asks until a
//! person at the region has approved that code (in the manner of RFC 8628). JSON both ways, over HTTPS; or on a stick, where
//! the answer is signed, for no connection vouches for it. With a voucher ([`crate::voucher`]) no person is needed.

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
    /// A voucher of the region, in its text form, if it was given one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher: Option<String>,
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
    /// The voucher does not let the station in; without it, a person can. Only told to who brought one.
    VoucherRefused {
        /// Why.
        why: VoucherRefusal,
    },
}

/// Why a region does not take a voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum VoucherRefusal {
    /// It is mistyped, or no voucher at all.
    #[error("the voucher is mistyped or cut short; copy it again")]
    Unreadable,
    /// Another region made it, or nobody did.
    #[error("the voucher is not of this region")]
    Foreign,
    /// Its time is over.
    #[error("the voucher has run out; have a new one made")]
    Expired,
    /// Another device has used it.
    #[error("the voucher was used by another device; each is good for one")]
    Used,
    /// Somebody took it back.
    #[error("the voucher was withdrawn at the region")]
    Withdrawn,
}

/// What a region answers on a stick, signed by the key inside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolReply {
    /// [`crate::SCHEMA`].
    pub schema: u16,
    /// The region's public key; the station's people compare its fingerprint.
    pub region_key: PublicKey,
    /// For whom it is: the station's public key.
    pub key: PublicKey,
    /// The code of the question.
    pub code: String,
    /// The region's time, seconds since 1970.
    pub at_s: i64,
    /// What it says.
    pub answer: EnrolAnswer,
}

/// The end of the names of questions on a stick, in the folder [`crate::wire::bundle::FOLDER`].
pub const QUESTION_SUFFIX: &str = ".enrol";

/// The end of the names of answers there.
pub const REPLY_SUFFIX: &str = ".enrolled";

/// The longest question or reply, in bytes.
pub const MOST_LEN: usize = 4_096;

/// Characters of a code: no vowels and none that look alike.
pub const CODE_ALPHABET: &[u8] = b"23456789CDFGHJKMNPQRTVWXYZ";

/// Length of a code.
pub const CODE_LEN: usize = 8;

/// A code from 8 random bytes.
pub fn code(random: [u8; CODE_LEN]) -> String {
    random.iter().map(|byte| char::from(CODE_ALPHABET[usize::from(*byte) % CODE_ALPHABET.len()])).collect()
}
