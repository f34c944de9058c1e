//! NXP PN5180: a reader chip for library tags (ISO/IEC 15693) and student cards (ISO/IEC 14443 A), on SPI with a BUSY
//! and a RESET line, over `embedded-hal` 1.0.
//!
//! Invariants:
//! - a frame is sent only while BUSY is low and, for SEND_DATA, in the transceiver's state WaitTransmit;
//! - what happened before an exchange is cleared before it: an old answer is never taken for a new one;
//! - RX_STATUS is believed only after the chip said that a reception ended;
//! - a frame counts only with a right CRC; a write only after it was read back;
//! - every wait is bounded. A chip that is stuck is started again once within a call; a second time ends the call.

mod card;
mod chip;
mod inventory;
mod radio;
mod registers;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::spi::SpiDevice;

use super::iso15693::{self, Frame, INVENTORY_ANSWER_BYTES, air};
use super::{ReaderFault, Seen, SystemInfo, TagReader, Uid};
use chip::Chip;
use inventory::{Ask, Inventory};
use radio::{Await, Heard, Out, Radio, RadioFault};
use registers::{ISO15693, RfConfig, command};

pub use inventory::{MOST_FRAMES, MOST_TAGS};

/// Blocks asked for at first, when a block's size is not known yet: 8 blocks of 4 bytes hold an ISO 28560-3 record.
const FIRST_BLOCKS: u8 = 8;
/// Bytes of an EAS alarm (256 bits).
const EAS_ALARM_BYTES: usize = 32;
/// Most bytes of memory in one answer.
const MOST_READ_BYTES: usize = 252;
/// How often an addressed request is asked again when its answer is garbled or missing.
const TRIES: u8 = 3;
/// Longest an addressed tag may take to begin its answer to a read, in µs beyond its time on the air.
const SLACK_US: u32 = 1_500;
/// An answer that the chip cannot check whole.
const TOO_LONG: ReaderFault = ReaderFault::Impossible("the tag's answer is longer than the reader takes");
/// How late the chip may begin to send after it was told to, and tell what it heard, in µs.
const LATENCY_US: u32 = 60;
/// Usual size of a block, for how long an answer takes.
const USUAL_BLOCK_BYTES: usize = 4;

/// What the chip says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChipInfo {
    /// Firmware's version: major, minor.
    pub firmware: (u8, u8),
    /// Product's version: major, minor.
    pub product: (u8, u8),
}

/// What one look at the field cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LookCost {
    /// Requests, slots not counted.
    pub rounds: u32,
    /// Frames and lone EOFs.
    pub frames: u32,
}

/// What is known of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// Nothing: the chip has not been started, or was left in an unknown state.
    Unknown,
    /// The chip runs; its field is off, or is to go off and on again.
    Off,
    /// It is on, for one kind of tags.
    On(RfConfig),
}

/// The reader.
#[derive(Debug)]
pub struct Pn5180<S, B, R, D> {
    radio: Radio<S, B, R, D>,
    field: Field,
    look_cost: LookCost,
}

impl<S: SpiDevice, B: InputPin, R: OutputPin, D: DelayNs> Pn5180<S, B, R, D> {
    /// Takes the wires; nothing is sent yet. SPI: mode 0, most significant bit first, at most 7 MHz.
    pub fn new(spi: S, busy: B, reset: R, delay: D) -> Self {
        let chip = Chip { spi, busy, reset, delay };
        Self { radio: Radio::new(chip), field: Field::Unknown, look_cost: LookCost::default() }
    }

    /// Starts the chip and asks what it is.
    ///
    /// # Errors
    /// [`ReaderFault::Gone`] when it does not answer; says where to look.
    pub fn identify(&mut self) -> Result<ChipInfo, ReaderFault> {
        let bytes = self.recovering(|me| {
            me.radio.restart()?;
            // Product and firmware version are at 10 and 12 of the EEPROM, minor before major.
            Ok(me.radio.chip().get(&[command::READ_EEPROM, 0x10, 4], 4)?)
        })?;
        match bytes.as_slice() {
            [0xFF, 0xFF, 0xFF, 0xFF] | [0, 0, 0, 0] => Err(ReaderFault::Gone(
                "nothing answers on this bus; look at the wires MISO, MOSI, SCK, NSS".into(),
            )),
            &[product_minor, product_major, firmware_minor, firmware_major] => Ok(ChipInfo {
                firmware: (firmware_major, firmware_minor),
                product: (product_major, product_minor),
            }),
            _ => Err(ReaderFault::Nonsense),
        }
    }

    /// What the last inventory cost.
    pub fn look_cost(&self) -> LookCost {
        self.look_cost
    }

    /// The transceiver's state as the chip tells it, 0 to 5, for a technician.
    ///
    /// # Errors
    /// [`ReaderFault::Gone`].
    pub fn transceiver_state(&mut self) -> Result<u32, ReaderFault> {
        self.recovering(|me| me.radio.transceiver_state())
    }

    /// Turns the field off; the next call turns it on again.
    ///
    /// # Errors
    /// [`ReaderFault::Gone`].
    pub fn rest(&mut self) -> Result<(), ReaderFault> {
        self.field = Field::Off;
        self.recovering(|me| me.radio.end())
    }

    /// The tag keeps silent until it is asked by name, or the field goes off.
    ///
    /// # Errors
    /// [`ReaderFault::Gone`].
    pub fn stay_quiet(&mut self, uid: Uid) -> Result<(), ReaderFault> {
        let frame = Frame::stay_quiet(uid);
        self.recovering(|me| {
            me.set_up(ISO15693)?;
            me.radio.exchange(out(&frame), Await::Nothing)?;
            Ok(())
        })
    }

    /// Does `work`; when the chip is stuck, starts it again and does it once more.
    fn recovering<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, RadioFault>,
    ) -> Result<T, ReaderFault> {
        let first = match work(self) {
            Ok(done) => return Ok(done),
            Err(fault) => fault,
        };
        tracing::warn!(fault = %first, "the reader is started again");
        self.field = Field::Unknown;
        self.radio.restart().and_then(|()| work(self)).map_err(|fault| {
            self.field = Field::Unknown;
            ReaderFault::Gone(fault.to_string())
        })
    }

    /// Brings up the field for one kind of tags.
    fn set_up(&mut self, config: RfConfig) -> Result<(), RadioFault> {
        match self.field {
            Field::On(now) if now == config => return Ok(()),
            Field::Unknown => self.radio.restart()?,
            Field::Off | Field::On(_) => {}
        }
        self.field = Field::Unknown;
        self.radio.begin(config, config == ISO15693)?;
        self.field = Field::On(config);
        Ok(())
    }

    /// Asks a tag by name until a whole answer comes.
    fn ask(&mut self, frame: &Frame, answer_bytes: usize) -> Result<Vec<u8>, ReaderFault> {
        let answer_us = air::T1_US + air::answer_us(answer_bytes);
        let awaited = Await::Surely { answer_us, limit_us: answer_us + SLACK_US };
        let mut last = ReaderFault::NoAnswer;
        for _ in 0..TRIES {
            let heard = self.recovering(|me| {
                me.set_up(ISO15693)?;
                let heard = me.radio.exchange(out(frame), awaited)?;
                me.radio.delay_us(air::T2_US);
                Ok(heard)
            })?;
            match heard {
                Heard::Frame(bytes) => return iso15693::payload(&bytes).map(<[u8]>::to_vec),
                Heard::Silence => last = ReaderFault::NoAnswer,
                Heard::Collision { .. } | Heard::Garbled => last = ReaderFault::Garbled,
                Heard::TooLong => return Err(TOO_LONG),
            }
        }
        Err(last)
    }

    fn read_some(
        &mut self,
        uid: Uid,
        first: u8,
        count: u8,
        block_bytes: usize,
    ) -> Result<Vec<u8>, ReaderFault> {
        let expected = usize::from(count) * block_bytes;
        self.ask(&Frame::read_multiple(uid, first, count), 1 + expected)
    }

    /// Block by block, for tags that know no reading of several.
    fn read_singly(&mut self, uid: Uid, first: u8, count: u8) -> Result<Vec<u8>, ReaderFault> {
        let mut bytes = Vec::new();
        for at in 0..count {
            let Some(block) = first.checked_add(at) else { return Err(ReaderFault::Refused { code: 0x10 }) };
            bytes.extend(self.ask(&Frame::read_single(uid, block), 1 + USUAL_BLOCK_BYTES)?);
        }
        Ok(bytes)
    }

    /// Sends a write. Whether it took is found by reading: an answer may be lost, and some tags answer late.
    fn write(&mut self, frame: &Frame, option: bool) -> Result<Heard, ReaderFault> {
        self.recovering(|me| {
            me.set_up(ISO15693)?;
            let answer_us = air::T1_US + air::answer_us(1);
            let heard = if option {
                me.radio.exchange(out(frame), Await::Nothing)?;
                me.radio.delay_us(air::WRITE_US);
                let eof = Out::Eof { air_us: air::EOF_US };
                me.radio.exchange(eof, Await::Surely { answer_us, limit_us: answer_us + SLACK_US })?
            } else {
                me.radio
                    .exchange(out(frame), Await::Surely { answer_us, limit_us: air::WRITE_US + answer_us })?
            };
            me.radio.delay_us(air::T2_US);
            Ok(heard)
        })
    }

    /// Writes until `check` reads back what was written: as most tags want it, then as those that want one more EOF.
    /// Whether a tag gives its EAS alarm.
    fn alarms(&mut self, uid: Uid) -> Result<bool, ReaderFault> {
        match self.ask(&Frame::eas_alarm(uid), 1 + EAS_ALARM_BYTES) {
            Ok(alarm) => Ok(alarm.len() == EAS_ALARM_BYTES),
            Err(ReaderFault::NoAnswer) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    fn write_checked(
        &mut self,
        frame: impl Fn(bool) -> Frame,
        mut check: impl FnMut(&mut Self) -> Result<bool, ReaderFault>,
    ) -> Result<(), ReaderFault> {
        let mut refused = None;
        for option in [false, true, false] {
            if let Heard::Frame(bytes) = self.write(&frame(option), option)?
                && let Err(fault) = iso15693::payload(&bytes)
            {
                refused = Some(fault);
            }
            if check(self)? {
                return Ok(());
            }
        }
        Err(refused.unwrap_or(ReaderFault::NotWritten))
    }
}

impl<S: SpiDevice, B: InputPin, R: OutputPin, D: DelayNs> TagReader for Pn5180<S, B, R, D> {
    fn inventory(&mut self) -> Result<Vec<Seen>, ReaderFault> {
        let mut restarted = false;
        'look: loop {
            let mut look = Inventory::new();
            while let Some(ask) = look.next()? {
                match self.ask_all(ask) {
                    Ok(heard) => look.heard(&heard)?,
                    Err(fault) if restarted => {
                        self.field = Field::Unknown;
                        return Err(ReaderFault::Gone(fault.to_string()));
                    }
                    Err(fault) => {
                        tracing::warn!(%fault, "the reader is started again");
                        (self.field, restarted) = (Field::Unknown, true);
                        continue 'look;
                    }
                }
            }
            let (rounds, frames) = look.cost();
            self.look_cost = LookCost { rounds, frames };
            return Ok(look.found());
        }
    }

    fn inventory_beside(&mut self, known: &[Uid]) -> Result<Vec<Seen>, ReaderFault> {
        for uid in known {
            self.stay_quiet(*uid)?;
        }
        let mut seen = self.inventory()?;
        seen.retain(|seen| !known.contains(&seen.uid));
        self.rest()?;
        Ok(seen)
    }

    fn system_info(&mut self, uid: Uid) -> Result<SystemInfo, ReaderFault> {
        let answer = self.ask(&Frame::system_info(uid), 15)?;
        let info = iso15693::system_info(&answer)?;
        if info.uid == uid { Ok(info) } else { Err(ReaderFault::Nonsense) }
    }

    fn read_blocks(&mut self, uid: Uid, first: u8, count: u8) -> Result<Vec<u8>, ReaderFault> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let head = count.min(FIRST_BLOCKS);
        let mut bytes = match self.read_some(uid, first, head, USUAL_BLOCK_BYTES) {
            Ok(bytes) if !bytes.is_empty() && bytes.len() % usize::from(head) == 0 => bytes,
            Ok(_) | Err(TOO_LONG | ReaderFault::Refused { code: 0x01..=0x03 | 0x0F }) => {
                return self.read_singly(uid, first, count);
            }
            Err(fault) => return Err(fault),
        };
        let block_bytes = bytes.len() / usize::from(head);
        let most = u8::try_from(MOST_READ_BYTES / block_bytes).unwrap_or(u8::MAX).max(1);
        let mut done = head;
        while done < count {
            let Some(block) = first.checked_add(done) else {
                return Err(ReaderFault::Refused { code: 0x10 });
            };
            let some = (count - done).min(most);
            let more = self.read_some(uid, block, some, block_bytes)?;
            if more.len() != usize::from(some) * block_bytes {
                return Err(ReaderFault::Nonsense);
            }
            bytes.extend(more);
            done += some;
        }
        Ok(bytes)
    }

    fn write_block(&mut self, uid: Uid, block: u8, bytes: &[u8]) -> Result<(), ReaderFault> {
        if bytes.is_empty() || bytes.len() > 32 {
            return Err(ReaderFault::Impossible("a block has 1 to 32 bytes"));
        }
        self.write_checked(
            |option| Frame::write_single(uid, block, bytes, option),
            |me| Ok(me.ask(&Frame::read_single(uid, block), 1 + bytes.len())? == bytes),
        )
    }

    fn write_afi(&mut self, uid: Uid, afi: u8) -> Result<(), ReaderFault> {
        self.write_checked(
            |option| Frame::write_afi(uid, afi, option),
            |me| Ok(me.system_info(uid)?.afi == Some(afi)),
        )
    }

    fn write_eas(&mut self, uid: Uid, rings: bool) -> Result<(), ReaderFault> {
        if !uid.is_nxp() {
            return Err(ReaderFault::Impossible(
                "only tags of NXP have an EAS bit; this one is told by its AFI alone",
            ));
        }
        self.write_checked(
            |option| Frame::write_eas(uid, rings, option),
            // An alarm that is heard is sure; a silence may be a lost answer, so it is asked for twice.
            |me| Ok(if rings { me.alarms(uid)? } else { !me.alarms(uid)? && !me.alarms(uid)? }),
        )
    }
}

impl<S: SpiDevice, B: InputPin, R: OutputPin, D: DelayNs> Pn5180<S, B, R, D> {
    fn ask_all(&mut self, ask: Ask) -> Result<Heard, RadioFault> {
        self.set_up(ISO15693)?;
        let awaited = Await::Perhaps {
            begin_us: air::T3_US + LATENCY_US,
            answer_us: air::answer_us(INVENTORY_ANSWER_BYTES) - 151,
        };
        let heard = match ask {
            Ask::One(mask) => self.radio.exchange(out(&Frame::inventory_one_slot(mask)), awaited)?,
            Ask::Sixteen(mask) => self.radio.exchange(out(&Frame::inventory_sixteen_slots(mask)), awaited)?,
            Ask::NextSlot => self.radio.exchange(Out::Eof { air_us: air::EOF_US }, awaited)?,
        };
        if heard != Heard::Silence {
            self.radio.delay_us(air::T2_US);
        }
        Ok(heard)
    }
}

/// A request as it goes out.
fn out(frame: &Frame) -> Out<'_> {
    let bytes = frame.bytes();
    Out::Frame { bytes, last_bits: 0, air_us: air::request_us(bytes.len()) }
}
