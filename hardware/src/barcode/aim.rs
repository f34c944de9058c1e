//! AIM symbology identifiers (ISO/IEC 15424): the three characters `]cm` that a reader can send before the text.
//!
//! `c` names the symbology, `m` (a hexadecimal digit) what the reader did with it, above all whether it verified
//! or took off the symbology's own check character. A text that starts with `]`, an ASCII letter and a hexadecimal
//! digit is always read as carrying an AIM id.

use std::fmt;

use serde::Deserialize;

/// What kind of bars or dots were printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbology {
    /// Code 39, also in full ASCII.
    Code39,
    /// Code 128 without the GS1 mark.
    Code128,
    /// GS1-128: Code 128 that starts with FNC1.
    #[serde(rename = "gs1-128")]
    Gs1128,
    /// EAN-13, and UPC-A and UPC-E, which AIM puts under the same id.
    Ean13,
    /// EAN-8.
    Ean8,
    /// A two- or five-digit supplement sent by itself.
    EanSupplement,
    /// Codabar (NW-7).
    Codabar,
    /// Code 93.
    Code93,
    /// Interleaved 2 of 5.
    Itf,
    /// MSI.
    Msi,
    /// PDF417.
    Pdf417,
    /// QR Code.
    Qr,
    /// Data Matrix.
    DataMatrix,
    /// GS1 DataBar.
    Gs1Databar,
    /// Aztec.
    Aztec,
    /// Any other, among them `]X`, which some makers use for Bookland EAN.
    Other,
}

impl Symbology {
    /// The name in print, as technicians and reader manuals write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Code39 => "Code 39",
            Self::Code128 => "Code 128",
            Self::Gs1128 => "GS1-128",
            Self::Ean13 => "EAN-13",
            Self::Ean8 => "EAN-8",
            Self::EanSupplement => "EAN supplement",
            Self::Codabar => "Codabar",
            Self::Code93 => "Code 93",
            Self::Itf => "Interleaved 2 of 5",
            Self::Msi => "MSI",
            Self::Pdf417 => "PDF417",
            Self::Qr => "QR",
            Self::DataMatrix => "Data Matrix",
            Self::Gs1Databar => "GS1 DataBar",
            Self::Aztec => "Aztec",
            Self::Other => "other",
        }
    }
}

/// What the reader did with the symbology's own check character before it sent the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbologyCheck {
    /// Nothing is known.
    Untold,
    /// Verified, and still part of the text.
    Verified,
    /// Verified and taken off: the text no longer holds it.
    Stripped,
}

/// An AIM id: code letter and modifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AimId {
    code: char,
    modifier: u8,
}

impl AimId {
    /// Takes a leading AIM id off `text`; gives the id and the rest, or the text whole where there is none.
    pub fn split(text: &str) -> (Option<Self>, &str) {
        let mut chars = text.chars();
        if chars.next() != Some(']') {
            return (None, text);
        }
        let code = chars.next().filter(char::is_ascii_alphabetic);
        let modifier = chars.next().and_then(|m| m.to_digit(16)).and_then(|m| u8::try_from(m).ok());
        match (code, modifier) {
            (Some(code), Some(modifier)) => (Some(Self { code, modifier }), chars.as_str()),
            (None, _) | (_, None) => (None, text),
        }
    }

    /// Reads an id that stands alone, as `]E0`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match Self::split(text) {
            (Some(aim), "") => Some(aim),
            (Some(_), _) | (None, _) => None,
        }
    }

    /// The modifier, 0 to 15.
    pub fn modifier(self) -> u8 {
        self.modifier
    }

    /// The symbology that code and modifier name.
    pub fn symbology(self) -> Symbology {
        match (self.code, self.modifier) {
            ('A', _) => Symbology::Code39,
            ('C', 1) => Symbology::Gs1128,
            ('C', _) => Symbology::Code128,
            ('E', 1 | 2) => Symbology::EanSupplement,
            ('E', 4) => Symbology::Ean8,
            ('E', _) => Symbology::Ean13,
            ('F', _) => Symbology::Codabar,
            ('G', _) => Symbology::Code93,
            ('I', _) => Symbology::Itf,
            ('L', _) => Symbology::Pdf417,
            ('M', _) => Symbology::Msi,
            ('Q', _) => Symbology::Qr,
            ('d', _) => Symbology::DataMatrix,
            ('e', _) => Symbology::Gs1Databar,
            ('z', _) => Symbology::Aztec,
            (_, _) => Symbology::Other,
        }
    }

    /// What became of the symbology's own check character (the tables of Zebra, NCR and Cino manuals agree).
    pub fn symbology_check(self) -> SymbologyCheck {
        match (self.code, self.modifier) {
            ('A', 1 | 5) | ('F', 1) | ('I', 1) => SymbologyCheck::Verified,
            ('A', 3 | 7) | ('F', 3) | ('I', 3) => SymbologyCheck::Stripped,
            (_, _) => SymbologyCheck::Untold,
        }
    }

    /// The symbology in print; for Codabar with what became of its check character, which is optional there and
    /// decides whether the last digit is still on.
    pub fn name(self) -> &'static str {
        match (self.symbology(), self.symbology_check()) {
            (Symbology::Codabar, SymbologyCheck::Verified) => "Codabar, check verified",
            (Symbology::Codabar, SymbologyCheck::Stripped) => "Codabar, check stripped",
            (symbology, _) => symbology.name(),
        }
    }
}

impl fmt::Display for AimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "]{}{:X}", self.code, self.modifier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_aim_id_stays_in_the_text() {
        for text in ["]", "]A", "]1A5", "]Ag5", "E0123", "", "]Ж01"] {
            assert_eq!(AimId::split(text), (None, text));
        }
        assert_eq!(AimId::parse("]E0").map(|a| a.to_string()), Some("]E0".into()));
        assert_eq!(AimId::parse("]E01"), None);
    }

    #[test]
    fn modifiers_tell_relatives_apart() {
        let named = |id: &str| AimId::parse(id).map(AimId::name);
        assert_eq!(named("]E4"), Some("EAN-8"));
        assert_eq!(named("]E3"), Some("EAN-13"));
        assert_eq!(named("]C0"), Some("Code 128"));
        assert_eq!(named("]F3"), Some("Codabar, check stripped"));
        assert_eq!(named("]X0"), Some("other"));
    }
}
