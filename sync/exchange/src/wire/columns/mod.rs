//! Events as columns: one list per field instead of one record per event, each value as what it differs by from what the
//! event before lets expect. Most columns of an ordinary day are then full of zeros, and a column that has nothing else
//! is left out.
//!
//! ```text
//! events  = count, and if it is not 0: mask, columns, shapes, payloads
//! mask    = bit i set: column i is there; not set: all its values are 0
//! columns = the values of column 0, then those of column 1, … (varints)
//! shapes  = table of the item numbers' shapes, if any event has an item (see `label`)
//! payloads = the payload bytes of the events in row form, one after the other
//! ```
//! An event is told in columns if it is one of the six kinds that make up a day of lending; every other kind, known or
//! not, goes by its payload in row form. So an old reader can always tell the events of a newer writer apart.

mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;

use super::WireError;
use crate::message::ClockSample;
use crate::{Basis, ClockTrust, Stamp};

/// Most events of one message.
pub const MAX_EVENTS: usize = 65_536;

/// The columns, in the order in which they are written. Their order and meaning are fixed for schema 1.
#[derive(Debug, Clone, Copy)]
enum Column {
    /// Twice the kind, plus one if the event goes by its payload.
    Kind,
    Wall,
    Boot,
    Mono,
    Trust,
    Rules,
    DataAsOf,
    Patron,
    Shape,
    Number,
    Due,
    Title,
    Count,
    Undone,
    PayloadLen,
}

const COLUMNS: usize = 15;

/// What the event before lets expect of the next one. Both sides keep it in step; all arithmetic wraps around, so that
/// no value, however odd, is out of reach.
struct Expected {
    code: u64,
    at: Stamp,
    basis: Basis,
    patron: u64,
    /// Days from the day of the event to the due date.
    due_in: i64,
    title: u64,
    count: u16,
}

impl Expected {
    fn at_start(clock: &ClockSample) -> Expected {
        Expected {
            code: 2 * 2, // a checkout
            at: Stamp { wall_s: clock.wall_s, boot: clock.boot, mono_s: clock.mono_s, trust: clock.trust },
            basis: Basis { rules: 0, data_as_of_s: clock.wall_s },
            patron: 0,
            due_in: 0,
            title: 0,
            count: 1,
        }
    }

    /// Seconds since the start of the station, if it did not start again and nobody set its clock.
    fn mono_s(&self, wall_s: i64, boot: u32) -> u64 {
        if boot == self.at.boot {
            self.at.mono_s.wrapping_add(wall_s.wrapping_sub(self.at.wall_s) as u64)
        } else {
            0
        }
    }
}

fn day_of(wall_s: i64) -> i64 {
    wall_s.div_euclid(86_400)
}

fn trust_number(trust: ClockTrust) -> i64 {
    match trust {
        ClockTrust::Guessed => 0,
        ClockTrust::Rtc => 1,
        ClockTrust::Synced => 2,
    }
}

fn trust_of(number: i64) -> Result<ClockTrust, WireError> {
    match number {
        0 => Ok(ClockTrust::Guessed),
        1 => Ok(ClockTrust::Rtc),
        2 => Ok(ClockTrust::Synced),
        _ => Err(WireError::Damaged("trust in the clock")),
    }
}
