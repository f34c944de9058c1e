//! What a reader gives: a scan, a fault, or word that the reader itself went away or came back.

use std::fmt;
use std::sync::Arc;

use super::aim::{AimId, Symbology};

/// The longest text taken from one scan, in bytes of UTF-8. A longer one is refused whole, never cut.
pub const MAX_TEXT_BYTES: usize = 512;

/// The name a site gave to a reader in its configuration; cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReaderName(Arc<str>);

impl ReaderName {
    /// The name as configured.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ReaderName {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// Scanned text: not blank, at most [`MAX_TEXT_BYTES`], no control character. Leading zeros are kept.
///
/// It may be somebody's card number, so `Debug` shows its length only and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ScanText(Box<str>);

impl ScanText {
    /// Takes `text` as it is.
    ///
    /// # Errors
    /// [`ScanFault::TooLong`], [`ScanFault::ControlCharacter`] or [`ScanFault::Empty`] (also for spaces only).
    pub fn new(text: &str) -> Result<Self, ScanFault> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(ScanFault::TooLong { limit_bytes: MAX_TEXT_BYTES });
        }
        if let Some(control) = text.chars().find(|c| c.is_control()) {
            return Err(ScanFault::ControlCharacter { code: u32::from(control) });
        }
        if text.trim().is_empty() {
            return Err(ScanFault::Empty);
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<ScanText> for String {
    fn from(text: ScanText) -> Self {
        text.0.into()
    }
}

impl fmt::Debug for ScanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScanText({} characters)", self.0.chars().count())
    }
}

/// One whole scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    reader: ReaderName,
    text: ScanText,
    aim: Option<AimId>,
}

impl Scan {
    /// Makes a scan of the bytes between two terminators. A leading AIM id (`]cm`) is taken off and kept apart.
    ///
    /// # Errors
    /// [`ScanFault::NotText`] for bytes that are not UTF-8, and those of [`ScanText::new`].
    pub fn from_bytes(reader: ReaderName, bytes: &[u8]) -> Result<Self, ScanFault> {
        let text = std::str::from_utf8(bytes).map_err(|_| ScanFault::NotText)?;
        let (aim, text) = AimId::split(text);
        Ok(Self { reader, text: ScanText::new(text)?, aim })
    }

    /// Which reader it came from.
    pub fn reader(&self) -> &ReaderName {
        &self.reader
    }

    /// What the label says, without AIM id and terminator.
    pub fn text(&self) -> &ScanText {
        &self.text
    }

    /// The AIM id the reader sent before the text, if it sends one.
    pub fn aim(&self) -> Option<AimId> {
        self.aim
    }

    /// The symbology of the label, where the reader told it.
    pub fn symbology(&self) -> Option<Symbology> {
        self.aim.map(AimId::symbology)
    }
}

/// Why something that came from a reader is not a scan. It never holds the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanFault {
    /// More text than any label of ours holds.
    #[error("the scan is longer than {limit_bytes} bytes; scan the library's own label")]
    TooLong {
        /// The bound, [`MAX_TEXT_BYTES`].
        limit_bytes: usize,
    },
    /// The reader fell silent before the terminator.
    #[error("the scan broke off after {bytes} bytes; scan it again")]
    Torn {
        /// How much had come, in bytes.
        bytes: usize,
    },
    /// A control character inside the text.
    #[error("the scan holds the control character U+{code:04X}; such a label cannot be used")]
    ControlCharacter {
        /// Its code point.
        code: u32,
    },
    /// An AIM id or spaces with no text.
    #[error("the scan is empty; scan it again")]
    Empty,
    /// The bytes are not UTF-8.
    #[error("the scan is not readable text; set the reader to send UTF-8 or plain digits and letters")]
    NotText,
    /// A key with no character on a US keyboard was pressed amid the scan.
    #[error(
        "the reader sent key code {code}, which has no character; set it to a US keyboard or to serial mode"
    )]
    UnknownKey {
        /// The Linux key code.
        code: u16,
    },
    /// An Alt+numpad code outside ASCII: which letter is meant depends on a code page that nobody told us.
    #[error("the reader sent Alt code {code}, which is not ASCII; set it to serial mode")]
    AltCode {
        /// The number typed, cut at four digits.
        code: u32,
    },
    /// The kernel dropped keys because they were not read in time.
    #[error("keys of this scan were lost; scan it again")]
    KeysLost,
}

/// What a reader reports. The name is the one in its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderEvent {
    /// A whole scan.
    Scan(Scan),
    /// Something came that is not a scan; the reader goes on.
    Fault {
        /// Which reader.
        reader: ReaderName,
        /// What was wrong.
        fault: ScanFault,
    },
    /// The reader cannot be used: unplugged, not found, or not allowed. Sent once; it is looked for until it returns.
    Gone {
        /// Which reader.
        reader: ReaderName,
        /// Why, in words for a technician.
        reason: String,
    },
    /// The reader that was gone is open again.
    Back {
        /// Which reader.
        reader: ReaderName,
    },
}

impl ReaderEvent {
    /// The reader it is about.
    pub fn reader(&self) -> &ReaderName {
        match self {
            Self::Scan(scan) => scan.reader(),
            Self::Fault { reader, .. } | Self::Gone { reader, .. } | Self::Back { reader } => reader,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_never_shows_a_number() {
        let scan = Scan::from_bytes("desk".into(), b"]F020123000456782").unwrap();
        assert!(!format!("{scan:?}").contains("2012300"));
        assert_eq!(scan.text().as_str(), "20123000456782");
    }

    #[test]
    fn bounds_are_held_to_the_byte() {
        assert!(ScanText::new(&"x".repeat(MAX_TEXT_BYTES)).is_ok());
        let fault = ScanText::new(&"x".repeat(MAX_TEXT_BYTES + 1));
        assert_eq!(fault, Err(ScanFault::TooLong { limit_bytes: MAX_TEXT_BYTES }));
        assert_eq!(ScanText::new("  "), Err(ScanFault::Empty));
        assert_eq!(ScanText::new("12\u{1d}34"), Err(ScanFault::ControlCharacter { code: 0x1d }));
        assert_eq!(Scan::from_bytes("desk".into(), b"]C1"), Err(ScanFault::Empty));
        assert_eq!(Scan::from_bytes("desk".into(), b"\xc1\xe0"), Err(ScanFault::NotText));
    }
}
