//! The shells: one thread for each configured pad, from reader to channel.

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use linux_embedded_hal::Delay;

use super::{GateOrder, Pad, PadConfig, PadError, PadEvent, PadKind, SimulatedPad};
use crate::barcode::ReaderName;
use crate::board;
use crate::card::mfrc522::Mfrc522Reader;
use crate::card::pn532::{self, Pn532Reader};
use crate::card::{CardPresence, CardReader};
use crate::rfid::pn5180::Pn5180;
use crate::rfid::rl866::{self, Rl866};
use crate::rfid::tag::TagProfile;
use crate::rfid::{ReaderFault, TagReader};

/// Between two looks at a pad at rest.
const LOOK: Duration = Duration::from_millis(60);
/// Between two tries to open a reader that is gone, and to hand an event to a full channel.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
const CHANNEL_FULL: Duration = Duration::from_millis(5);
/// After so many looks for tags one for cards: it turns the field off and on.
const LOOKS_A_CARD: u64 = 4;
/// Looks in a row that fail, after which that is told once.
const FAILED_LOOKS_TOLD: u32 = 30;

/// The running pads. Dropping it stops them.
#[derive(Debug)]
pub struct Pads {
    threads: Vec<(ReaderName, Sender<GateOrder>, JoinHandle<()>)>,
}

impl Pads {
    /// Hands an order to a pad; the outcome comes as [`PadEvent::Gate`]. Gives whether there is such a pad.
    pub fn order(&self, pad: &ReaderName, order: GateOrder) -> bool {
        let thread = self.threads.iter().find(|(name, ..)| name == pad);
        thread.is_some_and(|(_, orders, _)| orders.send(order).is_ok())
    }
}

impl Drop for Pads {
    fn drop(&mut self) {
        for (_, orders, thread) in self.threads.drain(..) {
            drop(orders);
            if thread.join().is_err() {
                tracing::error!("a pad's thread ended in a panic");
            }
        }
    }
}

/// Starts a thread for each of `configs`. A reader that is not there is no error: its pad reports [`PadEvent::Gone`] and
/// goes on looking.
///
/// # Errors
/// [`PadError`]; then nothing is left running.
pub fn start<T>(configs: &[PadConfig], profile: &TagProfile, events: &SyncSender<T>) -> Result<Pads, PadError>
where
    T: From<PadEvent> + Send + 'static,
{
    let mut pads = Pads { threads: Vec::new() };
    for config in configs {
        let (sender, orders) = channel();
        let outlet = Outlet { pad: config.name.clone(), events: events.clone(), orders, waiting: Vec::new() };
        let body = body(config.kind.clone(), outlet, profile.clone())?;
        let name = config.name.clone();
        let thread = thread::Builder::new().name("pad".into()).spawn(move || {
            let Stopped = body();
            tracing::debug!(pad = %name, "the pad is stopped");
        })?;
        pads.threads.push((config.name.clone(), sender, thread));
    }
    Ok(pads)
}

/// The thread is to end.
struct Stopped;

type Body = Box<dyn FnOnce() -> Stopped + Send>;

fn body<T>(kind: PadKind, mut outlet: Outlet<T>, profile: TagProfile) -> Result<Body, PadError>
where
    T: From<PadEvent> + Send + 'static,
{
    Ok(match kind {
        PadKind::Pn5180 { backend, spi, busy, reset, cards } => Box::new(move || {
            let open = || {
                let spi = board::open_spi(backend, &spi).map_err(|error| error.to_string())?;
                let busy = board::open_input(backend, &busy).map_err(|error| error.to_string())?;
                let reset = board::open_output(backend, &reset, true).map_err(|error| error.to_string())?;
                let mut reader = Pn5180::new(spi, busy, reset, Delay);
                reader.identify().map_err(reason)?;
                Ok(reader)
            };
            let cards = cards.then_some(CardReader::card_uid as Cards<_>);
            supervise(&mut outlet, open, |outlet, reader| serve(outlet, &profile, cards, reader, || {}))
        }),
        PadKind::Rl866 { path } => Box::new(move || {
            let open = || rl866::open(&path).and_then(Rl866::start).map_err(reason);
            supervise(&mut outlet, open, |outlet, reader| serve(outlet, &profile, None, reader, || {}))
        }),
        PadKind::Mfrc522 { backend, spi } => Box::new(move || {
            let open = || {
                let spi = board::open_spi(backend, &spi).map_err(|error| error.to_string())?;
                Mfrc522Reader::start(spi).map_err(reason)
            };
            supervise(&mut outlet, open, serve_cards)
        }),
        PadKind::Pn532 { path } => Box::new(move || {
            let open = || pn532::open(&path).and_then(Pn532Reader::start).map_err(reason);
            supervise(&mut outlet, open, serve_cards)
        }),
        PadKind::Simulated { path } => {
            let pad = SimulatedPad::listen(&path).map_err(|source| PadError::Socket {
                pad: outlet.pad.clone(),
                path,
                source,
            })?;
            Box::new(move || {
                let sim = pad.sim().clone();
                let pad = RefCell::new(pad);
                let open = || {
                    pad.borrow_mut().serve();
                    let (spi, busy, reset, delay) = sim.wires();
                    let mut reader = Pn5180::new(spi, busy, reset, delay);
                    reader.identify().map_err(reason)?;
                    Ok(reader)
                };
                let between = || pad.borrow_mut().serve();
                let cards = Some(CardReader::card_uid as Cards<_>);
                supervise(&mut outlet, open, |outlet, reader| serve(outlet, &profile, cards, reader, between))
            })
        }
    })
}

/// Why a reader cannot be used, in words for a technician.
fn reason(fault: ReaderFault) -> String {
    if let ReaderFault::Gone(reason) = fault {
        return reason;
    }
    fault.to_string()
}

/// Where a pad's events go, and where its orders come from.
struct Outlet<T> {
    pad: ReaderName,
    events: SyncSender<T>,
    orders: Receiver<GateOrder>,
    waiting: Vec<GateOrder>,
}

impl<T: From<PadEvent>> Outlet<T> {
    /// Waits while the channel is full, and stops waiting when the pads are dropped.
    fn send(&mut self, event: PadEvent) -> Result<(), Stopped> {
        let mut held = T::from(event);
        loop {
            match self.events.try_send(held) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(Stopped),
                Err(TrySendError::Full(back)) => held = back,
            }
            self.wait(CHANNEL_FULL)?;
        }
    }

    /// Waits; an order that comes ends the wait and is kept.
    fn wait(&mut self, time: Duration) -> Result<(), Stopped> {
        match self.orders.recv_timeout(time) {
            Ok(order) => {
                self.waiting.push(order);
                Ok(())
            }
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Err(RecvTimeoutError::Disconnected) => Err(Stopped),
        }
    }
}

/// Keeps a reader open for as long as the thread lives. `serve` gives why it cannot go on with it.
fn supervise<T: From<PadEvent>, R>(
    outlet: &mut Outlet<T>,
    mut open: impl FnMut() -> Result<R, String>,
    mut serve: impl FnMut(&mut Outlet<T>, &mut R) -> Result<String, Stopped>,
) -> Stopped {
    let mut reported_gone = false;
    loop {
        let reason = match open() {
            Ok(mut reader) => {
                if std::mem::take(&mut reported_gone) {
                    tracing::info!(pad = %outlet.pad, "the pad is back");
                    let pad = outlet.pad.clone();
                    if outlet.send(PadEvent::Back { pad }).is_err() {
                        return Stopped;
                    }
                }
                match serve(outlet, &mut reader) {
                    Ok(reason) => reason,
                    Err(Stopped) => return Stopped,
                }
            }
            Err(reason) => reason,
        };
        if !std::mem::replace(&mut reported_gone, true) {
            tracing::warn!(pad = %outlet.pad, reason, "the pad is gone");
            let pad = outlet.pad.clone();
            if outlet.send(PadEvent::Gone { pad, reason }).is_err() {
                return Stopped;
            }
        }
        if outlet.wait(LOOK_AGAIN).is_err() {
            return Stopped;
        }
    }
}

/// Looks for cards until the reader is gone; gives why. Orders for tags are nothing to it.
fn serve_cards<T: From<PadEvent>>(
    outlet: &mut Outlet<T>,
    reader: &mut impl CardReader,
) -> Result<String, Stopped> {
    let mut presence = CardPresence::default();
    loop {
        if let Some(reason) = tell_card(outlet, reader.card_uid(), &mut presence)? {
            return Ok(reason);
        }
        outlet.wait(LOOK)?;
    }
}

/// How a reader of tags looks for cards too.
type Cards<R> = fn(&mut R) -> Result<Option<Vec<u8>>, ReaderFault>;

/// Tells of what a look for a card saw; gives why the reader is gone, if it is.
fn tell_card<T: From<PadEvent>>(
    outlet: &mut Outlet<T>,
    look: Result<Option<Vec<u8>>, ReaderFault>,
    presence: &mut CardPresence,
) -> Result<Option<String>, Stopped> {
    match look {
        Ok(seen) => {
            if let Some(card) = presence.look(seen) {
                outlet.send(PadEvent::Card { pad: outlet.pad.clone(), card })?;
            }
            Ok(None)
        }
        Err(ReaderFault::Gone(reason)) => Ok(Some(reason)),
        // Two cards, or one that is on its way: the next look tells.
        Err(_) => Ok(None),
    }
}

/// Looks at the pad until its reader is gone; gives why. `cards` = how it looks for cards too, where it does; `between` is
/// called between two looks.
fn serve<T: From<PadEvent>, R: TagReader>(
    outlet: &mut Outlet<T>,
    profile: &TagProfile,
    cards: Option<Cards<R>>,
    reader: &mut R,
    mut between: impl FnMut(),
) -> Result<String, Stopped> {
    let mut pad = Pad::new(profile.clone());
    let mut presence = CardPresence::default();
    let mut failed_looks = 0;
    for look in 0_u64.. {
        between();
        for order in std::mem::take(&mut outlet.waiting) {
            let outcome = order.tags.iter().try_for_each(|uid| {
                reader.write_afi(*uid, order.afi)?;
                // A tag of another maker has no such bit: its AFI is all that a gate can look at.
                order.eas.filter(|_| uid.is_nxp()).map_or(Ok(()), |rings| reader.write_eas(*uid, rings))
            });
            let gone = match &outcome {
                Err(ReaderFault::Gone(reason)) => Some(reason.clone()),
                Ok(()) | Err(_) => None,
            };
            outlet.send(PadEvent::Gate { pad: outlet.pad.clone(), number: order.number, outcome })?;
            if let Some(reason) = gone {
                return Ok(reason);
            }
        }
        match pad.look(reader) {
            Ok(Some(state)) => {
                failed_looks = 0;
                outlet.send(PadEvent::Lying { pad: outlet.pad.clone(), state })?;
            }
            Ok(None) => failed_looks = 0,
            Err(ReaderFault::Gone(reason)) => return Ok(reason),
            Err(fault) => {
                failed_looks += 1;
                if failed_looks == FAILED_LOOKS_TOLD {
                    tracing::warn!(pad = %outlet.pad, %fault, "the pad cannot be read for a while now");
                }
            }
        }
        if let Some(card_uid) = cards
            && look % LOOKS_A_CARD == 0
            && let Some(reason) = tell_card(outlet, card_uid(reader), &mut presence)?
        {
            return Ok(reason);
        }
        if outlet.waiting.is_empty() {
            outlet.wait(if pad.is_unsettled() { Duration::ZERO } else { LOOK })?;
        }
    }
    Err(Stopped)
}
