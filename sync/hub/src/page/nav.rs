//! The menu: what stands where, and who sees it.

use super::words;
use crate::store::{Right, Role};

/// A part of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// What stands above it.
    pub(super) name: &'static str,
    /// What is in it.
    pub(super) entries: Vec<Entry>,
}

/// A line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it leads.
    pub(super) path: &'static str,
    /// What it says.
    pub(super) name: &'static str,
    /// Whether the page shown is behind it.
    pub(super) here: bool,
    /// How many things wait there.
    pub(super) badge: u64,
}

/// The address of the reviews.
pub(super) const REVIEWS: &str = "/reviews";

type Line = (&'static str, Right, fn(&words::Frame) -> &'static str);

const DAILY: &[Line] = &[
    ("/", Right::Overview, |w| w.overview),
    (REVIEWS, Right::Loans, |w| w.reviews),
    ("/search", Right::Loans, |w| w.search),
    ("/overdue", Right::Loans, |w| w.overdue),
    ("/receipt", Right::Loans, |w| w.receipt),
];

const SCHOOL: &[Line] = &[
    ("/import", Right::Import, |w| w.import),
    ("/rules", Right::Rules, |w| w.rules),
    ("/calendar", Right::Rules, |w| w.calendar),
    ("/notices", Right::Rules, |w| w.notices),
];

const MACHINES: &[Line] = &[
    ("/stations", Right::Stations, |w| w.stations),
    ("/enrolment", Right::KeepStations, |w| w.enrolment),
    ("/api-tokens", Right::Tokens, |w| w.api_tokens),
];

const OVERSIGHT: &[Line] = &[("/audit", Right::Audit, |w| w.audit), ("/export", Right::Export, |w| w.export)];

/// The menu of a role, on the page at `path`, while `reviews` wait.
pub(super) fn menu(w: &words::Frame, role: Role, path: &str, reviews: u64) -> Vec<Group> {
    let groups: [(&'static str, &[Line]); 4] = [
        (w.group_daily, DAILY),
        (w.group_school, SCHOOL),
        (w.group_machines, MACHINES),
        (w.group_oversight, OVERSIGHT),
    ];
    let group = |(name, lines): (&'static str, &[Line])| {
        let seen = lines.iter().filter(|(_, right, _)| role.may(*right));
        let entries = seen.map(|(to, _, word)| Entry {
            path: to,
            name: word(w),
            here: stands_at(path, to),
            badge: if *to == REVIEWS { reviews } else { 0 },
        });
        Group { name, entries: entries.collect() }
    };
    groups.into_iter().map(group).filter(|group| !group.entries.is_empty()).collect()
}

/// Whether a page is behind a line: the line's own, or one below it.
fn stands_at(path: &str, line: &str) -> bool {
    path == line || (line != "/" && path.strip_prefix(line).is_some_and(|rest| rest.starts_with('/')))
}

/// All lines.
#[cfg(test)]
pub(super) fn lines() -> impl Iterator<Item = &'static Line> {
    [DAILY, SCHOOL, MACHINES, OVERSIGHT].into_iter().flatten()
}
