//! A command's end: the running station, or the journal of one that does not run.

use super::{Ask, MOST_LINE, Told, answer, socket};
use crate::clock::{Clock, system_wall_s};
use anyhow::{Context, bail};
use exchange::{Answer, Request};
use journal::Journal;
use links::{Call, Outbox, Taken, Waiting};
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Whoever has the journal.
#[derive(Debug)]
pub enum Keeper {
    /// The station runs.
    Running(BufReader<UnixStream>),
    /// It does not: the journal is open here, and no station can start meanwhile.
    Stopped(Box<Journal>, Clock),
}

/// Whoever has the journal could not do it, in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeeperFault(String);

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
        let rests_on = hardware::power::wall_clock(Path::new("/sys"), Path::new("/run"));
        let clock = Clock::start(journal.boot(), journal.lower_bound_s(), rests_on);
        Ok(Keeper::Stopped(Box::new(journal), clock))
    }

    /// Whether a station runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        match self {
            Keeper::Running(_) => true,
            Keeper::Stopped(..) => false,
        }
    }

    /// Asks. A fault of the station is an error here.
    ///
    /// # Errors
    /// The connection broke, or the station could not do it, in its words.
    pub fn ask(&mut self, ask: Ask) -> anyhow::Result<Told> {
        let told = match self {
            Keeper::Running(stream) => over(stream, &ask).context("the running station does not answer")?,
            Keeper::Stopped(journal, clock) => answer(journal, ask, clock.sample()),
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

/// An answer to another question.
fn other() -> KeeperFault {
    KeeperFault("the running station is of another version than this command".into())
}

impl Keeper {
    fn told(&mut self, ask: Ask) -> Result<Told, KeeperFault> {
        self.ask(ask).map_err(|fault| KeeperFault(format!("{fault:#}")))
    }
}

impl Outbox for Keeper {
    type Fault = KeeperFault;

    fn waiting(&mut self) -> Result<Waiting, KeeperFault> {
        let Told::Waiting { acked, head } = self.told(Ask::Waiting)? else { return Err(other()) };
        Ok(Waiting { acked, head })
    }

    fn request(&mut self, call: &Call) -> Result<Request, KeeperFault> {
        let Call { from_seq: from, max_events, answer_limit } = *call;
        let Told::Request(request) = self.told(Ask::Request { from, max_events, answer_limit })? else {
            return Err(other());
        };
        Ok(*request)
    }

    fn take(&mut self, answer: Answer) -> Result<Taken, KeeperFault> {
        let Told::Taken(taken) = self.told(Ask::Take(Box::new(answer)))? else { return Err(other()) };
        Ok(taken.into())
    }
}
