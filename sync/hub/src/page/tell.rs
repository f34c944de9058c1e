//! Events and reviews as sentences.

use super::words::{Words, conflict, fill, refusal, words};
use crate::fold::Zone;
use crate::store::{EventLine, ReviewLine, ReviewSide, SchoolId, Store, StoreFault};
use exchange::receipt::{Deed, Line};
use exchange::{Act, Day, Fate, Feed, ItemId, Lang, PatronId, Record, RecordKey};
use std::collections::BTreeMap;

/// Tells in one language what is in the store.
pub(super) struct Teller<'s> {
    store: &'s Store,
    school: SchoolId,
    zone: Zone,
    lang: Lang,
    stations: BTreeMap<u32, String>,
}

/// An event as a row of a table.
pub(super) struct EventRow {
    /// Its place in the journal.
    pub(super) seq: u64,
    /// When.
    pub(super) when: String,
    /// What happened.
    pub(super) what: String,
    /// What became of it.
    pub(super) fate: String,
    /// Whether that is worth a look.
    pub(super) odd: bool,
}

/// A review as a card.
pub(super) struct ReviewCard {
    /// Its number.
    pub(super) id: u64,
    /// Why a person should see it.
    pub(super) why: &'static str,
    /// The event that caused it.
    pub(super) cause: String,
    /// The other side, if there is one.
    pub(super) other: Option<String>,
    /// What accepting does.
    pub(super) accept: &'static str,
    /// What rejecting does.
    pub(super) reject: &'static str,
    /// Who decided and how; `None` while undecided.
    pub(super) decided: Option<String>,
}

impl<'s> Teller<'s> {
    /// For a school, in a language.
    pub(super) fn new(store: &'s Store, school: SchoolId, lang: Lang) -> Result<Teller<'s>, StoreFault> {
        let stations =
            store.stations(school)?.into_iter().map(|station| (station.id.0, station.name)).collect();
        Ok(Teller { store, school, zone: store.zone(school)?, lang, stations })
    }

    fn words(&self) -> &'static Words {
        words(self.lang)
    }

    /// Day and time in the school's zone: `2026-09-01 10:02`.
    pub(super) fn time(&self, at_s: i64) -> String {
        let civil = self.zone.civil(at_s);
        format!("{} {:02}:{:02}", day_text(self.zone.day_at(at_s)), civil.hour(), civil.minute())
    }

    /// An event as a row.
    pub(super) fn event(&self, line: &EventLine) -> Result<EventRow, StoreFault> {
        let w = self.words();
        let why = line.judged.conflict.map(|found| conflict(self.lang, found).why);
        let fate = match (line.undone, line.judged.fate, why) {
            (true, _, _) => w.taken_back.to_owned(),
            (false, Fate::InReview(_), Some(why)) => fill(w.in_review, &[("why", why)]),
            (false, Fate::Resolved(_), Some(why)) => fill(w.decided, &[("why", why)]),
            (false, Fate::Flagged, Some(why)) => why.to_owned(),
            (false, Fate::Applied | Fate::Flagged | Fate::InReview(_) | Fate::Resolved(_), _) => {
                w.applied.to_owned()
            }
        };
        Ok(EventRow {
            seq: line.who.seq.0,
            when: self.time(line.at_s),
            what: self.act(&line.event.act)?,
            fate,
            odd: why.is_some() && !line.undone,
        })
    }

    fn act(&self, act: &Act) -> Result<String, StoreFault> {
        let w = self.words();
        Ok(match act {
            Act::StationStarted { version } => fill(w.did_start, &[("version", version)]),
            Act::CheckedOut { patron, item, due } => fill(
                w.did_lend,
                &[("who", &self.patron(*patron)?), ("book", &self.book(item)?), ("due", &day_text(*due))],
            ),
            Act::Returned { item } => fill(w.did_return, &[("book", &self.book(item)?)]),
            Act::Renewed { patron, item, due } => fill(
                w.did_renew,
                &[("who", &self.patron(*patron)?), ("book", &self.book(item)?), ("due", &day_text(*due))],
            ),
            Act::CountedIssued { patron, count, due, .. } => fill(
                w.did_issue,
                &[("who", &self.patron(*patron)?), ("count", &count.to_string()), ("due", &day_text(*due))],
            ),
            Act::CountedReturned { patron, count, .. } => fill(
                w.did_take_back_copies,
                &[("who", &self.patron(*patron)?), ("count", &count.to_string())],
            ),
            Act::Undone { seq } => fill(w.did_undo, &[("seq", &seq.to_string())]),
            Act::Refused { reason, item } => {
                let book = item.as_ref().map(|item| self.book(item)).transpose()?.unwrap_or_default();
                fill(w.did_refuse, &[("why", refusal(self.lang, *reason)), ("book", &book)])
            }
            Act::ReviewDecided { accept: true, .. } => w.did_decide_yes.to_owned(),
            Act::ReviewDecided { accept: false, .. } => w.did_decide_no.to_owned(),
            Act::ClockChanged { .. } => w.did_set_clock.to_owned(),
            Act::Unknown { kind, .. } => fill(w.did_unknown, &[("kind", &kind.to_string())]),
        })
    }

    /// A line of a receipt, as the paper says it.
    pub(super) fn receipt_line(&self, line: &Line) -> Result<String, StoreFault> {
        let w = self.words();
        let book = self.book(&line.item)?;
        Ok(match line.deed {
            Deed::Lent(due) => fill(w.receipt_lent, &[("book", &book), ("due", &day_text(due))]),
            Deed::Returned => fill(w.did_return, &[("book", &book)]),
            Deed::Renewed(due) => fill(w.receipt_renewed, &[("book", &book), ("due", &day_text(due))]),
        })
    }

    /// A patron: `Айгерім Қасенова (7 «А»)`.
    fn patron(&self, id: PatronId) -> Result<String, StoreFault> {
        let Some(patron) = self.store.patron(self.school, id)? else {
            return Ok(fill(self.words().unknown_patron, &[("number", &id.to_string())]));
        };
        let class = match patron.class {
            Some(class) => {
                self.store.record(self.school, Feed::Classes, &RecordKey::Number(class.0.into()))?
            }
            None => None,
        };
        Ok(match class {
            Some(Record::Class(class)) => format!("{} {} ({})", patron.given, patron.family, class.name),
            Some(_) | None => format!("{} {}", patron.given, patron.family),
        })
    }

    /// A book: `«Абай жолы» № 30012000000017`.
    fn book(&self, item: &ItemId) -> Result<String, StoreFault> {
        Ok(match self.store.title_of(self.school, item)? {
            Some(title) => format!("«{}» № {item}", title.name),
            None => fill(self.words().unknown_item, &[("number", item.as_str())]),
        })
    }

    /// The name of a station.
    pub(super) fn station(&self, id: u32) -> String {
        self.stations.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// A review as a card.
    pub(super) fn review(&self, line: &ReviewLine) -> Result<ReviewCard, StoreFault> {
        let w = self.words();
        let found = conflict(self.lang, line.conflict);
        let cause = format!(
            "{} · {} · {}",
            self.act(&line.cause.event.act)?,
            self.time(line.cause.at_s),
            self.station(line.cause.who.station.0)
        );
        let other = match &line.other {
            ReviewSide::Loan(loan) => {
                let text = fill(
                    w.other_loan,
                    &[
                        ("who", &self.patron(loan.patron)?),
                        ("when", &self.time(loan.opened.at_s)),
                        ("station", &self.station(loan.opened.who.station.0)),
                        ("due", &day_text(loan.due)),
                    ],
                );
                Some(format!("{text}; {}", w.other_open))
            }
            ReviewSide::None => None,
        };
        let decided = line.accepted.map(|accepted| {
            let (who, at_s) = line.by.clone().unwrap_or_default();
            let sentence = if accepted { w.accepted_by } else { w.rejected_by };
            fill(sentence, &[("who", &who), ("when", &self.time(at_s))])
        });
        Ok(ReviewCard {
            id: line.review.0,
            why: found.why,
            cause,
            other,
            accept: found.accept,
            reject: found.reject,
            decided,
        })
    }
}

/// A day as it is written in Kazakhstan: `25.05.2027`.
fn day_text(day: Day) -> String {
    let (year, month, day) = day.ymd();
    format!("{day:02}.{month:02}.{year:04}")
}
