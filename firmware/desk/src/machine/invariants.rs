//! What holds after every turn, for tests to ask.

use super::identify::KEPT_MAX;
use super::log::ROWS_MAX;
use super::pin::TRIES_MAX;
use super::refused::{NOTED_MAX, QUEUE_MAX};
use super::visit::OPEN_MAX;
use super::{Desk, State};
use crate::Fault;

impl Desk {
    /// Checks what must hold after every turn, whatever the inputs were.
    ///
    /// # Errors
    /// The first sentence that does not hold.
    pub fn verify_invariants(&self) -> Result<(), &'static str> {
        let now_ms = self.now.mono_ms;
        let (rows, kept, open) = match &self.state {
            State::Visit(visit) => (visit.log.rows().len(), 0, visit.open.len()),
            State::Returns(returns) => (returns.log.rows().len(), 0, 0),
            State::Identify(identify) => (0, identify.kept.len(), 0),
            State::TimedOut { open, .. } => (0, 0, open.len()),
            State::Idle | State::Finished { .. } | State::StaffPin { .. } | State::Staff => (0, 0, 0),
        };
        let queue = self.refused.as_ref().map(|refused| refused.queue.len());
        let writes = matches!(self.state, State::Visit(_) | State::Returns(_));
        let rests = matches!(self.state, State::Idle | State::StaffPin { .. } | State::Staff);
        let of_someone_else = match (&self.parked, &self.state) {
            (Some(_), State::Visit(_) | State::Returns(_)) => true,
            (Some(_) | None, _) => false,
        };
        let faulty = self.faults.current().is_some_and(|fault| fault != Fault::NoReader);
        let checks = [
            (rows <= ROWS_MAX && kept <= KEPT_MAX.into() && open <= OPEN_MAX, "a list has its bound"),
            (self.noted.len() <= NOTED_MAX && self.tries.len() <= TRIES_MAX, "a table has its bound"),
            (queue.is_none_or(|len| (1..=QUEUE_MAX).contains(&len)), "a refusal that is shown has words"),
            (self.pending.is_none() || writes, "a record belongs to a visit or to returns"),
            (
                self.pending.is_some() || rests || !faulty,
                "a fault ends what goes on, but that no reader is there",
            ),
            (!of_someone_else, "what is parked is gone once anyone's acts may touch the same books"),
            (!self.stick.is_shown() || matches!(self.state, State::Idle), "the stick disturbs nobody"),
            (self.lang_of_patron.is_none() || !rests, "a patron's language goes with the patron"),
            (self.wake_ms().is_none_or(|wake_ms| wake_ms > now_ms), "the wake-up is ahead"),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, words)| Err(words))
    }
}
