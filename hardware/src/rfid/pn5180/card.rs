//! Student cards on the same chip: the UID of an ISO/IEC 14443 A card, without its crypto.
//!
//! The chip's own CRCs are off: the short frames of anticollision have none.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::spi::SpiDevice;

use super::radio::{Await, Heard, Out, RadioFault};
use super::registers::ISO14443A;
use super::{Field, Pn5180};
use crate::card::CardReader;
use crate::card::select::read_uid;
use crate::rfid::ReaderFault;

/// Wakes every card that is not halted.
const REQA: u8 = 0x26;
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
        read_uid(|frame, answer_bytes| self.exchange_card(frame, answer_bytes)).map(Some)
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
