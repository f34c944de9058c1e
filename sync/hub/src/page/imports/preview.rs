//! One file: what it would change, or has changed.

use super::describe::{Describer, Difference};
use super::{Words, found, holds, number};
use crate::Hub;
use crate::import::tell::{column, row_fault};
use crate::import::{Form, Part, Planned};
use crate::page::ask::{Ask, Call, Terms};
use crate::page::csv::Csv;
use crate::page::frame::Frame;
use crate::page::when;
use crate::page::who::who;
use crate::page::words::fill;
use crate::store::{Asked, Deed, ImportLine, ImportState, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use exchange::{Lang, Record};
use serde::Deserialize;
use std::sync::Arc;

/// Changes, and bad rows, on one page.
const PAGE: u32 = 50;

/// Questions on one page.
const QUESTIONS: u32 = 200;

/// People on one page who are missing from the file.
const MISSING: u32 = 50;

/// Rows of one file of those: more than a school has people.
const MOST_ROWS: u32 = 100_000;

#[derive(Template)]
#[template(path = "import-preview.html")]
struct PreviewPage {
    frame: Frame,
    w: &'static Words,
    id: u64,
    file: String,
    holds: &'static str,
    waits: bool,
    said: Vec<String>,
    can_undo: bool,
    totals: Vec<(&'static str, u64, bool)>,
    facts: Vec<(&'static str, String)>,
    doubt: Option<String>,
    questions: Vec<Question>,
    /// Said if not all questions fit.
    questions_more: Option<String>,
    missing: Vec<String>,
    missing_count: u64,
    /// Said if not all who are missing are named.
    missing_more: Option<String>,
    missing_unsure: bool,
    rows: Vec<ChangeRow>,
    further: Option<u64>,
    bad: Vec<BadLine>,
    bad_more: usize,
    has_changes: bool,
}

struct Question {
    ask: u32,
    line: u32,
    name: String,
    cards: String,
}

struct ChangeRow {
    line: String,
    name: String,
    is_new: bool,
    differences: Vec<Difference>,
}

struct BadLine {
    line: u32,
    column: String,
    fault: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    from: Option<u64>,
}

pub(super) async fn show(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Terms(asked): Terms<From>,
) -> Response<Body> {
    ask.show(hub, move |call| {
        let id = number(call, &id)?;
        let line = found(call, id)?;
        let template = preview(call, line, asked.from)?;
        call.page(&template)
    })
    .await
}

fn preview(call: &Call<'_>, line: ImportLine, from: Option<u64>) -> Result<PreviewPage, StoreFault> {
    let (w, lang, store) = (Words::of(call.lang()), call.lang(), &*call.store);
    let waits = line.state == ImportState::Read;
    let describer = Describer::new(store, call.seat.school.id, lang)?;
    let counts = store.import_counts(line.id)?;
    let (mut questions, mut missing) = (Vec::new(), Vec::new());
    if waits && from.is_none() {
        for one in store.import_asked(line.id, Asked::NewCards, QUESTIONS)? {
            questions.extend(question(w, &one));
        }
        for one in store.import_asked(line.id, Asked::Missing, MISSING)? {
            missing.push(describer.name(one.before.as_ref().unwrap_or(&one.after))?);
        }
    }
    let more = |sentence, count: u64, shown: usize| {
        let left = count.saturating_sub(shown as u64);
        (shown > 0 && left > 0).then(|| fill(sentence, &[("count", &left.to_string())]))
    };
    let (changes, further) = store.import_sure(line.id, from.unwrap_or(0), PAGE)?;
    let rows = changes
        .iter()
        .map(|one| {
            Ok(ChangeRow {
                line: one.line.map(|line| line.to_string()).unwrap_or_default(),
                name: describer.name(&one.after)?,
                is_new: one.before.is_none(),
                differences: match &one.before {
                    Some(before) => describer.differences(before, &one.after)?,
                    None => Vec::new(),
                },
            })
        })
        .collect::<Result<Vec<_>, StoreFault>>()?;
    let bad = line.report.bad.iter().take(if from.is_none() { PAGE as usize } else { 0 });
    let bad: Vec<BadLine> = bad
        .map(|row| BadLine {
            line: row.line,
            column: row.column.clone().unwrap_or_default(),
            fault: row_fault(lang, &row.fault),
        })
        .collect();
    let (added, changed) =
        if waits { (counts.added, counts.changed) } else { (line.counts.added, line.counts.changed) };
    let bad_rows = line.report.bad_rows as u64;
    let mut totals = vec![
        (w.added, added, false),
        (if waits { w.changed } else { w.changed_done }, changed, false),
        (w.same, line.counts.same, false),
    ];
    totals.push((w.bad_rows, bad_rows, bad_rows > 0));
    if waits && counts.asked > 0 {
        totals.push((w.question, counts.asked, true));
    }
    if waits && counts.missing > 0 {
        totals.push((w.missing, counts.missing, true));
    }
    Ok(PreviewPage {
        said: said(call, w, &line)?,
        can_undo: line.can_be_undone(call.now_s),
        facts: facts(w, lang, &line),
        doubt: line.report.notes.doubt.as_ref().map(|doubt| {
            let lines: Vec<String> = doubt.lines.iter().take(20).map(u32::to_string).collect();
            let lines = lines.join(", ") + if doubt.lines.len() > 20 { ", …" } else { "" };
            fill(w.short, &[("usual", &doubt.usual.to_string()), ("lines", &lines)])
        }),
        missing_unsure: waits && line.what == crate::import::What::Patrons && bad_rows > 0,
        bad_more: line.report.bad.len().saturating_sub(bad.len()),
        has_changes: counts.added + counts.changed + counts.asked + counts.missing > 0,
        id: line.id.0,
        holds: holds(w, line.what),
        file: line.file,
        frame: call.frame()?,
        w,
        waits,
        totals,
        questions_more: more(w.questions_more, counts.asked, questions.len()),
        questions,
        missing_more: more(w.missing_more, counts.missing, missing.len()),
        missing_count: counts.missing,
        missing,
        rows,
        further,
        bad,
    })
}

fn said(call: &Call<'_>, w: &Words, line: &ImportLine) -> Result<Vec<String>, StoreFault> {
    let zone = call.store.zone(call.seat.school.id)?;
    let by = |sentence: &str, (at_s, login): &(i64, String)| {
        fill(sentence, &[("who", &who(call.lang(), login)), ("when", &when::full(&zone, *at_s))])
    };
    let mut said = Vec::new();
    said.extend(line.saved.as_ref().map(|seat| by(w.saved_by, seat)));
    said.extend(line.undone.as_ref().map(|seat| by(w.undone_by, seat)));
    if line.kept > 0 {
        said.push(fill(w.kept, &[("count", &line.kept.to_string())]));
    }
    Ok(said)
}

fn question(w: &Words, one: &Planned) -> Option<Question> {
    let (Part::SamePerson(ask), Record::Patron(patron)) = (one.part, &one.after) else { return None };
    let places = [("old", cards(w, one.before.as_ref())), ("new", cards(w, Some(&one.after)))];
    Some(Question {
        ask,
        line: one.line.unwrap_or(0),
        name: format!("{} {}", patron.family, patron.given),
        cards: fill(w.card_from_to, &places.each_ref().map(|(name, value)| (*name, value.as_str()))),
    })
}

fn cards(w: &Words, record: Option<&Record>) -> String {
    match record {
        Some(Record::Patron(patron)) if !patron.cards.is_empty() => patron.cards.join(", "),
        Some(_) | None => w.no_card.to_owned(),
    }
}

/// How the file was read.
fn facts(w: &Words, lang: Lang, line: &ImportLine) -> Vec<(&'static str, String)> {
    let notes = &line.report.notes;
    let mut facts = Vec::new();
    match &notes.form {
        Form::Text { encoding, .. } => facts.push((w.encoding, format!("CSV, {}", encoding.name()))),
        Form::Sheet { name, others } => {
            facts.push((w.sheet, name.clone()));
            if !others.is_empty() {
                facts.push((w.other_sheets, others.join(", ")));
            }
        }
    }
    let columns = notes.read.iter().map(|read| format!("{} → {}", read.name, column(lang, &read.what)));
    facts.push((w.columns, columns.collect::<Vec<_>>().join("; ")));
    if !notes.ignored.is_empty() {
        facts.push((w.not_read, notes.ignored.join(", ")));
    }
    if !notes.iin.is_empty() {
        facts.push((w.iin, notes.iin.join(", ")));
    }
    facts
}

/// The rows that are not taken, as a file.
pub(super) async fn bad_csv(State(hub): State<Arc<Hub>>, ask: Ask, Path(id): Path<String>) -> Response<Body> {
    ask.show(hub, move |call| {
        let w = Words::of(call.lang());
        let id = number(call, &id)?;
        let line = found(call, id)?;
        let mut csv = Csv::new(&[w.line, w.column, w.fault]);
        for row in &line.report.bad {
            let (number, fault) = (row.line.to_string(), row_fault(call.lang(), &row.fault));
            csv.row(&[&number, row.column.as_deref().unwrap_or_default(), &fault]);
        }
        Ok(file(&format!("bad-rows-{id}.csv"), csv))
    })
    .await
}

/// Those who are missing from the file, as a file.
pub(super) async fn missing_csv(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
) -> Response<Body> {
    ask.show(hub, move |call| {
        let w = Words::of(call.lang());
        let id = number(call, &id)?;
        let line = found(call, id)?;
        let mut csv = Csv::new(&[w.field_class, w.field_name, w.field_cards]);
        {
            let describer = Describer::new(call.store, call.seat.school.id, call.lang())?;
            for one in call.store.import_asked(line.id, Asked::Missing, MOST_ROWS)? {
                let Record::Patron(patron) = one.before.as_ref().unwrap_or(&one.after) else { continue };
                let name = format!("{} {}", patron.family, patron.given);
                csv.row(&[&describer.class(patron.class), &name, &patron.cards.join(", ")]);
            }
        }
        let name = format!("missing-{id}.csv");
        call.note(Deed::Exported, &name)?;
        Ok(file(&name, csv))
    })
    .await
}

/// Those with new cards, as a file.
pub(super) async fn cards_csv(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
) -> Response<Body> {
    ask.show(hub, move |call| {
        let w = Words::of(call.lang());
        let id = number(call, &id)?;
        let line = found(call, id)?;
        let mut csv = Csv::new(&[w.line, w.field_name, w.card_change]);
        for one in call.store.import_asked(line.id, Asked::NewCards, MOST_ROWS)? {
            if let Some(one) = question(w, &one) {
                csv.row(&[&one.line.to_string(), &one.name, &one.cards]);
            }
        }
        let name = format!("new-cards-{id}.csv");
        call.note(Deed::Exported, &name)?;
        Ok(file(&name, csv))
    })
    .await
}

fn file(name: &str, csv: Csv) -> Response<Body> {
    let mut response = Response::new(Body::from(csv.into_text()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let attached = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.extend(attached.ok().map(|attached| (CONTENT_DISPOSITION, attached)));
    response
}
