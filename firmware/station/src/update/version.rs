//! Versions, as far as they are compared: three numbers, and whether it is one before a release.

use std::fmt;

/// `1.2.3`, or `1.2.3-rc1`, which comes before it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    numbers: [u32; 3],
    /// A release comes after everything before it.
    is_release: bool,
    before: String,
}

impl Version {
    /// Reads one; `None` if it is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Version> {
        let (numbers, before) = match text.split_once(['-', '~']) {
            Some((numbers, before)) if !before.is_empty() => (numbers, before),
            Some(_) => return None,
            None => (text, ""),
        };
        let known = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
        let mut parts = numbers.split('.').map(|part| part.parse::<u32>().ok());
        let numbers = [parts.next()??, parts.next()??, parts.next()??];
        let whole = parts.next().is_none() && before.len() <= 32 && before.chars().all(known);
        whole.then(|| Version { numbers, is_release: before.is_empty(), before: before.to_owned() })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        if self.is_release { Ok(()) } else { write!(f, "-{}", self.before) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_in_their_order() {
        let order = ["0.1.0", "0.2.0-rc1", "0.2.0-rc2", "0.2.0", "0.10.0", "1.0.0"];
        let read: Vec<Version> = order.iter().filter_map(|text| Version::read(text)).collect();
        assert_eq!(read.len(), order.len());
        assert!(read.is_sorted() && read.windows(2).all(|pair| pair[0] != pair[1]));
        for wrong in ["", "1", "1.2", "1.2.3.4", "1.2.x", "1.2.3-", "-1.2.3", "1.2.3-a/b", "1..3"] {
            assert_eq!(Version::read(wrong), None, "{wrong}");
        }
    }
}
