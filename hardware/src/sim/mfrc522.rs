//! An MFRC522 that was never soldered: its registers over SPI, with student cards in its field.
//!
//! Addresses and bits after NXP's data sheet (MFRC522, chapter 9). Time is counted in frames on the bus: an exchange is
//! over after a few polls, a time-out after some more.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use embedded_hal::spi::{ErrorType, Operation, SpiDevice};

use super::pn5180::SimCard;

const COMMAND: u8 = 0x01;
const COM_IRQ: u8 = 0x04;
const DIV_IRQ: u8 = 0x05;
const ERROR: u8 = 0x06;
const FIFO_DATA: u8 = 0x09;
const FIFO_LEVEL: u8 = 0x0A;
const CONTROL: u8 = 0x0C;
const BIT_FRAMING: u8 = 0x0D;
const COLLISION: u8 = 0x0E;
const TX_CONTROL: u8 = 0x14;
const CRC_HIGH: u8 = 0x21;
const CRC_LOW: u8 = 0x22;
const VERSION: u8 = 0x37;

const IRQ_RX: u8 = 0x20;
const IRQ_ERROR: u8 = 0x02;
const IRQ_TIMER: u8 = 0x01;
const COLLISION_ERROR: u8 = 0x08;

/// Polls until an answer is there, and until the time is over without one.
const ANSWER_POLLS: u32 = 3;
const TIMEOUT_POLLS: u32 = 40;

struct Chip {
    registers: [u8; 64],
    fifo: Vec<u8>,
    cards: Vec<SimCard>,
    /// What happens after so many polls of ComIrq.
    pending: Option<(u32, u8)>,
    absent: bool,
}

/// The emulated chip. Clones are the same one.
#[derive(Clone)]
pub struct Mfrc522Sim(Arc<Mutex<Chip>>);

impl Default for Mfrc522Sim {
    fn default() -> Self {
        let mut registers = [0; 64];
        registers[usize::from(VERSION)] = 0x92;
        Self(Arc::new(Mutex::new(Chip {
            registers,
            fifo: Vec::new(),
            cards: Vec::new(),
            pending: None,
            absent: false,
        })))
    }
}

impl Mfrc522Sim {
    fn with<T>(&self, work: impl FnOnce(&mut Chip) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lays a card down.
    pub fn place(&self, card: SimCard) {
        self.with(|chip| chip.cards.push(card));
    }

    /// Takes all cards away.
    pub fn clear(&self) {
        self.with(|chip| chip.cards.clear());
    }

    /// Pulls the chip out, or puts it back: without it every bit reads as 0.
    pub fn set_absent(&self, absent: bool) {
        self.with(|chip| chip.absent = absent);
    }

    /// Lets the chip say that it is of another version.
    pub fn set_version(&self, version: u8) {
        self.with(|chip| chip.registers[usize::from(VERSION)] = version);
    }
}

impl ErrorType for Mfrc522Sim {
    type Error = Infallible;
}

impl SpiDevice for Mfrc522Sim {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Infallible> {
        self.with(|chip| {
            // The first byte is an address; each byte that comes in answers the byte before it.
            let mut address: Option<u8> = None;
            for operation in operations {
                match operation {
                    Operation::Write(bytes) => bytes.iter().for_each(|byte| {
                        chip.byte(&mut address, *byte);
                    }),
                    Operation::TransferInPlace(bytes) => {
                        bytes.iter_mut().for_each(|byte| *byte = chip.byte(&mut address, *byte));
                    }
                    Operation::Transfer(into, from) => {
                        into.iter_mut()
                            .zip(from.iter())
                            .for_each(|(into, from)| *into = chip.byte(&mut address, *from));
                    }
                    Operation::Read(into) => {
                        into.iter_mut().for_each(|byte| *byte = chip.byte(&mut address, 0))
                    }
                    Operation::DelayNs(_) => {}
                }
            }
        });
        Ok(())
    }
}

impl Chip {
    /// One byte on the bus.
    fn byte(&mut self, address: &mut Option<u8>, byte: u8) -> u8 {
        if self.absent {
            return 0;
        }
        match *address {
            None => {
                *address = Some(byte);
                0
            }
            Some(read) if read & 0x80 != 0 => {
                *address = Some(byte);
                self.read(read >> 1 & 0x3F)
            }
            Some(write) => {
                self.write(write >> 1 & 0x3F, byte);
                0
            }
        }
    }

    fn read(&mut self, register: u8) -> u8 {
        match register {
            FIFO_DATA if self.fifo.is_empty() => 0,
            FIFO_DATA => self.fifo.remove(0),
            FIFO_LEVEL => u8::try_from(self.fifo.len()).unwrap_or(64),
            COM_IRQ => {
                if let Some((polls, flags)) = self.pending {
                    if polls == 0 {
                        self.registers[usize::from(COM_IRQ)] |= flags;
                        self.pending = None;
                    } else {
                        self.pending = Some((polls - 1, flags));
                    }
                }
                self.registers[usize::from(COM_IRQ)]
            }
            other => self.registers[usize::from(other)],
        }
    }

    fn write(&mut self, register: u8, value: u8) {
        match register {
            COMMAND => self.command(value & 0x0F),
            // Bit 7 says whether the other bits set or clear.
            COM_IRQ | DIV_IRQ => {
                let flags = &mut self.registers[usize::from(register)];
                *flags = if value & 0x80 != 0 { *flags | value & 0x7F } else { *flags & !value };
            }
            FIFO_DATA if self.fifo.len() < 64 => self.fifo.push(value),
            FIFO_LEVEL if value & 0x80 != 0 => self.fifo.clear(),
            BIT_FRAMING => {
                self.registers[usize::from(BIT_FRAMING)] = value & 0x7F;
                if value & 0x80 != 0 && self.registers[usize::from(COMMAND)] == 0x0C {
                    self.transceive(value & 0x07);
                }
            }
            VERSION | FIFO_DATA | FIFO_LEVEL | ERROR => {}
            other => {
                self.registers[usize::from(other)] = value;
                if other == TX_CONTROL && value & 0x03 != 0x03 {
                    self.cards.iter_mut().for_each(SimCard::power_off);
                }
            }
        }
    }

    fn command(&mut self, command: u8) {
        self.registers[usize::from(COMMAND)] = command;
        match command {
            0x03 => {
                let crc = crate::card::select::crc_a(&std::mem::take(&mut self.fifo)).to_le_bytes();
                self.registers[usize::from(CRC_LOW)] = crc[0];
                self.registers[usize::from(CRC_HIGH)] = crc[1];
                self.registers[usize::from(DIV_IRQ)] |= 0x04;
            }
            0x0F => {
                let version = self.registers[usize::from(VERSION)];
                self.registers = [0; 64];
                self.registers[usize::from(VERSION)] = version;
                self.fifo.clear();
                self.pending = None;
                self.cards.iter_mut().for_each(SimCard::power_off);
            }
            _ => self.pending = None,
        }
    }

    fn transceive(&mut self, last_bits: u8) {
        let frame = std::mem::take(&mut self.fifo);
        self.registers[usize::from(ERROR)] = 0;
        self.registers[usize::from(CONTROL)] = 0;
        if self.registers[usize::from(TX_CONTROL)] & 0x03 != 0x03 {
            self.pending = Some((TIMEOUT_POLLS, IRQ_TIMER));
            return;
        }
        let answers: Vec<Vec<u8>> =
            self.cards.iter_mut().filter_map(|card| card.request(&frame, last_bits)).collect();
        let Some(first) = answers.first() else {
            self.pending = Some((TIMEOUT_POLLS, IRQ_TIMER));
            return;
        };
        if answers.iter().any(|answer| answer != first) {
            self.registers[usize::from(ERROR)] = COLLISION_ERROR;
            // Where it was is not told: bit 5.
            self.registers[usize::from(COLLISION)] = 0x20;
            self.pending = Some((ANSWER_POLLS, IRQ_RX | IRQ_ERROR));
            return;
        }
        self.fifo.clone_from(first);
        self.pending = Some((ANSWER_POLLS, IRQ_RX));
    }
}
