//! Sticks that somebody carries between stations and the region. What is in a bundle goes the same way as what comes over
//! HTTPS: [`Hub`] opens it, keeps it and answers.
//!
//! Invariants:
//! - What a station has written is answered only after it is kept.
//! - One file that cannot be taken keeps no other from being taken.
//! - Bundles of other regions are left as they are; no station's file is removed here.

pub(crate) mod enrol;
mod stick;

use crate::{Hub, HubFault};
use exchange::wire::bundle::{self, BundleFault, Cover, Kind, SUFFIX, StickFault};
use exchange::wire::{PublicKey, WireError};
use exchange::{Seq, Standing, StationId};
use std::path::Path;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Taken; its answer lies beside it.
    Taken {
        /// Whose it is.
        station: StationId,
        /// Events in it.
        events: u64,
        /// The region has all events of the station up to this one.
        stored_upto: Seq,
        /// The journal is another one than the region knows: the station is told to begin anew.
        forked: bool,
    },
    /// From before the station began its journal anew: nothing in it counts any more.
    Outdated(StationId),
    /// Refused.
    Refused(Refusal),
}

/// Why a bundle was refused, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The file.
    #[error(transparent)]
    Bundle(#[from] BundleFault),
    /// The station was revoked.
    #[error("station {0} was revoked; its events are set aside")]
    Revoked(StationId),
    /// What is inside is not of the station on the cover.
    #[error("the bundle is damaged: its cover names another station")]
    Cover,
    /// The region's own disk.
    #[error("the region cannot keep anything now: {0}")]
    Store(String),
    /// Everything is kept; the stick does not take the answer.
    #[error("its events are kept, but the answer could not be left: {0}")]
    Answer(StickFault),
}

/// Everything that was found on a stick.
#[derive(Debug, Default)]
pub struct Found {
    /// A line for each bundle that is for this region, or cannot be read.
    pub lines: Vec<Line>,
    /// Bundles for other regions.
    pub others: usize,
}

/// Takes in all bundles on the stick at `dir`. `now_s` is the region's time.
///
/// # Errors
/// The stick cannot be read; what was taken in until then stays.
pub fn take(hub: &Hub, dir: &Path, now_s: i64) -> Result<Found, StickFault> {
    let mut found = Found::default();
    let Some(folder) = stick::folder(dir)? else { return Ok(found) };
    let mark = hub.public_key().mark();
    for name in stick::names(&folder)? {
        if !name.ends_with(SUFFIX) {
            continue;
        }
        let read = stick::read(&folder.join(&name));
        let fate = match read.and_then(|bytes| Ok((Cover::read(&bytes)?, bytes))) {
            Ok((cover, _)) if cover.region != mark => {
                found.others += 1;
                continue;
            }
            // An answer of this region that its station has not fetched yet.
            Ok((Cover { kind: Kind::Answer, .. }, _)) => continue,
            Ok((_, bytes)) => one(hub, &folder, &bytes, now_s).unwrap_or_else(Fate::Refused),
            Err(fault) => Fate::Refused(fault.into()),
        };
        found.lines.push(Line { name, fate });
    }
    Ok(found)
}

fn one(hub: &Hub, folder: &Path, bytes: &[u8], now_s: i64) -> Result<Fate, Refusal> {
    let (cover, sealed) = Cover::open(bytes)?;
    let key = station_key(hub, cover.station)?;
    let contents = open(hub, sealed)?;
    let (mut answers, mut last) = (Vec::new(), None);
    for message in bundle::unpack(&contents)? {
        match hub.exchange_carried(message, now_s) {
            Ok(Some((answer, _))) if answer.station != cover.station => return Err(Refusal::Cover),
            // An answer would be sealed to the key of the device that took its place.
            Ok(Some((answer, _))) if answer.standing == Standing::Revoked => {
                return Err(Refusal::Revoked(answer.station));
            }
            Ok(Some((answer, sealed))) => {
                answers.push(sealed);
                last = Some((answer.standing, answer.stored_upto));
            }
            Ok(None) => {}
            Err(HubFault::Wire(fault)) => return Err(BundleFault::Message(fault).into()),
            Err(HubFault::Store(fault)) => return Err(Refusal::Store(fault.to_string())),
        }
    }
    let Some((standing, stored_upto)) = last else { return Ok(Fate::Outdated(cover.station)) };
    let answer = cover.answer();
    let sealed = seal(&answer, &answers, &key).ok_or(BundleFault::TooLong)?;
    stick::write(folder, &answer.name(), &sealed).map_err(Refusal::Answer)?;
    let taken = |forked| Fate::Taken { station: cover.station, events: cover.events(), stored_upto, forked };
    match standing {
        Standing::Good => Ok(taken(false)),
        Standing::Forked { .. } => Ok(taken(true)),
        Standing::Revoked => Err(Refusal::Revoked(cover.station)),
    }
}

fn station_key(hub: &Hub, station: StationId) -> Result<PublicKey, Refusal> {
    let key = hub
        .with(|store| store.station_key(station))
        .map_err(|fault: crate::store::StoreFault| Refusal::Store(fault.to_string()))?;
    Ok(key.ok_or(BundleFault::Message(WireError::UnknownStation(station)))?)
}

/// What is in a bundle, as it was packed.
fn open(hub: &Hub, sealed: &[u8]) -> Result<Vec<u8>, BundleFault> {
    let identity: age::x25519::Identity = hub.age_key().parse().map_err(|_| BundleFault::Sealed)?;
    age::decrypt(&identity, sealed).map_err(|_| BundleFault::Sealed)
}

/// Answers that only their station can open; `None` if its key opens nothing, or they would be too long.
fn seal(cover: &Cover, answers: &[Vec<u8>], to: &PublicKey) -> Option<Vec<u8>> {
    let recipient: age::x25519::Recipient = to.to_age()?.parse().ok()?;
    cover.around(&age::encrypt(&recipient, &bundle::pack(answers)).ok()?)
}
