//! The few words of ESC/POS that are spoken: begin, dots, feed, cut, and how are you.

use super::bitmap::Bitmap;

/// `ESC @`: forget what was set before.
pub(crate) const BEGIN: [u8; 2] = [0x1b, b'@'];
/// `GS v 0`, dots of their natural size.
pub(crate) const RASTER: [u8; 4] = [0x1d, b'v', b'0', 0];
/// `ESC d`, lines of feed.
pub(crate) const FEED: [u8; 2] = [0x1b, b'd'];
/// `GS V 66 0`: feed to the knife and cut.
pub(crate) const CUT: [u8; 4] = [0x1d, b'V', 66, 0];
/// `DLE EOT`, answered at once with one byte.
pub(crate) const ASK: [u8; 2] = [0x10, 0x04];

/// Lines until the last dots are beyond the edge at which paper is torn off.
const TEAR_OFF_LINES: u8 = 4;
/// Rows sent at once: small printers hold some kilobytes.
const BAND_ROWS: usize = 64;

/// What keeps a printer from printing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is no paper.
    NoPaper,
    /// The cover is open.
    CoverOpen,
    /// It says that something else is wrong, a jam or heat.
    Fault,
    /// It is not there, is off, or takes nothing.
    Gone,
}

/// What is asked of a printer's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// Why it is offline.
    Offline = 2,
    /// How its paper is.
    Paper = 4,
}

impl Question {
    /// The bytes to send.
    pub fn bytes(self) -> [u8; 3] {
        let [dle, eot] = ASK;
        [dle, eot, self as u8]
    }

    /// What an answer says; `None` = it is no answer: bits 0 and 7 are 0, bits 1 and 4 are 1.
    pub fn understand(self, answer: u8) -> Option<Result<(), Trouble>> {
        if answer & 0b1001_0011 != 0b0001_0010 {
            return None;
        }
        let trouble = match self {
            Question::Offline if answer & 0x04 != 0 => Err(Trouble::CoverOpen),
            Question::Offline if answer & 0x20 != 0 => Err(Trouble::NoPaper),
            Question::Offline if answer & 0x40 != 0 => Err(Trouble::Fault),
            Question::Paper if answer & 0x60 != 0 => Err(Trouble::NoPaper),
            Question::Offline | Question::Paper => Ok(()),
        };
        Some(trouble)
    }
}

/// A page as the pieces to send one after the other.
pub(crate) fn pieces(bitmap: &Bitmap, cut: bool) -> Vec<Vec<u8>> {
    let mut pieces = vec![BEGIN.to_vec()];
    let row_len = bitmap.row_len();
    for band in bitmap.bands(BAND_ROWS) {
        let rows = band.len() / row_len;
        let size = [row_len % 256, row_len / 256, rows % 256, rows / 256];
        let mut piece = RASTER.to_vec();
        // A row has at most 104 bytes and a band 64 rows.
        piece.extend(size.map(|half| u8::try_from(half).unwrap_or(u8::MAX)));
        piece.extend(band);
        pieces.push(piece);
    }
    let [escape, feed] = FEED;
    pieces.push(if cut { CUT.to_vec() } else { vec![escape, feed, TEAR_OFF_LINES] });
    pieces
}
