//! Anticollision: every tag in the field, each once.
//!
//! One slot first: an empty or nearly empty pad is the usual case. On collision sixteen slots. In a slot with a
//! collision the chip tells the first bit that differs, which splits its tags in two; each half is asked in one slot.
//! The bit is only a hint: a collision means two tags, so where fewer came out the same is asked again without it.
//! A slot that was merely garbled is asked once more by itself. Pure: says what to ask next, takes what was heard.

use std::collections::BTreeMap;

use super::radio::Heard;
use crate::rfid::iso15693::{self, BITS_BEFORE_UID, MOST_MASK_BITS, Mask, SLOTS};
use crate::rfid::{ReaderFault, Seen, Uid};

/// Most tags in one look.
pub const MOST_TAGS: usize = 64;
/// Most frames in one look: 64 tags need some 400; the rest is for noise.
pub const MOST_FRAMES: u32 = 1_200;
/// How often a garbled answer is asked for again before the tags behind it are taken apart.
const ASK_AGAIN: u8 = 2;

/// What to ask next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// Everything that matches, in one slot.
    One(Mask),
    /// Everything that matches, in sixteen slots; this is the first of them.
    Sixteen(Mask),
    /// The next slot.
    NextSlot,
}

#[derive(Debug, Clone, Copy)]
enum Task {
    One {
        mask: Mask,
        tries: u8,
    },
    Sixteen {
        mask: Mask,
    },
    Slot {
        mask: Mask,
        slot: u8,
    },
    /// Two tags at least are known to match.
    AtLeastTwo {
        mask: Mask,
    },
}

/// One look at the field.
#[derive(Debug)]
pub(super) struct Inventory {
    tasks: Vec<Task>,
    /// What the last ask is an ask for.
    asked: Option<Task>,
    found: BTreeMap<Uid, u8>,
    frames: u32,
    rounds: u32,
}

impl Inventory {
    pub fn new() -> Self {
        let all = Task::One { mask: Mask::ALL, tries: 0 };
        Self { tasks: vec![all], asked: None, found: BTreeMap::new(), frames: 0, rounds: 0 }
    }

    /// What to ask next; `None` when every tag is known.
    pub fn next(&mut self) -> Result<Option<Ask>, ReaderFault> {
        loop {
            let Some(task) = self.tasks.pop() else { return Ok(None) };
            let ask = match task {
                Task::One { mask, .. } => Ask::One(mask),
                Task::Sixteen { mask } => {
                    self.tasks.push(Task::Slot { mask, slot: 1 });
                    Ask::Sixteen(mask)
                }
                Task::Slot { slot: SLOTS.., .. } => continue,
                Task::Slot { mask, slot } => {
                    self.tasks.push(Task::Slot { mask, slot: slot + 1 });
                    Ask::NextSlot
                }
                Task::AtLeastTwo { mask } => {
                    if self.found.keys().filter(|uid| mask.matches(**uid)).count() < 2 {
                        self.tasks.push(Task::Sixteen { mask });
                    }
                    continue;
                }
            };
            if self.frames >= MOST_FRAMES {
                return Err(ReaderFault::Garbled);
            }
            self.frames += 1;
            self.rounds += u32::from(!matches!(task, Task::Slot { .. }));
            self.asked = Some(task);
            return Ok(Some(ask));
        }
    }

    /// What was heard on the last ask.
    pub fn heard(&mut self, heard: &Heard) -> Result<(), ReaderFault> {
        let Some(task) = self.asked.take() else { return Ok(()) };
        let mask = match task {
            Task::One { mask, .. } | Task::AtLeastTwo { mask } => mask,
            Task::Sixteen { mask } => mask.with_slot(0),
            Task::Slot { mask, slot } => mask.with_slot(slot),
        };
        match heard {
            Heard::Silence => Ok(()),
            Heard::Frame(bytes) => match iso15693::inventory_answer(bytes) {
                Ok((dsfid, uid)) if mask.matches(uid) => self.add(uid, dsfid),
                // A whole frame that does not belong here is as good as noise.
                Ok(_) | Err(_) => self.again(task, mask),
            },
            Heard::Garbled | Heard::TooLong => self.again(task, mask),
            Heard::Collision { bytes, bit } => self.split(task, mask, split_bit(mask, bytes, *bit)),
        }
    }

    fn add(&mut self, uid: Uid, dsfid: u8) -> Result<(), ReaderFault> {
        self.found.insert(uid, dsfid);
        if self.found.len() > MOST_TAGS { Err(ReaderFault::TooMany { limit: MOST_TAGS }) } else { Ok(()) }
    }

    /// Puts a task after the slots of the round that is going on: another request would end the round.
    fn later(&mut self, task: Task) {
        let at = match self.tasks.last() {
            Some(Task::Slot { .. }) => self.tasks.len() - 1,
            Some(_) | None => self.tasks.len(),
        };
        self.tasks.insert(at, task);
    }

    fn again(&mut self, task: Task, mask: Mask) -> Result<(), ReaderFault> {
        match task {
            Task::One { tries, .. } if tries < ASK_AGAIN => {
                self.later(Task::One { mask, tries: tries + 1 });
                Ok(())
            }
            Task::One { .. } => self.split(task, mask, None),
            Task::Sixteen { .. } | Task::Slot { .. } | Task::AtLeastTwo { .. } => {
                self.later(Task::One { mask, tries: 0 });
                Ok(())
            }
        }
    }

    fn split(&mut self, task: Task, mask: Mask, halves: Option<[Mask; 2]>) -> Result<(), ReaderFault> {
        let everything = matches!(task, Task::One { mask, .. } if mask == Mask::ALL);
        match halves {
            Some(halves) if !everything => {
                self.later(Task::AtLeastTwo { mask });
                for half in halves {
                    self.later(Task::One { mask: half, tries: 0 });
                }
                Ok(())
            }
            Some(_) | None if mask.length() <= MOST_MASK_BITS => {
                self.later(Task::Sixteen { mask });
                Ok(())
            }
            Some(_) | None => Err(ReaderFault::Garbled),
        }
    }

    /// Every tag that was found.
    pub fn found(self) -> Vec<Seen> {
        self.found.into_iter().map(|(uid, dsfid)| Seen { uid, dsfid }).collect()
    }

    /// Requests so far, slots not counted, and all frames.
    pub fn cost(&self) -> (u32, u32) {
        (self.rounds, self.frames)
    }
}

/// The two masks into which the first differing bit splits the tags behind `mask`.
fn split_bit(mask: Mask, bytes: &[u8], bit: Option<u8>) -> Option<[Mask; 2]> {
    let bit = bit?.checked_sub(BITS_BEFORE_UID)?;
    if bit < mask.length() || bit >= MOST_MASK_BITS {
        return None;
    }
    let uid = bytes.get(2..).unwrap_or_default();
    let known = uid.iter().take(8).rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
    let known = Mask::new(known, bit).bits();
    // The bits that the mask has are what it has; a hint that says otherwise is wrong.
    (Mask::new(known, mask.length()) == mask)
        .then(|| [Mask::new(known, bit + 1), Mask::new(known | 1 << bit, bit + 1)])
}
