//! What the station tells whoever looks after it: checks and how they stand, a set-up file that was not taken, and what
//! the disk has proven. Ids and numbers, no words: the screen has words for pupils' helpers, `oqyrman doctor` those for
//! technicians.

use serde::{Deserialize, Serialize};

/// Something that is looked at. Its id never changes: it stands in guides, on photographs and in numbers that are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The set-up file and the configuration.
    Setup,
    /// The panel, and the program that draws on it.
    Display,
    /// What is touched.
    Touch,
    /// Readers and pads.
    Readers,
    /// The receipt printer.
    Printer,
    /// What happened here.
    Journal,
    /// What the region told.
    State,
    /// Room on the disk.
    Disk,
    /// What the kernel tells of the card or disk.
    Card,
    /// Whether the disk can be written.
    ReadOnly,
    /// Whether a power cut was tried on this card.
    Durability,
    /// The supply.
    Power,
    /// The processor's heat.
    Heat,
    /// The clock.
    Clock,
    /// Whether the region's name is found.
    Dns,
    /// The region's certificate.
    Certificate,
    /// Whether the region answers.
    Region,
    /// What waits for the region.
    Outbox,
    /// When the region answered last.
    Contact,
    /// The system's units.
    Units,
    /// Whether all parts are of one version.
    Version,
}

impl Check {
    /// All of them, in the order in which a technician works through them.
    pub const ALL: [Check; 21] = [
        Check::Setup,
        Check::Display,
        Check::Touch,
        Check::Readers,
        Check::Printer,
        Check::Journal,
        Check::State,
        Check::Disk,
        Check::Card,
        Check::ReadOnly,
        Check::Durability,
        Check::Power,
        Check::Heat,
        Check::Clock,
        Check::Dns,
        Check::Certificate,
        Check::Region,
        Check::Outbox,
        Check::Contact,
        Check::Units,
        Check::Version,
    ];

    /// Its id, which is also its anchor in `docs/operating/doctor.md`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Check::Setup => "setup",
            Check::Display => "display",
            Check::Touch => "touch",
            Check::Readers => "readers",
            Check::Printer => "printer",
            Check::Journal => "journal",
            Check::State => "state",
            Check::Disk => "disk",
            Check::Card => "card",
            Check::ReadOnly => "read-only",
            Check::Durability => "durability",
            Check::Power => "power",
            Check::Heat => "heat",
            Check::Clock => "clock",
            Check::Dns => "dns",
            Check::Certificate => "certificate",
            Check::Region => "region",
            Check::Outbox => "outbox",
            Check::Contact => "contact",
            Check::Units => "units",
            Check::Version => "version",
        }
    }

    /// The check with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Check> {
        Check::ALL.into_iter().find(|check| check.id() == id)
    }
}

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// All is well.
    Ok,
    /// It could not be looked at, or there is nothing to look at.
    Unknown,
    /// The station works; somebody should look at it.
    Attention,
    /// It does not work.
    Broken,
}

/// A check and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which.
    pub check: Check,
    /// How.
    pub standing: Standing,
}

/// May the plug be pulled? What the disk has shown so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plug {
    /// Commits of this start, each flushed before it was said yes to.
    pub commits: u64,
    /// Seconds since the last of them; `None` = none yet.
    pub last_commit_s: Option<u32>,
    /// The last self-test; `None` = none yet.
    pub tested: Option<PlugTest>,
}

/// What came of a self-test that killed its own process at random moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlugTest {
    /// How often it was killed.
    pub kills: u32,
    /// Acknowledged commits that were not there afterwards.
    pub lost: u64,
    /// Minutes since.
    pub minutes_ago: u32,
}

/// Why a set-up file was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupFault {
    /// The file's name.
    pub file: String,
    /// The line, from 1; 0 = the file as a whole.
    pub line: u32,
    /// The key or the word that is meant; may be empty. Never a secret.
    pub key: String,
    /// What is wrong with it.
    pub kind: SetupKind,
    /// What is expected there, as it is to be written: `kk, ru, en`. May be empty.
    pub expected: String,
    /// The key that was probably meant.
    pub meant: Option<String>,
    /// Fault and fix as plain text, to be photographed.
    pub text: String,
}

/// What is wrong with a line of a set-up file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetupKind {
    /// The key is not known.
    UnknownKey,
    /// The value is not one of those that may stand there.
    WrongValue,
    /// A key is missing.
    Missing,
    /// The file is not TOML there.
    Syntax,
    /// A file that is named cannot be read.
    NoFile,
    /// It is set elsewhere: Wi-Fi is the system's.
    Elsewhere,
    /// The file as a whole cannot be read.
    Unreadable,
    /// There is no set-up yet.
    None,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_its_own_id() {
        for (at, check) in Check::ALL.into_iter().enumerate() {
            assert_eq!(Check::from_id(check.id()), Some(check));
            assert_eq!(Check::ALL.iter().position(|other| *other == check), Some(at));
        }
        assert_eq!(Check::from_id("Setup"), None);
    }
}
