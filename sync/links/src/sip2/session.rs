//! Questions over connections: made when there is something to ask, begun by login and status, and closed after whatever
//! went wrong. Most systems close an unused connection without a word, so one that was unused for long is made anew.

use super::account::Account;
use super::conversation::{Conversation, Heard, TalkFault};
use super::dial::{Dial, Line};
use super::{Message, answers};
use crate::{LinkFault, Reached};
use std::time::{Duration, Instant};

/// Bytes read at once.
const READ_LEN: usize = 4096;

/// Why a question has no answer. The connection is closed by then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionFault {
    /// No connection, or it broke, or it fell silent.
    #[error("{0}")]
    Link(#[from] LinkFault),
    /// What came was not understood.
    #[error("{0}")]
    Talk(#[from] TalkFault),
    /// The system does not know the station's login, or not with this password.
    #[error(
        "the library system refuses the station's login; check login, password and location in the configuration"
    )]
    LoginRefused,
}

impl SessionFault {
    /// Whether the question may have been acted on although no answer came.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        match self {
            SessionFault::Link(fault) => fault.reached() != Reached::Nothing,
            SessionFault::Talk(_) => true,
            SessionFault::LoginRefused => false,
        }
    }

    /// Whether the system was there and gave no answer to this question.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        matches!(self, SessionFault::Link(LinkFault::Stalled { .. }))
    }
}

/// A station's connection to its library system.
#[derive(Debug)]
pub struct Session<D: Dial> {
    dial: D,
    account: Account,
    patience: Duration,
    open: Option<Open<D::Line>>,
    asked: u64,
}

#[derive(Debug)]
struct Open<L> {
    line: L,
    talk: Conversation,
    used: Instant,
}

impl<D: Dial> Session<D> {
    /// Nothing is sent yet. `patience` is how long an answer may take.
    pub fn new(dial: D, account: Account, patience: Duration) -> Session<D> {
        Session { dial, account, patience, open: None, asked: 0 }
    }

    /// How it is spoken.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Questions put so far, logins included: round trips.
    pub fn asked(&self) -> u64 {
        self.asked
    }

    /// Sees to it that there is a connection on which the system said yes to login and status.
    ///
    /// # Errors
    /// [`SessionFault`].
    pub fn open(&mut self) -> Result<(), SessionFault> {
        self.open_within(self.patience)
    }

    fn open_within(&mut self, patience: Duration) -> Result<(), SessionFault> {
        let idle = Duration::from_secs(self.account.profile.idle_s.into());
        if let Some(open) = &self.open
            && open.used.elapsed() < idle
            && !open.line.is_closed()
        {
            return Ok(());
        }
        self.open = None;
        let line = self.dial.dial()?;
        let talk = Conversation::new(&self.account.profile);
        self.open = Some(Open { line, talk, used: Instant::now() });
        if let Some(login) = self.account.login()
            && !answers::logged_in(&self.put(login, patience)?)
        {
            self.open = None;
            return Err(SessionFault::LoginRefused);
        }
        if let Some(status) = self.account.status()
            && !answers::system(&self.put(status, patience)?).online
        {
            self.open = None;
            return Err(TalkFault::NotOnline.into());
        }
        Ok(())
    }

    /// Puts a question and waits for its answer.
    ///
    /// # Errors
    /// [`SessionFault`].
    pub fn ask(&mut self, message: Message) -> Result<Message, SessionFault> {
        self.ask_within(message, self.patience)
    }

    /// As [`Session::ask`], for somebody who waits: `patience` is for login and answer, each.
    ///
    /// # Errors
    /// [`SessionFault`].
    pub fn ask_within(&mut self, message: Message, patience: Duration) -> Result<Message, SessionFault> {
        self.open_within(patience)?;
        self.put(message, patience)
    }

    fn put(&mut self, message: Message, patience: Duration) -> Result<Message, SessionFault> {
        let nothing = LinkFault::Torn { reached: Reached::Nothing };
        let Some(mut open) = self.open.take() else { return Err(nothing.into()) };
        let Some(bytes) = open.talk.ask(message) else { return Err(nothing.into()) };
        self.asked += 1;
        open.line.say(&bytes)?;
        let until = Instant::now() + patience;
        let mut read = [0; READ_LEN];
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let count = open.line.hear(&mut read, left)?;
            match open.talk.hear(read.get(..count).unwrap_or_default())? {
                Heard::Nothing => {}
                Heard::Say(bytes) => open.line.say(&bytes)?,
                Heard::Answer(answer) => {
                    open.used = Instant::now();
                    self.open = Some(open);
                    return Ok(answer);
                }
            }
        }
    }
}
