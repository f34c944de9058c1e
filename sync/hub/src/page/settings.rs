//! Rules and calendar in the console: what of them differs between two versions, and the table of versions.

use super::when;
use super::who::who;
use super::words::{Rules as Words, fill};
use crate::fold::Zone;
use crate::store::Edition;
use exchange::Lang;

/// The most versions that are listed.
pub(super) const MOST_EDITIONS: u32 = 50;

/// A version in a list.
pub(super) struct EditionRow {
    /// Its number.
    pub(super) version: u32,
    /// When it was made.
    pub(super) when: String,
    /// Who made it.
    pub(super) who: String,
    /// Whether it is in force.
    pub(super) now: bool,
}

/// The rows of a list of versions; `now` is in force.
pub(super) fn rows(lang: Lang, zone: &Zone, now: u32, editions: &[Edition]) -> Vec<EditionRow> {
    let w = Words::of(lang);
    let row = |one: &Edition| EditionRow {
        version: one.version,
        when: if one.at_s == 0 { String::new() } else { when::full(zone, one.at_s) },
        who: match (one.login.as_str(), one.at_s) {
            ("", 0) => w.unknown_who.to_owned(),
            ("", _) => w.by_program.to_owned(),
            (login, _) => who(lang, login),
        },
        now: one.version == now,
    };
    editions.iter().map(row).collect()
}

/// One thing and what it is in two versions.
pub(super) struct Compared {
    /// Of what it is.
    pub(super) field: String,
    /// In the earlier one.
    pub(super) then: String,
    /// In the one in force.
    pub(super) now: String,
}

/// Those fields that differ. Each list has the same fields, as far as both have them; what one lacks is nothing there.
pub(super) fn compared(then: Vec<(String, String)>, now: Vec<(String, String)>) -> Vec<Compared> {
    let find = |list: &[(String, String)], field: &str| {
        list.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut fields: Vec<String> = now.iter().chain(&then).map(|(field, _)| field.clone()).collect();
    let mut met = std::collections::HashSet::new();
    fields.retain(|field| met.insert(field.clone()));
    let both = fields.into_iter().map(|field| {
        let (then, now) = (find(&then, &field), find(&now, &field));
        Compared { field, then, now }
    });
    both.filter(|one| one.then != one.now).collect()
}

/// The sentence that a version was saved.
pub(super) fn saved(w: &Words, version: u32) -> String {
    fill(w.saved, &[("version", &version.to_string())])
}
