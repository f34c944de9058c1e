//! The computer's pins and buses, by names that last: a bus by its device file, a pin by its chip and line.
//!
//! Over `linux-embedded-hal`, which speaks the kernel's interfaces and so knows every board the kernel knows.

use std::path::PathBuf;

use linux_embedded_hal::gpio_cdev::{Chip, LineRequestFlags};
use linux_embedded_hal::spidev::{SpiModeFlags, SpidevOptions};
use linux_embedded_hal::{CdevPin, SpidevDevice};
use serde::Deserialize;

/// A bus with its chip select.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpiConfig {
    /// Its device, such as `/dev/spidev0.0`.
    pub path: PathBuf,
    /// Its clock in hertz, at most 7 MHz for a PN5180.
    #[serde(default = "usual_hz")]
    pub hz: u32,
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

/// Opens a bus in mode 0, most significant bit first.
///
/// # Errors
/// [`BoardError::Spi`].
pub fn open_spi(config: &SpiConfig) -> Result<SpidevDevice, BoardError> {
    let fault = |reason: String| BoardError::Spi { path: config.path.clone(), reason };
    let mut spi = SpidevDevice::open(&config.path).map_err(|error| fault(error.to_string()))?;
    let options =
        SpidevOptions::new().bits_per_word(8).max_speed_hz(config.hz).mode(SpiModeFlags::SPI_MODE_0).build();
    spi.0.configure(&options).map_err(|error| fault(error.to_string()))?;
    Ok(spi)
}

/// Opens a pin to be read.
///
/// # Errors
/// [`BoardError::Pin`].
pub fn open_input(config: &PinConfig) -> Result<CdevPin, BoardError> {
    open_pin(config, LineRequestFlags::INPUT, false)
}

/// Opens a pin to be set, high or low at first.
///
/// # Errors
/// [`BoardError::Pin`].
pub fn open_output(config: &PinConfig, high: bool) -> Result<CdevPin, BoardError> {
    open_pin(config, LineRequestFlags::OUTPUT, high)
}

fn open_pin(config: &PinConfig, flags: LineRequestFlags, high: bool) -> Result<CdevPin, BoardError> {
    let open = || {
        let line = Chip::new(&config.chip)?.get_line(config.line)?;
        CdevPin::new(line.request(flags, u8::from(high), "oqyrman")?)
    };
    open().map_err(|error| BoardError::Pin {
        chip: config.chip.clone(),
        line: config.line,
        reason: error.to_string(),
    })
}
