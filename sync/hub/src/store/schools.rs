//! The schools of the region.

use super::sql::params;
use super::{Store, StoreFault};
use serde::Serialize;
use std::fmt;

/// The longest name, in characters.
const MOST_NAME_CHARS: usize = 120;

/// The number of a school in its region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SchoolId(pub u32);

impl fmt::Display for SchoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchoolLine {
    /// Its number.
    pub id: SchoolId,
    /// Its name.
    pub name: String,
}

/// Why there is no such school, or cannot be.
#[derive(Debug, thiserror::Error)]
pub enum SchoolFault {
    /// The name is not one.
    #[error("a school's name has 1 to {MOST_NAME_CHARS} characters")]
    Name,
    /// It is taken.
    #[error("there is a school “{0}” already")]
    Taken(String),
    /// None has this number or name.
    #[error("there is no school “{0}”; `oqyrman-hub school list DIR` lists them")]
    Unknown(String),
    /// Several could be meant.
    #[error("this region has {0} schools: say which one with --school NUMBER")]
    Several(usize),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl Store {
    /// Takes a school into the region.
    ///
    /// # Errors
    /// [`SchoolFault`].
    pub fn add_school(&mut self, name: &str, now_s: i64) -> Result<SchoolId, SchoolFault> {
        let name: String = name.trim().chars().filter(|c| !c.is_control()).collect();
        if !(1..=MOST_NAME_CHARS).contains(&name.chars().count()) {
            return Err(SchoolFault::Name);
        }
        let known = self.db.row("SELECT id FROM school WHERE name = ?1", params![&name])?;
        if known.is_some() {
            return Err(SchoolFault::Taken(name));
        }
        let sql = "INSERT INTO school (name, since_s) VALUES (?1, ?2) RETURNING id";
        Ok(SchoolId(self.db.one(sql, params![name, now_s])?))
    }

    /// All schools by name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn schools(&self) -> Result<Vec<SchoolLine>, StoreFault> {
        let rows = self.db.rows("SELECT id, name FROM school ORDER BY name, id", params![])?;
        rows.iter().map(|row| Ok(SchoolLine { id: SchoolId(row.get(0)?), name: row.get(1)? })).collect()
    }

    /// The name of a school.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn school_name(&self, school: SchoolId) -> Result<Option<String>, StoreFault> {
        let row = self.db.row("SELECT name FROM school WHERE id = ?1", params![school.0])?;
        row.map(|row| row.get(0)).transpose()
    }

    /// The school that is meant by its number or its whole name; without one, the only school of the region.
    ///
    /// # Errors
    /// [`SchoolFault::Unknown`], [`SchoolFault::Several`], or the database cannot be read.
    pub fn find_school(&self, meant: Option<&str>) -> Result<SchoolLine, SchoolFault> {
        let schools = self.schools()?;
        let Some(meant) = meant else {
            return match <[SchoolLine; 1]>::try_from(schools) {
                Ok([school]) => Ok(school),
                Err(schools) => Err(SchoolFault::Several(schools.len())),
            };
        };
        let fits = |school: &SchoolLine| school.name == meant || school.id.to_string() == meant;
        schools.into_iter().find(fits).ok_or_else(|| SchoolFault::Unknown(meant.to_owned()))
    }
}
