//! The API for outside systems, `/api/v1`: JSON, tokens with scopes, problem details in words. `docs/api.md` is the guide;
//! `openapi.json` is made from this code, served, and checked in as `docs/openapi.json`.
//!
//! Invariants:
//! - Nothing is told or changed without a token that is good, has the scope, and is of the school.
//! - What is written is held to what a file's cell is held to; an IIN is refused, never kept. Whole or not at all.
//! - Lists come in pages, each with the cursor of the next one; a cursor stays good while others write.

mod changes;
mod items;
mod loans;
mod patrons;
mod problem;
mod rate;
mod reviews;
mod schools;
mod spec;
mod stations;

pub(crate) use rate::Rates;
pub use spec::openapi;

use crate::Hub;
use crate::server::{blocking, body_of, now_s};
use crate::store::{Deed, Note, SchoolId, Scope, Store, Token};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::routing::{get, post, put};
use problem::{Kind, Problem};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::IntoParams;

/// The longest body, in bytes: a patron or a book is far shorter.
const MOST_BODY: usize = 64 * 1024;

/// The most lines on one page, and how many there are if nobody says.
const MOST_LINES: usize = 1_000;
const LINES: usize = 100;

/// The addresses.
pub(crate) fn routes() -> Router<Arc<Hub>> {
    let api = Router::new()
        .route("/openapi.json", get(document))
        .route("/problems/{name}", get(problem))
        .route("/schools", get(schools::list))
        .route("/schools/{school}/stations", get(stations::list))
        .route("/schools/{school}/stations/{station}", get(stations::one))
        .route("/schools/{school}/loans", get(loans::list))
        .route("/schools/{school}/patrons", get(patrons::list))
        .route("/schools/{school}/patrons/{patron}", get(patrons::one).put(patrons::save))
        .route("/schools/{school}/patrons/{patron}/block", put(patrons::block).delete(patrons::unblock))
        .route("/schools/{school}/items", get(items::list))
        .route("/schools/{school}/items/{item}", get(items::one).put(items::save))
        .route("/schools/{school}/titles", get(items::titles))
        .route("/schools/{school}/titles/{title}", get(items::title).put(items::save_title))
        .route("/schools/{school}/reviews", get(reviews::list))
        .route("/schools/{school}/reviews/{review}/decision", post(reviews::decide))
        .route("/schools/{school}/changes", get(changes::list))
        .fallback(no_address)
        .method_not_allowed_fallback(no_method);
    Router::new().nest("/api/v1", api)
}

/// Where a list goes on.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Page {
    /// The cursor `next` of the page before; without it the first page.
    #[serde(default)]
    after: u64,
    /// The most lines, 1 to 1000; 100 if it is not said.
    limit: Option<usize>,
}

impl Page {
    fn limit(self) -> Result<usize, Problem> {
        limit(self.limit)
    }
}

fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked {
        None => Ok(LINES),
        Some(lines) if (1..=MOST_LINES).contains(&lines) => Ok(lines),
        Some(_) => Err(Problem::value("limit", format!("1 to {MOST_LINES} are allowed"))),
    }
}

type Asked<T> = Result<axum::extract::Query<T>, QueryRejection>;

/// What an address asks for behind the question mark.
fn asked<T>(query: Asked<T>) -> Result<T, Problem> {
    match query {
        Ok(axum::extract::Query(asked)) => Ok(asked),
        Err(fault) => Err(Problem::new(Kind::Request, fault.body_text())),
    }
}

/// Who asks, and for what.
struct Caller {
    hub: Arc<Hub>,
    headers: HeaderMap,
    scope: Scope,
}

impl Caller {
    fn new(hub: Arc<Hub>, headers: HeaderMap, scope: Scope) -> Caller {
        Caller { hub, headers, scope }
    }

    /// Does something for whoever has a token with the scope.
    async fn answer<T: Serialize + Send + 'static>(
        self,
        work: impl FnOnce(&mut Store, &Token) -> Result<T, Problem> + Send + 'static,
    ) -> Response<Body> {
        let done = self.run(work).await;
        done.map_or_else(|problem| problem.response(), |value| json(StatusCode::OK, &value))
    }

    /// Does something about a school for whoever may.
    async fn about<T: Serialize + Send + 'static>(
        self,
        school: String,
        work: impl FnOnce(&mut Store, SchoolId, &Token) -> Result<T, Problem> + Send + 'static,
    ) -> Response<Body> {
        self.answer(move |store, token| {
            let school = school_of(store, token, &school)?;
            work(store, school, token)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Store, &Token) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let Caller { hub, headers, scope } = self;
        let done = blocking(move || {
            hub.with(|store| {
                let token = token_of(store, &headers)?;
                if let Err(retry_s) = hub.rates().take(token.id, hub.uptime_ms()) {
                    let words = format!("this token asks too often; again in {retry_s} s");
                    return Err(Problem::new(Kind::TooMany { retry_s }, words));
                }
                if !token.scopes.contains(&scope) {
                    let words = format!("this needs a token with the scope {scope}");
                    return Err(Problem::new(Kind::Scope, words));
                }
                work(store, &token)
            })
        });
        let lost = || Problem::new(Kind::Store, "this could not be answered");
        done.await.unwrap_or_else(|| Err(lost()))
    }
}

fn token_of(store: &mut Store, headers: &HeaderMap) -> Result<Token, Problem> {
    let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(text) = shown
        .and_then(|shown| shown.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
    else {
        let words = "send the header `Authorization: Bearer TOKEN`; `oqyrman-hub token add` makes one";
        return Err(Problem::new(Kind::Token, words));
    };
    let token = store.token(text.1.trim(), now_s())?;
    token.ok_or_else(|| {
        tracing::warn!("the API was asked with a token that is not good");
        Problem::new(Kind::Token, "this token is unknown, has run out, or was revoked")
    })
}

/// The school of an address, if the token is of it.
fn school_of(store: &Store, token: &Token, text: &str) -> Result<SchoolId, Problem> {
    let missing = || Problem::new(Kind::Missing, "there is no such school; /api/v1/schools lists them");
    let school = SchoolId(text.parse().map_err(|_| missing())?);
    if token.school.is_some_and(|own| own != school) {
        return Err(Problem::new(Kind::School, "this token is for another school"));
    }
    store.school_name(school)?.map(|_| school).ok_or_else(missing)
}

/// Writes down what an outside system did to something of a school.
fn note(store: &mut Store, school: SchoolId, token: &Token, deed: Deed, object: &str) -> Result<(), Problem> {
    let note = Note { school: Some(school), login: &login(token), deed, object };
    Ok(store.note(note, now_s())?)
}

/// The name under which an outside system is written down.
fn login(token: &Token) -> String {
    format!("token {}", token.name)
}

/// Reads a body of JSON.
async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    let bytes = match body_of(body, MOST_BODY).await {
        Ok(bytes) => bytes,
        Err(crate::server::BodyFault::TooLong) => {
            let words = format!("{MOST_BODY} bytes are the most");
            return Err(Problem::new(Kind::TooLong, words));
        }
        Err(crate::server::BodyFault::TooSlow | crate::server::BodyFault::Broken) => {
            return Err(Problem::new(Kind::TooSlow, "the body did not arrive whole, or not in time"));
        }
    };
    serde_json::from_slice(&bytes)
        .map_err(|fault| Problem::new(Kind::Request, format!("the body is not what is expected: {fault}")))
}

fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    // JSON of our own forms cannot fail: their maps have text keys and nothing in them refuses to be written.
    let mut response = Response::new(Body::from(serde_json::to_vec(value).unwrap_or_default()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn document() -> Response<Body> {
    json(StatusCode::OK, &openapi())
}

async fn problem(axum::extract::Path(name): axum::extract::Path<String>) -> Response<Body> {
    match problem::sort(&name) {
        Some(sort) => json(StatusCode::OK, &sort),
        None => Problem::new(Kind::Missing, "there is no such sort of problem").response(),
    }
}

async fn no_address(State(_): State<Arc<Hub>>) -> Response<Body> {
    Problem::new(Kind::Address, "/api/v1/openapi.json says which addresses there are").response()
}

async fn no_method(State(_): State<Arc<Hub>>) -> Response<Body> {
    Problem::new(Kind::Method, "/api/v1/openapi.json says which methods an address has").response()
}

/// A word of one of our enums, as the exchange writes it in JSON.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

/// The value of a word.
fn of_word<T: DeserializeOwned>(field: &str, word: &str, all: &str) -> Result<T, Problem> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| Problem::value(field, format!("expected is one of {all}")))
}

/// A day such as 2026-09-15.
fn day(field: &str, text: &str) -> Result<exchange::Day, Problem> {
    let parts: Vec<&str> = text.split('-').collect();
    let read = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => {
            (|| exchange::Day::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))()
        }
        _ => None,
    };
    read.ok_or_else(|| Problem::value(field, "expected is a day such as 2026-09-15"))
}
