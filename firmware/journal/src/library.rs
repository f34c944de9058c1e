//! What became of each event at a library system that is the station's region: a ledger beside the journal.
//!
//! Invariants:
//! - An event is marked as being sent, durably, before it is; so after a cut it is known that it may have arrived.
//! - An event is told once it has an end here; the outbox moves over what has one, and stops at one whose end is unknown
//!   until a person has said what is so.
//! - Nothing is dropped by age, and nothing is deleted.

use crate::carry::inverse;
use crate::{Journal, StoreFault};
use exchange::{Act, Event, PatronId, Seq};
use rusqlite::{Connection, OptionalExtension, params};

/// How many events behind one are looked at for its undoing. A visit has some dozens.
const UNDOABLE: usize = 256;

/// How many events are read at once while the next one for the system is looked for.
const PAGE: usize = 64;

/// How it stands with an event at the library system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LibraryState {
    /// It is being sent, or was when the power went: it may have arrived.
    Sending,
    /// As the station has it.
    Accepted,
    /// With another due date.
    OtherDue,
    /// It was so already.
    AlreadyDone,
    /// The system said no.
    Refused,
    /// It may have arrived, and the system does not tell.
    Unknown,
    /// A person has looked into it.
    Resolved,
    /// It was undone before it was sent.
    Withdrawn,
}

/// By number, as in the file.
const STATES: [LibraryState; 8] = [
    LibraryState::Sending,
    LibraryState::Accepted,
    LibraryState::OtherDue,
    LibraryState::AlreadyDone,
    LibraryState::Refused,
    LibraryState::Unknown,
    LibraryState::Resolved,
    LibraryState::Withdrawn,
];

impl LibraryState {
    /// Whether nothing more is to be done about it by the station.
    #[must_use]
    pub fn is_end(self) -> bool {
        match self {
            LibraryState::Sending | LibraryState::Unknown => false,
            LibraryState::Accepted
            | LibraryState::OtherDue
            | LibraryState::AlreadyDone
            | LibraryState::Refused
            | LibraryState::Resolved
            | LibraryState::Withdrawn => true,
        }
    }

    /// Whether a librarian should look at it.
    #[must_use]
    pub fn wants_a_person(self) -> bool {
        matches!(self, LibraryState::OtherDue | LibraryState::Refused | LibraryState::Unknown)
    }

    fn number(self) -> i64 {
        STATES.iter().position(|state| *state == self).map_or(0, |at| at as i64)
    }

    fn from_number(number: i64) -> Result<LibraryState, StoreFault> {
        usize::try_from(number).ok().and_then(|at| STATES.get(at)).copied().ok_or(StoreFault::CONTENT)
    }
}

/// A line of the ledger, for the present epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryLine {
    /// Which event.
    pub seq: Seq,
    /// How it stands.
    pub state: LibraryState,
    /// The system's words: a reason, or a due date. A person's, where a person has resolved it.
    pub words: String,
    /// When it came to stand so, seconds since 1970.
    pub at_s: i64,
}

/// How many events stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LibraryCounts {
    /// Told to the system, and so there now.
    pub done: u64,
    /// There with another due date.
    pub other_due: u64,
    /// Refused, and not yet looked at.
    pub refused: u64,
    /// Not known whether they arrived.
    pub unknown: u64,
    /// A person has looked into them.
    pub resolved: u64,
}

/// The next event for the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryTurn {
    /// The event. For an undoing, the act has become the one that has its effect.
    pub event: Event,
    /// Who had the item before it, where that is known.
    pub from: Option<PatronId>,
    /// It may have arrived before, or undoes something whose end is not certain.
    pub ask_first: bool,
}

impl Journal {
    /// Writes down how the last event ended, marks the next one behind `after` as being sent, and gives it. One
    /// transaction, durable before it returns; `None` when all is told.
    ///
    /// # Errors
    /// The journal cannot be read or written; then nothing counts, and the same is asked for again.
    pub fn library_turn(
        &mut self,
        ended: Option<LibraryLine>,
        after: Seq,
        now_s: i64,
    ) -> Result<Option<LibraryTurn>, StoreFault> {
        let mut lines: Vec<LibraryLine> = ended.into_iter().collect();
        let next = self.next_for_library(after, &mut lines, now_s)?;
        if let Some(turn) = &next {
            let (seq, words) = (turn.event.seq, String::new());
            lines.push(LibraryLine { seq, state: LibraryState::Sending, words, at_s: now_s });
        }
        self.log.library_write(&lines)?;
        self.move_library_outbox(now_s)?;
        Ok(next)
    }

    /// A person has looked into an event that was refused, is unknown, or has another due date. Gives whether there was
    /// one.
    ///
    /// # Errors
    /// The journal cannot be read or written.
    pub fn library_resolve(&mut self, seq: Seq, words: &str, now_s: i64) -> Result<bool, StoreFault> {
        let line = self.log.library_line(seq)?;
        if !line.is_some_and(|line| line.state.wants_a_person()) {
            return Ok(false);
        }
        let words = words.to_owned();
        self.log.library_write(&[LibraryLine { seq, state: LibraryState::Resolved, words, at_s: now_s }])?;
        self.move_library_outbox(now_s)?;
        Ok(true)
    }

    /// Up to `limit` lines of the ledger from `from` on, by seq.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn library_lines(&self, from: Seq, limit: usize) -> Result<Vec<LibraryLine>, StoreFault> {
        self.log.library_lines(from, limit)
    }

    /// How many events stand how.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn library_counts(&self) -> Result<LibraryCounts, StoreFault> {
        let mut counts = LibraryCounts::default();
        for (state, count) in self.log.library_counts()? {
            match state {
                LibraryState::Accepted | LibraryState::AlreadyDone | LibraryState::Withdrawn => {
                    counts.done += count;
                }
                LibraryState::OtherDue => counts.other_due += count,
                LibraryState::Refused => counts.refused += count,
                LibraryState::Unknown => counts.unknown += count,
                LibraryState::Resolved => counts.resolved += count,
                LibraryState::Sending => {}
            }
        }
        Ok(counts)
    }

    /// A station whose region is a library system has nobody to name its epochs: it names them itself.
    ///
    /// # Errors
    /// [`crate::EnrolError`].
    pub fn enrol_itself(&mut self, station: exchange::StationId) -> Result<(), crate::EnrolError> {
        let epoch = match self.outbox().epoch {
            Some(_) => None,
            None => Some(exchange::Epoch(self.log.named_life().map_or(0, |life| life.epoch.0) + 1)),
        };
        self.enrol(station, epoch)
    }

    /// The first event behind `after` that the system is to be told and has not been. Pairs that take themselves back
    /// are added to `lines`.
    fn next_for_library(
        &self,
        mut after: Seq,
        lines: &mut Vec<LibraryLine>,
        now_s: i64,
    ) -> Result<Option<LibraryTurn>, StoreFault> {
        loop {
            let page = self.log.events(after.next(), PAGE)?;
            let Some(last) = page.last() else { return Ok(None) };
            after = last.seq;
            for event in page {
                let state = match lines.iter().find(|line| line.seq == event.seq) {
                    Some(line) => Some(line.state),
                    None => self.log.library_line(event.seq)?.map(|line| line.state),
                };
                if !is_for_library(&event.act) || !matches!(state, None | Some(LibraryState::Sending)) {
                    continue;
                }
                if state.is_none()
                    && let Some(undoing) = self.undone_by(event.seq)?
                {
                    for seq in [event.seq, undoing] {
                        let (state, words) = (LibraryState::Withdrawn, String::new());
                        lines.push(LibraryLine { seq, state, words, at_s: now_s });
                    }
                    continue;
                }
                return self.turn(event, state.is_some()).map(Some);
            }
        }
    }

    fn turn(&self, event: Event, tried: bool) -> Result<LibraryTurn, StoreFault> {
        // What is carried on after damage may have gone out under its former number.
        let carried = self.log.life().epoch.0 > 1;
        let ask_first = tried || carried || matches!(event.act, Act::Undone { .. });
        let (act, from) = self.effect(&event)?;
        Ok(LibraryTurn { event: Event { act, ..event }, from, ask_first })
    }

    /// What an event of the present epoch is to somebody who does not know undoing: the act that has its effect, and who
    /// had the item before it, where that is known.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn effect(&self, event: &Event) -> Result<(Act, Option<PatronId>), StoreFault> {
        let before = |seq| self.loans.before((self.log.life().epoch, seq)).flatten();
        let Act::Undone { seq: target } = event.act else {
            return Ok((event.act.clone(), before(event.seq).map(|loan| loan.patron)));
        };
        let undone = self.log.events(target, 1)?.into_iter().find(|event| event.seq == target);
        let from = match undone.as_ref().map(|undone| &undone.act) {
            Some(Act::CheckedOut { patron, .. }) => Some(*patron),
            Some(_) | None => None,
        };
        let act = undone.and_then(|undone| inverse(&undone.act, before(target)));
        Ok((act.unwrap_or_else(|| event.act.clone()), from))
    }

    /// The event that undoes this one, if there is one yet.
    fn undone_by(&self, seq: Seq) -> Result<Option<Seq>, StoreFault> {
        let behind = self.log.events(seq.next(), UNDOABLE)?;
        Ok(behind.iter().find(|event| event.act == Act::Undone { seq }).map(|event| event.seq))
    }

    /// Moves the outbox over everything that has an end.
    fn move_library_outbox(&mut self, now_s: i64) -> Result<(), StoreFault> {
        let acked = self.log.life().acked;
        let mut upto = acked;
        'pages: loop {
            let page = self.log.events(upto.next(), PAGE)?;
            if page.is_empty() {
                break;
            }
            for event in page {
                let line = self.log.library_line(event.seq)?;
                if is_for_library(&event.act) && !line.is_some_and(|line| line.state.is_end()) {
                    break 'pages;
                }
                upto = event.seq;
            }
        }
        if upto > acked { self.log.acknowledge(upto, now_s) } else { Ok(()) }
    }
}

/// Whether a library system is told of such an act.
fn is_for_library(act: &Act) -> bool {
    match act {
        Act::CheckedOut { .. }
        | Act::Returned { .. }
        | Act::Renewed { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Undone { .. } => true,
        Act::StationStarted { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => false,
    }
}

pub(crate) fn make_table(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "CREATE TABLE IF NOT EXISTS library (
           epoch INTEGER NOT NULL, seq INTEGER NOT NULL, state INTEGER NOT NULL, words TEXT NOT NULL,
           at_s INTEGER NOT NULL, PRIMARY KEY (epoch, seq)) WITHOUT ROWID",
    )
}

pub(crate) fn write(conn: &Connection, epoch: u32, lines: &[LibraryLine]) -> rusqlite::Result<()> {
    let mut insert = conn.prepare_cached(
        "INSERT OR REPLACE INTO library (epoch, seq, state, words, at_s) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for line in lines {
        insert.execute(params![epoch, line.seq.0 as i64, line.state.number(), line.words, line.at_s])?;
    }
    Ok(())
}

pub(crate) fn line(conn: &Connection, epoch: u32, seq: Seq) -> Result<Option<LibraryLine>, StoreFault> {
    let mut query =
        conn.prepare_cached("SELECT state, words, at_s FROM library WHERE epoch = ?1 AND seq = ?2")?;
    let found = query
        .query_row(params![epoch, seq.0 as i64], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((state, words, at_s)) = found else { return Ok(None) };
    Ok(Some(LibraryLine { seq, state: LibraryState::from_number(state)?, words, at_s }))
}

pub(crate) fn lines(
    conn: &Connection,
    epoch: u32,
    from: Seq,
    limit: usize,
) -> Result<Vec<LibraryLine>, StoreFault> {
    let mut query = conn.prepare_cached(
        "SELECT seq, state, words, at_s FROM library WHERE epoch = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = query.query(params![epoch, from.0 as i64, limit])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let state = LibraryState::from_number(row.get(1)?)?;
        let seq = Seq(row.get::<_, i64>(0)? as u64);
        lines.push(LibraryLine { seq, state, words: row.get(2)?, at_s: row.get(3)? });
    }
    Ok(lines)
}

pub(crate) fn counts(conn: &Connection, epoch: u32) -> Result<Vec<(LibraryState, u64)>, StoreFault> {
    let mut query =
        conn.prepare_cached("SELECT state, count(*) FROM library WHERE epoch = ?1 GROUP BY state")?;
    let mut rows = query.query([epoch])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        counts.push((LibraryState::from_number(row.get(0)?)?, row.get::<_, i64>(1)? as u64));
    }
    Ok(counts)
}
