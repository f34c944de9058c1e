//! From the bytes of a serial line or a socket to scans: CR, LF, CRLF or Tab between them, or silence.
//!
//! The same bytes give the same scans however they are cut into pieces. What is too long, torn or no text becomes
//! one fault, and the next scan is read whole.

use super::assemble::{Assembly, Outcome};
use super::config::Terminators;
use super::scan::ReaderName;

/// The framing of one line. It holds no clock: whoever reads the line calls [`Framer::silence`] when the time-out
/// has passed with nothing to read.
#[derive(Debug)]
pub struct Framer {
    assembly: Assembly,
    terminators: Terminators,
}

impl Framer {
    /// A line with nothing read yet.
    pub fn new(reader: ReaderName, terminators: Terminators) -> Self {
        Self { assembly: Assembly::new(reader), terminators }
    }

    /// Takes bytes as they came; calls `out` for each scan or fault they complete.
    pub fn bytes(&mut self, bytes: &[u8], out: &mut impl FnMut(Outcome)) {
        for byte in bytes {
            let ends = match byte {
                b'\r' | b'\n' => self.terminators.enter,
                b'\t' => self.terminators.tab,
                _ => false,
            };
            let line_end_alone = matches!(byte, b'\r' | b'\n') && !self.assembly.begun();
            if ends {
                self.assembly.finish().into_iter().for_each(&mut *out);
            } else if !line_end_alone {
                self.assembly.push(*byte);
            }
        }
    }

    /// The time-out passed with nothing to read: the scan begun is torn or, on a line without terminators, whole.
    pub fn silence(&mut self) -> Option<Outcome> {
        if self.terminators.none() { self.assembly.finish() } else { self.assembly.tear() }
    }

    /// The other side closed the line on purpose, as at the end of a file: what stands there is a last line.
    pub fn end(&mut self) -> Option<Outcome> {
        self.assembly.finish()
    }

    /// The line was cut: what stands there is torn.
    pub fn cut(&mut self) -> Option<Outcome> {
        self.assembly.tear()
    }

    /// Whether a scan has begun, so that silence would mean something.
    pub fn begun(&self) -> bool {
        self.assembly.begun()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::barcode::{MAX_TEXT_BYTES, ScanFault};
    use proptest::prelude::*;

    fn read(pieces: &[&[u8]], terminators: Terminators) -> Vec<Result<String, ScanFault>> {
        let mut framer = Framer::new("line".into(), terminators);
        let mut found = Vec::new();
        for piece in pieces {
            framer.bytes(piece, &mut |o: Outcome| found.push(o));
        }
        found.extend(framer.silence());
        found.into_iter().map(|o| o.map(|scan| scan.text().as_str().to_owned())).collect()
    }

    #[test]
    fn every_line_end_ends_a_scan_and_none_is_left_over() {
        let found = read(&[b"1\r2\n3\r\n4\t\r\n5\r"], Terminators::ALL);
        assert_eq!(found, ["1", "2", "3", "4", "5"].map(|t| Ok(t.to_owned())));
        let tab_only = Terminators { enter: false, tab: true };
        assert_eq!(read(&[b"\r\n1\r\t\n2\t"], tab_only), ["1", "2"].map(|t| Ok(t.to_owned())));
    }

    #[test]
    fn silence_tears_or_where_so_set_ends() {
        assert_eq!(read(&[b"12345"], Terminators::ALL), [Err(ScanFault::Torn { bytes: 5 })]);
        assert_eq!(read(&[b"12345"], Terminators::SILENCE), [Ok("12345".to_owned())]);
    }

    #[test]
    fn four_kilobytes_are_one_fault_and_the_next_scan_is_whole() {
        let mut line = vec![b'7'; 4096];
        line.extend(b"\r9780306406157\r");
        let too_long = ScanFault::TooLong { limit_bytes: MAX_TEXT_BYTES };
        assert_eq!(read(&[&line], Terminators::ALL), [Err(too_long), Ok("9780306406157".to_owned())]);
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same(
            line in proptest::collection::vec(
                prop_oneof![4 => any::<u8>(), 4 => b'0'..=b'9', 1 => Just(b'\r'), 1 => Just(b'\n'), 1 => Just(b']')],
                0..700,
            ),
            cuts in proptest::collection::vec(0usize..700, 0..8),
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(line.len())).chain([0, line.len()]).collect();
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|w| &line[w[0]..w[1]]).collect();
            prop_assert_eq!(read(&pieces, Terminators::ALL), read(&[&line], Terminators::ALL));
        }
    }
}
