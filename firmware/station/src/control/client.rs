//! A command's end: the running station, or the journal of one that does not run.

use super::{Ask, MOST_LINE, Told, answer, socket};
use crate::clock::system_wall_s;
use anyhow::{Context, bail};
use exchange::{ClockSample, ClockTrust};
use journal::Journal;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Whoever has the journal.
#[derive(Debug)]
pub enum Keeper {
    /// The station runs.
    Running(BufReader<UnixStream>),
    /// It does not: the journal is open here, and no station can start meanwhile.
    Stopped(Box<Journal>),
}

impl Keeper {
    /// Finds the station of this data folder.
    ///
    /// # Errors
    /// The folder has no journal, or it cannot be opened.
    pub fn of(data_dir: &Path) -> anyhow::Result<Keeper> {
        let path = socket(data_dir);
        match UnixStream::connect(&path) {
            Ok(stream) => return Ok(Keeper::Running(BufReader::new(stream))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {}
            Err(error) => {
                let words = "run this as the station's user, for instance with `sudo -u oqyrman`";
                return Err(error).with_context(|| format!("{}: {words}", path.display()));
            }
        }
        if !data_dir.join("journal.db").exists() {
            bail!("{}: no station has run here yet; `oqyrman run` starts one", data_dir.display());
        }
        let (journal, report) = Journal::open(data_dir, system_wall_s())
            .with_context(|| format!("{}: what the station remembers", data_dir.display()))?;
        for line in report.lines() {
            tracing::warn!("{line}");
        }
        Ok(Keeper::Stopped(Box::new(journal)))
    }

    /// Asks. A fault of the station is an error here.
    ///
    /// # Errors
    /// The connection broke, or the station could not do it, in its words.
    pub fn ask(&mut self, ask: Ask) -> anyhow::Result<Told> {
        let told = match self {
            Keeper::Running(stream) => over(stream, &ask).context("the running station does not answer")?,
            Keeper::Stopped(journal) => answer(journal, ask, clock(journal)),
        };
        if let Told::Fault(words) = told { bail!(words) } else { Ok(told) }
    }
}

fn over(stream: &mut BufReader<UnixStream>, ask: &Ask) -> anyhow::Result<Told> {
    let mut line = serde_json::to_vec(ask)?;
    line.push(b'\n');
    stream.get_mut().write_all(&line)?;
    line.clear();
    stream.by_ref().take(MOST_LINE).read_until(b'\n', &mut line)?;
    Ok(serde_json::from_slice(&line)?)
}

/// The machine's clock, which nobody vouches for while no station runs.
fn clock(journal: &Journal) -> ClockSample {
    let wall_s = system_wall_s().max(journal.lower_bound_s());
    ClockSample { wall_s, boot: journal.boot(), mono_s: 0, trust: ClockTrust::Guessed }
}
