//! Files taken in: upload, a preview of what would change, consent, a report of bad rows, and a way back.
//!
//! Invariants:
//! - A body is read only for somebody who may import, to a limit, and within a time.
//! - Nothing is kept of a file but what it would change: no column of IINs, no PIN.

mod describe;
mod preview;
mod upload;

use super::ask::{Ask, Call, Outcome, Posted};
use super::doors::Doors;
use super::frame::Frame;
use super::send::{self, Refusal};
use super::when;
use super::who::who;
use super::words::{Import as Words, fill};
use crate::Hub;
use crate::fold::Zone;
use crate::import::tell::file_fault;
use crate::import::{Known, PrepareFault, What, prepare};
use crate::store::{Answers, Deed, ImportFault, ImportId, ImportLine, ImportState, Right};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{Response, StatusCode};
use exchange::Lang;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use upload::{Upload, UploadFault};

/// Imports on one page.
const MOST_SHOWN: u32 = 50;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new()
        .get(Right::Import, "/import", show)
        .post(Right::Import, ("/import", "/import"), take)
        .get(Right::Import, "/import/{id}", preview::show)
        .get(Right::Import, "/import/{id}/bad.csv", preview::bad_csv)
        .get(Right::Import, "/import/{id}/missing.csv", preview::missing_csv)
        .get(Right::Import, "/import/{id}/new-cards.csv", preview::cards_csv)
        .post(Right::Import, ("/import/{id}/save", "/import/{id}"), save)
        .post(Right::Import, ("/import/{id}/undo", "/import/{id}"), undo)
        .post(Right::Import, ("/import/{id}/drop", "/import/{id}"), drop_it)
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    w: &'static Words,
    fault: Option<String>,
    kinds: [(&'static str, &'static str); 4],
    past: Vec<PastRow>,
}

struct PastRow {
    id: u64,
    file: String,
    holds: &'static str,
    state: &'static str,
    waits: bool,
    when: String,
    who: String,
    counts: String,
}

/// What a kind of file is called.
fn holds(w: &Words, what: What) -> &'static str {
    match what {
        What::Classes => w.classes,
        What::Patrons => w.patrons,
        What::Titles => w.titles,
        What::Items => w.items,
    }
}

fn past_row(lang: Lang, zone: &Zone, line: ImportLine) -> PastRow {
    let w = Words::of(lang);
    let (state, (at_s, login)) = match line.state {
        ImportState::Read => (w.waits, line.read),
        ImportState::Saved => (w.is_saved, line.saved.unwrap_or(line.read)),
        ImportState::Undone => (w.is_undone, line.undone.unwrap_or(line.read)),
    };
    let counts = match line.state {
        ImportState::Read => String::new(),
        ImportState::Saved | ImportState::Undone => {
            let (added, changed) = (line.counts.added.to_string(), line.counts.changed.to_string());
            fill(w.counts, &[("added", &added), ("changed", &changed)])
        }
    };
    PastRow {
        id: line.id.0,
        file: line.file,
        holds: holds(w, line.what),
        state,
        waits: line.state == ImportState::Read,
        when: when::full(zone, at_s),
        who: who(lang, &login),
        counts,
    }
}

fn list(call: &Call<'_>, fault: Option<String>) -> Outcome {
    let w = Words::of(call.lang());
    let school = call.seat.school.id;
    let zone = call.store.zone(school)?;
    let past = call.store.imports(school, MOST_SHOWN)?.into_iter();
    let template = ImportPage {
        kinds: What::ALL.map(|what| (what.name(), holds(w, what))),
        past: past.map(|line| past_row(call.lang(), &zone, line)).collect(),
        fault,
        w,
        frame: call.frame()?,
    };
    let status = if template.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(send::page(status, &template, call.lang()))
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask) -> Response<Body> {
    ask.show(hub, |call| list(call, None)).await
}

/// Marks the answer to somebody who may go on.
#[derive(Debug, Clone, Copy)]
struct Welcome;

async fn take(State(hub): State<Arc<Hub>>, ask: Ask, request: Request) -> Response<Body> {
    let welcome = |_: &mut Call<'_>| {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(Welcome);
        Ok(response)
    };
    let answer = ask.clone().show(Arc::clone(&hub), welcome).await;
    if answer.extensions().get::<Welcome>().is_none() {
        return answer;
    }
    let upload = Upload::read(request).await;
    let word = upload.as_ref().map(|upload| upload.word.clone()).unwrap_or_default();
    match upload {
        Ok(upload) => ask.change(hub, word, move |call| read(call, &upload)).await,
        Err(fault) => {
            ask.show(hub, move |call| {
                let w = Words::of(call.lang());
                let most = (upload::MOST_LEN >> 20).to_string();
                let told = match fault {
                    UploadFault::TooLong => fill(w.too_long, &[("most", &most)]),
                    UploadFault::NoFile => w.no_file.to_owned(),
                    UploadFault::BrokenOff => w.broken_off.to_owned(),
                };
                list(call, Some(told))
            })
            .await
        }
    }
}

fn read(call: &mut Call<'_>, upload: &Upload) -> Outcome {
    let w = Words::of(call.lang());
    let school = call.seat.school.id;
    let today = call.store.zone(school)?.day_at(call.now_s);
    let known = Known::new(call.store.people_and_books(school)?);
    let prepared = match prepare(&upload.bytes, upload.what, &known, today) {
        Ok(prepared) => prepared,
        Err(fault) => {
            let told = match fault {
                PrepareFault::File(fault) => {
                    format!("{} {}", w.nothing_taken, file_fault(call.lang(), &fault))
                }
                PrepareFault::Unrecognised => w.unrecognised.to_owned(),
                PrepareFault::Randomness => call.words().store_fault.to_owned(),
            };
            return list(call, Some(told));
        }
    };
    let login = call.seat.session.login.clone();
    let id = call.store.keep_import(school, &prepared, &upload.file, &login, call.now_s)?;
    Ok(send::redirect(&format!("/import/{id}")))
}

/// The number in an address.
fn number(call: &Call<'_>, id: &str) -> Result<ImportId, Refusal> {
    id.parse().map(ImportId).map_err(|_| call.missing())
}

fn refusal(call: &Call<'_>, fault: ImportFault) -> Refusal {
    let w = Words::of(call.lang());
    match fault {
        ImportFault::Unknown => Refusal::told(StatusCode::NOT_FOUND, w.gone),
        ImportFault::Done => Refusal::told(StatusCode::CONFLICT, w.done_already),
        ImportFault::Moved(count) => {
            Refusal::told(StatusCode::CONFLICT, fill(w.moved, &[("count", &count.to_string())]))
        }
        ImportFault::Store(fault) => Refusal::Store(fault),
    }
}

async fn save(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Posted { word, fields }: Posted<HashMap<String, String>>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let id = number(call, &id)?;
        let other = |(name, value): (&String, &String)| {
            name.strip_prefix("ask")?.parse().ok().filter(|_: &u32| value == "other")
        };
        let answers = Answers {
            other_person: fields.iter().filter_map(other).collect(),
            missing_left: fields.contains_key("left"),
        };
        let (school, login) = (call.seat.school.id, call.seat.session.login.clone());
        let saved = call.store.save_import(school, id, &answers, &login, call.now_s);
        saved.map_err(|fault| refusal(call, fault))?;
        call.note(Deed::Imported, &id.to_string())?;
        Ok(send::redirect(&format!("/import/{id}")))
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn undo(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Posted { word, .. }: Posted<Nothing>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let id = number(call, &id)?;
        let (school, login) = (call.seat.school.id, call.seat.session.login.clone());
        let undone = call.store.undo_import(school, id, &login, call.now_s);
        undone.map_err(|fault| refusal(call, fault))?;
        call.note(Deed::ImportTakenBack, &id.to_string())?;
        Ok(send::redirect(&format!("/import/{id}")))
    })
    .await
}

async fn drop_it(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Posted { word, .. }: Posted<Nothing>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let id = number(call, &id)?;
        let dropped = call.store.drop_import(call.seat.school.id, id);
        dropped.map_err(|fault| refusal(call, fault))?;
        Ok(send::redirect("/import"))
    })
    .await
}

/// An import of the school that is looked at.
fn found(call: &Call<'_>, id: ImportId) -> Result<ImportLine, Refusal> {
    let line = call.store.import(call.seat.school.id, id)?;
    line.ok_or_else(|| refusal(call, ImportFault::Unknown))
}
