//! Why a version is not installed, in words that say what to do.

use super::Version;
use links::{LinkFault, TlsFault};
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
    /// Nothing of that name is on the server.
    #[error("{0}: there is no update there; a folder with manifest.json and manifest.sig is expected")]
    NothingThere(String),
    /// It did not come to its end.
    #[error(
        "{address}: {}; nothing was changed. Give the same command again: what has come need not come again",
        words(fault)
    )]
    NotFetched {
        /// From where.
        address: String,
        /// Why.
        fault: LinkFault,
    },
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
    #[error("{name}: its bytes are not those that were signed: copy or fetch it anew")]
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

/// What a fault of the line means where a file is fetched from some server, for the technician.
#[must_use]
pub fn words(fault: &LinkFault) -> String {
    let words = match fault {
        LinkFault::NameNotFound => "its name could not be looked up; is the network cable in, is Wi-Fi on?",
        LinkFault::Unreachable => "the server cannot be reached",
        LinkFault::ConnectTimeout => "the server did not take the call in time",
        LinkFault::Stalled { .. } => "the server, or the line, fell silent",
        LinkFault::Torn { .. } => "the connection broke off",
        LinkFault::Tls(TlsFault::Expired) => "the server's certificate has run out",
        LinkFault::Tls(TlsFault::NotYetValid) => {
            "the server's certificate is not valid yet; is the station's clock behind?"
        }
        LinkFault::Tls(TlsFault::UnknownIssuer) => {
            "the server's certificate is signed by nobody this station trusts"
        }
        LinkFault::Tls(TlsFault::WrongName) => "the server's certificate is for another name",
        LinkFault::Tls(TlsFault::Other(words)) => {
            return format!("the connection is not to be trusted ({words})");
        }
        LinkFault::Status(404) => "a file of the update is missing there (HTTP status 404)",
        LinkFault::Status(status) => return format!("the server answered with HTTP status {status}"),
        LinkFault::Redirect(_) => {
            "something on the way sends the station elsewhere; does the Wi-Fi want a login?"
        }
        LinkFault::TooLong { .. } => "a file there is longer than the manifest says",
    };
    words.to_owned()
}
