//! The schema's versions, and the steps from each to the next.
//!
//! - `schema.sql` is what the first version of regions in the field had; it is not changed any more. What came later is a
//!   step, a file in `steps/` in the words of SQLite, which PostgreSQL gets translated.
//! - A step only adds, so that a hub of the version before can serve beside a newer one while they are exchanged.
//! - All missing steps are one transaction, under the region's lock: of several hubs that start at once, one does it.

use super::StoreFault;
use super::sql::{Db, Lock, params};
use std::path::Path;

/// The version that `schema.sql` has.
const BASE: i64 = 2;

/// Versions after [`BASE`] in ascending order, and what each adds.
const STEPS: &[(i64, &str)] = &[
    (3, include_str!("steps/003-settle.sql")),
    (4, include_str!("steps/004-console.sql")),
    (5, include_str!("steps/005-enrolment-and-api.sql")),
    (6, include_str!("steps/006-import.sql")),
    (7, include_str!("steps/007-retold.sql")),
];

/// The version that this program makes and knows.
pub(super) const VERSION: i64 = if let Some((version, _)) = STEPS.last() { *version } else { BASE };

/// Statements for a new database, its version included; `events` make the table of events, which each database has in its own words.
pub(super) fn first(events: &str) -> String {
    let base = include_str!("schema.sql");
    format!("{base} {events} INSERT INTO about (one, version) VALUES (1, {BASE}); {}", steps(BASE))
}

/// Statements that bring a database from a version to this program's.
fn steps(from: i64) -> String {
    let mut sql = String::new();
    for (version, step) in STEPS.iter().filter(|(version, _)| *version > from) {
        sql.push_str(step);
        sql.push_str(&format!("\nUPDATE about SET version = {version};\n"));
    }
    sql
}

/// Brings a database up to this program's version; `path` is named in the fault.
///
/// # Errors
/// It is of a newer version, or cannot be changed; it is then as it was.
pub(super) fn bring_up(db: &Db, path: &Path) -> Result<(), StoreFault> {
    if version(db, path)? == VERSION {
        return Ok(());
    }
    let tx = db.begin(Lock::Region)?;
    let found = version(&tx, path)?;
    if found < VERSION {
        tx.run_schema(&steps(found))?;
    }
    tx.commit()
}

fn version(db: &Db, path: &Path) -> Result<i64, StoreFault> {
    let found = db.one("SELECT version FROM about", params![])?;
    if found > VERSION { Err(StoreFault::Newer { path: path.to_owned(), found }) } else { Ok(found) }
}
