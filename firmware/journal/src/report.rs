//! What was found when the journal was opened, typed, and in words for the log and for staff.

use exchange::Feed;
use std::path::PathBuf;

/// What was found at the start. Worth telling unless [`StartReport::is_quiet`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartReport {
    /// About what happened at this station.
    pub journal: JournalFound,
    /// About what the region told.
    pub state: StateFound,
}

/// How the journal was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JournalFound {
    /// Whole: every page, and the chain from its first event to its last.
    Sound {
        /// Events in it.
        events: u64,
    },
    /// There was none, and no sign that there had been one.
    Fresh,
    /// It is gone without a trace, but this station had one: what the region knows of it is the region's.
    Lost,
    /// It was damaged, or gone with a copy left, and was repaired. The region is asked for a new epoch.
    Repaired {
        /// Where the damaged file is now; `None` if there was none.
        aside: Option<PathBuf>,
        /// Events that stand where they stood.
        kept: u64,
        /// Of these and later ones, events that go to the region in the new epoch.
        carried: u64,
        /// Events that could be read nowhere. The last ones of a damaged journal may be missing beyond this count.
        unreadable: u64,
    },
}

/// How the state was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateFound {
    /// Whole: every page, and every feed's hash.
    Sound,
    /// There was none, and no copy.
    Fresh,
    /// It was made anew.
    Rebuilt {
        /// Why.
        why: RebuiltBecause,
        /// Where the damaged file is now; `None` if there was none, or it was only of another schema.
        aside: Option<PathBuf>,
        /// Feeds that were taken over from the old file or a copy.
        kept: Vec<Feed>,
    },
}

/// Why the state was made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RebuiltBecause {
    /// It was gone.
    Missing,
    /// It was damaged.
    Damaged,
    /// It has the schema of another program version.
    OtherSchema,
}

impl StartReport {
    /// Whether there is nothing that staff should know.
    pub fn is_quiet(&self) -> bool {
        self.lines().is_empty()
    }

    /// What staff should know, one sentence a line.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        match &self.journal {
            JournalFound::Sound { .. } | JournalFound::Fresh => {}
            JournalFound::Lost => lines.push(
                "the journal is gone and there is no copy of it: a new one was begun, and the region is asked for a new epoch"
                    .to_owned(),
            ),
            JournalFound::Repaired { aside, kept, carried, unreadable } => {
                lines.push(format!(
                    "the journal was damaged and is repaired: {kept} events kept, {carried} to be sent again in a new epoch, \
                     {unreadable} could not be read",
                ));
                lines.extend(aside.as_ref().map(|path| kept_aside(path)));
            }
        }
        match &self.state {
            StateFound::Sound | StateFound::Fresh => {}
            StateFound::Rebuilt { why, aside, kept } => {
                let why = match why {
                    RebuiltBecause::Missing => "was gone",
                    RebuiltBecause::Damaged => "was damaged",
                    RebuiltBecause::OtherSchema => "was of another program version",
                };
                lines.push(format!(
                    "what the region told {why} and is made anew: {} of {} feeds kept, the others are asked for again",
                    kept.len(),
                    Feed::ALL.len()
                ));
                lines.extend(aside.as_ref().map(|path| kept_aside(path)));
            }
        }
        lines
    }
}

fn kept_aside(path: &std::path::Path) -> String {
    format!("the damaged file is kept as {}; it holds pupils' data", path.display())
}
