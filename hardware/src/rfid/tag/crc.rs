//! The check of ISO 28560-3.

/// CRC-16 with polynomial 1021 from FFFF, most significant bit first (ISO 28560-3, annex A; CRC-16/IBM-3740).
#[must_use]
pub fn crc16(bytes: impl IntoIterator<Item = u8>) -> u16 {
    bytes.into_iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(
            crc ^ u16::from(byte) << 8,
            |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::crc16;

    #[test]
    fn it_is_the_standards() {
        assert_eq!(crc16(*b"RFID tag data model"), 0x1AEE);
        assert_eq!(crc16(*b"123456789"), 0x29B1);
        assert_eq!(crc16([0; 32]), 0xF14C);
    }
}
