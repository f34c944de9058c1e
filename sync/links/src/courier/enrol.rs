//! Joining a region by a stick: the station's question goes out on it, the region's signed reply comes back.
//!
//! Invariants:
//! - A reply counts only for the key that asked, and only of a region whose fingerprint is known from elsewhere: what a stick
//!   says of itself is no proof.
//! - Replies to other stations are left as they are.

use super::stick::Stick;
use exchange::enrol::{EnrolReply, EnrolRequest, MOST_LEN, QUESTION_SUFFIX, REPLY_SUFFIX};
use exchange::wire::bundle::{BundleFault, StickFault};
use exchange::wire::{self, PublicKey, SecretKey, WireError};
use std::path::Path;

/// Why there is no reply for this station, in words for who holds the stick.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyFault {
    /// The stick.
    #[error(transparent)]
    Stick(#[from] StickFault),
    /// Nothing on it is a reply.
    #[error("there is no reply on this stick yet: at the region, `oqyrman-hub enrol take` leaves it")]
    None,
    /// There are only replies for others.
    #[error("there is no reply for this station on this stick, only for {0} others")]
    OthersOnly(usize),
    /// The file of the reply.
    #[error(transparent)]
    File(#[from] BundleFault),
    /// It was cut short.
    #[error("the reply is half-written or damaged: take the stick to the region once more")]
    HalfWritten,
    /// It is no reply, or nobody's.
    #[error("the reply cannot be taken: {0}")]
    Wire(WireError),
    /// The reply names another station's key.
    #[error("the reply is for another station: each joins with its own question")]
    OtherStation,
    /// Another region has answered.
    #[error("the reply is of the region {found}, and {wanted} was expected; do not join before you know why")]
    OtherRegion {
        /// Its fingerprint.
        found: String,
        /// The one that was expected.
        wanted: String,
    },
}

/// Writes a station's question on the stick at `dir`; gives the file's name.
///
/// # Errors
/// [`StickFault`].
pub fn write_question(dir: &Path, request: &EnrolRequest, key: &SecretKey) -> Result<String, StickFault> {
    let name = format!("{}{QUESTION_SUFFIX}", stem(&request.key));
    Stick::at(dir)?.write(&name, &wire::seal_enrol(request, key))?;
    Ok(name)
}

/// Reads the region's reply to the station with this key. `region` is the fingerprint of the region that is expected; without
/// one, whose reply it is has to be asked of people.
///
/// # Errors
/// [`ReplyFault`].
pub fn read_reply(dir: &Path, key: &PublicKey, region: Option<&str>) -> Result<EnrolReply, ReplyFault> {
    let stick = Stick::at(dir)?;
    let name = format!("{}{REPLY_SUFFIX}", stem(key));
    let names = stick.names(REPLY_SUFFIX)?;
    if !names.contains(&name) {
        return Err(if names.is_empty() { ReplyFault::None } else { ReplyFault::OthersOnly(names.len()) });
    }
    let reply = match wire::open_enrol_reply(&stick.read(&name, MOST_LEN + 1)?) {
        Ok(reply) => reply,
        Err(WireError::NotAMessage) => return Err(ReplyFault::HalfWritten),
        Err(fault) => return Err(ReplyFault::Wire(fault)),
    };
    if reply.key != *key {
        return Err(ReplyFault::OtherStation);
    }
    let found = reply.region_key.fingerprint();
    match region.map(plain) {
        Some(wanted) if wanted != plain(&found) => {
            Err(ReplyFault::OtherRegion { found, wanted: region.unwrap_or_default().to_owned() })
        }
        Some(_) | None => Ok(reply),
    }
}

/// Removes the question and the reply of the station with this key. What cannot be removed does no harm.
pub fn clear(dir: &Path, key: &PublicKey) {
    if let Ok(stick) = Stick::at(dir) {
        stick.remove(&format!("{}{QUESTION_SUFFIX}", stem(key)));
        stick.remove(&format!("{}{REPLY_SUFFIX}", stem(key)));
    }
}

/// What the names of a station's files begin with.
fn stem(key: &PublicKey) -> String {
    plain(&key.fingerprint())
}

/// A fingerprint as a person may write it, in one form.
fn plain(fingerprint: &str) -> String {
    fingerprint.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}
