//! Stations that ask to join, and the people who let them.
//!
//! - A key joins once: as a new station, by a voucher, or as the successor of a station whose device is gone.
//! - A key that was replaced or revoked joins never again.

use super::ingest::{newest_epoch, open_epoch};
use super::sql::{Lock, Tx, params};
use super::{SchoolId, Store, StoreFault, vouchers};
use exchange::enrol::{CODE_LEN, EnrolAnswer, EnrolRequest};
use exchange::wire::PublicKey;
use exchange::{Epoch, StationId};

/// A code runs out so many seconds after it was last asked with.
const CODE_LIFE_S: i64 = 3_600;

/// A question that came on a stick waits so many seconds: somebody carries the answer back.
const STICK_LIFE_S: i64 = 30 * 86_400;

/// How soon a waiting station asks again, in seconds.
const RETRY_S: u32 = 3;

/// The most stations that wait at once: anybody may ask.
const MOST_WAITING: u32 = 200;

/// The longest name that is kept, in characters.
const MOST_NAME_CHARS: usize = 80;

/// By which way a station asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// It asks every few seconds, and hears the answer itself.
    Online,
    /// Somebody carried the question.
    ByStick,
}

/// A station that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The code on its screen.
    pub code: String,
    /// The fingerprint of its key, which `oqyrman enrol show` prints at the station.
    pub fingerprint: String,
    /// By which way it asked.
    pub asking: Asking,
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
    /// There is no such station to be succeeded.
    #[error("there is no station {0} in this school that could be replaced")]
    NoStation(StationId),
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
        self.answer_enrol(request, Asking::Online, region_key, now_s)
    }

    /// As [`Store::enrol`], for a question that somebody carried.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn enrol_carried(
        &mut self,
        request: &EnrolRequest,
        region_key: PublicKey,
        now_s: i64,
    ) -> Result<EnrolAnswer, StoreFault> {
        self.answer_enrol(request, Asking::ByStick, region_key, now_s)
    }

    fn answer_enrol(
        &mut self,
        request: &EnrolRequest,
        asking: Asking,
        region_key: PublicKey,
        now_s: i64,
    ) -> Result<EnrolAnswer, StoreFault> {
        let tx = self.db.begin(Lock::Region)?;
        if let Some(answer) = joined(&tx, request, region_key)? {
            return Ok(answer);
        }
        if let Some(voucher) = &request.voucher {
            let admitted = vouchers::admit(&tx, voucher, request.key, &name(request), region_key, now_s)?;
            let answer = match admitted {
                Ok(()) => joined(&tx, request, region_key)?
                    .ok_or(StoreFault::Damaged("a station that has just joined"))?,
                Err(why) => EnrolAnswer::VoucherRefused { why },
            };
            tx.commit()?;
            return Ok(answer);
        }
        tx.write(
            "DELETE FROM enrolment WHERE asked_s + by_stick * ?2 < ?1",
            params![now_s - CODE_LIFE_S, STICK_LIFE_S - CODE_LIFE_S],
        )?;
        let known = tx.row("SELECT code, refused FROM enrolment WHERE key = ?1", params![request.key.0])?;
        let known: Option<(String, bool)> =
            known.map(|row| Ok::<_, StoreFault>((row.get(0)?, row.get(1)?))).transpose()?;
        let waiting: u32 = tx.one("SELECT count(*) FROM enrolment", params![])?;
        let taken: bool = tx.one(
            "SELECT count(*) > 0 FROM enrolment WHERE code = ?1 AND key <> ?2",
            params![&request.code, request.key.0],
        )?;
        let fits =
            request.code.chars().count() == CODE_LEN && request.code.chars().all(char::is_alphanumeric);
        let answer = match known {
            Some((code, true)) if code == request.code => EnrolAnswer::Refused,
            None if waiting >= MOST_WAITING => EnrolAnswer::Waiting { retry_s: 60 },
            Some(_) | None if taken || !fits => EnrolAnswer::Refused,
            Some(_) | None => {
                tx.write(
                    "INSERT INTO enrolment (key, code, name, asked_s, by_stick) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (key) DO UPDATE SET code = ?2, name = ?3, asked_s = ?4, by_stick = ?5,
                         refused = 0",
                    params![request.key.0, &request.code, name(request), now_s, asking == Asking::ByStick],
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
            "SELECT code, name, asked_s, key, by_stick FROM enrolment
             WHERE refused = 0 AND asked_s + by_stick * ?2 >= ?1 ORDER BY asked_s DESC",
            params![now_s - CODE_LIFE_S, STICK_LIFE_S - CODE_LIFE_S],
        )?;
        let pending = |row: &super::sql::Row| {
            Ok(Pending {
                code: row.get(0)?,
                name: row.get(1)?,
                asked_s: row.get(2)?,
                fingerprint: PublicKey(row.get(3)?).fingerprint(),
                asking: if row.get(4)? { Asking::ByStick } else { Asking::Online },
            })
        };
        rows.iter().map(pending).collect()
    }

    /// The station that waits now with this code, if there is one.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn pending_with(&self, code: &str, now_s: i64) -> Result<Option<Pending>, StoreFault> {
        let code = bare(code);
        Ok(self.pending(now_s)?.into_iter().find(|one| one.code == code))
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
        let tx = self.db.begin(Lock::Region)?;
        let (key, name) = take_code(&tx, code, now_s)?;
        let station = admit(&tx, school, key, &name, by, now_s)?;
        tx.commit()?;
        Ok(station)
    }

    /// Lets the station that shows `code` take the place of station `of`, whose device is broken or gone: from now on its key
    /// is that station's key, with a new epoch. The old device is taken for revoked. `by` says so, because of `why`.
    ///
    /// # Errors
    /// [`ApproveFault`]; then nothing has changed.
    pub fn succeed(
        &mut self,
        of: (SchoolId, StationId),
        code: &str,
        (by, why): (&str, &str),
        now_s: i64,
    ) -> Result<Epoch, ApproveFault> {
        let (school, station) = of;
        // What the old device sends at this moment is taken before or refused after, and never half of either.
        let tx = self.db.begin(Lock::School(school))?;
        let (key, _) = take_code(&tx, code, now_s)?;
        let old = tx.row(
            "SELECT key, head FROM station WHERE id = ?1 AND school = ?2",
            params![station.0, school.0],
        )?;
        let Some(old) = old else { return Err(ApproveFault::NoStation(station)) };
        let (old_key, head): ([u8; 32], u64) = (old.get(0)?, old.get(1)?);
        let epoch = newest_epoch(&tx, station)?;
        let stored = super::ingest::stored_upto(&tx, station, epoch)?;
        tx.write(
            "INSERT INTO former_key (key, station, epoch, missing, replaced_s, replaced_by, why)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![old_key, station.0, epoch.0, head.saturating_sub(stored.0), now_s, by, why],
        )?;
        tx.write(
            "UPDATE station SET key = ?2, approved_s = ?3, approved_by = ?4, revoked_s = NULL, revoked_by = NULL,
                 revoked_why = NULL, contact_s = NULL, head = 0, ahead_s = 0 WHERE id = ?1",
            params![station.0, key, now_s, by],
        )?;
        let begin = Epoch(epoch.0.saturating_add(1));
        open_epoch(&tx, station, begin)?;
        tx.commit()?;
        Ok(begin)
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

/// What a station is told that has joined already, or may not any more; `None` if its key is new here.
fn joined(
    tx: &Tx<'_>,
    request: &EnrolRequest,
    region_key: PublicKey,
) -> Result<Option<EnrolAnswer>, StoreFault> {
    let row = tx.row(
        "SELECT s.id, s.revoked_s, c.name FROM station s JOIN school c ON c.id = s.school WHERE s.key = ?1",
        params![request.key.0],
    )?;
    let Some(row) = row else {
        let former = tx.row("SELECT station FROM former_key WHERE key = ?1", params![request.key.0])?;
        return Ok(former.map(|_| EnrolAnswer::Refused));
    };
    if row.get::<Option<i64>>(1)?.is_some() {
        return Ok(Some(EnrolAnswer::Refused));
    }
    let station = StationId(row.get(0)?);
    let epoch = newest_epoch(tx, station)?;
    Ok(Some(EnrolAnswer::Approved { station, epoch, region_key, school: row.get(2)? }))
}

/// The key and the name of the station that waits with this code, which does not wait any more.
fn take_code(tx: &Tx<'_>, code: &str, now_s: i64) -> Result<([u8; 32], String), ApproveFault> {
    let code = bare(code);
    let found = tx.row(
        "DELETE FROM enrolment WHERE code = ?1 AND refused = 0 AND asked_s + by_stick * ?3 >= ?2
         RETURNING key, name",
        params![&code, now_s - CODE_LIFE_S, STICK_LIFE_S - CODE_LIFE_S],
    )?;
    let Some(row) = found else { return Err(ApproveFault::Unknown(code)) };
    Ok((row.get(0)?, row.get(1)?))
}

/// Takes a new station into a school.
pub(super) fn admit(
    tx: &Tx<'_>,
    school: SchoolId,
    key: [u8; 32],
    name: &str,
    by: &str,
    now_s: i64,
) -> Result<StationId, StoreFault> {
    let station = StationId(tx.one(
        "INSERT INTO station (school, key, name, approved_s, approved_by) VALUES (?1, ?2, ?3, ?4, ?5)
         RETURNING id",
        params![school.0, key, name, now_s, by],
    )?);
    open_epoch(tx, station, Epoch(1))?;
    Ok(station)
}

/// A station's name as it is kept.
fn name(request: &EnrolRequest) -> String {
    request.name.chars().filter(|c| !c.is_control()).take(MOST_NAME_CHARS).collect()
}

/// A code as a person may write it, `wdjb-mjht`, as it is kept.
fn bare(code: &str) -> String {
    code.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase()
}
