//! The way of a station without a network: its events go to the region on a stick in somebody's pocket, and the answer comes
//! back on the same stick.
//!
//! A bundle holds the very messages that go over HTTPS ([`exchange::wire::bundle`]), so whatever comes twice, late, or by
//! both ways is known for what it is.
//!
//! Invariants:
//! - The outbox moves only by an answer that the region has signed for this station.
//! - What cannot be taken is told by its name and left where it lies; it keeps nothing else from being taken or written.
//! - A bundle is written whole or not at all, and is on the stick when [`write()`] returns.
//! - A station removes only what is its own: answers that it has taken in, and bundles of which the region has everything.
//! - Contents are never on the stick in clear.

pub mod enrol;
mod seal;
mod stick;

pub use seal::{open, seal};

use crate::{Call, Keys, Outbox, Taken};
use exchange::wire::bundle::{self, BundleFault, Cover, Kind, StickFault};
use exchange::wire::{self, Encoding, WireError};
use exchange::{Answer, Epoch, Seq};
use std::path::Path;
use stick::{Found, Stick};

/// Events of one message in a bundle: few enough that making one does not hold the desk up, so many that packing pays.
const CHUNK_EVENTS: usize = 8_192;

/// Packed bytes of changes to ask for. The stick goes once a day or once a week: as much as the region gives at once.
const ANSWER_BYTES: u32 = 262_144;

/// Most bytes of messages in one bundle. Events beyond them go with the next one.
const CONTENTS_LEN: usize = bundle::MAX_LEN / 2;

/// What was done with a stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Bundles of answers that were taken in.
    pub answers: usize,
    /// Highest seq of the present epoch that the region has acknowledged.
    pub acked: Seq,
    /// What the region said of this station in the last answer, if one was taken in.
    pub taken: Option<Taken>,
    /// The bundle that was written.
    pub written: Option<Written>,
    /// Files that could not be read, or that are for this station and could not be taken in.
    pub refused: Vec<Refused>,
}

/// A bundle on the stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The name of its file, in the folder [`bundle::FOLDER`].
    pub name: String,
    /// How many events it holds.
    pub events: u64,
    /// How many bytes it takes.
    pub bytes: usize,
}

/// A file that was left where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file's name.
    pub name: String,
    /// Why, in words.
    pub why: String,
}

/// What is to go into a bundle.
struct Unsealed {
    cover: Cover,
    messages: Vec<Vec<u8>>,
}

/// Why nothing more could be done with a stick. `E` is the station's own fault. Nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum CourierFault<E: std::error::Error + 'static> {
    /// The stick.
    #[error(transparent)]
    Stick(#[from] StickFault),
    /// The station's journal.
    #[error("the station could not {doing}: {fault}")]
    Outbox {
        /// What it was at.
        doing: &'static str,
        /// Its own fault.
        fault: E,
    },
    /// The region's key is none that anything can be sealed to.
    #[error("the region's key that this station has is damaged: have the station join again")]
    RegionKey,
}

/// Takes in what lies on the stick for this station, then writes everything that the region has not acknowledged. `told`
/// hears how far it has come, in percent.
///
/// # Errors
/// [`CourierFault`]; what was taken in until then stays.
pub fn write<O: Outbox>(
    outbox: &mut O,
    keys: &Keys,
    dir: &Path,
    mut told: impl FnMut(u8),
) -> Result<Report, CourierFault<O::Fault>> {
    told(0);
    let mut report = take(outbox, keys, dir)?;
    told(20);
    let Unsealed { cover, messages } = messages(outbox, keys, |done| told(20 + done.min(100) / 2))?;
    let sealed = seal(&cover, &messages, &keys.region).ok_or(CourierFault::RegionKey)?;
    told(80);
    let name = cover.name();
    Stick::at(dir)?.write(&name, &sealed)?;
    told(100);
    report.written = Some(Written { name, events: cover.events(), bytes: sealed.len() });
    Ok(report)
}

/// Takes in what lies on the stick for this station, and removes what is done with.
///
/// # Errors
/// [`CourierFault`]; what was taken in until then stays.
pub fn take<O: Outbox>(outbox: &mut O, keys: &Keys, dir: &Path) -> Result<Report, CourierFault<O::Fault>> {
    let stick = Stick::at(dir)?;
    let mut report = Report { answers: 0, acked: Seq(0), taken: None, written: None, refused: Vec::new() };
    let (mut answers, mut own) = (Vec::new(), Vec::new());
    for Found { name, cover } in stick.files()? {
        match cover {
            Ok(cover) if cover.region != keys.region.mark() || cover.station != keys.station => {}
            Ok(cover) => match cover.kind {
                Kind::Request => own.push((name, cover)),
                Kind::Answer => match stick.bundle(&name).and_then(|bytes| answers_in(&bytes, keys)) {
                    Ok(found) => answers.push((name, found)),
                    Err(fault) => report.refused.push(Refused { name, why: fault.to_string() }),
                },
            },
            Err(fault) => report.refused.push(Refused { name, why: fault.to_string() }),
        }
    }
    // The oldest first: of what the region says of one thing, the newest stands.
    answers.sort_by_key(|(_, found)| found.iter().map(|answer| answer.time_s).max());
    for (name, found) in answers {
        match take_all(outbox, found) {
            Ok(taken) => {
                report.answers += usize::from(taken.is_some());
                report.taken = taken.or(report.taken);
                stick.remove(&name);
            }
            Err(fault) => report.refused.push(Refused { name, why: fault.to_string() }),
        }
    }
    let epoch = epoch(outbox)?;
    report.acked = waiting(outbox)?.acked;
    for (name, cover) in own {
        // What an earlier life of the journal left unsent has gone over into this one.
        if cover.epoch < epoch || (cover.epoch == epoch && cover.upto <= report.acked) {
            stick.remove(&name);
        }
    }
    Ok(report)
}

/// Takes in the answers of one bundle; `None` if they all speak of an earlier life of the journal.
fn take_all<O: Outbox>(
    outbox: &mut O,
    answers: Vec<Answer>,
) -> Result<Option<Taken>, CourierFault<O::Fault>> {
    let mut last = None;
    for answer in answers {
        if answer.epoch >= epoch(outbox)? {
            let taken = outbox.take(answer);
            last = Some(taken.map_err(|fault| CourierFault::Outbox { doing: "keep the answer", fault })?);
        }
    }
    Ok(last)
}

/// The answers in a bundle, each of which the region has signed for this station.
fn answers_in(bytes: &[u8], keys: &Keys) -> Result<Vec<Answer>, BundleFault> {
    let (_, contents) = open(bytes, &keys.secret)?;
    let open_one = |message: &[u8]| {
        let answer = wire::open_answer(message, &keys.region)?;
        if answer.station == keys.station {
            Ok(answer)
        } else {
            Err(BundleFault::Message(WireError::Damaged("it is for another station")))
        }
    };
    bundle::unpack(&contents)?.into_iter().map(open_one).collect()
}

/// Everything that is not acknowledged, as sealed messages. Only the last one asks for what the region has: the ones before
/// would be told the same.
fn messages<O: Outbox>(
    outbox: &mut O,
    keys: &Keys,
    mut told: impl FnMut(u8),
) -> Result<Unsealed, CourierFault<O::Fault>> {
    let waiting = waiting(outbox)?;
    let mut messages = Vec::new();
    let (mut len, mut from, mut next) = (0, None, waiting.acked.next());
    loop {
        let mut request = request(outbox, next, CHUNK_EVENTS)?;
        let (epoch, first) = (request.epoch, *from.get_or_insert(request.from_seq));
        let upto = request.events.last().map_or(Seq(request.from_seq.0.saturating_sub(1)), |event| event.seq);
        let last = request.events.is_empty() || upto >= waiting.head || len >= CONTENTS_LEN;
        if !last {
            request.have.clear();
        }
        let sealed = wire::seal_request(&request, &keys.secret, Encoding::Columns);
        len += sealed.len();
        messages.push(sealed);
        if last {
            let cover = Cover::request(&keys.region, keys.station, epoch, first, upto);
            return Ok(Unsealed { cover, messages });
        }
        next = upto.next();
        let done = upto.0.saturating_sub(first.0).saturating_mul(100) / waiting.events().max(1);
        told(u8::try_from(done).unwrap_or(100));
    }
}

fn waiting<O: Outbox>(outbox: &mut O) -> Result<crate::Waiting, CourierFault<O::Fault>> {
    outbox.waiting().map_err(|fault| CourierFault::Outbox { doing: "say what waits", fault })
}

/// Of which life of the journal its messages speak now.
fn epoch<O: Outbox>(outbox: &mut O) -> Result<Epoch, CourierFault<O::Fault>> {
    Ok(request(outbox, Seq(1), 0)?.epoch)
}

fn request<O: Outbox>(
    outbox: &mut O,
    from_seq: Seq,
    max_events: usize,
) -> Result<exchange::Request, CourierFault<O::Fault>> {
    let call = Call { from_seq, max_events, answer_limit: ANSWER_BYTES };
    outbox.request(&call).map_err(|fault| CourierFault::Outbox { doing: "make its message", fault })
}
