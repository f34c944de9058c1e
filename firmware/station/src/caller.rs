//! The thread that calls the region. It owns the connection and nothing else: what to send, and what an answer means, it
//! asks of the thread that owns the journal.

use crate::config::Region;
use crate::identity::Membership;
use crate::run::Happening;
use anyhow::Context;
use exchange::enrol::{self, EnrolAnswer, EnrolRequest};
use exchange::wire::SecretKey;
use exchange::{Answer, Request, SCHEMA};
use links::https::{Patience, Settings, TimeFloor, Trust};
use links::{Call, CallFault, Https, Keys, Nudge, Outbox, Pace, Taken, Waiting};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel};
use std::time::Duration;

/// What the calling thread asks or tells the one that owns the journal.
#[derive(Debug)]
pub enum LinkEvent {
    /// The station waits for its enrolment under this code.
    Enrolling(String),
    /// The region took the station in.
    Enrolled(Membership, exchange::Epoch),
    /// What is acknowledged and what is not?
    Waiting(Sender<Result<Waiting, OutboxFault>>),
    /// What is to be sent?
    Request(Call, Sender<Result<Request, OutboxFault>>),
    /// Keep this answer.
    Take(Box<Answer>, Sender<Result<Taken, OutboxFault>>),
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
}

/// Everything the thread needs.
#[derive(Debug)]
pub struct Caller {
    /// The way to the region.
    pub region: Region,
    /// What the technician calls the station.
    pub name: String,
    /// The station's key.
    pub key: SecretKey,
    /// What the region said at enrolment, if it did.
    pub membership: Option<Membership>,
    /// Certificates are checked against no earlier time than this.
    pub floor: TimeFloor,
}

impl Caller {
    /// Starts the thread. It ends when `nudges` has no sender left.
    ///
    /// # Errors
    /// The certificate authority's file cannot be used, or the thread cannot be started.
    pub fn start(self, events: SyncSender<Happening>, nudges: Receiver<Nudge>) -> anyhow::Result<()> {
        let mut link = connect(&self.region, &self.floor)?;
        std::thread::Builder::new().name("link".into()).spawn(move || {
            let membership = match self.membership {
                Some(membership) => membership,
                None => match enrol(&mut link, &self.key, &self.name, &events, &nudges) {
                    Some(membership) => membership,
                    None => return,
                },
            };
            let keys = Keys { station: membership.station, secret: self.key, region: membership.region_key };
            let pace = Pace {
                batch_events: u64::from(self.region.call_after_events),
                every_ms: u64::from(self.region.call_every_min) * 60_000,
                ..Pace::default()
            };
            let mut outbox = Remote { events: events.clone() };
            links::drive(pace, &mut link, &mut outbox, &keys, &nudges, random, |call, result| {
                match result {
                    Ok(taken) => tracing::info!(?call, ?taken, "the region answered"),
                    Err(CallFault::Outbox { fault: OutboxFault::Stopping, .. }) => {}
                    Err(fault) => tracing::warn!(?call, %fault, "no answer from the region"),
                }
                let _ = events.send(Happening::Link(LinkEvent::Called { answered: result.is_ok() }));
            });
        })?;
        Ok(())
    }
}

fn connect(region: &Region, floor: &TimeFloor) -> anyhow::Result<Https> {
    let trust = match &region.ca {
        Some(path) => Trust::Ca(std::fs::read(path).with_context(|| {
            format!("{}: the region's certificate authority is expected here, as a PEM file", path.display())
        })?),
        None => Trust::WebRoots,
    };
    let settings = Settings { url: region.url.clone(), trust, patience: Patience::default() };
    Https::new(&settings, floor).with_context(|| format!("{}: this region cannot be called", region.url))
}

/// Asks until a person at the region has approved the code; `None` when the station stops.
fn enrol(
    link: &mut Https,
    key: &SecretKey,
    name: &str,
    events: &SyncSender<Happening>,
    nudges: &Receiver<Nudge>,
) -> Option<Membership> {
    let mut code = new_code();
    loop {
        events.send(Happening::Link(LinkEvent::Enrolling(code.clone()))).ok()?;
        let request = EnrolRequest { schema: SCHEMA, key: key.public(), code: code.clone(), name: name.to_owned() };
        let retry_s = match link.enrol(&request, key) {
            Ok(EnrolAnswer::Waiting { retry_s }) => u64::from(retry_s.clamp(1, 600)),
            Ok(EnrolAnswer::Approved { station, epoch, region_key, school }) => {
                let membership = Membership { station, region_key, school };
                events.send(Happening::Link(LinkEvent::Enrolled(membership.clone(), epoch))).ok()?;
                return Some(membership);
            }
            Ok(EnrolAnswer::Refused) => {
                tracing::warn!("the region refused this code; a new one is shown");
                code = new_code();
                10
            }
            Err(fault) => {
                tracing::warn!(%fault, "the region cannot be asked for enrolment");
                5
            }
        };
        match nudges.recv_timeout(Duration::from_secs(retry_s)) {
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
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

/// The journal, seen from the calling thread.
struct Remote {
    events: SyncSender<Happening>,
}

impl Remote {
    fn ask<T>(&self, event: impl FnOnce(Sender<Result<T, OutboxFault>>) -> LinkEvent) -> Result<T, OutboxFault> {
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
        self.ask(|reply| LinkEvent::Take(Box::new(answer), reply))
    }
}

