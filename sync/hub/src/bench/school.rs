//! Invented schools, and what their stations say.

use super::BEGIN_S;
use crate::fold::Zone;
use crate::store::{Change, SchoolId, Store};
use exchange::enrol::{CODE_LEN, EnrolRequest, code};
use exchange::wire::{PublicKey, SecretKey};
use exchange::{
    Act, Allowance, Basis, Calendar, Chain, Class, ClassId, ClockSample, ClockTrust, Day, Epoch, Event, Item,
    ItemId, ItemStatus, Lang, Patron, PatronId, PatronKind, Record, Request, Rules, SCHEMA, Seq, Stamp,
    StationId, Title, TitleId, TitleKind, UnknownItem,
};

/// Patrons of a school.
pub(super) const PATRONS: u32 = 600;
const ITEMS: u32 = 3_000;
const TITLES: u32 = 500;
const CLASSES: u32 = 24;

/// How a school's year goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Play {
    /// Its first event, seconds since 1970.
    pub(crate) from_s: i64,
    /// Seconds between two events.
    pub(crate) step_s: u32,
    /// When all of it is sent.
    pub(crate) now_s: i64,
    /// So many books are lent, then come back, and so on.
    pub(crate) books: u32,
    /// Whether some of it goes wrong, so that there is something to decide.
    pub(crate) trouble: bool,
}

/// An event a second, all books in turn, nothing wrong.
pub(super) const SMOOTH: Play =
    Play { from_s: BEGIN_S, step_s: 1, now_s: BEGIN_S, books: ITEMS, trouble: false };

/// A word that is like no other, so that squeezing a page gains no more than it would among real names.
pub(crate) fn word(n: u64) -> String {
    let letters: Vec<char> = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя".chars().collect();
    let len = letters.len() as u64;
    let mut rest = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63;
    let mut word = String::new();
    for _ in 0..9 {
        word.extend(usize::try_from(rest % len).ok().and_then(|place| letters.get(place)));
        rest /= len;
    }
    word
}

/// What the family of patron `n` is called.
pub(super) fn family(n: u32) -> String {
    word(1_000_000 + u64::from(n))
}

/// The number on the card of patron `n`.
pub(super) fn card(n: u32) -> String {
    format!("20417{n:09}")
}

/// The number of book `n`.
pub(super) fn item(n: u32) -> Option<ItemId> {
    ItemId::new(format!("30417{n:09}")).ok()
}

/// Saves the people and books of a school, with its rules and its calendar.
pub(crate) fn school(store: &mut Store, place: SchoolId, from_s: i64) -> anyhow::Result<()> {
    let allowance = Allowance { max_loans: 10, loan_days: 14, max_renewals: 2, renewal_days: 14 };
    let rules = Rules {
        version: 1,
        pupil: allowance,
        teacher: allowance,
        overdue_blocks_from: 0,
        unknown_item: UnknownItem::Refuse,
        stale: Vec::new(),
    };
    let year_end = Day::from_ymd(2027, 5, 25).unwrap_or_default();
    let calendar = Calendar {
        version: 1,
        zone: "Asia/Almaty".into(),
        weekend: 0b110_0000,
        closed: Vec::new(),
        year_end,
    };
    let patron = |n: u32| Patron {
        id: PatronId(n.into()),
        cards: vec![card(n)],
        given: word(n.into()),
        family: family(n),
        class: Some(ClassId(1 + n % CLASSES)),
        kind: PatronKind::Pupil,
        lang: Lang::Kk,
        blocks: Vec::new(),
        until: None,
        pin: None,
    };
    let class = |n: u32| Class {
        id: ClassId(n),
        grade: u8::try_from(n.div_ceil(2).min(11)).unwrap_or(11),
        letter: if n.is_multiple_of(2) { "Ә".into() } else { "А".into() },
        name: format!("{}-{}", n.div_ceil(2), if n.is_multiple_of(2) { "ә" } else { "а" }),
        lang: Lang::Kk,
    };
    let title = |n: u32| Title {
        id: TitleId(n.into()),
        name: format!("{} {}", word(2_000_000 + u64::from(n)), word(3_000_000 + u64::from(n))),
        author: word(4_000_000 + u64::from(n)),
        isbn: String::new(),
        year: 2026,
        kind: TitleKind::Book,
    };
    let copy = |n: u32| {
        let title = TitleId(u64::from(1 + n % TITLES));
        Some(Item { id: item(n)?, title, status: ItemStatus::Lendable, former: Vec::new() })
    };
    let mut changes = vec![Record::Rules(rules), Record::Calendar(calendar)];
    changes.extend((1..=CLASSES).map(|n| Record::Class(class(n))));
    changes.extend((1..=TITLES).map(|n| Record::Title(title(n))));
    changes.extend((1..=PATRONS).map(|n| Record::Patron(patron(n))));
    changes.extend((1..=ITEMS).filter_map(copy).map(Record::Item));
    let changes: Vec<Change> = changes.into_iter().map(Change::Put).collect();
    store.save(place, &changes, from_s)?;
    Ok(())
}

pub(crate) fn enrolled(store: &mut Store, place: SchoolId, n: usize) -> anyhow::Result<StationId> {
    let mut seed = [8; 32];
    seed[..8].copy_from_slice(&n.to_be_bytes());
    let code = code([7; CODE_LEN]);
    let key = SecretKey::from_seed(seed).public();
    let request =
        EnrolRequest { schema: SCHEMA, key, code: code.clone(), name: "bench".into(), voucher: None };
    store.enrol(&request, PublicKey([9; 32]), BEGIN_S)?;
    Ok(store.approve(place, &code, "bench", BEGIN_S)?)
}

/// Loans and returns of books in turn, in messages of `batch` events. With `backlog` the station says in each that it has
/// them all to send; otherwise each is all it has at that moment.
pub(crate) fn requests(
    station: StationId,
    play: Play,
    batch: usize,
    count: usize,
    backlog: bool,
) -> Vec<Request> {
    let wall_s = |n: usize| play.from_s + n as i64 * i64::from(play.step_s);
    let act = |n: usize| {
        let due = Zone::utc().day_at(wall_s(n)).plus(14);
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        let item = item(1 + n % play.books)?;
        let patron = PatronId((1 + n % PATRONS).into());
        let lends = (n / play.books).is_multiple_of(2);
        Some(match (lends, play.trouble && n % 50 == 7) {
            (true, false) => Act::CheckedOut { patron, item, due },
            (false, false) => Act::Returned { item },
            // Somebody who is not known; somebody who renews what another has.
            (true, true) => Act::CheckedOut { patron: PatronId(1_000_000), item, due },
            (false, true) => Act::Renewed { patron: PatronId(1), item, due },
        })
    };
    let basis = Basis { rules: 1, data_as_of_s: play.from_s };
    let mono_s = |n: usize| n as u64 * u64::from(play.step_s);
    let event = |(n, act): (usize, Act)| {
        let at = Stamp { wall_s: wall_s(n), boot: 1, mono_s: mono_s(n), trust: ClockTrust::Synced };
        Event { seq: Seq(n as u64 + 1), at, basis, act }
    };
    let events: Vec<Event> = (0..count).filter_map(|n| Some((n, act(n)?))).map(event).collect();
    let mut chain = Chain::START;
    let mut requests = Vec::new();
    for events in events.chunks(batch) {
        let from_seq = events.first().map_or(Seq(1), |event| event.seq);
        let last = events.last().map_or(Seq(0), |event| event.seq);
        requests.push(Request {
            schema: SCHEMA,
            station,
            epoch: Epoch(1),
            from_seq,
            chain_before: chain,
            // A backlog's station always has one more to tell.
            head_seq: if backlog { Seq(count as u64 + 1) } else { last },
            events: events.to_vec(),
            have: Vec::new(),
            clock: ClockSample {
                wall_s: play.now_s,
                boot: 1,
                mono_s: mono_s(count),
                trust: ClockTrust::Synced,
            },
            answer_limit: 4_096,
        });
        chain = events.iter().fold(chain, Chain::after);
    }
    requests
}
