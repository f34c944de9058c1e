//! A receipt printer: a page of text, rules and a QR code becomes dots, and dots alone go down the line.
//!
//! Invariants:
//! - Raster only (ESC/POS `GS v 0`): no code page decides how a Kazakh letter looks, and none is ever sent as text.
//! - Whoever prints never waits: a page is taken or refused at once, and a page that cannot be printed now is dropped,
//!   for its reader will be gone by the time there is paper.
//! - No paper, an open cover and a pulled plug are told as soon as the printer says so or is silent, and so is their end.
//! - A printer that does not answer what it is asked is believed to be ready: many cheap ones cannot answer.
//!
//! `page` and `bitmap` draw, `escpos` speaks, both without input or output; `threads` owns the line.

mod bitmap;
pub(crate) mod escpos;
mod line;
mod page;
mod threads;

use std::path::PathBuf;

use serde::Deserialize;

pub use bitmap::Bitmap;
pub use escpos::Trouble;
pub use page::{Block, FontError, Letters, Page, Weight};
pub use threads::{Printer, PrinterError, PrinterEvent, look, start};

/// How a site names its printer.
///
/// ```toml
/// [printer]
/// path = "/dev/usb/lp0"
/// dots = 384           # paper of 58 mm; 576 for 80 mm
/// cut = false
/// baud = 19200         # on a serial line alone
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrinterConfig {
    /// Its device.
    pub path: PathBuf,
    /// Dots across the paper.
    #[serde(default = "Dots::narrow")]
    pub dots: Dots,
    /// Whether it has a knife.
    #[serde(default)]
    pub cut: bool,
    /// Bits a second, where the device is a serial line.
    #[serde(default = "usual_baud")]
    pub baud: u32,
}

fn usual_baud() -> u32 {
    19_200
}

/// Dots across the paper: a multiple of 8 from 256 to 832.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u16")]
pub struct Dots(u16);

impl Dots {
    /// Paper of 58 mm at 203 dots an inch.
    #[must_use]
    pub fn narrow() -> Dots {
        Dots(384)
    }

    /// How many.
    #[must_use]
    pub fn count(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Dots {
    type Error = String;

    fn try_from(dots: u16) -> Result<Dots, String> {
        if (256..=832).contains(&dots) && dots.is_multiple_of(8) {
            Ok(Dots(dots))
        } else {
            Err(format!(
                "{dots} dots across the paper; 384 (58 mm) and 576 (80 mm) are usual, multiples of 8 from 256 to 832 are possible"
            ))
        }
    }
}
