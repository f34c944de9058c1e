//! A PN532 on its serial line: bytes in, bytes out (user manual UM0701-02).
//!
//! As the chip does, it sleeps until it is woken, looks for cards without end unless it was told how often, and
//! leaves out a card that was selected until its field was off.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::line::{LineDevice, Said, SimLine};

/// A byte of 10 bits at 115 200 bit/s.
const BYTE_TIME: Duration = Duration::from_micros(87);
/// What the chip needs for a request, and for a look for cards.
const NOTES: Duration = Duration::from_millis(2);
const LOOKS: Duration = Duration::from_millis(30);
/// InListPassiveTarget.
const LOOK: u8 = 0x4A;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pn532Trouble {
    /// Nothing is answered.
    Dead,
    /// So many requests are not acknowledged.
    Deaf(u32),
    /// So many requests are acknowledged and not answered.
    Mute(u32),
    /// So many answers have a wrong check byte.
    Noise(u32),
    /// So many requests are answered by an error frame.
    Refuses(u32),
}

#[derive(Debug, Default)]
struct World {
    held: Vec<u8>,
    awake: bool,
    sam: bool,
    few_tries: bool,
    selected: bool,
    firmware: Option<u8>,
    cards: Vec<Vec<u8>>,
    trouble: Option<Pn532Trouble>,
}

/// The chip. Its clones are the same chip.
#[derive(Debug, Clone, Default)]
pub struct Pn532Sim(Arc<Mutex<World>>);

impl Pn532Sim {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a card before the antenna.
    pub fn place(&self, uid: &[u8]) {
        self.world().cards.push(uid.to_vec());
    }

    /// Takes all cards away.
    pub fn take_all(&self) {
        self.world().cards.clear();
    }

    /// Something goes wrong from now on, or nothing does.
    pub fn trouble(&self, trouble: Option<Pn532Trouble>) {
        self.world().trouble = trouble;
    }

    /// The chip says that it is another one.
    pub fn set_chip(&self, number: u8) {
        self.world().firmware = Some(number);
    }

    /// Its supply fails and comes back: it knows nothing of what it was told.
    pub fn power_cycle(&self) {
        let mut world = self.world();
        (world.awake, world.sam, world.few_tries, world.selected) = (false, false, false, false);
        world.held.clear();
    }

    /// The chip at the end of a line with a clock of its own.
    #[must_use]
    pub fn line(&self) -> SimLine<Self> {
        SimLine::new(self.clone(), BYTE_TIME)
    }
}

impl LineDevice for Pn532Sim {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Said> {
        let mut world = self.world();
        world.held.extend(bytes);
        if !world.awake {
            let Some(at) = world.held.iter().position(|byte| *byte == 0x55) else {
                world.held.clear();
                return Vec::new();
            };
            world.held.drain(..=at);
            world.awake = true;
        }
        let mut answers = Vec::new();
        while let Some(request) = world.request() {
            answers.extend(world.answer(&request));
        }
        answers
    }
}

impl World {
    /// The next request's data, from D4 on.
    fn request(&mut self) -> Option<Vec<u8>> {
        loop {
            let at = self.held.windows(3).position(|window| window == [0x00, 0x00, 0xFF])?;
            let rest = self.held.get(at + 3..)?;
            match *rest {
                // An acknowledgement from the host stops what the chip is at.
                [0x00, 0xFF, ..] => {
                    self.held.drain(..at + 5);
                }
                [length, check, ref data @ ..] if length.wrapping_add(check) == 0 => {
                    let (data, after) = data.split_at_checked(usize::from(length))?;
                    let sum = data.iter().fold(*after.first()?, |sum, byte| sum.wrapping_add(*byte));
                    let data = data.to_vec();
                    self.held.drain(..at + 5 + usize::from(length) + 1);
                    if sum == 0 {
                        return Some(data);
                    }
                }
                [_, _, ..] => {
                    self.held.drain(..=at);
                }
                [_] | [] => return None,
            }
        }
    }

    fn answer(&mut self, request: &[u8]) -> Vec<Said> {
        const ACK: [u8; 6] = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];
        let counted = |left: &mut u32| {
            let strikes = *left > 0;
            *left = left.saturating_sub(1);
            strikes
        };
        let (mut deaf, mut mute, mut noise, mut refuses) = (false, false, false, false);
        match &mut self.trouble {
            Some(Pn532Trouble::Dead) => deaf = true,
            Some(Pn532Trouble::Deaf(left)) => deaf = counted(left),
            Some(Pn532Trouble::Mute(left)) => mute = counted(left),
            Some(Pn532Trouble::Noise(left)) => noise = counted(left),
            Some(Pn532Trouble::Refuses(left)) => refuses = counted(left),
            None => {}
        }
        if deaf {
            return Vec::new();
        }
        let data = if refuses { Some(vec![0x7F]) } else { self.obey(request) };
        let mut said = vec![Said { after: Duration::ZERO, bytes: ACK.to_vec() }];
        if let Some(data) = data.filter(|_| !mute) {
            let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
            let sum = data.iter().fold(u8::from(noise), |sum, byte| sum.wrapping_add(*byte));
            let mut bytes = vec![0x00, 0x00, 0xFF, length, length.wrapping_neg()];
            bytes.extend(data);
            bytes.extend([sum.wrapping_neg(), 0x00]);
            let after = if request.get(1) == Some(&LOOK) { LOOKS } else { NOTES };
            said.push(Said { after, bytes });
        }
        said
    }

    /// The answer's data; `None` when the chip goes on looking without end.
    fn obey(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        Some(match *request {
            [0xD4, 0x02] => vec![0xD5, 0x03, self.firmware.unwrap_or(0x32), 1, 6, 7],
            [0xD4, 0x14, 1, _, _] => {
                self.sam = true;
                vec![0xD5, 0x15]
            }
            [0xD4, 0x32, 0x05, _, _, tries] => {
                self.few_tries = tries != 0xFF;
                vec![0xD5, 0x33]
            }
            [0xD4, 0x32, 0x01, field] => {
                self.selected &= field & 1 != 0;
                vec![0xD5, 0x33]
            }
            [0xD4, LOOK, most @ 1..=2, 0x00] if self.sam => {
                let cards: &[Vec<u8>] = if self.selected { &[] } else { &self.cards };
                if cards.is_empty() && !self.few_tries {
                    return None;
                }
                let told = cards.iter().take(usize::from(most));
                let mut answer = vec![0xD5, 0x4B, u8::try_from(told.len()).unwrap_or(most)];
                for (uid, number) in told.zip(1_u8..) {
                    answer.extend([number, 0x00, 0x04, 0x20, u8::try_from(uid.len()).unwrap_or(u8::MAX)]);
                    answer.extend(uid);
                    // An answer to select of a card that is more than its UID.
                    answer.extend([0x05, 0x78, 0x80, 0x70, 0x02]);
                }
                self.selected = !cards.is_empty();
                answer
            }
            _ => vec![0x7F],
        })
    }
}
