//! How a site names its lamp and its sound.
//!
//! ```toml
//! [signals]
//! sound = "alsa"                 # "off" or "buzzer"
//! volume = 60
//! yes_lamp = { chip = "/dev/gpiochip0", line = 23 }
//! clips = { yes = "/etc/oqyrman/yes.wav" }   # the school's own; the others are generated
//! no_lamp = { chip = "/dev/gpiochip0", line = 24 }
//! ```

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::plan::Meaning;
use crate::board::{Backend, PinConfig};

/// Where sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sound {
    /// Nowhere.
    #[default]
    Off,
    /// To a sound card, by the program `aplay`.
    Alsa,
    /// To a buzzer on a PWM channel of the kernel's.
    Buzzer,
}

/// The school's own sounds: WAVE files. What is not given is generated.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Clips {
    /// For yes.
    pub yes: Option<PathBuf>,
    /// For no.
    pub no: Option<PathBuf>,
    /// For attention.
    pub attention: Option<PathBuf>,
}

impl Clips {
    /// The clip of a signal.
    #[must_use]
    pub fn of(&self, meaning: Meaning) -> Option<&Path> {
        match meaning {
            Meaning::Yes => self.yes.as_deref(),
            Meaning::No => self.no.as_deref(),
            Meaning::Attention => self.attention.as_deref(),
        }
    }
}

/// A lamp on a pin.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LampConfig {
    /// Its chip, such as `/dev/gpiochip0`.
    pub chip: PathBuf,
    /// Its line on that chip.
    pub line: u32,
    /// Whether it shines while the pin is low.
    #[serde(default)]
    pub active_low: bool,
}

impl LampConfig {
    /// The pin.
    #[must_use]
    pub fn pin(&self) -> PinConfig {
        PinConfig { chip: self.chip.clone(), line: self.line }
    }
}

/// Lamp and sound.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignalConfig {
    /// Where sound goes.
    pub sound: Sound,
    /// ALSA's name of the card.
    pub device: String,
    /// 0 to 100.
    pub volume: u8,
    /// The program that plays.
    pub player: PathBuf,
    /// The school's own sounds, for a sound card; as loud as they were recorded.
    pub clips: Clips,
    /// The PWM channel's folder, exported: `/sys/class/pwm/pwmchip0/pwm0`.
    pub pwm: PathBuf,
    /// Which way the lamps' pins are reached.
    pub backend: Backend,
    /// The lamp for yes.
    pub yes_lamp: Option<LampConfig>,
    /// The lamp for no.
    pub no_lamp: Option<LampConfig>,
}

impl Default for SignalConfig {
    fn default() -> Self {
        Self {
            sound: Sound::Off,
            device: "default".into(),
            volume: 60,
            player: "aplay".into(),
            clips: Clips::default(),
            pwm: "/sys/class/pwm/pwmchip0/pwm0".into(),
            backend: Backend::default(),
            yes_lamp: None,
            no_lamp: None,
        }
    }
}
