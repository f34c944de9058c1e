//! What an event is about: the unit that is folded by itself.

use exchange::{Act, ItemId, PatronId, TitleId};
use std::fmt;

/// One item, or one patron's copies of one counted title, inside one school.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A labelled item.
    Item(ItemId),
    /// Copies without labels.
    Counted(PatronId, TitleId),
}

impl Subject {
    /// From its text form.
    pub fn parse(text: &str) -> Option<Subject> {
        match text.split_at_checked(2)? {
            ("i:", item) => ItemId::new(item).ok().map(Subject::Item),
            ("c:", pair) => {
                let (patron, title) = pair.split_once(':')?;
                Some(Subject::Counted(PatronId(patron.parse().ok()?), TitleId(title.parse().ok()?)))
            }
            (_, _) => None,
        }
    }
}

impl fmt::Display for Subject {
    /// `i:` and the item's number, or `c:`, the patron's and the title's number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Item(item) => write!(f, "i:{item}"),
            Subject::Counted(patron, title) => write!(f, "c:{patron}:{title}"),
        }
    }
}

/// What `act` is about. An [`Act::Undone`] is about whatever the event it takes back is about, which only its
/// station's log can tell.
pub fn subject_of(act: &Act) -> Option<Subject> {
    match act {
        Act::CheckedOut { item, .. } | Act::Returned { item } | Act::Renewed { item, .. } => {
            Some(Subject::Item(item.clone()))
        }
        Act::CountedIssued { patron, title, .. } | Act::CountedReturned { patron, title, .. } => {
            Some(Subject::Counted(*patron, *title))
        }
        Act::StationStarted { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_reads_back() {
        for subject in [
            Subject::Item(ItemId::new("c:1:2").unwrap()),
            Subject::Item(ItemId::new("0001").unwrap()),
            Subject::Counted(PatronId(7), TitleId(u64::MAX)),
        ] {
            assert_eq!(Subject::parse(&subject.to_string()), Some(subject));
        }
        for text in ["", "i:", "x:1", "c:1", "ә:1", "c:1:2:3"] {
            assert_eq!(Subject::parse(text), None, "{text}");
        }
    }
}
