//! The one message: what a station says, and what the region answers. The same values travel by every link.

use crate::{
    ClockTrust, Epoch, Event, Feed, FeedHash, Record, RecordKey, ReviewId, Seq, StationId, chain::Chain,
};
use serde::{Deserialize, Serialize};

/// What a station says: its next events, what it has of each feed, and what its clock shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// [`crate::SCHEMA`] of the writer.
    pub schema: u16,
    /// Who speaks.
    pub station: StationId,
    /// Which life of its journal.
    pub epoch: Epoch,
    /// Seq of the first event in `events`; with none, the seq the next event would have among those sent so far.
    pub from_seq: Seq,
    /// The chain value of the event before `from_seq`; [`Chain::START`] for seq 1. Lets the region notice a fork.
    pub chain_before: Chain,
    /// Highest seq in the journal, so that the region knows how much is still waiting.
    pub head_seq: Seq,
    /// Events in order, seq rising by one from `from_seq`.
    pub events: Vec<Event>,
    /// What the station has of each feed it knows. Feeds not named are not wanted.
    pub have: Vec<Cursor>,
    /// The station's clock at sending.
    pub clock: ClockSample,
    /// About how many bytes of changes the station wants at most in one answer.
    pub answer_limit: u32,
}

/// How far a station has read one feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which feed.
    pub feed: Feed,
    /// The region's sequence number of the newest change taken in; 0 = nothing yet.
    pub at: u64,
    /// Hash over all records the station holds of this feed.
    pub hash: FeedHash,
}

/// The clocks of a station at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockSample {
    /// Wall time, seconds since 1970.
    pub wall_s: i64,
    /// Which start of the station.
    pub boot: u32,
    /// Seconds since that start.
    pub mono_s: u64,
    /// How far the wall time is to be believed.
    pub trust: ClockTrust,
}

/// What the region answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The schema both sides know: the lower of the two.
    pub schema: u16,
    /// For whom.
    pub station: StationId,
    /// Which life of its journal this speaks of.
    pub epoch: Epoch,
    /// Where the station stands with the region.
    pub standing: Standing,
    /// Highest contiguous seq of this epoch the region has made durable. Only this moves the outbox.
    pub stored_upto: Seq,
    /// What became of events that were not plainly applied.
    pub outcomes: Vec<Outcome>,
    /// Changes, at most one entry a feed.
    pub changes: Vec<FeedChanges>,
    /// The region's time, seconds since 1970.
    pub time_s: i64,
    /// Whether there are further changes to fetch at once.
    pub more: bool,
}

/// Where a station stands with the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// All is well.
    Good,
    /// The journal is not the one the region knows (lost, restored or cloned): begin this epoch and send it from seq 1.
    Forked {
        /// The epoch to begin.
        begin: Epoch,
    },
    /// The station was revoked: nothing is taken from it.
    Revoked,
}

/// What became of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which event.
    pub seq: Seq,
    /// What became of it.
    pub fate: Fate,
    /// Why.
    pub conflict: Conflict,
}

/// What becomes of an event. Every event at the region has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Took effect as it was meant.
    Applied,
    /// Took effect, and a librarian can see that something was odd.
    Flagged,
    /// Waits for a librarian.
    InReview(ReviewId),
    /// A librarian has decided.
    Resolved(ReviewId),
}

/// What was odd about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// The item was on loan to someone else.
    LentTwice,
    /// It came back, but was not on loan.
    ReturnWithoutLoan,
    /// The patron had a block.
    PatronBlocked,
    /// More loans than allowed, over all stations.
    OverLimit,
    /// The item was withdrawn, lost, or not for loan.
    ItemNotForLoan,
    /// No such item.
    UnknownItem,
    /// No such patron.
    UnknownPatron,
    /// Another patron had a hold on it.
    HeldByAnother,
    /// Renewed more often than allowed.
    RenewedTooOften,
    /// Renewed, but the loan was closed.
    RenewedClosedLoan,
    /// Reference item lent.
    ReferenceLent,
    /// The clock of the station was wrong.
    ClockWrong,
    /// Same seq, other content.
    Fork,
    /// From a revoked station.
    Revoked,
    /// The patron has left, or was erased.
    PatronGone,
    /// Decided twice, differently.
    DecidedTwice,
    /// Undoes something that cannot be undone.
    UndoWithoutEvent,
    /// Made by rules that were no longer in force.
    OldRules,
    /// Of a kind this region does not know, or unreadable.
    Unreadable,
}

/// Changes of one feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedChanges {
    /// Which feed.
    pub feed: Feed,
    /// The cursor these changes follow. They may only be applied by a station that is there;
    /// 0 = a fresh copy begins: whatever the station has of this feed is put aside first.
    pub from: u64,
    /// The cursor after them.
    pub upto: u64,
    /// Records that are new or changed.
    pub put: Vec<Record>,
    /// Records that are gone.
    pub gone: Vec<RecordKey>,
    /// Hash over the whole feed at `upto`; `None` where the feed goes on in a further answer.
    pub hash: Option<FeedHash>,
}
