//! Signing in and out, and turning to another school.
//!
//! A session's token is made anew at each sign-in, and one that the browser held before is ended: what somebody else put
//! there is of no use. Wrong passwords lock a login for a while, and an address that tries many logins for longer.

use super::ask::{Outcome, Posted, same};
use super::frame::{Frame, Seat};
use super::send::{self, Refusal, add_cookie, redirect};
use super::visitor::{self, Visitor};
use super::words::{self, SignIn, fill};
use crate::Hub;
use crate::server::{blocking, now_s};
use crate::store::{Deed, LoginFault, Note, SchoolId, Session, Store, StoreFault, check_password};
use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use serde::Deserialize;
use std::net::IpAddr;
use std::sync::Arc;

/// The address at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) IpAddr);

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    frame: Frame,
    w: &'static SignIn,
    /// The address that was asked for, to which signing in leads.
    to: String,
    fault: Option<String>,
}

/// The addresses that nobody needs a right for.
pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/sign-in", post(sign_in).get(|| async { redirect("/") }))
        .route("/sign-out", post(sign_out))
        .route("/school", post(look_at))
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
}

/// The page on which somebody signs in, to be led to the address `to` then.
pub(super) fn page(
    frame: Frame,
    to: String,
    status: StatusCode,
    fault: Option<String>,
) -> Result<Response<Body>, StoreFault> {
    let lang = frame.lang;
    Ok(send::page(status, &SignInPage { frame, w: SignIn::of(lang), to, fault }, lang))
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
    /// Where to go then; the first page if it is no address of ours.
    #[serde(default)]
    to: String,
}

/// Signs somebody in. The password is checked while the store is free for others.
async fn sign_in(
    State(hub): State<Arc<Hub>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Posted { fields, .. }: Posted<Credentials>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, None);
    let address = peer.map(|Extension(Peer(address))| address);
    let done = blocking(move || try_sign_in(&hub, visitor, address, &fields)).await;
    done.and_then(Result::ok).unwrap_or_else(|| {
        send::plain(StatusCode::SERVICE_UNAVAILABLE, words::Frame::of(visitor.lang).store_fault)
    })
}

fn try_sign_in(
    hub: &Hub,
    visitor: Visitor,
    address: Option<IpAddr>,
    fields: &Credentials,
) -> Result<Response<Body>, StoreFault> {
    let (now_s, w) = (now_s(), SignIn::of(visitor.lang));
    let login = fields.login.trim();
    let hash = hub.with(|store| store.password_hash(login, address, now_s));
    let right = match &hash {
        Ok(hash) => check_password(hash.as_deref(), &fields.password) && hash.is_some(),
        Err(_) => false,
    };
    hub.with(|store| {
        let fault = match hash {
            Err(LoginFault::Store(fault)) => return Err(fault),
            Err(LoginFault::Locked { wait_s }) => fill(w.locked, &[("seconds", &wait_s.to_string())]),
            Err(LoginFault::Wrong) => w.wrong_password.to_owned(),
            Ok(hash) if !right => {
                store.note_failure(login, address, now_s)?;
                // Who mistook the fields has typed a password here: a login that nobody has is not written down.
                let known = if hash.is_some() { login } else { "" };
                note(store, known, Deed::SignInFailed, now_s)?;
                w.wrong_password.to_owned()
            }
            Ok(_) => {
                let (mut token, mut word) = ([0; 32], [0; 16]);
                if getrandom::fill(&mut token).and_then(|()| getrandom::fill(&mut word)).is_err() {
                    return Err(StoreFault::Damaged("this machine gives no random numbers"));
                }
                let word: String = word.iter().map(|byte| format!("{byte:02x}")).collect();
                if let Some(old) = &visitor.token {
                    store.sign_out(old)?;
                }
                store.sign_in(login, &token, &word, now_s)?;
                note(store, login, Deed::SignedIn, now_s)?;
                let mut response = redirect(&fields.to);
                add_cookie(&mut response, &visitor::session_cookie(&token));
                return Ok(response);
            }
        };
        let frame = Frame::new(store, visitor, None, "/", "")?;
        page(frame, fields.to.clone(), StatusCode::UNAUTHORIZED, Some(fault))
    })
}

fn note(store: &mut Store, login: &str, deed: Deed, now_s: i64) -> Result<(), StoreFault> {
    let school = store.school_of_staff(login)?;
    store.note(Note { school, login, deed, object: "" }, now_s)
}

/// Does what a form of somebody signed in wants that needs no right.
async fn with_session(
    hub: Arc<Hub>,
    headers: HeaderMap,
    word: String,
    work: impl FnOnce(&mut Store, &[u8; 32], Session) -> Outcome + Send + 'static,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, None);
    let w = words::Frame::of(visitor.lang);
    let done = blocking(move || {
        hub.with(|store| {
            let Some(token) = visitor.token else { return Ok(redirect("/")) };
            let Some(session) = store.session(&token, now_s())? else { return Ok(redirect("/")) };
            if !same(&word, &session.form) {
                let frame = Frame::new(store, visitor, Some(Seat::of(store, session)?), "/", "")?;
                return send::message(frame, StatusCode::FORBIDDEN, w.bad_form.into()).map_err(Refusal::from);
            }
            work(store, &token, session)
        })
    })
    .await;
    done.and_then(Result::ok).unwrap_or_else(|| send::plain(StatusCode::SERVICE_UNAVAILABLE, w.store_fault))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn sign_out(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Posted { word, .. }: Posted<Nothing>,
) -> Response<Body> {
    with_session(hub, headers, word, |store, token, session| {
        store.sign_out(token)?;
        note(store, &session.login, Deed::SignedOut, now_s())?;
        let mut response = redirect("/");
        add_cookie(&mut response, &visitor::no_session_cookie());
        Ok(response)
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Looked {
    school: u32,
}

/// Somebody of all schools turns to one.
async fn look_at(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Posted { word, fields }: Posted<Looked>,
) -> Response<Body> {
    with_session(hub, headers, word, move |store, token, _| {
        store.look_at(token, SchoolId(fields.school))?;
        Ok(redirect("/"))
    })
    .await
}
