//! A machine's clocks: one that runs since it was switched on, and one that people, batteries and quartz make wrong.

use station::clock::TimeSource;
use std::cell::Cell;
use std::rc::Rc;

/// The time as it is, which nobody in the world knows.
#[derive(Debug, Clone, Default)]
pub struct Truly(Rc<Cell<i64>>);

impl Truly {
    /// A world that begins at this second since 1970.
    pub fn beginning(at_ms: i64) -> Truly {
        Truly(Rc::new(Cell::new(at_ms)))
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.0.get()
    }

    /// Seconds since 1970.
    pub fn now_s(&self) -> i64 {
        self.now_ms().div_euclid(1_000)
    }

    /// Lets time pass.
    pub fn pass_ms(&self, ms: u64) {
        self.0.set(self.now_ms().saturating_add_unsigned(ms));
    }
}

/// How wrong a wall clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Fault {
    /// Its battery is dead: at each start it begins in 1970.
    dead: bool,
    /// How far it was set wrong, seconds.
    off_s: i64,
    /// How many seconds it gains in a day.
    drift_s: i64,
    /// Since when it drifts.
    since_s: i64,
}

/// The clock chip of one machine. It stays while the machine is off.
#[derive(Debug, Clone)]
pub struct Chip {
    truly: Truly,
    fault: Rc<Cell<Fault>>,
}

impl Chip {
    /// A clock that is right.
    pub fn new(truly: &Truly) -> Chip {
        Chip { truly: truly.clone(), fault: Rc::default() }
    }

    /// The battery is dead, or a new one is in.
    pub fn dead(&self, dead: bool) {
        self.change(|fault| fault.dead = dead);
    }

    /// Somebody sets it wrong by this much.
    pub fn set_off(&self, off_s: i64) {
        self.change(|fault| fault.off_s = off_s);
    }

    /// It gains so many seconds a day from now on.
    pub fn drift(&self, drift_s: i64) {
        let now_s = self.truly.now_s();
        self.change(|fault| (fault.drift_s, fault.since_s) = (drift_s, now_s));
    }

    /// It is set right.
    pub fn heal(&self) {
        self.fault.set(Fault::default());
    }

    /// Whether its battery is dead.
    pub fn is_dead(&self) -> bool {
        self.fault.get().dead
    }

    fn change(&self, how: impl FnOnce(&mut Fault)) {
        let mut fault = self.fault.get();
        how(&mut fault);
        self.fault.set(fault);
    }

    fn wrong_s(&self) -> i64 {
        let Fault { off_s, drift_s, since_s, .. } = self.fault.get();
        off_s + drift_s * (self.truly.now_s() - since_s) / 86_400
    }

    /// The clocks of a machine that is switched on now.
    pub fn switch_on(&self) -> Ticks {
        Ticks { chip: self.clone(), on_since_ms: self.truly.now_ms() }
    }
}

/// The clocks of a machine that runs.
#[derive(Debug, Clone)]
pub struct Ticks {
    chip: Chip,
    on_since_ms: i64,
}

impl TimeSource for Ticks {
    fn mono_ms(&self) -> u64 {
        (self.chip.truly.now_ms() - self.on_since_ms).unsigned_abs()
    }

    fn wall_s(&self) -> i64 {
        if self.chip.fault.get().dead {
            (self.mono_ms() / 1_000).cast_signed()
        } else {
            self.chip.truly.now_s() + self.chip.wrong_s()
        }
    }
}
