//! Questions and answers on the line.
//!
//! The reader answers one question after the other, so its greeting is a fence: what it was late with comes before the
//! greeting's answer and is never taken for an answer to what is asked after it. So after a question without an answer nothing
//! is asked before a greeting. Every exchange is bounded by [`ANSWER`].

use std::io;
use std::time::Duration;

use super::frame::{self, Frame, Frames, control};
use super::message::{self, Refusal};
use crate::board::Line;
use crate::rfid::ReaderFault;

/// Within which the reader answers: an inventory of a stack takes the longest.
pub(super) const ANSWER: Duration = Duration::from_millis(1_500);
/// Within which it takes a frame: 255 bytes take 75 ms.
const SENT: Duration = Duration::from_millis(500);

/// Why an exchange failed.
#[derive(Debug)]
pub(super) enum Miss {
    /// The reader is out of step: no answer in time, or it does not know a handle it gave. Worth a new beginning.
    OutOfStep,
    /// It answered, or its line is gone.
    Fault(ReaderFault),
}

impl From<ReaderFault> for Miss {
    fn from(fault: ReaderFault) -> Self {
        Self::Fault(fault)
    }
}

/// The line with the reader at its end.
#[derive(Debug)]
pub(super) struct Link<L> {
    line: L,
    /// The sequence bit of the next frame.
    odd: bool,
    /// Every question since the last greeting has had its answer.
    in_step: bool,
}

impl<L: Line> Link<L> {
    pub(super) fn new(line: L) -> Self {
        Self { line, odd: false, in_step: false }
    }

    /// Both sides begin anew; tags that are connected are let go.
    ///
    /// # Errors
    /// [`ReaderFault::Gone`].
    pub(super) fn greet(&mut self) -> Result<(), ReaderFault> {
        let greeting = Frame { address: frame::TO_ANY, control: control::RESYNC, information: Vec::new() };
        self.say(&greeting)?;
        self.hear(|frame| frame.control == control::RESYNCED)?.ok_or_else(|| {
            ReaderFault::Gone("no RL866 answers on this line; check its cable and its power".into())
        })?;
        (self.odd, self.in_step) = (false, true);
        match self.exchange(&message::disconnect(message::ALL_HANDLES))? {
            // Whether there was any to let go is all the same.
            Some(_) => Ok(()),
            None => Err(ReaderFault::Gone(UNANSWERED.into())),
        }
    }

    /// Does `work`, in step; where it falls out of step, once more after a new beginning.
    ///
    /// # Errors
    /// [`ReaderFault`].
    pub(super) fn steady<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, Miss>,
    ) -> Result<T, ReaderFault> {
        if !self.in_step {
            self.greet()?;
        }
        match work(self) {
            Ok(done) => return Ok(done),
            Err(Miss::Fault(fault)) => return Err(fault),
            Err(Miss::OutOfStep) => tracing::debug!("the RL866 is greeted again"),
        }
        self.greet()?;
        work(self).map_err(|miss| match miss {
            Miss::Fault(fault) => fault,
            Miss::OutOfStep => ReaderFault::Gone(UNANSWERED.into()),
        })
    }

    /// Asks; gives the parameters of the answer.
    ///
    /// # Errors
    /// [`Miss`].
    pub(super) fn ask(&mut self, information: &[u8]) -> Result<Vec<u8>, Miss> {
        let Some(answer) = self.exchange(information)? else { return Err(Miss::OutOfStep) };
        if answer.control & control::CHAINED != 0 {
            // How the rest is fetched is not known; a greeting ends it.
            self.greet()?;
            return Err(Miss::Fault(ReaderFault::Impossible(
                "the reader tells more than fits one answer; take some books away",
            )));
        }
        let command = information.first().copied().unwrap_or_default();
        match message::parameters(command, &answer.information) {
            Ok(parameters) => Ok(parameters.to_vec()),
            Err(Refusal::WrongHandle) => Err(Miss::OutOfStep),
            Err(Refusal::Fault(fault)) => Err(Miss::Fault(fault)),
        }
    }

    fn exchange(&mut self, information: &[u8]) -> Result<Option<Frame>, ReaderFault> {
        let sequence = if self.odd { control::SEQUENCE } else { 0 };
        self.odd = !self.odd;
        let question = Frame { address: frame::TO_ANY, control: sequence, information: information.to_vec() };
        self.say(&question)?;
        // The sequence bit is not looked at: readers were recorded that do not turn it with the question.
        let answer = self.hear(|frame| {
            frame.control & control::NO_INFORMATION == 0 && frame.information.first() == information.first()
        })?;
        self.in_step &= answer.is_some();
        Ok(answer)
    }

    fn say(&mut self, frame: &Frame) -> Result<(), ReaderFault> {
        // What comes before is an answer to an earlier question.
        self.line.forget().and_then(|()| self.line.say(&frame.bytes(), SENT)).map_err(|error| gone(&error))
    }

    /// The first frame that `wanted` takes; `None` when the time is over.
    fn hear(&mut self, wanted: impl Fn(&Frame) -> bool) -> Result<Option<Frame>, ReaderFault> {
        let until = self.line.now() + ANSWER;
        let mut frames = Frames::default();
        loop {
            let left = until.saturating_sub(self.line.now());
            let bytes = self.line.heard(left).map_err(|error| gone(&error))?;
            if let Some(frame) = frames.take(&bytes).into_iter().find(&wanted) {
                return Ok(Some(frame));
            }
            if left.is_zero() {
                return Ok(None);
            }
        }
    }
}

const UNANSWERED: &str =
    "the RL866 answers a greeting and not what it is asked; unplug it and plug it in again";

fn gone(error: &io::Error) -> ReaderFault {
    ReaderFault::Gone(format!("the line is gone: {error}"))
}
