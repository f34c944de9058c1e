//! What a file has already named.

use super::RowFault;
use std::collections::HashMap;
use std::hash::Hash;

/// Keys of good rows, and their lines.
pub(super) struct Seen<K>(HashMap<K, u32>);

impl<K> Default for Seen<K> {
    fn default() -> Seen<K> {
        Seen(HashMap::new())
    }
}

impl<K: Eq + Hash> Seen<K> {
    /// Takes a key that is new; else names the line that has it.
    pub(super) fn first(&mut self, key: K, line: u32) -> Result<(), RowFault> {
        match *self.0.entry(key).or_insert(line) {
            first if first == line => Ok(()),
            first => Err(RowFault::Twice(first)),
        }
    }
}
