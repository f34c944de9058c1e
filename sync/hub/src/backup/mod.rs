//! Copies of a whole region, made while it serves, and regions made from them.
//!
//! A copy is a folder: the keys, the database (`hub.db`, or what `pg_dump` makes of a PostgreSQL database), and
//! `backup.json`, which is written last and says what must be there. It holds the region's secrets; its files are readable by
//! their owner only.
//!
//! - A copy is checked when it is made: a SQLite copy is opened and every event compared with the chain of its journal; a
//!   PostgreSQL database is, in the very moment that is dumped.
//! - What is put back is checked again, against `backup.json`, before it may serve.
//! - A region put back to an older copy loses nothing that its stations have: they keep their journals, notice that the
//!   region has less than it had acknowledged, and send it again.

mod fault;
mod files;
mod postgres;

pub(crate) use fault::BackupFault;

use crate::store::{FILE, Inventory, Store, URL_FILE};
use fault::at;
use files::{copy_file, digest, flush, names};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Says what a copy holds.
const MANIFEST: &str = "backup.json";

/// What `pg_dump` wrote.
const DUMP: &str = "region.pgdump";

/// The form of [`Manifest`] that this program writes and reads.
const FORM: u32 = 1;

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// [`FORM`].
    pub form: u32,
    /// When it was made, seconds since 1970.
    pub made_s: i64,
    /// `sqlite` or `postgres`.
    pub store: String,
    /// What is in the database.
    pub inventory: Inventory,
    /// The files, `backup.json` not included.
    pub files: Vec<FileLine>,
}

/// A file of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileLine {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub len: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// Copies the region in `dir`, which may be serving, into `to`, which is made.
///
/// # Errors
/// [`BackupFault`]; then there is no `backup.json`, and what lies in `to` is no copy.
pub(crate) fn backup(dir: &Path, to: &Path, now_s: i64) -> Result<Manifest, BackupFault> {
    let store = Store::open(dir)?;
    files::make_private(to)?;
    for name in names(dir)? {
        if name != URL_FILE && !name.starts_with(FILE) {
            copy_file(&dir.join(&name), &to.join(&name))?;
        }
    }
    let inventory = store.copy(dir, to, &mut |snapshot: &str, address: &str| {
        postgres::dump(address, snapshot, &to.join(DUMP))
    })?;
    let mut files = Vec::new();
    for name in names(to)? {
        files.push(digest(to, &name)?);
    }
    let manifest = Manifest { form: FORM, made_s: now_s, store: store.kind().to_owned(), inventory, files };
    let path = to.join(MANIFEST);
    let text = serde_json::to_string_pretty(&manifest).map_err(|_| BackupFault::Manifest(path.clone()))?;
    crate::hub::write_private(&path, text.as_bytes()).map_err(at(&path))?;
    flush(to)?;
    Ok(manifest)
}

/// Makes a region in `dir`, which is made or empty, from the copy in `from`; in the empty database at `postgres` if the copy is of
/// a PostgreSQL one.
///
/// # Errors
/// [`BackupFault`]; then there is no region in `dir`.
pub(crate) fn restore(from: &Path, dir: &Path, postgres: Option<&str>) -> Result<Manifest, BackupFault> {
    let manifest = read(from)?;
    match (manifest.store.as_str(), postgres) {
        ("postgres", None) => return Err(BackupFault::WantsAddress),
        ("sqlite", Some(_)) => return Err(BackupFault::WantsNone),
        (_, _) => {}
    }
    for line in &manifest.files {
        if digest(from, &line.name)? != *line {
            return Err(BackupFault::Changed(from.join(&line.name)));
        }
    }
    files::make_private(dir)?;
    let done = fill(from, dir, postgres, &manifest);
    if done.is_err() {
        // A region that is not what its copy was must not serve by mistake.
        for name in names(dir)? {
            std::fs::remove_file(dir.join(&name)).map_err(at(&dir.join(&name)))?;
        }
    }
    done.map(|()| manifest)
}

fn fill(from: &Path, dir: &Path, postgres: Option<&str>, manifest: &Manifest) -> Result<(), BackupFault> {
    for line in manifest.files.iter().filter(|line| line.name != DUMP) {
        copy_file(&from.join(&line.name), &dir.join(&line.name))?;
    }
    if let Some(address) = postgres {
        Store::wants_empty(address)?;
        postgres::restore(address, &from.join(DUMP))?;
        let url = dir.join(URL_FILE);
        crate::hub::write_private(&url, address.as_bytes()).map_err(at(&url))?;
    }
    let store = Store::open(dir)?;
    if store.inventory()? != manifest.inventory {
        return Err(BackupFault::Other);
    }
    store.pass_over_stations()?;
    drop(store);
    flush(dir)
}

fn read(from: &Path) -> Result<Manifest, BackupFault> {
    let path = from.join(MANIFEST);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
            return Err(BackupFault::NoCopy(from.to_owned()));
        }
        Err(fault) => return Err(at(&path)(fault)),
    };
    let manifest: Manifest = serde_json::from_str(&text).map_err(|_| BackupFault::Manifest(path.clone()))?;
    // A name with a way in it could lead anywhere.
    let plain = |line: &FileLine| !line.name.contains('/') && line.name != "..";
    if manifest.form != FORM || !manifest.files.iter().all(plain) {
        return Err(BackupFault::Manifest(path));
    }
    Ok(manifest)
}
