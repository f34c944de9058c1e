//! The kernel's `struct input_event`, from raw bytes: two words of time, then type, code and value.

use std::time::Duration;

/// The size of one record in bytes: 24 where a word has 64 bits, 16 where it has 32 (`linux/input.h`).
pub const RECORD_BYTES: usize = 2 * WORD + 8;

const WORD: usize = size_of::<usize>();

/// One input event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputEvent {
    /// When the kernel saw it, on the kernel's clock.
    pub at: Duration,
    /// `EV_SYN` 0, `EV_KEY` 1, ….
    pub kind: u16,
    /// Which key, for `EV_KEY`.
    pub code: u16,
    /// For a key 0 up, 1 down, 2 repeated by the kernel.
    pub value: i32,
}

impl InputEvent {
    fn parse(record: &[u8; RECORD_BYTES]) -> Self {
        let (seconds, rest) = split::<WORD>(record);
        let (micros, rest) = split::<WORD>(rest);
        let (kind, rest) = split::<2>(rest);
        let (code, rest) = split::<2>(rest);
        let (value, _) = split::<4>(rest);
        let micros = u64::try_from(usize::from_ne_bytes(micros)).unwrap_or(0).min(999_999);
        let seconds = u64::try_from(usize::from_ne_bytes(seconds)).unwrap_or(0);
        Self {
            at: Duration::from_secs(seconds) + Duration::from_micros(micros),
            kind: u16::from_ne_bytes(kind),
            code: u16::from_ne_bytes(code),
            value: i32::from_ne_bytes(value),
        }
    }
}

/// The first `N` bytes, and the rest. Bytes that are not there count as zero; a whole record has them all.
fn split<const N: usize>(bytes: &[u8]) -> ([u8; N], &[u8]) {
    bytes.split_first_chunk::<N>().map_or(([0; N], &[]), |(head, rest)| (*head, rest))
}

/// Cuts a stream of bytes into records; a record may come in pieces.
#[derive(Debug)]
pub struct RecordReader {
    record: [u8; RECORD_BYTES],
    filled: usize,
}

impl Default for RecordReader {
    fn default() -> Self {
        Self { record: [0; RECORD_BYTES], filled: 0 }
    }
}

impl RecordReader {
    /// Takes bytes as they came; calls `out` for each record they complete.
    pub fn bytes(&mut self, bytes: &[u8], mut out: impl FnMut(InputEvent)) {
        for byte in bytes {
            if let Some(place) = self.record.get_mut(self.filled) {
                *place = *byte;
            }
            self.filled += 1;
            if self.filled >= RECORD_BYTES {
                self.filled = 0;
                out(InputEvent::parse(&self.record));
            }
        }
    }
}
