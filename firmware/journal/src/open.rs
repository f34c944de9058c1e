//! The start: both databases are checked, and what is damaged is put aside and repaired.

use crate::copies::{self, Of};
use crate::log::{Beginning, Log, Unsound};
use crate::reference::{Checked, Reference, read_about};
use crate::report::{JournalFound, RebuiltBecause, StateFound};
use crate::{OpenError, StoreFault, db, rebuild, salvage};
use exchange::{Epoch, StationId};
use std::path::Path;

/// Where things are in the station's folder.
pub(crate) const JOURNAL: &str = "journal.db";
/// See [`JOURNAL`].
pub(crate) const STATE: &str = "state.db";
/// See [`JOURNAL`].
pub(crate) const COPIES: &str = "copies";

/// Opens, repairs or begins the journal.
pub(crate) fn journal(folder: &Path, now_s: i64) -> Result<(Log, JournalFound), OpenError> {
    let path = folder.join(JOURNAL);
    db::end_interrupted_swap(&path, now_s)?;
    let mut sources = copies::list(&folder.join(COPIES), Of::Journal);
    sources.truncate(1);
    if path.exists() {
        match Log::open(&path) {
            Ok(log) => {
                let events = log.count()?;
                return Ok((log, JournalFound::Sound { events }));
            }
            Err(Unsound::Error(error)) => return Err(error),
            Err(Unsound::Empty) => {}
            Err(Unsound::Damaged) => sources.insert(0, path.clone()),
        }
    }
    if let Some(saved) = salvage::salvage(&path, &sources)? {
        let aside = db::swap_in(&path, now_s)?;
        let log = reopen(&path)?;
        let found = JournalFound::Repaired {
            aside,
            kept: saved.kept,
            carried: saved.carried,
            unreadable: saved.unreadable,
        };
        return Ok((log, found));
    }
    let unreadable = sources.contains(&path);
    let aside = if unreadable { db::quarantine(&path, now_s)? } else { None };
    let log = Log::create(&path, Beginning { station: StationId(0), boot: 0, mark_s: 0 })?;
    let found = match aside {
        Some(_) => JournalFound::Repaired { aside, kept: 0, carried: 0, unreadable: 0 },
        None if had_journal(folder) => JournalFound::Lost,
        None => JournalFound::Fresh,
    };
    Ok((log, found))
}

fn reopen(path: &Path) -> Result<Log, OpenError> {
    Log::open(path).map_err(|unsound| match unsound {
        Unsound::Error(error) => error,
        Unsound::Damaged | Unsound::Empty => StoreFault::CONTENT.into(),
    })
}

/// Whether the state, or a copy of it, has loans with this station's own events in them.
fn had_journal(folder: &Path) -> bool {
    let mut states = copies::list(&folder.join(COPIES), Of::State);
    states.insert(0, folder.join(STATE));
    states.iter().filter(|path| path.exists()).any(|path| {
        let about = db::open_read_only(path).and_then(|conn| read_about(&conn));
        about.is_ok_and(|about| about.folded.0 > Epoch(0))
    })
}

/// Opens, rebuilds or begins the state.
pub(crate) fn state(folder: &Path, now_s: i64) -> Result<(Reference, StateFound), OpenError> {
    let path = folder.join(STATE);
    db::end_interrupted_swap(&path, now_s)?;
    let mut sources = copies::list(&folder.join(COPIES), Of::State);
    let why = if !path.exists() {
        RebuiltBecause::Missing
    } else {
        match Reference::open(&path) {
            Ok(Checked::Sound(reference)) => return Ok((reference, StateFound::Sound)),
            Ok(Checked::Empty) => RebuiltBecause::Missing,
            Ok(Checked::OtherSchema) => RebuiltBecause::OtherSchema,
            Err(StoreFault::Damaged { .. }) => RebuiltBecause::Damaged,
            Err(fault) => return Err(fault.into()),
        }
    };
    match why {
        RebuiltBecause::Missing if sources.is_empty() => {
            return Ok((Reference::create(&path)?, StateFound::Fresh));
        }
        RebuiltBecause::Missing => {}
        RebuiltBecause::Damaged | RebuiltBecause::OtherSchema => sources.insert(0, path.clone()),
    }
    let kept = rebuild::rebuild(&path, &sources)?;
    let aside = db::swap_in(&path, now_s)?;
    let Checked::Sound(reference) = Reference::open(&path)? else { return Err(StoreFault::CONTENT.into()) };
    let aside = match (why, aside) {
        (RebuiltBecause::OtherSchema, Some(old)) => {
            // Nothing was wrong with it, and everything in it is in the new one or comes again.
            db::remove(&old)?;
            None
        }
        (RebuiltBecause::OtherSchema | RebuiltBecause::Damaged | RebuiltBecause::Missing, aside) => aside,
    };
    Ok((reference, StateFound::Rebuilt { why, aside, kept }))
}
