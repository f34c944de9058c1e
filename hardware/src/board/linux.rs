//! Buses and pins by the kernel's interfaces: every board the kernel knows.

use linux_embedded_hal::gpio_cdev::{Chip, LineRequestFlags};
use linux_embedded_hal::spidev::{SpiModeFlags, SpidevOptions};
use linux_embedded_hal::{CdevPin, SpidevDevice};

use super::{BoardError, PinConfig, SpiConfig};

/// A bus in mode 0, most significant bit first.
pub(super) fn spi(config: &SpiConfig) -> Result<SpidevDevice, BoardError> {
    let fault = |reason: String| BoardError::Spi { path: config.path.clone(), reason };
    let mut spi = SpidevDevice::open(&config.path).map_err(|error| fault(error.to_string()))?;
    let options =
        SpidevOptions::new().bits_per_word(8).max_speed_hz(config.hz).mode(SpiModeFlags::SPI_MODE_0).build();
    spi.0.configure(&options).map_err(|error| fault(error.to_string()))?;
    Ok(spi)
}

/// A pin to be read, or to be set and high or low at first.
pub(super) fn pin(config: &PinConfig, output: Option<bool>) -> Result<CdevPin, BoardError> {
    let flags = if output.is_some() { LineRequestFlags::OUTPUT } else { LineRequestFlags::INPUT };
    let open = || {
        let line = Chip::new(&config.chip)?.get_line(config.line)?;
        CdevPin::new(line.request(flags, u8::from(output == Some(true)), "oqyrman")?)
    };
    open().map_err(|error| config.fault(&error))
}
