//! The chip itself: registers, flags, the transceiver's states, and what happens when.

use super::field::{Air, Field, Incoming, Signal};
use super::{Counts, Trouble};

const REGISTERS: usize = 0x40;
const SYSTEM_CONFIG: u8 = 0x00;
const IRQ_STATUS: u8 = 0x02;
const IRQ_CLEAR: u8 = 0x03;
const CRC_RX_CONFIG: u8 = 0x12;
const RX_STATUS: u8 = 0x13;
const TX_CONFIG: u8 = 0x18;
const CRC_TX_CONFIG: u8 = 0x19;
const RF_STATUS: u8 = 0x1D;

const IRQ_RX: u32 = 1;
const IRQ_TX: u32 = 1 << 1;
const IRQ_IDLE: u32 = 1 << 2;
const IRQ_TX_RFON: u32 = 1 << 9;
const IRQ_RX_SOF: u32 = 1 << 14;
const IRQ_GENERAL_ERROR: u32 = 1 << 17;

/// TX_CONFIG as LOAD_RF_CONFIG leaves it: data enabled, a start symbol.
const TX_CONFIG_LOADED: u32 = 0x0000_04C4;
const TX_DATA_ENABLE: u32 = 1 << 10;

const BOOT_NS: u64 = 2_000_000;
const FIELD_NS: u64 = 400_000;
const SHORT_NS: u64 = 15_000;
const SEND_NS: u64 = 25_000;
const LOAD_NS: u64 = 150_000;

/// The transceiver's states, as RF_STATUS numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transceiver {
    Idle = 0,
    WaitTransmit = 1,
    Transmitting = 2,
    WaitForData = 4,
    Receiving = 5,
}

#[derive(Debug, Clone)]
enum Happening {
    Booted,
    FieldUp,
    Sent,
    Sof { bytes: usize, began_ns: u64 },
    Received(Signal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stuck {
    No,
    UntilReset,
    ForEver,
}

pub(super) struct Chip {
    registers: [u32; REGISTERS],
    transceiver: Transceiver,
    /// Things to come, by time.
    agenda: Vec<(u64, Happening)>,
    /// What a GET has asked for.
    answer: Option<Vec<u8>>,
    received: Vec<u8>,
    /// While a frame comes in: since when, how long.
    receiving: Option<(u64, usize)>,
    busy_until_ns: u64,
    stuck: Stuck,
    in_reset: bool,
    absent: bool,
    config: (u8, u8),
}

impl Chip {
    pub fn new() -> Self {
        let mut chip = Self {
            registers: [0; REGISTERS],
            transceiver: Transceiver::Idle,
            agenda: Vec::new(),
            answer: None,
            received: Vec::new(),
            receiving: None,
            busy_until_ns: 0,
            stuck: Stuck::No,
            in_reset: false,
            absent: false,
            config: (0, 0),
        };
        chip.restart(0);
        chip
    }

    fn read(&self, register: u8) -> u32 {
        self.registers.get(usize::from(register)).copied().unwrap_or(0)
    }

    fn put(&mut self, register: u8, value: u32) {
        if let Some(place) = self.registers.get_mut(usize::from(register)) {
            *place = value;
        }
    }

    fn flag(&mut self, flags: u32) {
        self.put(IRQ_STATUS, self.read(IRQ_STATUS) | flags);
    }

    /// Everything is lost, and the chip starts.
    pub fn restart(&mut self, now_ns: u64) {
        self.registers = [0; REGISTERS];
        self.transceiver = Transceiver::Idle;
        (self.answer, self.receiving) = (None, None);
        self.received.clear();
        self.agenda = vec![(now_ns + BOOT_NS, Happening::Booted)];
        self.busy_until_ns = now_ns + BOOT_NS;
    }

    pub fn reset_low(&mut self, now_ns: u64) {
        self.restart(now_ns);
        self.in_reset = true;
    }

    pub fn reset_high(&mut self, now_ns: u64) {
        self.in_reset = false;
        if self.stuck == Stuck::UntilReset {
            self.stuck = Stuck::No;
        }
        self.restart(now_ns);
    }

    pub fn strike(&mut self, trouble: Trouble) {
        match trouble {
            Trouble::BusyUntilReset => self.stuck = Stuck::UntilReset,
            Trouble::BusyForEver => self.stuck = Stuck::ForEver,
            Trouble::Absent => self.absent = true,
            Trouble::Back => (self.absent, self.stuck) = (false, Stuck::No),
            Trouble::BrownOut | Trouble::BusFails(_) => {}
        }
    }

    /// The chip select was held over a GET and its answer.
    pub fn hang(&mut self) {
        if self.stuck == Stuck::No {
            self.stuck = Stuck::UntilReset;
        }
    }

    pub fn is_busy(&self, now_ns: u64) -> bool {
        !self.absent && (self.stuck != Stuck::No || self.in_reset || now_ns < self.busy_until_ns)
    }

    /// What happens up to now.
    pub fn pass(&mut self, now_ns: u64) {
        while let Some(at) = self
            .agenda
            .iter()
            .enumerate()
            .filter(|(_, (due_ns, _))| *due_ns <= now_ns)
            .min_by_key(|(_, (due_ns, _))| *due_ns)
            .map(|(at, _)| at)
        {
            let (_, happening) = self.agenda.remove(at);
            match happening {
                Happening::Booted => self.flag(IRQ_IDLE),
                Happening::FieldUp => self.flag(IRQ_TX_RFON),
                Happening::Sent => {
                    self.flag(IRQ_TX);
                    self.transceiver = Transceiver::WaitForData;
                }
                Happening::Sof { bytes, began_ns } => {
                    self.flag(IRQ_RX_SOF);
                    self.transceiver = Transceiver::Receiving;
                    self.receiving = Some((began_ns, bytes));
                }
                Happening::Received(signal) => self.receive(signal),
            }
        }
        if let Some((began_ns, bytes)) = self.receiving {
            // The count runs while the frame comes in: who reads it now gets less than there will be.
            let so_far = usize::try_from((now_ns - began_ns) / 302_065).unwrap_or(0).min(bytes);
            self.put(RX_STATUS, u32::try_from(so_far).unwrap_or(0));
        }
    }

    fn receive(&mut self, signal: Signal) {
        let (bytes, errors) = match signal {
            Signal::Whole(bytes) => (bytes, 0),
            Signal::WrongCrc(bytes) => (bytes, 1 << 16),
            Signal::Collided { bytes, bit } => (bytes, 1 << 16 | 1 << 18 | u32::from(bit) << 19),
        };
        self.put(RX_STATUS, u32::try_from(bytes.len()).unwrap_or(0) | errors);
        (self.received, self.receiving) = (bytes, None);
        self.flag(IRQ_RX);
        self.transceiver = Transceiver::WaitTransmit;
    }

    /// A frame of commands, with the chip select released after it.
    pub fn frame(&mut self, frame: &[u8], now_ns: u64, field: &mut Field, counts: &mut Counts) {
        if self.absent {
            return;
        }
        if self.is_busy(now_ns) {
            counts.while_busy += 1;
            self.flag(IRQ_GENERAL_ERROR);
            return;
        }
        self.answer = None;
        self.busy_until_ns = now_ns + SHORT_NS;
        match frame {
            [0x03, writes @ ..] if !writes.is_empty() && writes.len() % 6 == 0 && writes.len() / 6 <= 42 => {
                for write in writes.chunks_exact(6) {
                    self.write(write);
                }
            }
            [0x05, registers @ ..] if !registers.is_empty() && registers.len() <= 18 => {
                let values = registers.iter().map(|register| self.look_up(*register));
                self.answer = Some(values.flat_map(u32::to_le_bytes).collect());
            }
            [0x07, address, count] => {
                let eeprom = |at: u8| {
                    if (0x10..0x14).contains(&at) { [5, 3, 5, 3][usize::from(at - 0x10)] } else { 0x5A }
                };
                self.answer = Some((0..*count).map(|at| eeprom(address.wrapping_add(at))).collect());
            }
            [0x09, last_bits, bytes @ ..] if bytes.len() <= 260 => {
                self.send(bytes, *last_bits, now_ns, field, counts);
            }
            [0x0A, 0] => self.answer = Some(self.received.clone()),
            [0x11, tx, rx] => {
                self.config = (*tx, *rx);
                self.put(TX_CONFIG, TX_CONFIG_LOADED);
                self.put(CRC_TX_CONFIG, 1);
                self.put(CRC_RX_CONFIG, 1);
                self.busy_until_ns = now_ns + LOAD_NS;
            }
            [0x16, _] => {
                field.on(now_ns, counts);
                self.agenda.push((now_ns + FIELD_NS, Happening::FieldUp));
                self.busy_until_ns = now_ns + FIELD_NS;
            }
            [0x17, _] => field.off(),
            _ => self.flag(IRQ_GENERAL_ERROR),
        }
    }

    /// The frame that reads what a GET asked for.
    pub fn answer(&mut self, into: &mut [u8], now_ns: u64, counts: &mut Counts) {
        into.fill(0xFF);
        if self.absent {
            return;
        }
        if self.is_busy(now_ns) {
            counts.while_busy += 1;
            self.flag(IRQ_GENERAL_ERROR);
            return;
        }
        match self.answer.take() {
            Some(answer) => {
                for (place, byte) in into.iter_mut().zip(answer) {
                    *place = byte;
                }
                self.busy_until_ns = now_ns + SHORT_NS;
            }
            None => self.flag(IRQ_GENERAL_ERROR),
        }
    }

    fn look_up(&self, register: u8) -> u32 {
        if register == RF_STATUS {
            return (self.transceiver as u32) << 24;
        }
        self.read(register)
    }

    fn write(&mut self, write: &[u8]) {
        let [register, action, a, b, c, d] = *write else { return };
        let value = u32::from_le_bytes([a, b, c, d]);
        let before = self.read(register);
        let value = match action {
            1 => value,
            2 => before | value,
            3 => before & value,
            _ => {
                self.flag(IRQ_GENERAL_ERROR);
                return;
            }
        };
        match register {
            IRQ_CLEAR => self.put(IRQ_STATUS, self.read(IRQ_STATUS) & !value),
            IRQ_STATUS | RX_STATUS | RF_STATUS => self.flag(IRQ_GENERAL_ERROR),
            SYSTEM_CONFIG => {
                self.put(SYSTEM_CONFIG, value);
                match (before & 7, value & 7) {
                    (3, 3) => {}
                    (_, 3) => self.transceiver = Transceiver::WaitTransmit,
                    (_, _) => {
                        // What is on its way in or out is dropped.
                        self.transceiver = Transceiver::Idle;
                        self.receiving = None;
                        self.agenda.retain(|(_, happening)| {
                            matches!(happening, Happening::Booted | Happening::FieldUp)
                        });
                    }
                }
            }
            other => self.put(other, value),
        }
    }

    fn send(&mut self, bytes: &[u8], last_bits: u8, now_ns: u64, field: &mut Field, counts: &mut Counts) {
        let legal = self.read(SYSTEM_CONFIG) & 7 == 3 && self.transceiver == Transceiver::WaitTransmit;
        if !legal || !field.is_on() {
            counts.refused_sends += 1;
            self.flag(IRQ_GENERAL_ERROR);
            return;
        }
        let air = match self.config {
            (0x0D | 0x0E, 0x8D) => Air::Iso15693,
            (0x00, 0x80) => Air::Iso14443A,
            _ => Air::Deaf,
        };
        let bytes = if self.read(TX_CONFIG) & TX_DATA_ENABLE == 0 { &[] } else { bytes };
        let crc = self.read(CRC_TX_CONFIG) & 1 == 1;
        let (end_ns, incoming) = field.send(air, bytes, last_bits, crc, now_ns + SEND_NS, counts);
        self.transceiver = Transceiver::Transmitting;
        self.busy_until_ns = now_ns + SEND_NS;
        self.agenda.push((end_ns, Happening::Sent));
        if let Some(Incoming { sof_ns, end_ns, signal }) = incoming {
            let length = match &signal {
                Signal::Whole(bytes) | Signal::WrongCrc(bytes) | Signal::Collided { bytes, .. } => {
                    bytes.len()
                }
            };
            self.agenda.push((sof_ns, Happening::Sof { bytes: length, began_ns: sof_ns }));
            self.agenda.push((end_ns, Happening::Received(signal)));
        }
    }
}
