//! The thread that speaks to a library system. It owns the connection and nothing else: what happened, and where its end
//! is kept, it asks of the thread that owns the journal.
//!
//! Invariants:
//! - One question is on the way at a time; who waits at the screen comes before what waits in the journal.
//! - While the system is out of reach a look-up is answered at once by "no answer": nobody waits for a dead line.
//! - An event is sent only after it was marked as being sent; its end is kept before the next one is.

pub mod deed;
pub mod look_up;

pub use look_up::{Finding, LookUp};

use crate::caller::{OutboxFault, Reply};
use crate::config::Library;
use crate::run::Happening;
use anyhow::Context;
use journal::LibraryLine;
use links::https::TimeFloor;
use links::sip2::{Deed, Session, SessionFault, TcpDial, Teller};
use links::{Call, Caller, Pace, Reached, Step, Taken, Waiting};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel};
use std::time::{Duration, Instant};

/// How long an answer may take where nobody waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the rest of the station wants of the thread.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Somebody waits, until this moment.
    LookUp(LookUp, Instant),
    /// Something was written to the journal.
    Recorded,
    /// A person asks.
    Hurry,
}

/// What the thread asks or tells the one that owns the journal.
#[derive(Debug)]
pub enum LibraryEvent {
    /// This is how the last event ended; which one is next?
    Turn(Option<LibraryLine>, Reply<Option<Deed>>),
    /// How far has the system been told?
    Waiting(Reply<Waiting>),
    /// What a look-up brought.
    Found(LookUp, Finding),
    /// The system answered, or why it did not.
    Called(Result<(), SessionFault>),
}

/// A library system that has not been spoken to yet.
#[derive(Debug)]
pub struct Librarian {
    session: Session<TcpDial>,
    zone: jiff::tz::TimeZone,
}

impl Librarian {
    /// Sets it up; nothing is sent.
    ///
    /// # Errors
    /// The connection cannot be set up.
    pub fn new(library: &Library, floor: &TimeFloor) -> anyhow::Result<Librarian> {
        let zone = jiff::tz::TimeZone::get(&library.zone)?;
        let session = Session::new(library.dial(floor)?, library.account.clone(), PATIENCE);
        Ok(Librarian { session, zone })
    }

    /// Starts the thread. It ends when the sender it gives is dropped, or nobody hears `events` any more.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(self, events: SyncSender<Happening>) -> anyhow::Result<Sender<Wish>> {
        let (wish, wishes) = channel();
        let run = move || {
            let (session, zone) = (self.session, self.zone);
            // The thread ends when the station does.
            let _: Result<(), Stopped> =
                Talk { session, zone, events, teller: Teller::default() }.run(&wishes);
        };
        std::thread::Builder::new()
            .name("library".into())
            .spawn(run)
            .context("the thread for the library system cannot be started")?;
        Ok(wish)
    }
}

/// The station stops.
struct Stopped;

struct Talk {
    session: Session<TcpDial>,
    zone: jiff::tz::TimeZone,
    events: SyncSender<Happening>,
    teller: Teller,
}

impl Talk {
    fn run(&mut self, wishes: &Receiver<Wish>) -> Result<(), Stopped> {
        let start = Instant::now();
        let now_ms = || u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut caller = Caller::new(Pace { batch_events: 1, ..Pace::default() });
        let mut reachable = true;
        loop {
            if let Ok(waiting) = self.ask(LibraryEvent::Waiting)? {
                caller.waiting(waiting);
            }
            let patience = match caller.next(now_ms()) {
                Step::Wait { until_ms } => Duration::from_millis(until_ms.saturating_sub(now_ms())),
                Step::Call(call) => {
                    let told = self.tell_all(wishes)?;
                    reachable = told.is_ok();
                    self.called(&mut caller, now_ms(), &call, told)?;
                    Duration::ZERO
                }
            };
            match wishes.recv_timeout(patience) {
                Ok(Wish::LookUp(look_up, until)) => {
                    if let Err(fault) = self.look_up(&look_up, until, reachable)? {
                        reachable = false;
                        // It counts as a failed call, so that the next one waits.
                        let Step::Call(call) = caller.next(u64::MAX) else { continue };
                        self.called(&mut caller, now_ms(), &call, Err(fault))?;
                    }
                }
                Ok(Wish::Recorded) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Wish::Hurry) => caller.hurry(now_ms()),
                Err(RecvTimeoutError::Disconnected) => return Err(Stopped),
            }
        }
    }

    /// Tells the system everything that waits; who waits at the screen is served in between.
    fn tell_all(&mut self, wishes: &Receiver<Wish>) -> Result<Result<(), SessionFault>, Stopped> {
        let mut ended = None;
        loop {
            let deed = match self.ask(|reply| LibraryEvent::Turn(ended.take(), reply))? {
                Ok(Some(deed)) => deed,
                Ok(None) => return Ok(self.session.open()),
                Err(fault) => {
                    tracing::error!(%fault, "how an event ended at the library system could not be kept");
                    return Ok(Ok(()));
                }
            };
            loop {
                match wishes.try_recv() {
                    Ok(Wish::LookUp(look_up, until)) => {
                        if let Err(fault) = self.look_up(&look_up, until, true)? {
                            return Ok(Err(fault));
                        }
                    }
                    Ok(Wish::Recorded | Wish::Hurry) => {}
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return Err(Stopped),
                }
            }
            match self.teller.tell(&mut self.session, &deed, deed::now(&self.zone)) {
                Ok(outcome) => ended = Some(deed::line(deed.seq, outcome)),
                Err(fault) => return Ok(Err(fault)),
            }
        }
    }

    fn look_up(
        &mut self,
        look_up: &LookUp,
        until: Instant,
        reachable: bool,
    ) -> Result<Result<(), SessionFault>, Stopped> {
        let patience = until.saturating_duration_since(Instant::now());
        let found = if reachable && !patience.is_zero() {
            look_up::ask(&mut self.session, look_up, patience, deed::now(&self.zone))
        } else {
            Ok(Finding::NoAnswer)
        };
        let (finding, result) = match found {
            Ok(finding) => (finding, Ok(())),
            Err(fault) => (Finding::NoAnswer, Err(fault)),
        };
        self.send(LibraryEvent::Found(look_up.clone(), finding))?;
        Ok(result)
    }

    fn called(
        &self,
        caller: &mut Caller,
        now_ms: u64,
        call: &Call,
        told: Result<(), SessionFault>,
    ) -> Result<(), Stopped> {
        let random = getrandom::u64().unwrap_or_default();
        match &told {
            Ok(()) => {
                let taken = Taken::Good { stored_upto: call.from_seq, changed: true, more: false };
                caller.answered(now_ms, random, call, taken);
            }
            Err(fault) => {
                tracing::warn!(%fault, "the library system does not answer");
                caller.failed(now_ms, random, call, Reached::Nothing);
            }
        }
        self.send(LibraryEvent::Called(told))
    }

    fn ask<T>(
        &self,
        event: impl FnOnce(Reply<T>) -> LibraryEvent,
    ) -> Result<Result<T, OutboxFault>, Stopped> {
        let (reply, answer) = channel();
        self.send(event(reply))?;
        answer.recv().map_err(|_| Stopped)
    }

    fn send(&self, event: LibraryEvent) -> Result<(), Stopped> {
        self.events.send(Happening::Library(event)).map_err(|_| Stopped)
    }
}
