//! The books of a simulated library system.

use exchange::Day;
use std::collections::BTreeMap;

/// A patron.
#[derive(Debug, Clone, Default)]
pub struct PatronRow {
    /// Their name.
    pub name: String,
    /// Whether they may not borrow.
    pub blocked: bool,
}

/// An item.
#[derive(Debug, Clone, Default)]
pub struct ItemRow {
    /// What it is.
    pub title: String,
    /// Who has it, and until when.
    pub loan: Option<(String, Day)>,
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A patron took an item.
    Lent {
        /// Their card.
        patron: String,
        /// Its number.
        item: String,
    },
    /// A checkout of what the patron had already was taken for a renewal.
    LentAgain {
        /// The item's number.
        item: String,
    },
    /// An item came back.
    Returned {
        /// Its number.
        item: String,
    },
    /// A loan was prolonged.
    Renewed {
        /// The item's number.
        item: String,
    },
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub struct Books {
    /// Patrons by card.
    pub patrons: BTreeMap<String, PatronRow>,
    /// Items by number.
    pub items: BTreeMap<String, ItemRow>,
    /// What was done, in order.
    pub entries: Vec<Entry>,
}

/// How a checkout or renewal ended.
pub struct Lent {
    /// When it is due.
    pub due: Day,
    /// Whether it was a renewal.
    pub renewed: bool,
}

/// How many days the system lends for, by its own rules.
const DAYS: i32 = 14;

impl Books {
    /// Lends; `force` is the station's due date where the system is to take what happened as it happened.
    ///
    /// # Errors
    /// The system's words.
    pub fn lend(
        &mut self,
        patron: &str,
        item: &str,
        on: Day,
        force: Option<Day>,
    ) -> Result<Lent, &'static str> {
        let who = self.patrons.get(patron).ok_or("Invalid Patron")?;
        let row = self.items.get_mut(item).ok_or("Invalid Item")?;
        if who.blocked && force.is_none() {
            return Err("Patron Blocked");
        }
        let due = force.unwrap_or(on.plus(DAYS));
        let (item, renewed) = (item.to_owned(), row.loan.as_ref().is_some_and(|(has, _)| has == patron));
        if row.loan.is_some() && !renewed && force.is_none() {
            return Err("Item checked out to another patron");
        }
        row.loan = Some((patron.to_owned(), due));
        self.entries.push(if renewed {
            Entry::LentAgain { item }
        } else {
            Entry::Lent { patron: patron.to_owned(), item }
        });
        Ok(Lent { due, renewed })
    }

    /// Takes back; gives who had it.
    ///
    /// # Errors
    /// The system's words.
    pub fn take_back(&mut self, item: &str) -> Result<String, &'static str> {
        let row = self.items.get_mut(item).ok_or("Invalid Item")?;
        let (patron, _) = row.loan.take().ok_or("Item not checked out")?;
        self.entries.push(Entry::Returned { item: item.to_owned() });
        Ok(patron)
    }

    /// Prolongs.
    ///
    /// # Errors
    /// The system's words.
    pub fn renew(&mut self, patron: &str, item: &str, due: Option<Day>) -> Result<Lent, &'static str> {
        let row = self.items.get_mut(item).ok_or("Invalid Item")?;
        let (_, now_due) = row
            .loan
            .as_mut()
            .filter(|(has, _)| has == patron)
            .ok_or("Item not checked out to this patron")?;
        *now_due = due.unwrap_or(now_due.plus(DAYS));
        self.entries.push(Entry::Renewed { item: item.to_owned() });
        Ok(Lent { due: *now_due, renewed: true })
    }

    /// What a patron has.
    #[must_use]
    pub fn charged(&self, patron: &str) -> Vec<&str> {
        let has = |row: &ItemRow| row.loan.as_ref().is_some_and(|(has, _)| has == patron);
        self.items.iter().filter(|(_, row)| has(row)).map(|(number, _)| number.as_str()).collect()
    }
}
