//! What happened, in words that a librarian can read.

use super::cast::{PLACES, book, name};
use exchange::{ItemId, PatronId};

/// A story that is being told, or not.
#[derive(Debug, Clone, Default)]
pub struct Story {
    lines: Option<Vec<String>>,
}

impl Story {
    /// One that is told.
    pub fn told() -> Story {
        Story { lines: Some(Vec::new()) }
    }

    /// Tells one line, if anybody listens. `at_s` is the time, seconds since 1970.
    pub fn tell(&mut self, at_s: i64, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{}  {}", when(at_s), line()));
        }
    }

    /// What was told.
    pub fn lines(&self) -> &[String] {
        self.lines.as_deref().unwrap_or_default()
    }
}

/// `Tue 1 Sep 08:00`, in Almaty.
fn when(at_s: i64) -> String {
    let time = jiff::Timestamp::from_second(at_s).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(5));
    zone.to_datetime(time).strftime("%a %e %b %H:%M:%S").to_string()
}

/// How a station is called.
pub fn place(at: usize) -> &'static str {
    PLACES.get(at).copied().unwrap_or("the copy")
}

/// Who took or brought what, as it was written down.
pub fn deed(act: &exchange::Act, before: Option<PatronId>) -> String {
    use exchange::Act;
    let whose = |item: &ItemId| match before {
        Some(patron) => format!("{} ({} had it)", book(item), name(patron)),
        None => book(item),
    };
    match act {
        Act::CheckedOut { patron, item, .. } => format!("{} takes {}", name(*patron), book(item)),
        Act::Returned { item } => format!("{} comes back", whose(item)),
        Act::Renewed { patron, item, .. } => format!("{} keeps {} longer", name(*patron), book(item)),
        Act::Undone { seq } => format!("number {seq} is taken back"),
        Act::StationStarted { .. } => "the station starts".into(),
        Act::Refused { reason, .. } => format!("the station says no ({reason:?})"),
        Act::ClockChanged { from_s, to_s } => format!("the clock jumps by {} s", to_s - from_s),
        Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::ReviewDecided { .. }
        | Act::Unknown { .. } => {
            format!("{act:?}")
        }
    }
}
