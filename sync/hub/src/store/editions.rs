//! Versions of rules and calendars: who made each, and when. None is ever changed; going back makes a new one.

use super::records::{decode, save_within};
use super::sql::{Lock, params};
use super::{Change, SchoolId, Store, StoreFault};
use exchange::{Feed, Record};

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its number.
    pub version: u32,
    /// When it was made, seconds since 1970.
    pub at_s: i64,
    /// Who made it.
    pub login: String,
    /// What it says.
    pub record: Record,
}

impl Store {
    /// Saves changes of a school's reference data in somebody's name, all or none.
    ///
    /// # Errors
    /// The database cannot be written; then nothing was saved.
    pub fn save_by(
        &mut self,
        school: SchoolId,
        changes: &[Change],
        login: &str,
        now_s: i64,
    ) -> Result<super::Saved, StoreFault> {
        let tx = self.db.begin(Lock::School(school))?;
        let saved = save_within(&tx, school, changes, now_s, login)?;
        tx.commit()?;
        Ok(saved)
    }

    /// The versions of a school's rules or calendar, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn editions(&self, school: SchoolId, feed: Feed, most: u32) -> Result<Vec<Edition>, StoreFault> {
        let rows = self.db.rows(
            "SELECT version, at_s, login, row FROM edition WHERE school = ?1 AND feed = ?2
             ORDER BY version DESC LIMIT ?3",
            params![school.0, feed.number(), most],
        )?;
        rows.iter()
            .map(|row| {
                Ok(Edition {
                    version: row.get(0)?,
                    at_s: row.get(1)?,
                    login: row.get(2)?,
                    record: decode(&row.get::<Vec<u8>>(3)?)?,
                })
            })
            .collect()
    }
}
