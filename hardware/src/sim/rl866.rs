//! An RL866 and the tags on it: bytes in, bytes out, by what `docs/rl866.md` says of the line.
//!
//! Handles are the reader's memory: it forgets them at a greeting's "let all go" and when its supply blinks. It answers one
//! question after the other, however late.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::line::{LineDevice, Said, SimLine};
use super::pn5180::SimTag;
use crate::rfid::Uid;
use crate::rfid::rl866::frame::{Frame, Frames, control};
use crate::rfid::rl866::message::{ALL_HANDLES, GO_ON, ISO15693, WRONG_HANDLE, access, command, holds};

/// Tags in one answer to an inventory: what fits a frame.
const TOLD_AT_ONCE: usize = 18;
/// The reader's own address.
const ADDRESS: u8 = 0x01;
const OK: u16 = 0;
const INVALID_ARGUMENT: u16 = 0x0105;
const LOCKED: u16 = 0x041B;
const NO_SUCH_BLOCK: u16 = 0x041C;
const NO_TAG: u16 = 0x0420;
const NOT_SUPPORTED: u16 = 0x0003;
/// A byte of 11 bits at 38 400 bit/s.
const BYTE_TIME: Duration = Duration::from_micros(286);
/// What the reader needs for a question, and for an inventory.
const THINKS: Duration = Duration::from_millis(8);
const LOOKS: Duration = Duration::from_millis(120);
/// Later than anybody waits.
const LATE: Duration = Duration::from_millis(2_000);

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rl866Trouble {
    /// So many questions are not answered; a greeting is.
    Deaf(u32),
    /// Nothing is answered.
    Dead,
    /// So many answers have a bit wrong.
    Noise(u32),
    /// Answers come when nobody waits for them any more: the next one if bit 0 is set, the one after it by bit 1 …
    Late(u32),
    /// So many times the supply blinks before a question to a tag: all handles are forgotten.
    Forgets(u32),
    /// One tag of each inventory is counted and not told.
    Loses,
    /// One tag of each inventory is told in another's place, twice.
    Doubles,
    /// The answer to an inventory says that it goes on in another frame.
    Chains,
}

#[derive(Debug, Default)]
struct World {
    frames: Frames,
    tags: Vec<SimTag>,
    connected: BTreeMap<u8, Uid>,
    told: usize,
    trouble: Option<Rl866Trouble>,
    leaves_after: Option<u32>,
    questions: u32,
    /// Tags that do not know Get System Information.
    mute: Vec<Uid>,
}

/// The reader. Its clones are the same reader.
#[derive(Debug, Clone, Default)]
pub struct Rl866Sim(Arc<Mutex<World>>);

impl Rl866Sim {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lays a tag down.
    pub fn place(&self, tag: SimTag) {
        self.world().tags.push(tag);
    }

    /// Takes a tag away.
    pub fn take(&self, uid: Uid) -> Option<SimTag> {
        let mut world = self.world();
        let at = world.tags.iter().position(|tag| tag.uid() == uid)?;
        Some(world.tags.remove(at))
    }

    /// All tags leave after so many questions more.
    pub fn leave_after(&self, questions: u32) {
        self.world().leaves_after = Some(questions);
    }

    /// Something goes wrong from now on, or nothing does.
    pub fn trouble(&self, trouble: Option<Rl866Trouble>) {
        self.world().trouble = trouble;
    }

    /// Questions so far, greetings not counted.
    #[must_use]
    pub fn questions(&self) -> u32 {
        self.world().questions
    }

    /// This tag does not know Get System Information.
    pub fn say_nothing_of(&self, uid: Uid) {
        self.world().mute.push(uid);
    }

    /// The reader at the end of a line with a clock of its own.
    #[must_use]
    pub fn line(&self) -> SimLine<Self> {
        SimLine::new(self.clone(), BYTE_TIME)
    }
}

impl LineDevice for Rl866Sim {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Said> {
        let mut world = self.world();
        let frames = world.frames.take(bytes);
        frames.iter().filter_map(|frame| world.answer(frame)).collect()
    }
}

impl World {
    fn answer(&mut self, frame: &Frame) -> Option<Said> {
        if self.trouble == Some(Rl866Trouble::Dead) {
            return None;
        }
        if frame.control == control::RESYNC {
            let greeting = Frame { address: ADDRESS, control: control::RESYNCED, information: Vec::new() };
            return Some(Said { after: THINKS, bytes: greeting.bytes() });
        }
        self.questions += 1;
        if let Some(left) = &mut self.leaves_after {
            match left.checked_sub(1) {
                Some(fewer) => *left = fewer,
                None => self.tags.clear(),
            }
        }
        let (of, parameters) = frame.information.split_first()?;
        if let Some(Rl866Trouble::Forgets(left @ 1..)) = &mut self.trouble
            && *of == command::ACCESS
        {
            *left -= 1;
            self.connected.clear();
        }
        let (status, parameters) = self.obey(*of, parameters);
        let [low, high] = status.to_le_bytes();
        let information = [&[*of, low, high], parameters.as_slice()].concat();
        let chains = self.trouble == Some(Rl866Trouble::Chains) && *of == command::INVENTORY;
        let chained = if chains { control::CHAINED } else { 0 };
        let mut bytes = Frame { address: ADDRESS, control: frame.control | chained, information }.bytes();
        let mut after = if *of == command::INVENTORY { LOOKS } else { THINKS };
        match &mut self.trouble {
            Some(Rl866Trouble::Deaf(left @ 1..)) => {
                *left -= 1;
                return None;
            }
            Some(Rl866Trouble::Noise(left @ 1..)) => {
                *left -= 1;
                if let Some(byte) = bytes.get_mut(4) {
                    *byte ^= 0x10;
                }
            }
            Some(Rl866Trouble::Late(which @ 1..)) => {
                if *which & 1 != 0 {
                    after = LATE;
                }
                *which >>= 1;
            }
            Some(
                Rl866Trouble::Deaf(0)
                | Rl866Trouble::Noise(0)
                | Rl866Trouble::Late(0)
                | Rl866Trouble::Forgets(_)
                | Rl866Trouble::Dead
                | Rl866Trouble::Loses
                | Rl866Trouble::Doubles
                | Rl866Trouble::Chains,
            )
            | None => {}
        }
        Some(Said { after, bytes })
    }

    fn obey(&mut self, of: u8, parameters: &[u8]) -> (u16, Vec<u8>) {
        match (of, parameters) {
            (command::INVENTORY, [flags]) => (OK, self.inventory(flags & GO_ON != 0)),
            (command::CONNECT, [_, ISO15693, _, 9, 1, uid @ ..]) => match uid.try_into() {
                // The reader only notes the UID: whether the tag is there shows when it is asked.
                Ok(uid) => {
                    let handle =
                        (1..u8::MAX).find(|handle| !self.connected.contains_key(handle)).unwrap_or(u8::MAX);
                    self.connected.insert(handle, Uid::from_air(uid));
                    (OK, vec![handle])
                }
                Err(_) => (INVALID_ARGUMENT, Vec::new()),
            },
            (command::DISCONNECT, [ALL_HANDLES]) => {
                self.connected.clear();
                (OK, Vec::new())
            }
            (command::DISCONNECT, [handle]) => match self.connected.remove(handle) {
                Some(_) => (OK, Vec::new()),
                None => (WRONG_HANDLE, Vec::new()),
            },
            (command::ACCESS, [handle, length, low, high, order @ ..])
                if usize::from(*length) == order.len() + 2 =>
            {
                let Some(uid) = self.connected.get(handle).copied() else {
                    return (WRONG_HANDLE, Vec::new());
                };
                let outcome = self.access(uid, u16::from_le_bytes([*low, *high]), order);
                let (flag, answer) = match outcome {
                    Ok(answer) => (1, answer),
                    Err(code) => (0, code.to_le_bytes().to_vec()),
                };
                let length = u8::try_from(answer.len() + 3).unwrap_or(u8::MAX);
                (OK, [&[length, *low, *high, flag], answer.as_slice()].concat())
            }
            _ => (INVALID_ARGUMENT, Vec::new()),
        }
    }

    fn inventory(&mut self, go_on: bool) -> Vec<u8> {
        if !go_on {
            self.told = 0;
        }
        let lost = usize::from(self.trouble == Some(Rl866Trouble::Loses));
        let end = self.tags.len().saturating_sub(lost).min(self.told + TOLD_AT_ONCE);
        let mut told: Vec<Uid> =
            self.tags.get(self.told..end).unwrap_or_default().iter().map(SimTag::uid).collect();
        if self.trouble == Some(Rl866Trouble::Doubles)
            && let [first, .., last] = told.as_mut_slice()
        {
            *last = *first;
        }
        let early = end + lost < self.tags.len();
        let [low, high] = u16::try_from(self.tags.len()).unwrap_or(u16::MAX).to_le_bytes();
        let mut parameters = vec![u8::from(early), low, high, u8::try_from(told.len()).unwrap_or(u8::MAX)];
        for uid in told {
            parameters.extend([holds::PROTOCOL | holds::KIND | holds::NUMBER, ISO15693, 1, 9]);
            parameters.extend(uid.air());
            parameters.push(0);
        }
        self.told = end;
        parameters
    }

    fn access(&mut self, uid: Uid, code: u16, order: &[u8]) -> Result<Vec<u8>, u16> {
        let tag = self.tags.iter_mut().find(|tag| tag.uid() == uid).ok_or(NO_TAG)?;
        let block_bytes = usize::from(tag.block_bytes);
        let blocks = tag.memory.len() / block_bytes;
        match (code, order) {
            (access::SYSTEM_INFO, []) if self.mute.contains(&uid) => Err(NOT_SUPPORTED),
            (access::SYSTEM_INFO, []) => {
                let last = |count: usize| u8::try_from(count.saturating_sub(1)).unwrap_or(u8::MAX);
                Ok([&[0x0F], &uid.air()[..], &[tag.dsfid, tag.afi, last(blocks), last(block_bytes), 0x01]]
                    .concat())
            }
            (access::READ_BLOCKS, [0, first_low, first_high, count_low, count_high]) => {
                let first = usize::from(u16::from_le_bytes([*first_low, *first_high]));
                let count = usize::from(u16::from_le_bytes([*count_low, *count_high]));
                let bytes = tag
                    .memory
                    .get(first * block_bytes..(first + count) * block_bytes)
                    .ok_or(NO_SUCH_BLOCK)?;
                Ok([&[*count_low, *count_high], bytes].concat())
            }
            (access::WRITE_BLOCKS | access::WRITE_AFI, _) if tag.locked => Err(LOCKED),
            (access::WRITE_BLOCKS | access::WRITE_AFI, _) if tag.worn => Ok(Vec::new()),
            (access::WRITE_BLOCKS, [low, high, 1, 0, bytes @ ..]) if bytes.len() == block_bytes => {
                let at = usize::from(u16::from_le_bytes([*low, *high])) * block_bytes;
                tag.memory.get_mut(at..at + block_bytes).ok_or(NO_SUCH_BLOCK)?.copy_from_slice(bytes);
                Ok(Vec::new())
            }
            (access::WRITE_AFI, [afi]) => {
                tag.afi = *afi;
                Ok(Vec::new())
            }
            _ => Err(INVALID_ARGUMENT),
        }
    }
}
