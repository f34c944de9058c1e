//! Who this station is: a key made on the device, and what the region said when it took the station in. Files only the
//! station's user can read.

use anyhow::Context;
use exchange::enrol::VoucherRefusal;
use exchange::voucher::Voucher;
use exchange::wire::{PublicKey, SecretKey};
use exchange::{StationId, pin::PinHash};
use links::Keys;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The file of a voucher that is still to be used.
const VOUCHER: &str = "voucher";

/// What the region said at enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The station's number.
    pub station: StationId,
    /// Checks the region's answers.
    pub region_key: PublicKey,
    /// The school's name.
    pub school: String,
}

/// The station's key; made at the first start.
///
/// # Errors
/// The file is not 32 bytes long, cannot be read, or cannot be made.
pub fn key(data_dir: &Path) -> anyhow::Result<SecretKey> {
    let path = data_dir.join("station.key");
    match std::fs::read(&path) {
        Ok(bytes) => {
            let seed = bytes
                .try_into()
                .ok()
                .with_context(|| format!("{}: 32 bytes are expected", path.display()))?;
            Ok(SecretKey::from_seed(seed))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed).context("the machine gives no random numbers")?;
            write_private(&path, &seed)?;
            Ok(SecretKey::from_seed(seed))
        }
        Err(error) => Err(error).with_context(|| format!("{}: cannot be read", path.display())),
    }
}

/// What the region said, if the station is enrolled.
///
/// # Errors
/// The file is damaged or cannot be read.
pub fn membership(data_dir: &Path) -> anyhow::Result<Option<Membership>> {
    read_json(&data_dir.join("membership.json"))
}

/// Keeps what the region said.
///
/// # Errors
/// The file cannot be written.
pub fn join(data_dir: &Path, membership: &Membership) -> anyhow::Result<()> {
    write_private(&data_dir.join("membership.json"), &serde_json::to_vec_pretty(membership)?)
}

/// The station's key and its region's; `None` if it has not joined one.
///
/// # Errors
/// A file is damaged or cannot be read.
pub fn keys(data_dir: &Path) -> anyhow::Result<Option<Keys>> {
    let Some(membership) = membership(data_dir)? else { return Ok(None) };
    Ok(Some(Keys { station: membership.station, secret: key(data_dir)?, region: membership.region_key }))
}

/// The voucher that lets the station into its region without a person, if it was given one and has not joined yet.
///
/// # Errors
/// The file cannot be read.
pub fn voucher(data_dir: &Path) -> anyhow::Result<Option<String>> {
    let path = data_dir.join(VOUCHER);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{}: cannot be read", path.display())),
    }
}

/// Keeps a voucher until the station has joined.
///
/// # Errors
/// It is mistyped or has run out, or the file cannot be written.
pub fn keep_voucher(data_dir: &Path, text: &str, now_s: i64) -> anyhow::Result<()> {
    let read = Voucher::read(text).context(VoucherRefusal::Unreadable)?;
    // A clock that was never set is behind, never ahead: what has run out by it has run out.
    if read.voucher.until_s < now_s {
        return Err(VoucherRefusal::Expired.into());
    }
    write_private(&data_dir.join(VOUCHER), text.trim().as_bytes())
}

/// Forgets the voucher: it was used, or is good for nothing.
///
/// # Errors
/// The file cannot be removed.
pub fn drop_voucher(data_dir: &Path) -> anyhow::Result<()> {
    let path = data_dir.join(VOUCHER);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{}: cannot be removed", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The staff's PIN, if one was set.
///
/// # Errors
/// The file is damaged or cannot be read.
pub fn staff_pin(data_dir: &Path) -> anyhow::Result<Option<PinHash>> {
    read_json(&data_dir.join("staff-pin.json"))
}

/// Sets the staff's PIN.
///
/// # Errors
/// It is not 4 to 6 digits, or the file cannot be written.
pub fn set_staff_pin(data_dir: &Path, pin: &str) -> anyhow::Result<()> {
    let mut salt = [0; 8];
    getrandom::fill(&mut salt).context("the machine gives no random numbers")?;
    keep_staff_pin(data_dir, &PinHash::of(pin, salt).context("a PIN of 4 to 6 digits is expected")?)
}

/// Keeps the hash of the staff's PIN.
///
/// # Errors
/// The file cannot be written.
pub fn keep_staff_pin(data_dir: &Path, hash: &PinHash) -> anyhow::Result<()> {
    write_private(&data_dir.join("staff-pin.json"), &serde_json::to_vec(hash)?)
}

fn read_json<T: for<'a> Deserialize<'a>>(path: &Path) -> anyhow::Result<Option<T>> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .with_context(|| format!("{}: damaged; put it aside and set it up again", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{}: cannot be read", path.display())),
    }
}

/// Writes a file whole or not at all, readable by its owner only.
fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let new = path.with_extension("new");
        let mut file =
            std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        path.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
    };
    write().with_context(|| format!("{}: cannot be written", path.display()))
}
