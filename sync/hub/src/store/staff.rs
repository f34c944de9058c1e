//! Who may sign in at the region's page, and who is signed in.
//!
//! Passwords are kept as argon2id (RFC 9106, second recommended option's memory halved to 32 MiB, t = 3, p = 1). Five
//! wrong ones in a row lock a login for five minutes. What a browser holds is kept as its hash.

use super::{Store, StoreFault};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

/// Wrong passwords in a row that lock a login.
const MOST_FAILURES: u32 = 5;

/// How long a login stays locked, in seconds.
const LOCK_S: i64 = 300;

/// How long somebody stays signed in without doing anything, in seconds.
const SESSION_S: i64 = 8 * 3600;

/// The shortest password.
const LEAST_PASSWORD_CHARS: usize = 10;

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub login: String,
    /// A word that every form of this session must bring along, against forms of other sites.
    pub form: String,
}

/// Why somebody cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum StaffFault {
    /// The login is not one.
    #[error("a login has 1 to 40 letters, digits, dots or dashes")]
    Login,
    /// The password is too short.
    #[error("a password has at least {LEAST_PASSWORD_CHARS} characters")]
    Password,
    /// It could not be hashed.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum LoginFault {
    /// Login or password is wrong; which of them is not said.
    #[error("the login or the password is wrong")]
    Wrong,
    /// Too many wrong passwords.
    #[error("too many wrong passwords; try again in {wait_s} seconds")]
    Locked {
        /// How long it stays so.
        wait_s: i64,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<rusqlite::Error> for LoginFault {
    fn from(fault: rusqlite::Error) -> LoginFault {
        LoginFault::Store(fault.into())
    }
}

impl Store {
    /// Lets somebody sign in from now on, or gives them a new password. `salt` comes from the machine's randomness.
    ///
    /// # Errors
    /// [`StaffFault`].
    pub fn add_staff(&mut self, login: &str, password: &str, salt: [u8; 16]) -> Result<(), StaffFault> {
        let fits = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
        if !(1..=40).contains(&login.chars().count()) || !login.chars().all(fits) {
            return Err(StaffFault::Login);
        }
        if password.chars().count() < LEAST_PASSWORD_CHARS {
            return Err(StaffFault::Password);
        }
        let hash = hash(password, salt).map_err(StaffFault::Hash)?;
        self.conn
            .execute(
                "INSERT INTO staff (login, hash) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET hash = excluded.hash, failures = 0, locked_until_s = 0",
                params![login, hash],
            )
            .map_err(StoreFault::from)?;
        self.conn.execute("DELETE FROM session WHERE login = ?1", [login]).map_err(StoreFault::from)?;
        Ok(())
    }

    /// What [`check_password`] needs, unless the login is locked. An unknown login gives a hash that nothing matches, so that
    /// it takes as long as a known one.
    ///
    /// # Errors
    /// [`LoginFault::Locked`], or the database cannot be read.
    pub fn password_hash(&self, login: &str, now_s: i64) -> Result<Option<String>, LoginFault> {
        let found: Option<(String, i64)> = self
            .conn
            .query_row("SELECT hash, locked_until_s FROM staff WHERE login = ?1", [login], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        match found {
            Some((_, until_s)) if until_s > now_s => Err(LoginFault::Locked { wait_s: until_s - now_s }),
            Some((hash, _)) => Ok(Some(hash)),
            None => Ok(None),
        }
    }

    /// Notes a wrong password.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn note_failure(&mut self, login: &str, now_s: i64) -> Result<(), StoreFault> {
        self.conn.execute(
            "UPDATE staff SET locked_until_s = CASE WHEN failures + 1 >= ?2 THEN ?3 ELSE 0 END,
                              failures = (failures + 1) % ?2 WHERE login = ?1",
            params![login, MOST_FAILURES, now_s + LOCK_S],
        )?;
        Ok(())
    }

    /// Signs somebody in whose password was right. `token` and `form` come from the machine's randomness.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn sign_in(
        &mut self,
        login: &str,
        token: &[u8; 32],
        form: &str,
        now_s: i64,
    ) -> Result<(), StoreFault> {
        self.conn.execute("DELETE FROM session WHERE until_s <= ?1", [now_s])?;
        self.conn.execute("UPDATE staff SET failures = 0, locked_until_s = 0 WHERE login = ?1", [login])?;
        self.conn.execute(
            "INSERT INTO session (token, login, form, until_s) VALUES (?1, ?2, ?3, ?4)",
            params![digest(token), login, form, now_s + SESSION_S],
        )?;
        Ok(())
    }

    /// Who holds this token; their time begins anew.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn session(&mut self, token: &[u8; 32], now_s: i64) -> Result<Option<Session>, StoreFault> {
        let mut query = self
            .conn
            .prepare_cached("SELECT login, form, until_s FROM session WHERE token = ?1 AND until_s > ?2")?;
        let found: Option<(String, String, i64)> = query
            .query_row(params![digest(token), now_s], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((login, form, until_s)) = found else { return Ok(None) };
        // Once a minute is enough: reading a page need not write each time.
        if until_s < now_s + SESSION_S - 60 {
            self.conn.execute(
                "UPDATE session SET until_s = ?2 WHERE token = ?1",
                params![digest(token), now_s + SESSION_S],
            )?;
        }
        Ok(Some(Session { login, form }))
    }

    /// Signs the holder of this token out.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn sign_out(&mut self, token: &[u8; 32]) -> Result<(), StoreFault> {
        self.conn.execute("DELETE FROM session WHERE token = ?1", [digest(token)])?;
        Ok(())
    }
}

/// Whether `password` is the one that was hashed. With `None` it takes as long, and is not. It takes tens of
/// milliseconds and 32 MiB: not to be called while the store is held.
pub fn check_password(hash: Option<&str>, password: &str) -> bool {
    /// Of a password that nobody knows.
    const NOBODY: &str =
        "$argon2id$v=19$m=32768,t=3,p=1$b3F5cm1hbm9xeXJtYW4$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    Argon2::default().verify_password(password.as_bytes(), hash.unwrap_or(NOBODY)).is_ok()
}

fn hash(password: &str, salt: [u8; 16]) -> Result<String, String> {
    let params = Params::new(32 * 1024, 3, 1, None).map_err(|fault| fault.to_string())?;
    let hash: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|fault| fault.to_string())?;
    Ok(hash.to_string())
}

fn digest(token: &[u8; 32]) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
