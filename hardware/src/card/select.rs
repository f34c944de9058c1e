//! How a card tells its whole UID (ISO/IEC 14443-3, clause 6.5), whatever chip carries the frames.
//!
//! One card at a time: two at once are a fault in words, since nobody could say whose visit it is. At most three cascade
//! levels: a card that promises a fourth is none.

use crate::rfid::ReaderFault;

/// The cascade levels' commands.
const SELECT: [u8; 3] = [0x93, 0x95, 0x97];
/// Number of valid bits: all of the UID's.
const NVB_ALL: u8 = 0x70;
/// Number of valid bits: none.
const NVB_NONE: u8 = 0x20;
/// The first byte of a level whose UID goes on in the next.
const CASCADE_TAG: u8 = 0x88;

/// Asks an awake card for its UID. `exchange` sends a frame and gives an answer of so many bytes, CRCs as they are.
pub(crate) fn read_uid(
    mut exchange: impl FnMut(&[u8], usize) -> Result<Vec<u8>, ReaderFault>,
) -> Result<Vec<u8>, ReaderFault> {
    let mut uid = Vec::new();
    for select in SELECT {
        let level = exchange(&[select, NVB_NONE], 5)?;
        let [a, b, c, d, check] = *level.as_slice() else { return Err(ReaderFault::Garbled) };
        if a ^ b ^ c ^ d != check {
            return Err(ReaderFault::Garbled);
        }
        if a != CASCADE_TAG {
            uid.extend([a, b, c, d]);
            return Ok(uid);
        }
        uid.extend([b, c, d]);
        let mut frame = vec![select, NVB_ALL, a, b, c, d, check];
        frame.extend(crc_a(&frame).to_le_bytes());
        exchange(&frame, 3)?;
    }
    Err(ReaderFault::Nonsense)
}

/// CRC_A (ISO/IEC 14443-3, annex B): polynomial 1021 reflected, from 6363.
pub(crate) fn crc_a(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0x6363, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_is_the_standards() {
        // ISO/IEC 14443-3, annex B: 00 00 gives A0 1E, 12 34 gives 26 CF.
        assert_eq!(crc_a(&[0x00, 0x00]).to_le_bytes(), [0xA0, 0x1E]);
        assert_eq!(crc_a(&[0x12, 0x34]).to_le_bytes(), [0x26, 0xCF]);
    }

    #[test]
    fn a_card_that_never_ends_is_none() {
        let mut levels = 0;
        let endless = |frame: &[u8], _| {
            levels += usize::from(frame.len() == 2);
            Ok(if frame.len() == 2 { vec![0x88, 1, 2, 3, 0x88] } else { vec![4, 0, 0] })
        };
        assert_eq!(read_uid(endless), Err(ReaderFault::Nonsense));
        assert_eq!(levels, 3);
        assert_eq!(read_uid(|_, _| Ok(vec![1, 2, 3, 4, 5])), Err(ReaderFault::Garbled));
        assert_eq!(read_uid(|_, _| Ok(vec![])), Err(ReaderFault::Garbled));
    }
}
