//! A receipt printer as its line sees it: it takes ESC/POS, holds the dots it was sent as paper, and answers how it is.
//!
//! It has no letters at all: text that is sent to it shows as [`Printer::strange`] and not on the paper.

use crate::printer::Bitmap;
use crate::printer::escpos::{ASK, BEGIN, CUT, FEED, RASTER};

/// The emulated printer.
#[derive(Debug)]
pub struct Printer {
    dots: u16,
    /// Whether there is paper.
    pub paper: bool,
    /// Whether the cover is open.
    pub cover_open: bool,
    /// Whether it answers questions; many cheap ones do not.
    pub answers: bool,
    unread: Vec<u8>,
    sheet: Bitmap,
    sheets: Vec<Bitmap>,
    strange: usize,
}

impl Printer {
    /// A printer with paper of this many dots.
    #[must_use]
    pub fn new(dots: u16) -> Printer {
        Printer {
            dots,
            paper: true,
            cover_open: false,
            answers: true,
            unread: Vec::new(),
            sheet: Bitmap::new(dots),
            sheets: Vec::new(),
            strange: 0,
        }
    }

    /// Takes in bytes; gives what it answers.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.unread.extend_from_slice(bytes);
        let mut answers = Vec::new();
        while let Some(len) = self.command(&mut answers) {
            self.unread.drain(..len);
        }
        answers
    }

    /// The sheets that were torn or cut off.
    #[must_use]
    pub fn sheets(&self) -> &[Bitmap] {
        &self.sheets
    }

    /// Bytes that were no command it knows.
    #[must_use]
    pub fn strange(&self) -> usize {
        self.strange
    }

    /// Works on the first command that is there as a whole, and gives its length.
    fn command(&mut self, answers: &mut Vec<u8>) -> Option<usize> {
        let bytes = self.unread.as_slice();
        let first = *bytes.first()?;
        if let Some(rest) = bytes.strip_prefix(&ASK) {
            let question = *rest.first()?;
            answers.extend(self.answer(question));
            return Some(ASK.len() + 1);
        }
        if let Some(rest) = bytes.strip_prefix(&RASTER) {
            let (size, rows) = rest.split_first_chunk::<4>()?;
            let [row_low, row_high, low, high] = size.map(usize::from);
            let len = (row_low + 256 * row_high) * (low + 256 * high);
            let rows = rows.get(..len)?;
            if self.paper && !self.cover_open {
                self.sheet.append(rows);
            }
            return Some(RASTER.len() + 4 + len);
        }
        if bytes.starts_with(&BEGIN) {
            return Some(BEGIN.len());
        }
        if bytes.starts_with(&CUT) {
            self.tear_off();
            return Some(CUT.len());
        }
        if let Some(rest) = bytes.strip_prefix(&FEED) {
            rest.first()?;
            self.tear_off();
            return Some(FEED.len() + 1);
        }
        let may_grow =
            [&ASK[..], &RASTER, &BEGIN, &CUT, &FEED].iter().any(|command| command.starts_with(bytes));
        if may_grow {
            return None;
        }
        self.strange += usize::from(first != 0);
        Some(1)
    }

    fn answer(&self, question: u8) -> Option<u8> {
        let bits = match question {
            2 => u8::from(self.cover_open) << 2 | u8::from(!self.paper) << 5,
            4 if !self.paper => 0x60,
            _ => 0,
        };
        self.answers.then_some(0b0001_0010 | bits)
    }

    fn tear_off(&mut self) {
        let sheet = std::mem::replace(&mut self.sheet, Bitmap::new(self.dots));
        if sheet.height() > 0 {
            self.sheets.push(sheet);
        }
    }
}
