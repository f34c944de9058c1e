//! What goes to a pad and what comes from it.

use std::io;
use std::path::PathBuf;

use super::PadState;
use crate::barcode::ReaderName;
use crate::card::{CardFault, CardUid};
use crate::rfid::{ReaderFault, Uid};

/// The byte that the gate looks at, to be written to these tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateOrder {
    /// Comes back with the outcome.
    pub number: u64,
    /// All tags of one item.
    pub tags: Vec<Uid>,
    /// The application family identifier.
    pub afi: u8,
    /// Whether the EAS bit of NXP tags is set; `None` = the site's gate does not look at it.
    pub eas: Option<bool>,
}

/// What a pad reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PadEvent {
    /// What lies there now, as a whole; sent when it has changed.
    Lying {
        /// Which pad.
        pad: ReaderName,
        /// Everything on it.
        state: PadState,
    },
    /// A student card came, or something like one that names nobody.
    Card {
        /// Which pad.
        pad: ReaderName,
        /// Its UID, or why it is none.
        card: Result<CardUid, CardFault>,
    },
    /// An order was carried out on all its tags and read back, or failed on one.
    Gate {
        /// Which pad.
        pad: ReaderName,
        /// The order's number.
        number: u64,
        /// Whether it succeeded.
        outcome: Result<(), ReaderFault>,
    },
    /// The reader cannot be used. Sent once; it is opened again until it is back.
    Gone {
        /// Which pad.
        pad: ReaderName,
        /// Why, in words for a technician.
        reason: String,
    },
    /// The reader that was gone is back.
    Back {
        /// Which pad.
        pad: ReaderName,
    },
}

/// Why the pads could not be started.
#[derive(Debug, thiserror::Error)]
pub enum PadError {
    /// The socket of an emulated pad cannot be made.
    #[error("pad '{pad}': cannot make the socket {path}: {source}")]
    Socket {
        /// Which pad.
        pad: ReaderName,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no thread.
    #[error("cannot start the pads: {0}")]
    System(#[from] io::Error),
}
