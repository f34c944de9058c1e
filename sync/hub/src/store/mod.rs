//! The region's memory: SQLite in the region's folder, or PostgreSQL for many schools and several hubs at once.
//!
//! Invariants:
//! - What an answer says is stored was flushed before.
//! - One message is one transaction: its events, and the answer, are of one moment. Folding may follow later (`settle`); nobody
//!   is shown what is folded before all that is kept of a school is.
//! - There is no statement that deletes an event or a decision. What is folded can be thrown away and folded anew, and
//!   comes out the same.
//! - A feed's cursor is the number of a change; each change of a school has its own number, and numbers only rise.
//! - Schools are apart: the same card, label or number may be in two of them, and nothing of one moves another.
//! - No cache outside the database: the program at the command line and several servers may write by turns.
//! - Both databases are spoken to in the same statements (`sql`), and the same tests run against both.

mod audit;
mod bare;
mod changes;
mod code;
mod contact;
mod copy;
mod days;
mod editions;
mod enrolment;
mod events;
mod feeds;
mod find;
mod fold;
mod former;
mod health;
mod history;
mod imports;
mod ingest;
mod inventory;
mod keep;
mod log;
mod migrate;
mod pages;
mod proof;
mod records;
mod reference;
mod retold;
mod review_groups;
mod reviews;
mod rights;
mod schools;
mod settle;
mod sql;
mod staff;
mod stations;
mod tables;
mod tally;
#[cfg(test)]
mod tests;
mod tokens;
mod vouchers;

pub use audit::{AuditFilter, AuditLine, Deed, Note};
pub use changes::{ChangeFault, ChangeLine, Told};
pub(crate) use code::{variant, word};
pub use days::DayCounts;
pub use editions::Edition;
pub use enrolment::{ApproveFault, Asking, Pending};
pub use events::{Counts, EventLine};
pub use find::CountedOut;
pub use health::Health;
pub use imports::{
    Answers, Asked, ImportCounts, ImportFault, ImportId, ImportLine, ImportReport, ImportState, Undone,
};
pub use inventory::Inventory;
pub use log::{Became, Carried, LogFilter, LogPage, Sort};
pub use pages::RecordPage;
pub use records::{Change, Saved};
pub use review_groups::{GroupLine, MOST_TOGETHER, ReviewFilter};
pub use reviews::{DecideFault, ReviewLine, ReviewSide};
pub use rights::Right;
pub use schools::{SchoolFault, SchoolId, SchoolLine};
pub use staff::{LoginFault, Role, Session, StaffFault, check_password};
pub use stations::{Ailing, FormerDevice, SetAside, StationFacts, StationLine};
pub use tokens::{Scope, Token, TokenFault, TokenLine};
pub use vouchers::{VoucherLine, VoucherState};

use migrate::{VERSION, first};
use sql::{Db, params};
use std::path::{Path, PathBuf};

/// Name of the database in the region's folder.
pub const FILE: &str = "hub.db";

/// Name of the file in the region's folder that says where the PostgreSQL database is, if it is one.
pub const URL_FILE: &str = "postgres.url";

/// Tells a region's database from any other SQLite file: "OqHb".
const APPLICATION_ID: i64 = 0x4f71_4862;

/// Why the store cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// There is none.
    #[error("{0}: there is no region here; `oqyrman-hub init DIR --school NAME` makes one")]
    Missing(PathBuf),
    /// There is one already.
    #[error("{0}: there is a region here already")]
    Exists(PathBuf),
    /// Some other file stands under its name.
    #[error("{0}: this is not a region's database")]
    Foreign(PathBuf),
    /// The PostgreSQL database has one already.
    #[error("the PostgreSQL database holds a region already: make a new one")]
    Taken,
    /// A newer version of the program has it.
    #[error(
        "{path}: this database has version {found}, and this program knows version {VERSION}: it wants the newer program"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// The file that says where the database is cannot be read or written.
    #[error("{path}: {fault}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        fault: std::io::Error,
    },
    /// What stands there contradicts itself.
    #[error("the region's database is damaged: {0}")]
    Damaged(&'static str),
    /// SQLite refuses: disk full, read-only, damaged.
    #[error("the region's database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL refuses, or is out of reach. Without values: they may be names.
    #[error("the region's PostgreSQL database: {0}")]
    Postgres(String),
}

impl From<tokio_postgres::Error> for StoreFault {
    fn from(fault: tokio_postgres::Error) -> StoreFault {
        let told = fault.as_db_error().map(|fault| fault.message().to_owned());
        StoreFault::Postgres(told.unwrap_or_else(|| {
            let cause =
                std::error::Error::source(&fault).map_or_else(String::new, |cause| format!(": {cause}"));
            format!("{fault}{cause}; is it running, and is the address in {URL_FILE} right?")
        }))
    }
}

/// The region's memory.
#[derive(Debug)]
pub struct Store {
    db: Db,
}

impl Store {
    /// Makes the database of a new region in `dir`, which exists: a SQLite file, or tables in the empty PostgreSQL database
    /// at `postgres` (`postgres://user@host/name`, or `host=… user=… dbname=…`), whose address is kept in the folder.
    ///
    /// # Errors
    /// [`StoreFault::Exists`], or it cannot be written.
    pub fn create(dir: &Path, postgres: Option<&str>) -> Result<Store, StoreFault> {
        let (path, url) = (dir.join(FILE), dir.join(URL_FILE));
        if path.exists() || url.exists() {
            return Err(StoreFault::Exists(dir.to_owned()));
        }
        let db = match postgres {
            None => {
                let db = Db::lite(&path, true)?;
                db.run_schema(&format!(
                    "BEGIN; {} PRAGMA application_id = {APPLICATION_ID}; COMMIT",
                    first(include_str!("event-lite.sql")),
                ))?;
                db
            }
            Some(address) => {
                let db = Db::pg(address)?;
                if has_region(&db)? {
                    return Err(StoreFault::Exists(dir.to_owned()));
                }
                db.run_schema(&format!("BEGIN; {} COMMIT", first(include_str!("event-pg.sql"))))?;
                crate::hub::write_private(&url, address.as_bytes())
                    .map_err(|fault| StoreFault::File { path: url, fault })?;
                db
            }
        };
        Ok(Store { db })
    }

    /// Opens the database of the region in `dir`; one of an older version of the program is brought up to this one first.
    ///
    /// # Errors
    /// See [`StoreFault`].
    pub fn open(dir: &Path) -> Result<Store, StoreFault> {
        let (path, url) = (dir.join(FILE), dir.join(URL_FILE));
        if url.exists() {
            let read = std::fs::read_to_string(&url);
            let address = read.map_err(|fault| StoreFault::File { path: url.clone(), fault })?;
            let db = Db::pg(address.trim())?;
            migrate::bring_up(&db, &url)?;
            return Ok(Store { db });
        }
        if !path.exists() {
            return Err(StoreFault::Missing(dir.to_owned()));
        }
        let db = Db::lite(&path, false)?;
        if db.one::<i64>("PRAGMA application_id", params![])? != APPLICATION_ID {
            return Err(StoreFault::Foreign(path));
        }
        migrate::bring_up(&db, &path)?;
        Ok(Store { db })
    }

    /// Makes sure that the PostgreSQL database at `address` has no region.
    ///
    /// # Errors
    /// [`StoreFault::Taken`], or it is out of reach.
    pub(crate) fn wants_empty(address: &str) -> Result<(), StoreFault> {
        if has_region(&Db::pg(address)?)? { Err(StoreFault::Taken) } else { Ok(()) }
    }

    /// Which database it is: `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        self.db.name()
    }

    /// Whether its database has hung up: it is of no use any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.db.is_gone()
    }
}

/// Whether a PostgreSQL database holds a region.
fn has_region(db: &Db) -> Result<bool, StoreFault> {
    db.one("SELECT to_regclass('about') IS NOT NULL", params![])
}
