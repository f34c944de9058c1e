//! The container of a workbook: a ZIP file (PKWARE APPNOTE 6.3) in memory, as far as workbooks use it: parts stored or
//! deflated, neither encrypted nor larger than 4 GB. Nothing is unpacked before it is read, and nothing is reserved by a
//! length that the file declares.

use flate2::Crc;
use flate2::read::DeflateDecoder;
use std::io::{self, Read};

/// The most parts of a container; a workbook has a few dozen.
const MOST_PARTS: usize = 5_000;

/// The record at the end, without the comment behind it.
const END_LEN: usize = 22;

/// An entry of the list of parts, without its name.
const ENTRY_LEN: usize = 46;

/// What stands before a part's bytes, without its name.
const LOCAL_LEN: usize = 30;

/// An open container.
pub(super) struct Container<'b> {
    bytes: &'b [u8],
    parts: Vec<Entry>,
}

struct Entry {
    name: String,
    deflated: bool,
    crc: u32,
    packed_len: usize,
    at: usize,
}

impl<'b> Container<'b> {
    /// Opens a container; `None` if it is none, or of a kind that no workbook is.
    pub(super) fn open(bytes: &'b [u8]) -> Option<Container<'b>> {
        let last = bytes.len().checked_sub(END_LEN)?;
        let first = last.saturating_sub(usize::from(u16::MAX));
        let end =
            (first..=last).rev().find(|at| bytes.get(*at..).is_some_and(|b| b.starts_with(b"PK\x05\x06")))?;
        let count = short(bytes, end + 10)?;
        let mut at = long(bytes, end + 16)?;
        let mut parts = Vec::new();
        for _ in 0..count.min(MOST_PARTS) {
            if bytes.get(at..at + 4)? != b"PK\x01\x02" {
                return None;
            }
            let (flags, method) = (short(bytes, at + 8)?, short(bytes, at + 10)?);
            let name_len = short(bytes, at + 28)?;
            let name = bytes.get(at + ENTRY_LEN..at + ENTRY_LEN + name_len)?;
            let is_plain = flags & 1 == 0 && matches!(method, 0 | 8);
            if is_plain {
                parts.push(Entry {
                    name: String::from_utf8_lossy(name).into_owned(),
                    deflated: method == 8,
                    crc: u32::try_from(long(bytes, at + 16)?).ok()?,
                    packed_len: long(bytes, at + 20)?,
                    at: long(bytes, at + 42)?,
                });
            }
            at += ENTRY_LEN + name_len + short(bytes, at + 30)? + short(bytes, at + 32)?;
        }
        Some(Container { bytes, parts })
    }

    /// The part of this name.
    pub(super) fn part(&self, name: &str) -> Option<Part<'b>> {
        let entry = self.parts.iter().find(|entry| entry.name == name)?;
        let local = self.bytes.get(entry.at..)?;
        if !local.starts_with(b"PK\x03\x04") {
            return None;
        }
        let begin = LOCAL_LEN + short(local, 26)? + short(local, 28)?;
        let packed = local.get(begin..begin.checked_add(entry.packed_len)?)?;
        let read: Box<dyn Read + 'b> =
            if entry.deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) };
        Some(Part { read, sum: Crc::new(), crc: entry.crc })
    }
}

/// A part's bytes; one that is read to its end must have the sum that stands in the list.
pub(super) struct Part<'b> {
    read: Box<dyn Read + 'b>,
    sum: Crc,
    crc: u32,
}

impl Read for Part<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let len = self.read.read(into)?;
        self.sum.update(into.get(..len).unwrap_or_default());
        if len == 0 && !into.is_empty() && self.sum.sum() != self.crc {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(len)
    }
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let two = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(u16::from_le_bytes(two).into())
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(four)).ok()
}
