//! A file read and planned, ready to be shown, saved, and undone.

use super::{
    BadRow, FileFault, Import, Known, Notes, Planned, What, plan_classes, plan_items, plan_patrons,
    plan_titles, read_classes, read_items, read_patrons, read_titles, recognise,
};
use exchange::Day;

/// A file that was read and planned; nothing of it is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// What it holds.
    pub what: What,
    /// What would change, and what would stay as it is.
    pub planned: Vec<Planned>,
    /// Good rows.
    pub good: usize,
    /// Bad rows; one may have several faults in `bad`.
    pub bad_rows: usize,
    /// What is wrong, by line.
    pub bad: Vec<BadRow>,
    /// How the file was understood.
    pub notes: Notes,
}

/// Why a file cannot be prepared. Nothing of it was taken.
#[derive(Debug, thiserror::Error)]
pub enum PrepareFault {
    /// The file.
    #[error(transparent)]
    File(#[from] FileFault),
    /// Its columns are those of no kind of file.
    #[error("its columns are those of no list that is known here: classes, patrons, titles or items")]
    Unrecognised,
    /// There is no randomness for PINs.
    #[error("this machine gives no random numbers")]
    Randomness,
}

/// Reads and plans a file. `what` it holds is told by its columns where nobody has said it; `today` is the school's day.
///
/// # Errors
/// [`PrepareFault`].
pub fn prepare(
    bytes: &[u8],
    what: Option<What>,
    known: &Known,
    today: Day,
) -> Result<Prepared, PrepareFault> {
    let what = match what {
        Some(what) => what,
        None => recognise(bytes)?.ok_or(PrepareFault::Unrecognised)?,
    };
    Ok(match what {
        What::Classes => planned(what, read_classes(bytes)?, |import| plan_classes(import, known)),
        What::Titles => planned(what, read_titles(bytes)?, |import| plan_titles(import, known)),
        What::Items => planned(what, read_items(bytes)?, |import| plan_items(import, known)),
        What::Patrons => {
            let mut has_chance = true;
            let salt = || {
                let mut salt = [0; 8];
                has_chance &= getrandom::fill(&mut salt).is_ok();
                salt
            };
            let prepared =
                planned(what, read_patrons(bytes)?, |import| plan_patrons(import, known, today, salt));
            if !has_chance {
                return Err(PrepareFault::Randomness);
            }
            prepared
        }
    })
}

fn planned<T>(
    what: What,
    mut import: Import<T>,
    plan: impl FnOnce(&mut Import<T>) -> Vec<Planned>,
) -> Prepared {
    let planned = plan(&mut import);
    let bad_rows = import.bad_rows();
    Prepared { what, planned, good: import.rows.len(), bad_rows, bad: import.bad, notes: import.notes }
}
