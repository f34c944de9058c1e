//! What somebody at the screen waits for: who is this card, what is this number?

use links::LinkFault;
use links::sip2::answers::{ItemAnswer, PatronAnswer, item, patron};
use links::sip2::{Dial, Session, SessionFault, SipDate};
use std::time::Duration;

/// What is looked up.
#[derive(Clone, PartialEq, Eq)]
pub enum LookUp {
    /// A card's number.
    Patron(String),
    /// An item's number.
    Item(String),
    /// A number that may be either: first the item, then the patron.
    Either(String),
}

impl std::fmt::Debug for LookUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            LookUp::Patron(_) => "Patron",
            LookUp::Item(_) => "Item",
            LookUp::Either(_) => "Either",
        })
    }
}

/// What was found.
#[derive(Clone, PartialEq, Eq)]
pub enum Finding {
    /// A patron, whom the system knows or not.
    Patron(PatronAnswer),
    /// An item; without a title the system does not know it.
    Item(ItemAnswer),
    /// The system did not answer in time.
    NoAnswer,
}

impl std::fmt::Debug for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Finding::Patron(_) => "Patron",
            Finding::Item(_) => "Item",
            Finding::NoAnswer => "NoAnswer",
        })
    }
}

/// Asks the system; each question may take `patience`.
///
/// # Errors
/// [`SessionFault`].
pub fn ask<D: Dial>(
    session: &mut Session<D>,
    look_up: &LookUp,
    patience: Duration,
    now: SipDate,
) -> Result<Finding, SessionFault> {
    match look_up {
        LookUp::Patron(card) => ask_patron(session, card, patience, now),
        LookUp::Item(number) => ask_item(session, number, patience, now),
        LookUp::Either(number) => match ask_item(session, number, patience, now)? {
            Finding::Item(item) if item.title.is_empty() => ask_patron(session, number, patience, now),
            found @ (Finding::Item(_) | Finding::Patron(_) | Finding::NoAnswer) => Ok(found),
        },
    }
}

fn ask_patron<D: Dial>(
    session: &mut Session<D>,
    card: &str,
    patience: Duration,
    now: SipDate,
) -> Result<Finding, SessionFault> {
    let Some(question) = session.account().patron(card, false, now) else { return Ok(Finding::NoAnswer) };
    let charset = session.account().profile.charset;
    heard(session.ask_within(question, patience).map(|answer| Finding::Patron(patron(&answer, charset))))
}

fn ask_item<D: Dial>(
    session: &mut Session<D>,
    number: &str,
    patience: Duration,
    now: SipDate,
) -> Result<Finding, SessionFault> {
    let Some(question) = session.account().item(number, now) else { return Ok(Finding::NoAnswer) };
    let charset = session.account().profile.charset;
    heard(session.ask_within(question, patience).map(|answer| Finding::Item(item(&answer, charset))))
}

/// A system that took too long for somebody who waits may still be there for what is not waited for.
fn heard(answer: Result<Finding, SessionFault>) -> Result<Finding, SessionFault> {
    match answer {
        Err(SessionFault::Link(LinkFault::Stalled { .. })) => Ok(Finding::NoAnswer),
        Ok(_) | Err(_) => answer,
    }
}
