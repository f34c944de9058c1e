//! One question and its answer: what of the bytes that come is the answer, and what is said when it is damaged. Pure.
//!
//! Rules of the standard's chapter on error detection, and what systems were seen to do with them: a sequence number is
//! new for each question and the same for a repetition; a damaged answer is asked for once more (97), but after a 96 nothing
//! more is said, for some systems then answer 96 for ever, and the question itself must not be put twice.

use super::profile::Profile;
use super::{ChecksumMode, ChecksumState, Decoder, Kind, Message, SipFault, answers};

/// How often the same question is sent on one connection.
const MOST_SENDS: u8 = 3;

/// What came of the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Nothing yet: more is to be read.
    Nothing,
    /// These bytes are to be sent.
    Say(Vec<u8>),
    /// The answer.
    Answer(Message),
}

/// Why a conversation cannot go on: its connection is to be closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TalkFault {
    /// The system says that it is not there for stations now.
    #[error("the library system says that it is not on-line; it is asked again later")]
    NotOnline,
    /// It could not read what was sent, again and again.
    #[error(
        "the library system cannot read what the station sends; check charset and checksum of its profile"
    )]
    NotUnderstood,
    /// What it sent is no message.
    #[error("what the library system sent is no SIP2 message: {0}")]
    Garbled(#[from] SipFault),
    /// It answered something else.
    #[error("the library system answered {found} where {wanted} was expected")]
    OtherAnswer {
        /// The answer's code.
        found: &'static str,
        /// The expected one.
        wanted: &'static str,
    },
    /// It answered for another item or patron than was asked about.
    #[error("the library system answered about another item or patron than it was asked about")]
    OtherSubject,
    /// There is no question, and something came.
    #[error("the library system sent something that nobody asked for")]
    Unasked,
}

/// The station's side of a connection.
#[derive(Debug)]
pub struct Conversation {
    detection: bool,
    checksum: ChecksumMode,
    decoder: Decoder,
    sequence: u8,
    question: Option<Open>,
}

/// A question that waits for its answer.
#[derive(Debug)]
struct Open {
    message: Message,
    wanted: &'static str,
    sends: u8,
    /// 97 was sent.
    asked_again: bool,
}

impl Conversation {
    /// A new connection.
    #[must_use]
    pub fn new(profile: &Profile) -> Conversation {
        Conversation {
            detection: profile.error_detection,
            checksum: profile.checksum,
            decoder: Decoder::default(),
            sequence: 0,
            question: None,
        }
    }

    /// Puts a question; gives the bytes to be sent in one piece. A kind that has no answer gives `None`.
    pub fn ask(&mut self, message: Message) -> Option<Vec<u8>> {
        let wanted = message.kind().answered_by()?;
        let message = if self.detection { message.with_error_detection(self.sequence) } else { message };
        self.sequence = (self.sequence + 1) % 10;
        let bytes = message.on_the_wire();
        self.question = Some(Open { message, wanted, sends: 1, asked_again: false });
        Some(bytes)
    }

    /// Takes in what was read.
    ///
    /// # Errors
    /// [`TalkFault`].
    pub fn hear(&mut self, bytes: &[u8]) -> Result<Heard, TalkFault> {
        self.decoder.feed(bytes);
        loop {
            match self.decoder.next_message() {
                Ok(None) => return Ok(Heard::Nothing),
                Ok(Some(bytes)) => match self.message(&bytes)? {
                    Heard::Nothing => {}
                    heard @ (Heard::Say(_) | Heard::Answer(_)) => return Ok(heard),
                },
                Err(fault) => return Err(fault.into()),
            }
        }
    }

    fn message(&mut self, bytes: &[u8]) -> Result<Heard, TalkFault> {
        let Some(open) = &mut self.question else { return Err(TalkFault::Unasked) };
        let message = match Message::read(bytes, self.checksum) {
            Ok(message) => message,
            Err(fault) => {
                if self.detection && !open.asked_again {
                    open.asked_again = true;
                    return Ok(Heard::Say(ask_again()));
                }
                return Err(fault.into());
            }
        };
        match message.kind().code {
            "96" if open.asked_again => Err(TalkFault::NotUnderstood),
            "96" => say_again(open),
            "98" if open.wanted != "98" => {
                // Its state has changed; it answers only that, and wants to be asked once more.
                if answers::system(&message).online { say_again(open) } else { Err(TalkFault::NotOnline) }
            }
            code if code != open.wanted => {
                Err(TalkFault::OtherAnswer { found: message.kind().code, wanted: open.wanted })
            }
            _ if is_late(&message, &open.message) => Ok(Heard::Nothing),
            _ if !is_about(&message, &open.message) => Err(TalkFault::OtherSubject),
            _ => {
                self.question = None;
                Ok(Heard::Answer(message))
            }
        }
    }
}

fn say_again(open: &mut Open) -> Result<Heard, TalkFault> {
    if open.sends >= MOST_SENDS {
        return Err(TalkFault::NotUnderstood);
    }
    open.sends += 1;
    Ok(Heard::Say(open.message.on_the_wire()))
}

/// 97, which has a checksum and no sequence number.
fn ask_again() -> Vec<u8> {
    b"97AZFEF5\r".to_vec()
}

/// Whether an answer is one to an earlier question: it is sound, and its sequence number another.
fn is_late(answer: &Message, question: &Message) -> bool {
    match (answer.trailer().sequence, question.trailer().sequence) {
        (Some(found), Some(asked)) => found != asked && answer.checksum() == ChecksumState::Good,
        (Some(_) | None, _) => false,
    }
}

/// Whether an answer names the item that was asked about, and, where something was done, the patron. One that leaves them
/// out is believed. A patron who is looked up may come back under their other number.
fn is_about(answer: &Message, question: &Message) -> bool {
    let same = |id: &[u8; 2]| match (answer.field(id), question.field(id)) {
        (Some(found), Some(asked)) => {
            found.value.trim_ascii().is_empty() || found.value.trim_ascii() == asked.value.trim_ascii()
        }
        (Some(_) | None, _) => true,
    };
    let lends = |kind: &Kind| matches!(kind.code, "11" | "29");
    same(b"AB") && (!lends(question.kind()) || same(b"AA"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip2::SipDate;
    use crate::sip2::account::tests::account;
    use exchange::Day;

    const NOW: SipDate = SipDate { day: Day(20_000), hour: 9, minute: 0, second: 0 };

    fn talk(detection: bool) -> (Conversation, Message) {
        let mut account = account();
        account.profile.error_detection = detection;
        account.profile.checksum = ChecksumMode::Strict;
        (Conversation::new(&account.profile), account.item("000123", NOW).unwrap())
    }

    const GOOD: &[u8] = b"1804000120261123    220112AB000123|AJAbai joly|\r";

    #[test]
    fn the_answer_may_come_in_any_pieces() {
        let (mut talk, question) = talk(false);
        let sent = talk.ask(question).unwrap();
        assert!(sent.starts_with(b"17") && sent.ends_with(b"|\r"));
        for byte in &GOOD[..GOOD.len() - 1] {
            assert_eq!(talk.hear(&[*byte]), Ok(Heard::Nothing));
        }
        assert!(matches!(talk.hear(b"\r"), Ok(Heard::Answer(_))));
        assert_eq!(talk.hear(b"\n"), Ok(Heard::Nothing), "some end with CR and LF");
        assert_eq!(talk.hear(GOOD), Err(TalkFault::Unasked));
    }

    #[test]
    fn a_question_that_was_not_understood_is_put_again_with_its_number() {
        let (mut talk, question) = talk(true);
        let sent = talk.ask(question).unwrap();
        assert_eq!(talk.hear(b"96AZFEF6\r"), Ok(Heard::Say(sent.clone())));
        assert_eq!(talk.hear(b"96AZFEF6\r\n"), Ok(Heard::Say(sent)));
        assert_eq!(talk.hear(b"96AZFEF6\r"), Err(TalkFault::NotUnderstood));
    }

    #[test]
    fn a_damaged_answer_is_asked_for_once_and_the_question_is_not_put_again() {
        let (mut talk, question) = talk(true);
        talk.ask(question).unwrap();
        let damaged = b"1804000120261123    220112AB000123|AJAbai|AY0AZ0000\r";
        assert_eq!(talk.hear(damaged), Ok(Heard::Say(b"97AZFEF5\r".to_vec())));
        assert_eq!(talk.hear(b"96AZFEF6\r"), Err(TalkFault::NotUnderstood));
    }

    #[test]
    fn a_late_answer_is_left() {
        let (mut talk, question) = talk(true);
        talk.ask(question.clone()).unwrap();
        talk.ask(question).unwrap();
        let answer = |sequence| {
            Message::read(&GOOD[..GOOD.len() - 1], ChecksumMode::Off).unwrap().with_error_detection(sequence)
        };
        assert_eq!(talk.hear(&answer(0).on_the_wire()), Ok(Heard::Nothing));
        assert!(matches!(talk.hear(&answer(1).on_the_wire()), Ok(Heard::Answer(_))));
    }

    #[test]
    fn an_answer_about_something_else_is_none() {
        let (mut talk, question) = talk(false);
        talk.ask(question.clone()).unwrap();
        assert_eq!(talk.hear(b"1804000120261123    220112AB000124|AJ|\r"), Err(TalkFault::OtherSubject));
        talk.ask(question.clone()).unwrap();
        let other = TalkFault::OtherAnswer { found: "94", wanted: "18" };
        assert_eq!(talk.hear(b"941\r"), Err(other));
        talk.ask(question).unwrap();
        assert!(matches!(talk.hear(b"18zz\r"), Err(TalkFault::Garbled(_))));
    }

    #[test]
    fn a_system_whose_state_changed_is_asked_once_more() {
        let (mut talk, question) = talk(false);
        let sent = talk.ask(question.clone()).unwrap();
        let there = b"98YYYYNN60000320261123    2156232.00AO|BX|\r";
        assert_eq!(talk.hear(there), Ok(Heard::Say(sent)));
        talk.ask(question).unwrap();
        let gone = b"98NYYYNN60000320261123    2156232.00AO|BX|\r";
        assert_eq!(talk.hear(gone), Err(TalkFault::NotOnline));
    }
}
