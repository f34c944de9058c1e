//! Student cards, ISO/IEC 14443 A: a card's UID, the forms in which it is written, and when it came.
//!
//! A UID identifies a card and proves nothing: anybody can copy it. One that is drawn anew at each tap is refused.
//!
//! Invariants: a [`CardUid`] has 4, 7 or 10 bytes and is not a random one; `Debug` never shows it; a card that lies there
//! is told once.

mod form;
pub mod mfrc522;
pub mod pn532;
pub(crate) mod select;

pub use form::{CardForm, CardForms};

use std::fmt;

use crate::rfid::ReaderFault;

/// Looks in a row that must miss a card before it is gone.
pub const GONE_AFTER_MISSES: u8 = 3;

/// The unique identifier of a card, as it comes over the air (ISO/IEC 14443-3, clause 6.5.4).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardUid(Box<[u8]>);

/// Why a UID names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardFault {
    /// Not 4, 7 or 10 bytes.
    #[error("a card's UID has 4, 7 or 10 bytes, not {found}")]
    Length {
        /// Bytes found.
        found: usize,
    },
    /// A UID of 4 bytes that begins with 08 is drawn anew at each tap (ISO/IEC 14443-3, table 8): phones do so.
    #[error("the card gives another number at each tap, as phones do; use a library card")]
    Random,
}

impl CardUid {
    /// Takes the bytes in the order of the air.
    ///
    /// # Errors
    /// [`CardFault`].
    pub fn new(bytes: &[u8]) -> Result<Self, CardFault> {
        match bytes {
            [0x08, _, _, _] => Err(CardFault::Random),
            bytes if matches!(bytes.len(), 4 | 7 | 10) => Ok(Self(bytes.into())),
            bytes => Err(CardFault::Length { found: bytes.len() }),
        }
    }

    /// The bytes in the order of the air.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for CardUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardUid({} bytes)", self.0.len())
    }
}

/// A reader of cards.
pub trait CardReader {
    /// The UID of the card in the field as it comes over the air; `None` without one.
    ///
    /// # Errors
    /// [`ReaderFault::Garbled`] for several cards or one that leaves; [`ReaderFault::Gone`].
    fn card_uid(&mut self) -> Result<Option<Vec<u8>>, ReaderFault>;
}

/// The card that lies there, made steady.
#[derive(Debug, Clone, Default)]
pub struct CardPresence {
    here: Option<Vec<u8>>,
    misses: u8,
}

impl CardPresence {
    /// Takes what a look saw. Gives the card's UID when it has just come, or why it names nobody.
    pub fn look(&mut self, seen: Option<Vec<u8>>) -> Option<Result<CardUid, CardFault>> {
        let Some(uid) = seen else {
            self.misses = self.misses.saturating_add(1);
            if self.misses >= GONE_AFTER_MISSES {
                self.here = None;
            }
            return None;
        };
        self.misses = 0;
        let told = CardUid::new(&uid);
        // A random one is another at each look; it is said once while something lies there.
        let same = match (&self.here, &told) {
            (Some(here), Err(CardFault::Random)) => CardUid::new(here) == Err(CardFault::Random),
            (Some(here), _) => *here == uid,
            (None, _) => false,
        };
        self.here = Some(uid);
        (!same).then_some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_told_once_until_it_is_gone() {
        let mut presence = CardPresence::default();
        let uid = || Some(vec![4, 1, 2, 3]);
        assert_eq!(presence.look(uid()), Some(CardUid::new(&[4, 1, 2, 3])));
        for _ in 0..5 {
            assert_eq!(presence.look(uid()), None);
            assert_eq!(presence.look(None), None);
            assert_eq!(presence.look(None), None);
        }
        assert_eq!(presence.look(uid()), None);
        for _ in 0..GONE_AFTER_MISSES {
            presence.look(None);
        }
        assert!(presence.look(uid()).is_some());
        assert!(presence.look(Some(vec![4, 1, 2, 9])).is_some(), "another card in its place");
    }

    #[test]
    fn a_phone_is_refused_once_though_its_number_changes() {
        let mut presence = CardPresence::default();
        assert_eq!(presence.look(Some(vec![8, 1, 2, 3])), Some(Err(CardFault::Random)));
        assert_eq!(presence.look(Some(vec![8, 7, 7, 7])), None);
        assert_eq!(CardUid::new(&[8, 1, 2, 3, 4, 5, 6]).map(|uid| uid.bytes().len()), Ok(7));
        assert_eq!(CardUid::new(&[1, 2, 3]), Err(CardFault::Length { found: 3 }));
        assert!(!format!("{:?}", CardUid::new(&[0xAB, 0xCD, 0xEF, 0x12])).contains("AB"));
    }
}
