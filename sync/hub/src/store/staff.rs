//! Who may sign in at the region's page, and who is signed in.
//!
//! Passwords are kept as argon2id (RFC 9106, second recommended option's memory halved to 32 MiB, t = 3, p = 1). Five
//! wrong ones in a row lock a login for five minutes, and fifty from one address within a quarter of an hour lock that
//! address for the rest of it. What a browser holds is kept as its hash, and so is an address.

use super::sql::params;
use super::{SchoolId, Store, StoreFault};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// Wrong passwords in a row that lock a login.
const MOST_FAILURES: u32 = 5;

/// How long a login stays locked, in seconds.
const LOCK_S: i64 = 300;

/// Wrong passwords that lock an address: many, for a whole school may sit behind one.
const MOST_STRANGE: u32 = 50;

/// Within how long, in seconds.
const STRANGE_S: i64 = 900;

/// How long somebody stays signed in without doing anything, in seconds.
const SESSION_S: i64 = 8 * 3600;

/// The shortest password.
const LEAST_PASSWORD_CHARS: usize = 10;

/// What somebody is; what that lets them do is in `rights`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Sees one school and decides its reviews.
    Librarian,
    /// Sees all schools and decides their reviews.
    District,
    /// Sees all stations, and lets them join.
    Technician,
    /// All of this.
    Admin,
}

impl Role {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Role::Librarian => "librarian",
            Role::District => "district",
            Role::Technician => "technician",
            Role::Admin => "admin",
        }
    }

    fn of(word: &str) -> Result<Role, StoreFault> {
        match word {
            "librarian" => Ok(Role::Librarian),
            "district" => Ok(Role::District),
            "technician" => Ok(Role::Technician),
            "admin" => Ok(Role::Admin),
            _ => Err(StoreFault::Damaged("a role that no version of this program wrote")),
        }
    }

    /// Whether they see all schools.
    pub fn sees_all_schools(self) -> bool {
        match self {
            Role::District | Role::Technician | Role::Admin => true,
            Role::Librarian => false,
        }
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub login: String,
    /// What they may do.
    pub role: Role,
    /// The school they look at; `None` for somebody of all schools who has not chosen one.
    pub school: Option<SchoolId>,
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
    /// A librarian without a school, or somebody of all schools with one.
    #[error("a librarian belongs to one school; people of the other roles to none")]
    School,
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

impl Store {
    /// Lets somebody sign in from now on, or gives them a new password. `salt` comes from the machine's randomness.
    ///
    /// # Errors
    /// [`StaffFault`].
    pub fn add_staff(
        &mut self,
        login: &str,
        (role, school): (Role, Option<SchoolId>),
        password: &str,
        salt: [u8; 16],
    ) -> Result<(), StaffFault> {
        if school.is_some() == role.sees_all_schools() {
            return Err(StaffFault::School);
        }
        let fits = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
        if !(1..=40).contains(&login.chars().count()) || !login.chars().all(fits) {
            return Err(StaffFault::Login);
        }
        if password.chars().count() < LEAST_PASSWORD_CHARS {
            return Err(StaffFault::Password);
        }
        let hash = hash(password, salt).map_err(StaffFault::Hash)?;
        self.db.execute(
            "INSERT INTO staff (login, hash, role, school) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (login) DO UPDATE SET hash = excluded.hash, role = excluded.role,
                 school = excluded.school, failures = 0, locked_until_s = 0",
            params![login, hash, role.word(), school.map(|school| school.0)],
        )?;
        self.db.execute("DELETE FROM session WHERE login = ?1", params![login])?;
        Ok(())
    }

    /// What [`check_password`] needs, unless the login or the address is locked. An unknown login gives a hash that nothing
    /// matches, so that it takes as long as a known one.
    ///
    /// # Errors
    /// [`LoginFault::Locked`], or the database cannot be read.
    pub fn password_hash(
        &self,
        login: &str,
        address: Option<IpAddr>,
        now_s: i64,
    ) -> Result<Option<String>, LoginFault> {
        let row = self.db.row(
            "SELECT since_s FROM stranger WHERE address = ?1 AND failures >= ?2 AND since_s > ?3",
            params![address.map(hidden), MOST_STRANGE, now_s - STRANGE_S],
        )?;
        if let Some(row) = row {
            return Err(LoginFault::Locked { wait_s: row.get::<i64>(0)? + STRANGE_S - now_s });
        }
        let row = self.db.row("SELECT hash, locked_until_s FROM staff WHERE login = ?1", params![login])?;
        let found: Option<(String, i64)> =
            row.map(|row| Ok::<_, StoreFault>((row.get(0)?, row.get(1)?))).transpose()?;
        match found {
            Some((_, until_s)) if until_s > now_s => Err(LoginFault::Locked { wait_s: until_s - now_s }),
            Some((hash, _)) => Ok(Some(hash)),
            None => Ok(None),
        }
    }

    /// Notes a wrong password that came from an address.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn note_failure(
        &mut self,
        login: &str,
        address: Option<IpAddr>,
        now_s: i64,
    ) -> Result<(), StoreFault> {
        self.db.execute(
            "UPDATE staff SET locked_until_s = CASE WHEN failures + 1 >= ?2 THEN ?3 ELSE 0 END,
                              failures = (failures + 1) % ?2 WHERE login = ?1",
            params![login, MOST_FAILURES, now_s + LOCK_S],
        )?;
        let Some(address) = address else { return Ok(()) };
        self.db.execute("DELETE FROM stranger WHERE since_s <= ?1", params![now_s - STRANGE_S])?;
        self.db.execute(
            "INSERT INTO stranger (address, failures, since_s) VALUES (?1, 1, ?2)
             ON CONFLICT (address) DO UPDATE SET failures = stranger.failures + 1",
            params![hidden(address), now_s],
        )?;
        Ok(())
    }

    /// The school that somebody belongs to; `None` for those of all schools, and for a login that nobody has.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn school_of_staff(&self, login: &str) -> Result<Option<SchoolId>, StoreFault> {
        let row = self.db.row("SELECT school FROM staff WHERE login = ?1", params![login])?;
        let school = row.map(|row| row.get::<Option<u32>>(0)).transpose()?;
        Ok(school.flatten().map(SchoolId))
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
        self.db.execute("DELETE FROM session WHERE until_s <= ?1", params![now_s])?;
        self.db
            .execute("UPDATE staff SET failures = 0, locked_until_s = 0 WHERE login = ?1", params![login])?;
        let school: Option<u32> = self.db.one("SELECT school FROM staff WHERE login = ?1", params![login])?;
        self.db.execute(
            "INSERT INTO session (token, login, form, school, until_s) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![digest(token), login, form, school, now_s + SESSION_S],
        )?;
        Ok(())
    }

    /// Who holds this token; their time begins anew.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn session(&mut self, token: &[u8; 32], now_s: i64) -> Result<Option<Session>, StoreFault> {
        let row = self.db.row(
            "SELECT v.login, s.role, v.school, v.form, v.until_s FROM session v JOIN staff s ON s.login = v.login
             WHERE v.token = ?1 AND v.until_s > ?2",
            params![digest(token), now_s],
        )?;
        let Some(row) = row else { return Ok(None) };
        // Once a minute is enough: reading a page need not write each time.
        if row.get::<i64>(4)? < now_s + SESSION_S - 60 {
            self.db.execute(
                "UPDATE session SET until_s = ?2 WHERE token = ?1",
                params![digest(token), now_s + SESSION_S],
            )?;
        }
        Ok(Some(Session {
            login: row.get(0)?,
            role: Role::of(&row.get::<String>(1)?)?,
            school: row.get::<Option<u32>>(2)?.map(SchoolId),
            form: row.get(3)?,
        }))
    }

    /// From now on the holder of this token looks at this school. Who belongs to one school stays there.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn look_at(&mut self, token: &[u8; 32], school: SchoolId) -> Result<(), StoreFault> {
        self.db.execute(
            "UPDATE session SET school = ?2 WHERE token = ?1
             AND login IN (SELECT login FROM staff WHERE school IS NULL)
             AND EXISTS (SELECT 1 FROM school WHERE id = ?2)",
            params![digest(token), school.0],
        )?;
        Ok(())
    }

    /// Signs the holder of this token out.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn sign_out(&mut self, token: &[u8; 32]) -> Result<(), StoreFault> {
        self.db.execute("DELETE FROM session WHERE token = ?1", params![digest(token)])?;
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

/// An address, as it is kept.
fn hidden(address: IpAddr) -> Vec<u8> {
    Sha256::digest(address.to_canonical().to_string().as_bytes()).to_vec()
}

fn digest(token: &[u8; 32]) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
