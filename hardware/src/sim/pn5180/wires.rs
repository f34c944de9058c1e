//! The emulated wires, as `embedded-hal` has them.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{self, InputPin, OutputPin};
use embedded_hal::spi::{self, Operation, SpiDevice};

use super::{Pn5180Sim, World};

/// What the computer's side costs, in virtual time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    /// A frame on the bus beside its bits: the system call, the chip select, the scheduling.
    pub frame_ns: u64,
    /// A byte on the bus; 7 MHz are 1,143.
    pub byte_ns: u64,
    /// A look at a pin.
    pub pin_ns: u64,
}

impl Default for Costs {
    fn default() -> Self {
        Self { frame_ns: 50_000, byte_ns: 1_143, pin_ns: 5_000 }
    }
}

/// The emulated bus failed, as it was told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the emulated bus fails")]
pub struct SimError;

impl spi::Error for SimError {
    fn kind(&self) -> spi::ErrorKind {
        spi::ErrorKind::Other
    }
}

impl digital::Error for SimError {
    fn kind(&self) -> digital::ErrorKind {
        digital::ErrorKind::Other
    }
}

/// SPI with its chip select.
#[derive(Debug)]
pub struct SimSpi(pub(super) Pn5180Sim);

impl spi::ErrorType for SimSpi {
    type Error = SimError;
}

impl SpiDevice for SimSpi {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SimError> {
        let mut guard = self.0.world();
        let world: &mut World = &mut guard;
        world.counts.spi_frames += 1;
        world.pass(world.costs.frame_ns);
        if world.bus_fails > 0 {
            world.bus_fails -= 1;
            return Err(SimError);
        }
        let mut held = Held { sent: Vec::new(), parts: 0 };
        for operation in operations {
            match operation {
                Operation::Write(bytes) => held.write(bytes, world),
                Operation::Read(into) => held.read(into, world),
                Operation::Transfer(into, from) => {
                    held.check_dummy(from);
                    held.read(into, world);
                }
                Operation::TransferInPlace(both) => {
                    held.check_dummy(both);
                    held.read(both, world);
                }
                Operation::DelayNs(ns) => world.pass(u64::from(*ns)),
            }
        }
        held.end(world);
        Ok(())
    }
}

/// What happens while the chip select is held.
struct Held {
    sent: Vec<u8>,
    parts: u32,
}

impl Held {
    fn write(&mut self, bytes: &[u8], world: &mut World) {
        world.pass(bytes.len() as u64 * world.costs.byte_ns);
        self.sent.extend(bytes);
        self.parts += 1;
    }

    fn read(&mut self, into: &mut [u8], world: &mut World) {
        world.pass(into.len() as u64 * world.costs.byte_ns);
        self.parts += 1;
        let now_ns = world.now_ns;
        world.chip.answer(into, now_ns, &mut world.counts);
    }

    /// Anything but FF while an answer is read is taken as the beginning of a command.
    fn check_dummy(&mut self, from: &[u8]) {
        if from.iter().any(|byte| *byte != 0xFF) {
            self.sent.extend(from);
        }
    }

    fn end(self, world: &mut World) {
        if self.parts > 1 {
            world.chip.hang();
        } else if !self.sent.is_empty() {
            let World { now_ns, chip, field, counts, .. } = world;
            chip.frame(&self.sent, *now_ns, field, counts);
        }
    }
}

/// BUSY.
#[derive(Debug)]
pub struct SimBusy(pub(super) Pn5180Sim);

impl digital::ErrorType for SimBusy {
    type Error = SimError;
}

impl InputPin for SimBusy {
    fn is_high(&mut self) -> Result<bool, SimError> {
        let mut world = self.0.world();
        let pin_ns = world.costs.pin_ns;
        world.pass(pin_ns);
        Ok(world.chip.is_busy(world.now_ns))
    }

    fn is_low(&mut self) -> Result<bool, SimError> {
        self.is_high().map(|high| !high)
    }
}

/// RESET, active low.
#[derive(Debug)]
pub struct SimReset(pub(super) Pn5180Sim);

impl digital::ErrorType for SimReset {
    type Error = SimError;
}

impl OutputPin for SimReset {
    fn set_low(&mut self) -> Result<(), SimError> {
        let mut guard = self.0.world();
        let world: &mut World = &mut guard;
        world.pass(world.costs.pin_ns);
        world.counts.resets += 1;
        world.chip.reset_low(world.now_ns);
        world.field.off();
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), SimError> {
        let mut guard = self.0.world();
        let world: &mut World = &mut guard;
        world.pass(world.costs.pin_ns);
        world.chip.reset_high(world.now_ns);
        Ok(())
    }
}

/// Waiting, in virtual time.
#[derive(Debug)]
pub struct SimDelay(pub(super) Pn5180Sim);

impl DelayNs for SimDelay {
    fn delay_ns(&mut self, ns: u32) {
        self.0.world().pass(u64::from(ns));
    }
}
