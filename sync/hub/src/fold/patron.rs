//! What one patron's loans say together: limits and blocks. It flags; it never changes a loan.

use super::order::line_up;
use super::{EventRef, FoldedLoan, PatronFacts, Reference};
use exchange::{Conflict, PatronId};
use std::collections::BTreeMap;

/// Flags of the events that opened `loans`, which are all loans of one patron, open and closed, in any order.
pub fn fold_patron(
    patron: PatronId,
    loans: &[FoldedLoan],
    reference: &Reference,
) -> BTreeMap<EventRef, Conflict> {
    let Some(facts) = reference.patrons.get(&patron) else { return BTreeMap::new() };
    let mut flags = BTreeMap::new();
    let mut open: Vec<&FoldedLoan> = Vec::new();
    for (_, loan) in line_up(loans.iter().collect(), |loan| loan.opened.who, |loan| loan.opened.at_s) {
        open.retain(|other| other.closed.is_none_or(|(closed, _)| !closed.is_before(loan.opened)));
        if facts.until.is_some_and(|last| last < loan.since) {
            flags.insert(loan.opened.who, Conflict::PatronGone);
        } else if is_blocked(facts, loan) {
            flags.insert(loan.opened.who, Conflict::PatronBlocked);
        }
        if !loan.counts {
            continue;
        }
        let most = reference.allowance(loan.rules, facts.kind).map_or(u16::MAX, |a| a.max_loans);
        if open.len() >= usize::from(most) {
            flags.entry(loan.opened.who).or_insert(Conflict::OverLimit);
        }
        open.push(loan);
    }
    flags
}

fn is_blocked(facts: &PatronFacts, loan: &FoldedLoan) -> bool {
    facts.blocks.iter().any(|block| block.since <= loan.since)
}
