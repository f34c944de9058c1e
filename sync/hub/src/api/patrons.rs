//! Patrons: who they are, and whether they may borrow. PINs are never told and never set here.

use super::problem::{Kind, Problem};
use super::{Asked, Caller, Page, asked, day, note, of_word, read, word};
use crate::Hub;
use crate::import::single;
use crate::store::{Change, Deed, SchoolId, Scope, Store, Token};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response};
use exchange::{Block, BlockKind, ClassId, Feed, Lang, PatronId, Record, RecordKey, class};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The most cards of one patron.
const MOST_CARDS: usize = 8;

/// A page of patrons, in the order in which they last changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Patrons {
    patrons: Vec<Patron>,
    /// Numbers of patrons that are gone.
    gone: Vec<u64>,
    /// Where the next page begins. After the last page: where to go on another day, for what has changed since.
    next: u64,
    /// Whether there may be more now.
    more: bool,
}

/// A patron.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Patron {
    /// Their number in the school.
    id: u64,
    /// Numbers of their cards, the newest first.
    cards: Vec<String>,
    /// First name.
    given: String,
    /// Family name.
    family: String,
    /// Their class, as the school writes it.
    class: Option<String>,
    /// `pupil` or `teacher`.
    kind: String,
    /// `kk`, `ru` or `en`.
    lang: String,
    /// Why they may not borrow.
    blocks: Vec<BlockForm>,
    /// The last day on which they may borrow.
    #[schema(format = Date)]
    until: Option<String>,
}

/// A reason why a patron may not borrow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Block)]
pub(super) struct BlockForm {
    /// `lost_item`, `by_librarian` or `left`.
    kind: String,
    /// Since when.
    #[schema(format = Date)]
    since: String,
}

/// A patron as an outside system says it. What is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PatronPut {
    /// First name.
    given: String,
    /// Family name.
    family: String,
    /// Numbers of all valid cards, the newest first.
    cards: Option<Vec<String>>,
    /// Their class as the school writes it; it must be there. Empty: none.
    class: Option<String>,
    /// `pupil` or `teacher`.
    kind: Option<String>,
    /// `kk`, `ru` or `en`.
    lang: Option<String>,
    /// The last day on which they may borrow. Empty: no such day.
    until: Option<String>,
}

/// Why somebody is blocked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BlockPut {
    /// `lost_item`, `by_librarian` or `left`.
    kind: String,
}

/// Names of classes by number.
fn classes(store: &Store, school: SchoolId) -> Result<BTreeMap<ClassId, exchange::Class>, Problem> {
    let records = store.records(school, Feed::Classes)?.into_iter();
    Ok(records
        .filter_map(|record| match record {
            Record::Class(class) => Some((class.id, class)),
            Record::Rules(_)
            | Record::Calendar(_)
            | Record::Patron(_)
            | Record::Title(_)
            | Record::Item(_)
            | Record::Set(_)
            | Record::Hold(_)
            | Record::Verdict(_)
            | Record::Notice(_)
            | Record::Loan(_) => None,
        })
        .collect())
}

fn form(patron: &exchange::Patron, classes: &BTreeMap<ClassId, exchange::Class>) -> Patron {
    let block = |block: &Block| BlockForm { kind: word(&block.kind), since: block.since.to_string() };
    Patron {
        id: patron.id.0,
        cards: patron.cards.clone(),
        given: patron.given.clone(),
        family: patron.family.clone(),
        class: patron.class.and_then(|id| classes.get(&id)).map(|class| class.name.clone()),
        kind: word(&patron.kind),
        lang: patron.lang.code().to_owned(),
        blocks: patron.blocks.iter().map(block).collect(),
        until: patron.until.map(|day| day.to_string()),
    }
}

fn number(text: &str) -> Result<PatronId, Problem> {
    let id = text.parse().ok().filter(|id| (1..=i64::MAX.unsigned_abs()).contains(id));
    id.map(PatronId).ok_or_else(|| Problem::value("patron", "a number from 1 on is expected"))
}

fn missing() -> Problem {
    Problem::new(Kind::Missing, "this school has no such patron")
}

/// Patrons of a school in pages, in the order in which they last changed.
///
/// The cursor of the last page serves for what changes later.
#[utoipa::path(get, path = "/schools/{school}/patrons", tag = "patrons", operation_id = "patrons",
    params(("school" = u32, Path, description = "The school's number"), Page),
    responses(
        (status = 200, body = Patrons),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:patrons"])))]
pub(super) async fn list(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path(school): Path<String>,
    query: Asked<Page>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadPatrons)
        .about(school, move |store, school, _| {
            let page = asked(query)?;
            let classes = classes(store, school)?;
            let found = store.record_page(school, Feed::Patrons, page.after, page.limit()?)?;
            let mut patrons = Vec::new();
            for record in &found.put {
                if let Record::Patron(patron) = record {
                    patrons.push(form(patron, &classes));
                }
            }
            Ok(Patrons {
                patrons,
                gone: super::items::numbers(&found.gone),
                next: found.next,
                more: found.more,
            })
        })
        .await
}

/// One patron.
#[utoipa::path(get, path = "/schools/{school}/patrons/{patron}", tag = "patrons", operation_id = "patron",
    params(
        ("school" = u32, Path, description = "The school's number"),
        ("patron" = u64, Path, description = "The patron's number")),
    responses(
        (status = 200, body = Patron),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:patrons"])))]
pub(super) async fn one(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path((school, patron)): Path<(String, String)>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadPatrons)
        .about(school, move |store, school, _| {
            let found = store.patron(school, number(&patron)?)?.ok_or_else(missing)?;
            Ok(form(&found, &classes(store, school)?))
        })
        .await
}

/// A new patron under this number, or the one that is there, changed.
///
/// Blocks and PIN stay as they are.
#[utoipa::path(put, path = "/schools/{school}/patrons/{patron}", tag = "patrons", operation_id = "save_patron",
    params(
        ("school" = u32, Path, description = "The school's number"),
        ("patron" = u64, Path, description = "The patron's number")),
    request_body = PatronPut,
    responses(
        (status = 200, body = Patron),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["write:patrons"])))]
pub(super) async fn save(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path((school, patron)): Path<(String, String)>,
    body: Body,
) -> Response<Body> {
    let put = read::<PatronPut>(body).await;
    Caller::new(hub, headers, Scope::WritePatrons)
        .about(school, move |store, school, token| {
            let (id, put) = (number(&patron)?, put?);
            let classes = classes(store, school)?;
            let old = store.patron(school, id)?;
            let new = patron_of(store, school, id, put, old, &classes)?;
            store.save(school, &[Change::Put(Record::Patron(new.clone()))], crate::server::now_s())?;
            note(store, school, token, Deed::PatronChanged, &id.to_string())?;
            Ok(form(&new, &classes))
        })
        .await
}

fn patron_of(
    store: &Store,
    school: SchoolId,
    id: PatronId,
    put: PatronPut,
    old: Option<exchange::Patron>,
    classes: &BTreeMap<ClassId, exchange::Class>,
) -> Result<exchange::Patron, Problem> {
    let name = |field, text: &str| single::needed(text).map_err(|fault| Problem::value(field, fault));
    let cards = match put.cards {
        None => old.as_ref().map_or_else(Vec::new, |old| old.cards.clone()),
        Some(cards) if cards.len() > MOST_CARDS => {
            return Err(Problem::value("cards", format!("{MOST_CARDS} are the most")));
        }
        Some(cards) => {
            let read = |card: &String| single::number(card).map(|card| card.to_string());
            let cards = cards.iter().map(read).collect::<Result<Vec<_>, _>>();
            cards.map_err(|fault| Problem::value("cards", fault))?
        }
    };
    for record in store.records(school, Feed::Patrons)? {
        if let Record::Patron(other) = record
            && other.id != id
            && other.cards.iter().any(|card| cards.contains(card))
        {
            let words = format!("one of these cards is patron {}'s; take it from them first", other.id);
            return Err(Problem::new(Kind::Conflict, words));
        }
    }
    let class = match put.class.as_deref().map(str::trim) {
        None => old.as_ref().and_then(|old| old.class),
        Some("") => None,
        Some(text) => {
            let wanted = class::parse(text);
            let found = classes.values().find(|class| {
                wanted.as_ref().is_some_and(|name| (name.grade, &name.letter) == (class.grade, &class.letter))
            });
            let words = "this school has no such class; import the classes first";
            Some(found.ok_or_else(|| Problem::value("class", words))?.id)
        }
    };
    let lang = match &put.lang {
        None => old.as_ref().map_or(Lang::Kk, |old| old.lang),
        Some(code) => {
            Lang::from_code(code).ok_or_else(|| Problem::value("lang", "expected is kk, ru or en"))?
        }
    };
    Ok(exchange::Patron {
        id,
        cards,
        given: name("given", &put.given)?,
        family: name("family", &put.family)?,
        class,
        kind: match &put.kind {
            None => old.as_ref().map_or(exchange::PatronKind::Pupil, |old| old.kind),
            Some(kind) => of_word("kind", kind, "pupil, teacher")?,
        },
        lang,
        blocks: old.as_ref().map_or_else(Vec::new, |old| old.blocks.clone()),
        until: match put.until.as_deref() {
            None => old.as_ref().and_then(|old| old.until),
            Some("") => None,
            Some(text) => Some(day("until", text)?),
        },
        pin: old.and_then(|old| old.pin),
    })
}

/// Blocks a patron for one more reason.
///
/// Twice the same reason changes nothing.
#[utoipa::path(put, path = "/schools/{school}/patrons/{patron}/block", tag = "patrons", operation_id = "block_patron",
    params(
        ("school" = u32, Path, description = "The school's number"),
        ("patron" = u64, Path, description = "The patron's number")),
    request_body = BlockPut,
    responses(
        (status = 200, body = Patron),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["write:patrons"])))]
pub(super) async fn block(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path((school, patron)): Path<(String, String)>,
    body: Body,
) -> Response<Body> {
    let put = read::<BlockPut>(body).await;
    Caller::new(hub, headers, Scope::WritePatrons)
        .about(school, move |store, school, token| {
            let kind: BlockKind = of_word("kind", &put?.kind, "lost_item, by_librarian, left")?;
            let since = store.zone(school)?.day_at(crate::server::now_s());
            change(store, (school, token), &patron, |blocks| {
                if blocks.iter().all(|block| block.kind != kind) {
                    blocks.push(Block { kind, since });
                }
            })
        })
        .await
}

/// Takes all blocks of a patron away.
#[utoipa::path(delete, path = "/schools/{school}/patrons/{patron}/block", tag = "patrons",
    operation_id = "unblock_patron",
    params(
        ("school" = u32, Path, description = "The school's number"),
        ("patron" = u64, Path, description = "The patron's number")),
    responses(
        (status = 200, body = Patron),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["write:patrons"])))]
pub(super) async fn unblock(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path((school, patron)): Path<(String, String)>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::WritePatrons)
        .about(school, move |store, school, token| change(store, (school, token), &patron, Vec::clear))
        .await
}

fn change(
    store: &mut Store,
    (school, token): (SchoolId, &Token),
    patron: &str,
    how: impl FnOnce(&mut Vec<Block>),
) -> Result<Patron, Problem> {
    let id = number(patron)?;
    let Some(Record::Patron(mut patron)) = store.record(school, Feed::Patrons, &RecordKey::Number(id.0))?
    else {
        return Err(missing());
    };
    how(&mut patron.blocks);
    store.save(school, &[Change::Put(Record::Patron(patron.clone()))], crate::server::now_s())?;
    note(store, school, token, Deed::PatronChanged, &id.to_string())?;
    Ok(form(&patron, &classes(store, school)?))
}
