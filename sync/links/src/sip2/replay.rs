//! What becomes of one event at a library system: what is to be asked next, and how it ended. Pure.
//!
//! The protocol has no name for an event, so a repetition is a second act to the system: a checkout is a renewal then, a
//! return a fault or, worse, the return of the next reader's loan. Where the act may have arrived before, the system is
//! asked how things stand, and what is so already is a success. What cannot be known is left to a person.

use super::answers::{Circulation, ItemAnswer, LentAnswer, PatronAnswer, ReturnedAnswer};
use super::{SipDate, day_in};
use exchange::{Day, Seq};

/// Something that happened at the station, in the system's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Its place in the journal.
    pub seq: Seq,
    /// When, by the school's clock.
    pub at: SipDate,
    /// What.
    pub done: Done,
    /// Whether the system may know of it already: an answer was lost, or it went another way too.
    pub ask_first: bool,
}

/// What happened.
#[derive(Clone, PartialEq, Eq)]
pub enum Done {
    /// A patron took an item.
    Lent {
        /// The patron's card.
        patron: String,
        /// The item's number.
        item: String,
        /// The date shown to the patron.
        due: Day,
    },
    /// An item came back.
    Returned {
        /// The item's number.
        item: String,
        /// The card of the patron who had it, where the station knows.
        from: Option<String>,
    },
    /// A loan was prolonged.
    Renewed {
        /// The patron's card.
        patron: String,
        /// The item's number.
        item: String,
        /// The new date.
        due: Day,
    },
}

impl std::fmt::Debug for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Done::Lent { .. } => "Lent",
            Done::Returned { .. } => "Returned",
            Done::Renewed { .. } => "Renewed",
        })
    }
}

/// How an event ended at the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As the station has it.
    Accepted,
    /// With another due date than the patron was shown.
    OtherDue {
        /// As the system wrote it.
        due: String,
    },
    /// It was so already.
    AlreadyDone,
    /// The system said no.
    Refused {
        /// In its words, or ours.
        reason: String,
    },
    /// It may have arrived, and the system does not tell.
    Unknown,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// 17: where is the item?
    Item,
    /// 63: what does the patron have?
    Charged,
    /// 11, 09 or 29: the deed itself.
    Deed,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// To [`Question::Item`].
    Item(ItemAnswer),
    /// To [`Question::Charged`].
    Charged(PatronAnswer),
    /// To a checkout or renewal.
    Lent(LentAnswer),
    /// To a return.
    Returned(ReturnedAnswer),
    /// The system does not answer this question, neither now nor later.
    Mute(Question),
}

/// What a question about the state has brought.
#[derive(Debug, Clone, Default)]
enum Known<T> {
    #[default]
    NotAsked,
    Mute,
    Told(T),
}

/// One event on its way.
#[derive(Debug, Clone)]
pub struct Replay<'a> {
    deed: &'a Deed,
    item: Known<ItemAnswer>,
    charged: Known<PatronAnswer>,
    lent: Option<LentAnswer>,
    returned: Option<ReturnedAnswer>,
}

/// Whether the deed is to be done.
enum Judged {
    Send,
    Ask(Question),
    End(Outcome),
}

impl Replay<'_> {
    /// Begins.
    #[must_use]
    pub fn new(deed: &Deed) -> Replay<'_> {
        Replay { deed, item: Known::NotAsked, charged: Known::NotAsked, lent: None, returned: None }
    }

    /// The patron whose loans [`Question::Charged`] asks for.
    #[must_use]
    pub fn patron(&self) -> Option<&str> {
        match &self.deed.done {
            Done::Lent { patron, .. } | Done::Renewed { patron, .. } => Some(patron),
            Done::Returned { from, .. } => from.as_deref(),
        }
    }

    /// The item in question.
    #[must_use]
    pub fn item(&self) -> &str {
        match &self.deed.done {
            Done::Lent { item, .. } | Done::Returned { item, .. } | Done::Renewed { item, .. } => item,
        }
    }

    /// Takes an answer in.
    pub fn told(&mut self, told: Told) {
        match told {
            Told::Item(answer) => self.item = Known::Told(answer),
            Told::Charged(answer) => self.charged = Known::Told(answer),
            Told::Lent(answer) => self.lent = Some(answer),
            Told::Returned(answer) => self.returned = Some(answer),
            Told::Mute(Question::Item) => self.item = Known::Mute,
            Told::Mute(Question::Charged) => self.charged = Known::Mute,
            Told::Mute(Question::Deed) => {}
        }
    }

    /// What to ask next, or how it ended.
    ///
    /// # Errors
    /// The outcome, when there is nothing more to ask.
    pub fn next(&self) -> Result<Question, Outcome> {
        let judged = match (&self.deed.done, &self.lent, &self.returned) {
            (Done::Lent { due, .. }, Some(answer), _) => Judged::End(lent(answer, *due)),
            (Done::Renewed { due, .. }, Some(answer), _) => Judged::End(renewed(answer, *due)),
            (Done::Returned { .. }, _, Some(answer)) => self.after_return(answer),
            (_, _, _) if !self.deed.ask_first => Judged::Send,
            (Done::Lent { .. }, None, _) => self.before_loan(),
            (Done::Returned { .. }, _, None) => self.before_return(),
            (Done::Renewed { due, .. }, None, _) => self.before_renewal(*due),
        };
        match judged {
            Judged::Send => Ok(Question::Deed),
            Judged::Ask(question) => Ok(question),
            Judged::End(outcome) => Err(outcome),
        }
    }

    fn before_loan(&self) -> Judged {
        let circulation = match &self.item {
            Known::NotAsked => return Judged::Ask(Question::Item),
            Known::Told(item) => Some(item.circulation),
            Known::Mute => None,
        };
        if circulation == Some(Circulation::In) {
            return Judged::Send;
        }
        match (self.patron_has(), circulation) {
            (Err(ask), _) => Judged::Ask(ask),
            (Ok(Some(true)), _) => Judged::End(Outcome::AlreadyDone),
            (Ok(Some(false)), Some(Circulation::Charged)) => refused("on loan to another patron"),
            (Ok(Some(false)), _) | (Ok(None), Some(Circulation::Other)) => Judged::Send,
            (Ok(None), Some(Circulation::Charged) | None) => Judged::End(Outcome::Unknown),
            // Taken care of above.
            (Ok(None), Some(Circulation::In)) => Judged::Send,
        }
    }

    /// Whoever has the item now may be the next reader.
    fn before_return(&self) -> Judged {
        match &self.item {
            Known::NotAsked => return Judged::Ask(Question::Item),
            Known::Told(item) if item.circulation == Circulation::In => {
                return Judged::End(Outcome::AlreadyDone);
            }
            Known::Told(_) | Known::Mute => {}
        }
        if self.patron().is_none() {
            return Judged::End(Outcome::Unknown);
        }
        match self.patron_has() {
            Err(ask) => Judged::Ask(ask),
            Ok(Some(true)) => Judged::Send,
            Ok(Some(false)) => Judged::End(Outcome::AlreadyDone),
            Ok(None) => Judged::End(Outcome::Unknown),
        }
    }

    fn after_return(&self, answer: &ReturnedAnswer) -> Judged {
        match (&self.item, answer.ok) {
            (_, true) => Judged::End(Outcome::Accepted),
            (Known::NotAsked, false) => Judged::Ask(Question::Item),
            (Known::Told(item), false) if item.circulation == Circulation::In => {
                Judged::End(Outcome::AlreadyDone)
            }
            (Known::Told(_) | Known::Mute, false) => refused(&answer.words),
        }
    }

    fn before_renewal(&self, due: Day) -> Judged {
        match &self.item {
            Known::NotAsked => Judged::Ask(Question::Item),
            Known::Mute => Judged::End(Outcome::Unknown),
            Known::Told(item) if item.circulation == Circulation::In => refused("not on loan"),
            Known::Told(item) => match day_in(&item.due) {
                Some(theirs) if theirs >= due => Judged::End(Outcome::AlreadyDone),
                Some(_) => Judged::Send,
                None => Judged::End(Outcome::Unknown),
            },
        }
    }

    /// Whether the patron has the item; `None` if the system does not tell.
    fn patron_has(&self) -> Result<Option<bool>, Question> {
        match &self.charged {
            Known::NotAsked => Err(Question::Charged),
            Known::Mute => Ok(None),
            Known::Told(patron) => Ok(patron.has(self.item())),
        }
    }
}

fn lent(answer: &LentAnswer, due: Day) -> Outcome {
    match (answer.ok, answer.renewed) {
        (false, _) => Outcome::Refused { reason: answer.words.clone() },
        // The patron had it there already: it was lent at the librarian's desk too.
        (true, true) => Outcome::AlreadyDone,
        (true, false) => accepted(answer, due),
    }
}

fn renewed(answer: &LentAnswer, due: Day) -> Outcome {
    if answer.ok { accepted(answer, due) } else { Outcome::Refused { reason: answer.words.clone() } }
}

/// A due date that cannot be read is no other one.
fn accepted(answer: &LentAnswer, due: Day) -> Outcome {
    match answer.due_day() {
        Some(theirs) if theirs != due => Outcome::OtherDue { due: answer.due.clone() },
        Some(_) | None => Outcome::Accepted,
    }
}

fn refused(reason: &str) -> Judged {
    Judged::End(Outcome::Refused { reason: reason.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUE: Day = Day(20_014);

    fn deed(done: Done, ask_first: bool) -> Deed {
        let at = SipDate { day: Day(20_000), hour: 9, minute: 0, second: 0 };
        Deed { seq: Seq(1), at, done, ask_first }
    }

    fn lending(ask_first: bool) -> Deed {
        deed(Done::Lent { patron: "P1".into(), item: "I1".into(), due: DUE }, ask_first)
    }

    fn returning(ask_first: bool) -> Deed {
        deed(Done::Returned { item: "I1".into(), from: Some("P1".into()) }, ask_first)
    }

    fn item(circulation: Circulation) -> Told {
        Told::Item(ItemAnswer { circulation, title: String::new(), due: "20241018    235959".into() })
    }

    fn charged(items: &[&str]) -> Told {
        Told::Charged(PatronAnswer {
            known: true,
            may_borrow: true,
            card: "P1".into(),
            name: "A".into(),
            charged: items.iter().map(|item| (*item).to_owned()).collect(),
            charged_count: Some(items.len()),
        })
    }

    fn lent_answer(ok: bool, renewed: bool, due: &str) -> Told {
        Told::Lent(LentAnswer { ok, renewed, due: due.into(), words: "no".into() })
    }

    /// Plays answers; each must be to the question that is asked.
    fn play(deed: &Deed, answers: &[Told]) -> Result<Question, Outcome> {
        let mut replay = Replay::new(deed);
        for answer in answers {
            let asked = replay.next().expect("it ended before all was told");
            let fits = match answer {
                Told::Item(_) => asked == Question::Item,
                Told::Charged(_) => asked == Question::Charged,
                Told::Lent(_) | Told::Returned(_) => asked == Question::Deed,
                Told::Mute(mute) => asked == *mute,
            };
            assert!(fits, "{asked:?} was asked, {answer:?} told");
            replay.told(answer.clone());
        }
        replay.next()
    }

    fn no(reason: &str) -> Outcome {
        Outcome::Refused { reason: reason.into() }
    }

    #[test]
    fn what_cannot_have_arrived_is_simply_done() {
        assert_eq!(play(&lending(false), &[]), Ok(Question::Deed));
        assert_eq!(play(&lending(false), &[lent_answer(true, false, "2024-10-18")]), Err(Outcome::Accepted));
        assert_eq!(play(&lending(false), &[lent_answer(true, false, "soon")]), Err(Outcome::Accepted));
        assert_eq!(
            play(&lending(false), &[lent_answer(true, true, "2024-11-18")]),
            Err(Outcome::AlreadyDone)
        );
        assert_eq!(play(&lending(false), &[lent_answer(false, false, "")]), Err(no("no")));
        let other = Outcome::OtherDue { due: "2024-10-20".into() };
        assert_eq!(play(&lending(false), &[lent_answer(true, false, "2024-10-20")]), Err(other));
    }

    #[test]
    fn a_loan_whose_answer_was_lost_is_never_asked_for_twice() {
        let lending = lending(true);
        use Circulation::{Charged, In, Other};
        let cases: [(&[Told], Result<Question, Outcome>); 9] = [
            (&[item(In)], Ok(Question::Deed)),
            (&[item(Charged), charged(&["I0", "I1"])], Err(Outcome::AlreadyDone)),
            (&[item(Charged), charged(&["I2"])], Err(no("on loan to another patron"))),
            (&[item(Charged), Told::Mute(Question::Charged)], Err(Outcome::Unknown)),
            (&[item(Other), charged(&["I1 Abai joly"])], Err(Outcome::AlreadyDone)),
            (&[item(Other), charged(&[])], Ok(Question::Deed)),
            (&[Told::Mute(Question::Item), charged(&["I1"])], Err(Outcome::AlreadyDone)),
            (&[Told::Mute(Question::Item), charged(&[])], Ok(Question::Deed)),
            (&[Told::Mute(Question::Item), Told::Mute(Question::Charged)], Err(Outcome::Unknown)),
        ];
        for (answers, wanted) in cases {
            assert_eq!(play(&lending, answers), wanted, "{answers:?}");
        }
    }

    #[test]
    fn a_return_does_not_take_the_next_readers_loan() {
        let returning = returning(true);
        use Circulation::{Charged, In};
        assert_eq!(play(&returning, &[item(In)]), Err(Outcome::AlreadyDone));
        assert_eq!(play(&returning, &[item(Charged), charged(&["I1"])]), Ok(Question::Deed));
        assert_eq!(play(&returning, &[item(Charged), charged(&[])]), Err(Outcome::AlreadyDone));
        let blind = [item(Charged), Told::Mute(Question::Charged)];
        assert_eq!(play(&returning, &blind), Err(Outcome::Unknown));
    }

    #[test]
    fn a_return_that_is_refused_because_it_is_so_is_a_success() {
        let refused = Told::Returned(ReturnedAnswer { ok: false, words: "Item not checked out".into() });
        let returning = returning(false);
        assert_eq!(play(&returning, &[refused.clone(), item(Circulation::In)]), Err(Outcome::AlreadyDone));
        assert_eq!(play(&returning, &[refused, item(Circulation::Other)]), Err(no("Item not checked out")));
    }

    #[test]
    fn a_renewal_is_known_by_its_date() {
        let renewing = |due| deed(Done::Renewed { patron: "P1".into(), item: "I1".into(), due }, true);
        assert_eq!(play(&renewing(DUE), &[item(Circulation::Charged)]), Err(Outcome::AlreadyDone));
        assert_eq!(play(&renewing(DUE.plus(1)), &[item(Circulation::Charged)]), Ok(Question::Deed));
        assert_eq!(play(&renewing(DUE), &[item(Circulation::In)]), Err(no("not on loan")));
        assert_eq!(play(&renewing(DUE), &[Told::Mute(Question::Item)]), Err(Outcome::Unknown));
    }
}
