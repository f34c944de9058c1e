//! Which events a life of the journal begins with after damage, and how they are numbered there. Pure.
//!
//! An event keeps its stamp, basis and act. An `Undone` of an event that comes along names its new seq. Where the event
//! it undoes stays behind (the region has it under the old name, which cannot be named from another epoch), the act
//! that has the same effect is written instead: a return for an undone checkout, the former loan for an undone return
//! or renewal. Where not even that is known, `Undone` of seq 0 says that something was undone, and the region flags it.

use crate::fold::Place;
use exchange::{Act, Event, Loan, Seq};
use std::collections::{BTreeMap, HashMap};

/// What a new life begins with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Carried {
    /// Numbered from 1.
    pub(crate) events: Vec<Event>,
    /// Where an event stood before, as far as the region may have it under that name.
    pub(crate) origins: BTreeMap<Seq, Place>,
}

/// Numbers `events` anew. `instead` gives the act that has the effect of undoing an event that stays behind.
pub(crate) fn carry(events: &[Event], instead: impl Fn(Seq) -> Option<Act>) -> Vec<Event> {
    let mut renamed: HashMap<Seq, Seq> = HashMap::new();
    let mut carried = Vec::with_capacity(events.len());
    for (event, seq) in events.iter().zip(1..) {
        renamed.insert(event.seq, Seq(seq));
        let act = match &event.act {
            Act::Undone { seq: target } => match renamed.get(target) {
                Some(target) => Act::Undone { seq: *target },
                None => instead(*target).unwrap_or(Act::Undone { seq: Seq(0) }),
            },
            Act::StationStarted { .. }
            | Act::CheckedOut { .. }
            | Act::Returned { .. }
            | Act::Renewed { .. }
            | Act::CountedIssued { .. }
            | Act::CountedReturned { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. } => event.act.clone(),
        };
        carried.push(Event { seq: Seq(seq), act, ..event.clone() });
    }
    carried
}

/// The act that takes back what `act` did. `before`: the loan of its item before it, as far as that is known.
pub(crate) fn inverse(act: &Act, before: Option<Loan>) -> Option<Act> {
    match (act, before) {
        (Act::CheckedOut { item, .. }, None) => Some(Act::Returned { item: item.clone() }),
        (Act::CheckedOut { .. } | Act::Returned { .. } | Act::Renewed { .. }, Some(before)) => {
            Some(Act::CheckedOut { patron: before.patron, item: before.item, due: before.due })
        }
        (Act::CountedIssued { patron, title, count, .. }, _) => {
            Some(Act::CountedReturned { patron: *patron, title: *title, count: *count })
        }
        (
            Act::Returned { .. }
            | Act::Renewed { .. }
            | Act::CountedReturned { .. }
            | Act::StationStarted { .. }
            | Act::Undone { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. },
            _,
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exchange::{Basis, ClockTrust, Day, ItemId, PatronId, Stamp};

    fn event(seq: u64, act: Act) -> Event {
        let at = Stamp { wall_s: 1_790_000_000, boot: 1, mono_s: seq, trust: ClockTrust::Rtc };
        Event { seq: Seq(seq), at, basis: Basis::default(), act }
    }

    fn item() -> ItemId {
        ItemId::new("000123").unwrap()
    }

    #[test]
    fn an_undo_follows_its_event() {
        let lent = Act::CheckedOut { patron: PatronId(7), item: item(), due: Day(20_000) };
        let events = [event(41, lent.clone()), event(42, Act::Undone { seq: Seq(41) })];
        let carried = carry(&events, |_| None);
        assert_eq!(carried[0].act, lent);
        assert_eq!((carried[1].seq, &carried[1].act), (Seq(2), &Act::Undone { seq: Seq(1) }));
        assert_eq!(carried[1].at, events[1].at);
    }

    #[test]
    fn an_undo_of_an_event_that_stays_behind_becomes_an_act_of_the_same_effect() {
        let lent = Act::CheckedOut { patron: PatronId(7), item: item(), due: Day(20_000) };
        let loan = Loan { item: item(), patron: PatronId(7), since: Day(1), due: Day(9), renewals: 0 };
        let back = Some(Act::CheckedOut { patron: PatronId(7), item: item(), due: Day(9) });
        let events = [event(42, Act::Undone { seq: Seq(41) })];

        let carried = carry(&events, |_| inverse(&lent, None));
        assert_eq!(carried[0].act, Act::Returned { item: item() });
        assert_eq!(inverse(&Act::Returned { item: item() }, Some(loan)), back);
        assert_eq!(inverse(&Act::Returned { item: item() }, None), None);
        assert_eq!(carry(&events, |_| None)[0].act, Act::Undone { seq: Seq(0) });
    }
}
