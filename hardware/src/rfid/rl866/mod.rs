//! Serial desk readers of the RL866 family: anticollision is the reader's own, tags are read and written through it. What
//! the line carries and where that is known from: `docs/rl866.md`.
//!
//! Invariants:
//! - every call ends: an exchange takes at most 1.5 s, and what falls out of step is tried once more;
//! - a list of tags is given only when it has as many as the reader says it has found;
//! - what a tag answers is held against what was asked, and a late answer is never taken for another's;
//! - a tag that cannot be asked what it is does not hide its neighbours.

pub(crate) mod frame;
mod link;
pub(crate) mod message;

use std::collections::BTreeMap;
use std::path::Path;

use super::{ReaderFault, Seen, SystemInfo, TagReader, Uid, iso15693};
use crate::board::{Line, Parity, SerialLine, unusable};
use link::{Link, Miss};
use message::{Found, Order};

/// Bits per second, with even parity.
const BAUD: u32 = 38_400;
/// Answers that one inventory may take.
const MOST_ANSWERS: usize = 16;
/// Most tags in the field.
const MOST_TAGS: usize = 64;
/// Bytes in a block of a tag that does not say it, at most (ISO/IEC 15693-3, clause 4.3).
const MOST_BLOCK_BYTES: u8 = 32;

/// Opens a line as these readers speak, by a stable name as in `/dev/serial/by-id/`.
///
/// # Errors
/// [`ReaderFault::Gone`], in words that say what to do.
pub fn open(path: &Path) -> Result<SerialLine, ReaderFault> {
    SerialLine::open(path, BAUD, Parity::Even)
        .map_err(|error| ReaderFault::Gone(unusable(&path.display().to_string(), "path", "dialout", &error)))
}

/// What is known of a tag in the field.
#[derive(Debug, Clone, Copy)]
struct Known {
    found: Found,
    /// `None` when it did not say it; it is asked once each time it comes.
    info: Option<SystemInfo>,
}

/// The reader.
#[derive(Debug)]
pub struct Rl866<L> {
    link: Link<L>,
    known: BTreeMap<Uid, Known>,
}

impl<L: Line> Rl866<L> {
    /// Greets the reader on an open line; tags that somebody left connected are let go.
    ///
    /// # Errors
    /// [`ReaderFault::Gone`].
    pub fn start(line: L) -> Result<Self, ReaderFault> {
        let mut link = Link::new(line);
        link.greet()?;
        Ok(Self { link, known: BTreeMap::new() })
    }

    /// Connects a tag, gives it orders one after another, and lets it go. Out of step, all of that is done once more: the
    /// handle is lost with the step.
    fn with_tag<T>(
        &mut self,
        found: Found,
        mut orders: impl FnMut(&mut Link<L>, u8) -> Result<T, Miss>,
    ) -> Result<T, ReaderFault> {
        self.link.steady(|link| {
            let handle = match *link.ask(&message::connect(found))?.as_slice() {
                [handle] if handle != message::ALL_HANDLES => handle,
                _ => return Err(Miss::Fault(ReaderFault::Nonsense)),
            };
            let outcome = orders(link, handle);
            if !matches!(outcome, Err(Miss::OutOfStep | Miss::Fault(ReaderFault::Gone(_))))
                && let Err(miss) = link.ask(&message::disconnect(handle))
            {
                // What the tag answered is true all the same. A handle that stays with the reader goes at the next greeting.
                tracing::debug!(?miss, "the RL866 did not let a tag go");
            }
            outcome
        })
    }

    fn info(&mut self, found: Found) -> Result<SystemInfo, ReaderFault> {
        self.with_tag(found, |link, handle| system_info(link, handle, found.uid))
    }

    /// What is known of a tag: the reader wants to hear how it found it.
    fn known(&mut self, uid: Uid) -> Result<Known, ReaderFault> {
        if !self.known.contains_key(&uid) {
            self.inventory()?;
        }
        self.known.get(&uid).copied().ok_or(ReaderFault::NoAnswer)
    }
}

fn order<L: Line>(link: &mut Link<L>, handle: u8, order: Order<'_>) -> Result<Vec<u8>, Miss> {
    let parameters = link.ask(&order.information(handle))?;
    Ok(order.answer(&parameters)?.to_vec())
}

fn system_info<L: Line>(link: &mut Link<L>, handle: u8, uid: Uid) -> Result<SystemInfo, Miss> {
    let info = iso15693::system_info(&order(link, handle, Order::SystemInfo)?)?;
    if info.uid == uid { Ok(info) } else { Err(Miss::Fault(ReaderFault::Nonsense)) }
}

fn blocks<L: Line>(link: &mut Link<L>, handle: u8, first: u16, count: u8) -> Result<Vec<u8>, Miss> {
    let answer = order(link, handle, Order::ReadBlocks { first, count })?;
    Ok(message::blocks(&answer, count)?.to_vec())
}

/// Every tag that the reader finds.
fn find<L: Line>(link: &mut Link<L>) -> Result<BTreeMap<Uid, Found>, Miss> {
    let mut tags = BTreeMap::new();
    // Told so far, cards of other kinds included; a tag that is told twice is one.
    let mut told = 0;
    for answer in 0..MOST_ANSWERS {
        let report = message::report(&link.ask(&message::inventory(answer > 0))?)?;
        let before = tags.len();
        told += usize::from(report.told).saturating_sub(report.tags.len());
        tags.extend(report.tags.into_iter().map(|found| (found.uid, found)));
        told += tags.len() - before;
        if tags.len() > MOST_TAGS {
            return Err(Miss::Fault(ReaderFault::TooMany { limit: MOST_TAGS }));
        }
        if !report.stopped_early && told >= usize::from(report.total) {
            return Ok(tags);
        }
        if report.told == 0 {
            break;
        }
    }
    Err(Miss::Fault(ReaderFault::Garbled))
}

impl<L: Line> TagReader for Rl866<L> {
    fn inventory(&mut self) -> Result<Vec<Seen>, ReaderFault> {
        let found = self.link.steady(find)?;
        self.known.retain(|uid, _| found.contains_key(uid));
        for (uid, found) in found {
            let info = match self.known.get(&uid) {
                Some(known) => known.info,
                None => match self.info(found) {
                    Ok(info) => Some(info),
                    Err(gone @ ReaderFault::Gone(_)) => return Err(gone),
                    Err(fault) => {
                        tracing::debug!(?uid, %fault, "a tag does not say what it is");
                        None
                    }
                },
            };
            self.known.insert(uid, Known { found, info });
        }
        // 00 is what tags have whose data's format has no number; a pad then goes by the data itself.
        let dsfid = |known: &Known| known.info.and_then(|info| info.dsfid).unwrap_or(0);
        Ok(self.known.iter().map(|(uid, known)| Seen { uid: *uid, dsfid: dsfid(known) }).collect())
    }

    /// The reader's own anticollision cannot be told to pass tags over, so it looks once more.
    fn inventory_beside(&mut self, known: &[Uid]) -> Result<Vec<Seen>, ReaderFault> {
        let mut seen = self.inventory()?;
        seen.retain(|seen| !known.contains(&seen.uid));
        Ok(seen)
    }

    fn system_info(&mut self, uid: Uid) -> Result<SystemInfo, ReaderFault> {
        let found = self.known(uid)?.found;
        let info = self.info(found)?;
        self.known.insert(uid, Known { found, info: Some(info) });
        Ok(info)
    }

    fn read_blocks(&mut self, uid: Uid, first: u8, count: u8) -> Result<Vec<u8>, ReaderFault> {
        let Known { found, info } = self.known(uid)?;
        let block_bytes = info.and_then(|info| info.block_bytes).unwrap_or(MOST_BLOCK_BYTES);
        // Two bytes of an answer are the number of blocks.
        let at_once = (message::MOST_ANSWER - 2) / usize::from(block_bytes.max(1));
        let at_once = u8::try_from(at_once).unwrap_or(u8::MAX).max(1);
        self.with_tag(found, |link, handle| {
            let mut bytes = Vec::new();
            let (mut first, mut left) = (u16::from(first), count);
            while left > 0 {
                let count = left.min(at_once);
                bytes.extend(blocks(link, handle, first, count)?);
                left -= count;
                first += u16::from(count);
            }
            Ok(bytes)
        })
    }

    fn write_block(&mut self, uid: Uid, block: u8, bytes: &[u8]) -> Result<(), ReaderFault> {
        if bytes.is_empty() || bytes.len() > usize::from(MOST_BLOCK_BYTES) {
            return Err(ReaderFault::Impossible("a block has 1 to 32 bytes"));
        }
        let found = self.known(uid)?.found;
        let there = self.with_tag(found, |link, handle| {
            order(link, handle, Order::WriteBlock { block, bytes })?;
            blocks(link, handle, block.into(), 1)
        })?;
        if there == bytes { Ok(()) } else { Err(ReaderFault::NotWritten) }
    }

    fn write_afi(&mut self, uid: Uid, afi: u8) -> Result<(), ReaderFault> {
        let found = self.known(uid)?.found;
        let info = self.with_tag(found, |link, handle| {
            order(link, handle, Order::WriteAfi(afi))?;
            system_info(link, handle, uid)
        })?;
        if info.afi == Some(afi) { Ok(()) } else { Err(ReaderFault::NotWritten) }
    }

    fn write_eas(&mut self, _uid: Uid, _rings: bool) -> Result<(), ReaderFault> {
        Err(ReaderFault::Impossible(
            "no order of an RL866 for the EAS bit is known; use a gate that looks at the AFI, or another reader",
        ))
    }
}
