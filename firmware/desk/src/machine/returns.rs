//! Returning without a card. What came back is written down, whether it was on loan or not: it is here.

use super::log::Log;
use super::record::Plan;
use super::scan::Found;
use super::{Desk, State, Turn};
use crate::{MemoryFault, RowAct, VisitNote};
use exchange::{Act, RefusalKind};

/// Someone returns books.
#[derive(Debug, Clone, Default)]
pub(super) struct Returns {
    pub log: Log,
    pub note: Option<VisitNote>,
}

impl Desk {
    /// Takes these books back. A number that is neither known nor on loan is no book of this library.
    pub(super) fn take_back(&mut self, founds: Vec<Found>, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        let State::Returns(returns) = &self.state else { return Ok(()) };
        let mut plan = Plan::default();
        for found in founds {
            if returns.log.has_moved(&found.id) || plan.has(&found.id) {
                plan.note = Some(VisitNote::SameAgain);
                continue;
            }
            if found.loan.is_none() {
                if found.stocked.is_none() {
                    plan.denied.push(found.denied(RefusalKind::UnknownItem));
                    continue;
                }
                plan.note = Some(VisitNote::WasNotOnLoan);
            }
            let act = Act::Returned { item: found.id.clone() };
            plan.add(found.id.clone(), found.title(), RowAct::Returned, vec![act]);
        }
        self.carry_out(plan, turn)
    }
}
