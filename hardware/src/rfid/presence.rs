//! Which tags lie on the pad, made steady: from looks, each of which may miss a tag, to what arrived and what left.
//!
//! A stack is told whole or not at all: arrivals are held back until a look sees nothing new and misses nothing of
//! what is arriving. A tag has left when [`GONE_AFTER_MISSES`] looks in a row did not see it. Pure.

use std::collections::BTreeMap;

use super::Uid;

/// Looks in a row that must miss a tag before it is gone.
pub const GONE_AFTER_MISSES: u8 = 3;
/// Looks after which arrivals are told though the field never came to rest; only tags seen twice are.
pub const MOST_HELD_LOOKS: u8 = 8;

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Tags that lie there now and did not before.
    pub arrived: Vec<Uid>,
    /// Tags that lay there and are gone.
    pub left: Vec<Uid>,
}

impl Changes {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arrived.is_empty() && self.left.is_empty()
    }
}

#[derive(Debug, Clone, Copy)]
struct Tag {
    told: bool,
    looks: u8,
    misses: u8,
}

/// The set of tags on the pad.
#[derive(Debug, Clone, Default)]
pub struct Presence {
    tags: BTreeMap<Uid, Tag>,
    held_looks: u8,
}

impl Presence {
    /// Takes the tags of one whole look.
    pub fn look(&mut self, seen: &[Uid]) -> Changes {
        for tag in self.tags.values_mut() {
            tag.misses = tag.misses.saturating_add(1);
        }
        for uid in seen {
            let tag = self.tags.entry(*uid).or_insert(Tag { told: false, looks: 0, misses: 0 });
            (tag.looks, tag.misses) = (tag.looks.saturating_add(1), 0);
        }
        let gone = |tag: &Tag| tag.misses >= GONE_AFTER_MISSES;
        let left = self.tags.iter().filter(|(_, tag)| tag.told && gone(tag)).map(|(uid, _)| *uid).collect();
        self.tags.retain(|_, tag| !gone(tag));
        Changes { arrived: self.arrived(), left }
    }

    fn arrived(&mut self) -> Vec<Uid> {
        let mut waiting = self.tags.values().filter(|tag| !tag.told).peekable();
        if waiting.peek().is_none() {
            self.held_looks = 0;
            return Vec::new();
        }
        self.held_looks = self.held_looks.saturating_add(1);
        let at_rest = waiting.all(|tag| tag.looks > 1 && tag.misses == 0);
        if !at_rest && self.held_looks < MOST_HELD_LOOKS {
            return Vec::new();
        }
        self.held_looks = 0;
        let steady = self.tags.iter_mut().filter(|(_, tag)| !tag.told && tag.looks > 1);
        steady
            .map(|(uid, tag)| {
                tag.told = true;
                *uid
            })
            .collect()
    }

    /// Whether a look sees a tag that was not told of yet: then it is worth asking for tags that were drowned.
    #[must_use]
    pub fn is_new(&self, seen: &[Uid]) -> bool {
        seen.iter().any(|uid| !self.tags.get(uid).is_some_and(|tag| tag.told))
    }

    /// Whether arrivals are being held back, so that the next look should come soon.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.held_looks > 0
    }

    /// The tags that were told of and have not left.
    pub fn present(&self) -> impl Iterator<Item = Uid> {
        self.tags.iter().filter(|(_, tag)| tag.told).map(|(uid, _)| *uid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uids(numbers: &[u8]) -> Vec<Uid> {
        numbers.iter().map(|number| Uid::from_written([0xE0, 4, 1, 0, 0, 0, 0, *number])).collect()
    }

    #[test]
    fn a_stack_is_told_whole() {
        let mut pad = Presence::default();
        assert!(pad.look(&uids(&[1, 2])).is_empty());
        assert!(pad.look(&uids(&[1, 2, 3])).is_empty(), "one more came: it may not be the last");
        assert!(pad.look(&uids(&[1, 3])).is_empty(), "one was missed: wait for it");
        assert_eq!(pad.look(&uids(&[1, 2, 3])).arrived, uids(&[1, 2, 3]));
        assert!(pad.look(&uids(&[1, 2, 3])).is_empty());
    }

    #[test]
    fn one_missed_look_is_no_departure_and_three_are() {
        let mut pad = Presence::default();
        pad.look(&uids(&[7]));
        assert_eq!(pad.look(&uids(&[7])).arrived, uids(&[7]));
        for _ in 0..10 {
            assert!(pad.look(&[]).is_empty() && pad.look(&[]).is_empty() && pad.look(&uids(&[7])).is_empty());
        }
        pad.look(&[]);
        pad.look(&[]);
        assert_eq!(pad.look(&[]).left, uids(&[7]));
        assert!(pad.look(&[]).is_empty());
    }

    #[test]
    fn a_restless_field_does_not_wait_for_ever() {
        let mut pad = Presence::default();
        let mut told = Vec::new();
        for look in 0..MOST_HELD_LOOKS {
            let newcomer = 100 + look;
            told.extend(pad.look(&uids(&[1, 2, newcomer])).arrived);
        }
        assert_eq!(told, uids(&[1, 2]));
    }

    #[test]
    fn what_only_passed_by_is_never_told() {
        let mut pad = Presence::default();
        assert!(pad.look(&uids(&[9])).is_empty());
        for _ in 0..MOST_HELD_LOOKS {
            assert!(pad.look(&[]).is_empty());
        }
        assert!(!pad.is_unsettled());
    }
}
