//! A chip that answers anything: every call ends, with a typed fault at worst. The bytes are what the bus gives, over and
//! over; the first one says which call.
#![no_main]

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::spi::{Operation, SpiDevice};
use hardware::card::CardReader;
use hardware::rfid::pn5180::Pn5180;
use hardware::rfid::{TagReader, Uid};
use std::convert::Infallible;

struct Wires<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl embedded_hal::spi::ErrorType for Wires<'_> {
    type Error = Infallible;
}

impl SpiDevice for Wires<'_> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Infallible> {
        for operation in operations {
            if let Operation::Transfer(into, _) = operation {
                for place in into.iter_mut() {
                    *place = self.bytes[self.at % self.bytes.len()];
                    self.at += 1;
                }
            }
        }
        Ok(())
    }
}

struct Pin;

impl embedded_hal::digital::ErrorType for Pin {
    type Error = Infallible;
}

impl InputPin for Pin {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(false)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(true)
    }
}

impl OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

struct NoDelay;

impl DelayNs for NoDelay {
    fn delay_ns(&mut self, _: u32) {}
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [call, answers @ ..] = bytes else { return };
    if answers.is_empty() {
        return;
    }
    let mut reader = Pn5180::new(Wires { bytes: answers, at: 0 }, Pin, Pin, NoDelay);
    let uid = Uid::from_air([1, 2, 3, 4, 5, 6, 4, 0xE0]);
    match call % 6 {
        0 => drop(reader.inventory()),
        1 => drop(reader.system_info(uid)),
        2 => drop(reader.read_blocks(uid, 0, 28)),
        3 => drop(reader.write_afi(uid, 0xC2)),
        4 => drop(reader.card_uid()),
        _ => drop(reader.identify()),
    }
});
