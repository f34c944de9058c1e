//! Takes the region's answers in.
//!
//! Order: first what the region told, in one transaction of `state.db`; then what it has, in one of `journal.db`. A cut
//! between the two makes the station send again what the region has, which is harmless. An old answer, or one taken
//! twice, changes nothing that a newer one has said.

use crate::feeds::{self, FeedFate};
use crate::reference::{read_about, write_about, write_traces};
use crate::{Journal, StoreFault, TakeError};
use exchange::{Answer, Epoch, Feed, Outcome, Seq, Standing};

/// How many of the newest own acts can still be undone once they are in the region's loans. An undo is possible until
/// the visit ends; a visit has some dozens of acts.
const UNDOABLE: usize = 256;

/// What an answer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What the region said of this station.
    pub standing: Standing,
    /// Highest seq of the present epoch that the region has.
    pub acked: Seq,
    /// What became of the changes of each feed.
    pub feeds: Vec<(Feed, FeedFate)>,
    /// What became of events that were not plainly applied.
    pub outcomes: Vec<Outcome>,
    /// The epoch that was begun, if one was.
    pub begun: Option<Epoch>,
    /// What was found wrong, if anything.
    pub alarm: Option<Alarm>,
    /// Whether there are further changes to fetch at once: the region said so, or a feed has to be asked for afresh.
    pub more: bool,
}

/// Something that a person should hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Alarm {
    /// The region has more events of this epoch than the journal.
    #[error(
        "the region has {there} events of this epoch, the journal {here}: an older image was put back, or two stations have one identity; a new epoch is asked for"
    )]
    JournalBehind {
        /// Here.
        here: Seq,
        /// There.
        there: Seq,
    },
    /// The region has lost events it had acknowledged; they are sent again.
    #[error("the region has lost events it had: everything after event {there} is sent again")]
    RegionBehind {
        /// What it still has.
        there: Seq,
    },
}

impl Taken {
    /// Whether any cursor moved.
    pub fn changed(&self) -> bool {
        self.feeds.iter().any(|(_, fate)| match fate {
            FeedFate::Applied | FeedFate::Staged | FeedFate::Drifted => true,
            FeedFate::NotHere => false,
        })
    }
}

impl Journal {
    /// Whether taking this answer would begin another epoch. Then seqs given before name nothing any more: it is to
    /// be taken when no visit is open, so that no undo can mean the wrong event.
    pub fn would_begin_epoch(&self, answer: &Answer) -> bool {
        match answer.standing {
            Standing::Forked { .. } => true,
            Standing::Good => answer.stored_upto > self.log.head() && !self.log.life().is_provisional(),
            Standing::Revoked => false,
        }
    }

    /// Keeps what an answer says, durably, before it returns. Its signature was checked. See
    /// [`Journal::would_begin_epoch`] for when.
    ///
    /// # Errors
    /// [`TakeError`]; then nothing of the answer counts, and the next call asks for it again.
    pub fn take_answer(&mut self, answer: &Answer) -> Result<Taken, TakeError> {
        if answer.station != self.log.station() {
            return Err(TakeError::OtherStation(answer.station));
        }
        if answer.epoch != self.asked_epoch()? {
            return Err(TakeError::OtherEpoch(answer.epoch));
        }
        let mut taken = Taken {
            standing: answer.standing,
            acked: self.log.life().acked,
            feeds: Vec::new(),
            outcomes: answer.outcomes.clone(),
            begun: None,
            alarm: None,
            more: answer.more,
        };
        match answer.standing {
            Standing::Good => {
                let newest = self.take_feeds(answer, &mut taken)?;
                self.take_stored(answer, newest, &mut taken)?;
            }
            Standing::Forked { begin } => {
                if self.log.lives().iter().any(|life| life.epoch >= begin && !life.is_provisional()) {
                    return Err(TakeError::EpochTwice(begin));
                }
                self.take_feeds(answer, &mut taken)?;
                self.begin_epoch(begin, answer.stored_upto)?;
                (taken.begun, taken.acked) = (Some(begin), Seq(0));
            }
            Standing::Revoked => {}
        }
        Ok(taken)
    }

    /// Takes the changes in; gives whether the answer is the newest so far.
    fn take_feeds(&mut self, answer: &Answer, taken: &mut Taken) -> Result<bool, StoreFault> {
        let (before, folded) = (self.folded()?, self.folded_by(answer)?);
        let tx = self.reference.begin()?;
        let mut about = read_about(&tx)?;
        let old = about.answered_s.is_some_and(|newest_s| answer.time_s < newest_s);
        let newest = about.answered_s.is_none_or(|newest_s| answer.time_s > newest_s);
        for changes in &answer.changes {
            taken.feeds.push((changes.feed, feeds::take(&tx, changes, old)?));
        }
        let drifted = taken.feeds.iter().any(|(_, fate)| *fate == FeedFate::Drifted);
        taken.more |= drifted;
        let applied = |feed| taken.feeds.contains(&(feed, FeedFate::Applied));
        // A region that has everything, and has nothing to tell of loans, says that they are as they are here.
        let silent = answer.standing == Standing::Good
            && !(taken.more || old)
            && answer.stored_upto == self.log.head()
            && answer.changes.iter().all(|changes| changes.feed != Feed::Loans);
        let moved = applied(Feed::Loans) || (silent && before < folded);
        if moved {
            write_traces(&tx, &self.loans.traces(folded, UNDOABLE))?;
            about.folded = folded;
        }
        about.answered_s = about.answered_s.max(Some(answer.time_s));
        if !taken.more && !old {
            about.data_as_of_s = about.data_as_of_s.max(Some(answer.time_s));
        }
        let refold = moved || applied(Feed::Items) || applied(Feed::Calendar);
        write_about(&tx, &about)?;
        tx.commit()?;
        if refold {
            self.fold()?;
        }
        Ok(newest)
    }

    /// Moves the outbox.
    fn take_stored(&mut self, answer: &Answer, newest: bool, taken: &mut Taken) -> Result<(), StoreFault> {
        let (life, head) = (self.log.life(), self.log.head());
        if life.is_provisional() {
            return Ok(());
        }
        let there = answer.stored_upto;
        if there > head {
            taken.alarm = Some(Alarm::JournalBehind { here: head, there });
            self.begin_provisional()?;
            (taken.acked, taken.more) = (Seq(0), true);
            return Ok(());
        }
        if there < life.acked && newest {
            taken.alarm = Some(Alarm::RegionBehind { there });
        }
        if there > life.acked || taken.alarm.is_some() {
            self.log.acknowledge(there, answer.time_s)?;
            taken.acked = there;
        }
        Ok(())
    }
}
