//! The station's state in a few lines, to be photographed as one QR code. Numbers and ids; no name is in it.

use crate::status::Status;
use desk::{Check, Standing};

/// The text. `boot`: the number of this start.
#[must_use]
pub fn text(status: &Status, boot: u32) -> String {
    let staff = &status.staff;
    let ids = |standing: Standing| {
        let those = staff.checks.iter().filter(|finding| finding.standing == standing);
        those.map(|finding| Check::id(finding.check)).collect::<Vec<_>>().join(",")
    };
    let hours = |minutes: Option<u64>| minutes.map_or("-".to_owned(), |minutes| format!("{}h", minutes / 60));
    let mut text = format!(
        "Oqyrman {version}\nstation {station} start {boot}\nevents {events} waiting {waiting} oldest {oldest}\n\
         contact {contact}\npatrons {patrons} items {items} loans {loans} reviews {reviews}\nreaders {present}/{expected}\n",
        version = staff.version,
        station = staff.station,
        events = status.events,
        waiting = staff.waiting,
        oldest = hours(status.oldest_waiting_min),
        contact = hours(staff.last_contact_min),
        patrons = staff.patrons,
        items = staff.items,
        loans = staff.loans,
        reviews = staff.reviews,
        present = staff.readers.0,
        expected = staff.readers.1,
    );
    for (word, standing) in [("broken", Standing::Broken), ("attention", Standing::Attention)] {
        let ids = ids(standing);
        if !ids.is_empty() {
            text += &format!("{word} {ids}\n");
        }
    }
    if let Some(test) = staff.plug.tested {
        text += &format!("power cuts {} lost {}\n", test.kills, test.lost);
    }
    text
}
