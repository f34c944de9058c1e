//! `[library]`: a library system, spoken to by SIP2, as the station's region.

use super::fault::Fault;
use super::written::{named, within};
use exchange::Allowance;
use links::https::{SetupFault, TimeFloor, Trust};
use links::sip2::{Account, GENERIC, Profile, TcpDial, Trusting};
use serde::Deserialize;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(15);

/// The library system, checked.
#[derive(Debug, Clone)]
pub struct Library {
    /// `host:port`.
    pub address: String,
    /// Whom to trust on the way.
    pub trusting: Trusting,
    /// Who the station is there.
    pub account: Account,
    /// The profile's name.
    pub profile: String,
    /// The school's time zone, such as `Asia/Almaty`.
    pub zone: String,
    /// What every patron may borrow: the protocol does not tell.
    pub allowance: Allowance,
    /// The longest that somebody waits for a look-up, in milliseconds.
    pub look_up_ms: u64,
}

impl Library {
    /// A way to its connections. Certificates are checked against no earlier time than `floor`.
    ///
    /// # Errors
    /// The address or the certificates cannot be used.
    pub fn dial(&self, floor: &TimeFloor) -> Result<TcpDial, SetupFault> {
        TcpDial::new(&self.address, &self.trusting, floor, CONNECT)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenLibrary {
    address: Spanned<String>,
    profile: Option<Spanned<String>>,
    #[serde(default = "yes")]
    tls: bool,
    ca: Option<Spanned<PathBuf>>,
    #[serde(default)]
    login: String,
    password_file: Option<Spanned<PathBuf>>,
    #[serde(default)]
    location: String,
    #[serde(default)]
    institution: String,
    charset: Option<Spanned<String>>,
    zone: Spanned<String>,
    max_loans: Option<Spanned<u32>>,
    loan_days: Option<Spanned<u32>>,
    max_renewals: Option<Spanned<u32>>,
    renewal_days: Option<Spanned<u32>>,
    look_up_ms: Option<Spanned<u32>>,
}

fn yes() -> bool {
    true
}

/// Checks what was written; relative paths are relative to `folder`.
pub(super) fn library(written: WrittenLibrary, folder: &Path) -> Result<Library, Fault> {
    let name = written.profile.unwrap_or_else(|| Spanned::new(0..0, GENERIC.to_owned()));
    let mut profile = Profile::named(name.get_ref()).map_err(|words| Fault::new(name.span(), words))?;
    if let Some(charset) = written.charset {
        profile.charset =
            charset.get_ref().parse().map_err(|words: String| Fault::new(charset.span(), words))?;
    }
    let password = match written.password_file {
        Some(path) => password(path, folder)?,
        None => String::new(),
    };
    let ca = written.ca.map(|path| certificates(path, folder)).transpose()?;
    let trusting = match (written.tls, ca) {
        (false, _) => Trusting::Plain,
        (true, Some(pem)) => Trusting::Tls(Trust::Ca(pem)),
        (true, None) => Trusting::Tls(Trust::WebRoots),
    };
    let zone = written.zone;
    if jiff::tz::TimeZone::get(zone.get_ref()).is_err() {
        let expected = "a time zone such as \"Asia/Almaty\" is expected";
        return Err(Fault::new(zone.span(), format!("`{}` is no zone; {expected}", zone.get_ref())));
    }
    let span = written.address.span();
    let library = Library {
        address: written.address.into_inner(),
        trusting,
        account: Account {
            login: written.login,
            password,
            location: written.location,
            institution: written.institution,
            profile,
        },
        profile: name.into_inner(),
        zone: zone.into_inner(),
        allowance: Allowance {
            max_loans: small(within("max_loans", written.max_loans, 5, 1..=1_000, "loans")?),
            loan_days: small(within("loan_days", written.loan_days, 14, 1..=400, "days")?),
            max_renewals: u8::try_from(within("max_renewals", written.max_renewals, 2, 0..=50, "renewals")?)
                .unwrap_or(u8::MAX),
            renewal_days: small(within("renewal_days", written.renewal_days, 14, 1..=400, "days")?),
        },
        look_up_ms: within("look_up_ms", written.look_up_ms, 1_500, 100..=5_000, "milliseconds")?.into(),
    };
    library.dial(&TimeFloor::new(0)).map_err(|fault: SetupFault| Fault::new(span, fault.to_string()))?;
    Ok(library)
}

/// The password stands in a file of its own, which nobody else may read.
fn password(path: Spanned<PathBuf>, folder: &Path) -> Result<String, Fault> {
    let (span, path) = named("password_file", path)?;
    let path = folder.join(path);
    let fault = |words: String| Fault::new(span.clone(), format!("{}: {words}", path.display()));
    let unreadable =
        |reason: std::io::Error| fault(format!("{reason}; the login's password is expected here"));
    let mode = std::fs::metadata(&path).map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(fault("others may read it; `chmod 600` it".into()));
    }
    let text = std::fs::read_to_string(&path).map_err(unreadable)?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() || password.contains(['|', '\r', '\n']) {
        return Err(fault("one line without `|` is expected".into()));
    }
    Ok(password.to_owned())
}

fn certificates(path: Spanned<PathBuf>, folder: &Path) -> Result<Vec<u8>, Fault> {
    let (span, path) = named("ca", path)?;
    let path = folder.join(path);
    std::fs::read(&path).map_err(|reason| {
        let expected = "the PEM file of the server's certificate authority is expected here";
        Fault::new(span, format!("{}: {reason}; {expected}", path.display()))
    })
}

fn small(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
