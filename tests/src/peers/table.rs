//! `RESULTS.md`.

use super::{Cell, Kept, Ledger, Way};
use std::fmt::Write;

/// The table of one line.
///
/// # Errors
/// None that a text can have.
pub fn write(
    title: &str,
    count: usize,
    cells: &[(Way, anyhow::Result<Cell>)],
) -> Result<String, std::fmt::Error> {
    let mut out = format!(
        "\n## {title}\n\n| way | there | bytes up | bytes down | a loan | to ours | requests | connections | fell | seconds | to ours |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
    );
    let whole = |cell: &&Cell| cell.arrived == count as u64;
    let bytes = |cell: &Cell| (cell.traffic.up + cell.traffic.down) as f64;
    let ours =
        cells.iter().find_map(|(way, cell)| (*way == Way::Ours).then_some(cell.as_ref().ok()).flatten());
    let ours = ours.filter(whole);
    for (way, cell) in cells {
        let cell = match cell {
            Ok(cell) => cell,
            Err(fault) => {
                writeln!(out, "| {} | failed: {fault:#} | | | | | | | | | |", way.name())?;
                continue;
            }
        };
        let done = whole(&cell);
        let more = if done { "" } else { "> " };
        let none = || String::from("–");
        let per_loan = bytes(cell) / cell.arrived.max(1) as f64;
        // What was not brought may have cost any number of bytes: only the time can be compared then.
        let dearer =
            ours.filter(|_| done).map_or_else(none, |ours| format!("{:.1} ×", bytes(cell) / bytes(ours)));
        let slower = ours.map_or_else(none, |ours| {
            format!("{more}{:.1} ×", cell.took.as_secs_f64() / ours.took.as_secs_f64())
        });
        let seconds = cell.took.as_secs_f64();
        writeln!(
            out,
            "| {} | {}{} | {} | {} | {} | {dearer} | {} | {} | {} | {more}{seconds:.1} | {slower} |",
            way.name(),
            if done { "all " } else { "**not finished**: " },
            cell.arrived,
            cell.traffic.up,
            cell.traffic.down,
            if done { format!("{per_loan:.1}") } else { none() },
            cell.requests,
            cell.traffic.connections,
            cell.traffic.fallen,
        )?;
    }
    Ok(out)
}

impl Kept {
    /// Its line of the table of killed ledgers.
    pub fn row(&self, ledger: Ledger) -> String {
        format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            ledger.name(),
            self.kills,
            self.said,
            self.lost,
            self.runs_with_loss,
            self.torn
        )
    }

    /// The head of that table.
    pub const HEAD: &'static str = "| ledger | kills | said yes to | lost | kills that lost | files torn in the middle |\n| --- | --- | --- | --- | --- | --- |\n";
}
