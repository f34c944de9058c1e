//! How commands on the same machine ask a running station: `control.sock` in its data folder, for the station's user alone.
//! One JSON object a line each way.
//!
//! Invariants:
//! - A station that runs owns its databases; a command asks it. Where none runs, the command opens the journal itself, and
//!   the same function answers ([`answer`]).
//! - What is asked in one line is little enough that nobody at the desk notices.
//! - A line that is no question is answered in words; a line without end is cut off.

mod client;
mod server;

pub use client::Keeper;
pub use server::listen;

use crate::export::{Row, rows};
use crate::identity::Membership;
use desk::Way;
use exchange::{Answer, ClockSample, Epoch, Request, Seq};
use journal::{Journal, LibraryLine, StoreFault};
use links::Taken;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The longest line, in bytes. A region's answer with everything it has is the longest.
const MOST_LINE: u64 = 64 << 20;

/// The most events or lines in one answer.
pub const MOST_ROWS: usize = 2_000;

/// Where a station's socket is.
#[must_use]
pub fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join("control.sock")
}

/// A question.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// What has the region, and what not?
    Waiting,
    /// The request that sends events from this one on.
    Request {
        /// First event.
        from: Seq,
        /// Most events.
        max_events: usize,
        /// Most bytes of changes in the answer.
        answer_limit: u32,
    },
    /// Keep this answer of the region; its signature was checked.
    Take(Box<Answer>),
    /// Rows of events from this one on, for files.
    Rows {
        /// First event.
        from: Seq,
        /// Most events; at most [`MOST_ROWS`].
        limit: usize,
    },
    /// Lines of the library's ledger from this event on.
    Outcomes {
        /// First event.
        from: Seq,
        /// Most lines; at most [`MOST_ROWS`].
        limit: usize,
    },
    /// A person has looked into an event that a library system did not simply take.
    Resolve {
        /// Which event.
        seq: Seq,
        /// What they found.
        words: String,
    },
    /// What has each way carried?
    Ways,
    /// A way has carried the events up to this one.
    Carried {
        /// Which.
        way: Way,
        /// The last event.
        upto: Seq,
    },
    /// The school's time zone.
    Zone,
    /// A stick is mounted here: people are asked whether it is to be written.
    StickIn {
        /// The folder, from the root.
        dir: PathBuf,
    },
    /// It was pulled out.
    StickOut,
    /// The region has let the station in, and its reply came on a stick; it was checked.
    Enrolled {
        /// What the region said.
        membership: Membership,
        /// The epoch to begin with.
        epoch: Epoch,
    },
    /// A new version is to be installed: stand still, if nobody is there.
    StandStill,
    /// It is installed, or was not: go on.
    GoOn,
}

/// What is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// To [`Ask::Waiting`]: acknowledged, and newest.
    Waiting {
        /// Up to here the region has it.
        acked: Seq,
        /// The newest event.
        head: Seq,
    },
    /// To [`Ask::Request`].
    Request(Box<Request>),
    /// To [`Ask::Take`]: what it did.
    Taken(TakenForm),
    /// To [`Ask::Rows`]: rows, and the event to go on with; without rows before it, that is the end.
    Rows {
        /// Rows.
        rows: Vec<Row>,
        /// The event to go on with.
        next: Seq,
    },
    /// To [`Ask::Outcomes`].
    Outcomes(Vec<OutcomeForm>),
    /// To [`Ask::Resolve`]: whether there was something to look into.
    Resolved(bool),
    /// To [`Ask::Ways`].
    Ways(Vec<CarriedForm>),
    /// To [`Ask::Carried`], [`Ask::StickIn`], [`Ask::StickOut`], [`Ask::Enrolled`] and [`Ask::GoOn`].
    Noted,
    /// To [`Ask::StandStill`]: whether it stands still; it does not while somebody is there.
    StandsStill(bool),
    /// To [`Ask::Zone`]: its name, if the station knows one.
    Zone(Option<String>),
    /// It could not be done, in words.
    Fault(String),
}

/// A line of the library's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeForm {
    /// Which event.
    pub seq: Seq,
    /// How it stands, in words.
    pub words: String,
    /// Whether a librarian should look at it.
    pub wants_a_person: bool,
    /// Since when, seconds since 1970.
    pub at_s: i64,
}

impl From<LibraryLine> for OutcomeForm {
    fn from(line: LibraryLine) -> OutcomeForm {
        OutcomeForm {
            seq: line.seq,
            words: crate::export::library_words(line.state, &line.words),
            wants_a_person: line.state.wants_a_person(),
            at_s: line.at_s,
        }
    }
}

/// What a way has carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedForm {
    /// Which.
    pub way: Way,
    /// The last event.
    pub upto: Seq,
    /// When, seconds since 1970.
    pub at_s: i64,
}

/// What an answer of the region did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakenForm {
    /// All is well.
    Good {
        /// The region has all events up to this one.
        stored_upto: Seq,
        /// Whether anything else moved.
        changed: bool,
        /// Whether the region has more.
        more: bool,
    },
    /// A new epoch was begun.
    Forked,
    /// The region takes nothing from this station any more.
    Revoked,
}

impl From<Taken> for TakenForm {
    fn from(taken: Taken) -> TakenForm {
        match taken {
            Taken::Good { stored_upto, changed, more } => TakenForm::Good { stored_upto, changed, more },
            Taken::Forked => TakenForm::Forked,
            Taken::Revoked => TakenForm::Revoked,
        }
    }
}

impl From<TakenForm> for Taken {
    fn from(taken: TakenForm) -> Taken {
        match taken {
            TakenForm::Good { stored_upto, changed, more } => Taken::Good { stored_upto, changed, more },
            TakenForm::Forked => Taken::Forked,
            TakenForm::Revoked => Taken::Revoked,
        }
    }
}

/// Answers from a journal. `clock` is the machine's.
pub fn answer(journal: &mut Journal, ask: Ask, clock: ClockSample) -> Told {
    try_answer(journal, ask, clock).unwrap_or_else(|fault| Told::Fault(fault.to_string()))
}

fn try_answer(journal: &mut Journal, ask: Ask, clock: ClockSample) -> Result<Told, journal::TakeError> {
    use desk::Memory;
    Ok(match ask {
        Ask::Waiting => {
            let outbox = journal.outbox();
            Told::Waiting { acked: outbox.acked, head: outbox.head }
        }
        Ask::Request { from, max_events, answer_limit } => {
            Told::Request(Box::new(journal.request(from, max_events, answer_limit, clock)?))
        }
        Ask::Take(answer) => {
            let taken = journal.take_answer(&answer)?;
            Told::Taken(match (taken.standing, taken.begun) {
                (exchange::Standing::Revoked, _) => TakenForm::Revoked,
                (exchange::Standing::Forked { .. }, _) | (exchange::Standing::Good, Some(_)) => {
                    TakenForm::Forked
                }
                (exchange::Standing::Good, None) => {
                    TakenForm::Good { stored_upto: taken.acked, changed: taken.changed(), more: taken.more }
                }
            })
        }
        Ask::Rows { from, limit } => {
            let (rows, next) = rows(journal, from, limit.min(MOST_ROWS))?;
            Told::Rows { rows, next }
        }
        Ask::Outcomes { from, limit } => {
            let lines = journal.library_lines(from, limit.min(MOST_ROWS))?;
            Told::Outcomes(lines.into_iter().map(OutcomeForm::from).collect())
        }
        Ask::Resolve { seq, words } => Told::Resolved(journal.library_resolve(seq, &words, clock.wall_s)?),
        Ask::Ways => {
            let form = |carried: journal::Carried| CarriedForm {
                way: carried.way,
                upto: carried.upto,
                at_s: carried.at_s,
            };
            Told::Ways(journal.carried()?.into_iter().map(form).collect())
        }
        Ask::Carried { way, upto } => {
            journal.note_carried(way, upto, clock.wall_s)?;
            Told::Noted
        }
        Ask::StickIn { .. } | Ask::StickOut => Told::Fault("no station runs here".into()),
        Ask::Enrolled { membership, epoch } => match journal.enrol(membership.station, Some(epoch)) {
            Ok(()) => Told::Noted,
            Err(fault) => Told::Fault(fault.to_string()),
        },
        Ask::StandStill => Told::StandsStill(true),
        Ask::GoOn => Told::Noted,
        Ask::Zone => match journal.calendar() {
            Ok(calendar) => Told::Zone(calendar.map(|calendar| calendar.zone)),
            Err(_) => return Err(StoreFault::Damaged { code: 0 }.into()),
        },
    })
}
