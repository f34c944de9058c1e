//! Stations that ask to join, and the people who let them.

use super::ingest::{newest_epoch, open_epoch};
use super::sql::{Lock, params};
use super::{SchoolId, Store, StoreFault};
use exchange::enrol::{CODE_LEN, EnrolAnswer, EnrolRequest};
use exchange::wire::PublicKey;
use exchange::{Epoch, StationId};

/// A code runs out so many seconds after it was last asked with.
const CODE_LIFE_S: i64 = 3_600;

/// How soon a waiting station asks again, in seconds.
const RETRY_S: u32 = 3;

/// The most stations that wait at once: anybody may ask.
const MOST_WAITING: u32 = 200;

/// The longest name that is kept, in characters.
const MOST_NAME_CHARS: usize = 80;

/// A station that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The code on its screen.
    pub code: String,
    /// What its technician called it.
    pub name: String,
    /// When it last asked, seconds since 1970.
    pub asked_s: i64,
}

/// Why a code cannot be approved or refused.
#[derive(Debug, thiserror::Error)]
pub enum ApproveFault {
    /// No station shows it now.
    #[error(
        "no station waits with the code {0}; compare it with the station's screen (it changes every hour)"
    )]
    Unknown(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl Store {
    /// Answers a station that asks to join. `request` was opened, so it holds the secret half of its key.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn enrol(
        &mut self,
        request: &EnrolRequest,
        region_key: PublicKey,
        now_s: i64,
    ) -> Result<EnrolAnswer, StoreFault> {
        let tx = self.db.begin(Lock::Region)?;
        let joined = tx.row(
            "SELECT s.id, s.revoked_s, c.name FROM station s JOIN school c ON c.id = s.school WHERE s.key = ?1",
            params![request.key.0],
        )?;
        if let Some(row) = joined {
            if row.get::<Option<i64>>(1)?.is_some() {
                return Ok(EnrolAnswer::Refused);
            }
            let station = StationId(row.get(0)?);
            let epoch = newest_epoch(&tx, station)?;
            return Ok(EnrolAnswer::Approved { station, epoch, region_key, school: row.get(2)? });
        }
        tx.execute("DELETE FROM enrolment WHERE asked_s < ?1", params![now_s - CODE_LIFE_S])?;
        let known = tx.row("SELECT code, refused FROM enrolment WHERE key = ?1", params![request.key.0])?;
        let known: Option<(String, bool)> =
            known.map(|row| Ok::<_, StoreFault>((row.get(0)?, row.get(1)?))).transpose()?;
        let waiting: u32 = tx.one("SELECT count(*) FROM enrolment", params![])?;
        let taken: bool = tx.one(
            "SELECT count(*) > 0 FROM enrolment WHERE code = ?1 AND key <> ?2",
            params![&request.code, request.key.0],
        )?;
        let answer = match known {
            Some((code, true)) if code == request.code => EnrolAnswer::Refused,
            None if waiting >= MOST_WAITING => EnrolAnswer::Waiting { retry_s: 60 },
            Some(_) | None if taken || request.code.chars().count() != CODE_LEN => EnrolAnswer::Refused,
            Some(_) | None => {
                let name: String =
                    request.name.chars().filter(|c| !c.is_control()).take(MOST_NAME_CHARS).collect();
                tx.execute(
                    "INSERT INTO enrolment (key, code, name, asked_s) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (key) DO UPDATE SET code = ?2, name = ?3, asked_s = ?4, refused = 0",
                    params![request.key.0, &request.code, name, now_s],
                )?;
                EnrolAnswer::Waiting { retry_s: RETRY_S }
            }
        };
        tx.commit()?;
        Ok(answer)
    }

    /// Stations that wait now.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn pending(&self, now_s: i64) -> Result<Vec<Pending>, StoreFault> {
        let rows = self.db.rows(
            "SELECT code, name, asked_s FROM enrolment WHERE refused = 0 AND asked_s >= ?1 ORDER BY asked_s DESC",
            params![now_s - CODE_LIFE_S],
        )?;
        rows.iter()
            .map(|row| Ok(Pending { code: row.get(0)?, name: row.get(1)?, asked_s: row.get(2)? }))
            .collect()
    }

    /// Lets the station that shows `code` join a school; `by` is who says so.
    ///
    /// # Errors
    /// [`ApproveFault`].
    pub fn approve(
        &mut self,
        school: SchoolId,
        code: &str,
        by: &str,
        now_s: i64,
    ) -> Result<StationId, ApproveFault> {
        let code = bare(code);
        let tx = self.db.begin(Lock::Region)?;
        let found = tx.row(
            "DELETE FROM enrolment WHERE code = ?1 AND refused = 0 AND asked_s >= ?2 RETURNING key, name",
            params![&code, now_s - CODE_LIFE_S],
        )?;
        let Some(row) = found else { return Err(ApproveFault::Unknown(code)) };
        let (key, name): ([u8; 32], String) = (row.get(0)?, row.get(1)?);
        let station = StationId(tx.one(
            "INSERT INTO station (school, key, name, approved_s, approved_by) VALUES (?1, ?2, ?3, ?4, ?5)
             RETURNING id",
            params![school.0, key, name, now_s, by],
        )?);
        open_epoch(&tx, station, Epoch(1))?;
        tx.commit()?;
        Ok(station)
    }

    /// Turns the station that shows `code` away.
    ///
    /// # Errors
    /// [`ApproveFault`].
    pub fn refuse(&mut self, code: &str) -> Result<(), ApproveFault> {
        let code = bare(code);
        let count = self.db.execute("UPDATE enrolment SET refused = 1 WHERE code = ?1", params![&code])?;
        if count == 0 { Err(ApproveFault::Unknown(code)) } else { Ok(()) }
    }
}

/// A code as a person may write it, `wdjb-mjht`, as it is kept.
fn bare(code: &str) -> String {
    code.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase()
}
