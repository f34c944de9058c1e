//! Student cards on the same chip: the UID of an ISO/IEC 14443 A card, without its crypto.
//!
//! One card at a time: two at once are a fault in words, since nobody could say whose visit it is. CRCs are off for the
//! short frames of anticollision, and made here for SELECT (ISO/IEC 14443-3, clause 6.5).

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::spi::SpiDevice;

use super::radio::{Await, Heard, Out, RadioFault};
use super::registers::ISO14443A;
use super::{Field, Pn5180};
use crate::card::CardReader;
use crate::rfid::ReaderFault;

/// Wakes every card that is not halted.
const REQA: u8 = 0x26;
/// The cascade levels' commands.
const SELECT: [u8; 3] = [0x93, 0x95, 0x97];
/// Number of valid bits: all of the UID's.
const NVB_ALL: u8 = 0x70;
/// Number of valid bits: none.
const NVB_NONE: u8 = 0x20;
/// The first byte of a level whose UID goes on in the next.
const CASCADE_TAG: u8 = 0x88;
/// A bit lasts 128 carrier cycles: 9.44 µs.
const BIT_US: u32 = 10;
/// A card answers after some 91 µs; this is when its answer has surely begun.
const BEGIN_US: u32 = 150;
/// Most microseconds of an answer of five bytes with parity.
const ANSWER_US: u32 = 48 * BIT_US;

impl<S: SpiDevice, B: InputPin, R: OutputPin, D: DelayNs> CardReader for Pn5180<S, B, R, D> {
    fn card_uid(&mut self) -> Result<Option<Vec<u8>>, ReaderFault> {
        match self.recovering(Self::wake)? {
            Heard::Silence => return Ok(None),
            Heard::Frame(_) => {}
            Heard::Collision { .. } | Heard::Garbled | Heard::TooLong => return Err(ReaderFault::Garbled),
        }
        let mut uid = Vec::new();
        for select in SELECT {
            let level = self.exchange_card(&[select, NVB_NONE], 5)?;
            let [a, b, c, d, check] = *level.as_slice() else { return Err(ReaderFault::Garbled) };
            if a ^ b ^ c ^ d != check {
                return Err(ReaderFault::Garbled);
            }
            if a != CASCADE_TAG {
                uid.extend([a, b, c, d]);
                return Ok(Some(uid));
            }
            uid.extend([b, c, d]);
            let mut frame = vec![select, NVB_ALL, a, b, c, d, check];
            frame.extend(crc_a(&frame).to_le_bytes());
            self.exchange_card(&frame, 3)?;
        }
        Err(ReaderFault::Nonsense)
    }
}

impl<S: SpiDevice, B: InputPin, R: OutputPin, D: DelayNs> Pn5180<S, B, R, D> {
    /// A field that was off wakes cards that were selected before.
    fn wake(&mut self) -> Result<Heard, RadioFault> {
        if self.field != Field::Unknown {
            self.field = Field::Off;
        }
        self.set_up(ISO14443A)?;
        let out = Out::Frame { bytes: &[REQA], last_bits: 7, air_us: 9 * BIT_US };
        self.radio.exchange(out, Await::Surely { answer_us: BEGIN_US + ANSWER_US, limit_us: 2 * ANSWER_US })
    }

    fn exchange_card(&mut self, frame: &[u8], answer_bytes: usize) -> Result<Vec<u8>, ReaderFault> {
        let bits = u32::try_from(frame.len()).unwrap_or(u32::MAX).saturating_mul(9).saturating_add(2);
        let out = Out::Frame { bytes: frame, last_bits: 0, air_us: bits.saturating_mul(BIT_US) };
        let awaited = Await::Surely { answer_us: BEGIN_US + ANSWER_US, limit_us: 3 * ANSWER_US };
        match self.radio.exchange(out, awaited) {
            Ok(Heard::Frame(bytes)) if bytes.len() == answer_bytes => Ok(bytes),
            Ok(
                Heard::Frame(_) | Heard::Silence | Heard::Collision { .. } | Heard::Garbled | Heard::TooLong,
            ) => Err(ReaderFault::Garbled),
            Err(fault) => {
                self.field = Field::Unknown;
                Err(ReaderFault::Gone(fault.to_string()))
            }
        }
    }
}

/// CRC_A (ISO/IEC 14443-3, annex B): polynomial 1021 reflected, from 6363.
pub(crate) fn crc_a(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0x6363, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_is_the_standards() {
        // ISO/IEC 14443-3, annex B: 00 00 gives A0 1E, 12 34 gives 26 CF.
        assert_eq!(crc_a(&[0x00, 0x00]).to_le_bytes(), [0xA0, 0x1E]);
        assert_eq!(crc_a(&[0x12, 0x34]).to_le_bytes(), [0x26, 0xCF]);
    }
}
