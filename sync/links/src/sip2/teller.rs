//! Tells a library system of one event: asks what [`Replay`] wants asked, and knows which questions the system never
//! answers. Decides nothing about the event itself.

use super::answers;
use super::dial::Dial;
use super::replay::{Deed, Done, Outcome, Question, Replay, Told};
use super::session::{Session, SessionFault};
use super::{Message, SipDate};
use exchange::Seq;

/// After so many silences in a row a question counts as one that the system never answers.
const MOST_SILENCES: u8 = 2;

/// After so many answers that were none, an event is left to a person: trying on would never end.
const MOST_TRIES: u8 = 3;

/// Tells events, and remembers what the system is mute about.
#[derive(Debug, Default)]
pub struct Teller {
    item_silences: u8,
    charged_silences: u8,
    /// The event that came to nothing last though the system was there, and how often.
    stuck: Option<(Seq, u8)>,
}

impl Teller {
    /// Tells the system of `deed` and gives how it ended. `now` is the school's time.
    ///
    /// # Errors
    /// [`SessionFault`]: the end is not known, and the deed may have arrived. It is to be told again, asking first.
    pub fn tell<D: Dial>(
        &mut self,
        session: &mut Session<D>,
        deed: &Deed,
        now: SipDate,
    ) -> Result<Outcome, SessionFault> {
        let mut replay = Replay::new(deed);
        loop {
            let question = match replay.next() {
                Ok(question) => question,
                Err(outcome) => return Ok(outcome),
            };
            if self.is_mute(question) {
                replay.told(Told::Mute(question));
                continue;
            }
            let Some(message) = message(session, &replay, deed, question, now) else {
                replay.told(Told::Mute(question));
                continue;
            };
            match session.ask(message) {
                Ok(answer) => {
                    self.spoke(question);
                    replay.told(read(session, deed, question, &answer));
                }
                Err(fault) => return self.failed(question, deed, fault),
            }
        }
    }

    fn is_mute(&self, question: Question) -> bool {
        match question {
            Question::Item => self.item_silences >= MOST_SILENCES,
            Question::Charged => self.charged_silences >= MOST_SILENCES,
            Question::Deed => false,
        }
    }

    fn spoke(&mut self, question: Question) {
        match question {
            Question::Item => self.item_silences = 0,
            Question::Charged => self.charged_silences = 0,
            Question::Deed => self.stuck = None,
        }
    }

    fn failed(
        &mut self,
        question: Question,
        deed: &Deed,
        fault: SessionFault,
    ) -> Result<Outcome, SessionFault> {
        let was_there = fault.is_silence() || matches!(fault, SessionFault::Talk(_));
        match question {
            Question::Item if fault.is_silence() => self.item_silences += 1,
            Question::Charged if fault.is_silence() => self.charged_silences += 1,
            Question::Item | Question::Charged | Question::Deed if was_there => {
                let before = self.stuck.filter(|(seq, _)| *seq == deed.seq).map_or(0, |(_, tries)| tries);
                self.stuck = Some((deed.seq, before + 1));
                if before + 1 >= MOST_TRIES {
                    return Ok(Outcome::Unknown);
                }
            }
            Question::Item | Question::Charged | Question::Deed => {}
        }
        Err(fault)
    }
}

fn message<D: Dial>(
    session: &Session<D>,
    replay: &Replay<'_>,
    deed: &Deed,
    question: Question,
    now: SipDate,
) -> Option<Message> {
    let account = session.account();
    match (question, &deed.done) {
        (Question::Item, _) => account.item(replay.item(), now),
        (Question::Charged, _) => account.patron(replay.patron()?, true, now),
        (Question::Deed, Done::Lent { patron, item, due }) => account.checkout(patron, item, *due, deed.at),
        (Question::Deed, Done::Returned { item, .. }) => account.checkin(item, deed.at),
        (Question::Deed, Done::Renewed { patron, item, due }) => account.renew(patron, item, *due, deed.at),
    }
}

fn read<D: Dial>(session: &Session<D>, deed: &Deed, question: Question, answer: &Message) -> Told {
    let charset = session.account().profile.charset;
    match (question, &deed.done) {
        (Question::Item, _) => Told::Item(answers::item(answer, charset)),
        (Question::Charged, _) => Told::Charged(answers::patron(answer, charset)),
        (Question::Deed, Done::Lent { .. } | Done::Renewed { .. }) => {
            Told::Lent(answers::lent(answer, charset))
        }
        (Question::Deed, Done::Returned { .. }) => Told::Returned(answers::returned(answer, charset)),
    }
}
