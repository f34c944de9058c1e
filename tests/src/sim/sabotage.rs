//! Worlds that go wrong on purpose: each takes one guard away, so that it is seen that the judge would notice.

use super::truth::Invariant;

/// A guard that is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// The station says yes to a return and does not write it down.
    YesWithoutWriting,
    /// The station writes a loan down twice.
    WritesTwice,
    /// The card forgets at a power cut what it had flushed since it was last copied.
    FlushLies,
    /// The last screen of a visit stays for the next person.
    ScreenStays,
    /// The desk takes no scans while its link is dead.
    NeedsTheLink,
    /// After a call that failed it never calls again.
    NeverCallsAgain,
    /// The station does not take what the region tells.
    HearsNothing,
    /// Somebody at the region changes a loan past the fold.
    LoanPastTheFold,
}

impl Sabotage {
    /// All.
    pub const ALL: [Sabotage; 8] = [
        Sabotage::YesWithoutWriting,
        Sabotage::WritesTwice,
        Sabotage::FlushLies,
        Sabotage::ScreenStays,
        Sabotage::NeedsTheLink,
        Sabotage::NeverCallsAgain,
        Sabotage::HearsNothing,
        Sabotage::LoanPastTheFold,
    ];

    /// What must be seen not to hold.
    pub fn shows(self) -> Invariant {
        match self {
            Sabotage::YesWithoutWriting | Sabotage::FlushLies => Invariant::NothingIsLost,
            Sabotage::WritesTwice => Invariant::ExactlyOnce,
            Sabotage::ScreenStays => Invariant::NobodySeesTheLast,
            Sabotage::NeedsTheLink => Invariant::TheStationLends,
            Sabotage::NeverCallsAgain | Sabotage::HearsNothing => Invariant::ItDelivers,
            Sabotage::LoanPastTheFold => Invariant::HubIsItsFold,
        }
    }
}
