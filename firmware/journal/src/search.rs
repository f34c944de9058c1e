//! Finds titles and patrons by what someone typed. Each word typed must begin a word that is there: as written before
//! folded, folded before a slip of the finger.
//!
//! It looks at every title, or patron, in turn. A school has a few thousand: that takes milliseconds, needs no index
//! that could be damaged, and ranks in one pass.

use crate::derived::{PATRON, TITLE};
use crate::{Journal, StoreFault};
use exchange::{Feed, Patron, PatronId, Record, RecordKey, Title, TitleId, search};
use std::slice::Iter;
use std::str::Chars;

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
    /// Letters of the folded words.
    letters: Vec<Vec<char>>,
}

impl Typed {
    fn new(text: &str) -> Typed {
        let split = |text: &str| words(text).map(str::to_owned).collect::<Vec<_>>();
        let (plain, folded) = (split(&text.to_lowercase()), split(&search::key(text)));
        let letters = folded.iter().map(|word| word.chars().collect()).collect();
        Typed { plain, folded, letters }
    }

    /// `slips` says whether a slip is forgiven.
    fn hit(&self, plain: &str, folded: &str, slips: bool) -> Option<Hit> {
        // Most words are nowhere in most texts, which is found out sooner than where a word begins.
        let begins = |typed: &str, there: &str| {
            there.contains(typed) && words(there).any(|word| word.starts_with(typed))
        };
        let begun =
            |typed: &[String], there: &str| !typed.is_empty() && typed.iter().all(|word| begins(word, there));
        if begun(&self.plain, plain) {
            return Some(Hit::Exact);
        }
        if begun(&self.folded, folded) {
            return Some(Hit::Folded);
        }
        let near = |(typed, letters): (&String, &Vec<char>)| {
            begins(typed, folded) || words(folded).any(|word| one_slip_apart(letters, word))
        };
        let fuzzy = slips && !self.folded.is_empty() && self.folded.iter().zip(&self.letters).all(near);
        fuzzy.then_some(Hit::Fuzzy)
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether `typed` begins like `word` but for one slip.
fn one_slip_apart(typed: &[char], word: &str) -> bool {
    if typed.len() < 4 {
        return false;
    }
    let (mut rest, mut there) = (typed.iter(), word.chars());
    loop {
        let (typed, letter) = (rest.clone().next(), there.clone().next());
        if typed.is_none() || typed != letter.as_ref() {
            break;
        }
        rest.next();
        there.next();
    }
    let begins = |typed: Iter<'_, char>, mut there: Chars<'_>| {
        typed.copied().all(|letter| there.next() == Some(letter))
    };
    let (mut rest_after, mut there_after) = (rest.clone(), there.clone());
    let (typed, letter) = (rest_after.next(), there_after.next());
    let swapped = || {
        let (mut rest, mut there) = (rest_after.clone(), there_after.clone());
        let (next_typed, next) = (rest.next(), there.next());
        next.is_some() && typed == next.as_ref() && next_typed == letter.as_ref() && begins(rest, there)
    };
    let (is_typed, is_there) = (typed.is_some(), letter.is_some());
    is_typed && is_there && (swapped() || begins(rest_after.clone(), there_after.clone()))
        || is_typed && begins(rest_after.clone(), there)
        || is_there && begins(rest, there_after)
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
        // Behind so many better ones nobody is shown what was hit by a slip.
        let mut better = 0;
        let mut query =
            self.reference.conn.prepare_cached("SELECT id, plain, folded FROM word WHERE kind = ?1")?;
        let mut rows = query.query([kind])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let text = |place| row.get_ref(place)?.as_str().map_err(rusqlite::Error::from);
            let (plain, folded) = (text(1)?, text(2)?);
            if let Some(hit) = typed.hit(plain, folded, better < limit) {
                better += usize::from(hit < Hit::Fuzzy);
                found.push((hit, plain.to_owned(), row.get::<_, i64>(0)? as u64));
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
        Typed::new(typed).hit(&text.to_lowercase(), &search::key(text), true)
    }

    #[test]
    fn exact_before_folded_before_a_slip() {
        assert_eq!(hit("қазақ", "Қазақ әдебиеті"), Some(Hit::Exact));
        assert_eq!(hit("казак адеб", "Қазақ әдебиеті"), Some(Hit::Folded));
        assert_eq!(hit("каазк", "Қазақ әдебиеті"), Some(Hit::Fuzzy));
        assert_eq!(hit("казк", "Қазақ әдебиеті"), Some(Hit::Fuzzy));
        assert_eq!(hit("адебйет", "Қазақ әдебиеті"), Some(Hit::Fuzzy));
        for slip in ["адебеит", "адбиет", "адеббиет", "адебрет", "адебиеп", "дебиет", "здебиет", "даебиет"]
        {
            assert_eq!(hit(slip, "Қазақ әдебиеті"), Some(Hit::Fuzzy), "{slip}");
        }
        for slips in ["адеибте", "аебит", "ддебеит", "адебиетте"] {
            assert_eq!(hit(slips, "Қазақ әдебиеті"), None, "{slips}");
        }
        assert_eq!(hit("физика", "Қазақ әдебиеті"), None);
        assert_eq!(hit("каз физика", "Қазақ әдебиеті"), None);
        assert_eq!(hit("кзк", "Қазақ әдебиеті"), None, "a slip in three letters could be anything");
        assert_eq!(hit("", "Қазақ әдебиеті"), None);
        assert_eq!(hit("—", "Қазақ әдебиеті"), None);
    }
}
