//! An update's address, whom to trust there, and how far it has come.

use crate::config::Config;
use crate::status::Status;
use crate::update::{FileEntry, Waiter, words};
use anyhow::Context;
use links::LinkFault;
use links::https::{Files, Patience, Settings, TimeFloor, Trust, host_and_port};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Where an update lies.
#[derive(Debug, Clone)]
pub enum Place {
    /// In a folder, on a stick for instance.
    Folder(PathBuf),
    /// On a web server.
    Address(String),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Place, String> {
        if text.starts_with("http://") {
            return Err("only https:// addresses are fetched from".to_owned());
        }
        if !text.starts_with("https://") {
            return Ok(Place::Folder(PathBuf::from(text)));
        }
        match host_and_port(text) {
            Some(_) => Ok(Place::Address(text.trim_end_matches('/').to_owned())),
            None => {
                Err("it should look like https://updates.example.kz/oqyrman-0.2.0-arm64, without `?`"
                    .to_owned())
            }
        }
    }
}

/// The files at `address`. The region's own machine is trusted as the region is, any other one as the web does.
pub fn files(address: &str, config: &Config) -> anyhow::Result<Files> {
    let host = |url: &str| host_and_port(url).map(|(host, _)| host);
    let of_region = config.region.as_ref().filter(|region| host(&region.link.url) == host(address));
    let trust = of_region.map_or(Trust::WebRoots, |region| region.link.trust.clone());
    let settings = Settings { url: address.to_owned(), trust, patience: Patience::default() };
    // A clock that stands in 1970 makes no certificate "not valid yet".
    let floor_s = Status::read(&config.data_dir).map_or(0, |status| status.at_s);
    Files::new(&settings, &TimeFloor::new(floor_s)).context("the address cannot be used")
}

/// A line on standard error that says how far it is: rewritten on a terminal, every tenth elsewhere.
pub struct Line {
    rewrites: bool,
    told: Option<(String, u64)>,
}

impl Line {
    pub fn new() -> Line {
        Line { rewrites: std::io::stderr().is_terminal(), told: None }
    }

    /// Whether this step of this file was told already. `steps` is how many there are to a file.
    fn is_told(&mut self, file: &FileEntry, bytes: u64, steps: u64) -> bool {
        let step = (bytes * steps).checked_div(file.bytes).unwrap_or(steps);
        let now = Some((file.name.clone(), step));
        let is_told = self.told == now;
        self.told = now;
        is_told
    }
}

impl Waiter for Line {
    fn has(&mut self, file: &FileEntry, bytes: u64) {
        if self.is_told(file, bytes, if self.rewrites { 1_000 } else { 10 }) {
            return;
        }
        let mb = |bytes: u64| {
            let tenths = bytes / 100_000;
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        let (start, end) = match (self.rewrites, bytes == file.bytes) {
            (false, _) => ("", "\n"),
            (true, false) => ("\r", ""),
            (true, true) => ("\r", "\n"),
        };
        // How far it is, for whoever waits; it is no part of what was asked for.
        let _ =
            write!(std::io::stderr(), "{start}{}: {} of {} MB{end}", file.name, mb(bytes), mb(file.bytes));
    }

    fn pauses(&mut self, fault: &LinkFault, pause: Duration) {
        let start = if self.rewrites && self.told.is_some() { "\n" } else { "" };
        let _ = writeln!(
            std::io::stderr(),
            "{start}{}; it is tried again in {} s",
            words(fault),
            pause.as_secs()
        );
        std::thread::sleep(pause);
    }
}
