//! The style sheet and the script: files in this binary, under names that change with their content, so that a browser
//! fetches each once and keeps it.

use crate::Hub;
use axum::Router;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use axum::routing::get;
use std::sync::Arc;

const STYLE: &str = include_str!("../../templates/style.css");

/// htmx 2.0.11 (Zero-Clause BSD, see `templates/vendor/htmx-LICENSE`).
const SCRIPT: &str = include_str!("../../templates/vendor/htmx-2.0.11.min.js");

/// What stands behind the style sheet's name.
pub(super) const STYLE_MARK: u64 = mark(STYLE);

/// What stands behind the script's name.
pub(super) const SCRIPT_MARK: u64 = mark(SCRIPT);

/// The addresses.
pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/style.css", get(|| async { file("text/css; charset=utf-8", STYLE) }))
        .route("/htmx.js", get(|| async { file("text/javascript; charset=utf-8", SCRIPT) }))
}

fn file(kind: &'static str, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(CACHE_CONTROL, forever);
    response
}

/// FNV-1a, 64 bits: tells contents apart, and is no secret.
const fn mark(text: &str) -> u64 {
    let (bytes, mut hash, mut n) = (text.as_bytes(), 0xcbf2_9ce4_8422_2325_u64, 0);
    while n < bytes.len() {
        hash = (hash ^ bytes[n] as u64).wrapping_mul(0x0100_0000_01b3);
        n += 1;
    }
    hash
}
