//! The thread that calls the region. It owns the connection and nothing else: what to send, and what an answer means, it
//! asks of the thread that owns the journal.

use crate::config::Region;
use crate::identity::Membership;
use crate::run::Happening;
use anyhow::Context;
use desk::Way;
use exchange::enrol::{self, EnrolAnswer, EnrolRequest, VoucherRefusal};
use exchange::wire::SecretKey;
use exchange::{Answer, Epoch, Request, SCHEMA};
use links::https::TimeFloor;
use links::{Call, CallFault, Https, Keys, Nudge, Outbox, Pace, Taken, Waiting};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel};
use std::time::Duration;

/// How long to wait before the region is asked again after it could not be, or what it said could not be kept.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// The longest that a region may put a waiting station off, in seconds.
const MOST_RETRY_S: u32 = 600;

/// Where the thread that owns the journal puts what it was asked for.
pub type Reply<T> = Sender<Result<T, OutboxFault>>;

/// What the calling thread asks or tells the one that owns the journal.
#[derive(Debug)]
pub enum LinkEvent {
    /// The station waits for its enrolment under this code.
    Enrolling(String),
    /// The region took the station in: keep what it said.
    Enrolled(Membership, Epoch, Reply<()>),
    /// The region does not take the voucher, for this reason: forget it.
    VoucherRefused(VoucherRefusal),
    /// What is acknowledged and what is not?
    Waiting(Reply<Waiting>),
    /// What is to be sent?
    Request(Call, Reply<Request>),
    /// Keep this answer, which came this way.
    Take(Box<Answer>, Way, Reply<Taken>),
    /// A call ended, well or not.
    Called {
        /// Whether the region answered.
        answered: bool,
    },
}

/// The thread that owns the journal could not help.
#[derive(Debug, thiserror::Error)]
pub enum OutboxFault {
    /// It has ended.
    #[error("the station is stopping")]
    Stopping,
    /// A new epoch is to begin, and somebody is in the middle of a visit: the answer is asked for again.
    #[error("a visit is open; the answer is asked for again")]
    Visit,
    /// The journal could not be read or written, or does not take the answer.
    #[error(transparent)]
    Journal(#[from] journal::TakeError),
    /// The journal is another station's, or could not be written.
    #[error(transparent)]
    Enrol(#[from] journal::EnrolError),
    /// What the region said at enrolment could not be written.
    #[error("{0:#}")]
    Membership(anyhow::Error),
}

/// A connection that is set up and has not been used yet.
#[derive(Debug)]
pub struct Caller {
    link: Https,
    pace: Pace,
    name: String,
    key: SecretKey,
    voucher: Option<String>,
}

impl Caller {
    /// Sets the connection up; nothing is sent. A `voucher` lets the station in without a person. Certificates are checked against no earlier time than `floor`.
    ///
    /// # Errors
    /// The connection cannot be set up.
    pub fn new(
        region: &Region,
        name: &str,
        (key, voucher): (SecretKey, Option<String>),
        floor: &TimeFloor,
    ) -> anyhow::Result<Caller> {
        let pace = Pace {
            batch_events: u64::from(region.call_after_events),
            every_ms: u64::from(region.call_every_min) * 60_000,
            ..Pace::default()
        };
        Ok(Caller { link: Https::new(&region.link, floor)?, pace, name: name.to_owned(), key, voucher })
    }

    /// Starts the thread, which enrols the station first if it has no `membership`. It ends when the sender it gives is
    /// dropped, or nobody hears `events` any more.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        self,
        membership: Option<Membership>,
        events: SyncSender<Happening>,
    ) -> anyhow::Result<Sender<Nudge>> {
        let (nudge, nudges) = channel();
        let run = move || self.run(membership, Remote { events, way: Way::Https }, &nudges);
        std::thread::Builder::new()
            .name("link".into())
            .spawn(run)
            .context("the link's thread cannot be started")?;
        Ok(nudge)
    }

    fn run(mut self, membership: Option<Membership>, mut station: Remote, nudges: &Receiver<Nudge>) {
        let Some(membership) = membership.or_else(|| self.enrol(&station, nudges)) else { return };
        let keys = Keys { station: membership.station, secret: self.key, region: membership.region_key };
        let events = station.events.clone();
        links::drive(self.pace, &mut self.link, &mut station, &keys, nudges, random, |call, result| {
            match result {
                Ok(taken) => tracing::info!(?call, ?taken, "the region answered"),
                Err(CallFault::Outbox { fault: OutboxFault::Stopping, .. }) => return,
                Err(fault) => tracing::warn!(?call, %fault, "no answer from the region"),
            }
            // Nobody hears it only when the station stops.
            let _ = events.send(Happening::Link(LinkEvent::Called { answered: result.is_ok() }));
        });
    }

    /// Asks until a person at the region has approved the code; `None` when the station stops.
    fn enrol(&mut self, station: &Remote, nudges: &Receiver<Nudge>) -> Option<Membership> {
        let mut code = None;
        loop {
            let shown = match &code {
                Some(code) => String::clone(code),
                None => {
                    let new = new_code();
                    station.events.send(Happening::Link(LinkEvent::Enrolling(new.clone()))).ok()?;
                    code.insert(new).clone()
                }
            };
            let request = EnrolRequest {
                schema: SCHEMA,
                key: self.key.public(),
                code: shown,
                name: self.name.clone(),
                voucher: self.voucher.clone(),
            };
            let wait = match self.link.enrol(&request, &self.key) {
                Ok(EnrolAnswer::Waiting { retry_s }) => {
                    Duration::from_secs(u64::from(retry_s.clamp(1, MOST_RETRY_S)))
                }
                Ok(EnrolAnswer::Approved { station: number, epoch, region_key, school }) => {
                    let membership = Membership { station: number, region_key, school };
                    match station.ask(|reply| LinkEvent::Enrolled(membership.clone(), epoch, reply)) {
                        Ok(()) => return Some(membership),
                        Err(OutboxFault::Stopping) => return None,
                        Err(fault) => {
                            tracing::error!(%fault, "what the region said at enrolment could not be kept");
                            ASK_AGAIN
                        }
                    }
                }
                Ok(EnrolAnswer::Refused) => {
                    tracing::warn!("the region refused this code; a new one is shown");
                    code = None;
                    ASK_AGAIN
                }
                Ok(EnrolAnswer::VoucherRefused { why }) => {
                    tracing::error!("{why}; a person at the region can let the station in by its code");
                    self.voucher = None;
                    station.events.send(Happening::Link(LinkEvent::VoucherRefused(why))).ok()?;
                    continue;
                }
                Err(fault) => {
                    tracing::warn!(%fault, "the region cannot be asked for enrolment");
                    ASK_AGAIN
                }
            };
            rest(wait, nudges)?;
        }
    }
}

/// Waits, whatever is recorded meanwhile; `None` when the station stops. A person who asks need not wait.
fn rest(wait: Duration, nudges: &Receiver<Nudge>) -> Option<()> {
    let end = std::time::Instant::now() + wait;
    loop {
        match nudges.recv_timeout(end.saturating_duration_since(std::time::Instant::now())) {
            Ok(Nudge::Recorded | Nudge::Urgent) => {}
            Ok(Nudge::Hurry) | Err(RecvTimeoutError::Timeout) => return Some(()),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

fn new_code() -> String {
    let mut random = [0; enrol::CODE_LEN];
    // Without randomness the code is guessable; a person still has to approve it.
    let _ = getrandom::fill(&mut random);
    enrol::code(random)
}

fn random() -> u64 {
    getrandom::u64().unwrap_or_default()
}

/// The journal, seen from another thread.
pub(crate) struct Remote {
    /// Where the thread that owns it hears.
    pub(crate) events: SyncSender<Happening>,
    /// The way by which answers come.
    pub(crate) way: Way,
}

impl Remote {
    fn ask<T>(&self, event: impl FnOnce(Reply<T>) -> LinkEvent) -> Result<T, OutboxFault> {
        let (reply, answer) = channel();
        self.events.send(Happening::Link(event(reply))).map_err(|_| OutboxFault::Stopping)?;
        answer.recv().map_err(|_| OutboxFault::Stopping)?
    }
}

impl Outbox for Remote {
    type Fault = OutboxFault;

    fn waiting(&mut self) -> Result<Waiting, OutboxFault> {
        self.ask(LinkEvent::Waiting)
    }

    fn request(&mut self, call: &Call) -> Result<Request, OutboxFault> {
        self.ask(|reply| LinkEvent::Request(*call, reply))
    }

    fn take(&mut self, answer: Answer) -> Result<Taken, OutboxFault> {
        let way = self.way;
        self.ask(|reply| LinkEvent::Take(Box::new(answer), way, reply))
    }
}
