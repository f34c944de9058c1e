//! The change feed: what happened in a school, in the order in which the region learnt it, to be followed without gaps.

use super::problem::{Kind, Problem};
use super::{Asked, Caller, asked, json, limit, school_of, word};
use crate::Hub;
use crate::store::{ChangeFault, ChangeLine, SchoolId, Scope, Store, Told};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use exchange::{Act, Fate, ItemId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};
use utoipa::{IntoParams, ToSchema};

/// The longest that somebody may wait for news, in seconds: shorter than what proxies bear.
const MOST_WAIT_S: u64 = 30;

/// How often is looked for news meanwhile. Another hub of the region may have stored it.
const LOOK: Duration = Duration::from_millis(500);

/// Since where, and how long to wait.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    /// The cursor `next` of the answer before; 0 is the beginning.
    #[serde(default)]
    after: u64,
    /// The most lines, 1 to 1000; 100 if it is not said.
    limit: Option<usize>,
    /// How long to wait for news if there is none, in seconds, at most 30.
    #[serde(default)]
    wait_s: u64,
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Changes {
    changes: Vec<Change>,
    /// Where to go on. Keep it in the same transaction as what you made of these changes, and nothing is lost or done twice.
    next: u64,
    /// The newest cursor there is.
    newest: u64,
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Change {
    /// An event of a station came.
    Event(EventChange),
    /// What became of an event is another thing than before.
    Fate(FateChange),
}

/// An event of a station.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct EventChange {
    /// Its number in this feed.
    cursor: u64,
    /// The station.
    station: u32,
    /// Which life of its journal.
    epoch: u32,
    /// The number of the event in it.
    seq: u64,
    /// When it happened, as far as is known, seconds since 1970.
    at_s: i64,
    /// `station_started`, `checked_out`, `returned`, `renewed`, `counted_issued`, `counted_returned`, `undone`, `refused`,
    /// `review_decided`, `clock_changed`, or `unknown`: of a newer station.
    act: String,
    /// The patron's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    patron: Option<u64>,
    /// The number on the item's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    /// The title's number, of copies without labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<u64>,
    /// How many copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    /// The day it is due.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    /// Of `undone`: the number of the event of the same journal that is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<u64>,
    /// Of `refused`: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Of `review_decided`: which review.
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<u64>,
}

/// What became of an event.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FateChange {
    /// Its number in this feed.
    cursor: u64,
    /// The station of the event.
    station: u32,
    /// Which life of its journal.
    epoch: u32,
    /// The number of the event in it.
    seq: u64,
    /// `applied`, `flagged`, `in_review` or `resolved`. An event of which nothing was said is applied.
    fate: String,
    /// Why, unless it is applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<String>,
    /// The review, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<u64>,
}

/// What happened in a school behind a cursor, in order.
///
/// Exactly resumable: nothing is left out between two answers, and nothing is told twice.
#[utoipa::path(get, path = "/schools/{school}/changes", tag = "changes", operation_id = "changes",
    params(("school" = u32, Path, description = "The school's number"), Since),
    responses(
        (status = 200, body = Changes),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:changes"])))]
pub(super) async fn list(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path(school): Path<String>,
    query: Asked<Since>,
) -> Response<Body> {
    match follow(hub, headers, school, query).await {
        Ok(changes) => json(StatusCode::OK, &changes),
        Err(problem) => problem.response(),
    }
}

async fn follow(
    hub: Arc<Hub>,
    headers: HeaderMap,
    school: String,
    query: Asked<Since>,
) -> Result<Changes, Problem> {
    let begun = Instant::now();
    let caller = Caller::new(Arc::clone(&hub), headers, Scope::ReadChanges);
    let (mut changes, school, from) = caller
        .run(move |store, token| {
            let school = school_of(store, token, &school)?;
            let from = asked(query)?;
            if from.wait_s > MOST_WAIT_S {
                return Err(Problem::value("wait_s", format!("{MOST_WAIT_S} are the most")));
            }
            Ok((read(store, school, from)?, school, from))
        })
        .await?;
    while changes.changes.is_empty() && begun.elapsed() < Duration::from_secs(from.wait_s) {
        tokio::time::sleep(LOOK).await;
        let hub = Arc::clone(&hub);
        let look = crate::server::blocking(move || hub.with(|store| read(store, school, from)));
        changes =
            look.await.unwrap_or_else(|| Err(Problem::new(Kind::Store, "this could not be answered")))?;
    }
    Ok(changes)
}

fn read(store: &Store, school: SchoolId, from: Since) -> Result<Changes, Problem> {
    let newest = store.newest_change(school)?;
    if newest == from.after {
        return Ok(Changes { changes: Vec::new(), next: from.after, newest });
    }
    let lines = store.changes(school, from.after, limit(from.limit)?).map_err(|fault| match fault {
        ChangeFault::Ahead { .. } => Problem::new(Kind::Cursor, fault.to_string()),
        ChangeFault::Store(fault) => fault.into(),
    })?;
    let next = lines.last().map_or(from.after, |line| line.place);
    Ok(Changes { changes: lines.iter().map(form).collect(), next, newest })
}

fn form(line: &ChangeLine) -> Change {
    let (station, epoch, seq) = (line.who.station.0, line.who.epoch.0, line.who.seq.0);
    match &line.told {
        Told::Came { event, at_s } => {
            let base = EventChange {
                cursor: line.place,
                station,
                epoch,
                seq,
                at_s: *at_s,
                ..EventChange::default()
            };
            Change::Event(told(base, &event.act))
        }
        Told::Judged(judged) => Change::Fate(FateChange {
            cursor: line.place,
            station,
            epoch,
            seq,
            fate: match judged.fate {
                Fate::Applied => "applied",
                Fate::Flagged => "flagged",
                Fate::InReview(_) => "in_review",
                Fate::Resolved(_) => "resolved",
            }
            .to_owned(),
            conflict: judged.conflict.map(|conflict| word(&conflict)),
            review: match judged.fate {
                Fate::InReview(review) | Fate::Resolved(review) => Some(review.0),
                Fate::Applied | Fate::Flagged => None,
            },
        }),
    }
}

/// The item that an act is about.
pub(super) fn item_of(act: &Act) -> Option<&ItemId> {
    match act {
        Act::CheckedOut { item, .. } | Act::Returned { item } | Act::Renewed { item, .. } => Some(item),
        Act::Refused { item, .. } => item.as_ref(),
        Act::StationStarted { .. }
        | Act::CountedIssued { .. }
        | Act::CountedReturned { .. }
        | Act::Undone { .. }
        | Act::ReviewDecided { .. }
        | Act::ClockChanged { .. }
        | Act::Unknown { .. } => None,
    }
}

fn told(base: EventChange, act: &Act) -> EventChange {
    let item = item_of(act).map(ToString::to_string);
    let base = EventChange { item, ..base };
    let named = |name: &str| name.to_owned();
    match act {
        Act::StationStarted { .. } => EventChange { act: named("station_started"), ..base },
        Act::CheckedOut { patron, due, .. } => EventChange {
            act: named("checked_out"),
            patron: Some(patron.0),
            due: Some(due.to_string()),
            ..base
        },
        Act::Returned { .. } => EventChange { act: named("returned"), ..base },
        Act::Renewed { patron, due, .. } => {
            EventChange { act: named("renewed"), patron: Some(patron.0), due: Some(due.to_string()), ..base }
        }
        Act::CountedIssued { patron, title, count, due } => EventChange {
            act: named("counted_issued"),
            patron: Some(patron.0),
            title: Some(title.0),
            count: Some((*count).into()),
            due: Some(due.to_string()),
            ..base
        },
        Act::CountedReturned { patron, title, count } => EventChange {
            act: named("counted_returned"),
            patron: Some(patron.0),
            title: Some(title.0),
            count: Some((*count).into()),
            ..base
        },
        Act::Undone { seq } => EventChange { act: named("undone"), undoes: Some(seq.0), ..base },
        Act::Refused { reason, .. } => {
            EventChange { act: named("refused"), reason: Some(word(reason)), ..base }
        }
        Act::ReviewDecided { review, .. } => {
            EventChange { act: named("review_decided"), review: Some(review.0), ..base }
        }
        Act::ClockChanged { .. } => EventChange { act: named("clock_changed"), ..base },
        Act::Unknown { .. } => EventChange { act: named("unknown"), ..base },
    }
}
