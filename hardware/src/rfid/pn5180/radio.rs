//! One exchange over the air: a frame or an EOF out, and what is heard within the time there is for it.
//!
//! An exchange that hears nothing costs four frames on the bus, an awaited answer six, one that is looked for early
//! eight: registers are written and read several at a time, and the time a frame takes is waited, not polled.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::spi::SpiDevice;

use super::chip::{Chip, ChipFault, Write};
use super::registers::{RfConfig, command, irq, register, rx, state, transceiver, tx};

/// Longest that the field needs to come up.
const FIELD_LIMIT_US: u32 = 10_000;
/// Between two looks whether it is up.
const FIELD_STEP_US: u32 = 250;
/// What a tag needs in the field before it can be asked (ISO/IEC 15693-2, clause 6: 1 ms; ISO/IEC 14443-3: 5 ms).
const TAGS_WAKE_US: u32 = 5_000;
/// Longest frame the chip checks rightly: above, its firmware 3.4 skips the CRC and stops at 284 bytes.
pub(super) const MOST_ANSWER_BYTES: usize = 254;
/// Longest that an answer which has begun may go on, in µs: 260 bytes at 26 kbit/s, and a little.
const LONGEST_ANSWER_US: u32 = 85_000;
/// Between two looks whether an answer has ended.
const ANSWER_STEP_US: u32 = 300;

/// Why the radio could not be used. The chip has to be started again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RadioFault {
    #[error("{0}")]
    Chip(#[from] ChipFault),
    #[error("the field does not come up")]
    NoField,
    #[error("the chip refuses to send")]
    Illegal,
    #[error("the chip forgot its settings; look at its power")]
    Forgot,
    #[error("an answer does not end")]
    Endless,
}

/// What goes out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Out<'a> {
    /// A frame. `air_us`: how long it is on the air.
    Frame { bytes: &'a [u8], last_bits: u8, air_us: u32 },
    /// The end of a frame alone: the next slot begins, or a write is answered.
    Eof { air_us: u32 },
}

/// What is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Await {
    /// An answer that begins within `begin_us` if it comes, and takes `answer_us`. Silence is told soon.
    Perhaps { begin_us: u32, answer_us: u32 },
    /// An answer that ends `answer_us` after the frame in all likelihood; it is looked for until `limit_us`.
    Surely { answer_us: u32, limit_us: u32 },
    /// None: the frame is not answered.
    Nothing,
}

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing in time.
    Silence,
    /// A frame with a right CRC, where there is to be one.
    Frame(Vec<u8>),
    /// Several answers at once. `bit`: the first that differs, where the chip tells it, counted from the first of the
    /// frame's data; bits before it are in `bytes`.
    Collision { bytes: Vec<u8>, bit: Option<u8> },
    /// Something that is no frame.
    Garbled,
    /// A frame longer than the chip checks.
    TooLong,
}

/// The chip with its field on.
#[derive(Debug)]
pub(super) struct Radio<S, B, R, D> {
    chip: Chip<S, B, R, D>,
    /// TX_CONFIG as the radio configuration has set it.
    tx_config: u32,
    /// Whether TX_CONFIG is now such that a frame is an EOF alone.
    eof_only: bool,
}

impl<S: SpiDevice, B: InputPin, R: OutputPin, D: DelayNs> Radio<S, B, R, D> {
    pub fn new(chip: Chip<S, B, R, D>) -> Self {
        Self { chip, tx_config: 0, eof_only: false }
    }

    pub fn chip(&mut self) -> &mut Chip<S, B, R, D> {
        &mut self.chip
    }

    pub fn delay_us(&mut self, us: u32) {
        self.chip.delay.delay_us(us);
    }

    /// Starts the chip from its reset, whatever state it was in.
    pub fn restart(&mut self) -> Result<(), RadioFault> {
        Ok(self.chip.restart()?)
    }

    /// Loads a configuration and turns the field on. Tags forget that they were to be quiet.
    pub fn begin(&mut self, config: RfConfig, crc: bool) -> Result<(), RadioFault> {
        self.chip.send(&[command::RF_OFF, 0])?;
        self.chip.write_registers(&[
            Write::set(register::IRQ_CLEAR, u32::MAX),
            Write::and(register::SYSTEM_CONFIG, transceiver::IDLE_MASK),
        ])?;
        self.chip.send(&[command::LOAD_RF_CONFIG, config.tx, config.rx])?;
        self.check_crc(crc)?;
        self.chip.send(&[command::RF_ON, 0])?;
        let mut waited_us = 0;
        loop {
            let [status, tx_config] =
                self.chip.read_registers([register::IRQ_STATUS, register::TX_CONFIG])?;
            if status & irq::GENERAL_ERROR != 0 {
                return Err(RadioFault::Illegal);
            }
            if status & irq::TX_RFON != 0 {
                (self.tx_config, self.eof_only) = (tx_config, false);
                break;
            }
            if waited_us >= FIELD_LIMIT_US {
                return Err(RadioFault::NoField);
            }
            self.chip.delay.delay_us(FIELD_STEP_US);
            waited_us += FIELD_STEP_US;
        }
        self.chip.delay.delay_us(TAGS_WAKE_US);
        Ok(())
    }

    /// Turns the field off; the next [`Radio::begin`] turns it on.
    pub fn end(&mut self) -> Result<(), RadioFault> {
        Ok(self.chip.send(&[command::RF_OFF, 0])?)
    }

    /// Whether the chip adds and checks CRCs.
    pub fn check_crc(&mut self, on: bool) -> Result<(), RadioFault> {
        let write = |register| if on { Write::or(register, 1) } else { Write::and(register, !1) };
        Ok(self.chip.write_registers(&[write(register::CRC_TX_CONFIG), write(register::CRC_RX_CONFIG)])?)
    }

    pub fn exchange(&mut self, out: Out<'_>, awaited: Await) -> Result<Heard, RadioFault> {
        let air_us = self.transmit(out)?;
        match awaited {
            Await::Nothing => {
                self.chip.delay.delay_us(air_us);
                let (status, _) = self.look()?;
                if status & irq::TX == 0 {
                    return Err(RadioFault::Forgot);
                }
                Ok(Heard::Silence)
            }
            Await::Perhaps { begin_us, answer_us } => {
                self.chip.delay.delay_us(air_us + begin_us);
                let (status, rx_status) = self.look()?;
                if status & irq::RX != 0 {
                    return self.heard(rx_status);
                }
                if status & irq::RX_SOF_DET == 0 {
                    return if status & irq::TX == 0 { Err(RadioFault::Forgot) } else { Ok(Heard::Silence) };
                }
                // The beginning was heard: the rest follows without a gap.
                self.listen(answer_us, answer_us)
            }
            Await::Surely { answer_us, limit_us } => {
                self.listen(air_us + answer_us, air_us + limit_us.max(answer_us))
            }
        }
    }

    /// Brings the transceiver to where it may send, whatever the last exchange left, and sends.
    fn transmit(&mut self, out: Out<'_>) -> Result<u32, RadioFault> {
        let mut writes = vec![
            Write::set(register::IRQ_CLEAR, u32::MAX),
            Write::and(register::SYSTEM_CONFIG, transceiver::IDLE_MASK),
        ];
        let eof_only = matches!(out, Out::Eof { .. });
        if eof_only != self.eof_only {
            let config = if eof_only { self.tx_config & !tx::DATA_AND_START } else { self.tx_config };
            writes.push(Write::set(register::TX_CONFIG, config));
        }
        writes.push(Write::or(register::SYSTEM_CONFIG, transceiver::TRANSCEIVE));
        self.chip.write_registers(&writes)?;
        self.eof_only = eof_only;
        match out {
            Out::Frame { bytes, last_bits, air_us } => {
                let mut frame = vec![command::SEND_DATA, last_bits];
                frame.extend(bytes);
                self.chip.send(&frame)?;
                Ok(air_us)
            }
            Out::Eof { air_us } => {
                self.chip.send(&[command::SEND_DATA, 0])?;
                Ok(air_us)
            }
        }
    }

    /// Waits for the end of an answer.
    fn listen(&mut self, expected_us: u32, limit_us: u32) -> Result<Heard, RadioFault> {
        self.chip.delay.delay_us(expected_us);
        let mut waited_us = expected_us;
        loop {
            let (status, rx_status) = self.look()?;
            if status & irq::RX != 0 {
                return self.heard(rx_status);
            }
            if waited_us >= limit_us {
                if status & irq::TX == 0 {
                    return Err(RadioFault::Forgot);
                }
                if status & irq::RX_SOF_DET == 0 {
                    return Ok(Heard::Silence);
                }
                if waited_us >= limit_us + LONGEST_ANSWER_US {
                    return Err(RadioFault::Endless);
                }
            }
            self.chip.delay.delay_us(ANSWER_STEP_US);
            waited_us += ANSWER_STEP_US;
        }
    }

    fn look(&mut self) -> Result<(u32, u32), RadioFault> {
        let [status, rx_status] = self.chip.read_registers([register::IRQ_STATUS, register::RX_STATUS])?;
        if status & irq::GENERAL_ERROR != 0 || status == u32::MAX {
            return Err(RadioFault::Illegal);
        }
        Ok((status, rx_status))
    }

    /// What was received, now that the chip has said that something was.
    fn heard(&mut self, status: u32) -> Result<Heard, RadioFault> {
        let count = usize::try_from(status & rx::BYTES).unwrap_or(0);
        let collided = status & rx::COLLISION != 0;
        if !collided && (status & (rx::DATA_INTEGRITY_ERROR | rx::PROTOCOL_ERROR) != 0 || count == 0) {
            return Ok(Heard::Garbled);
        }
        let bytes = match count {
            0 => Vec::new(),
            1..=MOST_ANSWER_BYTES => self.chip.get(&[command::READ_DATA, 0], count)?,
            _ => return Ok(Heard::TooLong),
        };
        if !collided {
            return Ok(Heard::Frame(bytes));
        }
        let bit = u8::try_from(status >> rx::COLLISION_SHIFT & rx::COLLISION_MASK).unwrap_or(0);
        Ok(Heard::Collision { bit: (usize::from(bit) < bytes.len() * 8).then_some(bit), bytes })
    }

    /// The transceiver's state, for a technician.
    pub fn transceiver_state(&mut self) -> Result<u32, RadioFault> {
        let [status] = self.chip.read_registers([register::RF_STATUS])?;
        Ok(status >> state::SHIFT & state::MASK)
    }
}
