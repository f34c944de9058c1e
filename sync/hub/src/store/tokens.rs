//! Tokens of outside systems: what each may do, and for which school. A token is shown once and kept as its hash.

use super::sql::{Row, params};
use super::{SchoolId, Store, StoreFault};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// How a token begins, so that one that leaked into a text is found.
const PREFIX: &str = "oqt_";

/// The longest name, in characters.
const MOST_NAME_CHARS: usize = 80;

/// How often its last use is noted, in seconds.
const NOTE_S: i64 = 60;

/// One thing that a token lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Schools, stations and how they are.
    ReadStations,
    /// Loans.
    ReadLoans,
    /// Patrons.
    ReadPatrons,
    /// New and changed patrons, blocks.
    WritePatrons,
    /// Items and titles.
    ReadItems,
    /// New and changed items and titles.
    WriteItems,
    /// Reviews.
    ReadReviews,
    /// Decisions about reviews.
    WriteReviews,
    /// The change feed.
    ReadChanges,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 9] = [
        Scope::ReadStations,
        Scope::ReadLoans,
        Scope::ReadPatrons,
        Scope::WritePatrons,
        Scope::ReadItems,
        Scope::WriteItems,
        Scope::ReadReviews,
        Scope::WriteReviews,
        Scope::ReadChanges,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Scope::ReadStations => "read:stations",
            Scope::ReadLoans => "read:loans",
            Scope::ReadPatrons => "read:patrons",
            Scope::WritePatrons => "write:patrons",
            Scope::ReadItems => "read:items",
            Scope::WriteItems => "write:items",
            Scope::ReadReviews => "read:reviews",
            Scope::WriteReviews => "write:reviews",
            Scope::ReadChanges => "read:changes",
        }
    }

    /// The scope of a word.
    pub fn of(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

impl std::str::FromStr for Scope {
    type Err = String;

    fn from_str(word: &str) -> Result<Scope, String> {
        Scope::of(word).ok_or_else(|| {
            format!("there is no scope {word:?}; there are {}", Scope::ALL.map(Scope::word).join(", "))
        })
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// A token that was shown and is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its number.
    pub id: u32,
    /// What its makers call it.
    pub name: String,
    /// What it lets its holder do.
    pub scopes: Vec<Scope>,
    /// For which school; `None` for the whole region.
    pub school: Option<SchoolId>,
}

/// A token as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenLine {
    /// Its number.
    pub id: u32,
    /// What its makers call it.
    pub name: String,
    /// What it lets its holder do, in words.
    pub scopes: Vec<String>,
    /// For which school; `None` for the whole region.
    pub school: Option<SchoolId>,
    /// When it was made, seconds since 1970.
    pub made_s: i64,
    /// Who made it.
    pub made_by: String,
    /// The last second in which it is good; `None` = until it is revoked.
    pub until_s: Option<i64>,
    /// When it was last used, to the minute.
    pub used_s: Option<i64>,
    /// When it was revoked.
    pub revoked_s: Option<i64>,
}

/// Why a token cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    /// It has no name.
    #[error("a token has a name of 1 to {MOST_NAME_CHARS} characters: whose it is, and what for")]
    Name,
    /// It lets its holder do nothing.
    #[error("a token has at least one scope; there are {}", Scope::ALL.map(Scope::word).join(", "))]
    Scopes,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl Store {
    /// Makes a token from random bytes; gives its number and its text, which is kept nowhere.
    ///
    /// # Errors
    /// [`TokenFault`].
    pub fn add_token(
        &mut self,
        (name, scopes, school): (&str, &[Scope], Option<SchoolId>),
        until_s: Option<i64>,
        random: [u8; 32],
        (by, now_s): (&str, i64),
    ) -> Result<(u32, String), TokenFault> {
        let name: String = name.trim().chars().filter(|c| !c.is_control()).collect();
        if !(1..=MOST_NAME_CHARS).contains(&name.chars().count()) {
            return Err(TokenFault::Name);
        }
        let mut scopes: Vec<Scope> = scopes.to_vec();
        scopes.sort();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(TokenFault::Scopes);
        }
        let words: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
        let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("{PREFIX}{hex}");
        let id = self.db.one(
            "INSERT INTO token (hash, name, scopes, school, made_s, made_by, until_s)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
            params![digest(&text), name, words.join(" "), school.map(|school| school.0), now_s, by, until_s],
        )?;
        Ok((id, text))
    }

    /// What the holder of this text may do; `None` if it is no token, has run out or was revoked.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub fn token(&mut self, text: &str, now_s: i64) -> Result<Option<Token>, StoreFault> {
        let row = self.db.row(
            "SELECT id, name, scopes, school, used_s FROM token
             WHERE hash = ?1 AND revoked_s IS NULL AND (until_s IS NULL OR until_s >= ?2)",
            params![digest(text), now_s],
        )?;
        let Some(row) = row else { return Ok(None) };
        let id: u32 = row.get(0)?;
        if row.get::<Option<i64>>(4)?.is_none_or(|used_s| used_s + NOTE_S <= now_s) {
            self.db.execute("UPDATE token SET used_s = ?2 WHERE id = ?1", params![id, now_s])?;
        }
        let scopes: String = row.get(2)?;
        Ok(Some(Token {
            id,
            name: row.get(1)?,
            // A word of a newer version lets nobody do anything here.
            scopes: scopes.split(' ').filter_map(Scope::of).collect(),
            school: row.get::<Option<u32>>(3)?.map(SchoolId),
        }))
    }

    /// All tokens, or those of a school, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn tokens(&self, school: Option<SchoolId>) -> Result<Vec<TokenLine>, StoreFault> {
        let rows = self.db.rows(
            "SELECT id, name, scopes, school, made_s, made_by, until_s, used_s, revoked_s FROM token ORDER BY id DESC",
            params![],
        )?;
        let mut lines = rows.iter().map(line).collect::<Result<Vec<_>, StoreFault>>()?;
        lines.retain(|line| school.is_none() || line.school == school);
        Ok(lines)
    }

    /// Takes a token back; says whether there was one that was good.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn revoke_token(&mut self, id: u32, by: &str, now_s: i64) -> Result<bool, StoreFault> {
        let count = self.db.execute(
            "UPDATE token SET revoked_s = ?2, revoked_by = ?3 WHERE id = ?1 AND revoked_s IS NULL",
            params![id, now_s, by],
        )?;
        Ok(count > 0)
    }
}

fn line(row: &Row) -> Result<TokenLine, StoreFault> {
    let scopes: String = row.get(2)?;
    Ok(TokenLine {
        id: row.get(0)?,
        name: row.get(1)?,
        scopes: scopes.split(' ').map(str::to_owned).collect(),
        school: row.get::<Option<u32>>(3)?.map(SchoolId),
        made_s: row.get(4)?,
        made_by: row.get(5)?,
        until_s: row.get(6)?,
        used_s: row.get(7)?,
        revoked_s: row.get(8)?,
    })
}

fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}
