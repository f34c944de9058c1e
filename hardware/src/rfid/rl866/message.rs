//! What is said in frames: commands to the reader and their answers. Pure.
//!
//! Numbers of two bytes are least significant byte first. A list whose length does not fit one byte below 80 hex would need
//! a coding that was never seen on the line, so nothing here asks for one.

use crate::rfid::{ReaderFault, Uid};

/// What the reader is told to do.
pub(crate) mod command {
    pub(crate) const INVENTORY: u8 = 0x31;
    pub(crate) const CONNECT: u8 = 0x32;
    pub(crate) const DISCONNECT: u8 = 0x33;
    pub(crate) const ACCESS: u8 = 0x34;
}

/// What a connected tag is told to do.
pub(crate) mod access {
    pub(crate) const READ_BLOCKS: u16 = 0x0003;
    pub(crate) const WRITE_BLOCKS: u16 = 0x0004;
    pub(crate) const WRITE_AFI: u16 = 0x0006;
    pub(crate) const SYSTEM_INFO: u16 = 0x000A;
}

/// Goes on with an inventory that did not fit one answer.
pub(crate) const GO_ON: u8 = 0x08;
/// The handle that stands for every connected tag.
pub(crate) const ALL_HANDLES: u8 = 0x00;
/// ISO/IEC 15693 among the protocols of the air.
pub(crate) const ISO15693: u8 = 0x01;
/// The tag is called by its UID.
pub(crate) const ADDRESSED: u8 = 0x01;
/// Most bytes of what a tag answers beside its code and outcome.
pub(crate) const MOST_ANSWER: usize = 0x7F - 3;

/// How a tag was found, which the reader wants to hear again when it is to be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) uid: Uid,
    pub(super) antenna: u8,
    pub(super) kind: u8,
}

pub(super) fn inventory(go_on: bool) -> Vec<u8> {
    vec![command::INVENTORY, if go_on { GO_ON } else { 0 }]
}

pub(super) fn connect(found: Found) -> Vec<u8> {
    let mut information = vec![command::CONNECT, found.antenna, ISO15693, found.kind, 9, ADDRESSED];
    information.extend(found.uid.air());
    information
}

pub(super) fn disconnect(handle: u8) -> Vec<u8> {
    vec![command::DISCONNECT, handle]
}

/// An order to a connected tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order<'a> {
    ReadBlocks { first: u16, count: u8 },
    WriteBlock { block: u8, bytes: &'a [u8] },
    WriteAfi(u8),
    SystemInfo,
}

impl Order<'_> {
    fn code(self) -> u16 {
        match self {
            Self::ReadBlocks { .. } => access::READ_BLOCKS,
            Self::WriteBlock { .. } => access::WRITE_BLOCKS,
            Self::WriteAfi(_) => access::WRITE_AFI,
            Self::SystemInfo => access::SYSTEM_INFO,
        }
    }

    /// The information of the frame.
    pub(super) fn information(self, handle: u8) -> Vec<u8> {
        let parameters = match self {
            // Without the state of their locks.
            Self::ReadBlocks { first, count } => {
                let [low, high] = first.to_le_bytes();
                vec![0, low, high, count, 0]
            }
            // Blocks from this one on: one.
            Self::WriteBlock { block, bytes } => [&[block, 0, 1, 0], bytes].concat(),
            Self::WriteAfi(afi) => vec![afi],
            Self::SystemInfo => Vec::new(),
        };
        let length = u8::try_from(parameters.len() + 2).unwrap_or(u8::MAX);
        let [low, high] = self.code().to_le_bytes();
        [&[command::ACCESS, handle, length, low, high], parameters.as_slice()].concat()
    }

    /// What the tag answered, from the parameters of the reader's answer.
    ///
    /// # Errors
    /// What the tag refused, or [`ReaderFault::Nonsense`].
    pub(super) fn answer(self, parameters: &[u8]) -> Result<&[u8], ReaderFault> {
        let [length, low, high, outcome, answer @ ..] = parameters else { return Err(ReaderFault::Nonsense) };
        let whole = usize::from(*length) == parameters.len() - 1;
        if !whole || u16::from_le_bytes([*low, *high]) != self.code() {
            return Err(ReaderFault::Nonsense);
        }
        match (outcome, answer) {
            (1, answer) => Ok(answer),
            (0, [low, high]) => {
                // Whatever else the number may mean, it is about this tag, and not about the reader.
                Err(fault(u16::from_le_bytes([*low, *high])).unwrap_or(ReaderFault::Refused { code: 0x0F }))
            }
            _ => Err(ReaderFault::Nonsense),
        }
    }
}

/// The bytes of `count` blocks, from what a tag answered.
///
/// # Errors
/// [`ReaderFault::Nonsense`] when they are others than were asked for.
pub(super) fn blocks(answer: &[u8], count: u8) -> Result<&[u8], ReaderFault> {
    match answer {
        [low, high, bytes @ ..]
            if u16::from_le_bytes([*low, *high]) == u16::from(count)
                && count > 0
                && !bytes.is_empty()
                && bytes.len() % usize::from(count) == 0 =>
        {
            Ok(bytes)
        }
        _ => Err(ReaderFault::Nonsense),
    }
}

/// Why the reader does not do as it is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It does not know the handle: it has begun anew.
    WrongHandle,
    /// Something else.
    Fault(ReaderFault),
}

/// The parameters of the reader's answer to `command`.
///
/// # Errors
/// What the reader refused, or [`ReaderFault::Nonsense`].
pub(super) fn parameters(command: u8, information: &[u8]) -> Result<&[u8], Refusal> {
    match information {
        [of, 0, 0, parameters @ ..] if *of == command => Ok(parameters),
        [of, low, high, ..] if *of == command => Err(match u16::from_le_bytes([*low, *high]) {
            WRONG_HANDLE => Refusal::WrongHandle,
            code => Refusal::Fault(fault(code).unwrap_or_else(|| {
                ReaderFault::Gone(format!("it refuses what it is asked with error {code:04X}"))
            })),
        }),
        _ => Err(Refusal::Fault(ReaderFault::Nonsense)),
    }
}

/// One answer to an inventory.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report {
    /// The reader stopped before it had found all.
    pub(super) stopped_early: bool,
    /// How many tags the reader says it has found, in this answer and others.
    pub(super) total: u16,
    /// How many it tells of here, cards included.
    pub(super) told: u8,
    /// The tags of ISO/IEC 15693 among them.
    pub(super) tags: Vec<Found>,
}

/// What a tag's report holds, bit by bit.
pub(crate) mod holds {
    pub(crate) const ANTENNA: u8 = 0x01;
    pub(crate) const PROTOCOL: u8 = 0x02;
    pub(crate) const KIND: u8 = 0x04;
    pub(crate) const NUMBER: u8 = 0x08;
    pub(crate) const MEMORY: u8 = 0x10;
    pub(crate) const COMMANDS: u8 = 0x80;
}

/// The tags of an inventory's answer.
///
/// # Errors
/// [`ReaderFault::Nonsense`] for an answer that ends early or goes on, and for results of commands nobody gave.
pub(super) fn report(parameters: &[u8]) -> Result<Report, ReaderFault> {
    let [stop, total_low, total_high, told, rest @ ..] = parameters else {
        return Err(ReaderFault::Nonsense);
    };
    let mut rest = Cursor(rest);
    let mut tags = Vec::new();
    for _ in 0..*told {
        let held = rest.byte()?;
        let antenna = if held & holds::ANTENNA != 0 { rest.byte()? } else { 0 };
        let protocol = if held & holds::PROTOCOL != 0 { rest.byte()? } else { 0 };
        let kind = if held & holds::KIND != 0 { rest.byte()? } else { 0 };
        if held & holds::NUMBER != 0 {
            let length = rest.byte()?;
            let number = rest.bytes(usize::from(length))?;
            // A byte that was never seen to be anything but 00 follows the UID.
            if protocol == ISO15693 {
                let uid = number.first_chunk::<8>().ok_or(ReaderFault::Nonsense)?;
                tags.push(Found { uid: Uid::from_air(*uid), antenna, kind });
            }
        }
        if held & holds::MEMORY != 0 {
            let bits = u16::from_le_bytes([rest.byte()?, rest.byte()?]);
            rest.bytes(usize::from(bits.div_ceil(8)))?;
        }
        if held & holds::COMMANDS != 0 {
            return Err(ReaderFault::Nonsense);
        }
    }
    if !rest.0.is_empty() {
        return Err(ReaderFault::Nonsense);
    }
    let total = u16::from_le_bytes([*total_low, *total_high]);
    Ok(Report { stopped_early: *stop != 0, total, told: *told, tags })
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], ReaderFault> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(ReaderFault::Nonsense)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8, ReaderFault> {
        self.bytes(1)?.first().copied().ok_or(ReaderFault::Nonsense)
    }
}

/// The reader's error for a handle that it did not give, or has forgotten.
pub(crate) const WRONG_HANDLE: u16 = 0x0415;

/// What an error number means for whoever asked, where it is about a tag or the radio. Numbers of ISO/IEC 15693-3, table 6,
/// where there is one.
fn fault(code: u16) -> Option<ReaderFault> {
    Some(match code {
        0x0004 | 0x0401 | 0x0402 | 0x0408 | 0x0409 | 0x040A | 0x0420 => ReaderFault::NoAnswer,
        0x0400 | 0x0404..=0x0407 | 0x0419 | 0x041F | 0x0421 | 0x0423 | 0x0424 => ReaderFault::Garbled,
        0x041B => ReaderFault::Refused { code: 0x12 },
        0x041C => ReaderFault::Refused { code: 0x10 },
        0x041D | 0x041E => ReaderFault::Refused { code: 0x15 },
        0x0009 | 0x0417 | 0x0418 => {
            ReaderFault::Gone(format!("its radio chip has failed (error {code:04X})"))
        }
        0x0403 | 0x040B..=0x0416 | 0x041A | 0x0422 | 0x0425..=0x04FF => ReaderFault::Refused { code: 0x0F },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    fn found(uid: &str) -> Found {
        Found { uid: uid.parse().unwrap(), antenna: 0, kind: 1 }
    }

    // What was recorded on the line; sources: docs/rl866.md. Here without frames.
    #[test]
    fn what_is_said_is_what_was_recorded() {
        assert_eq!(inventory(false), hex("3100"));
        assert_eq!(connect(found("E00401003F3827A7")), hex("320001010901A727383F000104E0"));
        assert_eq!(disconnect(1), hex("3301"));
        assert_eq!(Order::SystemInfo.information(1), hex("3401020A00"));
        let write = Order::WriteBlock { block: 12, bytes: &hex("36373800") };
        assert_eq!(write.information(1), hex("34010A04000C00010036373800"));
    }

    #[test]
    fn what_was_recorded_is_understood() {
        let three = hex(
            "310000000300030E010109A727383F000104E0000E0101092426383F000104E0000E010109A425383F000104E000",
        );
        let three = report(parameters(command::INVENTORY, &three).unwrap()).unwrap();
        assert_eq!((three.stopped_early, three.total, three.told), (false, 3, 3));
        let uids = ["E00401003F3827A7", "E00401003F382624", "E00401003F3825A4"].map(found);
        assert_eq!(three.tags, uids);

        let info = hex("340000110A00010FA727383F000104E000001B0301");
        let info = Order::SystemInfo.answer(parameters(command::ACCESS, &info).unwrap()).unwrap();
        assert_eq!(info, hex("0FA727383F000104E000001B0301"));

        let read = hex("34000009030001010036373800");
        let order = Order::ReadBlocks { first: 12, count: 1 };
        let read = order.answer(parameters(command::ACCESS, &read).unwrap()).unwrap();
        assert_eq!(blocks(read, 1), Ok(&hex("36373800")[..]));
        assert_eq!(blocks(read, 2), Err(ReaderFault::Nonsense));
    }

    #[test]
    fn refusals_say_what_to_do() {
        let refused = parameters(command::ACCESS, &hex("342004")).unwrap_err();
        assert_eq!(refused, Refusal::Fault(ReaderFault::NoAnswer));
        let order = Order::WriteBlock { block: 3, bytes: &[0; 4] };
        assert_eq!(order.answer(&hex("050400001B04")), Err(ReaderFault::Refused { code: 0x12 }));
        assert_eq!(order.answer(&hex("050400000300")), Err(ReaderFault::Refused { code: 0x0F }));
        assert_eq!(order.answer(&hex("03040001")), Ok(&[][..]));
        assert_eq!(Order::WriteAfi(7).answer(&hex("03040001")), Err(ReaderFault::Nonsense));
        assert_eq!(parameters(command::ACCESS, &hex("341504")), Err(Refusal::WrongHandle));
        let unheard = hex("340201");
        let refused = parameters(command::ACCESS, &unheard);
        assert!(matches!(refused, Err(Refusal::Fault(ReaderFault::Gone(why))) if why.contains("0102")));
    }

    proptest! {
        #[test]
        fn anything_gives_a_value_or_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..260), count: u8) {
            let _ = report(&bytes);
            let _ = blocks(&bytes, count);
            let _ = Order::SystemInfo.answer(&bytes);
            let _ = parameters(command::INVENTORY, &bytes);
        }
    }
}
