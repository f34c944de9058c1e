//! An ISO/IEC 14443 A card, as far as its UID goes.

use crate::card::select::crc_a;

/// A student card.
#[derive(Debug, Clone)]
pub struct SimCard {
    /// The bytes of each cascade level, without check byte.
    levels: Vec<[u8; 4]>,
    /// How many levels are selected; `None` = not awake.
    selected: Option<usize>,
}

impl SimCard {
    /// A card with a UID of 4, 7 or 10 bytes; `None` for another length.
    #[must_use]
    pub fn new(uid: &[u8]) -> Option<Self> {
        let levels = match *uid {
            [a, b, c, d] => vec![[a, b, c, d]],
            [a, b, c, d, e, f, g] => vec![[0x88, a, b, c], [d, e, f, g]],
            [a, b, c, d, e, f, g, h, i, j] => vec![[0x88, a, b, c], [0x88, d, e, f], [g, h, i, j]],
            _ => return None,
        };
        Some(Self { levels, selected: None })
    }

    pub(crate) fn power_off(&mut self) {
        self.selected = None;
    }

    /// Takes a frame as it is on the air, CRC and all; gives what is answered.
    pub(crate) fn request(&mut self, frame: &[u8], last_bits: u8) -> Option<Vec<u8>> {
        if let ([0x26 | 0x52], 7) = (frame, last_bits) {
            // One that is awake takes it for an error, and falls back.
            let woken = self.selected.is_none();
            self.selected = woken.then_some(0);
            return woken.then(|| vec![0x44, 0x00]);
        }
        if let [0x50, 0x00, ..] = frame {
            self.selected = None;
            return None;
        }
        let at = self.selected?;
        let level = *self.levels.get(at)?;
        let select = [0x93, 0x95, 0x97].get(at).copied()?;
        let check = level.iter().fold(0, |check, byte| check ^ byte);
        match frame {
            [command, 0x20] if *command == select => Some([level.as_slice(), &[check]].concat()),
            [command, 0x70, uid @ .., low, high]
                if *command == select
                    && uid == [level.as_slice(), &[check]].concat()
                    && crc_a(frame.get(..7)?) == u16::from_le_bytes([*low, *high]) =>
            {
                self.selected = Some(at + 1);
                let sak = if at + 1 < self.levels.len() { 0x04 } else { 0x08 };
                let mut answer = vec![sak];
                answer.extend(crc_a(&[sak]).to_le_bytes());
                Some(answer)
            }
            _ => None,
        }
    }
}
