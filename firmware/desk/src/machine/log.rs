//! What was done in a visit, line by line.

use crate::{Row, RowAct};
use exchange::{Day, ItemId, Seq};

/// The most lines that are kept; older ones are only counted.
pub(super) const ROWS_MAX: usize = 100;

/// One thing done.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub item: ItemId,
    pub title: Option<String>,
    pub act: RowAct,
    /// The events it rests on, in their order; empty = cannot be taken back.
    pub seqs: Vec<Seq>,
}

/// How much was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub lent: u16,
    pub returned: u16,
    pub renewed: u16,
    /// The earliest due date among the lent and prolonged.
    pub due: Option<Day>,
}

impl Tally {
    fn with(mut self, act: RowAct) -> Tally {
        match act {
            RowAct::Lent { due } => {
                self.lent = self.lent.saturating_add(1);
                self.due = Some(self.due.map_or(due, |first| first.min(due)));
            }
            RowAct::Returned => self.returned = self.returned.saturating_add(1),
            RowAct::Renewed { due } => {
                self.renewed = self.renewed.saturating_add(1);
                self.due = Some(self.due.map_or(due, |first| first.min(due)));
            }
        }
        self
    }

    /// How many things were done in all.
    pub fn sum(&self) -> u16 {
        self.lent.saturating_add(self.returned).saturating_add(self.renewed)
    }
}

/// What was done, the oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    rows: Vec<Done>,
    older: Tally,
}

impl Log {
    pub fn push(&mut self, done: Done) {
        if self.rows.len() >= ROWS_MAX {
            let oldest = self.rows.remove(0);
            self.older = self.older.with(oldest.act);
        }
        self.rows.push(done);
    }

    /// Whether the book was lent or returned here.
    pub fn has_moved(&self, item: &ItemId) -> bool {
        self.rows.iter().any(|row| {
            row.item == *item
                && match row.act {
                    RowAct::Lent { .. } | RowAct::Returned => true,
                    RowAct::Renewed { .. } => false,
                }
        })
    }

    /// Whether the loan was prolonged here.
    pub fn has_renewed(&self, item: &ItemId) -> bool {
        self.rows.iter().any(|row| {
            row.item == *item
                && match row.act {
                    RowAct::Renewed { .. } => true,
                    RowAct::Lent { .. } | RowAct::Returned => false,
                }
        })
    }

    /// The events of the line that is shown at `place`, if it can be taken back: not while a later line rests on it.
    pub fn undoable(&self, place: u16) -> Option<&[Seq]> {
        let index = self.rows.len().checked_sub(usize::from(place) + 1)?;
        let row = self.rows.get(index)?;
        let later = self.rows.iter().skip(index + 1).any(|later| later.item == row.item);
        (!later && !row.seqs.is_empty()).then_some(row.seqs.as_slice())
    }

    /// Takes the line with these events off; none if there are no events.
    pub fn remove(&mut self, seqs: &[Seq]) {
        self.rows.retain(|row| seqs.is_empty() || row.seqs != seqs);
    }

    pub fn tally(&self) -> Tally {
        self.rows.iter().fold(self.older, |tally, row| tally.with(row.act))
    }

    /// As shown: the newest first.
    pub fn shown(&self) -> Vec<Row> {
        (0..)
            .zip(self.rows.iter().rev())
            .map(|(place, row)| Row {
                title: row.title.clone(),
                act: row.act,
                undo: self.undoable(place).is_some(),
            })
            .collect()
    }

    pub fn rows(&self) -> &[Done] {
        &self.rows
    }

    pub fn rows_mut(&mut self) -> &mut [Done] {
        &mut self.rows
    }
}
