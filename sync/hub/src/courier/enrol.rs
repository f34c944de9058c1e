//! Stations that ask to join by a stick: their questions are read from it, and the region's replies left beside them.
//!
//! - A question is answered as over HTTPS; that it waits changes nothing on the stick.
//! - A reply is left only for who was let in or turned away. Reading the same question again leaves the same reply.

use super::stick;
use crate::{Hub, HubFault};
use exchange::StationId;
use exchange::enrol::{EnrolAnswer, MOST_LEN, QUESTION_SUFFIX, REPLY_SUFFIX};
use exchange::wire::WireError;
use exchange::wire::bundle::{BundleFault, StickFault};
use std::path::Path;

/// What became of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The name of its file.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nobody has decided yet.
    Waiting {
        /// Its code.
        code: String,
        /// What the station calls itself.
        name: String,
        /// The fingerprint of its key.
        fingerprint: String,
    },
    /// It has joined; the reply lies beside it.
    Joined {
        /// As which station.
        station: StationId,
        /// Which school.
        school: String,
    },
    /// It was turned away, for this reason; the reply lies beside it.
    TurnedAway(String),
    /// It was not taken.
    Refused(Refusal),
}

/// Why a file was not taken, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// A folder, a link, a pipe.
    #[error("this is not a plain file: delete it")]
    NotAFile,
    /// The file.
    #[error(transparent)]
    File(BundleFault),
    /// Cut short: a question is one whole JSON object.
    #[error("the question is half-written or damaged: have it written again with `oqyrman enrol stick-out`")]
    HalfWritten,
    /// Not a question.
    #[error("this is no station's question to join: {0}")]
    Question(WireError),
    /// The region's own disk.
    #[error("the region cannot keep anything now: {0}")]
    Store(String),
    /// The answer could not be left.
    #[error("the reply could not be left: {0}")]
    Reply(#[from] StickFault),
}

/// Everything that was found on a stick.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// A line for each question.
    pub lines: Vec<Line>,
}

/// Takes in all questions on the stick at `dir`. `now_s` is the region's time.
pub(crate) fn take(hub: &Hub, dir: &Path, now_s: i64) -> Result<Found, StickFault> {
    let mut found = Found::default();
    let Some(folder) = stick::folder(dir)? else { return Ok(found) };
    for name in stick::names(&folder)? {
        if let Some(stem) = name.strip_suffix(QUESTION_SUFFIX) {
            let fate = one(hub, &folder, &name, stem, now_s).unwrap_or_else(Fate::Refused);
            found.lines.push(Line { name, fate });
        }
    }
    Ok(found)
}

fn one(hub: &Hub, folder: &Path, name: &str, stem: &str, now_s: i64) -> Result<Fate, Refusal> {
    let bytes = stick::read(&folder.join(name)).map_err(|fault| match fault {
        BundleFault::NotABundle => Refusal::NotAFile,
        BundleFault::Unreadable(_)
        | BundleFault::HalfWritten
        | BundleFault::TooLong
        | BundleFault::Version(_)
        | BundleFault::Sealed
        | BundleFault::Damaged(_)
        | BundleFault::Message(_) => Refusal::File(fault),
    })?;
    if bytes.len() > MOST_LEN {
        return Err(Refusal::Question(WireError::TooLong { limit: MOST_LEN }));
    }
    let (request, answer, reply) = match hub.enrol_carried(&bytes, now_s) {
        Ok(taken) => taken,
        Err(HubFault::Wire(WireError::NotAMessage)) => return Err(Refusal::HalfWritten),
        Err(HubFault::Wire(fault)) => return Err(Refusal::Question(fault)),
        Err(HubFault::Store(fault)) => return Err(Refusal::Store(fault.to_string())),
    };
    let fate = match answer {
        EnrolAnswer::Waiting { .. } => {
            let fingerprint = request.key.fingerprint();
            return Ok(Fate::Waiting { code: request.code, name: shown(&request.name), fingerprint });
        }
        EnrolAnswer::Approved { station, school, .. } => Fate::Joined { station, school },
        EnrolAnswer::Refused => Fate::TurnedAway(
            "its code was refused, or its device was revoked or replaced here; \
             `oqyrman enrol stick-out` asks anew with another code"
                .into(),
        ),
        EnrolAnswer::VoucherRefused { why } => Fate::TurnedAway(why.to_string()),
    };
    stick::write(folder, &format!("{stem}{REPLY_SUFFIX}"), &reply)?;
    Ok(fate)
}

/// A name as it may be shown in a terminal.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}
