//! What the journal has, as rows for files: numbers of cards and items instead of the region's own.
//!
//! Invariant: what was undone within the range stands in no file for other systems; an undoing of something before the
//! range stands there as its opposite.

use exchange::{Act, Day, PatronId, Seq};
use journal::{Journal, LibraryState, StoreFault};
use links::export::{Line, TableRow};
use links::sip2::Done;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// An item was lent.
    Checkout,
    /// An item came back.
    Return,
    /// A loan was prolonged.
    Renewal,
    /// Copies without a label were given out or came back.
    Counted,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its place in the journal.
    pub seq: Seq,
    /// When, seconds since 1970.
    pub wall_s: i64,
    /// What it is, or has the effect of.
    pub what: What,
    /// The patron's card; of a return, who had the item.
    pub card: Option<String>,
    /// The item's number.
    pub item: Option<String>,
    /// What the item is.
    pub title: String,
    /// Until when.
    pub due: Option<Day>,
    /// The event it undoes, if it undoes one.
    pub undoes: Option<Seq>,
    /// How it stands with the region.
    pub state: String,
}

/// Rows of up to `limit` events from `from` on, and the seq to go on with; what nobody is told of has no row.
///
/// # Errors
/// The journal cannot be read.
pub fn rows(journal: &Journal, from: Seq, limit: usize) -> Result<(Vec<Row>, Seq), StoreFault> {
    use desk::Memory;
    let acked = journal.outbox().acked;
    let events = journal.events(from, limit)?;
    let next = events.last().map_or(from, |event| event.seq.next());
    let lines = journal.library_lines(from, events.len())?;
    let card = |patron: PatronId| journal.patron(patron).ok().flatten()?.cards.into_iter().next();
    let mut rows = Vec::new();
    for event in events {
        let undoes = if let Act::Undone { seq } = event.act { Some(seq) } else { None };
        let (act, had) = journal.effect(&event)?;
        let (what, patron, item, due) = match act {
            Act::CheckedOut { patron, item, due } => (What::Checkout, Some(patron), Some(item), Some(due)),
            Act::Returned { item } => (What::Return, had, Some(item), None),
            Act::Renewed { patron, item, due } => (What::Renewal, Some(patron), Some(item), Some(due)),
            Act::CountedIssued { patron, due, .. } => (What::Counted, Some(patron), None, Some(due)),
            Act::CountedReturned { patron, .. } => (What::Counted, Some(patron), None, None),
            Act::StationStarted { .. }
            | Act::Undone { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => continue,
        };
        let stocked = item.as_ref().and_then(|item| journal.item(item).ok().flatten());
        let line = lines.iter().find(|line| line.seq == event.seq);
        rows.push(Row {
            seq: event.seq,
            wall_s: event.at.wall_s,
            what,
            card: patron.and_then(card),
            item: item.map(|item| item.as_str().to_owned()),
            title: stocked.and_then(|stocked| stocked.title).map_or_else(String::new, |title| title.name),
            due,
            undoes,
            state: match line {
                Some(line) => library_words(line.state, &line.words),
                None if event.seq <= acked => "the region has it".into(),
                None => "waits for the region".into(),
            },
        });
    }
    Ok((rows, next))
}

/// How an event stands at a library system, in words.
#[must_use]
pub fn library_words(state: LibraryState, words: &str) -> String {
    match (state, words) {
        (LibraryState::Sending, _) => "being sent".into(),
        (LibraryState::Accepted, _) => "accepted".into(),
        (LibraryState::OtherDue, due) => format!("accepted, but due {due}"),
        (LibraryState::AlreadyDone, _) => "was so already".into(),
        (LibraryState::Refused, "") => "refused".into(),
        (LibraryState::Refused, reason) => format!("refused: {reason}"),
        (LibraryState::Unknown, _) => "not known whether it arrived".into(),
        (LibraryState::Resolved, "") => "looked into".into(),
        (LibraryState::Resolved, note) => format!("looked into: {note}"),
        (LibraryState::Withdrawn, _) => "undone before it was sent".into(),
    }
}

/// Lines for another system's file, and how many rows it has no words for.
#[must_use]
pub fn lines(rows: &[Row]) -> (Vec<Line>, usize) {
    let here: BTreeSet<Seq> = rows.iter().map(|row| row.seq).collect();
    let undone: BTreeSet<Seq> =
        rows.iter().filter_map(|row| row.undoes).filter(|seq| here.contains(seq)).collect();
    let mut left_out = 0;
    let mut lines = Vec::new();
    for row in rows {
        if undone.contains(&row.seq) || row.undoes.is_some_and(|seq| undone.contains(&seq)) {
            continue;
        }
        match done(row) {
            Some(done) => lines.push(Line { seq: row.seq, wall_s: row.wall_s, done }),
            None => left_out += 1,
        }
    }
    (lines, left_out)
}

fn done(row: &Row) -> Option<Done> {
    let item = row.item.clone()?;
    Some(match row.what {
        What::Checkout => Done::Lent { patron: row.card.clone()?, item, due: row.due? },
        What::Renewal => Done::Renewed { patron: row.card.clone()?, item, due: row.due? },
        What::Return => Done::Returned { item, from: row.card.clone() },
        What::Counted => return None,
    })
}

/// Rows for people.
#[must_use]
pub fn table_rows(rows: Vec<Row>) -> Vec<TableRow> {
    let what = |row: &Row| match (row.undoes, row.what) {
        (Some(_), _) => "undone",
        (None, What::Checkout) => "checkout",
        (None, What::Return) => "return",
        (None, What::Renewal) => "renewal",
        (None, What::Counted) => "counted copies",
    };
    let row = |row: Row| TableRow {
        seq: row.seq,
        wall_s: row.wall_s,
        what: what(&row),
        card: row.card.unwrap_or_default(),
        item: row.item.unwrap_or_default(),
        title: row.title,
        due: row.due,
        state: row.state,
    };
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seq: u64, what: What, undoes: Option<u64>) -> Row {
        Row {
            seq: Seq(seq),
            wall_s: 1_788_235_198,
            what,
            card: Some("20417000000013".into()),
            item: Some("30417000000102".into()),
            title: String::new(),
            due: Some(Day(20_000)),
            undoes: undoes.map(Seq),
            state: String::new(),
        }
    }

    fn seqs(rows: &[Row]) -> Vec<u64> {
        lines(rows).0.iter().map(|line| line.seq.0).collect()
    }

    #[test]
    fn what_was_undone_within_the_range_is_in_no_file() {
        let rows =
            [row(1, What::Checkout, None), row(2, What::Checkout, None), row(3, What::Return, Some(2))];
        assert_eq!(seqs(&rows), [1]);
    }

    #[test]
    fn an_undoing_of_something_before_the_range_is_its_opposite() {
        assert_eq!(seqs(&[row(3, What::Return, Some(2))]), [3]);
    }

    #[test]
    fn what_a_system_has_no_words_for_is_counted() {
        let counted = Row { item: None, ..row(1, What::Counted, None) };
        assert_eq!(lines(&[counted]).1, 1);
    }
}
