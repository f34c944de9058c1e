//! ISO/IEC 15693-3: requests, answers, and how long they take on the air. Pure.
//!
//! Frames are without SOF, CRC and EOF: the chip adds and checks these. Times are for one subcarrier, high rate
//! (26.48 kbit/s) both ways, 1 out of 4, in microseconds rounded up.

use super::{ReaderFault, SystemInfo, Uid};

/// Longest mask of an inventory, in bits: four are the slot's.
pub const MOST_MASK_BITS: u8 = 60;
/// Slots of a round of inventory.
pub const SLOTS: u8 = 16;
/// Bits that come before the UID in an inventory's answer: flags and DSFID.
pub const BITS_BEFORE_UID: u8 = 16;
/// Bytes of an inventory's answer: flags, DSFID, UID.
pub const INVENTORY_ANSWER_BYTES: usize = 10;

/// Request flags (table 3 to 5).
mod flag {
    pub const HIGH_RATE: u8 = 0x02;
    pub const INVENTORY: u8 = 0x04;
    pub const ONE_SLOT: u8 = 0x20;
    pub const ADDRESSED: u8 = 0x20;
    pub const OPTION: u8 = 0x40;
}

/// Commands (table 7 and clause 10).
mod command {
    pub const INVENTORY: u8 = 0x01;
    pub const STAY_QUIET: u8 = 0x02;
    pub const READ_SINGLE: u8 = 0x20;
    pub const WRITE_SINGLE: u8 = 0x21;
    pub const READ_MULTIPLE: u8 = 0x23;
    pub const WRITE_AFI: u8 = 0x27;
    pub const SYSTEM_INFO: u8 = 0x2B;
    pub const SET_EAS: u8 = 0xA2;
    pub const RESET_EAS: u8 = 0xA3;
    pub const EAS_ALARM: u8 = 0xA5;
}

/// The first bits of a UID, in the order of the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask {
    bits: u64,
    length: u8,
}

impl Mask {
    /// Matches every tag.
    pub const ALL: Self = Self { bits: 0, length: 0 };

    /// The first `length` bits (at most 63) of `bits`.
    #[must_use]
    pub const fn new(bits: u64, length: u8) -> Self {
        let length = if length > 63 { 63 } else { length };
        Self { bits: bits & ((1 << length) - 1), length }
    }

    /// How many bits.
    #[must_use]
    pub const fn length(self) -> u8 {
        self.length
    }

    /// The bits; the first on the air is the lowest.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.bits
    }

    /// This mask and the four bits that a slot stands for.
    #[must_use]
    pub fn with_slot(self, slot: u8) -> Self {
        Self::new(self.bits | u64::from(slot & 0xF) << self.length, self.length.saturating_add(4))
    }

    /// Whether a UID begins with it.
    #[must_use]
    pub const fn matches(self, uid: Uid) -> bool {
        uid.bits() & ((1 << self.length) - 1) == self.bits
    }
}

/// A request's bytes; at most 48.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(Vec<u8>);

impl Frame {
    /// The bytes from flags to parameters.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Every tag that matches, in one slot.
    #[must_use]
    pub fn inventory_one_slot(mask: Mask) -> Self {
        Self::inventory(flag::ONE_SLOT, mask)
    }

    /// Every tag that matches, in sixteen slots by the four bits after the mask.
    #[must_use]
    pub fn inventory_sixteen_slots(mask: Mask) -> Self {
        Self::inventory(0, mask)
    }

    fn inventory(slots: u8, mask: Mask) -> Self {
        let mut bytes = vec![flag::HIGH_RATE | flag::INVENTORY | slots, command::INVENTORY, mask.length];
        bytes.extend(mask.bits.to_le_bytes().iter().take(usize::from(mask.length.div_ceil(8))));
        Self(bytes)
    }

    /// The tag keeps silent until it is asked by name or leaves the field.
    #[must_use]
    pub fn stay_quiet(uid: Uid) -> Self {
        Self::addressed(0, command::STAY_QUIET, uid, &[])
    }

    /// One block.
    #[must_use]
    pub fn read_single(uid: Uid, block: u8) -> Self {
        Self::addressed(0, command::READ_SINGLE, uid, &[block])
    }

    /// `count` blocks (1 to 255) from `first` on.
    #[must_use]
    pub fn read_multiple(uid: Uid, first: u8, count: u8) -> Self {
        Self::addressed(0, command::READ_MULTIPLE, uid, &[first, count.saturating_sub(1)])
    }

    /// Writes a block. With `option` the tag answers only after one more EOF.
    #[must_use]
    pub fn write_single(uid: Uid, block: u8, bytes: &[u8], option: bool) -> Self {
        let mut parameters = vec![block];
        parameters.extend(bytes.iter().take(32));
        Self::addressed(option_flag(option), command::WRITE_SINGLE, uid, &parameters)
    }

    /// Writes the AFI. With `option` the tag answers only after one more EOF.
    #[must_use]
    pub fn write_afi(uid: Uid, afi: u8, option: bool) -> Self {
        Self::addressed(option_flag(option), command::WRITE_AFI, uid, &[afi])
    }

    /// Sets or resets the EAS bit of an NXP tag (custom commands A2 and A3 of ICODE SLIX). With `option` the tag answers only
    /// after one more EOF.
    #[must_use]
    pub fn write_eas(uid: Uid, rings: bool, option: bool) -> Self {
        let command = if rings { command::SET_EAS } else { command::RESET_EAS };
        Self::of_nxp(option_flag(option), command, uid)
    }

    /// Asks an NXP tag for its alarm of 32 bytes (custom command A5): a tag whose EAS bit is not set keeps silent.
    #[must_use]
    pub fn eas_alarm(uid: Uid) -> Self {
        Self::of_nxp(0, command::EAS_ALARM, uid)
    }

    /// What the tag says of itself.
    #[must_use]
    pub fn system_info(uid: Uid) -> Self {
        Self::addressed(0, command::SYSTEM_INFO, uid, &[])
    }

    /// A custom command names the tag's maker before the UID (clause 10.4).
    fn of_nxp(flags: u8, command: u8, uid: Uid) -> Self {
        let mut bytes = vec![flag::HIGH_RATE | flag::ADDRESSED | flags, command, Uid::NXP];
        bytes.extend(uid.air());
        Self(bytes)
    }

    fn addressed(flags: u8, command: u8, uid: Uid, parameters: &[u8]) -> Self {
        let mut bytes = vec![flag::HIGH_RATE | flag::ADDRESSED | flags, command];
        bytes.extend(uid.air());
        bytes.extend(parameters);
        Self(bytes)
    }
}

fn option_flag(option: bool) -> u8 {
    if option { flag::OPTION } else { 0 }
}

/// An answer's bytes after its flags.
///
/// # Errors
/// [`ReaderFault::Refused`] when the error flag is set, [`ReaderFault::Nonsense`] for no bytes.
pub fn payload(answer: &[u8]) -> Result<&[u8], ReaderFault> {
    match answer {
        [] => Err(ReaderFault::Nonsense),
        [flags, rest @ ..] if flags & 0x01 != 0 => {
            Err(ReaderFault::Refused { code: rest.first().copied().unwrap_or(0x0F) })
        }
        [_, rest @ ..] => Ok(rest),
    }
}

/// An inventory's answer: DSFID and UID.
///
/// # Errors
/// As [`payload`]; [`ReaderFault::Nonsense`] for a wrong length.
pub fn inventory_answer(answer: &[u8]) -> Result<(u8, Uid), ReaderFault> {
    match payload(answer)? {
        [dsfid, uid @ ..] => {
            uid.try_into().map(|uid| (*dsfid, Uid::from_air(uid))).map_err(|_| ReaderFault::Nonsense)
        }
        [] => Err(ReaderFault::Nonsense),
    }
}

/// What Get System Information answered, without the answer's flags (clause 10.4.12, table 14).
///
/// # Errors
/// [`ReaderFault::Nonsense`] when it is shorter than its information flags say.
pub fn system_info(payload: &[u8]) -> Result<SystemInfo, ReaderFault> {
    let mut rest = payload.iter().copied();
    let mut next = || rest.next().ok_or(ReaderFault::Nonsense);
    let information = next()?;
    let mut uid = [0; 8];
    for byte in &mut uid {
        *byte = next()?;
    }
    let mut field = |bit: u8| if information & bit != 0 { next().map(Some) } else { Ok(None) };
    let (dsfid, afi) = (field(0x01)?, field(0x02)?);
    let last_block = field(0x04)?;
    let last_byte = if last_block.is_some() { field(0x04)? } else { None };
    let ic_ref = field(0x08)?;
    Ok(SystemInfo {
        uid: Uid::from_air(uid),
        dsfid,
        afi,
        blocks: last_block.map(|last| u16::from(last) + 1),
        block_bytes: last_byte.map(|last| (last & 0x1F) + 1),
        ic_ref,
    })
}

/// How long things take on the air.
pub mod air {
    const BYTE_NS: u64 = 302_065;
    const VCD_SOF_NS: u64 = 75_520;
    const VCD_EOF_NS: u64 = 37_760;
    const VICC_SOF_NS: u64 = 151_040;
    const VICC_EOF_NS: u64 = 151_040;
    const CRC_BYTES: u64 = 2;

    /// Between the end of a request and the beginning of its answer, in µs (t1, clause 9.1).
    pub const T1_US: u32 = 321;
    /// Between the end of an answer and the next request, in µs (t2, clause 9.2).
    pub const T2_US: u32 = 310;
    /// From the end of a request or EOF until a tag's SOF is over: an empty slot's length, in µs (t3, clause 9.3, ASK 100 %).
    pub const T3_US: u32 = 475;
    /// A lone EOF, in µs.
    pub const EOF_US: u32 = 38;
    /// Within which a write is answered, in µs (clause 9.1: 4192/fc in steps up to 20 ms).
    pub const WRITE_US: u32 = 20_000;

    /// A request of `bytes` without CRC, in µs.
    #[must_use]
    pub const fn request_us(bytes: usize) -> u32 {
        us(VCD_SOF_NS + (bytes as u64 + CRC_BYTES) * BYTE_NS + VCD_EOF_NS)
    }

    /// An answer of `bytes` without CRC, in µs.
    #[must_use]
    pub const fn answer_us(bytes: usize) -> u32 {
        us(VICC_SOF_NS + (bytes as u64 + CRC_BYTES) * BYTE_NS + VICC_EOF_NS)
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "a frame is at most some hundred bytes: under a second"
    )]
    const fn us(ns: u64) -> u32 {
        ns.div_ceil(1_000) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn requests_are_the_standards() {
        assert_eq!(Frame::inventory_one_slot(Mask::ALL).bytes(), hex("260100"));
        assert_eq!(Frame::inventory_sixteen_slots(Mask::ALL).bytes(), hex("060100"));
        assert_eq!(Frame::inventory_sixteen_slots(Mask::ALL.with_slot(5)).bytes(), hex("06010405"));
        assert_eq!(Frame::inventory_one_slot(Mask::new(0x3FF5, 13)).bytes(), hex("26010DF51F"));
        let uid: Uid = "E00401506FCC3FF5".parse().unwrap();
        assert_eq!(Frame::read_multiple(uid, 0, 8).bytes(), hex("2223F53FCC6F500104E00007"));
        assert_eq!(Frame::write_afi(uid, 0xC2, false).bytes(), hex("2227F53FCC6F500104E0C2"));
    }

    #[test]
    fn times_are_those_of_the_standard() {
        assert_eq!(air::request_us(3), 1_624);
        assert_eq!(air::T1_US + air::answer_us(10) + air::T2_US, 4_558);
        let read = air::request_us(12) + air::T1_US + air::answer_us(33) + air::T2_US;
        assert!((15_840..15_870).contains(&read), "{read}");
    }

    #[test]
    fn real_answers_are_understood() {
        // Sources: hydrabus pull request 11; TI TRF7960 EVM manual (slou192c, p. 56); libdanrfid.
        let (dsfid, uid) = inventory_answer(&hex("0000F53FCC6F500104E0")).unwrap();
        assert_eq!((dsfid, uid.to_string().as_str()), (0, "E00401506FCC3FF5"));
        let info = system_info(payload(&hex("000F6EADD606000007E000003F0388")).unwrap()).unwrap();
        assert_eq!(info.uid.to_string(), "E007000006D6AD6E");
        assert_eq!((info.dsfid, info.afi), (Some(0), Some(0)));
        assert_eq!((info.blocks, info.block_bytes, info.ic_ref), (Some(64), Some(4), Some(0x88)));
        let short = system_info(&hex("0355443322110004E00007")).unwrap();
        assert_eq!((short.dsfid, short.afi, short.blocks), (Some(0), Some(7), None));
    }

    #[test]
    fn cut_answers_are_faults() {
        let whole = hex("000F6EADD606000007E000003F0388");
        for length in 0..whole.len() {
            let cut = payload(whole.get(..length).unwrap()).and_then(system_info);
            assert_eq!(cut, Err(ReaderFault::Nonsense), "{length}");
        }
        assert_eq!(payload(&[0x01, 0x12]), Err(ReaderFault::Refused { code: 0x12 }));
        assert_eq!(inventory_answer(&hex("0000F53FCC6F500104")), Err(ReaderFault::Nonsense));
    }
}
