//! What taking a station's events in costs, against the floor: a bare batched insert of the very same rows into a table of the
//! same form, flushed as often, in the same run.
//!
//! Schools of 600 patrons and 3,000 items with one station each, whose messages come by turns; loans and returns in turn;
//! every twentieth batch is sent twice, as after a lost answer. A school has a few thousand events: a year's. The events are made before the clock starts; sealing and signatures are not part of it.

use crate::store::{Change, SchoolId, Store};
use anyhow::{Context, ensure};
use exchange::enrol::{CODE_LEN, EnrolRequest, code};
use exchange::wire::{PublicKey, SecretKey};
use exchange::{
    Act, Allowance, Basis, Calendar, Chain, ClockSample, ClockTrust, Day, Epoch, Event, Item, ItemId,
    ItemStatus, Lang, Patron, PatronId, PatronKind, Record, Request, Rules, SCHEMA, Seq, Stamp, StationId,
    Title, TitleId, TitleKind, UnknownItem,
};
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};

const PATRONS: u32 = 600;
const ITEMS: u32 = 3_000;
/// Events of a school.
const SCHOOL_EVENTS: usize = 5_000;
const BEGIN_S: i64 = 1_788_253_200;

/// One batch of so many is sent a second time.
const AGAIN_EVERY: usize = 20;

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    /// Which store.
    pub store: &'static str,
    /// Events in a message.
    pub batch: usize,
    /// Events taken, each counted once.
    pub events: usize,
    /// Messages, those sent again included.
    pub messages: usize,
    /// Events a second, kept, folded and answered.
    pub events_per_s: f64,
    /// Milliseconds of the slowest message but one in a hundred.
    pub p99_ms: f64,
    /// Events a second of the bare insert.
    pub bare_events_per_s: f64,
    /// How many times as long as the bare insert.
    pub ratio: f64,
}

/// Measures in new folders below `dir`, or in two empty PostgreSQL databases: one for the region, one for the floor.
pub(crate) fn measure(
    dir: &Path,
    postgres: Option<[&str; 2]>,
    batch: usize,
    count: usize,
) -> anyhow::Result<Measured> {
    let batch = batch.max(1);
    let (ours, bare) = (dir.join("ours"), dir.join("bare"));
    std::fs::create_dir_all(&ours).and_then(|()| std::fs::create_dir_all(&bare))?;
    let mut store = Store::create(&ours, postgres.map(|[ours, _]| ours))?;
    let floor = Store::create(&bare, postgres.map(|[_, bare]| bare))?;
    let schools = count.div_ceil(SCHOOL_EVENTS).max(1);
    let mut by_school = Vec::new();
    for n in 0..schools {
        let place = store.add_school(&format!("Bench {n}"), BEGIN_S)?;
        school(&mut store, place)?;
        let station = enrolled(&mut store, place, n)?;
        let share = count / schools + usize::from(n < count % schools);
        by_school.push((place, requests(station, batch, share).into_iter()));
    }
    let mut messages = Vec::new();
    loop {
        let before = messages.len();
        messages.extend(by_school.iter_mut().filter_map(|(_, requests)| requests.next()));
        if messages.len() == before {
            break;
        }
    }
    let mut times = Vec::with_capacity(messages.len() + messages.len() / AGAIN_EVERY);
    for (n, request) in messages.iter().enumerate() {
        for _ in 0..sends(n) {
            let begin = Instant::now();
            let answer = store.take(request, &[], BEGIN_S)?;
            times.push(begin.elapsed());
            let last = request.events.last().context("a batch has events")?;
            ensure!(answer.stored_upto == last.seq, "what was sent was not kept");
        }
    }
    let kept = by_school.iter().map(|(place, _)| Ok(store.counts(*place)?.events));
    let kept: u64 = kept.sum::<Result<_, crate::store::StoreFault>>()?;
    ensure!(kept == count as u64, "{kept} of {count} events are there");
    let bare = floor.bare_insert(&store, batch, sends)?;
    let took: Duration = times.iter().sum();
    times.sort();
    let p99 = times.get(times.len() * 99 / 100).or(times.last()).copied().unwrap_or_default();
    Ok(Measured {
        store: store.kind(),
        batch,
        events: count,
        messages: times.len(),
        events_per_s: count as f64 / took.as_secs_f64(),
        p99_ms: p99.as_secs_f64() * 1_000.0,
        bare_events_per_s: count as f64 / bare.as_secs_f64(),
        ratio: took.as_secs_f64() / bare.as_secs_f64(),
    })
}

/// How often batch `n` is sent.
fn sends(n: usize) -> usize {
    if n % AGAIN_EVERY == AGAIN_EVERY - 1 { 2 } else { 1 }
}

fn item(n: u32) -> Option<ItemId> {
    ItemId::new(format!("30417{n:09}")).ok()
}

fn school(store: &mut Store, place: SchoolId) -> anyhow::Result<()> {
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

fn enrolled(store: &mut Store, place: SchoolId, n: usize) -> anyhow::Result<StationId> {
    let mut seed = [8; 32];
    seed[..8].copy_from_slice(&n.to_be_bytes());
    let code = code([7; CODE_LEN]);
    let key = SecretKey::from_seed(seed).public();
    let request =
        EnrolRequest { schema: SCHEMA, key, code: code.clone(), name: "bench".into(), voucher: None };
    store.enrol(&request, PublicKey([9; 32]), BEGIN_S)?;
    Ok(store.approve(place, &code, "bench", BEGIN_S)?)
}

/// Loans and returns of all items in turn, in messages of `batch` events.
fn requests(station: StationId, batch: usize, count: usize) -> Vec<Request> {
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
        requests.push(Request {
            schema: SCHEMA,
            station,
            epoch: Epoch(1),
            from_seq,
            chain_before: chain,
            head_seq: Seq(count as u64),
            events: events.to_vec(),
            have: Vec::new(),
            clock: ClockSample { wall_s: BEGIN_S, boot: 1, mono_s: count as u64, trust: ClockTrust::Synced },
            answer_limit: 4_096,
        });
        chain = events.iter().fold(chain, Chain::after);
    }
    requests
}
