//! What a technician writes down about one station: `oqyrman.toml`. A wrong file starts nothing: the error names the
//! line and says what was expected.

use exchange::Lang;
use hardware::barcode::{ReaderConfig, SiteRules};
use serde::Deserialize;
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
    /// The screen.
    pub screen: Screen,
    /// Barcode readers.
    pub readers: Vec<ReaderConfig>,
    /// How numbers are told apart.
    pub numbers: SiteRules,
}

/// The way to the region.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// `https://host[:port]`
    pub url: String,
    /// PEM file with the certificate authority to trust for this region; without it, the public ones.
    pub ca: Option<PathBuf>,
    /// Call when this many events wait.
    #[serde(default = "default_call_after_events")]
    pub call_after_events: u32,
    /// Call at least this often, in minutes.
    #[serde(default = "default_call_every_min")]
    pub call_every_min: u32,
}

/// The screen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
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

impl Default for Screen {
    fn default() -> Screen {
        Screen { socket: "screen.sock".into(), lang: Lang::Kk, idle_s: 40, warning_s: 20, finished_s: 8 }
    }
}

fn default_call_after_events() -> u32 {
    20
}

fn default_call_every_min() -> u32 {
    15
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default = "default_data_dir")]
    data_dir: PathBuf,
    #[serde(default = "default_name")]
    name: String,
    region: Option<Region>,
    #[serde(default)]
    screen: Screen,
    readers: Vec<ReaderConfig>,
    #[serde(default)]
    numbers: SiteRules,
}

fn default_data_dir() -> PathBuf {
    "/var/lib/oqyrman".into()
}

fn default_name() -> String {
    "oqyrman".into()
}

/// Why a configuration is not taken. Says where and what was expected.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: cannot be read: {reason}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// The file is not what was expected; names line and column.
    #[error("{path}: {message}")]
    Wrong {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        message: String,
    },
}

impl Config {
    /// Reads and checks a file. Relative paths in it are relative to its folder.
    ///
    /// # Errors
    /// [`ConfigError`], in words for the technician.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|reason| ConfigError::Unreadable { path: path.to_owned(), reason })?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Config::parse(&text, &folder).map_err(|message| ConfigError::Wrong { path: path.to_owned(), message })
    }

    /// Checks a text. Relative paths in it are relative to `folder`.
    ///
    /// # Errors
    /// Where and why, in words.
    pub fn parse(text: &str, folder: &Path) -> Result<Config, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let wrong = |key: &str, expected: &str| Err(at_line(text, key, expected));
        if written.screen.idle_s < 20 {
            return wrong("idle_s", "at least 20 seconds are expected, so that nobody is cut off in mid-visit");
        }
        if written.screen.warning_s < 20 {
            return wrong("warning_s", "at least 20 seconds are expected (WCAG 2.2.1)");
        }
        if !(3..=60).contains(&written.screen.finished_s) {
            return wrong("finished_s", "3 to 60 seconds are expected");
        }
        if written.readers.is_empty() {
            return wrong("readers", "at least one [[readers]] entry is expected: without a reader nothing can be lent");
        }
        let mut region = written.region;
        if let Some(region) = &mut region {
            if !region.url.starts_with("https://") {
                return wrong("url", "an address that begins with https:// is expected");
            }
            if !(1..=10_000).contains(&region.call_after_events) {
                return wrong("call_after_events", "1 to 10000 events are expected");
            }
            if !(1..=1_440).contains(&region.call_every_min) {
                return wrong("call_every_min", "1 to 1440 minutes are expected");
            }
            region.ca = region.ca.as_ref().map(|ca| folder.join(ca));
            region.url = region.url.trim_end_matches('/').to_owned();
        }
        let mut screen = written.screen;
        screen.socket = folder.join(screen.socket);
        Ok(Config {
            data_dir: folder.join(written.data_dir),
            name: written.name,
            region,
            screen,
            readers: written.readers,
            numbers: written.numbers,
        })
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

/// "line 7: `idle_s`: …", with the first line that sets `key`.
fn at_line(text: &str, key: &str, expected: &str) -> String {
    let line = text.lines().position(|line| {
        let line = line.trim_start().trim_start_matches('[');
        line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', ']', '.']))
    });
    match line {
        Some(line) => format!("line {}: `{key}`: {expected}", line + 1),
        None => format!("`{key}`: {expected}"),
    }
}
