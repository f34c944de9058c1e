//! How a site names its readers. Every value that exists is usable; a wrong one is refused with the reader's name.
//!
//! ```toml
//! [[readers]]
//! name = "desk scanner"
//! kind = "evdev"                     # or "serial", "stdin", "socket"
//! id = "usb-ACME_Scanner_0001-event-kbd"   # below /dev/input/by-id/, or "1a2c:4c5e" (vendor:product)
//! ```

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::scan::ReaderName;
use crate::board::serial::{is_numbered, is_stable};

/// What may end a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Terminator {
    /// The keys Enter and keypad Enter; CR, LF and CRLF on a line.
    Enter,
    /// The key or character Tab.
    Tab,
}

/// The set of terminators. With none, silence for the time-out ends a scan, for readers that send no terminator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminators {
    /// Enter, CR, LF and CRLF end a scan.
    pub enter: bool,
    /// Tab ends a scan.
    pub tab: bool,
}

impl Terminators {
    /// Enter and Tab.
    pub const ALL: Self = Self { enter: true, tab: true };
    /// Silence alone ends a scan.
    pub const SILENCE: Self = Self { enter: false, tab: false };

    /// Whether silence ends a scan rather than tearing it.
    pub fn none(self) -> bool {
        self == Self::SILENCE
    }
}

impl From<&[Terminator]> for Terminators {
    fn from(list: &[Terminator]) -> Self {
        Self { enter: list.contains(&Terminator::Enter), tab: list.contains(&Terminator::Tab) }
    }
}

/// How a keyboard-style reader is found. Never by `eventN`, which changes from boot to boot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvdevId {
    /// A stable link, as in `/dev/input/by-id/` or `/dev/input/by-path/`.
    Path(PathBuf),
    /// USB vendor and product; the first keyboard that has them.
    Usb {
        /// The vendor.
        vendor: u16,
        /// The product.
        product: u16,
    },
}

/// One reader and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderKind {
    /// A USB reader in keyboard mode.
    Evdev {
        /// How it is found.
        id: EvdevId,
        /// The longest time between two keys of one scan.
        silence: Duration,
        /// What ends a scan.
        terminators: Terminators,
    },
    /// A reader on a serial line or in USB serial mode, 8N1 without flow control.
    Serial {
        /// The device, by a stable path as in `/dev/serial/by-id/`.
        path: PathBuf,
        /// Bits per second.
        baud: u32,
        /// The longest time between two pieces of one scan.
        silence: Duration,
        /// What ends a scan.
        terminators: Terminators,
    },
    /// Lines on standard input, until its end.
    Stdin,
    /// Lines from whoever of the same user connects to a Unix socket.
    Socket {
        /// Where the socket is made, with mode 0600.
        path: PathBuf,
    },
}

/// A reader as configured.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawReader")]
pub struct ReaderConfig {
    /// Its name in every report.
    pub name: ReaderName,
    /// How it is reached.
    pub kind: ReaderKind,
}

/// Why a reader's configuration is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigFault {
    /// No name, or a control character in it.
    #[error("a reader has no name fit to be shown; give it one, as name = \"desk scanner\"")]
    Name,
    /// A setting is missing that this kind needs.
    #[error("reader '{reader}': kind \"{kind}\" needs '{field}'")]
    Missing {
        /// The reader's name.
        reader: String,
        /// Its kind.
        kind: &'static str,
        /// The setting.
        field: &'static str,
    },
    /// A setting is given that this kind does not have.
    #[error("reader '{reader}': kind \"{kind}\" has no setting '{field}'; take it out")]
    Foreign {
        /// The reader's name.
        reader: String,
        /// Its kind.
        kind: &'static str,
        /// The setting.
        field: &'static str,
    },
    /// An `id` that is neither a stable path nor vendor:product.
    #[error(
        "reader '{reader}': id \"{id}\" does not name a device for good; \
         expected a name below /dev/input/by-id/ or vendor:product as \"1a2c:4c5e\""
    )]
    Id {
        /// The reader's name.
        reader: String,
        /// The id given.
        id: String,
    },
    /// A path that is relative or changes from boot to boot.
    #[error(
        "reader '{reader}': path \"{path}\" does not name a device for good; \
         expected an absolute path, for a USB device one below /dev/serial/by-id/"
    )]
    Path {
        /// The reader's name.
        reader: String,
        /// The path given.
        path: String,
    },
    /// A time-out no reader works with.
    #[error("reader '{reader}': silence_ms = {silence_ms} is out of range; expected 10 to 5000")]
    Silence {
        /// The reader's name.
        reader: String,
        /// The time-out given, in milliseconds.
        silence_ms: u64,
    },
    /// A speed that is not a standard one.
    #[error(
        "reader '{reader}': baud = {baud} is no standard speed; expected 1200, 2400, 4800, 9600, 19200, 38400, 57600 or 115200"
    )]
    Baud {
        /// The reader's name.
        reader: String,
        /// The speed given.
        baud: u32,
    },
}

/// The default time-out between two keys or pieces of one scan.
pub(super) const DEFAULT_SILENCE: Duration = Duration::from_millis(100);

const BAUDS: [u32; 8] = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115_200];
const DEFAULT_BAUD: u32 = 9600;

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RawKind {
    Evdev,
    Serial,
    Stdin,
    Socket,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReader {
    name: String,
    kind: RawKind,
    id: Option<String>,
    path: Option<String>,
    baud: Option<u32>,
    silence_ms: Option<u64>,
    terminators: Option<Vec<Terminator>>,
}

impl RawKind {
    fn word(self) -> &'static str {
        match self {
            Self::Evdev => "evdev",
            Self::Serial => "serial",
            Self::Stdin => "stdin",
            Self::Socket => "socket",
        }
    }
}

impl TryFrom<RawReader> for ReaderConfig {
    type Error = ConfigFault;

    fn try_from(raw: RawReader) -> Result<Self, ConfigFault> {
        if raw.name.trim().is_empty() || raw.name.chars().any(char::is_control) {
            return Err(ConfigFault::Name);
        }
        let allowed: &[&str] = match raw.kind {
            RawKind::Evdev => &["id", "silence_ms", "terminators"],
            RawKind::Serial => &["path", "baud", "silence_ms", "terminators"],
            RawKind::Stdin => &[],
            RawKind::Socket => &["path"],
        };
        let given = [
            ("id", raw.id.is_some()),
            ("path", raw.path.is_some()),
            ("baud", raw.baud.is_some()),
            ("silence_ms", raw.silence_ms.is_some()),
            ("terminators", raw.terminators.is_some()),
        ];
        if let Some((field, _)) = given.iter().find(|(field, given)| *given && !allowed.contains(field)) {
            return Err(ConfigFault::Foreign { reader: raw.name, kind: raw.kind.word(), field });
        }
        let kind = match raw.kind {
            RawKind::Evdev => {
                let (silence, terminators) = (raw.silence()?, raw.terminators());
                ReaderKind::Evdev { id: raw.id()?, silence, terminators }
            }
            RawKind::Serial => {
                let (silence, terminators, baud) = (raw.silence()?, raw.terminators(), raw.baud()?);
                ReaderKind::Serial { path: raw.path()?, baud, silence, terminators }
            }
            RawKind::Stdin => ReaderKind::Stdin,
            RawKind::Socket => ReaderKind::Socket { path: raw.path()? },
        };
        Ok(Self { name: raw.name.as_str().into(), kind })
    }
}

impl RawReader {
    fn missing(&self, field: &'static str) -> ConfigFault {
        ConfigFault::Missing { reader: self.name.clone(), kind: self.kind.word(), field }
    }

    fn silence(&self) -> Result<Duration, ConfigFault> {
        match self.silence_ms {
            None => Ok(DEFAULT_SILENCE),
            Some(ms @ 10..=5000) => Ok(Duration::from_millis(ms)),
            Some(silence_ms) => Err(ConfigFault::Silence { reader: self.name.clone(), silence_ms }),
        }
    }

    fn terminators(&self) -> Terminators {
        self.terminators.as_deref().map_or(Terminators::ALL, Terminators::from)
    }

    fn baud(&self) -> Result<u32, ConfigFault> {
        match self.baud.unwrap_or(DEFAULT_BAUD) {
            baud if BAUDS.contains(&baud) => Ok(baud),
            baud => Err(ConfigFault::Baud { reader: self.name.clone(), baud }),
        }
    }

    fn path(&self) -> Result<PathBuf, ConfigFault> {
        let path = self.path.as_ref().ok_or_else(|| self.missing("path"))?;
        if !is_stable(path) {
            return Err(ConfigFault::Path { reader: self.name.clone(), path: path.clone() });
        }
        Ok(path.into())
    }

    fn id(&self) -> Result<EvdevId, ConfigFault> {
        let id = self.id.as_ref().ok_or_else(|| self.missing("id"))?;
        let refuse = || ConfigFault::Id { reader: self.name.clone(), id: id.clone() };
        let usb = id.split_once(':').filter(|(vendor, product)| vendor.len() == 4 && product.len() == 4);
        let hex = |digits| u16::from_str_radix(digits, 16).ok();
        if let Some((vendor, product)) = usb.and_then(|(v, p)| hex(v).zip(hex(p))) {
            return Ok(EvdevId::Usb { vendor, product });
        }
        let fleeting = is_numbered(id, "/dev/input/", "event") || is_numbered(id, "", "event");
        match Path::new(id) {
            _ if id.is_empty() || id.contains('\0') || fleeting => Err(refuse()),
            path if path.is_absolute() => Ok(EvdevId::Path(path.into())),
            _ if id.contains('/') => Err(refuse()),
            name => Ok(EvdevId::Path(Path::new("/dev/input/by-id").join(name))),
        }
    }
}
