//! Finds titles and patrons by what someone typed. Each word typed must begin a word that is there: as written before
//! folded, folded before a slip of the finger.
//!
//! It looks at every title, or patron, in turn. A school has a few thousand: that takes milliseconds, needs no index
//! that could be damaged, and ranks in one pass.

use crate::derived::{PATRON, TITLE};
use crate::{Journal, StoreFault};
use exchange::{Feed, Patron, PatronId, Record, RecordKey, Title, TitleId, search};

/// How well something was hit; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hit {
    /// As written, but for upper and lower case.
    Exact,
    /// But for the letters that people leave their tails off.
    Folded,
    /// With one letter wrong, missing, too many or swapped with the next, in words of at least four letters.
    Fuzzy,
}

/// What someone typed.
struct Typed {
    plain: Vec<String>,
    folded: Vec<String>,
}

impl Typed {
    fn new(text: &str) -> Typed {
        Typed { plain: words(&text.to_lowercase()), folded: words(&search::key(text)) }
    }

    fn hit(&self, plain: &str, folded: &str) -> Option<Hit> {
        let begun = |typed: &[String], there: &str| {
            !typed.is_empty() && typed.iter().all(|word| words(there).iter().any(|one| one.starts_with(word)))
        };
        if begun(&self.plain, plain) {
            return Some(Hit::Exact);
        }
        if begun(&self.folded, folded) {
            return Some(Hit::Folded);
        }
        let there = words(folded);
        let near = |word: &String| there.iter().any(|one| one.starts_with(word) || one_slip_apart(word, one));
        (!self.folded.is_empty() && self.folded.iter().all(near)).then_some(Hit::Fuzzy)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether `typed` begins like `word` but for one slip.
fn one_slip_apart(typed: &str, word: &str) -> bool {
    let (typed, word): (Vec<char>, Vec<char>) = (typed.chars().collect(), word.chars().collect());
    if typed.len() < 4 {
        return false;
    }
    let same = typed.iter().zip(&word).take_while(|(a, b)| a == b).count();
    let (rest, there) = (typed.get(same..).unwrap_or(&[]), word.get(same..).unwrap_or(&[]));
    let after = |letters: &[char], n: usize| letters.get(n..).map(<[char]>::to_vec);
    let begins = |a: Option<Vec<char>>, b: Option<Vec<char>>| {
        a.zip(b).is_some_and(|(typed, there)| there.starts_with(&typed))
    };
    let swapped = match (rest, there) {
        ([a, b, ..], [c, d, ..]) => a == d && b == c && begins(after(rest, 2), after(there, 2)),
        (_, _) => false,
    };
    swapped
        || begins(after(rest, 1), after(there, 1))
        || begins(after(rest, 1), after(there, 0))
        || begins(after(rest, 0), after(there, 1))
}

impl Journal {
    /// Titles found by words of their name and author, the best first, at most `limit`.
    ///
    /// # Errors
    /// The state cannot be read.
    pub fn search_titles(&self, typed: &str, limit: usize) -> Result<Vec<Title>, StoreFault> {
        let mut titles = Vec::new();
        for id in self.search(TITLE, typed, limit)? {
            let record = self.reference.record(Feed::Titles, &RecordKey::Number(TitleId(id).0))?;
            if let Some(Record::Title(title)) = record {
                titles.push(title);
            }
        }
        Ok(titles)
    }

    /// Patrons found by words of their name, the best first, at most `limit`.
    ///
    /// # Errors
    /// The state cannot be read.
    pub fn search_patrons(&self, typed: &str, limit: usize) -> Result<Vec<Patron>, StoreFault> {
        let mut patrons = Vec::new();
        for id in self.search(PATRON, typed, limit)? {
            let record = self.reference.record(Feed::Patrons, &RecordKey::Number(PatronId(id).0))?;
            if let Some(Record::Patron(patron)) = record {
                patrons.push(patron);
            }
        }
        Ok(patrons)
    }

    fn search(&self, kind: u8, typed: &str, limit: usize) -> Result<Vec<u64>, StoreFault> {
        let typed = Typed::new(typed);
        let mut query =
            self.reference.conn.prepare_cached("SELECT id, plain, folded FROM word WHERE kind = ?1")?;
        let mut rows = query.query([kind])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (plain, folded): (String, String) = (row.get(1)?, row.get(2)?);
            if let Some(hit) = typed.hit(&plain, &folded) {
                found.push((hit, plain, row.get::<_, i64>(0)? as u64));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| self.order.compare(&a.1, &b.1)).then(a.2.cmp(&b.2)));
        Ok(found.into_iter().take(limit).map(|(_, _, id)| id).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(typed: &str, text: &str) -> Option<Hit> {
        Typed::new(typed).hit(&text.to_lowercase(), &search::key(text))
    }

    #[test]
    fn exact_before_folded_before_a_slip() {
        assert_eq!(hit("қазақ", "Қазақ әдебиеті"), Some(Hit::Exact));
        assert_eq!(hit("казак адеб", "Қазақ әдебиеті"), Some(Hit::Folded));
        assert_eq!(hit("каазк", "Қазақ әдебиеті"), Some(Hit::Fuzzy));
        assert_eq!(hit("казк", "Қазақ әдебиеті"), Some(Hit::Fuzzy));
        assert_eq!(hit("адебйет", "Қазақ әдебиеті"), Some(Hit::Fuzzy));
        assert_eq!(hit("физика", "Қазақ әдебиеті"), None);
        assert_eq!(hit("каз физика", "Қазақ әдебиеті"), None);
        assert_eq!(hit("кзк", "Қазақ әдебиеті"), None, "a slip in three letters could be anything");
        assert_eq!(hit("", "Қазақ әдебиеті"), None);
        assert_eq!(hit("—", "Қазақ әдебиеті"), None);
    }
}
