//! Frames of a PN532 on its serial line (user manual UM0701-02, clause 6.2.1), found in what comes. Pure.
//!
//! The `pn532` crate wants whole frames; a serial line brings pieces, and noise between them.

/// What an acknowledgement and a refusal have in place of length and its check.
const ACK: [u8; 2] = [0x00, 0xFF];
const NACK: [u8; 2] = [0xFF, 0x00];
/// Preamble and start.
const START: [u8; 3] = [0x00, 0x00, 0xFF];
/// Start, length, its check, and after the data their check and the postamble.
const AROUND: usize = START.len() + 2 + 2;

/// Finds frames. Holds less than one frame once it has been asked.
#[derive(Debug, Default)]
pub(super) struct Frames {
    held: Vec<u8>,
}

impl Frames {
    /// Forgets what is held.
    pub(super) fn clear(&mut self) {
        self.held.clear();
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.held.extend(bytes);
        self.pass_over();
    }

    /// Whether a whole frame is there.
    pub(super) fn is_ready(&self) -> bool {
        self.length().is_some_and(|length| self.held.len() >= length)
    }

    /// The first frame that is whole, from its start to its postamble, checked in nothing but the length's check.
    pub(super) fn frame(&mut self) -> Option<Vec<u8>> {
        let length = self.length().filter(|length| self.held.len() >= *length)?;
        let frame = self.held.drain(..length).collect();
        self.pass_over();
        Some(frame)
    }

    /// How long the frame is that begins what is held.
    fn length(&self) -> Option<usize> {
        match *self.held.get(START.len()..)? {
            [length, check, ..] if [length, check] == ACK || [length, check] == NACK => Some(START.len() + 3),
            [length, ..] => Some(AROUND + usize::from(length)),
            [] => None,
        }
    }

    /// Drops what cannot begin a frame.
    fn pass_over(&mut self) {
        let begins = |bytes: &[u8]| {
            let start = bytes.iter().zip(START).all(|(byte, start)| *byte == start);
            start
                && match *bytes.get(START.len()..).unwrap_or_default() {
                    [length, check, ..] => {
                        [length, check] == ACK || [length, check] == NACK || length.wrapping_add(check) == 0
                    }
                    [_] | [] => true,
                }
        };
        let at = (0..self.held.len()).find(|at| self.held.get(*at..).is_some_and(begins));
        self.held.drain(..at.unwrap_or(self.held.len()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(data: &[u8]) -> Vec<u8> {
        let length = u8::try_from(data.len()).unwrap();
        let sum = data.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        [&START[..], &[length, length.wrapping_neg()], data, &[sum.wrapping_neg(), 0]].concat()
    }

    proptest! {
        #[test]
        fn frames_are_found_in_any_pieces_between_noise(
            datas in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..=254), 1..4),
            noise in prop::collection::vec(1_u8..0xFF, 0..20),
            piece in 1_usize..40,
        ) {
            let ack = [&START[..], &ACK, &[0]].concat();
            let sent: Vec<Vec<u8>> = std::iter::once(ack).chain(datas.iter().map(|data| frame(data))).collect();
            let line: Vec<u8> = sent.iter().flat_map(|frame| [noise.clone(), frame.clone()].concat()).collect();
            let mut frames = Frames::default();
            let mut found = Vec::new();
            for piece in line.chunks(piece) {
                frames.take(piece);
                prop_assert_eq!(frames.is_ready(), frames.length().is_some_and(|length| frames.held.len() >= length));
                found.extend(std::iter::from_fn(|| frames.frame()));
            }
            prop_assert_eq!(found, sent);
        }

        #[test]
        fn anything_is_taken_and_little_is_held(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 0..6)) {
            let mut frames = Frames::default();
            for piece in pieces {
                frames.take(&piece);
                while frames.frame().is_some() {}
                prop_assert!(frames.held.len() <= AROUND + 255);
            }
        }
    }
}
