//! What is known when it is judged.

use super::Machine;
use crate::config::Config;
use crate::status::Status;
use links::{LinkFault, TlsFault};
use serde::Serialize;

/// Everything the doctor knows.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The machine.
    pub machine: Machine,
    /// The station.
    pub station: StationFacts,
    /// The configuration, or what is wrong with it.
    pub config: Result<ConfigFacts, String>,
    /// What a call to the region came to; `None` = none was made.
    pub link: Option<LinkFacts>,
    /// The system's units; `None` = nobody could be asked.
    pub units: Option<Vec<Unit>>,
}

/// The station, as it tells of itself.
#[derive(Debug, Clone)]
pub enum StationFacts {
    /// It has never run here.
    Never,
    /// It does not run; this is what it told last. The memory was looked at now.
    Stopped(Box<Status>),
    /// It does not run, and its memory is another user's: what would be mended there could not be opened by the station.
    NotOurs(Box<Status>),
    /// It does not run, and its memory cannot be opened.
    Shut(Box<Status>, String),
    /// It runs.
    Runs(Box<Status>),
}

impl StationFacts {
    /// What it told last, if it ever ran.
    #[must_use]
    pub fn status(&self) -> Option<&Status> {
        match self {
            StationFacts::Never => None,
            StationFacts::Stopped(status)
            | StationFacts::NotOurs(status)
            | StationFacts::Shut(status, _)
            | StationFacts::Runs(status) => Some(status),
        }
    }
}

/// What of the configuration is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFacts {
    /// Readers and pads.
    pub readers: usize,
    /// Whether there is a printer.
    pub printer: bool,
    /// Whether there is a way to a region, or to a library system.
    pub region: bool,
}

impl ConfigFacts {
    /// Of a configuration that was read.
    #[must_use]
    pub fn of(config: &Config) -> ConfigFacts {
        ConfigFacts {
            readers: config.readers.len() + config.pads.len(),
            printer: config.printer.is_some(),
            region: config.region.is_some() || config.library.is_some(),
        }
    }
}

/// What a call to the region came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkFacts {
    /// Whether its name was found; in words if not.
    pub name: Result<(), String>,
    /// How the call ended. A region that answers anything at all is there.
    pub call: Result<(), LinkFault>,
}

impl LinkFacts {
    /// What is wrong with the connection's security, if that is what failed.
    #[must_use]
    pub fn tls(&self) -> Option<&TlsFault> {
        match &self.call {
            Err(LinkFault::Tls(fault)) => Some(fault),
            Ok(())
            | Err(
                LinkFault::NameNotFound
                | LinkFault::Unreachable
                | LinkFault::ConnectTimeout
                | LinkFault::Stalled { .. }
                | LinkFault::Torn { .. }
                | LinkFault::Status(_)
                | LinkFault::Redirect(_)
                | LinkFault::TooLong { .. },
            ) => None,
        }
    }
}

/// A unit of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// `active`, `failed`, …
    pub state: String,
    /// How often it was started anew.
    pub restarts: u32,
}
