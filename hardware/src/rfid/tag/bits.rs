//! Groups of bits, most significant first.

/// The groups of `width` bits (1 to 8) in these bytes; what is left at the end and is shorter is dropped.
pub(super) fn groups(bytes: &[u8], width: usize) -> Vec<u8> {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let group = |at: usize| (0..width).fold(0, |value, offset| value << 1 | bit(at * width + offset));
    (0..bytes.len() * 8 / width).map(group).collect()
}

/// Collects bits.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bits: Vec<bool>,
}

impl BitWriter {
    pub fn push(&mut self, value: u8, width: u8) {
        self.bits.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
    }

    /// Fills the last byte up with the beginning of `padding`, most significant bit first.
    pub fn finish(mut self, padding: u8) -> Vec<u8> {
        let missing = (8 - self.bits.len() % 8) % 8;
        self.bits.extend((0..missing).map(|bit| padding >> (7 - bit) & 1 == 1));
        self.bits
            .chunks(8)
            .map(|byte| byte.iter().fold(0, |value, bit| value << 1 | u8::from(*bit)))
            .collect()
    }
}
