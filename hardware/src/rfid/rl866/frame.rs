//! Frames on the line: `FA`, length, address, control, information, CRC. Pure; bytes may come in any pieces.

/// Begins a frame. It may stand in it too, so a frame is one when its CRC is right.
const START: u8 = 0xFA;
/// Length, address, control and CRC: what a frame without information counts.
const LEAST_LENGTH: u8 = 5;
/// Most bytes of information: the length is one byte and counts all but the first byte of a frame.
pub(crate) const MOST_INFORMATION: usize = u8::MAX as usize - LEAST_LENGTH as usize;

/// Any reader: there is only one on the line.
pub(crate) const TO_ANY: u8 = 0xFF;

/// Bits of the control byte.
pub(crate) mod control {
    /// A frame with information: bit 7 is not set.
    pub(crate) const NO_INFORMATION: u8 = 0x80;
    /// Turns over with each frame with information.
    pub(crate) const SEQUENCE: u8 = 0x40;
    /// The information goes on in another frame.
    pub(crate) const CHAINED: u8 = 0x20;
    /// Both sides forget what was.
    pub(crate) const RESYNC: u8 = 0xC0;
    /// The answer to that.
    pub(crate) const RESYNCED: u8 = 0xE0;
}

/// A frame with a right CRC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) address: u8,
    pub(crate) control: u8,
    pub(crate) information: Vec<u8>,
}

impl Frame {
    /// The bytes on the line. Information beyond [`MOST_INFORMATION`] bytes is cut off.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let information = self.information.get(..MOST_INFORMATION).unwrap_or(&self.information);
        let length = u8::try_from(information.len()).map_or(u8::MAX, |length| length + LEAST_LENGTH);
        let mut bytes = vec![START, length, self.address, self.control];
        bytes.extend(information);
        let check = crc(bytes.get(1..).unwrap_or_default());
        bytes.extend(check.to_le_bytes());
        bytes
    }
}

/// CRC-16/MCRF4XX: polynomial 1021 reflected, from FFFF, over everything between `FA` and the CRC.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 })
    })
}

/// Finds frames in what comes. Holds less than a frame and what was last given.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    held: Vec<u8>,
}

impl Frames {
    /// Takes bytes; gives the frames that are whole now. What is no frame is passed over.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<Frame> {
        self.held.extend(bytes);
        let mut frames = Vec::new();
        let mut at = 0;
        while let Some(rest) = self.held.get(at..) {
            match Self::first(rest) {
                Found::Frame(frame, length) => {
                    frames.push(frame);
                    at += length;
                }
                Found::Nothing => at += 1,
                Found::TooShort => break,
            }
        }
        self.held.drain(..at.min(self.held.len()));
        frames
    }

    fn first(bytes: &[u8]) -> Found {
        let (start, length) = match *bytes {
            [] | [START] => return Found::TooShort,
            [start, length, ..] => (start, length),
            [_] => return Found::Nothing,
        };
        if start != START || length < LEAST_LENGTH {
            return Found::Nothing;
        }
        let Some(counted) = bytes.get(1..=usize::from(length)) else { return Found::TooShort };
        let Some((body, &check)) = counted.split_last_chunk::<2>() else { return Found::Nothing };
        match *body {
            [_, address, control, ref information @ ..] if crc(body) == u16::from_le_bytes(check) => {
                let frame = Frame { address, control, information: information.to_vec() };
                Found::Frame(frame, 1 + usize::from(length))
            }
            _ => Found::Nothing,
        }
    }
}

enum Found {
    /// A frame and its length.
    Frame(Frame, usize),
    /// None begins here.
    Nothing,
    /// One may begin here.
    TooShort,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn recorded_frames_are_frames() {
        // Sources: docs/rl866.md.
        for recorded in [
            "FA05FFC04239",
            "FA0501E058FE",
            "FA07FF4031008A6C",
            "FA13FF40320001010901A727383F000104E0A3BF",
            "FA1A0140340000110A00010FA727383F000104E000001B030120E7",
            "FA330100310000000300030E010109A727383F000104E0000E0101092426383F000104E0000E010109A425383F000104E00097FF",
        ] {
            let bytes = hex(recorded);
            let frames = Frames::default().take(&bytes);
            assert_eq!(frames.iter().map(Frame::bytes).collect::<Vec<_>>(), [bytes], "{recorded}");
        }
    }

    proptest! {
        #[test]
        fn frames_are_found_in_any_pieces_and_after_any_noise(
            informations in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..=MOST_INFORMATION), 1..4),
            noise in prop::collection::vec(any::<u8>().prop_filter("begins no frame", |byte| *byte != START), 0..40),
            piece in 1_usize..300,
        ) {
            let sent: Vec<Frame> = informations.into_iter()
                .map(|information| Frame { address: 1, control: 0x40, information }).collect();
            let bytes: Vec<u8> = noise.into_iter().chain(sent.iter().flat_map(Frame::bytes)).collect();
            let mut frames = Frames::default();
            let found: Vec<Frame> = bytes.chunks(piece).flat_map(|piece| frames.take(piece)).collect();
            prop_assert_eq!(found, sent);
        }

        #[test]
        fn anything_is_taken_and_little_is_held(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 0..6)) {
            let mut frames = Frames::default();
            for piece in pieces {
                frames.take(&piece);
                prop_assert!(frames.held.len() <= 256);
            }
        }
    }
}
