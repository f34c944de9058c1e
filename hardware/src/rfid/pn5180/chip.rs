//! The chip's host interface: frames over SPI, with BUSY before each.
//!
//! A GET is two frames with the chip select released between them: holding it hangs BUSY high. Dummy bytes are FF.
//! Every wait is bounded; nothing here tries again.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::spi::{Operation, SpiDevice};

use super::registers::{action, command, irq, register};

/// Between two looks at BUSY, in µs.
const BUSY_STEP_US: u32 = 10;
/// Longest that BUSY is waited for: the chip needs well under 1 ms for any command but RF_ON.
const BUSY_LIMIT_US: u32 = 10_000;
/// How long RESET is held low; 10 µs are enough for the chip.
const RESET_US: u32 = 100;
/// Longest that the chip needs to start; about 2 ms are usual.
const BOOT_LIMIT_US: u32 = 50_000;
/// Between two looks whether it has started.
const BOOT_STEP_US: u32 = 500;

/// Why the chip could not be spoken with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ChipFault {
    /// The bus or a pin failed: the computer's side.
    #[error("{0}")]
    Bus(String),
    /// BUSY stayed high.
    #[error("BUSY stays high")]
    Busy,
    /// It does not say that it is ready after a reset.
    #[error("it does not start; look at its power and wires")]
    NoStart,
}

/// A register write.
#[derive(Debug, Clone, Copy)]
pub(super) struct Write {
    pub register: u8,
    pub action: u8,
    pub value: u32,
}

impl Write {
    pub const fn set(register: u8, value: u32) -> Self {
        Self { register, action: action::WRITE, value }
    }

    pub const fn or(register: u8, value: u32) -> Self {
        Self { register, action: action::OR, value }
    }

    pub const fn and(register: u8, value: u32) -> Self {
        Self { register, action: action::AND, value }
    }
}

/// The wires.
#[derive(Debug)]
pub(super) struct Chip<S, B, R, D> {
    pub spi: S,
    pub busy: B,
    pub reset: R,
    pub delay: D,
}

fn bus(error: &impl std::fmt::Debug) -> ChipFault {
    ChipFault::Bus(format!("{error:?}"))
}

impl<S: SpiDevice, B: InputPin, R: OutputPin, D: DelayNs> Chip<S, B, R, D> {
    /// Pulls RESET and waits until the chip is ready.
    pub fn restart(&mut self) -> Result<(), ChipFault> {
        self.reset.set_low().map_err(|error| bus(&error))?;
        self.delay.delay_us(RESET_US);
        self.reset.set_high().map_err(|error| bus(&error))?;
        let mut waited_us = 0;
        while waited_us < BOOT_LIMIT_US {
            self.delay.delay_us(BOOT_STEP_US);
            waited_us += BOOT_STEP_US;
            match self.read_registers([register::IRQ_STATUS]) {
                // An absent chip reads as ones or zeros.
                Ok([status]) if status & irq::IDLE != 0 && status != u32::MAX => return Ok(()),
                Ok(_) => {}
                Err(ChipFault::Busy) => waited_us += BUSY_LIMIT_US,
                Err(fault @ (ChipFault::Bus(_) | ChipFault::NoStart)) => return Err(fault),
            }
        }
        Err(ChipFault::NoStart)
    }

    /// Several registers, in one frame and in order.
    pub fn write_registers(&mut self, writes: &[Write]) -> Result<(), ChipFault> {
        let mut frame = vec![command::WRITE_REGISTER_MULTIPLE];
        for write in writes {
            frame.extend([write.register, write.action]);
            frame.extend(write.value.to_le_bytes());
        }
        self.send(&frame)
    }

    /// Several registers, in two frames.
    pub fn read_registers<const N: usize>(&mut self, registers: [u8; N]) -> Result<[u32; N], ChipFault> {
        let mut frame = vec![command::READ_REGISTER_MULTIPLE];
        frame.extend(registers);
        let bytes = self.get(&frame, 4 * N)?;
        let mut values = [0; N];
        for (value, bytes) in values.iter_mut().zip(bytes.chunks_exact(4)) {
            *value = bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
        }
        Ok(values)
    }

    /// A command whose answer is `count` bytes.
    pub fn get(&mut self, frame: &[u8], count: usize) -> Result<Vec<u8>, ChipFault> {
        self.send(frame)?;
        self.ready()?;
        let dummy = vec![0xFF; count];
        let mut answer = vec![0; count];
        self.spi.transaction(&mut [Operation::Transfer(&mut answer, &dummy)]).map_err(|error| bus(&error))?;
        Ok(answer)
    }

    /// A command.
    pub fn send(&mut self, frame: &[u8]) -> Result<(), ChipFault> {
        self.ready()?;
        self.spi.transaction(&mut [Operation::Write(frame)]).map_err(|error| bus(&error))
    }

    fn ready(&mut self) -> Result<(), ChipFault> {
        let mut waited_us = 0;
        while self.busy.is_high().map_err(|error| bus(&error))? {
            if waited_us >= BUSY_LIMIT_US {
                return Err(ChipFault::Busy);
            }
            self.delay.delay_us(BUSY_STEP_US);
            waited_us += BUSY_STEP_US;
        }
        Ok(())
    }
}
