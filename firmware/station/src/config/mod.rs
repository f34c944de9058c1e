//! What a technician writes down about one station: `oqyrman.toml`.
//!
//! Invariants:
//! - A [`Config`] exists only if every word of the file makes sense and what it names can be used; it is made before
//!   anything starts.
//! - What is wrong is told with file, line, what was found and what was expected.
//! - Relative paths are relative to the file's folder.

mod fault;
mod library;
mod written;

pub(crate) use fault::Fault;
pub use fault::{ConfigError, FaultKind, Wrong};
pub use library::Library;

use exchange::Lang;
use exchange::wire::PublicKey;
use hardware::barcode::{ReaderConfig, SiteRules};
use hardware::card::CardForms;
use hardware::power::PowerConfig;
use hardware::printer::PrinterConfig;
use hardware::rfid::pad::PadConfig;
use hardware::rfid::tag::TagProfile;
use hardware::signal::SignalConfig;
use links::https;
use std::path::{Path, PathBuf};

/// A station's configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the journal, the state and the key are kept.
    pub data_dir: PathBuf,
    /// What the technician calls this station.
    pub name: String,
    /// The way to the region; `None` = none yet: the station lends and keeps everything.
    pub region: Option<Region>,
    /// A library system that is the region, instead of a hub.
    pub library: Option<Library>,
    /// The screen.
    pub screen: Screen,
    /// Barcode readers; with the pads at least one.
    pub readers: Vec<ReaderConfig>,
    /// Pads for library tags.
    pub pads: Vec<PadConfig>,
    /// What the site's tags do not say themselves.
    pub tag: TagProfile,
    /// How the school's list writes its cards.
    pub cards: CardForms,
    /// Lamp and sound.
    pub signals: SignalConfig,
    /// The pin that says that the supply fails, if there is one.
    pub power: Option<PowerConfig>,
    /// The receipt printer, if there is one.
    pub printer: Option<PrinterConfig>,
    /// How numbers are told apart.
    pub numbers: SiteRules,
    /// Who signs updates of the program; `None` = nobody: none is installed.
    pub update_key: Option<PublicKey>,
}

/// The way to the region.
#[derive(Debug, Clone)]
pub struct Region {
    /// Where it is and whom to trust; a link can be made of it.
    pub link: https::Settings,
    /// Call when this many events wait.
    pub call_after_events: u32,
    /// Call at least this often, in minutes.
    pub call_every_min: u32,
}

/// The screen.
#[derive(Debug, Clone)]
pub struct Screen {
    /// Unix socket on which the screen's program finds the station.
    pub socket: PathBuf,
    /// Language of the idle screen.
    pub lang: Lang,
    /// Seconds without touch or scan before the warning.
    pub idle_s: u32,
    /// Seconds of warning before the visit ends.
    pub warning_s: u32,
    /// Seconds for which the last screen of a visit stays.
    pub finished_s: u32,
}

/// What a document must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FitFor {
    /// Everything a station starts with.
    Starting,
    /// It is laid over another one, which has readers.
    LayingOver,
}

impl Config {
    /// Reads and checks a file, and the files it names.
    ///
    /// # Errors
    /// [`ConfigError`], in words for the technician.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let unreadable = |reason| ConfigError::Unreadable { path: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let path = std::path::absolute(path).map_err(unreadable)?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        written::parse(&text, folder)
            .map_err(|fault| ConfigError::Wrong(Box::new(fault.placed(&path, &text))))
    }

    /// As [`Config::read`], of a document that was read already. `fit_for` says which of its parts may be missing.
    pub(crate) fn of_document(
        document: toml::Spanned<toml::de::DeTable<'_>>,
        folder: &Path,
        fit_for: FitFor,
    ) -> Result<Config, Fault> {
        written::of_document(document, folder, fit_for)
    }

    /// The desk's settings.
    pub fn desk_settings(&self, staff_pin: Option<exchange::pin::PinHash>) -> desk::Settings {
        desk::Settings {
            lang: self.screen.lang,
            idle_ms: u64::from(self.screen.idle_s) * 1000,
            warning_ms: u64::from(self.screen.warning_s) * 1000,
            finished_ms: u64::from(self.screen.finished_s) * 1000,
            staff_pin,
            ..desk::Settings::default()
        }
    }
}
