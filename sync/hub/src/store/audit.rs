//! Who did what and when. Lines are only added. They hold logins, and numbers of what was touched; no name, no card.

use super::code::{variant, word};
use super::sql::{Db, Row, params};
use super::{SchoolId, Store, StoreFault};
use serde::{Deserialize, Serialize};

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Signed in.
    SignedIn,
    /// Gave a wrong password.
    SignInFailed,
    /// Signed out.
    SignedOut,
    /// Was let in from now on, or got a new password or role.
    StaffChanged,
    /// Accepted what a review proposes.
    ReviewAccepted,
    /// Rejected what a review proposes.
    ReviewRejected,
    /// Took the decision of a review back.
    DecisionTakenBack,
    /// Let a station join.
    StationApproved,
    /// Turned a station away.
    StationRefused,
    /// Has nothing taken from a station any more.
    StationRevoked,
    /// Had a new device go on as a station.
    StationReplaced,
    /// Made vouchers by which stations join without a person.
    VouchersMade,
    /// Took a file in.
    Imported,
    /// Took an import back.
    ImportTakenBack,
    /// Changed the rules of lending.
    RulesChanged,
    /// Changed the calendar.
    CalendarChanged,
    /// Put a notice up.
    NoticePut,
    /// Took a notice down.
    NoticeTakenDown,
    /// Took loans, overdue loans or events away as a file.
    Exported,
    /// Changed a patron by hand, or by an outside system.
    PatronChanged,
    /// Changed an item or a title by hand, or by an outside system.
    CatalogueChanged,
    /// Gave an outside system a token.
    TokenMade,
    /// Made a token worthless.
    TokenRevoked,
}

impl Deed {
    /// All of them, in the order of a list to choose from.
    pub const ALL: [Deed; 23] = [
        Deed::SignedIn,
        Deed::SignInFailed,
        Deed::SignedOut,
        Deed::StaffChanged,
        Deed::ReviewAccepted,
        Deed::ReviewRejected,
        Deed::DecisionTakenBack,
        Deed::StationApproved,
        Deed::StationRefused,
        Deed::StationRevoked,
        Deed::StationReplaced,
        Deed::VouchersMade,
        Deed::Imported,
        Deed::ImportTakenBack,
        Deed::RulesChanged,
        Deed::CalendarChanged,
        Deed::NoticePut,
        Deed::NoticeTakenDown,
        Deed::Exported,
        Deed::PatronChanged,
        Deed::CatalogueChanged,
        Deed::TokenMade,
        Deed::TokenRevoked,
    ];

    /// Its word in addresses and files.
    pub fn word(self) -> String {
        word(&self)
    }
}

/// A line to be written.
#[derive(Debug, Clone, Copy)]
pub struct Note<'a> {
    /// Whose business it is; `None`: the region's.
    pub school: Option<SchoolId>,
    /// Who did it.
    pub login: &'a str,
    /// What.
    pub deed: Deed,
    /// To what: a number, a login, the kind of a file; may be empty.
    pub object: &'a str,
}

/// A line as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Its place.
    pub place: u64,
    /// Whose business it is; `None`: the region's.
    pub school: Option<SchoolId>,
    /// When, seconds since 1970.
    pub at_s: i64,
    /// Who did it.
    pub login: String,
    /// What.
    pub deed: Deed,
    /// To what.
    pub object: String,
}

/// Which lines are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditFilter<'a> {
    /// Of this school, and of no other; `None`: all, the region's own included.
    pub school: Option<SchoolId>,
    /// Before this place.
    pub before: Option<u64>,
    /// Of this person.
    pub login: Option<&'a str>,
    /// Of this sort.
    pub deed: Option<Deed>,
}

impl Store {
    /// Writes down who did what.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn note(&mut self, note: Note<'_>, now_s: i64) -> Result<(), StoreFault> {
        write(&self.db, note, now_s)
    }

    /// Who did what, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn audit(&self, wanted: AuditFilter<'_>, limit: u32) -> Result<Vec<AuditLine>, StoreFault> {
        let school = if wanted.school.is_some() { "school = ?1" } else { "CAST(?1 AS BIGINT) IS NULL" };
        let login = if wanted.login.is_some() { "login = ?3" } else { "CAST(?3 AS TEXT) IS NULL" };
        let deed = if wanted.deed.is_some() { "deed = ?4" } else { "CAST(?4 AS TEXT) IS NULL" };
        let sql = format!(
            "SELECT place, school, at_s, login, deed, object FROM audit
             WHERE {school} AND place < ?2 AND {login} AND {deed} ORDER BY place DESC LIMIT ?5"
        );
        let values = params![
            wanted.school.map(|school| school.0),
            wanted.before.unwrap_or(u64::MAX),
            wanted.login,
            wanted.deed.map(Deed::word),
            limit,
        ];
        self.db.rows(&sql, values)?.iter().map(line).collect()
    }
}

fn line(row: &Row) -> Result<AuditLine, StoreFault> {
    Ok(AuditLine {
        place: row.get(0)?,
        school: row.get::<Option<u32>>(1)?.map(SchoolId),
        at_s: row.get(2)?,
        login: row.get(3)?,
        deed: variant(&row.get::<String>(4)?)?,
        object: row.get(5)?,
    })
}

/// Writes a line within the transaction of what was done.
pub(super) fn write(db: &Db, note: Note<'_>, now_s: i64) -> Result<(), StoreFault> {
    db.execute(
        "INSERT INTO audit (school, at_s, login, deed, object) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![note.school.map(|school| school.0), now_s, note.login, word(&note.deed), note.object],
    )?;
    Ok(())
}
