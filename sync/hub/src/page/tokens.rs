//! Tokens of outside systems: what each may do, when it was last used. A new one is shown once.

use super::ask::{Ask, Call, Outcome, Posted};
use super::doors::Doors;
use super::fault::{Fault, Faults};
use super::frame::Frame;
use super::send::{self, Refusal, redirect};
use super::when;
use super::words::{Tokens, fill};
use crate::Hub;
use crate::fold::Zone;
use crate::store::{Deed, Right, Scope, StoreFault, TokenFault, TokenLine};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use exchange::Lang;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

const HERE: &str = "/api-tokens";

/// How many days a token may be good; also without an end.
const MOST_DAYS: i64 = 3_660;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Tokens, HERE, show).post(Right::Tokens, (HERE, HERE), add).post(
        Right::Tokens,
        ("/api-tokens/{id}/revoke", HERE),
        revoke,
    )
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    frame: Frame,
    w: &'static Tokens,
    /// The token that was made a moment ago.
    new: Option<String>,
    lines: Vec<Line>,
    /// What it may do: word, name, whether it is ticked.
    scopes: Vec<(&'static str, &'static str, bool)>,
    typed: Typed,
    faults: Faults,
}

/// What somebody typed into the form that was refused.
#[derive(Default)]
struct Typed {
    name: String,
    region: bool,
    days: String,
}

impl TokensPage {
    fn only(&self) -> String {
        fill(self.w.only, &[("school", self.frame.school())])
    }
}

struct Line {
    id: u32,
    name: String,
    scopes: Vec<String>,
    school: String,
    used: String,
    state: (&'static str, String),
    good: bool,
}

fn scope_words(w: &Tokens, scope: Scope) -> &'static str {
    match scope {
        Scope::ReadStations => w.read_stations,
        Scope::ReadLoans => w.read_loans,
        Scope::ReadPatrons => w.read_patrons,
        Scope::WritePatrons => w.write_patrons,
        Scope::ReadItems => w.read_items,
        Scope::WriteItems => w.write_items,
        Scope::ReadReviews => w.read_reviews,
        Scope::WriteReviews => w.write_reviews,
        Scope::ReadChanges => w.read_changes,
    }
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask) -> Response<Body> {
    ask.show(hub, |call| page(call, None, None)).await
}

/// The page, with a token that was made, or with a form that was refused and what is wrong in it.
fn page(
    call: &mut Call<'_>,
    new: Option<String>,
    refused: Option<(&HashMap<String, String>, Fault)>,
) -> Outcome {
    let (typed, fault) = match refused {
        Some((typed, fault)) => (Some(typed), Some(fault)),
        None => (None, None),
    };
    let text = |field: &str| typed.and_then(|typed| typed.get(field)).cloned().unwrap_or_default();
    let ticked = |scope: Scope| typed.is_some_and(|typed| typed.contains_key(scope.word()));
    let faults = Faults::new(fault);
    let status = if faults.are_there() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (lang, now_s) = (call.lang(), call.now_s);
    let w = Tokens::of(lang);
    let schools: HashMap<u32, String> =
        call.store.schools()?.into_iter().map(|school| (school.id.0, school.name)).collect();
    let zone = call.store.zone(call.seat.school.id)?;
    let lines = call.store.tokens(None)?;
    let lines = lines.into_iter().map(|one| line(w, lang, &zone, now_s, &schools, one)).collect();
    let template = TokensPage {
        w,
        new,
        lines,
        scopes: Scope::ALL.map(|scope| (scope.word(), scope_words(w, scope), ticked(scope))).to_vec(),
        typed: Typed { name: text("name"), region: text("where") == "region", days: text("days") },
        faults,
        frame: call.frame()?,
    };
    Ok(send::page(status, &template, lang))
}

fn line(
    w: &'static Tokens,
    lang: Lang,
    zone: &Zone,
    now_s: i64,
    schools: &HashMap<u32, String>,
    one: TokenLine,
) -> Line {
    let state = match (one.revoked_s, one.until_s) {
        (Some(_), _) => ("bad", w.revoked.to_owned()),
        (None, Some(until_s)) if until_s < now_s => ("wants", w.expired.to_owned()),
        (None, Some(until_s)) => ("good", fill(w.until, &[("when", &when::full(zone, until_s))])),
        (None, None) => ("good", w.endless.to_owned()),
    };
    let words = |scope: &String| {
        Scope::of(scope).map_or_else(|| scope.clone(), |scope| scope_words(w, scope).to_owned())
    };
    Line {
        id: one.id,
        scopes: one.scopes.iter().map(words).collect(),
        school: match one.school {
            Some(school) => schools.get(&school.0).cloned().unwrap_or_default(),
            None => w.region.to_owned(),
        },
        used: one.used_s.map_or_else(|| w.never_used.to_owned(), |at_s| when::ago(lang, now_s, at_s)),
        good: state.0 == "good",
        state,
        name: one.name,
    }
}

async fn add(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Posted { word, fields }: Posted<HashMap<String, String>>,
) -> Response<Body> {
    ask.change(hub, word, move |call| match make(call, &fields)? {
        Ok(text) => page(call, Some(text), None),
        Err(fault) => page(call, None, Some((&fields, fault))),
    })
    .await
}

/// The token's text, or what is wrong in the form.
fn make(call: &mut Call<'_>, fields: &HashMap<String, String>) -> Result<Result<String, Fault>, Refusal> {
    let w = Tokens::of(call.lang());
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let scopes: Vec<Scope> =
        Scope::ALL.into_iter().filter(|scope| fields.contains_key(scope.word())).collect();
    let school = if field("where") == "region" { None } else { Some(call.seat.school.id) };
    let until_s = match field("days") {
        "" => None,
        days => {
            let days = days.trim().parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
            let Some(days) = days else { return Ok(Err(Fault::at("days", w.days_wrong))) };
            Some(call.now_s + days * 86_400)
        }
    };
    let mut random = [0; 32];
    getrandom::fill(&mut random)
        .map_err(|_| Refusal::told(StatusCode::SERVICE_UNAVAILABLE, call.words().store_fault))?;
    let by = (call.seat.session.login.as_str(), call.now_s);
    let wanted = (field("name"), scopes.as_slice(), school);
    let (id, text) = match call.store.add_token(wanted, until_s, random, by) {
        Ok(made) => made,
        Err(TokenFault::Name) => return Ok(Err(Fault::at("name", w.name_wrong))),
        Err(TokenFault::Scopes) => return Ok(Err(Fault::at("scopes", w.scopes_wrong))),
        Err(TokenFault::Store(fault)) => return Err(fault.into()),
    };
    call.note(Deed::TokenMade, &id.to_string())?;
    Ok(Ok(text))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn revoke(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Posted { word, fields: Nothing {} }: Posted<Nothing>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let id: u32 = id.parse().map_err(|_| call.missing())?;
        let login = call.seat.session.login.clone();
        let done: Result<bool, StoreFault> = call.store.revoke_token(id, &login, call.now_s);
        if done? {
            call.note(Deed::TokenRevoked, &id.to_string())?;
        }
        Ok(redirect(HERE))
    })
    .await
}
