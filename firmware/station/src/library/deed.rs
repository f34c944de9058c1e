//! From what the journal has to what a library system is told, and back.

use crate::clock::system_wall_s;
use exchange::{Act, Seq};
use journal::{LibraryLine, LibraryState, LibraryTurn};
use links::sip2::{Deed, Done, NoBlock, Outcome, Profile, SipDate};

/// A forced loan takes an item from whoever has it; where it is older than this, the system is asked first.
const FORCE_UNASKED_S: i64 = 12 * 3600;

/// What the system is to be told of an event; `None` if it has no words for it, or the patron has no card any more.
/// `card` gives a patron's card.
#[must_use]
pub fn deed(
    turn: &LibraryTurn,
    profile: &Profile,
    zone: &jiff::tz::TimeZone,
    now_s: i64,
    card: impl Fn(exchange::PatronId) -> Option<String>,
) -> Option<Deed> {
    let done = match &turn.event.act {
        Act::CheckedOut { patron, item, due } => {
            Done::Lent { patron: card(*patron)?, item: item.as_str().to_owned(), due: *due }
        }
        Act::Returned { item } => {
            Done::Returned { item: item.as_str().to_owned(), from: turn.from.and_then(card) }
        }
        Act::Renewed { patron, item, due } => {
            Done::Renewed { patron: card(*patron)?, item: item.as_str().to_owned(), due: *due }
        }
        Act::StationStarted { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => return None,
    };
    let old = now_s - turn.event.at.wall_s > FORCE_UNASKED_S;
    let forced = match (profile.no_block, &done) {
        (NoBlock::Checkout, Done::Lent { .. }) => true,
        (NoBlock::Checkout, Done::Returned { .. } | Done::Renewed { .. }) | (NoBlock::Never, _) => false,
    };
    let at = date(zone, turn.event.at.wall_s);
    Some(Deed { seq: turn.event.seq, at, done, ask_first: turn.ask_first || (old && forced) })
}

/// How an event ended, for the ledger.
#[must_use]
pub fn line(seq: Seq, outcome: Outcome) -> LibraryLine {
    let (state, words) = match outcome {
        Outcome::Accepted => (LibraryState::Accepted, String::new()),
        Outcome::OtherDue { due } => (LibraryState::OtherDue, due),
        Outcome::AlreadyDone => (LibraryState::AlreadyDone, String::new()),
        Outcome::Refused { reason } => (LibraryState::Refused, reason),
        Outcome::Unknown => (LibraryState::Unknown, String::new()),
    };
    LibraryLine { seq, state, words, at_s: system_wall_s() }
}

/// The school's time now.
#[must_use]
pub fn now(zone: &jiff::tz::TimeZone) -> SipDate {
    date(zone, system_wall_s())
}

/// The school's time at a moment.
fn date(zone: &jiff::tz::TimeZone, wall_s: i64) -> SipDate {
    let time = zone.to_datetime(jiff::Timestamp::from_second(wall_s).unwrap_or_default());
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    SipDate {
        day: exchange::Day::from_ymd(time.year(), time.month(), time.day()).unwrap_or_default(),
        hour: small(time.hour()),
        minute: small(time.minute()),
        second: small(time.second()),
    }
}
