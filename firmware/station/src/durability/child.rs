//! The process that is killed: it writes into the scratch journal and says what is durable, until it dies.

use anyhow::Context;
use exchange::{Act, Basis, ClockTrust, Day, Epoch, ItemId, PatronId, Stamp, StationId};
use journal::Journal;
use std::io::Write;
use std::path::Path;

/// Whose scratch journal it is: nobody's.
const STATION: StationId = StationId(1);

/// The times of the scratch journal; they mean nothing.
pub(super) const NOW_S: i64 = 1_790_000_000;

/// What is written as event `seq`: a function of it, so that it can be looked for afterwards.
pub(super) fn act(seq: u64) -> Option<Act> {
    let item = ItemId::new(format!("{seq:08}")).ok()?;
    Some(Act::CheckedOut { patron: PatronId(seq.wrapping_mul(7_919)), item, due: Day((seq % 30_000) as i32) })
}

/// Appends to the journal in `dir` and writes one line for each commit, the number of its last event, until it is killed.
///
/// # Errors
/// The journal cannot be written, or nobody reads the lines any more.
pub fn run(dir: &Path) -> anyhow::Result<()> {
    let (mut journal, _) = Journal::open(dir, NOW_S).context("the scratch journal")?;
    journal.enrol(STATION, Some(Epoch(1)))?;
    let mut out = std::io::stdout().lock();
    let mut next = journal.outbox().head.0 + 1;
    loop {
        // Visits of one to five books; now and then the log is folded into its file, as a quiet station does.
        let acts: Vec<Act> = (next..next + 1 + next % 5).filter_map(act).collect();
        let stamp = Stamp { wall_s: NOW_S, boot: 1, mono_s: next, trust: ClockTrust::Guessed };
        let seqs = journal.append(&acts, Basis::default(), stamp)?;
        next = seqs.last().context("nothing was written")?.0 + 1;
        writeln!(out, "{}", next - 1)?;
        out.flush()?;
        if next % 97 < 5 {
            journal.checkpoint()?;
        }
    }
}
