//! The one order in which events are folded: by time across stations, by seq inside a station.

use super::EventRef;
use exchange::StationId;
use std::collections::BTreeMap;

/// Puts `things` in the fold's order and gives each its place in time. Inside a station the order is (epoch, seq)
/// always: where its clock ran back, the later event takes the time of the earlier one.
pub(super) fn line_up<T>(
    mut things: Vec<T>,
    who: impl Fn(&T) -> EventRef,
    at_s: impl Fn(&T) -> i64,
) -> Vec<(i64, T)> {
    things.sort_by_key(&who);
    let mut latest: BTreeMap<StationId, i64> = BTreeMap::new();
    let mut placed: Vec<(i64, T)> = things
        .into_iter()
        .map(|thing| {
            let time = latest.entry(who(&thing).station).or_insert(i64::MIN);
            *time = at_s(&thing).max(*time);
            (*time, thing)
        })
        .collect();
    placed.sort_by_key(|(time, thing)| (*time, who(thing)));
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use exchange::{Epoch, Seq};

    #[test]
    fn a_clock_that_runs_back_does_not_change_the_order_inside_a_station() {
        let event =
            |station, seq, at| (EventRef { station: StationId(station), epoch: Epoch(1), seq: Seq(seq) }, at);
        let lined = line_up(vec![event(1, 2, 50), event(2, 1, 70), event(1, 1, 100)], |e| e.0, |e| e.1);
        let order: Vec<_> = lined.iter().map(|(time, (who, _))| (who.station.0, who.seq.0, *time)).collect();
        assert_eq!(order, [(2, 1, 70), (1, 1, 100), (1, 2, 100)]);
    }
}
