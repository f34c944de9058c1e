//! What a receipt says in its QR code: which events a station wrote down, signed by the station.
//!
//! A pupil who holds the paper can show that a book was returned although the station's events never arrived: the
//! statement stands on its own, and a region that has the events compares them. It names items and days, and nobody.
//!
//! ```text
//! receipt   = version (1), body, signature
//! body      = postcard of the receipt's fields in their order
//! signature = 64 bytes: Ed25519 over "oqyrman receipt 1", 00, and the body
//! ```
//! On paper it is a number: decimal digits alone, which are the densest mode of a QR code (ISO/IEC 18004, 7.4.3) and
//! which a scanner types the same under every keyboard layout. Seven bytes are 17 digits, and what is left over the
//! fewest digits that hold it.

use crate::wire::{PublicKey, SecretKey};
use crate::{Act, Day, Epoch, ItemId, Seq, StationId};
use serde::{Deserialize, Serialize};
use std::fmt;

const VERSION: u8 = 1;
const SIGNED_FIRST: &[u8] = b"oqyrman receipt 1\0";

/// The most lines of one receipt; a longer visit has several.
pub const MAX_LINES: usize = 30;

/// The most digits of one receipt: 30 lines whose items have numbers of 64 characters.
pub const MAX_DIGITS: usize = 7_089;

/// Digits that hold 0 to 7 bytes.
const DIGITS: [usize; 8] = [0, 3, 5, 8, 10, 13, 15, 17];

/// What a station states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Which station.
    pub station: StationId,
    /// In which life of its journal.
    pub epoch: Epoch,
    /// When, by its wall clock, seconds since 1970.
    pub wall_s: i64,
    /// What it wrote down, at most [`MAX_LINES`].
    pub lines: Vec<Line>,
}

/// One event on a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its place in the epoch.
    pub seq: Seq,
    /// The number on the item's label.
    pub item: ItemId,
    /// What was done with it.
    pub deed: Deed,
}

/// What was done with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Lent until this day.
    Lent(Day),
    /// Returned.
    Returned,
    /// Prolonged until this day.
    Renewed(Day),
}

impl fmt::Display for Deed {
    /// In English, for whoever checks receipts at a command line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::Lent(due) => write!(f, "lent until {due}"),
            Deed::Returned => f.write_str("returned"),
            Deed::Renewed(due) => write!(f, "prolonged until {due}"),
        }
    }
}

/// Why digits are no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// Something else than digits, or more of them than a receipt has.
    #[error("this is no receipt of a station: a receipt's code has digits only, {MAX_DIGITS} at most")]
    NotAReceipt,
    /// Cut short, or digits were changed.
    #[error("the receipt's code is cut short or damaged: scan it again")]
    Damaged,
    /// From a newer program.
    #[error("the receipt has version {0}; this program knows version {VERSION}: install a newer one")]
    Version(u8),
    /// Its station is not known here.
    #[error("station {0}, which the receipt names, is not known here")]
    UnknownStation(StationId),
    /// Nobody here signed it.
    #[error("the signature does not fit: station {0} did not write this receipt")]
    Signature(StationId),
}

impl Receipt {
    /// Signs it, as the digits of its code. Lines beyond [`MAX_LINES`] are left out.
    #[must_use]
    pub fn seal(&self, key: &SecretKey) -> String {
        let lines = self.lines.iter().take(MAX_LINES).cloned().collect();
        // Numbers and short texts: postcard has nothing to refuse here.
        let body = postcard::to_allocvec(&Receipt { lines, ..*self }).unwrap_or_default();
        let signature = key.sign(&signed(&body));
        to_digits(&[&[VERSION], body.as_slice(), &signature].concat())
    }

    /// Reads the digits of a code and checks its signature. Spaces between them do no harm. `key_of` gives the public
    /// key of a station that is known.
    ///
    /// # Errors
    /// [`ReceiptFault`].
    pub fn open(
        digits: &str,
        key_of: impl FnOnce(StationId) -> Option<PublicKey>,
    ) -> Result<Receipt, ReceiptFault> {
        let bytes = from_digits(digits)?;
        let (version, rest) = bytes.split_first().ok_or(ReceiptFault::NotAReceipt)?;
        if *version != VERSION {
            return Err(ReceiptFault::Version(*version));
        }
        let (body, signature) = rest.split_last_chunk::<64>().ok_or(ReceiptFault::Damaged)?;
        let receipt: Receipt = match postcard::take_from_bytes(body) {
            Ok((receipt, [])) => receipt,
            Ok(_) | Err(_) => return Err(ReceiptFault::Damaged),
        };
        let key = key_of(receipt.station).ok_or(ReceiptFault::UnknownStation(receipt.station))?;
        if key.verifies(&signed(body), signature) {
            Ok(receipt)
        } else {
            Err(ReceiptFault::Signature(receipt.station))
        }
    }
}

impl Line {
    /// Whether this act is what the line says.
    pub fn is(&self, act: &Act) -> bool {
        match act {
            Act::CheckedOut { item, due, .. } => *item == self.item && self.deed == Deed::Lent(*due),
            Act::Returned { item } => *item == self.item && self.deed == Deed::Returned,
            Act::Renewed { item, due, .. } => *item == self.item && self.deed == Deed::Renewed(*due),
            Act::StationStarted { .. }
            | Act::CountedIssued { .. }
            | Act::CountedReturned { .. }
            | Act::Undone { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => false,
        }
    }
}

fn signed(body: &[u8]) -> Vec<u8> {
    [SIGNED_FIRST, body].concat()
}

fn to_digits(bytes: &[u8]) -> String {
    let groups = bytes.chunks(7).map(|group| {
        let number = group.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        let width = DIGITS.get(group.len()).copied().unwrap_or(17);
        format!("{number:0width$}")
    });
    groups.collect()
}

fn from_digits(text: &str) -> Result<Vec<u8>, ReceiptFault> {
    let digits: Vec<u64> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(MAX_DIGITS + 1)
        .map(|c| c.to_digit(10).map(u64::from))
        .collect::<Option<_>>()
        .ok_or(ReceiptFault::NotAReceipt)?;
    if digits.is_empty() || digits.len() > MAX_DIGITS {
        return Err(ReceiptFault::NotAReceipt);
    }
    let mut bytes = Vec::with_capacity(digits.len() / 17 * 7 + 7);
    for group in digits.chunks(17) {
        let len = DIGITS.iter().position(|width| *width == group.len()).ok_or(ReceiptFault::Damaged)?;
        // 17 digits are below 2^57.
        let number = group.iter().fold(0, |number, digit| number * 10 + digit);
        if number >> (8 * len) != 0 {
            return Err(ReceiptFault::Damaged);
        }
        bytes.extend(number.to_be_bytes().iter().skip(8 - len));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> SecretKey {
        SecretKey::from_seed([7; 32])
    }

    fn line(seq: u64, item: &str, deed: Deed) -> Line {
        Line { seq: Seq(seq), item: ItemId::new(item).unwrap(), deed }
    }

    fn receipt() -> Receipt {
        Receipt {
            station: StationId(12),
            epoch: Epoch(1),
            wall_s: 1_790_000_000,
            lines: vec![
                line(41, "KAZ-00421", Deed::Lent(Day(20_700))),
                line(42, "KAZ-00422", Deed::Returned),
                line(43, "2000000012345", Deed::Renewed(Day(20_714))),
            ],
        }
    }

    fn open(digits: &str) -> Result<Receipt, ReceiptFault> {
        Receipt::open(digits, |station| (station == StationId(12)).then(|| key().public()))
    }

    #[test]
    fn opens_to_what_was_sealed() {
        let digits = receipt().seal(&key());
        assert!(digits.chars().all(|c| c.is_ascii_digit()));
        assert!(digits.len() < 360, "three books fit a small code: {}", digits.len());
        assert_eq!(open(&digits), Ok(receipt()));
        let broken: String = digits.chars().flat_map(|c| [c, ' ', '\n']).collect();
        assert_eq!(open(&broken), Ok(receipt()));
    }

    #[test]
    fn says_why_it_is_none() {
        assert_eq!(open(""), Err(ReceiptFault::NotAReceipt));
        assert_eq!(open("KAZ-00421"), Err(ReceiptFault::NotAReceipt));
        assert_eq!(open(&"1".repeat(MAX_DIGITS + 1)), Err(ReceiptFault::NotAReceipt));
        assert_eq!(open("9999"), Err(ReceiptFault::Damaged));
        assert_eq!(open("999"), Err(ReceiptFault::Damaged));
        assert_eq!(open("002"), Err(ReceiptFault::Version(2)));
        let mut other = receipt();
        other.station = StationId(13);
        assert_eq!(open(&other.seal(&key())), Err(ReceiptFault::UnknownStation(StationId(13))));
        let forged = receipt().seal(&SecretKey::from_seed([8; 32]));
        assert_eq!(open(&forged), Err(ReceiptFault::Signature(StationId(12))));
    }

    #[test]
    fn no_digit_can_be_changed() {
        let digits = receipt().seal(&key()).into_bytes();
        for place in 0..digits.len() {
            for digit in b'0'..=b'9' {
                let mut changed = digits.clone();
                changed[place] = digit;
                if changed != digits {
                    assert!(open(std::str::from_utf8(&changed).unwrap()).is_err(), "at {place}");
                }
            }
        }
    }

    #[test]
    fn the_longest_fits() {
        let item = "X".repeat(ItemId::MAX_LEN);
        let lines: Vec<Line> =
            (0..40).map(|n| line(u64::MAX - n, &item, Deed::Lent(Day(i32::MIN)))).collect();
        let digits = Receipt { lines: lines.clone(), ..receipt() }.seal(&key());
        assert!(digits.len() <= MAX_DIGITS, "{}", digits.len());
        assert_eq!(open(&digits).unwrap().lines, lines[..MAX_LINES]);
    }

    #[test]
    fn a_message_is_no_receipt() {
        // What signs messages signs receipts too: neither may be taken for the other.
        assert!(!signed(b"").starts_with(b"OQ"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _ = open(&text);
        }

        #[test]
        fn any_digits_are_read_or_refused(text in "001[0-9]{0,400}") {
            let _ = open(&text);
        }

        #[test]
        fn bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 1..100)) {
            prop_assert_eq!(from_digits(&to_digits(&bytes)), Ok(bytes));
        }
    }
}
