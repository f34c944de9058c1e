//! From what was done in a visit to pages for the printer. Pure: words and a code, no printer.
//!
//! A receipt says no more of a person than the first name. Its code holds less: items, days and the events' places,
//! signed by the station (`exchange::receipt`), so that a pupil can show that a book came back.

mod words;

use desk::{RowAct, Slip, SlipRow};
use exchange::receipt::{Deed, Line, MAX_LINES, Receipt};
use exchange::wire::SecretKey;
use exchange::{Day, Epoch, StationId};
use hardware::printer::{Block, Page, Weight};
use words::Words;

/// Who prints, and when.
#[derive(Debug, Clone, Copy)]
pub struct Letterhead<'a> {
    /// The school's name, or the station's before it has joined.
    pub school: &'a str,
    /// Date and time in the school's zone, as on the wall: `24.11.2026 14:05`.
    pub time: &'a str,
    /// By the station's clock, seconds since 1970.
    pub wall_s: i64,
    /// Whose events these are; `None` = the station has not joined, so there is no code.
    pub signer: Option<Signer<'a>>,
}

/// Whose events these are.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The station.
    pub station: StationId,
    /// The present life of its journal.
    pub epoch: Epoch,
    /// Its key.
    pub key: &'a SecretKey,
}

/// The pages of a slip: one for every [`MAX_LINES`] things done.
#[must_use]
pub fn pages(slip: &Slip, head: Letterhead<'_>) -> Vec<Page> {
    slip.rows.chunks(MAX_LINES).map(|rows| page(slip, rows, head)).collect()
}

fn page(slip: &Slip, rows: &[SlipRow], head: Letterhead<'_>) -> Page {
    let words = Words::of(slip.lang);
    let mut blocks = vec![text(head.school, 30, Weight::Bold, true), Block::Space(6)];
    // "Айдана Ерланқызы" is more than a first name.
    match slip.given.as_deref().and_then(|given| given.split_whitespace().next()) {
        Some(given) => blocks.push(pair(given, head.time, 24)),
        None => blocks.push(text(head.time, 24, Weight::Regular, false)),
    }
    for section in [Section::Lent, Section::Renewed, Section::Returned] {
        let headline = match section {
            Section::Lent => words.lent,
            Section::Renewed => words.renewed,
            Section::Returned => words.returned,
        };
        let mut rows = rows.iter().filter(|row| section_of(row.act) == section).peekable();
        if rows.peek().is_some() {
            blocks.extend([Block::Rule, text(headline, 26, Weight::Bold, false)]);
        }
        for row in rows {
            blocks.push(text(row.title.as_deref().unwrap_or(words.no_title), 26, Weight::Regular, false));
            let due = due(row.act).map_or_else(String::new, |day| (words.due)(&written(day)));
            blocks.push(pair(&format!("№ {}", row.item), &due, 24));
            blocks.push(Block::Space(6));
        }
    }
    blocks.push(Block::Rule);
    if let Some(signer) = head.signer {
        let receipt = statement(rows, head.wall_s, signer);
        if let (Some(first), Some(last)) = (receipt.lines.first(), receipt.lines.last()) {
            let place = format!("{}-{}: {}–{}", signer.station, signer.epoch, first.seq, last.seq);
            blocks.push(Block::Code(receipt.seal(signer.key)));
            blocks.push(text(&place, 20, Weight::Regular, true));
            blocks.push(text(words.code, 20, Weight::Regular, true));
        }
    }
    blocks.push(Block::Space(16));
    Page(blocks)
}

/// What the station states of these rows. The last event of a row is what was done; one before it set right what stood
/// in the way.
fn statement(rows: &[SlipRow], wall_s: i64, signer: Signer<'_>) -> Receipt {
    let lines = rows.iter().filter_map(|row| {
        let deed = match row.act {
            RowAct::Lent { due } => Deed::Lent(due),
            RowAct::Returned => Deed::Returned,
            RowAct::Renewed { due } => Deed::Renewed(due),
        };
        row.seqs.last().map(|seq| Line { seq: *seq, item: row.item.clone(), deed })
    });
    Receipt { station: signer.station, epoch: signer.epoch, wall_s, lines: lines.collect() }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Lent,
    Renewed,
    Returned,
}

fn section_of(act: RowAct) -> Section {
    match act {
        RowAct::Lent { .. } => Section::Lent,
        RowAct::Renewed { .. } => Section::Renewed,
        RowAct::Returned => Section::Returned,
    }
}

fn due(act: RowAct) -> Option<Day> {
    match act {
        RowAct::Lent { due } | RowAct::Renewed { due } => Some(due),
        RowAct::Returned => None,
    }
}

/// As a date is written in Kazakhstan, in each of the languages.
fn written(day: Day) -> String {
    let (year, month, of_month) = day.ymd();
    format!("{of_month:02}.{month:02}.{year:04}")
}

fn text(text: &str, height: u16, weight: Weight, centred: bool) -> Block {
    Block::Text { text: text.into(), height, weight, centred }
}

fn pair(left: &str, right: &str, height: u16) -> Block {
    Block::Pair { left: left.into(), right: right.into(), height }
}
