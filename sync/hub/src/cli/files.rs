//! Rules and calendar, as files that people write.

use super::{At, COMMAND_LINE, note, say};
use crate::fold::Zone;
use crate::store::{Change, Deed, SchoolId, Store};
use anyhow::{Context, bail};
use exchange::{Allowance, Calendar, Day, Feed, Record, RecordKey, Rules, StaleStep, UnknownItem};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::path::Path;

/// The longest of these files, in bytes.
const MOST_LEN: u64 = 64 << 20;

/// Names of weekdays in a calendar file, Monday first.
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The rules as a file has them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    overdue_blocks_from: u16,
    unknown_item: UnknownItem,
    pupil: AllowanceFile,
    teacher: AllowanceFile,
    #[serde(default)]
    stale: Vec<StaleFile>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowanceFile {
    max_loans: u16,
    loan_days: u16,
    max_renewals: u8,
    renewal_days: u16,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StaleFile {
    after_h: u32,
    max_loans: u16,
    renewals: bool,
}

/// The calendar as a file has it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    zone: String,
    weekend: Vec<String>,
    year_end: String,
    #[serde(default)]
    closed: Vec<(String, String)>,
}

pub(super) fn show_rules(at: &At) -> anyhow::Result<()> {
    let (store, school) = at.open()?;
    let rules = rules(&store, school)?;
    let allowance = |a: Allowance| AllowanceFile {
        max_loans: a.max_loans,
        loan_days: a.loan_days,
        max_renewals: a.max_renewals,
        renewal_days: a.renewal_days,
    };
    let stale = rules.stale.iter().map(|step| StaleFile {
        after_h: step.after_h,
        max_loans: step.max_loans,
        renewals: step.renewals,
    });
    let file = RulesFile {
        overdue_blocks_from: rules.overdue_blocks_from,
        unknown_item: rules.unknown_item,
        pupil: allowance(rules.pupil),
        teacher: allowance(rules.teacher),
        stale: stale.collect(),
    };
    say(&format!("# Version {}\n{}", rules.version, toml::to_string_pretty(&file)?.trim_end()))
}

pub(super) fn set_rules(at: &At, path: &Path, now_s: i64) -> anyhow::Result<()> {
    let file: RulesFile = read(path)?;
    let (mut store, school) = at.open()?;
    if !file.stale.is_sorted_by(|one, next| one.after_h < next.after_h) {
        bail!("{}: the [[stale]] steps must stand by rising after_h", path.display());
    }
    for (who, a) in [("pupil", file.pupil), ("teacher", file.teacher)] {
        if a.loan_days == 0 || a.renewal_days == 0 {
            bail!("{}: [{who}] loan_days and renewal_days are at least 1", path.display());
        }
    }
    let allowance = |a: AllowanceFile| Allowance {
        max_loans: a.max_loans,
        loan_days: a.loan_days,
        max_renewals: a.max_renewals,
        renewal_days: a.renewal_days,
    };
    let stale = file.stale.iter().map(|step| StaleStep {
        after_h: step.after_h,
        max_loans: step.max_loans,
        renewals: step.renewals,
    });
    let rules = Rules {
        version: rules(&store, school)?.version.saturating_add(1),
        pupil: allowance(file.pupil),
        teacher: allowance(file.teacher),
        overdue_blocks_from: file.overdue_blocks_from,
        unknown_item: file.unknown_item,
        stale: stale.collect(),
    };
    let version = rules.version;
    store.save_by(school, &[Change::Put(Record::Rules(rules))], COMMAND_LINE, now_s)?;
    note(&mut store, Some(school), Deed::RulesChanged, &version.to_string(), now_s)?;
    say(&format!("The rules are in force as version {version}; stations get them at their next call."))
}

pub(super) fn show_calendar(at: &At) -> anyhow::Result<()> {
    let (store, school) = at.open()?;
    let calendar = calendar(&store, school)?;
    let weekend = WEEKDAYS.iter().enumerate().filter(|(day, _)| calendar.weekend >> day & 1 == 1);
    let file = CalendarFile {
        zone: calendar.zone,
        weekend: weekend.map(|(_, name)| (*name).to_owned()).collect(),
        year_end: calendar.year_end.to_string(),
        closed: calendar.closed.iter().map(|(first, last)| (first.to_string(), last.to_string())).collect(),
    };
    say(&format!("# Version {}\n{}", calendar.version, toml::to_string(&file)?.trim_end()))
}

pub(super) fn set_calendar(at: &At, path: &Path, now_s: i64) -> anyhow::Result<()> {
    let file: CalendarFile = read(path)?;
    let (mut store, school) = at.open()?;
    let place = path.display();
    if Zone::named(&file.zone).is_none() {
        bail!("{place}: zone {:?} is no time zone; Asia/Almaty is one", file.zone);
    }
    let mut weekend = 0;
    for name in &file.weekend {
        let Some(day) = WEEKDAYS.iter().position(|known| known == name) else {
            bail!("{place}: weekend has {name:?}; expected are {}", WEEKDAYS.join(", "));
        };
        weekend |= 1 << day;
    }
    if weekend == 0b111_1111 {
        bail!("{place}: the library is closed on all seven weekdays: nothing could ever be due");
    }
    let mut closed = Vec::new();
    for (first, last) in &file.closed {
        let days = (day(first, place.to_string().as_str())?, day(last, place.to_string().as_str())?);
        if days.1 < days.0 {
            bail!("{place}: closed has {first} to {last}: the last day is before the first");
        }
        closed.push(days);
    }
    closed.sort();
    let calendar = Calendar {
        version: calendar(&store, school)?.version.saturating_add(1),
        zone: file.zone,
        weekend,
        closed,
        year_end: day(&file.year_end, place.to_string().as_str())?,
    };
    let version = calendar.version;
    store.save_by(school, &[Change::Put(Record::Calendar(calendar))], COMMAND_LINE, now_s)?;
    note(&mut store, Some(school), Deed::CalendarChanged, &version.to_string(), now_s)?;
    say(&format!("The calendar is in force as version {version}; stations get it at their next call."))
}

fn rules(store: &Store, school: SchoolId) -> anyhow::Result<Rules> {
    match store.record(school, Feed::Rules, &RecordKey::Only)? {
        Some(Record::Rules(rules)) => Ok(rules),
        Some(_) | None => bail!("this school has no rules"),
    }
}

fn calendar(store: &Store, school: SchoolId) -> anyhow::Result<Calendar> {
    match store.record(school, Feed::Calendar, &RecordKey::Only)? {
        Some(Record::Calendar(calendar)) => Ok(calendar),
        Some(_) | None => bail!("this school has no calendar"),
    }
}

fn day(text: &str, place: &str) -> anyhow::Result<Day> {
    let parts: Vec<&str> = text.split('-').collect();
    let day = match parts.as_slice() {
        [year, month, day] => {
            (|| Day::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))()
        }
        _ => None,
    };
    day.with_context(|| format!("{place}: {text:?} is no day; expected is one such as 2027-05-25"))
}

/// Reads a TOML file; a fault names line and column, and what was expected.
fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let bytes = read_bytes(path)?;
    let text =
        String::from_utf8(bytes).with_context(|| format!("{}: this is no UTF-8 text", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{}", path.display()))
}

pub(super) fn read_bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let about = std::fs::metadata(path).with_context(|| format!("{}", path.display()))?;
    if about.len() > MOST_LEN {
        bail!("{}: {} MB; {} MB are the most", path.display(), about.len() >> 20, MOST_LEN >> 20);
    }
    std::fs::read(path).with_context(|| format!("{}", path.display()))
}
