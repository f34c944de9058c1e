//! What both databases have in common: how a file is opened, checked, put aside and put in place.
//!
//! Invariants:
//! - A file is written whole under `*.new` and flushed before it takes the place of another one.
//! - A damaged file is renamed, with its log, to `*.damaged-<time>`; it is never deleted here.

use crate::StoreFault;
use rusqlite::{Connection, FileControl, OpenFlags};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// How hard a commit is pressed onto the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A commit is flushed before it returns.
    Full,
    /// A power cut may take back the last commits, never tear one: enough for what can be had again.
    Cache,
}

/// Opens a database for this program alone, makes it if it is not there.
pub(crate) fn open(
    path: &Path,
    durability: Durability,
    application_id: i32,
) -> Result<Connection, StoreFault> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| diagnose(error, path))?;
    prepare(&conn, durability, application_id).map_err(|fault| match fault {
        StoreFault::Failing { .. } => probe(path).err().unwrap_or(fault),
        StoreFault::DiskFull | StoreFault::ReadOnly | StoreFault::InUse | StoreFault::Damaged { .. } => fault,
    })?;
    Ok(conn)
}

fn prepare(conn: &Connection, durability: Durability, application_id: i32) -> Result<(), StoreFault> {
    if durability == Durability::Full {
        // A sector that was half overwritten at a power cut may lose what stood in it before. So a commit never
        // shares a sector of the log with the one before it.
        let mut power_safe = 0;
        conn.file_control(Some("main"), FileControl::PowerSafeOverwrite(&mut power_safe))?;
    }
    conn.busy_timeout(std::time::Duration::ZERO)?;
    // Alone: no second station in the same folder, and no shared-memory file.
    conn.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = 1024;")?;
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    let level = match durability {
        Durability::Full => 2,
        Durability::Cache => 1,
    };
    conn.pragma_update(None, "synchronous", level)?;
    let synchronous: i64 = conn.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    if mode != "wal" || synchronous != level {
        return Err(StoreFault::Failing { code: 0 });
    }
    // A checkpoint flushes twice and copies pages: it is left to a quiet moment. This is only the bound of the log.
    conn.execute_batch(
        "PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -1024; PRAGMA mmap_size = 0;",
    )?;
    conn.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
    conn.set_prepared_statement_cache_capacity(64);
    let found: i32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    match found {
        0 => conn.pragma_update(None, "application_id", application_id)?,
        other if other == application_id => {}
        _ => return Err(StoreFault::CONTENT),
    }
    Ok(())
}

/// Whether nothing was ever written to the file: making it was cut short, or the file system has emptied it.
pub(crate) fn is_empty(conn: &Connection) -> Result<bool, StoreFault> {
    Ok(conn.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?)
}

/// Opens a file to read what can be read of it.
pub(crate) fn open_read_only(path: &Path) -> Result<Connection, StoreFault> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.execute_batch("PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF;")?;
    Ok(conn)
}

/// Whether the pages hang together. It does not see a flipped bit inside a value: the chain and the feed hashes do.
pub(crate) fn quick_check(conn: &Connection) -> Result<(), StoreFault> {
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreFault::CONTENT) }
}

/// Moves the log's pages into the database. The log stays as a file, so that later commits need not lengthen it.
pub(crate) fn checkpoint(conn: &Connection) -> Result<(), StoreFault> {
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(StoreFault::InUse) }
}

/// Writes everything that is in the log into the database, flushed, and begins the log anew. For a start: after a flush
/// that failed and a kill, the system may show pages of the log that it will never write. What came after them in the log
/// would be lost with them at a power cut, flushed or not.
pub(crate) fn settle(conn: &Connection) -> Result<(), StoreFault> {
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(StoreFault::InUse) }
}

/// Writes a compact copy to a file that is not there yet, and flushes it.
pub(crate) fn copy(conn: &Connection, path: &Path) -> Result<(), StoreFault> {
    let name = path.to_str().ok_or(StoreFault::Failing { code: 0 })?;
    conn.execute("VACUUM INTO ?1", [name])?;
    fs::File::open(path)?.sync_all()?;
    Ok(())
}

/// Closes a new database so that everything is in its one file, flushed.
pub(crate) fn finish(conn: Connection, path: &Path) -> Result<(), StoreFault> {
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    conn.close().map_err(|(_, error)| error)?;
    fs::File::open(path)?.sync_all()?;
    Ok(())
}

/// Renames a damaged database and its log; gives the new name of the database. `None` if there is none.
pub(crate) fn quarantine(path: &Path, now_s: i64) -> Result<Option<PathBuf>, StoreFault> {
    if !path.exists() {
        return Ok(None);
    }
    let mut aside = with_suffix(path, &format!(".damaged-{now_s}"));
    for n in 2.. {
        if !aside.exists() {
            break;
        }
        aside = with_suffix(path, &format!(".damaged-{now_s}-{n}"));
    }
    // The database first: without its log it would look sound and be short of the newest events. A log left alone is
    // moved after it at the next start.
    fs::rename(path, &aside)?;
    move_log(path, &aside)?;
    Ok(Some(aside))
}

fn move_log(path: &Path, to: &Path) -> Result<(), StoreFault> {
    for log in ["-wal", "-shm"] {
        let from = with_suffix(path, log);
        if from.exists() {
            fs::rename(from, with_suffix(to, log))?;
        }
    }
    Ok(())
}

/// The file a database is written to before it takes its place.
pub(crate) fn new_path(path: &Path) -> PathBuf {
    with_suffix(path, ".new")
}

/// Makes room for a new file: what an interrupted attempt left is no more than a copy.
pub(crate) fn clear_new(path: &Path) -> Result<PathBuf, StoreFault> {
    let new = new_path(path);
    remove(&new)?;
    Ok(new)
}

/// Removes a database that is not needed any more, with its log.
pub(crate) fn remove(path: &Path) -> Result<(), StoreFault> {
    for file in [path.to_owned(), with_suffix(path, "-wal"), with_suffix(path, "-shm")] {
        match fs::remove_file(file) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Puts the finished new file in the place of the old one, which is quarantined; gives where to.
pub(crate) fn swap_in(path: &Path, now_s: i64) -> Result<Option<PathBuf>, StoreFault> {
    let aside = quarantine(path, now_s)?;
    fs::rename(new_path(path), path)?;
    sync_folder(path)?;
    Ok(aside)
}

/// Ends what was cut short between renames: a log without its database follows it, and a new file whose place is empty
/// is put there. (It is whole: the damaged one is put aside only after the new one was flushed.)
pub(crate) fn end_interrupted_swap(path: &Path, now_s: i64) -> Result<(), StoreFault> {
    if path.exists() {
        return Ok(());
    }
    let aside = newest_quarantined(path)?;
    move_log(path, aside.as_deref().unwrap_or(&with_suffix(path, &format!(".damaged-{now_s}"))))?;
    if aside.is_some() && new_path(path).exists() {
        fs::rename(new_path(path), path)?;
        sync_folder(path)?;
    }
    Ok(())
}

/// Flushes the folder, so that renames in it last.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreFault> {
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn newest_quarantined(path: &Path) -> Result<Option<PathBuf>, StoreFault> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(None) };
    let prefix = format!("{}.damaged-", name.to_string_lossy());
    let mut newest = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            newest = newest.max(Some(entry.path()).filter(|path| is_database(path)));
        }
    }
    Ok(newest)
}

fn is_database(path: &Path) -> bool {
    let name = path.to_string_lossy();
    !name.ends_with("-wal") && !name.ends_with("-shm")
}

/// The path with `suffix` behind its name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn diagnose(error: rusqlite::Error, path: &Path) -> StoreFault {
    match StoreFault::from(error) {
        fault @ StoreFault::Failing { .. } => probe(path).err().unwrap_or(fault),
        fault @ (StoreFault::DiskFull
        | StoreFault::ReadOnly
        | StoreFault::InUse
        | StoreFault::Damaged { .. }) => fault,
    }
}

/// SQLite says no more than "cannot open" or "write failed" where the system knows why. So the system is asked: can a
/// few bytes be written beside the database?
pub(crate) fn probe(path: &Path) -> Result<(), StoreFault> {
    let file = with_suffix(path, ".probe");
    let wrote = fs::File::create(&file).and_then(|mut probe| {
        probe.write_all(&[0; 8192])?;
        probe.sync_all()
    });
    // Whether or not it could be written, what is there of it goes.
    let _ = fs::remove_file(&file);
    Ok(wrote?)
}
