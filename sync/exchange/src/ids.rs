//! Names of things. Numbers are given by the region; an item's id is what stands on its label.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id!(
    /// One kiosk, numbered by the region at enrolment, from 1.
    StationId, u32);
number_id!(
    /// A life of a station's journal, from 1. It rises when a journal was lost or forked; `seq` then starts at 1 again.
    Epoch, u32);
number_id!(
    /// The place of an event in its epoch: 1, 2, 3, … without gaps. 0 stands for "none yet".
    Seq, u64);
number_id!(
    /// A patron, numbered by the region; never used again for another person.
    PatronId, u64);
number_id!(
    /// A bibliographic title, edition included.
    TitleId, u64);
number_id!(
    /// A class of one school.
    ClassId, u32);
number_id!(
    /// A textbook set.
    SetId, u32);
number_id!(
    /// A hold (reservation).
    HoldId, u64);
number_id!(
    /// A review: a matter put before a librarian.
    ReviewId, u64);
number_id!(
    /// A notice for the idle screen.
    NoticeId, u32);

impl Seq {
    /// The seq after this one. The last of 2^64 stays where it is; a journal never gets there.
    #[must_use]
    pub fn next(self) -> Seq {
        Seq(self.0.saturating_add(1))
    }
}

/// The number on an item's label or tag, as normalised by the site's rules: 1 to 64 printable ASCII characters,
/// no space, no `|` (the field separator of SIP2). Leading zeros count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ItemId(String);

/// Why a text cannot be an item's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing there.
    #[error("an item number is empty")]
    Empty,
    /// More than [`ItemId::MAX_LEN`] characters.
    #[error("an item number has {0} characters; 64 is the most")]
    TooLong(usize),
    /// A character that no label carries, by its place from 1.
    #[error("an item number has a character that no label carries, at place {0}")]
    Character(usize),
}

impl ItemId {
    /// The longest number, in characters.
    pub const MAX_LEN: usize = 64;

    /// Takes a normalised number.
    ///
    /// # Errors
    /// [`IdError`] if it is empty, longer than 64 characters, or has a character outside `!`–`~` or a `|`.
    pub fn new(text: impl Into<String>) -> Result<ItemId, IdError> {
        let text = text.into();
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        if text.len() > Self::MAX_LEN {
            return Err(IdError::TooLong(text.chars().count()));
        }
        match text.chars().position(|c| !c.is_ascii_graphic() || c == '|') {
            Some(place) => Err(IdError::Character(place + 1)),
            None => Ok(ItemId(text)),
        }
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ItemId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ItemId::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_labels_carry() {
        for text in ["0", "0001", "9780306406157", "KZ-00042", "!~", &"9".repeat(64)] {
            assert_eq!(ItemId::new(text).unwrap().as_str(), text);
        }
        assert_ne!(ItemId::new("01").unwrap(), ItemId::new("1").unwrap());
    }

    #[test]
    fn numbers_that_none_carries() {
        assert_eq!(ItemId::new(""), Err(IdError::Empty));
        assert_eq!(ItemId::new("9".repeat(65)), Err(IdError::TooLong(65)));
        assert_eq!(ItemId::new("12 3"), Err(IdError::Character(3)));
        assert_eq!(ItemId::new("1|3"), Err(IdError::Character(2)));
        assert_eq!(ItemId::new("12\r"), Err(IdError::Character(3)));
        assert_eq!(ItemId::new("Қ1"), Err(IdError::Character(1)));
        assert_eq!(ItemId::new("1Қ"), Err(IdError::Character(2)));
    }

    #[test]
    fn no_way_around_through_serde() {
        assert!(serde_json::from_str::<ItemId>("\"a b\"").is_err());
        assert!(postcard::from_bytes::<ItemId>(&[1, b'|']).is_err());
    }
}
