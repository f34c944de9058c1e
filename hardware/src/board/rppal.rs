//! Buses and pins by `rppal`, which reaches a Raspberry Pi's registers directly. It is retired, so it stays behind this
//! file, and the kernel's interfaces are what a site gets unless it asks.
//!
//! Its own `SimpleHalSpiDevice` sends zeros where `embedded-hal`'s `transfer_in_place` is to send what it is given; drivers
//! of card chips read their registers so. Here its bus is put under `ExclusiveDevice`, with a chip select of ours.

use embedded_hal::spi::SpiBus;
use embedded_hal_bus::spi::ExclusiveDevice;
use linux_embedded_hal::Delay;
use rppal::gpio::{Gpio, InputPin, OutputPin};
use rppal::spi::{Bus, Mode, SlaveSelect, Spi};

use super::{BoardError, PinConfig, SpiConfig};

/// A bus with its chip select.
pub(super) type Device = ExclusiveDevice<Spi, OutputPin, Delay>;

/// A bus in mode 0, most significant bit first; `chip_select` is any free pin, beside the bus's own.
pub(super) fn spi(config: &SpiConfig) -> Result<Device, BoardError> {
    let fault = |reason: String| BoardError::Spi { path: config.path.clone(), reason };
    let (bus, select) = match config.path.to_str() {
        Some("/dev/spidev0.0") => (Bus::Spi0, SlaveSelect::Ss0),
        Some("/dev/spidev0.1") => (Bus::Spi0, SlaveSelect::Ss1),
        Some("/dev/spidev1.0") => (Bus::Spi1, SlaveSelect::Ss0),
        Some(_) | None => return Err(fault("rppal knows /dev/spidev0.0, 0.1 and 1.0".into())),
    };
    let Some(chip_select) = &config.chip_select else {
        return Err(fault("with rppal a `chip_select` pin is needed".into()));
    };
    let mut chip_select = output(chip_select, true)?;
    // High from the first moment: the chip must not hear what is meant for nobody.
    chip_select.set_high();
    let bus = Spi::new(bus, select, config.hz, Mode::Mode0).map_err(|error| fault(error.to_string()))?;
    device(bus, chip_select).map_err(|_| fault("the chip select cannot be set".into()))
}

/// A bus and a chip select as one device, each byte of which is sent as it is given.
fn device<B: SpiBus, C: embedded_hal::digital::OutputPin>(
    bus: B,
    chip_select: C,
) -> Result<ExclusiveDevice<B, C, Delay>, C::Error> {
    ExclusiveDevice::new(bus, chip_select, Delay)
}

/// A pin to be read.
pub(super) fn input(config: &PinConfig) -> Result<InputPin, BoardError> {
    Ok(pin(config)?.into_input())
}

/// A pin to be set, high or low at first.
pub(super) fn output(config: &PinConfig, high: bool) -> Result<OutputPin, BoardError> {
    let pin = pin(config)?;
    Ok(if high { pin.into_output_high() } else { pin.into_output_low() })
}

fn pin(config: &PinConfig) -> Result<rppal::gpio::Pin, BoardError> {
    let line = u8::try_from(config.line).map_err(|error| config.fault(&error))?;
    Gpio::new().and_then(|gpio| gpio.get(line)).map_err(|error| config.fault(&error))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use embedded_hal::spi::{ErrorType, Operation, SpiDevice};

    use super::*;

    /// A bus that keeps what is sent and answers with it, one up.
    #[derive(Default)]
    struct Wire {
        sent: Vec<u8>,
    }

    impl ErrorType for Wire {
        type Error = Infallible;
    }

    impl SpiBus for Wire {
        fn read(&mut self, words: &mut [u8]) -> Result<(), Infallible> {
            self.sent.extend(words.iter().map(|_| 0));
            Ok(())
        }

        fn write(&mut self, words: &[u8]) -> Result<(), Infallible> {
            self.sent.extend(words);
            Ok(())
        }

        fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), Infallible> {
            self.sent.extend(write);
            read.iter_mut().zip(write).for_each(|(read, write)| *read = write.wrapping_add(1));
            Ok(())
        }

        fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), Infallible> {
            self.sent.extend(&*words);
            words.iter_mut().for_each(|word| *word = word.wrapping_add(1));
            Ok(())
        }

        fn flush(&mut self) -> Result<(), Infallible> {
            Ok(())
        }
    }

    struct Select;

    impl embedded_hal::digital::ErrorType for Select {
        type Error = Infallible;
    }

    impl embedded_hal::digital::OutputPin for Select {
        fn set_low(&mut self) -> Result<(), Infallible> {
            Ok(())
        }

        fn set_high(&mut self) -> Result<(), Infallible> {
            Ok(())
        }
    }

    #[test]
    fn what_is_transferred_in_place_is_sent() {
        let mut device = device(Wire::default(), Select).unwrap();
        // A register read as card chips want it: the address goes out, the value comes in.
        let mut register = [0x6F << 1 | 0x80, 0x00];
        device.transaction(&mut [Operation::TransferInPlace(&mut register)]).unwrap();
        assert_eq!(device.bus_mut().sent, [0xDE, 0x00]);
        assert_eq!(register, [0xDF, 0x01]);
    }

    #[test]
    fn off_a_raspberry_pi_it_says_so() {
        let config = PinConfig { chip: "/dev/gpiochip0".into(), line: 25 };
        if let Err(error) = input(&config) {
            assert!(error.to_string().contains("line 25"), "{error}");
        }
    }
}
