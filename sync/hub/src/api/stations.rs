//! Stations, and how they are.

use super::problem::{Kind, Problem};
use super::{Caller, word};
use crate::Hub;
use crate::store::{Scope, StationLine};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The stations of a school.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Stations {
    stations: Vec<Station>,
}

/// A station, and how it is. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Station {
    /// Its number in the region.
    id: u32,
    /// What it is called.
    name: String,
    /// `good`, `silent` (not heard for a day), `unheard` (never) or `revoked`.
    state: String,
    /// Which life of its journal this is, from 1.
    epoch: u32,
    /// The fingerprint of its key.
    fingerprint: String,
    /// When it was last heard.
    contact_s: Option<i64>,
    /// When the newest event happened that the region has of it.
    upto_s: Option<i64>,
    /// Events it had when last heard that the region does not have yet.
    waiting: u64,
    /// How far its clock is ahead, in seconds; behind if negative.
    clock_ahead_s: i64,
    /// When it was revoked.
    revoked_s: Option<i64>,
    /// Messages of it that count nowhere: another history, a revoked or replaced device.
    set_aside: u64,
    /// Loans it made.
    lent: u64,
    /// Returns it took.
    returned: u64,
    /// Renewals it made.
    renewed: u64,
    /// What it refused.
    refused: u64,
    /// All its events.
    events: u64,
}

/// How a station is.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Being {
    Good,
    Silent,
    Unheard,
    Revoked,
}

/// A station that was not heard for so long is silent, in seconds.
const SILENT_S: i64 = 86_400;

fn station(line: StationLine, now_s: i64) -> Station {
    let state = match (line.revoked_s, line.contact_s) {
        (Some(_), _) => Being::Revoked,
        (None, None) => Being::Unheard,
        (None, Some(at_s)) if at_s < now_s - SILENT_S => Being::Silent,
        (None, Some(_)) => Being::Good,
    };
    Station {
        id: line.id.0,
        name: line.name,
        state: word(&state),
        epoch: line.epoch.0,
        fingerprint: line.fingerprint,
        contact_s: line.contact_s,
        upto_s: line.upto_s,
        waiting: line.waiting,
        clock_ahead_s: line.ahead_s,
        revoked_s: line.revoked_s,
        set_aside: line.set_aside,
        lent: line.counts.lent,
        returned: line.counts.returned,
        renewed: line.counts.renewed,
        refused: line.counts.refused,
        events: line.counts.events,
    }
}

/// The stations of a school, by number.
#[utoipa::path(get, path = "/schools/{school}/stations", tag = "stations", operation_id = "stations",
    params(("school" = u32, Path, description = "The school's number")),
    responses(
        (status = 200, body = Stations),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:stations"])))]
pub(super) async fn list(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path(school): Path<String>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadStations)
        .about(school, |store, school, _| {
            let now_s = crate::server::now_s();
            let lines = store.stations(school)?.into_iter();
            Ok(Stations { stations: lines.map(|line| station(line, now_s)).collect() })
        })
        .await
}

/// One station of a school.
#[utoipa::path(get, path = "/schools/{school}/stations/{station}", tag = "stations", operation_id = "station",
    params(
        ("school" = u32, Path, description = "The school's number"),
        ("station" = u32, Path, description = "The station's number")),
    responses(
        (status = 200, body = Station),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:stations"])))]
pub(super) async fn one(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path((school, id)): Path<(String, String)>,
) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadStations)
        .about(school, move |store, school, _| {
            let line = store.stations(school)?.into_iter().find(|line| line.id.0.to_string() == id);
            line.map(|line| station(line, crate::server::now_s()))
                .ok_or_else(|| Problem::new(Kind::Missing, "this school has no such station"))
        })
        .await
}
