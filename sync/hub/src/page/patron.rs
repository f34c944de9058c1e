//! What is known of one patron: what they have, what they had, what was odd about it.

use super::ask::{Ask, Terms};
use super::doors::Doors;
use super::frame::Frame;
use super::loans::LoanRow;
use super::tell::Teller;
use super::when::day_text;
use super::words::{People, fill};
use crate::Hub;
use crate::store::{Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use exchange::{Block, BlockKind, PatronId, PatronKind};
use serde::Deserialize;
use std::sync::Arc;

/// Closed loans on one page.
const PAGE: u32 = 50;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Loans, "/patron/{id}", show)
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    page: Option<u32>,
}

#[derive(Template)]
#[template(path = "patron.html")]
struct PatronPage {
    frame: Frame,
    w: &'static People,
    name: String,
    kind: &'static str,
    cards: Vec<String>,
    blocks: Vec<String>,
    open: Vec<LoanRow>,
    /// Copies without labels: title, count and due day.
    counted: Vec<(String, String, String)>,
    closed: Vec<LoanRow>,
    page: u32,
    older: bool,
    id: u64,
}

async fn show(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Terms(asked): Terms<Asked>,
) -> Response<Body> {
    ask.show(hub, move |call| {
        let (school, w) = (call.seat.school.id, People::of(call.lang()));
        let id = PatronId(id.parse().map_err(|_| call.missing())?);
        let patron = call.store.patron(school, id)?;
        let page = asked.page.unwrap_or(0).min(10_000);
        let open = call.store.open_loans_of(school, id)?;
        let mut closed = call.store.closed_loans_of(school, id, page * PAGE, PAGE + 1)?;
        if patron.is_none() && open.is_empty() && closed.is_empty() {
            return Err(call.missing());
        }
        let older = closed.len() > PAGE as usize;
        closed.truncate(PAGE as usize);
        let today = call.store.zone(school)?.day_at(call.now_s);
        let counted = call.store.counted_of(school, id)?;
        let (name, open, closed, counted) = {
            let teller = Teller::new(call.store, school, call.lang())?;
            let rows = |loans: &[crate::fold::FoldedLoan]| {
                loans.iter().map(|loan| teller.loan(loan, today)).collect::<Result<Vec<_>, StoreFault>>()
            };
            let counted = counted.iter().map(|one| {
                let title = call.store.title(school, one.title)?;
                let name = title.map_or_else(|| one.title.to_string(), |title| title.name);
                let copies = fill(w.copies, &[("count", &one.count.to_string())]);
                Ok((name, copies, one.due.map(day_text).unwrap_or_default()))
            });
            let counted = counted.collect::<Result<Vec<_>, StoreFault>>()?;
            (teller.patron(id)?, rows(&open)?, rows(&closed)?, counted)
        };
        let teacher = patron.as_ref().is_some_and(|patron| patron.kind == PatronKind::Teacher);
        let template = PatronPage {
            w,
            name,
            kind: if teacher { w.teacher } else { w.pupil },
            cards: patron.as_ref().map(|patron| patron.cards.clone()).unwrap_or_default(),
            blocks: patron
                .iter()
                .flat_map(|patron| &patron.blocks)
                .map(|block| block_words(w, block))
                .collect(),
            open,
            counted,
            closed,
            page,
            older,
            id: id.0,
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

fn block_words(w: &People, block: &Block) -> String {
    let why = match block.kind {
        BlockKind::LostItem => w.block_lost,
        BlockKind::ByLibrarian => w.block_staff,
        BlockKind::Left => w.block_left,
    };
    format!("{why}, {}", fill(w.since, &[("day", &day_text(block.since))]))
}
