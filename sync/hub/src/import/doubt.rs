//! What looks wrong in a column as a whole, though each row may be right: it is told, and the rows are taken.

use super::Doubtful;
use std::collections::BTreeMap;

/// Shorter numbers are usual.
const LEAST_USUAL: usize = 8;

/// Numbers with fewer digits than nearly all of their column: a spreadsheet may have dropped zeros in front.
pub(super) fn short_numbers<'a>(numbers: impl Iterator<Item = (u32, &'a str)>) -> Option<Doubtful> {
    let mut lines: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for (line, number) in numbers.filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit())) {
        lines.entry(number.len()).or_default().push(line);
    }
    let all: usize = lines.values().map(Vec::len).sum();
    let (usual, most) = lines.iter().max_by_key(|(_, lines)| lines.len())?;
    let usual = *usual;
    if usual < LEAST_USUAL || most.len() * 5 < all * 4 {
        return None;
    }
    let mut short: Vec<u32> =
        lines.into_iter().take_while(|(len, _)| *len < usual).flat_map(|(_, lines)| lines).collect();
    short.sort_unstable();
    (!short.is_empty()).then_some(Doubtful { usual, lines: short })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_among_long_ones() {
        let mut numbers = vec!["00012345"; 9];
        numbers.insert(3, "12345");
        let found = |numbers: &[&str]| short_numbers((2..).zip(numbers.iter().copied()));
        assert_eq!(found(&numbers), Some(Doubtful { usual: 8, lines: vec![5] }));
        // Counted up from 1, and all sorts of lengths.
        assert_eq!(
            found(&["998", "999", "1000", "1001", "1002", "1003", "1004", "1005", "1006", "1007"]),
            None
        );
        assert_eq!(found(&["12345678", "1234567", "123456", "KZ-1"]), None);
        assert_eq!(found(&[]), None);
    }
}
