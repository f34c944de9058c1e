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
//! ```

use std::path::PathBuf;

use serde::Deserialize;

use crate::barcode::ReaderName;
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
            Self::Pn5180 { .. } | Self::Simulated { .. } => true,
            Self::Mfrc522 { .. } => false,
        }
    }
}
