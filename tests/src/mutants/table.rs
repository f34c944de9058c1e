//! The table in `docs/proof.md`, between two markers. A run of some guards leaves the rows of the others.

use super::{Guard, Outcome};
use anyhow::{Context, ensure};
use std::fmt::Write;
use std::path::Path;

const BEGIN: &str = "<!-- guards: written by the check -->\n";
const END: &str = "<!-- guards: end -->\n";
const HEAD: &str = "| guard taken away | what must hold | noticed by | at |\n| --- | --- | --- | --- |\n";

/// What came of one guard.
#[derive(Debug, Clone)]
pub struct Row {
    /// Which.
    pub guard: String,
    /// What must hold.
    pub holds: String,
    /// What was seen.
    pub outcome: Outcome,
    /// At which commit.
    pub commit: String,
}

/// Puts `rows` into the table of the document at `path`, in the order of `guards`; guards that are no more go.
///
/// # Errors
/// There are no markers, or the document cannot be written.
pub fn write(path: &Path, guards: &[Guard], rows: &[Row]) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    std::fs::write(path, with_rows(&text, guards, rows)?).with_context(|| path.display().to_string())
}

fn with_rows(text: &str, guards: &[Guard], rows: &[Row]) -> anyhow::Result<String> {
    let (before, rest) = text.split_once(BEGIN).context("no marker where the table begins")?;
    let (old, after) = rest.split_once(END).context("no marker where the table ends")?;
    ensure!(!old.contains("<!--"), "another marker is in the table");
    let mut table = String::from(HEAD);
    for guard in guards {
        let cell = format!("| {} |", guard.name);
        match rows.iter().find(|row| row.guard == guard.name) {
            Some(row) => writeln!(table, "{cell} {} | {} | `{}` |", row.holds, row.outcome, row.commit)?,
            None => old
                .lines()
                .filter(|line| line.starts_with(&cell))
                .try_for_each(|line| writeln!(table, "{line}"))?,
        }
    }
    Ok(format!("{before}{BEGIN}{table}{END}{after}"))
}
