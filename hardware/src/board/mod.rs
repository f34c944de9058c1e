//! The computer's pins, buses and serial lines, by names that last: a bus by its device file, a pin by its chip and line.
//!
//! Two backends behind one seam: `linux`, the kernel's interfaces (the default: it is kept alive and knows every board the
//! kernel knows), and `rppal`, a Raspberry Pi's registers. A driver sees `embedded-hal` alone.

mod linux;
mod rppal;
pub(crate) mod serial;

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use embedded_hal::digital::{self, InputPin, OutputPin};
use embedded_hal::spi::{self, Operation, SpiDevice};
use linux_embedded_hal::{CdevPin, SpidevDevice};
use serde::Deserialize;

pub use serial::{Line, Parity, SerialLine};

/// Which way the board is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// The kernel's interfaces.
    #[default]
    Linux,
    /// A Raspberry Pi's registers.
    Rppal,
}

/// A bus with its chip select.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpiConfig {
    /// Its device, such as `/dev/spidev0.0`.
    pub path: PathBuf,
    /// Its clock in hertz, at most 7 MHz for a PN5180.
    #[serde(default = "usual_hz")]
    pub hz: u32,
    /// With `rppal` the pin that selects the chip; the kernel has its own.
    #[serde(default)]
    pub chip_select: Option<PinConfig>,
}

fn usual_hz() -> u32 {
    4_000_000
}

/// A pin.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinConfig {
    /// Its chip, such as `/dev/gpiochip0`.
    pub chip: PathBuf,
    /// Its line on that chip; on a Raspberry Pi the BCM number.
    pub line: u32,
}

impl PinConfig {
    fn fault(&self, reason: &dyn fmt::Display) -> BoardError {
        BoardError::Pin { chip: self.chip.clone(), line: self.line, reason: reason.to_string() }
    }
}

/// Why a bus or a pin cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// The bus.
    #[error(
        "{path}: {reason}; is SPI enabled (dtparam=spi=on), and is the station's user in the group 'spi'?"
    )]
    Spi {
        /// Its device.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A pin.
    #[error("{chip} line {line}: {reason}; is it free, and is the station's user in the group 'gpio'?")]
    Pin {
        /// Its chip.
        chip: PathBuf,
        /// Its line.
        line: u32,
        /// What the system said.
        reason: String,
    },
}

/// A bus or a pin that worked has failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BoardFault(String);

impl spi::Error for BoardFault {
    fn kind(&self) -> spi::ErrorKind {
        spi::ErrorKind::Other
    }
}

impl digital::Error for BoardFault {
    fn kind(&self) -> digital::ErrorKind {
        digital::ErrorKind::Other
    }
}

fn fault(error: &dyn fmt::Debug) -> BoardFault {
    BoardFault(format!("{error:?}"))
}

/// Why the device `name` cannot be used, in words that say what to do. `setting` names it in the configuration,
/// `group` may open such devices.
pub(crate) fn unusable(name: &str, setting: &str, group: &str, error: &io::Error) -> String {
    let kind = error.kind();
    if kind == ErrorKind::NotFound {
        format!("{name} is not there; plug the reader in, or correct its '{setting}'")
    } else if kind == ErrorKind::PermissionDenied {
        format!("no permission to open {name}; let the station's user join the group '{group}'")
    } else if kind == ErrorKind::ResourceBusy {
        format!("{name} is in use by another program; stop that program")
    } else {
        format!("{name} cannot be used as a reader: {error}")
    }
}

/// An open bus.
pub enum BoardSpi {
    /// By the kernel.
    Linux(SpidevDevice),
    /// By `rppal`.
    Rppal(Box<rppal::Device>),
}

/// Opens a bus in mode 0, most significant bit first.
///
/// # Errors
/// [`BoardError`].
pub fn open_spi(backend: Backend, config: &SpiConfig) -> Result<BoardSpi, BoardError> {
    Ok(match backend {
        Backend::Linux => BoardSpi::Linux(linux::spi(config)?),
        Backend::Rppal => BoardSpi::Rppal(Box::new(rppal::spi(config)?)),
    })
}

impl spi::ErrorType for BoardSpi {
    type Error = BoardFault;
}

impl SpiDevice for BoardSpi {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), BoardFault> {
        match self {
            Self::Linux(spi) => spi.transaction(operations).map_err(|error| fault(&error)),
            Self::Rppal(spi) => spi.transaction(operations).map_err(|error| fault(&error)),
        }
    }
}

/// An open pin to be read.
pub enum BoardInput {
    /// By the kernel.
    Linux(CdevPin),
    /// By `rppal`.
    Rppal(::rppal::gpio::InputPin),
}

/// Opens a pin to be read.
///
/// # Errors
/// [`BoardError::Pin`].
pub fn open_input(backend: Backend, config: &PinConfig) -> Result<BoardInput, BoardError> {
    Ok(match backend {
        Backend::Linux => BoardInput::Linux(linux::pin(config, None)?),
        Backend::Rppal => BoardInput::Rppal(rppal::input(config)?),
    })
}

impl digital::ErrorType for BoardInput {
    type Error = BoardFault;
}

impl InputPin for BoardInput {
    fn is_high(&mut self) -> Result<bool, BoardFault> {
        match self {
            Self::Linux(pin) => pin.is_high().map_err(|error| fault(&error)),
            Self::Rppal(pin) => Ok(::rppal::gpio::InputPin::is_high(pin)),
        }
    }

    fn is_low(&mut self) -> Result<bool, BoardFault> {
        self.is_high().map(|high| !high)
    }
}

/// An open pin to be set.
pub enum BoardOutput {
    /// By the kernel.
    Linux(CdevPin),
    /// By `rppal`.
    Rppal(::rppal::gpio::OutputPin),
}

/// Opens a pin to be set, high or low at first.
///
/// # Errors
/// [`BoardError::Pin`].
pub fn open_output(backend: Backend, config: &PinConfig, high: bool) -> Result<BoardOutput, BoardError> {
    Ok(match backend {
        Backend::Linux => BoardOutput::Linux(linux::pin(config, Some(high))?),
        Backend::Rppal => BoardOutput::Rppal(rppal::output(config, high)?),
    })
}

impl digital::ErrorType for BoardOutput {
    type Error = BoardFault;
}

impl OutputPin for BoardOutput {
    fn set_low(&mut self) -> Result<(), BoardFault> {
        self.set_state(digital::PinState::Low)
    }

    fn set_high(&mut self) -> Result<(), BoardFault> {
        self.set_state(digital::PinState::High)
    }

    fn set_state(&mut self, state: digital::PinState) -> Result<(), BoardFault> {
        match self {
            Self::Linux(pin) => pin.set_state(state).map_err(|error| fault(&error)),
            Self::Rppal(pin) => {
                match state {
                    digital::PinState::Low => ::rppal::gpio::OutputPin::set_low(pin),
                    digital::PinState::High => ::rppal::gpio::OutputPin::set_high(pin),
                }
                Ok(())
            }
        }
    }
}
