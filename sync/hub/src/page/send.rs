//! Answers: pages, redirects, refusals; what every answer carries; squeezed where the browser can unsqueeze.

use super::frame::Frame;
use super::visitor;
use super::words;
use crate::store::StoreFault;
use askama::Template;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    LOCATION, REFERRER_POLICY, SET_COOKIE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::middleware::Next;
use exchange::Lang;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// Answers shorter than this, in bytes, are sent as they are: they fit into one packet.
const SMALL: usize = 1_000;

/// Answers longer than this, in bytes, are sent as they are: they are files, and squeezing them would hold a thread.
const LARGE: usize = 4 << 20;

/// Why a page is not shown.
pub(super) enum Refusal {
    /// Sign in first.
    SignIn,
    /// In words, with a status.
    Told(StatusCode, String),
    /// The store.
    Store(StoreFault),
}

impl Refusal {
    /// In words, with a status.
    pub(super) fn told(status: StatusCode, words: impl Into<String>) -> Refusal {
        Refusal::Told(status, words.into())
    }
}

impl From<StoreFault> for Refusal {
    fn from(fault: StoreFault) -> Refusal {
        Refusal::Store(fault)
    }
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    frame: Frame,
    text: String,
}

/// A page that says one thing.
pub(super) fn message(frame: Frame, status: StatusCode, text: String) -> Result<Response<Body>, StoreFault> {
    let lang = frame.lang;
    Ok(page(status, &MessagePage { frame, text }, lang))
}

/// A page.
pub(super) fn page(status: StatusCode, template: &impl Template, lang: Lang) -> Response<Body> {
    let Ok(text) = template.render() else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, words::Frame::of(lang).store_fault);
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    add_cookie(&mut response, &visitor::lang_cookie(lang));
    response
}

/// A sentence.
pub(super) fn plain(status: StatusCode, words: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// Sends the browser to another page of ours, with a GET.
pub(super) fn redirect(to: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    // An address of ours, never one that a browser reads as another host's.
    let ours = to.starts_with('/') && !to.starts_with("//") && !to.contains('\\');
    let to = if ours { HeaderValue::from_str(to).ok() } else { None };
    response.headers_mut().insert(LOCATION, to.unwrap_or(HeaderValue::from_static("/")));
    response
}

/// Adds a cookie.
pub(super) fn add_cookie(response: &mut Response<Body>, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// Adds what every answer carries.
pub(super) async fn harden(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    let mut set = |name, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "same-origin");
    set(
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Squeezes an answer with gzip where the browser takes it. A form's word stands in the same page as what was asked for;
/// its cookie is never sent with another site's request, so nobody else can have pages made to guess it by their length.
pub(super) async fn squeeze(request: Request, next: Next) -> Response<Body> {
    let takes = takes_gzip(request.headers());
    let response = next.run(request).await;
    let whole = response.body().size_hint().exact().and_then(|len| usize::try_from(len).ok());
    let fits = whole.is_some_and(|len| (SMALL..LARGE).contains(&len));
    if !takes || !fits || response.headers().contains_key(CONTENT_ENCODING) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LARGE).await else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "this answer could not be made");
    };
    let body = match gzip(&bytes) {
        Ok(short) => {
            parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            parts.headers.remove(CONTENT_LENGTH);
            Bytes::from(short)
        }
        Err(_) => bytes,
    };
    parts.headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    Response::from_parts(parts, Body::from(body))
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Whether gzip is among the encodings that are taken (RFC 9110, 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let list = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    list.split(',').any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        let never = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0_f32));
        matches!(name.trim(), "gzip" | "*") && !never
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        let takes = |list: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, list.parse().unwrap());
            takes_gzip(&headers)
        };
        assert!(takes("gzip") && takes("br, gzip;q=0.5") && takes("*"));
        assert!(!takes("br") && !takes("gzip;q=0") && !takes(""));
    }

    #[test]
    fn nobody_is_sent_to_another_host() {
        for to in ["https://evil.example/", "//evil.example", "/\\evil.example", "evil"] {
            assert_eq!(redirect(to).headers()[LOCATION], "/", "{to}");
        }
        assert_eq!(redirect("/reviews?page=2").headers()[LOCATION], "/reviews?page=2");
    }
}
