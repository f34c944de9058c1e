//! What was done in a world and what it came through, in numbers.

use serde::Serialize;
use std::collections::BTreeMap;

/// How often each thing happened, by its name in words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Account(BTreeMap<&'static str, u64>);

impl Account {
    /// It happened once more.
    pub fn note(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    /// It happened so many times more.
    pub fn add(&mut self, what: &'static str, count: u64) {
        *self.0.entry(what).or_default() += count;
    }

    /// How often it happened.
    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// Both together.
    pub fn take_in(&mut self, other: &Account) {
        for (what, count) in &other.0 {
            self.add(what, *count);
        }
    }

    /// All of it, by name.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(what, count)| (*what, *count))
    }
}
