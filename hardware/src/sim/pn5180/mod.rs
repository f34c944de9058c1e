//! A PN5180 that was never soldered: SPI, BUSY, RESET and a delay over one virtual clock, with tags in its field.
//!
//! It behaves as the chip's data sheet and the field's standards say, with the faults that people met: it is busy for a
//! while after each frame and takes none then; GET and its answer are two frames, and holding the chip select hangs it;
//! SEND_DATA is refused outside WaitTransmit; flags stay until they are cleared; RX_STATUS is partial while a frame
//! comes in; tags answer in slots, at once, garbled or not at all, and forget their silence when the field goes off.
//!
//! What the computer's side costs is a parameter ([`Costs`]); nothing here reads a real clock.

mod card;
mod chip;
mod field;
mod tag;
mod wires;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::rfid::Uid;
use chip::Chip;
use field::Field;

pub use card::SimCard;
pub use field::Noise;
pub use tag::SimTag;
pub use wires::{Costs, SimBusy, SimDelay, SimError, SimReset, SimSpi};

/// Something that goes wrong with the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// BUSY stays high until RESET.
    BusyUntilReset,
    /// BUSY stays high whatever is done.
    BusyForEver,
    /// The supply dips: the chip starts again by itself, its registers and field are gone.
    BrownOut,
    /// It is unplugged: every answer is ones, BUSY floats low.
    Absent,
    /// It is there again.
    Back,
    /// The bus itself fails for this many frames.
    BusFails(u32),
}

/// What was done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Frames on the bus, chip select down to up.
    pub spi_frames: u64,
    /// Requests on the air.
    pub requests: u64,
    /// Lone EOFs on the air.
    pub eofs: u64,
    /// Answers that reached the chip, whole or not.
    pub answers: u64,
    /// Requests that read memory.
    pub reads: u64,
    /// SEND_DATA that was refused.
    pub refused_sends: u64,
    /// Frames that came while BUSY was high.
    pub while_busy: u64,
    /// Requests or EOFs that came before tags listen again after an answer.
    pub too_early: u64,
    /// RESET pulses.
    pub resets: u64,
    /// Times the field was turned on.
    pub fields_on: u64,
}

struct World {
    now_ns: u64,
    costs: Costs,
    counts: Counts,
    chip: Chip,
    field: Field,
    bus_fails: u32,
    /// Trouble to come, by time.
    troubles: Vec<(u64, Trouble)>,
}

impl World {
    /// Lets time pass up to `now_ns`, in the order in which things happen.
    fn pass(&mut self, ns: u64) {
        self.now_ns += ns;
        let now_ns = self.now_ns;
        let (due, later) = std::mem::take(&mut self.troubles).into_iter().partition(|(at, _)| *at <= now_ns);
        self.troubles = later;
        let due: Vec<(u64, Trouble)> = due;
        for (_, trouble) in due {
            self.strike(trouble);
        }
        self.chip.pass(now_ns);
    }

    fn strike(&mut self, trouble: Trouble) {
        match trouble {
            Trouble::BusFails(frames) => self.bus_fails = frames,
            Trouble::BrownOut => {
                self.chip.restart(self.now_ns);
                self.field.off();
            }
            Trouble::BusyUntilReset | Trouble::BusyForEver | Trouble::Absent | Trouble::Back => {
                self.chip.strike(trouble);
            }
        }
    }
}

/// The emulated reader and its pad. Clones are the same one.
#[derive(Clone)]
pub struct Pn5180Sim(Arc<Mutex<World>>);

impl std::fmt::Debug for Pn5180Sim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pn5180Sim").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl Pn5180Sim {
    /// An empty pad. `seed` decides all chance there is.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(World {
            now_ns: 0,
            costs: Costs::default(),
            counts: Counts::default(),
            chip: Chip::new(),
            field: Field::new(seed),
            bus_fails: 0,
            troubles: Vec::new(),
        })))
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The wires, for a driver.
    #[must_use]
    pub fn wires(&self) -> (SimSpi, SimBusy, SimReset, SimDelay) {
        (SimSpi(self.clone()), SimBusy(self.clone()), SimReset(self.clone()), SimDelay(self.clone()))
    }

    /// Sets what the computer's side costs.
    pub fn set_costs(&self, costs: Costs) {
        self.world().costs = costs;
    }

    /// Sets how answers suffer on the air.
    pub fn set_noise(&self, noise: Noise) {
        self.world().field.noise = noise;
    }

    /// Lays a tag on the pad; one of the same UID is replaced.
    pub fn place(&self, tag: SimTag) {
        let mut world = self.world();
        world.field.remove(tag.uid());
        world.field.place(tag);
    }

    /// Takes a tag off the pad; gives it back as it is now.
    pub fn take(&self, uid: Uid) -> Option<SimTag> {
        self.world().field.remove(uid)
    }

    /// Takes the tag off at this time, in µs of the virtual clock.
    pub fn take_at(&self, uid: Uid, at_us: u64) {
        self.world().field.leave_at(uid, at_us * 1_000);
    }

    /// Lays a student card on the pad.
    pub fn place_card(&self, card: SimCard) {
        self.world().field.cards.push(card);
    }

    /// Takes all student cards away.
    pub fn take_cards(&self) {
        self.world().field.cards.clear();
    }

    /// Looks at a tag on the pad.
    #[must_use]
    pub fn tag(&self, uid: Uid) -> Option<SimTag> {
        self.world().field.tag(uid).cloned()
    }

    /// Lets something go wrong now.
    pub fn trouble(&self, trouble: Trouble) {
        self.world().strike(trouble);
    }

    /// Lets something go wrong at this time, in µs of the virtual clock.
    pub fn trouble_at(&self, trouble: Trouble, at_us: u64) {
        self.world().troubles.push((at_us * 1_000, trouble));
    }

    /// The virtual clock, in µs.
    #[must_use]
    pub fn now_us(&self) -> u64 {
        self.world().now_ns / 1_000
    }

    /// What was done so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.world().counts
    }
}
