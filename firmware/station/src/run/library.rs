//! The library system's side of the station: what is looked up before the desk hears of it, what is learned from it,
//! and which event it is told next.
//!
//! Invariants:
//! - Nobody waits longer for a look-up than the configuration says; what is known here is not waited for at all.
//! - What was scanned while somebody waits is told to the desk afterwards, in its order.

use super::station::Station;
use crate::caller::OutboxFault;
use crate::config;
use crate::library::{Finding, LibraryEvent, LookUp, Wish, deed};
use desk::{Input, Memory, Scanned};
use exchange::{
    Answer, Block, BlockKind, Calendar, Day, FeedChanges, Item, ItemId, ItemStatus, Patron, PatronId,
    PatronKind, Record, Rules, SCHEMA, Seq, Standing, Title, TitleId, TitleKind, UnknownItem,
};
use journal::{LibraryLine, TakeError};
use links::sip2::answers::{ItemAnswer, PatronAnswer};
use links::sip2::{Deed, SessionFault};
use links::{Nudge, Waiting};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, VecDeque};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// The rules' version: they come from the configuration, which has none.
const VERSION: u32 = 1;

/// What the station knows of its library system.
#[derive(Debug)]
pub(super) struct Counter {
    wishes: Option<Sender<Wish>>,
    zone: jiff::tz::TimeZone,
    /// Up to here the system was told, in order; what is behind it waits.
    told: Seq,
    /// Items of which an event was refused: what comes next of them is asked for first.
    refused: BTreeSet<ItemId>,
    /// What is waited for, and what was scanned meanwhile.
    held: Option<Held>,
    /// Why the system did not answer last, in words for staff.
    pub(super) trouble: Option<String>,
}

#[derive(Debug)]
struct Held {
    scanned: Scanned,
    look_up: LookUp,
    until_ms: u64,
    behind: VecDeque<Scanned>,
}

impl Counter {
    pub(super) fn new(library: &config::Library) -> Counter {
        Counter {
            wishes: None,
            // The configuration was checked; a zone that is gone meanwhile is no reason not to lend.
            zone: jiff::tz::TimeZone::get(&library.zone).unwrap_or(jiff::tz::TimeZone::UTC),
            told: Seq(0),
            refused: BTreeSet::new(),
            held: None,
            trouble: None,
        }
    }
}

impl Station {
    /// Asks the library system by this thread from now on.
    pub fn ask_library_by(&mut self, wishes: Sender<Wish>) {
        if let Some(counter) = &mut self.counter {
            counter.wishes = Some(wishes);
        }
    }

    /// Rules and calendar stand in the configuration: the protocol does not tell them.
    pub(super) fn set_up_library(&mut self) {
        let Some(library) = self.config.library.clone() else { return };
        if let Some(counter) = &mut self.counter {
            counter.told = self.journal.outbox().acked;
        }
        let rules = Rules {
            version: VERSION,
            pupil: library.allowance,
            teacher: library.allowance,
            overdue_blocks_from: 1,
            unknown_item: UnknownItem::Lend,
            stale: Vec::new(),
        };
        let calendar = Calendar {
            version: VERSION,
            zone: library.zone,
            weekend: 0,
            closed: Vec::new(),
            year_end: Day::from_ymd(9999, 12, 31).unwrap_or_default(),
        };
        self.learn(vec![Record::Rules(rules), Record::Calendar(calendar)]);
    }

    pub(super) fn library(&mut self, event: LibraryEvent) {
        // A reply is not heard when the thread is gone; then nothing hangs on it.
        match event {
            LibraryEvent::Turn(ended, reply) => {
                let _ = reply.send(self.turn(ended));
            }
            LibraryEvent::Waiting(reply) => {
                let acked = self.counter.as_ref().map_or(Seq(0), |counter| counter.told);
                let _ = reply.send(Ok(Waiting { acked, head: self.journal.outbox().head }));
            }
            LibraryEvent::Found(look_up, finding) => self.found(&look_up, &finding),
            LibraryEvent::Called(answered) => self.library_called(answered),
        }
    }

    fn library_called(&mut self, answered: Result<(), SessionFault>) {
        self.calling.answered = Some(answered.is_ok());
        if answered.is_ok() {
            self.calling.last_contact_s = Some(self.clock.now().wall_s);
        }
        if let Some(counter) = &mut self.counter {
            counter.trouble = answered.err().map(|fault| fault.to_string());
        }
        self.tell_link();
        self.leave_word(true);
    }

    /// Keeps how the last event ended; gives the next one.
    fn turn(&mut self, mut ended: Option<LibraryLine>) -> Result<Option<Deed>, OutboxFault> {
        loop {
            let now_s = self.clock.now().wall_s;
            let Some(counter) = &mut self.counter else { return Ok(None) };
            let after = ended.as_ref().map_or(counter.told, |line| line.seq);
            if let Some(line) = &ended
                && line.state == journal::LibraryState::Refused
            {
                counter.refused.extend(item_of(&self.journal.events(line.seq, 1).map_err(TakeError::Store)?));
            }
            let turn = self.journal.library_turn(ended.take(), after, now_s).map_err(TakeError::Store)?;
            counter.told = after;
            self.settled = false;
            let Some(mut turn) = turn else {
                counter.told = self.journal.outbox().head;
                return Ok(None);
            };
            turn.ask_first |=
                item_of(std::slice::from_ref(&turn.event)).any(|item| counter.refused.contains(&item));
            let card = |patron| self.journal.patron(patron).ok().flatten()?.cards.into_iter().next();
            let Some(library) = &self.config.library else { return Ok(None) };
            match deed::deed(&turn, &library.account.profile, &counter.zone, now_s, card) {
                Some(deed) => return Ok(Some(deed)),
                None => {
                    let reason = "SIP2 has no message for this".to_owned();
                    let outcome = links::sip2::Outcome::Refused { reason };
                    ended = Some(deed::line(turn.event.seq, outcome));
                }
            }
        }
    }

    pub(super) fn nudge_library(&self, nudge: Nudge) {
        let wish = match nudge {
            Nudge::Recorded | Nudge::Urgent => Wish::Recorded,
            Nudge::Hurry => Wish::Hurry,
        };
        self.wish(wish);
    }

    fn wish(&self, wish: Wish) {
        if let Some(wishes) = self.counter.as_ref().and_then(|counter| counter.wishes.as_ref()) {
            // Nobody hears it when the thread could not go on; it has said why.
            let _ = wishes.send(wish);
        }
    }

    /// Tells the desk what was scanned; what nobody here knows is looked up first, and what is known is brought up to
    /// date behind the pupil's back.
    pub(super) fn scanned(&mut self, scanned: Scanned) {
        if let Some(held) = self.counter.as_mut().and_then(|counter| counter.held.as_mut()) {
            held.behind.push_back(scanned);
            return;
        }
        let look_ups = self.calling.answered != Some(false)
            && self.counter.as_ref().is_some_and(|counter| counter.wishes.is_some());
        let Some((look_up, is_known)) = self.look_up_of(&scanned).filter(|_| look_ups) else {
            return self.tell(Input::Scanned(scanned));
        };
        let patience_ms = self.config.library.as_ref().map_or(0, |library| library.look_up_ms);
        let until = Instant::now() + Duration::from_millis(patience_ms);
        self.wish(Wish::LookUp(look_up.clone(), until));
        if is_known {
            return self.tell(Input::Scanned(scanned));
        }
        let until_ms = self.clock.now().mono_ms + patience_ms;
        if let Some(counter) = &mut self.counter {
            counter.held = Some(Held { scanned, look_up, until_ms, behind: VecDeque::new() });
        }
    }

    /// What is to be looked up for this, and whether it is known here already.
    fn look_up_of(&self, scanned: &Scanned) -> Option<(LookUp, bool)> {
        let knows_card = |card: &str| self.journal.patron_by_card(card).is_ok_and(|patron| patron.is_some());
        let knows_item = |item: &ItemId| self.journal.item(item).is_ok_and(|item| item.is_some());
        match scanned {
            Scanned::Card(card) => Some((LookUp::Patron(card.clone()), knows_card(card))),
            Scanned::Item(item) if knows_item(item) => None,
            Scanned::Item(item) => Some((LookUp::Item(item.as_str().to_owned()), false)),
            Scanned::Number(number) if knows_card(number) => Some((LookUp::Patron(number.clone()), true)),
            Scanned::Number(number) => match ItemId::new(number.clone()) {
                Ok(item) if knows_item(&item) => None,
                Ok(_) => Some((LookUp::Either(number.clone()), false)),
                Err(_) => Some((LookUp::Patron(number.clone()), false)),
            },
            Scanned::Isbn(_) | Scanned::Url | Scanned::Unreadable => None,
        }
    }

    /// Until when somebody waits for a look-up.
    pub(super) fn look_up_ends_ms(&self) -> Option<u64> {
        Some(self.counter.as_ref()?.held.as_ref()?.until_ms)
    }

    /// Nobody waits longer than was said.
    pub(super) fn look_at_library(&mut self) {
        if self.look_up_ends_ms().is_some_and(|until_ms| self.clock.now().mono_ms >= until_ms) {
            self.go_on();
        }
    }

    fn found(&mut self, look_up: &LookUp, finding: &Finding) {
        let (LookUp::Patron(number) | LookUp::Item(number) | LookUp::Either(number)) = look_up;
        match finding {
            Finding::Patron(answer) => self.learn_patron(number, answer),
            Finding::Item(answer) => self.learn_item(number, answer),
            Finding::NoAnswer => {}
        }
        let waited = self.counter.as_ref().and_then(|counter| counter.held.as_ref());
        if waited.is_some_and(|held| held.look_up == *look_up) {
            self.go_on();
        }
    }

    /// Tells the desk what was waited with.
    fn go_on(&mut self) {
        let Some(held) = self.counter.as_mut().and_then(|counter| counter.held.take()) else { return };
        self.tell(Input::Scanned(held.scanned));
        for scanned in held.behind {
            self.scanned(scanned);
        }
    }

    fn learn_patron(&mut self, scanned: &str, answer: &PatronAnswer) {
        let known = self.journal.patron_by_card(scanned).ok().flatten();
        let today = self.clock.now().today;
        let blocks = |kind| vec![Block { kind, since: today }];
        if !answer.known {
            // The system has forgotten them; what the station has of them stays.
            if let Some(known) = known.filter(|known| known.blocks.is_empty()) {
                self.learn(vec![Record::Patron(Patron { blocks: blocks(BlockKind::Left), ..known })]);
            }
            return;
        }
        let number = if answer.card.is_empty() { scanned } else { &answer.card };
        let mut cards = vec![number.to_owned()];
        cards.extend(Some(scanned.to_owned()).filter(|scanned| scanned != number));
        let blocked = if answer.may_borrow { Vec::new() } else { blocks(BlockKind::ByLibrarian) };
        let patron = Patron {
            id: known.as_ref().map_or_else(|| PatronId(number_of("patron", number)), |known| known.id),
            blocks: match &known {
                // Since when is told only once.
                Some(known) if known.blocks.is_empty() == blocked.is_empty() => known.blocks.clone(),
                Some(_) | None => blocked,
            },
            cards,
            given: answer.name.clone(),
            family: String::new(),
            class: None,
            kind: PatronKind::Pupil,
            lang: self.config.screen.lang,
            until: None,
            pin: None,
        };
        if known.as_ref() != Some(&patron) {
            self.learn(vec![Record::Patron(patron)]);
        }
    }

    fn learn_item(&mut self, number: &str, answer: &ItemAnswer) {
        let Ok(id) = ItemId::new(number) else { return };
        if answer.title.is_empty() || self.journal.item(&id).is_ok_and(|item| item.is_some()) {
            return;
        }
        let title = Title {
            id: TitleId(number_of("title", &answer.title)),
            name: answer.title.clone(),
            author: String::new(),
            isbn: String::new(),
            year: 0,
            kind: TitleKind::Book,
        };
        let item = Item { id, title: title.id, status: ItemStatus::Lendable, former: Vec::new() };
        self.learn(vec![Record::Title(title), Record::Item(item)]);
    }

    /// Keeps what the library system told, as though a region had told it.
    fn learn(&mut self, records: Vec<Record>) {
        if let Err(fault) = self.try_learn(records) {
            tracing::warn!(%fault, "what the library system told could not be kept");
        }
    }

    fn try_learn(&mut self, records: Vec<Record>) -> Result<(), TakeError> {
        let outbox = self.journal.outbox();
        let (Some(station), Some(epoch)) = (self.journal.station(), outbox.epoch) else { return Ok(()) };
        let mut changes: Vec<FeedChanges> = Vec::new();
        for record in records {
            let old = self.journal.record(record.feed(), &record.key())?;
            if old.as_ref() == Some(&record) {
                continue;
            }
            let cursors = self.journal.cursors()?;
            let cursor = cursors.iter().find(|cursor| cursor.feed == record.feed());
            let (at, hash) = cursor.map_or((0, Default::default()), |cursor| (cursor.at, cursor.hash));
            let hash = old.as_ref().map_or(hash, |old| hash.without(old)).with(&record);
            changes.push(FeedChanges {
                feed: record.feed(),
                from: at,
                upto: at + 1,
                put: vec![record],
                gone: Vec::new(),
                hash: Some(hash),
            });
        }
        let answer = Answer {
            schema: SCHEMA,
            station,
            epoch,
            standing: Standing::Good,
            stored_upto: outbox.acked,
            outcomes: Vec::new(),
            changes,
            time_s: self.clock.now().wall_s,
            more: false,
        };
        self.journal.take_answer(&answer).map(drop)
    }
}

/// The items that these events are about.
fn item_of(events: &[exchange::Event]) -> impl Iterator<Item = ItemId> {
    use exchange::Act;
    events.iter().filter_map(|event| match &event.act {
        Act::CheckedOut { item, .. } | Act::Returned { item } | Act::Renewed { item, .. } => {
            Some(item.clone())
        }
        Act::StationStarted { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Undone { .. }
        | Act::Refused { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    })
}

/// A number for something that the library system names by text: 63 bits of its hash.
fn number_of(kind: &str, text: &str) -> u64 {
    let digest = Sha256::digest(format!("{kind} {text}").as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first) >> 1
}
