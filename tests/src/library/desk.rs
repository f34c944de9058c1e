//! A station's side without its process: a real journal on a real file, and what the station's thread does with it.

use super::{Books, ItemRow, PatronRow};
use crate::demo::chance::Chance;
use exchange::{Act, Basis, ClockTrust, Day, ItemId, PatronId, Seq, Stamp};
use journal::{Journal, LibraryLine};
use links::sip2::{Account, Dial, Profile, Session, SessionFault, SipDate, Teller};
use station::bench::school::{ITEMS, PATRONS, card, label, name};
use station::library::deed;
use std::collections::BTreeMap;

/// When the school year of these tests begins, seconds since 1970.
pub const BEGIN_S: i64 = 1_787_900_400;

/// The account of a station that is known by this profile.
///
/// # Errors
/// There is no such profile.
pub fn account(profile: &str) -> anyhow::Result<Account> {
    Ok(Account {
        login: "kiosk".into(),
        password: "secret".into(),
        location: String::new(),
        institution: "SCHOOL".into(),
        profile: Profile::named(profile).map_err(anyhow::Error::msg)?,
    })
}

/// The books of a library system that knows the invented school, before its first loan.
#[must_use]
pub fn school_books() -> Books {
    let patron = |n| {
        let (given, family) = name(n);
        (card(n), PatronRow { name: format!("{given} {family}"), blocked: false })
    };
    let item = |n| (label(n), ItemRow { title: format!("Үлгі {n}"), loan: None });
    Books {
        patrons: (1..=PATRONS).map(patron).collect(),
        items: (1..=ITEMS).map(item).collect(),
        entries: Vec::new(),
    }
}

/// Writes `count` loans, returns and renewals of that school into a journal; gives who has what at the end.
///
/// # Errors
/// The journal cannot be written.
pub fn fill(
    journal: &mut Journal,
    count: usize,
    chance: &mut Chance,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut out: BTreeMap<u32, u32> = BTreeMap::new();
    for n in 0..count {
        let (item, wall_s) = (1 + chance.below(ITEMS as usize) as u32, BEGIN_S + i64::try_from(n)? * 30);
        let due = Day::from_ymd(2026, 9, 30).unwrap_or_default().plus(i32::try_from(n / 1_000)?);
        let id = ItemId::new(label(item))?;
        let act = match out.get(&item).copied() {
            None => {
                let patron = 1 + chance.below(PATRONS as usize) as u32;
                out.insert(item, patron);
                Act::CheckedOut { patron: PatronId(patron.into()), item: id, due }
            }
            Some(patron) if chance.below(4) == 0 => {
                Act::Renewed { patron: PatronId(patron.into()), item: id, due: due.plus(14) }
            }
            Some(_) => {
                out.remove(&item);
                Act::Returned { item: id }
            }
        };
        let at = Stamp { wall_s, boot: journal.boot(), mono_s: n as u64, trust: ClockTrust::Rtc };
        journal.append(&[act], Basis { rules: 1, data_as_of_s: BEGIN_S }, at)?;
    }
    Ok(out.into_iter().map(|(item, patron)| (label(item), card(patron))).collect())
}

/// Tells the system what waits in the journal until all is told.
///
/// # Errors
/// The session's fault; what was on the way then is told again, asking first.
pub fn tell<D: Dial>(
    journal: &mut Journal,
    session: &mut Session<D>,
    teller: &mut Teller,
    told: &mut Seq,
) -> anyhow::Result<Result<(), SessionFault>> {
    let zone = jiff::tz::TimeZone::get("Asia/Almaty")?;
    let now_s = BEGIN_S + 3_600;
    let now = SipDate { day: Day::from_ymd(2026, 9, 1).unwrap_or_default(), hour: 9, minute: 0, second: 0 };
    let mut ended: Option<LibraryLine> = None;
    loop {
        let after = ended.as_ref().map_or(*told, |line| line.seq);
        let Some(turn) = journal.library_turn(ended.take(), after, now_s)? else { return Ok(Ok(())) };
        *told = after;
        let card = |patron: PatronId| u32::try_from(patron.0).ok().map(card);
        let profile = session.account().profile.clone();
        let Some(deed) = deed::deed(&turn, &profile, &zone, now_s, card) else { continue };
        match teller.tell(session, &deed, now) {
            Ok(outcome) => ended = Some(deed::line(deed.seq, outcome)),
            Err(fault) => return Ok(Err(fault)),
        }
    }
}
