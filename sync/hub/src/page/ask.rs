//! What a browser asks, and the way every page is made: who asks is looked up, their right is checked, a form's word is
//! compared, and only then the page's own work is done, beside the threads that carry.

use super::doors::StandsOn;
use super::frame::{Frame, Seat};
use super::send::{self, Refusal};
use super::visitor::Visitor;
use super::words;
use crate::Hub;
use crate::server::{blocking, now_s};
use crate::store::{Deed, Note, Right, Role, Store, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;

/// The longest form, in bytes.
const MOST_FORM_LEN: usize = 64 * 1024;

/// For the body of a form.
const FORM_PATIENCE: Duration = Duration::from_secs(60);

/// What a page is, or why it is not shown.
pub(super) type Outcome = Result<Response<Body>, Refusal>;

/// What a browser asks.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    /// Who asks.
    pub(super) visitor: Visitor,
    right: Right,
    /// The page's address; of a form that is sent: that of the page on which it stands, which can be looked at.
    path: String,
    query: String,
}

impl<S: Sync> FromRequestParts<S> for Ask {
    type Rejection = Response<Body>;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Ask, Response<Body>> {
        let query = parts.uri.query().unwrap_or_default();
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("lang="));
        let visitor = Visitor::of(&parts.headers, asked);
        let Some(right) = parts.extensions.get::<Right>().copied() else {
            // An address that no door leads to: refused rather than open.
            let words = words::Frame::of(visitor.lang).store_fault;
            return Err(send::plain(StatusCode::INTERNAL_SERVER_ERROR, words));
        };
        if let Some(stands_on) = parts.extensions.get::<StandsOn>() {
            let (path, query) = stands_on.page_of(parts.uri.path());
            return Ok(Ask { visitor, right, path, query: query.to_owned() });
        }
        let kept: Vec<&str> =
            query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
        Ok(Ask { visitor, right, path: parts.uri.path().to_owned(), query: kept.join("&") })
    }
}

impl Ask {
    /// Makes a page that changes nothing.
    pub(super) async fn show(
        self,
        hub: Arc<Hub>,
        work: impl FnOnce(&mut Call<'_>) -> Outcome + Send + 'static,
    ) -> Response<Body> {
        self.run(hub, None, work).await
    }

    /// Does what a form wants, if `word` is the session's own.
    pub(super) async fn change(
        self,
        hub: Arc<Hub>,
        word: String,
        work: impl FnOnce(&mut Call<'_>) -> Outcome + Send + 'static,
    ) -> Response<Body> {
        self.run(hub, Some(word), work).await
    }

    async fn run(
        self,
        hub: Arc<Hub>,
        word: Option<String>,
        work: impl FnOnce(&mut Call<'_>) -> Outcome + Send + 'static,
    ) -> Response<Body> {
        let w = words::Frame::of(self.visitor.lang);
        let done = blocking(move || {
            hub.with(|store| match call(store, &self, word.as_deref(), work) {
                Err(Refusal::Store(fault)) => Err(fault),
                Err(refusal) => refused(store, &self, refusal),
                Ok(response) => Ok(response),
            })
        })
        .await;
        match done {
            Some(Ok(response)) => response,
            Some(Err(fault)) => {
                tracing::error!(%fault, "a page could not be shown");
                send::plain(StatusCode::SERVICE_UNAVAILABLE, w.store_fault)
            }
            None => send::plain(StatusCode::INTERNAL_SERVER_ERROR, w.store_fault),
        }
    }
}

fn call(
    store: &mut Store,
    ask: &Ask,
    word: Option<&str>,
    work: impl FnOnce(&mut Call<'_>) -> Outcome,
) -> Outcome {
    let (w, now_s) = (words::Frame::of(ask.visitor.lang), now_s());
    let token = ask.visitor.token.ok_or(Refusal::SignIn)?;
    let session = store.session(&token, now_s)?.ok_or(Refusal::SignIn)?;
    if word.is_some_and(|word| !same(word, &session.form)) {
        return Err(Refusal::told(StatusCode::FORBIDDEN, w.bad_form));
    }
    if !session.role.may(ask.right) {
        return Err(Refusal::told(StatusCode::FORBIDDEN, w.not_yours));
    }
    let seat = Seat::of(store, session)?;
    work(&mut Call { store, seat, ask, now_s })
}

/// Shows a refusal as a page: to somebody who is signed in, in their frame. Who signs in is led to the page that they looked
/// at, or on which the form stands that they sent.
fn refused(store: &mut Store, ask: &Ask, refusal: Refusal) -> Result<Response<Body>, StoreFault> {
    let frame = |seat| Frame::new(store, ask.visitor, seat, &ask.path, &ask.query);
    match refusal {
        Refusal::SignIn => {
            let to =
                if ask.query.is_empty() { ask.path.clone() } else { format!("{}?{}", ask.path, ask.query) };
            super::sign_in::page(frame(None)?, to, StatusCode::OK, None)
        }
        Refusal::Told(status, text) => {
            let session =
                ask.visitor.token.map(|token| store.session(&token, now_s())).transpose()?.flatten();
            let seat = session.map(|session| Seat::of(store, session)).transpose()?;
            send::message(Frame::new(store, ask.visitor, seat, &ask.path, &ask.query)?, status, text)
        }
        Refusal::Store(fault) => Err(fault),
    }
}

/// A page being made: who asks has the right to it.
pub(super) struct Call<'c> {
    /// The store.
    pub(super) store: &'c mut Store,
    /// Who sits before it, and the school they look at.
    pub(super) seat: Seat,
    /// Seconds since 1970.
    pub(super) now_s: i64,
    ask: &'c Ask,
}

impl Call<'_> {
    /// The language of the page.
    pub(super) fn lang(&self) -> exchange::Lang {
        self.ask.visitor.lang
    }

    /// The words that every page has.
    pub(super) fn words(&self) -> &'static words::Frame {
        words::Frame::of(self.lang())
    }

    /// What they are.
    pub(super) fn role(&self) -> Role {
        self.seat.session.role
    }

    /// The frame of the page.
    pub(super) fn frame(&self) -> Result<Frame, StoreFault> {
        self.frame_asked(&self.ask.query)
    }

    /// The frame of the page, which is shown as if this stood behind the question mark of its address.
    pub(super) fn frame_asked(&self, query: &str) -> Result<Frame, StoreFault> {
        Frame::new(self.store, self.ask.visitor, Some(self.seat.clone()), &self.ask.path, query)
    }

    /// A page.
    pub(super) fn page(&self, template: &impl Template) -> Outcome {
        Ok(send::page(StatusCode::OK, template, self.lang()))
    }

    /// The refusal that says that there is no such thing.
    pub(super) fn missing(&self) -> Refusal {
        Refusal::told(StatusCode::NOT_FOUND, self.words().not_found)
    }

    /// Writes down what they did to something of the school they look at.
    pub(super) fn note(&mut self, deed: Deed, object: &str) -> Result<(), StoreFault> {
        let note = Note { school: Some(self.seat.school.id), login: &self.seat.session.login, deed, object };
        self.store.note(note, self.now_s)
    }
}

/// A form: its fields, and the word that shows that it is one of ours.
#[derive(Debug)]
pub(super) struct Posted<T> {
    /// The word.
    pub(super) word: String,
    /// The fields.
    pub(super) fields: T,
}

#[derive(Debug, Deserialize)]
struct Word {
    #[serde(default)]
    form: String,
}

/// What stands behind the question mark of an address. What cannot be read is told in words, in the frame.
#[derive(Debug)]
pub(super) struct Terms<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Hub>> for Terms<T> {
    type Rejection = Response<Body>;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Terms<T>, Response<Body>> {
        if let Ok(axum::extract::Query(asked)) = axum::extract::Query::try_from_uri(&parts.uri) {
            return Ok(Terms(asked));
        }
        let mut ask = Ask::from_request_parts(parts, hub).await?;
        let words = words::Frame::of(ask.visitor.lang).bad_address;
        // The links to other languages must not lead to the same fault.
        ask.query.clear();
        Err(ask.show(Arc::clone(hub), move |_| Err(Refusal::told(StatusCode::BAD_REQUEST, words))).await)
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Posted<T> {
    type Rejection = Response<Body>;

    async fn from_request(request: Request, _: &S) -> Result<Posted<T>, Response<Body>> {
        let w = words::Frame::of(Visitor::of(request.headers(), None).lang);
        let body = axum::body::to_bytes(request.into_body(), MOST_FORM_LEN);
        let bytes = match tokio::time::timeout(FORM_PATIENCE, body).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(_)) => return Err(send::plain(StatusCode::PAYLOAD_TOO_LARGE, w.too_long)),
            Err(_) => return Err(send::plain(StatusCode::REQUEST_TIMEOUT, w.bad_form)),
        };
        let bad = |_| send::plain(StatusCode::BAD_REQUEST, w.bad_form);
        let word: Word = serde_urlencoded::from_bytes(&bytes).map_err(bad)?;
        let fields = serde_urlencoded::from_bytes(&bytes).map_err(bad)?;
        Ok(Posted { word: word.form, fields })
    }
}

/// Whether two words are the same, in a time that does not tell how far they are.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}
