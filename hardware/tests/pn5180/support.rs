//! A pad with invented tags.

use hardware::rfid::pn5180::Pn5180;
use hardware::rfid::{TagReader, Uid};
use hardware::sim::pn5180::{Pn5180Sim, SimBusy, SimDelay, SimReset, SimSpi, SimTag};

pub type Reader = Pn5180<SimSpi, SimBusy, SimReset, SimDelay>;

pub fn pad(seed: u64) -> (Pn5180Sim, Reader) {
    let sim = Pn5180Sim::new(seed);
    let (spi, busy, reset, delay) = sim.wires();
    (sim, Pn5180::new(spi, busy, reset, delay))
}

/// Chance that is the same everywhere.
pub struct Chance(pub u64);

impl Chance {
    pub fn draw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// UIDs as NXP makes them: the last five bytes differ.
pub fn uids(count: usize, seed: u64) -> Vec<Uid> {
    let mut chance = Chance(seed | 1);
    for _ in 0..8 {
        chance.draw();
    }
    let mut uids: Vec<Uid> = Vec::new();
    while uids.len() < count {
        let bits = 0xE004_0150_0000_0000 | chance.draw() & 0xFF_FFFF_FFFF;
        let uid = Uid::from_written(bits.to_be_bytes());
        if !uids.contains(&uid) {
            uids.push(uid);
        }
    }
    uids.sort();
    uids
}

pub fn uid(text: &str) -> Uid {
    text.parse().unwrap()
}

pub fn place(sim: &Pn5180Sim, uids: &[Uid]) {
    for uid in uids {
        sim.place(SimTag::new(*uid, &uid.air()));
    }
}

pub fn look(reader: &mut Reader) -> Vec<Uid> {
    reader.inventory().unwrap().into_iter().map(|seen| seen.uid).collect()
}
