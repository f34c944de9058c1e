//! How a site names its pads.
//!
//! ```toml
//! [[pads]]
//! name = "counter pad"
//! kind = "pn5180"
//! spi = { path = "/dev/spidev0.0", hz = 7000000 }
//! busy = { chip = "/dev/gpiochip0", line = 25 }
//! reset = { chip = "/dev/gpiochip0", line = 7 }
//! cards = true
//!
//! [[pads]]
//! name = "desk reader"
//! kind = "rl866"                # or "pn532", for student cards
//! path = "/dev/serial/by-id/usb-ACME_Reader_0001-if00"
//! ```

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::barcode::ReaderName;
use crate::board::serial::is_stable;
use crate::board::{Backend, PinConfig, SpiConfig};

/// One pad.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PadConfig {
    /// What the site calls it.
    #[serde(deserialize_with = "name")]
    pub name: ReaderName,
    /// How it is reached.
    #[serde(flatten)]
    pub kind: PadKind,
}

fn name<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<ReaderName, D::Error> {
    let name = String::deserialize(deserializer)?;
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(serde::de::Error::custom("`name` of a pad is empty or holds a control character"));
    }
    Ok(name.as_str().into())
}

/// A serial device's path.
fn stable<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let path = String::deserialize(deserializer)?;
    if is_stable(&path) {
        return Ok(path.into());
    }
    Err(serde::de::Error::custom(format!(
        "path \"{path}\" does not name a device for good; \
         expected an absolute path, for a USB device one below /dev/serial/by-id/"
    )))
}

/// How a pad is reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum PadKind {
    /// NXP PN5180 on SPI.
    Pn5180 {
        /// Which way the board is reached.
        #[serde(default)]
        backend: Backend,
        /// The bus.
        spi: SpiConfig,
        /// The chip's BUSY.
        busy: PinConfig,
        /// The chip's RESET.
        reset: PinConfig,
        /// Whether it also looks for student cards.
        #[serde(default)]
        cards: bool,
    },
    /// NXP MFRC522 on SPI: student cards alone.
    Mfrc522 {
        /// Which way the board is reached.
        #[serde(default)]
        backend: Backend,
        /// The bus.
        spi: SpiConfig,
    },
    /// A desk reader of the RL866 family on a serial line: library tags alone.
    Rl866 {
        /// Its device, by a stable name.
        #[serde(deserialize_with = "stable")]
        path: PathBuf,
    },
    /// NXP PN532 on a serial line: student cards alone.
    Pn532 {
        /// Its device, by a stable name.
        #[serde(deserialize_with = "stable")]
        path: PathBuf,
    },
    /// An emulated PN5180, onto which a program of the same user drops tags through a socket.
    Simulated {
        /// The socket, an absolute path.
        path: PathBuf,
    },
}

impl PadKind {
    /// Whether it reads library tags, and not student cards alone.
    #[must_use]
    pub fn reads_tags(&self) -> bool {
        match self {
            Self::Pn5180 { .. } | Self::Rl866 { .. } | Self::Simulated { .. } => true,
            Self::Mfrc522 { .. } | Self::Pn532 { .. } => false,
        }
    }

    /// The serial device it is on, which nothing else can share.
    #[must_use]
    pub fn serial_device(&self) -> Option<&Path> {
        match self {
            Self::Rl866 { path } | Self::Pn532 { path } => Some(path),
            Self::Pn5180 { .. } | Self::Mfrc522 { .. } | Self::Simulated { .. } => None,
        }
    }
}
