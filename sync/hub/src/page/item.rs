//! What is known of one book, and of one title: who has it, who had it, what happened to it.

use super::ask::{Ask, Call};
use super::doors::Doors;
use super::frame::Frame;
use super::loans::LoanRow;
use super::search::item_path;
use super::tell::{EventRow, Teller};
use super::words::People;
use crate::Hub;
use crate::fold::{FoldedLoan, Subject};
use crate::store::{Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use exchange::{ItemId, ItemStatus, Title, TitleId};
use std::sync::Arc;

/// Events of a book that are shown, the newest first.
const EVENTS: u32 = 100;

/// Copies of a title that are shown.
const COPIES: usize = 500;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Loans, "/item/{number}", one).get(Right::Loans, "/title/{id}", title)
}

#[derive(Template)]
#[template(path = "item.html")]
struct ItemPage {
    frame: Frame,
    w: &'static People,
    number: String,
    title: Option<TitleFacts>,
    state: &'static str,
    former: String,
    holder: Option<LoanRow>,
    loans: Vec<LoanRow>,
    events: Vec<EventRow>,
}

struct TitleFacts {
    id: u64,
    name: String,
    author: String,
    year: String,
    isbn: String,
}

impl TitleFacts {
    fn of(title: Title) -> TitleFacts {
        TitleFacts {
            id: title.id.0,
            name: title.name,
            author: title.author,
            year: if title.year == 0 { String::new() } else { title.year.to_string() },
            isbn: title.isbn,
        }
    }
}

async fn one(State(hub): State<Arc<Hub>>, ask: Ask, Path(number): Path<String>) -> Response<Body> {
    ask.show(hub, move |call| {
        let (school, w) = (call.seat.school.id, People::of(call.lang()));
        let id = ItemId::new(number.as_str()).map_err(|_| call.missing())?;
        let item = call.store.item(school, &id)?;
        let loans = call.store.loans_of(school, &id)?;
        let events = call.store.events_about(school, &Subject::Item(id.clone()), EVENTS)?;
        if item.is_none() && events.is_empty() {
            return Err(call.missing());
        }
        let today = call.store.zone(school)?.day_at(call.now_s);
        let title = call.store.title_of(school, &id)?.map(TitleFacts::of);
        let (holder, loans, events) = {
            let teller = Teller::new(call.store, school, call.lang())?;
            let row = |loan: &FoldedLoan| teller.loan(loan, today);
            let holder = loans.iter().rev().find(|loan| loan.closed.is_none()).map(row).transpose()?;
            let loans = loans.iter().rev().map(row).collect::<Result<Vec<_>, StoreFault>>()?;
            let events =
                events.iter().map(|event| teller.event(event)).collect::<Result<Vec<_>, StoreFault>>()?;
            (holder, loans, events)
        };
        let former = item.iter().flat_map(|item| &item.former).map(ItemId::as_str);
        let template = ItemPage {
            w,
            number: id.as_str().to_owned(),
            title,
            state: item.as_ref().map_or("", |item| status(w, item.status)),
            former: former.collect::<Vec<_>>().join(", "),
            holder,
            loans,
            events,
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

fn status(w: &People, status: ItemStatus) -> &'static str {
    match status {
        ItemStatus::Lendable => w.state_lendable,
        ItemStatus::Reference => w.state_reference,
        ItemStatus::NotForLoan => w.state_not_for_loan,
        ItemStatus::Lost => w.state_lost,
    }
}

#[derive(Template)]
#[template(path = "title.html")]
struct TitlePage {
    frame: Frame,
    w: &'static People,
    title: TitleFacts,
    copies: Vec<Copy>,
}

/// A copy, and who has it.
struct Copy {
    path: String,
    number: String,
    state: &'static str,
    holder: Option<LoanRow>,
}

async fn title(State(hub): State<Arc<Hub>>, ask: Ask, Path(id): Path<String>) -> Response<Body> {
    ask.show(hub, move |call| {
        let id = TitleId(id.parse().map_err(|_| call.missing())?);
        let title = call.store.title(call.seat.school.id, id)?.ok_or_else(|| call.missing())?;
        let template = TitlePage {
            w: People::of(call.lang()),
            copies: copies(call, id)?,
            title: TitleFacts::of(title),
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

fn copies(call: &Call<'_>, id: TitleId) -> Result<Vec<Copy>, StoreFault> {
    let (school, w) = (call.seat.school.id, People::of(call.lang()));
    let today = call.store.zone(school)?.day_at(call.now_s);
    let teller = Teller::new(call.store, school, call.lang())?;
    let items = call.store.items_of(school, id)?;
    let copy = |item: exchange::Item| {
        let open = call.store.loans_of(school, &item.id)?.into_iter().find(|loan| loan.closed.is_none());
        Ok(Copy {
            path: item_path(&item.id),
            number: item.id.as_str().to_owned(),
            state: status(w, item.status),
            holder: open.map(|loan| teller.loan(&loan, today)).transpose()?,
        })
    };
    items.into_iter().take(COPIES).map(copy).collect()
}
