//! Reviews: what waits for a librarian, and decisions about it.

use super::problem::{Kind, Problem};
use super::{Asked, Caller, asked, limit, login, note, read, word};
use crate::Hub;
use crate::fold::Decree;
use crate::store::{DecideFault, Deed, ReviewLine, ReviewSide, SchoolId, Scope, Store};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response};
use exchange::ReviewId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which reviews.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// `open` (so it is if nothing is said) or `decided`.
    state: Option<String>,
    /// The most lines, 1 to 1000; 100 if it is not said.
    limit: Option<usize>,
}

/// Reviews, the newest cause first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Reviews {
    reviews: Vec<Review>,
}

/// A matter put before a librarian.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Review {
    /// Its number.
    id: u64,
    /// What it is about, such as `lent_twice`; docs/exchange.md names them.
    conflict: String,
    /// The station of the event that caused it.
    station: u32,
    /// Which life of that station's journal.
    epoch: u32,
    /// The number of the event in it.
    seq: u64,
    /// When it happened, seconds since 1970.
    at_s: i64,
    /// The item it is about, if it is about one.
    item: Option<String>,
    /// The patron of the earlier loan that it contradicts, if there is one.
    other_patron: Option<u64>,
    /// Whether the proposed default was accepted; missing while undecided.
    accepted: Option<bool>,
    /// Who said the last word about it.
    by: Option<String>,
    /// When, seconds since 1970.
    by_s: Option<i64>,
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// `accept` (the proposed default), `reject` (the contrary), or `withdraw` (take the decision back).
    decree: String,
}

fn review(line: &ReviewLine) -> Review {
    let other = match &line.other {
        ReviewSide::Loan(loan) => Some(loan),
        ReviewSide::None => None,
    };
    Review {
        id: line.review.0,
        conflict: word(&line.conflict),
        station: line.cause.who.station.0,
        epoch: line.cause.who.epoch.0,
        seq: line.cause.who.seq.0,
        at_s: line.cause.at_s,
        item: super::changes::item_of(&line.cause.event.act).map(ToString::to_string),
        other_patron: other.map(|loan| loan.patron.0),
        accepted: line.accepted,
        by: line.by.as_ref().map(|(by, _)| by.clone()),
        by_s: line.by.as_ref().map(|(_, at_s)| *at_s),
    }
}

/// Reviews of a school.
#[utoipa::path(get, path = "/schools/{school}/reviews", tag = "reviews", operation_id = "reviews",
    params(("school" = u32, Path, description = "The school's number"), Which),
    responses(
        (status = 200, body = Reviews),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:reviews"])))]
pub(super) async fn list(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path(school): Path<String>,
    query: Asked<Which>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadReviews)
        .about(school, move |store, school, _| {
            let Which { state, limit: lines } = asked(query)?;
            let undecided = match state.as_deref() {
                None | Some("open") => true,
                Some("decided") => false,
                Some(_) => return Err(Problem::value("state", "expected is open or decided")),
            };
            let most = u32::try_from(limit(lines)?).unwrap_or(u32::MAX);
            Ok(Reviews { reviews: store.reviews(school, undecided, most)?.iter().map(review).collect() })
        })
        .await
}

/// Decides a review, or takes a decision back.
///
/// It counts as a librarian's, and travels to the stations.
#[utoipa::path(post, path = "/schools/{school}/reviews/{review}/decision", tag = "reviews",
    operation_id = "decide_review",
    params(
        ("school" = u32, Path, description = "The school's number"),
        ("review" = u64, Path, description = "The review's number")),
    request_body = Decision,
    responses(
        (status = 200, body = Review),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["write:reviews"])))]
pub(super) async fn decide(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path((school, id)): Path<(String, String)>,
    body: Body,
) -> Response<Body> {
    let decision = read::<Decision>(body).await;
    Caller::new(hub, headers, Scope::WriteReviews)
        .about(school, move |store, school, token| {
            let decree = match decision?.decree.as_str() {
                "accept" => Decree::Accept,
                "reject" => Decree::Reject,
                "withdraw" => Decree::Withdraw,
                _ => return Err(Problem::value("decree", "expected is accept, reject or withdraw")),
            };
            let id = id.parse().map_err(|_| missing())?;
            let done = decided(store, school, ReviewId(id), decree, &login(token))?;
            let deed = match decree {
                Decree::Accept => Deed::ReviewAccepted,
                Decree::Reject => Deed::ReviewRejected,
                Decree::Withdraw => Deed::DecisionTakenBack,
            };
            note(store, school, token, deed, &format!("{id}"))?;
            Ok(done)
        })
        .await
}

fn decided(
    store: &mut Store,
    school: SchoolId,
    id: ReviewId,
    decree: Decree,
    by: &str,
) -> Result<Review, Problem> {
    store.decide(school, id, decree, by, crate::server::now_s()).map_err(|fault| match fault {
        DecideFault::Unknown(_) => missing(),
        DecideFault::Decided { .. } | DecideFault::Undecided => {
            Problem::new(Kind::Conflict, fault.to_string())
        }
        DecideFault::Store(fault) => fault.into(),
    })?;
    store.review(school, id)?.as_ref().map(review).ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::new(Kind::Missing, "this school has no such review; another message may have explained it")
}
