//! Why a version is not installed, in words that say what to do.

use super::Version;
use std::path::PathBuf;

/// Why. Nothing was changed, unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum UpdateFault {
    /// No key stands in the configuration.
    #[error(
        "no key is set by which updates are known: put `key = \"…\"` under [update] in the configuration, as the region has given it"
    )]
    NoKey,
    /// There is nothing to install.
    #[error("{0}: there is no update here; a folder with manifest.json and manifest.sig is expected")]
    Nothing(PathBuf),
    /// A file cannot be read: it is gone, or so is the stick.
    #[error(
        "{path}: cannot be read ({reason}); was the stick pulled out? Nothing was changed: put it in and try again"
    )]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// Somebody else has signed it, or it was changed.
    #[error(
        "the update is not signed by the key in the configuration: it is a foreign one, or was changed on the way"
    )]
    Foreign,
    /// The list of its files makes no sense.
    #[error("the update's manifest is damaged ({0}): copy it anew")]
    Damaged(String),
    /// For another machine.
    #[error("the update is for {found} machines, and this is one of {own}: get the one for {own}")]
    OtherMachine {
        /// For which it is.
        found: String,
        /// What this one is.
        own: String,
    },
    /// It is older than what is installed.
    #[error(
        "version {found} is older than {installed}, which is installed; to go back, use `oqyrman update rollback`"
    )]
    Older {
        /// What was found.
        found: Version,
        /// What is installed.
        installed: Version,
    },
    /// It is there already.
    #[error("version {0} is installed already")]
    Same(Version),
    /// Another version must be installed in between.
    #[error(
        "version {found} can be installed over {needs} or later, and {installed} is installed: install {needs} first"
    )]
    TooFar {
        /// What was found.
        found: Version,
        /// What it needs.
        needs: Version,
        /// What is installed.
        installed: Version,
    },
    /// A file's bytes differ from what was signed.
    #[error("{name}: its bytes are not those that were signed: copy it anew")]
    OtherBytes {
        /// Which.
        name: String,
    },
    /// It has no package for a station.
    #[error("the update has no package for a station (oqyrman_….deb)")]
    NoPackage,
    /// It could not be copied to this machine.
    #[error("{path}: the update cannot be kept here ({reason}); nothing was changed")]
    CannotKeep {
        /// Where.
        path: PathBuf,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// Somebody is at the desk.
    #[error("somebody is at the station: nothing was changed. Try again, or let it wait with `--wait-min`")]
    Busy,
    /// The station cannot be asked.
    #[error("the station cannot be asked whether it is free: {0}; nothing was changed")]
    NotAsked(String),
    /// The installer failed.
    #[error("the packages could not be installed: {words}. {after}")]
    Installer {
        /// Its words.
        words: String,
        /// What was done about it.
        after: String,
    },
    /// There is nothing to go back to.
    #[error(
        "the packages of the version before are not kept here: an update keeps them. \
         To go back all the same, `oqyrman update rollback FOLDER` with the older packages"
    )]
    NothingBefore,
}
