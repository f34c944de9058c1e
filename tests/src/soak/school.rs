//! Small schools, each with a station that has joined.

use super::sim::Sim;
use super::{BEGIN_S, DAYS, Options};
use anyhow::Context;
use exchange::enrol::{CODE_LEN, EnrolRequest, code};
use exchange::wire::{PublicKey, SecretKey};
use exchange::{
    Item, ItemId, ItemStatus, Lang, Patron, PatronId, PatronKind, Record, SCHEMA, Title, TitleId, TitleKind,
};
use hub::Hub;
use hub::store::{Change, SchoolId, Store};
use std::path::Path;

/// Pupils of a school.
pub(super) const PATRONS: usize = 20;

/// Books of a school.
pub(super) const ITEMS: usize = 40;

/// A book.
pub(super) fn item(n: usize) -> Option<ItemId> {
    ItemId::new(format!("30417{n:09}")).ok()
}

/// Makes the region and its schools; gives their stations.
pub(super) fn found(region: &Path, postgres: Option<&str>, options: &Options) -> anyhow::Result<Vec<Sim>> {
    Hub::init(region, postgres, "Soak 0", BEGIN_S)?;
    let hub = Hub::open(region)?;
    let region_key = hub.public_key();
    drop(hub);
    let mut store = Store::open(region)?;
    let records: Vec<Change> = records().into_iter().map(Change::Put).collect();
    let mut sims = Vec::with_capacity(options.stations);
    for n in 0..options.stations {
        let school = match n {
            0 => store.find_school(Some("Soak 0"))?.id,
            n => hub::add_school(&mut store, &format!("Soak {n}"), BEGIN_S)?,
        };
        store.save(school, &records, BEGIN_S)?;
        let share = options.events / options.stations + usize::from(n < options.events % options.stations);
        sims.push(joined(&mut store, school, n, share, region_key, options.seed)?);
    }
    Ok(sims)
}

fn joined(
    store: &mut Store,
    school: SchoolId,
    n: usize,
    share: usize,
    region: PublicKey,
    chance: u64,
) -> anyhow::Result<Sim> {
    let mut seed = [3; 32];
    seed.get_mut(..8).context("a seed")?.copy_from_slice(&n.to_be_bytes());
    let secret = SecretKey::from_seed(seed);
    let code = code([7; CODE_LEN]);
    let request = EnrolRequest {
        schema: SCHEMA,
        key: secret.public(),
        code: code.clone(),
        name: "soak".into(),
        voucher: None,
    };
    store.enrol(&request, region, BEGIN_S)?;
    let id = store.approve(school, &code, "soak", BEGIN_S)?;
    Ok(Sim::new(id, school, secret, region, share.div_ceil(DAYS), share, chance ^ ((n as u64) << 20)))
}

fn records() -> Vec<Record> {
    let title = Title {
        id: TitleId(1),
        name: "Үлгі".into(),
        author: String::new(),
        isbn: String::new(),
        year: 2026,
        kind: TitleKind::Book,
    };
    let patron = |n: usize| Patron {
        id: PatronId(n as u64),
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
    let copy = |id| Item { id, title: TitleId(1), status: ItemStatus::Lendable, former: Vec::new() };
    let mut records = vec![Record::Title(title)];
    records.extend((1..=PATRONS).map(|n| Record::Patron(patron(n))));
    records.extend((0..ITEMS).filter_map(item).map(|id| Record::Item(copy(id))));
    records
}
