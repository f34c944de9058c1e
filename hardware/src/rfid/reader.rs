//! What every reader of library tags can do.

use super::Uid;

/// A tag that answered an inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// Which tag.
    pub uid: Uid,
    /// Its data storage format identifier, as the inventory's answer tells it.
    pub dsfid: u8,
}

/// What a tag says of itself (Get System Information, ISO/IEC 15693-3 clause 10.4.12). What it does not say is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemInfo {
    /// Which tag.
    pub uid: Uid,
    /// Data storage format identifier.
    pub dsfid: Option<u8>,
    /// Application family identifier; the gate looks at it.
    pub afi: Option<u8>,
    /// Number of blocks, 1 to 256.
    pub blocks: Option<u16>,
    /// Bytes in a block, 1 to 32.
    pub block_bytes: Option<u8>,
    /// The maker's number of the chip's kind.
    pub ic_ref: Option<u8>,
}

/// Why a reader could not do what was wanted. No variant holds what a tag's memory says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReaderFault {
    /// The reader itself does not answer, also after it was started again. It must be opened anew.
    #[error("the reader does not answer: {0}")]
    Gone(String),
    /// The tag did not answer: it left the pad, or lies badly.
    #[error("the tag does not answer; lay the book flat in the middle of the pad")]
    NoAnswer,
    /// Answers came, but none whole: two tags at one place, or noise.
    #[error("the tag's answers are garbled; move the books apart, away from metal")]
    Garbled,
    /// The tag answered with an error of ISO/IEC 15693-3, table 6.
    #[error("the tag refused with error {code:02X}{}", meaning(*code))]
    Refused {
        /// The error code.
        code: u8,
    },
    /// The answer is whole but is not an answer to what was asked.
    #[error("the tag's answer makes no sense")]
    Nonsense,
    /// What was written does not read back.
    #[error("what was written to the tag does not read back; it may be locked or worn")]
    NotWritten,
    /// More tags than the reader takes on.
    #[error("more than {limit} tags on the pad; take some away")]
    TooMany {
        /// The bound.
        limit: usize,
    },
    /// Something no tag of this kind or no reader of this kind can do.
    #[error("{0}")]
    Impossible(&'static str),
}

fn meaning(code: u8) -> &'static str {
    match code {
        0x01 => ": command not supported",
        0x02 => ": command not recognised",
        0x03 => ": option not supported",
        0x10 => ": no such block",
        0x11 => ": already locked",
        0x12 => ": locked",
        0x13 => ": not written",
        0x14 => ": not locked",
        0x15 => ": protected",
        _ => "",
    }
}

/// A reader of ISO/IEC 15693 tags. Every call ends in a bounded time.
pub trait TagReader {
    /// Every tag in the field, each once, in order of UID. An empty field is an empty list.
    ///
    /// # Errors
    /// [`ReaderFault`]; a list is never returned when part of it is known to be missing.
    fn inventory(&mut self) -> Result<Vec<Seen>, ReaderFault>;

    /// Every tag that answers while `known` keep silent: tags that a stronger neighbour drowned. Costs a frame for each
    /// of `known`.
    ///
    /// # Errors
    /// [`ReaderFault`].
    fn inventory_beside(&mut self, known: &[Uid]) -> Result<Vec<Seen>, ReaderFault>;

    /// What the tag says of itself.
    ///
    /// # Errors
    /// [`ReaderFault`].
    fn system_info(&mut self, uid: Uid) -> Result<SystemInfo, ReaderFault>;

    /// The bytes of `count` blocks from block `first` on.
    ///
    /// # Errors
    /// [`ReaderFault`]; never fewer bytes than asked for.
    fn read_blocks(&mut self, uid: Uid, first: u8, count: u8) -> Result<Vec<u8>, ReaderFault>;

    /// Writes one block and reads it back.
    ///
    /// # Errors
    /// [`ReaderFault`]; after [`ReaderFault::NotWritten`] the block holds the old or the new bytes.
    fn write_block(&mut self, uid: Uid, block: u8, bytes: &[u8]) -> Result<(), ReaderFault>;

    /// Writes the application family identifier and reads it back.
    ///
    /// # Errors
    /// [`ReaderFault`]; after it the tag has the old or the new one.
    fn write_afi(&mut self, uid: Uid, afi: u8) -> Result<(), ReaderFault>;

    /// Sets (`rings`) or resets the EAS bit of an NXP tag, and asks for its alarm.
    ///
    /// # Errors
    /// [`ReaderFault`]; after it the tag has the old or the new one. [`ReaderFault::Impossible`] for a tag of another maker and
    /// for a reader that has no such order.
    fn write_eas(&mut self, uid: Uid, rings: bool) -> Result<(), ReaderFault>;
}
