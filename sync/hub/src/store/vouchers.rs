//! Vouchers: what lets a station in without a person. Only the hash of a serial is kept: who reads the database cannot use it.

use super::enrolment::admit as admit_station;
use super::sql::{Lock, Tx, params};
use super::{SchoolId, Store, StoreFault};
use exchange::StationId;
use exchange::enrol::VoucherRefusal;
use exchange::voucher::Voucher;
use exchange::wire::PublicKey;
use sha2::{Digest, Sha256};

/// A voucher as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherLine {
    /// Its number in the region.
    pub id: u32,
    /// For which school.
    pub school: SchoolId,
    /// What the station will be called; empty = as it calls itself.
    pub name: String,
    /// The last second in which it is good, since 1970.
    pub until_s: i64,
    /// What became of it.
    pub state: VoucherState,
}

/// What became of a voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoucherState {
    /// It is good still, if its time is not over.
    Open,
    /// A station has come in by it.
    Used(StationId),
    /// Somebody took it back.
    Withdrawn,
}

impl Store {
    /// Notes vouchers that are about to be given out, all or none. Each stands with the name of its station, which may be empty.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn note_vouchers(&mut self, vouchers: &[(Voucher, String)], now_s: i64) -> Result<(), StoreFault> {
        let tx = self.db.begin(Lock::Region)?;
        for (voucher, name) in vouchers {
            tx.write(
                "INSERT INTO voucher (serial, school, name, made_s, until_s) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![digest(&voucher.serial), voucher.school, name, now_s, voucher.until_s],
            )?;
        }
        tx.commit()
    }

    /// All vouchers by number.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn vouchers(&self) -> Result<Vec<VoucherLine>, StoreFault> {
        let rows = self.db.rows(
            "SELECT id, school, name, until_s, station, withdrawn_s FROM voucher ORDER BY id",
            params![],
        )?;
        rows.iter()
            .map(|row| {
                let (station, withdrawn): (Option<u32>, Option<i64>) = (row.get(4)?, row.get(5)?);
                Ok(VoucherLine {
                    id: row.get(0)?,
                    school: SchoolId(row.get(1)?),
                    name: row.get(2)?,
                    until_s: row.get(3)?,
                    state: match (station, withdrawn) {
                        (Some(station), _) => VoucherState::Used(StationId(station)),
                        (None, Some(_)) => VoucherState::Withdrawn,
                        (None, None) => VoucherState::Open,
                    },
                })
            })
            .collect()
    }

    /// Takes vouchers back that were not used: those with these numbers, or, without numbers, all. Says how many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn withdraw_vouchers(&mut self, numbers: &[u32], now_s: i64) -> Result<u64, StoreFault> {
        let tx = self.db.begin(Lock::Region)?;
        let sql = "UPDATE voucher SET withdrawn_s = ?1 WHERE used_s IS NULL AND withdrawn_s IS NULL";
        let count = if numbers.is_empty() {
            tx.execute(sql, params![now_s])?
        } else {
            let one = format!("{sql} AND id = ?2");
            let mut count = 0;
            for number in numbers {
                count += tx.execute(&one, params![now_s, *number])?;
            }
            count
        };
        tx.commit()?;
        Ok(count)
    }
}

/// Lets a new key in by a voucher, and uses that up; or says why not.
pub(super) fn admit(
    tx: &Tx<'_>,
    text: &str,
    key: PublicKey,
    own_name: &str,
    region: PublicKey,
    now_s: i64,
) -> Result<Result<(), VoucherRefusal>, StoreFault> {
    let Some(read) = Voucher::read(text) else { return Ok(Err(VoucherRefusal::Unreadable)) };
    if !read.is_of(&region) {
        return Ok(Err(VoucherRefusal::Foreign));
    }
    let row = tx.row(
        "SELECT id, school, name, until_s, used_s, withdrawn_s FROM voucher WHERE serial = ?1",
        params![digest(&read.voucher.serial)],
    )?;
    // Signed, but not noted: this region was put back to an older copy of itself.
    let Some(row) = row else { return Ok(Err(VoucherRefusal::Foreign)) };
    if row.get::<Option<i64>>(4)?.is_some() {
        return Ok(Err(VoucherRefusal::Used));
    }
    if row.get::<Option<i64>>(5)?.is_some() {
        return Ok(Err(VoucherRefusal::Withdrawn));
    }
    if row.get::<i64>(3)?.min(read.voucher.until_s) < now_s {
        return Ok(Err(VoucherRefusal::Expired));
    }
    let (id, school, name): (u32, u32, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let name = if name.is_empty() { own_name } else { &name };
    let station = admit_station(tx, SchoolId(school), key.0, name, &format!("voucher {id}"), now_s)?;
    tx.write("UPDATE voucher SET used_s = ?2, station = ?3 WHERE id = ?1", params![id, now_s, station.0])?;
    tx.write("DELETE FROM enrolment WHERE key = ?1", params![key.0])?;
    Ok(Ok(()))
}

fn digest(serial: &[u8; 16]) -> Vec<u8> {
    Sha256::digest(serial).to_vec()
}
