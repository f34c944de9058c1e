//! Events: what happened at a station, as one append-only line of history each.

use crate::{Day, ItemId, PatronId, ReviewId, Seq, TitleId};
use serde::{Deserialize, Serialize};

/// One thing that happened, in the order of its station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the epoch.
    pub seq: Seq,
    /// When, by the station's own clocks.
    pub at: Stamp,
    /// What the decision rested on.
    pub basis: Basis,
    /// What happened.
    pub act: Act,
}

/// When, as far as a machine without a reliable clock can know. Order inside a station is `seq`, never this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Wall time, seconds since 1970-01-01T00:00:00Z.
    pub wall_s: i64,
    /// How many times the station has started, from 1.
    pub boot: u32,
    /// Seconds since that start.
    pub mono_s: u64,
    /// How far the wall time is to be believed.
    pub trust: ClockTrust,
}

/// How far a wall time is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockTrust {
    /// Carried on from the last known time; may be far behind.
    Guessed,
    /// From a battery-backed clock.
    Rtc,
    /// Set from the network or by the region's answer.
    Synced,
}

/// What a decision rested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Basis {
    /// Version of the rules in force; 0 before any were received.
    pub rules: u32,
    /// Region's time of the newest reference data, seconds since 1970; 0 before any was received. Age = wall − this.
    pub data_as_of_s: i64,
}

/// What happened. Kinds may be added; a reader keeps the bytes of a kind it does not know ([`Act::Unknown`]).
/// The number of each kind is fixed for ever, see [`Act::kind`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The station's program started.
    StationStarted {
        /// Version of the program.
        version: String,
    },
    /// A patron took an item.
    CheckedOut {
        /// Who.
        patron: PatronId,
        /// Which item.
        item: ItemId,
        /// The date shown to the patron. It stands.
        due: Day,
    },
    /// An item came back; from whom follows from its loan.
    Returned {
        /// Which item.
        item: ItemId,
    },
    /// A loan was prolonged.
    Renewed {
        /// Whose loan.
        patron: PatronId,
        /// Of which item.
        item: ItemId,
        /// The new due date.
        due: Day,
    },
    /// Copies without a label of their own were given out.
    CountedIssued {
        /// To whom.
        patron: PatronId,
        /// Of which title.
        title: TitleId,
        /// How many.
        count: u16,
        /// Until when.
        due: Day,
    },
    /// Copies without a label of their own came back.
    CountedReturned {
        /// From whom.
        patron: PatronId,
        /// Of which title.
        title: TitleId,
        /// How many.
        count: u16,
    },
    /// An earlier event of the same epoch was taken back by the person who caused it.
    Undone {
        /// The event taken back.
        seq: Seq,
    },
    /// The station said no. Who was refused is not recorded.
    Refused {
        /// Why.
        reason: RefusalKind,
        /// What was scanned, where it was an item.
        item: Option<ItemId>,
    },
    /// Staff at the station decided a review.
    ReviewDecided {
        /// Which review.
        review: ReviewId,
        /// Whether the proposed default was accepted.
        accept: bool,
    },
    /// The wall clock was set or jumped by more than a few seconds.
    ClockChanged {
        /// What it said before, seconds since 1970.
        from_s: i64,
        /// What it says now, seconds since 1970.
        to_s: i64,
    },
    /// A kind this version does not know, carried as it came.
    Unknown {
        /// Its number.
        kind: u16,
        /// Its payload in row form.
        payload: Vec<u8>,
    },
}

impl Act {
    /// The number of this kind in journals and messages. A number is never used again for another kind.
    pub fn kind(&self) -> u16 {
        match self {
            Act::StationStarted { .. } => 1,
            Act::CheckedOut { .. } => 2,
            Act::Returned { .. } => 3,
            Act::Renewed { .. } => 4,
            Act::CountedIssued { .. } => 5,
            Act::CountedReturned { .. } => 6,
            Act::Undone { .. } => 7,
            Act::Refused { .. } => 8,
            Act::ReviewDecided { .. } => 9,
            Act::ClockChanged { .. } => 10,
            Act::Unknown { kind, .. } => *kind,
        }
    }
}

/// Why the station said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// No patron has this card.
    UnknownCard,
    /// No item has this number.
    UnknownItem,
    /// The patron has a block.
    Blocked,
    /// The patron's card has run out.
    Expired,
    /// The patron has as many loans as allowed.
    LimitReached,
    /// Fewer loans are allowed because the station's data is old.
    LimitByAge,
    /// The patron has overdue loans.
    Overdue,
    /// Someone else waits for the item.
    OnHold,
    /// The item is read in the library only.
    ReferenceOnly,
    /// The item was withdrawn, or is at the binder's.
    NotForLoan,
    /// The loan was renewed as often as allowed.
    RenewalsUsed,
    /// Renewing is not possible because the station's data is old.
    RenewalByAge,
    /// The item to return or renew is not on loan (to this patron).
    NotOnLoan,
    /// A book's ISBN was scanned where its library label was wanted.
    IsbnScanned,
    /// A web address was scanned.
    UrlScanned,
    /// A card was scanned where a book was wanted.
    CardScanned,
    /// What was scanned is no number this station knows.
    Unreadable,
    /// The PIN was wrong.
    WrongPin,
    /// The PIN was wrong too often.
    PinLocked,
}
