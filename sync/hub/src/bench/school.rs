//! Invented schools, and what their stations say.

use super::BEGIN_S;
use crate::store::{Change, SchoolId, Store};
use exchange::enrol::{CODE_LEN, EnrolRequest, code};
use exchange::wire::{PublicKey, SecretKey};
use exchange::{
    Act, Allowance, Basis, Calendar, Chain, ClockSample, ClockTrust, Day, Epoch, Event, Item, ItemId,
    ItemStatus, Lang, Patron, PatronId, PatronKind, Record, Request, Rules, SCHEMA, Seq, Stamp, StationId,
    Title, TitleId, TitleKind, UnknownItem,
};

const PATRONS: u32 = 600;
const ITEMS: u32 = 3_000;

fn item(n: u32) -> Option<ItemId> {
    ItemId::new(format!("30417{n:09}")).ok()
}

pub(super) fn school(store: &mut Store, place: SchoolId) -> anyhow::Result<()> {
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
        cards: vec![format!("20417{n:09}")],
        given: "Үлгі".into(),
        family: format!("Үлгібай-{n}"),
        class: None,
        kind: PatronKind::Pupil,
        lang: Lang::Kk,
        blocks: Vec::new(),
        until: None,
        pin: None,
    };
    let title = Title {
        id: TitleId(1),
        name: "Үлгі".into(),
        author: String::new(),
        isbn: String::new(),
        year: 2026,
        kind: TitleKind::Book,
    };
    let copy = |n| Item { id: n, title: TitleId(1), status: ItemStatus::Lendable, former: Vec::new() };
    let mut changes = vec![Record::Rules(rules), Record::Calendar(calendar), Record::Title(title)];
    changes.extend((1..=PATRONS).map(|n| Record::Patron(patron(n))));
    changes.extend((1..=ITEMS).filter_map(item).map(|id| Record::Item(copy(id))));
    let changes: Vec<Change> = changes.into_iter().map(Change::Put).collect();
    store.save(place, &changes, BEGIN_S)?;
    Ok(())
}

pub(super) fn enrolled(store: &mut Store, place: SchoolId, n: usize) -> anyhow::Result<StationId> {
    let mut seed = [8; 32];
    seed[..8].copy_from_slice(&n.to_be_bytes());
    let code = code([7; CODE_LEN]);
    let key = SecretKey::from_seed(seed).public();
    let request =
        EnrolRequest { schema: SCHEMA, key, code: code.clone(), name: "bench".into(), voucher: None };
    store.enrol(&request, PublicKey([9; 32]), BEGIN_S)?;
    Ok(store.approve(place, &code, "bench", BEGIN_S)?)
}

/// Loans and returns of all items in turn, in messages of `batch` events. With `backlog` the station says in each that it has
/// them all to send; otherwise each is all it has at that moment.
pub(super) fn requests(station: StationId, batch: usize, count: usize, backlog: bool) -> Vec<Request> {
    let due = Day::from_ymd(2026, 9, 21).unwrap_or_default();
    let act = |n: usize| {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        let item = item(1 + n % ITEMS)?;
        Some(if (n / ITEMS).is_multiple_of(2) {
            Act::CheckedOut { patron: PatronId((1 + n % PATRONS).into()), item, due }
        } else {
            Act::Returned { item }
        })
    };
    let basis = Basis { rules: 1, data_as_of_s: BEGIN_S };
    let event = |(n, act): (usize, Act)| {
        let mono_s = n as u64;
        let at = Stamp { wall_s: BEGIN_S + n as i64, boot: 1, mono_s, trust: ClockTrust::Synced };
        Event { seq: Seq(mono_s + 1), at, basis, act }
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
            clock: ClockSample { wall_s: BEGIN_S, boot: 1, mono_s: count as u64, trust: ClockTrust::Synced },
            answer_limit: 4_096,
        });
        chain = events.iter().fold(chain, Chain::after);
    }
    requests
}
