//! When to call the region, and with how much: a pure state machine. Times are milliseconds of a clock that never runs
//! backwards; chance is a parameter.
//!
//! Invariants:
//! - [`Caller::next`] gives a call or a moment, never "wait for ever": at most [`Pace::every_ms`] or [`Pace::cap_ms`] off.
//! - After a failure no call is made before [`Pace::floor_ms`] has passed, whoever asks.
//! - Sizes double on success and halve on failure, so that a link which falls every few kilobytes still delivers, both
//!   ways. They never reach zero.

use crate::{Reached, Taken, Waiting};
use exchange::Seq;

/// When to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Call as soon as this many events wait.
    pub batch_events: u64,
    /// Call at least this often, whether or not there is anything to say.
    pub every_ms: u64,
    /// Least time between a failure and the next call; at least 1.
    pub floor_ms: u64,
    /// Most time between a failure and the next call.
    pub cap_ms: u64,
}

impl Default for Pace {
    /// A connection costs about as many bytes as 300 events, so they are gathered: 50 events or 5 minutes. Failures are
    /// repeated after 1 s to 10 min.
    fn default() -> Pace {
        Pace { batch_events: 50, every_ms: 5 * 60_000, floor_ms: 1_000, cap_ms: 10 * 60_000 }
    }
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing before this moment, unless something new is told.
    Wait {
        /// The moment.
        until_ms: u64,
    },
    /// Call now.
    Call(Call),
}

/// One call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// First event to send.
    pub from_seq: Seq,
    /// Most events to send.
    pub max_events: usize,
    /// [`exchange::Request::answer_limit`] to ask for, in bytes.
    pub answer_limit: u32,
}

/// Fewest, first and most events of one call. 64 events are about half a kilobyte, 2,048 about nine.
const EVENTS: (usize, usize, usize) = (1, 64, 2_048);

/// Least, first and most bytes of changes asked for in one answer.
const ANSWER_BYTES: (u32, u32, u32) = (512, 4_096, 262_144);

/// The state machine.
#[derive(Debug, Clone)]
pub struct Caller {
    pace: Pace,
    waiting: Waiting,
    /// Something waits that should not wait for the batch.
    urgent: bool,
    /// The last call left something for the next one.
    unfinished: bool,
    /// Failures since the last success.
    failures: u32,
    /// When the last call ended.
    ended_ms: u64,
    /// No call before this moment.
    not_before_ms: u64,
    /// A call at this moment at the latest; never earlier than `not_before_ms`.
    not_after_ms: u64,
    max_events: usize,
    answer_limit: u32,
}

impl Caller {
    /// A caller that calls at once.
    pub fn new(pace: Pace) -> Caller {
        Caller {
            pace,
            waiting: Waiting::default(),
            urgent: false,
            unfinished: false,
            failures: 0,
            ended_ms: 0,
            not_before_ms: 0,
            not_after_ms: 0,
            max_events: EVENTS.1,
            answer_limit: ANSWER_BYTES.1,
        }
    }

    /// What the outbox holds now.
    pub fn waiting(&mut self, waiting: Waiting) {
        self.waiting = waiting;
    }

    /// Something waits that should not wait for a full batch: a hold, a review.
    pub fn urgent(&mut self) {
        self.urgent = true;
    }

    /// The link just came up, or a person asks: a wait that was doubled again and again is cut to its floor.
    pub fn hurry(&mut self, now_ms: u64) {
        if self.failures > 0 {
            let floor_ms = self.ended_ms.saturating_add(self.pace.floor_ms.max(1));
            self.not_before_ms = self.not_before_ms.min(floor_ms);
            self.failures = 1;
        }
        self.not_after_ms = self.not_before_ms.max(now_ms);
    }

    /// What to do now.
    pub fn next(&self, now_ms: u64) -> Step {
        if now_ms < self.not_before_ms {
            return Step::Wait { until_ms: self.not_before_ms };
        }
        let enough = self.waiting.events() >= self.pace.batch_events.max(1);
        if enough || self.urgent || self.unfinished || now_ms >= self.not_after_ms {
            return Step::Call(Call {
                from_seq: self.waiting.acked.next(),
                max_events: self.max_events,
                answer_limit: self.answer_limit,
            });
        }
        Step::Wait { until_ms: self.not_after_ms }
    }

    /// A signed answer to `call` came and is kept. `random` is 64 random bits.
    pub fn answered(&mut self, now_ms: u64, random: u64, call: &Call, taken: Taken) {
        match taken {
            Taken::Good { stored_upto, changed, more } => {
                self.good(now_ms, random, call, stored_upto, changed, more);
            }
            // A station that is told so again and again should not hammer the region.
            Taken::Forked => self.back_off(now_ms, random),
            Taken::Revoked => self.rest(now_ms, self.pace.cap_ms, self.pace.cap_ms),
        }
    }

    /// `call` came to nothing. `random` is 64 random bits.
    pub fn failed(&mut self, now_ms: u64, random: u64, call: &Call, reached: Reached) {
        match reached {
            Reached::Nothing => {}
            Reached::Region => {
                self.max_events = (call.max_events / 2).max(EVENTS.0);
                self.answer_limit = (call.answer_limit / 2).max(ANSWER_BYTES.0);
            }
            Reached::Answer => self.answer_limit = (call.answer_limit / 2).max(ANSWER_BYTES.0),
        }
        self.back_off(now_ms, random);
    }

    fn good(&mut self, now_ms: u64, random: u64, call: &Call, stored_upto: Seq, changed: bool, more: bool) {
        let sent = usize::try_from(self.waiting.events()).map_or(call.max_events, |n| n.min(call.max_events));
        let stored = stored_upto >= call.from_seq;
        self.waiting.acked = self.waiting.acked.max(stored_upto);
        if sent > 0 && !stored && !changed {
            // The region is there but cannot store, for instance because its disk is full.
            self.back_off(now_ms, random);
            return;
        }
        let full = stored && sent == call.max_events;
        let more = changed && more;
        if full {
            self.max_events = call.max_events.saturating_mul(2).min(EVENTS.2);
        }
        if more {
            self.answer_limit = call.answer_limit.saturating_mul(2).min(ANSWER_BYTES.2);
        }
        self.rest(now_ms, 0, self.pace.every_ms);
        self.unfinished = more || (full && self.waiting.events() > 0);
    }

    /// After something went well, or for good: the next call in between `least_ms` and `most_ms`.
    fn rest(&mut self, now_ms: u64, least_ms: u64, most_ms: u64) {
        self.urgent = false;
        self.unfinished = false;
        self.failures = 0;
        self.ended_ms = now_ms;
        self.not_before_ms = now_ms.saturating_add(least_ms);
        self.not_after_ms = now_ms.saturating_add(most_ms);
    }

    /// After a failure: a wait by chance between the floor and twice, four times, … the floor, up to the cap. Chance
    /// keeps a thousand stations from calling all at once when the region comes back.
    fn back_off(&mut self, now_ms: u64, random: u64) {
        self.failures = self.failures.saturating_add(1);
        let floor_ms = self.pace.floor_ms.max(1);
        let doubled_ms = floor_ms.saturating_mul(1_u64.checked_shl(self.failures).unwrap_or(u64::MAX));
        let span_ms = doubled_ms.min(self.pace.cap_ms).saturating_sub(floor_ms);
        let wait_ms = floor_ms + random % span_ms.saturating_add(1);
        self.ended_ms = now_ms;
        self.not_before_ms = now_ms.saturating_add(wait_ms);
        self.not_after_ms = self.not_before_ms;
    }
}
