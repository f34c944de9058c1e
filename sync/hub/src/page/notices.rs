//! Notices for the stations' idle screens.

use super::ask::{Ask, Call, Outcome, Posted, Terms};
use super::calendar::day;
use super::doors::Doors;
use super::fault::{Fault, Faults};
use super::frame::Frame;
use super::send;
use super::when::day_text;
use super::words::{Notices as Words, fill};
use crate::Hub;
use crate::store::{Change, Deed, Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use exchange::{Feed, Lang, Notice, NoticeId, Record, RecordKey};
use serde::Deserialize;
use std::sync::Arc;

/// The most words of a notice: it is read in passing.
const MOST_WORDS: usize = 12;

/// The most characters of a notice: it has three lines of the idle screen.
const MOST_CHARS: usize = 110;

/// The most notices.
const MOST_NOTICES: usize = 50;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new()
        .get(Right::Rules, "/notices", show)
        .post(Right::Rules, ("/notices", "/notices"), put_up)
        .post(Right::Rules, ("/notices/{id}/down", "/notices"), take_down)
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    frame: Frame,
    w: &'static Words,
    said: Option<&'static str>,
    faults: Faults,
    typed: Typed,
    rows: Vec<NoticeRow>,
}

struct NoticeRow {
    id: u32,
    text: [String; 3],
    until: String,
    shown: bool,
    past: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Typed {
    kk: String,
    ru: String,
    en: String,
    until: String,
}

#[derive(Debug, Default, Deserialize)]
struct Done {
    done: Option<String>,
}

fn notices(call: &Call<'_>) -> Result<Vec<Notice>, StoreFault> {
    let all = call.store.records(call.seat.school.id, Feed::Notices)?.into_iter();
    Ok(all
        .filter_map(|record| if let Record::Notice(notice) = record { Some(notice) } else { None })
        .collect())
}

fn list(call: &Call<'_>, typed: Typed, said: Option<&'static str>, fault: Option<Fault>) -> Outcome {
    let w = Words::of(call.lang());
    let today = call.store.zone(call.seat.school.id)?.day_at(call.now_s);
    let mut notices = notices(call)?;
    notices.sort_by_key(|notice| std::cmp::Reverse(notice.id));
    // As stations choose it.
    let shown = notices.iter().filter(|notice| notice.until >= today).map(|notice| notice.id).max();
    let rows = notices.into_iter().map(|notice| NoticeRow {
        id: notice.id.0,
        until: fill(w.until_day, &[("day", &day_text(notice.until))]),
        shown: Some(notice.id) == shown,
        past: notice.until < today,
        text: notice.text,
    });
    let faults = Faults::new(fault);
    let status = if faults.are_there() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = NoticesPage { frame: call.frame()?, w, said, faults, typed, rows: rows.collect() };
    Ok(send::page(status, &template, call.lang()))
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask, Terms(done): Terms<Done>) -> Response<Body> {
    ask.show(hub, move |call| {
        let w = Words::of(call.lang());
        let said = match done.done.as_deref() {
            Some("up") => Some(w.is_up),
            Some("down") => Some(w.is_down),
            Some(_) | None => None,
        };
        list(call, Typed::default(), said, None)
    })
    .await
}

/// A text without line breaks and double spaces; `None` if it is too long, or nothing.
fn tidy(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

async fn put_up(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Posted { word, fields }: Posted<Typed>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let w = Words::of(call.lang());
        let school = call.seat.school.id;
        let today = call.store.zone(school)?.day_at(call.now_s);
        let text = [&fields.kk, &fields.ru, &fields.en].map(|text| tidy(text));
        let is_long =
            |text: &String| text.split(' ').count() > MOST_WORDS || text.chars().count() > MOST_CHARS;
        let known = notices(call)?;
        let until = day(&fields.until).filter(|until| *until >= today);
        let field = |is: &dyn Fn(&String) -> bool| {
            Lang::ALL.into_iter().zip(&text).find(|(_, text)| is(text)).map(|(lang, _)| lang.code())
        };
        let fault = if let Some(field) = field(&String::is_empty) {
            Some(Fault::at(field, w.empty))
        } else if let Some(field) = field(&is_long) {
            Some(Fault::at(field, fill(w.too_long, &[("most", &MOST_CHARS.to_string())])))
        } else if until.is_none() {
            Some(Fault::at("until", w.bad_day))
        } else if known.len() >= MOST_NOTICES {
            Some(Fault::whole(w.too_many))
        } else {
            None
        };
        let (None, Some(until)) = (&fault, until) else { return list(call, fields, None, fault) };
        let id = NoticeId(known.iter().map(|notice| notice.id.0).max().unwrap_or(0).saturating_add(1));
        let login = call.seat.session.login.clone();
        let put = Change::Put(Record::Notice(Notice { id, text, until }));
        call.store.save_by(school, &[put], &login, call.now_s)?;
        call.note(Deed::NoticePut, &id.to_string())?;
        Ok(send::redirect("/notices?done=up"))
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn take_down(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Posted { word, .. }: Posted<Nothing>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let id: u32 = id.parse().map_err(|_| call.missing())?;
        // Pressed twice, or another school's: nothing is there to be taken down.
        if notices(call)?.iter().any(|notice| notice.id.0 == id) {
            let (school, login) = (call.seat.school.id, call.seat.session.login.clone());
            let gone = Change::Gone(Feed::Notices, RecordKey::Number(id.into()));
            call.store.save_by(school, &[gone], &login, call.now_s)?;
            call.note(Deed::NoticeTakenDown, &id.to_string())?;
        }
        Ok(send::redirect("/notices?done=down"))
    })
    .await
}
