//! Items and their titles.

use super::problem::{Kind, Problem};
use super::{Asked, Caller, Page, asked, note, of_word, read, word};
use crate::Hub;
use crate::import::single;
use crate::store::{Change, Deed, Scope};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response};
use exchange::{Feed, ItemId, ItemStatus, Record, RecordKey, TitleId, TitleKind};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A page of items, in the order in which they last changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Items {
    items: Vec<Item>,
    /// Numbers of items that are gone.
    gone: Vec<String>,
    /// Where the next page begins. After the last page: where to go on another day, for what has changed since.
    next: u64,
    /// Whether there may be more now.
    more: bool,
}

/// One physical book.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Item {
    /// The number on its label.
    number: String,
    /// The number of its title.
    title: u64,
    /// `lendable`, `reference`, `not_for_loan` or `lost`.
    status: String,
    /// Numbers it had before.
    former: Vec<String>,
}

/// An item as an outside system says it. What is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemPut {
    /// The number of its title, which must be there.
    title: u64,
    /// `lendable`, `reference`, `not_for_loan` or `lost`; a new item is lendable.
    status: Option<String>,
}

/// A page of titles, in the order in which they last changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Titles {
    titles: Vec<Title>,
    /// Numbers of titles that are gone.
    gone: Vec<u64>,
    /// Where the next page begins. After the last page: where to go on another day, for what has changed since.
    next: u64,
    /// Whether there may be more now.
    more: bool,
}

/// A title.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Title {
    /// Its number in the school.
    id: u64,
    /// The title proper.
    name: String,
    /// The author as shown; may be empty.
    author: String,
    /// ISBN-13 without hyphens; may be empty.
    isbn: String,
    /// Year of publication; 0 if unknown.
    year: u16,
    /// `book` or `textbook`.
    kind: String,
}

/// A title as an outside system says it. What is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TitlePut {
    /// The title proper.
    name: String,
    /// The author as shown.
    author: Option<String>,
    /// ISBN-10 or ISBN-13; empty: none.
    isbn: Option<String>,
    /// Year of publication; 0 if unknown.
    year: Option<u16>,
    /// `book` or `textbook`; a new title is a book.
    kind: Option<String>,
}

fn item_form(item: &exchange::Item) -> Item {
    Item {
        number: item.id.to_string(),
        title: item.title.0,
        status: word(&item.status),
        former: item.former.iter().map(ToString::to_string).collect(),
    }
}

fn title_form(title: &exchange::Title) -> Title {
    Title {
        id: title.id.0,
        name: title.name.clone(),
        author: title.author.clone(),
        isbn: title.isbn.clone(),
        year: title.year,
        kind: word(&title.kind),
    }
}

/// The numbers among keys.
pub(super) fn numbers(keys: &[RecordKey]) -> Vec<u64> {
    let number = |key: &RecordKey| match key {
        RecordKey::Number(number) => Some(*number),
        RecordKey::Only | RecordKey::Item(_) => None,
    };
    keys.iter().filter_map(number).collect()
}

/// Items of a school in pages, in the order in which they last changed.
#[utoipa::path(get, path = "/schools/{school}/items", tag = "items", operation_id = "items",
    params(("school" = u32, Path, description = "The school's number"), Page),
    responses(
        (status = 200, body = Items),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:items"])))]
pub(super) async fn list(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path(school): Path<String>,
    query: Asked<Page>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadItems)
        .about(school, move |store, school, _| {
            let page = asked(query)?;
            let found = store.record_page(school, Feed::Items, page.after, page.limit()?)?;
            let mut items = Vec::new();
            for record in &found.put {
                if let Record::Item(item) = record {
                    items.push(item_form(item));
                }
            }
            let gone = found.gone.iter().filter_map(|key| match key {
                RecordKey::Item(item) => Some(item.to_string()),
                RecordKey::Only | RecordKey::Number(_) => None,
            });
            Ok(Items { items, gone: gone.collect(), next: found.next, more: found.more })
        })
        .await
}

fn item_number(text: &str) -> Result<ItemId, Problem> {
    ItemId::new(text).map_err(|fault| Problem::value("item", fault))
}

/// One item.
#[utoipa::path(get, path = "/schools/{school}/items/{item}", tag = "items", operation_id = "item",
    params(
        ("school" = u32, Path, description = "The school's number"),
        ("item" = String, Path, description = "The number on the item's label")),
    responses(
        (status = 200, body = Item),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:items"])))]
pub(super) async fn one(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path((school, item)): Path<(String, String)>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadItems)
        .about(school, move |store, school, _| {
            match store.record(school, Feed::Items, &RecordKey::Item(item_number(&item)?))? {
                Some(Record::Item(item)) => Ok(item_form(&item)),
                Some(_) | None => Err(Problem::new(Kind::Missing, "this school has no such item")),
            }
        })
        .await
}

/// A new item under this number, or the one that is there, changed.
#[utoipa::path(put, path = "/schools/{school}/items/{item}", tag = "items", operation_id = "save_item",
    params(
        ("school" = u32, Path, description = "The school's number"),
        ("item" = String, Path, description = "The number on the item's label")),
    request_body = ItemPut,
    responses(
        (status = 200, body = Item),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["write:items"])))]
pub(super) async fn save(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path((school, item)): Path<(String, String)>,
    body: Body,
) -> Response<Body> {
    let put = read::<ItemPut>(body).await;
    Caller::new(hub, headers, Scope::WriteItems)
        .about(school, move |store, school, token| {
            let put = put?;
            let id = single::number(&item).map_err(|fault| Problem::value("item", fault))?;
            let old = match store.record(school, Feed::Items, &RecordKey::Item(id.clone()))? {
                Some(Record::Item(item)) => Some(item),
                Some(_) | None => None,
            };
            if store.record(school, Feed::Titles, &RecordKey::Number(put.title))?.is_none() {
                return Err(Problem::value("title", "this school has no such title; save it first"));
            }
            let status = match &put.status {
                None => old.as_ref().map_or(ItemStatus::Lendable, |old| old.status),
                Some(text) => of_word("status", text, "lendable, reference, not_for_loan, lost")?,
            };
            let former = old.map_or_else(Vec::new, |old| old.former);
            let new = exchange::Item { id, title: TitleId(put.title), status, former };
            store.save(school, &[Change::Put(Record::Item(new.clone()))], crate::server::now_s())?;
            note(store, school, token, Deed::CatalogueChanged, new.id.as_str())?;
            Ok(item_form(&new))
        })
        .await
}

/// Titles of a school in pages, in the order in which they last changed.
#[utoipa::path(get, path = "/schools/{school}/titles", tag = "items", operation_id = "titles",
    params(("school" = u32, Path, description = "The school's number"), Page),
    responses(
        (status = 200, body = Titles),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:items"])))]
pub(super) async fn titles(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path(school): Path<String>,
    query: Asked<Page>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadItems)
        .about(school, move |store, school, _| {
            let page = asked(query)?;
            let found = store.record_page(school, Feed::Titles, page.after, page.limit()?)?;
            let mut titles = Vec::new();
            for record in &found.put {
                if let Record::Title(title) = record {
                    titles.push(title_form(title));
                }
            }
            Ok(Titles { titles, gone: numbers(&found.gone), next: found.next, more: found.more })
        })
        .await
}

fn title_number(text: &str) -> Result<TitleId, Problem> {
    let id = text.parse().ok().filter(|id| (1..=i64::MAX.unsigned_abs()).contains(id));
    id.map(TitleId).ok_or_else(|| Problem::value("title", "a number from 1 on is expected"))
}

/// One title.
#[utoipa::path(get, path = "/schools/{school}/titles/{title}", tag = "items", operation_id = "title",
    params(
        ("school" = u32, Path, description = "The school's number"),
        ("title" = u64, Path, description = "The title's number")),
    responses(
        (status = 200, body = Title),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:items"])))]
pub(super) async fn title(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path((school, title)): Path<(String, String)>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadItems)
        .about(school, move |store, school, _| {
            match store.record(school, Feed::Titles, &RecordKey::Number(title_number(&title)?.0))? {
                Some(Record::Title(title)) => Ok(title_form(&title)),
                Some(_) | None => Err(Problem::new(Kind::Missing, "this school has no such title")),
            }
        })
        .await
}

/// A new title under this number, or the one that is there, changed.
#[utoipa::path(put, path = "/schools/{school}/titles/{title}", tag = "items", operation_id = "save_title",
    params(
        ("school" = u32, Path, description = "The school's number"),
        ("title" = u64, Path, description = "The title's number")),
    request_body = TitlePut,
    responses(
        (status = 200, body = Title),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["write:items"])))]
pub(super) async fn save_title(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path((school, title)): Path<(String, String)>,
    body: Body,
) -> Response<Body> {
    let put = read::<TitlePut>(body).await;
    Caller::new(hub, headers, Scope::WriteItems)
        .about(school, move |store, school, token| {
            let (id, put) = (title_number(&title)?, put?);
            let old = match store.record(school, Feed::Titles, &RecordKey::Number(id.0))? {
                Some(Record::Title(title)) => Some(title),
                Some(_) | None => None,
            };
            let fault = |field| move |fault| Problem::value(field, fault);
            let year = put.year.or(old.as_ref().map(|old| old.year)).unwrap_or(0);
            if year != 0 && !(1400..=2200).contains(&year) {
                return Err(Problem::value("year", "a year of four digits is expected, or 0"));
            }
            let new = exchange::Title {
                id,
                name: single::needed(&put.name).map_err(fault("name"))?,
                author: match &put.author {
                    Some(author) => single::text(author).map_err(fault("author"))?,
                    None => old.as_ref().map_or_else(String::new, |old| old.author.clone()),
                },
                isbn: match &put.isbn {
                    Some(isbn) => single::isbn(isbn).map_err(fault("isbn"))?,
                    None => old.as_ref().map_or_else(String::new, |old| old.isbn.clone()),
                },
                year,
                kind: match &put.kind {
                    Some(kind) => of_word("kind", kind, "book, textbook")?,
                    None => old.map_or(TitleKind::Book, |old| old.kind),
                },
            };
            store.save(school, &[Change::Put(Record::Title(new.clone()))], crate::server::now_s())?;
            note(store, school, token, Deed::CatalogueChanged, &new.id.to_string())?;
            Ok(title_form(&new))
        })
        .await
}
