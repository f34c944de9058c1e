//! One scan in the making: bytes come in until a terminator or silence ends it. Shared by all decoders.
//!
//! Bounded: past [`LIMIT_BYTES`] nothing more is kept, and the whole scan becomes one fault.

use super::scan::{MAX_TEXT_BYTES, ReaderName, Scan, ScanFault};

/// A decoder's product: a whole scan or the reason why there is none.
pub(super) type Outcome = Result<Scan, ScanFault>;

/// Text and the three characters of an AIM id.
const LIMIT_BYTES: usize = MAX_TEXT_BYTES + 3;

#[derive(Debug)]
pub(super) struct Assembly {
    reader: ReaderName,
    bytes: Vec<u8>,
    spoiled: Option<ScanFault>,
}

impl Assembly {
    pub(super) fn new(reader: ReaderName) -> Self {
        Self { reader, bytes: Vec::with_capacity(64), spoiled: None }
    }

    /// Whether a scan has begun, good or spoiled.
    pub(super) fn begun(&self) -> bool {
        self.spoiled.is_some() || !self.bytes.is_empty()
    }

    pub(super) fn push(&mut self, byte: u8) {
        if self.spoiled.is_some() {
            return;
        }
        if self.bytes.len() == LIMIT_BYTES {
            self.spoil(ScanFault::TooLong { limit_bytes: MAX_TEXT_BYTES });
            return;
        }
        self.bytes.push(byte);
    }

    /// Makes the scan in progress, or the one just beginning, a fault whatever else comes. The first reason stays.
    pub(super) fn spoil(&mut self, fault: ScanFault) {
        self.bytes.clear();
        self.spoiled.get_or_insert(fault);
    }

    /// A terminator came. Nothing before it is nothing: CRLF, or Enter pressed by itself, is no scan.
    pub(super) fn finish(&mut self) -> Option<Outcome> {
        if let Some(fault) = self.spoiled.take() {
            return Some(Err(fault));
        }
        let begun = self.begun();
        // Where Tab alone ends a scan, a CR or LF beside it is part of the line end all the same.
        let edge = self.bytes.iter().rposition(|b| !matches!(b, b'\r' | b'\n')).map_or(0, |last| last + 1);
        let scan =
            begun.then(|| Scan::from_bytes(self.reader.clone(), self.bytes.get(..edge).unwrap_or_default()));
        self.bytes.clear();
        scan
    }

    /// The line fell silent, or the reader went, before a terminator.
    pub(super) fn tear(&mut self) -> Option<Outcome> {
        let torn = match self.spoiled.take() {
            Some(fault) => Some(Err(fault)),
            None => self.begun().then_some(Err(ScanFault::Torn { bytes: self.bytes.len() })),
        };
        self.bytes.clear();
        torn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_whatever_comes() {
        let mut assembly = Assembly::new("desk".into());
        for _ in 0..100_000 {
            assembly.push(b'7');
            assert!(assembly.bytes.len() <= LIMIT_BYTES);
        }
        assert_eq!(assembly.finish(), Some(Err(ScanFault::TooLong { limit_bytes: MAX_TEXT_BYTES })));
        assert_eq!(assembly.finish(), None);
    }
}
