//! The region's page: a librarian signs in, sees what each station sent, and decides reviews; lets stations join.
//!
//! Invariants:
//! - Nothing of a school is shown to anybody who is not signed in; nothing is changed but by a form that carries the
//!   session's own word.
//! - No script, no foreign host: one page, one style sheet. All words are in `words`.
//! - What the page counts is what `oqyrman-hub status` counts.

mod receipt;
mod tell;
mod visitor;
mod words;

use crate::Hub;
use crate::fold::{Decree, EventRef};
use crate::server::{blocking, now_s};
use crate::store::{
    ApproveFault, Counts, DecideFault, LoginFault, Role, SchoolId, SchoolLine, Session, Store, StoreFault,
    check_password,
};
use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Form, Path, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::routing::{get, post};
use exchange::{Epoch, Lang, ReviewId, Seq, StationId};
use serde::Deserialize;
use std::sync::Arc;
use tell::{EventRow, ReviewCard, Teller};
use visitor::Visitor;
use words::{Words, fill};

/// Events on one page.
const PAGE_EVENTS: u32 = 50;

/// Reviews on one page, of each sort.
const PAGE_REVIEWS: u32 = 100;

/// The page's addresses.
pub(crate) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/", get(overview))
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/station/{id}", get(station))
        .route("/reviews", get(reviews))
        .route("/review/{id}", post(decide))
        .route("/receipt", get(receipt::show).post(receipt::verify))
        .route("/enrolment", post(enrolment))
        .route("/school", post(look_at))
        .route("/style.css", get(style))
        .fallback(not_found)
}

/// What an address may ask for.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    lang: Option<String>,
    epoch: Option<u32>,
    seq: Option<u64>,
}

/// What every page needs.
struct Frame {
    w: &'static Words,
    lang: Lang,
    /// Who looks; `None` for somebody who is not signed in.
    seat: Option<Seat>,
    reviews_open: u64,
    here: String,
}

impl Frame {
    /// The name at the top.
    fn school(&self) -> &str {
        self.seat.as_ref().map_or(self.w.region, |seat| &seat.school.name)
    }

    /// The word that forms bring along.
    fn form(&self) -> &str {
        self.seat.as_ref().map_or("", |seat| &seat.session.form)
    }

    /// Whether they may look at pupils, books and loans.
    fn sees_loans(&self) -> bool {
        self.seat.as_ref().is_some_and(|seat| seat.session.role.sees_loans())
    }
}

/// Somebody who is signed in, and the school they look at.
#[derive(Debug, Clone)]
struct Seat {
    session: Session,
    school: SchoolLine,
    /// Schools they may choose from; those of one school have no choice.
    schools: Vec<SchoolLine>,
}

impl Seat {
    fn of(store: &Store, session: Session) -> Result<Seat, StoreFault> {
        let mut schools = store.schools()?;
        let wanted = session.school;
        let place = wanted.and_then(|wanted| schools.iter().position(|school| school.id == wanted));
        let school = match (place, wanted) {
            (Some(place), _) => schools.get(place),
            (None, Some(_)) => None,
            (None, None) => schools.first(),
        };
        let school = school.cloned().ok_or(StoreFault::Damaged("a region without schools"))?;
        if !session.role.sees_all_schools() {
            schools.clear();
        }
        Ok(Seat { session, school, schools })
    }
}

/// Refuses what somebody's role does not let them do.
fn only(visitor: Visitor, seat: &Seat, may: fn(Role) -> bool) -> Result<(), Refusal> {
    if may(seat.session.role) {
        return Ok(());
    }
    Err(Refusal::Told(StatusCode::FORBIDDEN, visitor.words().not_yours.into()))
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    frame: Frame,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    counts: Counts,
    open_loans: u64,
    flagged: u64,
    stations: Vec<StationCard>,
    pending: Vec<(String, String)>,
    /// Whether a station is let in by typing its code.
    by_code: bool,
}

struct StationCard {
    id: u32,
    name: String,
    heard: String,
    counts: Counts,
    waiting: u64,
    warnings: Vec<String>,
}

#[derive(Template)]
#[template(path = "station.html")]
struct StationPage {
    frame: Frame,
    title: String,
    warnings: Vec<String>,
    rows: Vec<EventRow>,
    older: Option<(u32, u64)>,
}

#[derive(Template)]
#[template(path = "reviews.html")]
struct ReviewsPage {
    frame: Frame,
    open: Vec<ReviewCard>,
    decided: Vec<ReviewCard>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    frame: Frame,
    text: String,
}

/// Why a page is not shown.
enum Refusal {
    /// Sign in first.
    SignIn,
    /// In words, with a status.
    Told(StatusCode, String),
    /// The store.
    Store(StoreFault),
}

impl From<StoreFault> for Refusal {
    fn from(fault: StoreFault) -> Refusal {
        Refusal::Store(fault)
    }
}

type Outcome = Result<Response<Body>, Refusal>;

/// Runs what a request wants beside the threads that carry, with the store, and shows what came out.
async fn with_store(
    hub: Arc<Hub>,
    visitor: Visitor,
    here: String,
    work: impl FnOnce(&mut Store, Seat) -> Outcome + Send + 'static,
) -> Response<Body> {
    let done = blocking(move || {
        hub.with(|store| {
            let outcome = (|| {
                let token = visitor.token.ok_or(Refusal::SignIn)?;
                let session = store.session(&token, now_s())?.ok_or(Refusal::SignIn)?;
                let seat = Seat::of(store, session)?;
                work(store, seat)
            })();
            outcome.or_else(|refusal| refused(store, visitor, here, refusal))
        })
    })
    .await;
    match done {
        Some(Ok(response)) => response,
        Some(Err(Refusal::Store(fault))) => {
            tracing::error!(%fault, "a page could not be shown");
            plain(StatusCode::SERVICE_UNAVAILABLE, visitor.words().store_fault)
        }
        Some(Err(Refusal::SignIn | Refusal::Told(..))) | None => {
            plain(StatusCode::INTERNAL_SERVER_ERROR, visitor.words().store_fault)
        }
    }
}

/// Shows a refusal as a page.
fn refused(store: &Store, visitor: Visitor, here: String, refusal: Refusal) -> Outcome {
    match refusal {
        Refusal::SignIn => {
            let frame = frame(store, visitor, None, here)?;
            page(StatusCode::OK, visitor, &SignInPage { frame, fault: None })
        }
        Refusal::Told(status, text) => {
            let frame = frame(store, visitor, None, here)?;
            page(status, visitor, &MessagePage { frame, text })
        }
        Refusal::Store(fault) => Err(Refusal::Store(fault)),
    }
}

fn frame(store: &Store, visitor: Visitor, seat: Option<Seat>, here: String) -> Result<Frame, StoreFault> {
    let reviews_open = match &seat {
        Some(seat) if seat.session.role.sees_loans() => store.review_counts(seat.school.id)?.0,
        Some(_) | None => 0,
    };
    Ok(Frame { w: visitor.words(), lang: visitor.lang, seat, reviews_open, here })
}

fn page(status: StatusCode, visitor: Visitor, template: &impl Template) -> Outcome {
    let text = template
        .render()
        .map_err(|_| Refusal::Told(StatusCode::INTERNAL_SERVER_ERROR, visitor.words().store_fault.into()))?;
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(CONTENT_TYPE, "text/html; charset=utf-8");
    set(CACHE_CONTROL, "no-store");
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "same-origin");
    set(
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    add_cookie(&mut response, &visitor::lang_cookie(visitor.lang));
    Ok(response)
}

fn add_cookie(response: &mut Response<Body>, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

fn redirect(to: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, HeaderValue::from_static(to));
    response
}

fn plain(status: StatusCode, words: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

async fn style() -> Response<Body> {
    let mut response = Response::new(Body::from(include_str!("../../templates/style.css")));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
    response
}

async fn not_found(headers: HeaderMap) -> Response<Body> {
    plain(StatusCode::NOT_FOUND, Visitor::of(&headers, None).words().not_found)
}

async fn overview(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, asked.lang.as_deref());
    with_store(hub, visitor, "/".into(), move |store, seat| {
        let now_s = now_s();
        let w = visitor.words();
        let stations = store.stations(seat.school.id)?.into_iter().map(|station| {
            let heard = match station.contact_s {
                Some(at_s) => fill(w.minutes_ago, &[("minutes", &((now_s - at_s).max(0) / 60).to_string())]),
                None => w.never.to_owned(),
            };
            StationCard {
                id: station.id.0,
                heard,
                counts: station.counts,
                waiting: station.waiting,
                warnings: warnings(w, &station),
                name: station.name,
            }
        });
        let stations = stations.collect();
        let keeps = seat.session.role.keeps_stations();
        // Who has one school of several is told by its station's screen, not by a list of all that wait anywhere.
        let sees_pending = keeps && (seat.session.role.sees_all_schools() || store.schools()?.len() == 1);
        let pending = if sees_pending { store.pending(now_s)? } else { Vec::new() };
        let pending = pending.into_iter().map(|one| (one.code, one.name)).collect();
        let template = OverviewPage {
            counts: store.counts(seat.school.id)?,
            open_loans: store.open_loans(seat.school.id)?,
            flagged: store.flagged(seat.school.id)?,
            stations,
            pending,
            by_code: keeps && !sees_pending,
            frame: frame(store, visitor, Some(seat), "/".into())?,
        };
        page(StatusCode::OK, visitor, &template)
    })
    .await
}

/// A clock that is off by more than this is told.
const CLOCK_S: i64 = 120;

fn warnings(w: &Words, station: &crate::store::StationLine) -> Vec<String> {
    let mut warnings = Vec::new();
    let minutes = (station.ahead_s.unsigned_abs() / 60).to_string();
    if station.contact_s.is_some() && station.ahead_s > CLOCK_S {
        warnings.push(fill(w.clock_ahead, &[("minutes", &minutes)]));
    }
    if station.contact_s.is_some() && station.ahead_s < -CLOCK_S {
        warnings.push(fill(w.clock_behind, &[("minutes", &minutes)]));
    }
    if station.revoked_s.is_some() {
        warnings.push(w.revoked.to_owned());
    }
    if station.set_aside > 0 {
        warnings.push(fill(w.set_aside, &[("count", &station.set_aside.to_string())]));
    }
    warnings
}

async fn station(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, asked.lang.as_deref());
    let here = format!("/station/{}", id.parse::<u32>().unwrap_or(0));
    with_store(hub, visitor, here.clone(), move |store, seat| {
        let w = visitor.words();
        let unknown = || Refusal::Told(StatusCode::NOT_FOUND, w.not_found.into());
        let id = StationId(id.parse().map_err(|_| unknown())?);
        only(visitor, &seat, Role::sees_loans)?;
        let line = store
            .stations(seat.school.id)?
            .into_iter()
            .find(|station| station.id == id)
            .ok_or_else(unknown)?;
        let before = asked.epoch.zip(asked.seq);
        let before = before.map(|(epoch, seq)| EventRef { station: id, epoch: Epoch(epoch), seq: Seq(seq) });
        let lines = store.events(id, before, PAGE_EVENTS)?;
        let older = lines
            .last()
            .filter(|_| lines.len() == PAGE_EVENTS as usize)
            .map(|line| (line.who.epoch.0, line.who.seq.0));
        let rows = {
            let teller = Teller::new(store, seat.school.id, visitor.lang)?;
            lines.iter().map(|line| teller.event(line)).collect::<Result<Vec<_>, StoreFault>>()?
        };
        let template = StationPage {
            title: fill(w.events_of, &[("station", &line.name)]),
            warnings: warnings(w, &line),
            rows,
            older,
            frame: frame(store, visitor, Some(seat), here)?,
        };
        page(StatusCode::OK, visitor, &template)
    })
    .await
}

async fn reviews(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, asked.lang.as_deref());
    with_store(hub, visitor, "/reviews".into(), move |store, seat| {
        only(visitor, &seat, Role::sees_loans)?;
        let (open, decided) = {
            let teller = Teller::new(store, seat.school.id, visitor.lang)?;
            let cards = |undecided| {
                let lines = store.reviews(seat.school.id, undecided, PAGE_REVIEWS)?;
                lines.iter().map(|line| teller.review(line)).collect::<Result<Vec<_>, StoreFault>>()
            };
            (cards(true)?, cards(false)?)
        };
        let template =
            ReviewsPage { open, decided, frame: frame(store, visitor, Some(seat), "/reviews".into())? };
        page(StatusCode::OK, visitor, &template)
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Decision {
    form: String,
    decree: String,
}

async fn decide(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Form(decision): Form<Decision>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, None);
    with_store(hub, visitor, "/reviews".into(), move |store, seat| {
        let w = visitor.words();
        let bad = || Refusal::Told(StatusCode::FORBIDDEN, w.bad_form.into());
        if !same(&decision.form, &seat.session.form) {
            return Err(bad());
        }
        only(visitor, &seat, Role::sees_loans)?;
        let decree = match decision.decree.as_str() {
            "accept" => Decree::Accept,
            "reject" => Decree::Reject,
            "withdraw" => Decree::Withdraw,
            _ => return Err(bad()),
        };
        let review = ReviewId(id.parse().map_err(|_| bad())?);
        let late = |text: String| Refusal::Told(StatusCode::CONFLICT, text);
        store.decide(seat.school.id, review, decree, &seat.session.login, now_s()).map_err(|fault| {
            match fault {
                DecideFault::Unknown(_) => late(w.review_gone.into()),
                DecideFault::Decided { by } => late(fill(w.decided_already, &[("who", &by)])),
                DecideFault::Undecided => late(w.not_decided.into()),
                DecideFault::Store(fault) => Refusal::Store(fault),
            }
        })?;
        Ok(redirect("/reviews"))
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Joining {
    form: String,
    code: String,
    verdict: String,
}

async fn enrolment(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Form(joining): Form<Joining>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, None);
    with_store(hub, visitor, "/".into(), move |store, seat| {
        let w = visitor.words();
        let bad = || Refusal::Told(StatusCode::FORBIDDEN, w.bad_form.into());
        if !same(&joining.form, &seat.session.form) {
            return Err(bad());
        }
        only(visitor, &seat, Role::keeps_stations)?;
        let done = match joining.verdict.as_str() {
            "approve" => store.approve(seat.school.id, &joining.code, &seat.session.login, now_s()).map(drop),
            "refuse" => store.refuse(&joining.code),
            _ => return Err(bad()),
        };
        done.map_err(|fault| match fault {
            ApproveFault::Unknown(_) | ApproveFault::NoStation(_) => {
                Refusal::Told(StatusCode::CONFLICT, w.code_unknown.into())
            }
            ApproveFault::Store(fault) => Refusal::Store(fault),
        })?;
        Ok(redirect("/"))
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Looked {
    form: String,
    school: u32,
}

/// Somebody of all schools turns to one.
async fn look_at(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Form(looked): Form<Looked>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, None);
    with_store(hub, visitor, "/".into(), move |store, seat| {
        if !same(&looked.form, &seat.session.form) {
            return Err(Refusal::Told(StatusCode::FORBIDDEN, visitor.words().bad_form.into()));
        }
        if let Some(token) = &visitor.token {
            store.look_at(token, SchoolId(looked.school))?;
        }
        Ok(redirect("/"))
    })
    .await
}

#[derive(Deserialize)]
struct SignIn {
    login: String,
    password: String,
}

/// Signs somebody in. The password is checked while the store is free for others.
async fn sign_in(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, None);
    let done = blocking(move || {
        let now_s = now_s();
        let w = visitor.words();
        let hash = hub.with(|store| store.password_hash(&form.login, now_s));
        let right = match &hash {
            Ok(hash) => check_password(hash.as_deref(), &form.password) && hash.is_some(),
            Err(_) => false,
        };
        hub.with(|store| {
            let fault = match hash {
                Err(LoginFault::Store(fault)) => return Err(Refusal::Store(fault)),
                Err(LoginFault::Locked { wait_s }) => fill(w.locked, &[("seconds", &wait_s.to_string())]),
                Err(LoginFault::Wrong) => w.wrong_password.to_owned(),
                Ok(_) if !right => {
                    store.note_failure(&form.login, now_s)?;
                    w.wrong_password.to_owned()
                }
                Ok(_) => {
                    let (mut token, mut word) = ([0; 32], [0; 16]);
                    if getrandom::fill(&mut token).and_then(|()| getrandom::fill(&mut word)).is_err() {
                        return Err(Refusal::Told(StatusCode::SERVICE_UNAVAILABLE, w.store_fault.into()));
                    }
                    let word: String = word.iter().map(|byte| format!("{byte:02x}")).collect();
                    store.sign_in(&form.login, &token, &word, now_s)?;
                    let mut response = redirect("/");
                    add_cookie(&mut response, &visitor::session_cookie(&token));
                    return Ok(response);
                }
            };
            let frame = frame(store, visitor, None, "/".into())?;
            page(StatusCode::UNAUTHORIZED, visitor, &SignInPage { frame, fault: Some(fault) })
        })
    })
    .await;
    done.and_then(Result::ok)
        .unwrap_or_else(|| plain(StatusCode::SERVICE_UNAVAILABLE, visitor.words().store_fault))
}

#[derive(Debug, Deserialize)]
struct SignOut {
    form: String,
}

async fn sign_out(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    Form(form): Form<SignOut>,
) -> Response<Body> {
    let visitor = Visitor::of(&headers, None);
    with_store(hub, visitor, "/".into(), move |store, seat| {
        if !same(&form.form, &seat.session.form) {
            return Err(Refusal::Told(StatusCode::FORBIDDEN, visitor.words().bad_form.into()));
        }
        if let Some(token) = &visitor.token {
            store.sign_out(token)?;
        }
        let mut response = redirect("/");
        add_cookie(&mut response, &visitor::no_session_cookie());
        Ok(response)
    })
    .await
}

/// Whether two words are the same, in a time that does not tell how far they are.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}
