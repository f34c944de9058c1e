//! Chance in shares: how often of a hundred or of ten thousand.

use crate::demo::chance::Chance;

/// Whether something that happens `percent` times of a hundred happens now.
pub fn percent(chance: &mut Chance, percent: u8) -> bool {
    chance.below(100) < usize::from(percent)
}

/// Whether something that happens `share` times of ten thousand happens now.
pub fn of_10k(chance: &mut Chance, share: u32) -> bool {
    chance.below(10_000) < share as usize
}
