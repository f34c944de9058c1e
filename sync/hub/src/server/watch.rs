//! What those see who watch machines: `/health` for a balancer, `/metrics` for Prometheus.
//!
//! Invariants:
//! - Health is asked of the database, not of the process: a hub that cannot keep anything is not well.
//! - Numbers are given only for the token in the region's folder; none of them is about a person, a school or a station.

use super::{blocking, now_s, process, text};
use crate::Hub;
use crate::hub::write_private;
use crate::store::{Health, Store, StoreFault};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::routing::get;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// File of the token in the region's folder.
pub const TOKEN_FILE: &str = "metrics.token";

/// The addresses.
pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new().route("/health", get(health)).route("/metrics", get(metrics))
}

/// The token of the region in `dir`; made where there is none yet.
///
/// # Errors
/// The file cannot be read or written, or there is no randomness.
pub(crate) fn token(dir: &Path) -> std::io::Result<String> {
    let path = dir.join(TOKEN_FILE);
    match std::fs::read_to_string(&path) {
        Ok(token) => return Ok(token.trim().to_owned()),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {}
        Err(fault) => return Err(fault),
    }
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    write_private(&path, token.as_bytes())?;
    Ok(token)
}

async fn health(State(hub): State<Arc<Hub>>) -> Response<Body> {
    match blocking(move || hub.with(|store| store.health(now_s()))).await {
        Some(Ok(_)) => text(StatusCode::OK, "well\n"),
        Some(Err(fault)) => {
            let fault: StoreFault = fault;
            tracing::error!(%fault, "the region is not well");
            text(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
        None => text(StatusCode::INTERNAL_SERVER_ERROR, "this could not be answered\n"),
    }
}

async fn metrics(State(hub): State<Arc<Hub>>, headers: HeaderMap) -> Response<Body> {
    let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Hashes are compared: how long that takes says nothing about the token.
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    if digest(shown) != digest(&format!("Bearer {}", hub.metrics_token())) {
        return text(
            StatusCode::UNAUTHORIZED,
            "numbers are given for the token in the file metrics.token of the region's folder\n",
        );
    }
    let counted = Arc::clone(&hub);
    let read =
        move || hub.with(|store: &mut Store| Ok::<_, StoreFault>((store.kind(), store.health(now_s())?)));
    match blocking(read).await {
        Some(Ok((kind, health))) => {
            let numbers = [exposition(kind, health), counted.traffic().exposition(), process::exposition()];
            let mut response = Response::new(Body::from(numbers.concat()));
            let headers = response.headers_mut();
            headers
                .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Some(Err(fault)) => {
            tracing::error!(%fault, "the region's numbers cannot be read");
            text(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
        None => text(StatusCode::INTERNAL_SERVER_ERROR, "this could not be answered\n"),
    }
}

/// Numbers in the text form of Prometheus (exposition format 0.0.4).
fn exposition(kind: &str, health: Health) -> String {
    let mut text = String::new();
    let _ =
        writeln!(text, "# HELP oqyrman_store Which database keeps the region.\n# TYPE oqyrman_store gauge");
    let _ = writeln!(text, "oqyrman_store{{kind=\"{kind}\"}} 1");
    let lines = [
        ("schools", "gauge", "Schools of the region.", health.schools),
        ("stations", "gauge", "Stations that were not revoked.", health.stations),
        ("stations_unheard", "gauge", "Stations that were never heard.", health.stations_unheard),
        ("stations_silent", "gauge", "Stations that were not heard for a day.", health.stations_silent),
        ("events_total", "counter", "Events that are stored.", health.events),
        (
            "events_waiting",
            "gauge",
            "Events that stations had when last heard, not stored yet.",
            health.waiting,
        ),
        ("reviews_open", "gauge", "Reviews that wait for somebody.", health.reviews_open),
        (
            "messages_set_aside",
            "gauge",
            "Messages that count nowhere: forks, revoked stations.",
            health.set_aside,
        ),
    ];
    for (name, sort, help, value) in lines {
        let _ = writeln!(
            text,
            "# HELP oqyrman_{name} {help}\n# TYPE oqyrman_{name} {sort}\noqyrman_{name} {value}"
        );
    }
    text
}
