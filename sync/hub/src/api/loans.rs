//! Loans that are open.

use super::problem::Problem;
use super::{Asked, Caller, asked, limit};
use crate::Hub;
use crate::fold::FoldedLoan;
use crate::store::Scope;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response};
use exchange::Day;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which loans.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// `open` (all that are not returned; so it is if nothing is said) or `overdue`.
    state: Option<String>,
    /// The cursor `next` of the page before; without it the first page.
    after: Option<String>,
    /// The most lines, 1 to 1000; 100 if it is not said.
    limit: Option<usize>,
}

/// A page of loans, by due date.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Loans {
    loans: Vec<Loan>,
    /// Where the next page begins; missing after the last one.
    next: Option<String>,
}

/// An open loan of an item.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Loan {
    /// The number on the item's label.
    item: String,
    /// The patron's number.
    patron: u64,
    /// The day it was lent.
    #[schema(format = Date)]
    since: String,
    /// The day it is due.
    #[schema(format = Date)]
    due: String,
    /// How often it was renewed.
    renewals: u8,
    /// Whether that day is over.
    overdue: bool,
    /// The station that lent it.
    station: u32,
}

fn loan(loan: &FoldedLoan, today: Day) -> Loan {
    Loan {
        item: loan.item.to_string(),
        patron: loan.patron.0,
        since: loan.since.to_string(),
        due: loan.due.to_string(),
        renewals: loan.renewals,
        overdue: loan.due < today,
        station: loan.opened.who.station.0,
    }
}

/// Loans of items that are open, by due date.
#[utoipa::path(get, path = "/schools/{school}/loans", tag = "loans", operation_id = "loans",
    params(("school" = u32, Path, description = "The school's number"), Which),
    responses(
        (status = 200, body = Loans),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:loans"])))]
pub(super) async fn list(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path(school): Path<String>,
    query: Asked<Which>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadLoans)
        .about(school, move |store, school, _| {
            let Which { state, after, limit: lines } = asked(query)?;
            let lines = limit(lines)?;
            let today = store.zone(school)?.day_at(crate::server::now_s());
            let before = match state.as_deref() {
                None | Some("open") => None,
                Some("overdue") => Some(today),
                Some(_) => return Err(Problem::value("state", "expected is open or overdue")),
            };
            let after = after.as_deref().map(cursor).transpose()?;
            let found = store.open_loan_page(school, after, before, lines)?;
            let last = found.last().filter(|_| found.len() == lines);
            Ok(Loans {
                next: last.map(|loan| format!("{}:{}", loan.due.0, loan.item)),
                loans: found.iter().map(|one| loan(one, today)).collect(),
            })
        })
        .await
}

fn cursor(text: &str) -> Result<(Day, &str), Problem> {
    let wrong = || Problem::value("after", "this is no cursor of a page of loans");
    let (day, item) = text.split_once(':').ok_or_else(wrong)?;
    Ok((Day(day.parse().map_err(|_| wrong())?), item))
}
