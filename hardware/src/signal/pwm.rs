//! A buzzer on a PWM channel, by the kernel's files (Documentation/driver-api/pwm.rst).

use std::fs;
use std::io;
use std::path::PathBuf;

const NS_A_SECOND: u64 = 1_000_000_000;

/// The channel.
#[derive(Debug)]
pub(super) struct Buzzer {
    folder: PathBuf,
}

impl Buzzer {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Sounds at a pitch in hertz, or falls silent at 0. `volume`: 0 to 100; a buzzer is loudest at half the period.
    pub fn sound(&self, hz: u16, volume: u8) -> io::Result<()> {
        if hz == 0 {
            return self.write("enable", 0);
        }
        let period_ns = NS_A_SECOND / u64::from(hz);
        // The duty cycle may never be above the period: it goes first to where it is below any.
        self.write("duty_cycle", 0)?;
        self.write("period", period_ns)?;
        self.write("duty_cycle", period_ns / 200 * u64::from(volume.min(100)))?;
        self.write("enable", 1)
    }

    fn write(&self, name: &str, value: u64) -> io::Result<()> {
        fs::write(self.folder.join(name), value.to_string())
    }
}
