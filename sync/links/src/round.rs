//! One call: ask the outbox for a request, carry it, check the answer, give it to the outbox. Decides nothing.

use crate::{Call, CallFault, LinkFault};
use exchange::wire::{self, Encoding, PublicKey, SecretKey, WireError};
use exchange::{Answer, Request, Seq, StationId};

/// A way to the region: bytes out, bytes back.
pub trait Link {
    /// Carries a sealed request and brings what was answered. Whether it is an answer of the region is not checked here.
    ///
    /// # Errors
    /// [`LinkFault`].
    fn exchange(&mut self, request: Vec<u8>) -> Result<Vec<u8>, LinkFault>;
}

/// The station's side: its journal and its reference data.
pub trait Outbox {
    /// What can go wrong there, such as a full disk.
    type Fault: std::error::Error + 'static;

    /// What is acknowledged and what is not.
    ///
    /// # Errors
    /// The station's own.
    fn waiting(&mut self) -> Result<Waiting, Self::Fault>;

    /// The request for `call`: at most `call.max_events` events from `call.from_seq` on, and `call.answer_limit`.
    ///
    /// # Errors
    /// The station's own.
    fn request(&mut self, call: &Call) -> Result<Request, Self::Fault>;

    /// Keeps an answer, durably, before it returns. The answer is the region's, and for this station.
    ///
    /// # Errors
    /// The station's own; then nothing of the answer counts, and the next call asks for it again.
    fn take(&mut self, answer: Answer) -> Result<Taken, Self::Fault>;
}

/// What an outbox holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Highest seq of this epoch that the region has acknowledged.
    pub acked: Seq,
    /// Highest seq in the journal.
    pub head: Seq,
}

impl Waiting {
    /// How many events are not acknowledged.
    pub fn events(&self) -> u64 {
        self.head.0.saturating_sub(self.acked.0)
    }
}

/// What an answer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// All is well.
    Good {
        /// The region has all events up to this one.
        stored_upto: Seq,
        /// Whether anything of the reference data, or any cursor, moved.
        changed: bool,
        /// Whether the region has further changes ready.
        more: bool,
    },
    /// A new epoch was begun; the next call sends it from its first event.
    Forked,
    /// The region takes nothing from this station any more.
    Revoked,
}

/// The keys of a call.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Whose requests these are.
    pub station: StationId,
    /// The station's secret key.
    pub secret: SecretKey,
    /// The region's public key.
    pub region: PublicKey,
}

/// Makes one call.
///
/// # Errors
/// [`CallFault`]; whatever it is, nothing has moved at the station.
pub fn round<O: Outbox>(
    link: &mut impl Link,
    outbox: &mut O,
    keys: &Keys,
    call: &Call,
) -> Result<Taken, CallFault<O::Fault>> {
    let request =
        outbox.request(call).map_err(|fault| CallFault::Outbox { doing: "make its request", fault })?;
    let bytes = link.exchange(wire::seal_request(&request, &keys.secret, Encoding::Columns))?;
    let answer = wire::open_answer(&bytes, &keys.region)?;
    if answer.station != keys.station {
        return Err(WireError::Damaged("the answer is for another station").into());
    }
    outbox.take(answer).map_err(|fault| CallFault::Outbox { doing: "keep the answer", fault })
}
