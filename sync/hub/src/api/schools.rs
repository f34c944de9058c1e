//! Schools.

use super::Caller;
use crate::Hub;
use crate::store::Scope;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The schools that the token is for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Schools {
    schools: Vec<School>,
}

/// A school.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct School {
    /// Its number in the region.
    id: u32,
    /// Its name.
    name: String,
}

/// The schools that the token is for, by name.
#[utoipa::path(get, path = "/schools", tag = "stations", operation_id = "schools",
    responses(
        (status = 200, body = Schools),
        (status = "default", body = super::problem::ProblemForm, content_type = "application/problem+json")),
    security(("token" = ["read:stations"])))]
pub(super) async fn list(State(hub): State<Arc<Hub>>, headers: HeaderMap) -> Response<Body> {
    Caller::new(hub, headers, Scope::ReadStations)
        .answer(|store, token| {
            let all = store.schools()?.into_iter();
            let own = all.filter(|school| token.school.is_none_or(|own| own == school.id));
            Ok(Schools { schools: own.map(|school| School { id: school.id.0, name: school.name }).collect() })
        })
        .await
}
