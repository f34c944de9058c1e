//! Events of each station in numbers, kept in step with the events: counting millions anew for every page would take too
//! long. Numbers of kinds are those of `exchange::Act::kind`.

use super::sql::{Tx, params};
use super::{SchoolId, StoreFault};
use crate::fold::EventRef;
use exchange::StationId;
use std::collections::BTreeMap;

/// What is added to a station's numbers: lent, returned, renewed, refused, all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Step([i64; 5]);

impl Step {
    fn add(&mut self, kind: u16, by: i64) {
        let place = match kind {
            2 => 0,
            3 => 1,
            4 => 2,
            8 => 3,
            _ => return,
        };
        if let Some(count) = self.0.get_mut(place) {
            *count += by;
        }
    }
}

/// Notes new events of a station by their kinds.
pub(super) fn note_events(
    tx: &Tx<'_>,
    school: SchoolId,
    station: StationId,
    kinds: impl IntoIterator<Item = u16>,
) -> Result<(), StoreFault> {
    let mut step = Step::default();
    for kind in kinds {
        step.add(kind, 1);
        step.0[4] += 1;
    }
    write(tx, school, station, step)
}

/// Notes events that are taken back, or count again, by their kinds.
pub(super) fn note_undone(
    tx: &Tx<'_>,
    school: SchoolId,
    events: &[(EventRef, u16, bool)],
) -> Result<(), StoreFault> {
    let mut steps: BTreeMap<StationId, Step> = BTreeMap::new();
    for (who, kind, undone) in events {
        steps.entry(who.station).or_default().add(*kind, if *undone { -1 } else { 1 });
    }
    steps.into_iter().try_for_each(|(station, step)| write(tx, school, station, step))
}

fn write(tx: &Tx<'_>, school: SchoolId, station: StationId, step: Step) -> Result<(), StoreFault> {
    let [lent, returned, renewed, refused, events] = step.0;
    if step != Step::default() {
        tx.write(
            "INSERT INTO tally (station, school, lent, returned, renewed, refused, events)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (station) DO UPDATE SET lent = tally.lent + excluded.lent,
                 returned = tally.returned + excluded.returned, renewed = tally.renewed + excluded.renewed,
                 refused = tally.refused + excluded.refused, events = tally.events + excluded.events",
            params![station.0, school.0, lent, returned, renewed, refused, events],
        )?;
    }
    Ok(())
}
