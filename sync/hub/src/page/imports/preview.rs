//! One file: what it would change, or has changed.

use super::describe::{Describer, Difference};
use super::{Words, found, holds, number};
use crate::Hub;
use crate::import::tell::{column, row_fault};
use crate::import::{Form, Part, Planned};
use crate::page::ask::{Ask, Call, Terms};
use crate::page::frame::Frame;
use crate::page::when;
use crate::page::words::fill;
use crate::store::{ImportLine, ImportState, StoreFault};
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

/// Questions and missing people on one page: more are a sign that the wrong file was chosen.
const MOST_ASKED: u32 = 2_000;

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
    missing: Vec<String>,
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
        for one in store.import_asked(line.id, MOST_ASKED)? {
            match one.part {
                Part::SamePerson(ask) => questions.push(question(w, ask, &one)),
                Part::Leaver => missing.push(describer.name(one.before.as_ref().unwrap_or(&one.after))?),
                Part::Sure | Part::OtherPerson(_) => {}
            }
        }
    }
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
    let mut totals =
        vec![(w.added, added, false), (w.changed, changed, false), (w.same, line.counts.same, false)];
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
        questions,
        missing,
        rows,
        further,
        bad,
    })
}

fn said(call: &Call<'_>, w: &Words, line: &ImportLine) -> Result<Vec<String>, StoreFault> {
    let zone = call.store.zone(call.seat.school.id)?;
    let by = |sentence: &str, (at_s, who): &(i64, String)| {
        fill(sentence, &[("who", who), ("when", &when::full(&zone, *at_s))])
    };
    let mut said = Vec::new();
    said.extend(line.saved.as_ref().map(|seat| by(w.saved_by, seat)));
    said.extend(line.undone.as_ref().map(|seat| by(w.undone_by, seat)));
    if line.kept > 0 {
        said.push(fill(w.kept, &[("count", &line.kept.to_string())]));
    }
    Ok(said)
}

fn question(w: &Words, ask: u32, one: &Planned) -> Question {
    let cards = |record: Option<&Record>| match record {
        Some(Record::Patron(patron)) if !patron.cards.is_empty() => patron.cards.join(", "),
        Some(_) | None => w.no_card.to_owned(),
    };
    let name = match &one.after {
        Record::Patron(patron) => format!("{} {}", patron.family, patron.given),
        Record::Rules(_)
        | Record::Calendar(_)
        | Record::Class(_)
        | Record::Title(_)
        | Record::Item(_)
        | Record::Set(_)
        | Record::Hold(_)
        | Record::Verdict(_)
        | Record::Notice(_)
        | Record::Loan(_) => String::new(),
    };
    let cards =
        fill(w.card_from_to, &[("old", &cards(one.before.as_ref())), ("new", &cards(Some(&one.after)))]);
    Question { ask, line: one.line.unwrap_or(0), name, cards }
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

pub(super) async fn bad_csv(State(hub): State<Arc<Hub>>, ask: Ask, Path(id): Path<String>) -> Response<Body> {
    ask.show(hub, move |call| {
        let w = Words::of(call.lang());
        let id = number(call, &id)?;
        let line = found(call, id)?;
        let mut text = format!("\u{feff}{};{};{}\r\n", cell(w.line), cell(w.column), cell(w.fault));
        for row in &line.report.bad {
            let name = row.column.as_deref().unwrap_or_default();
            let fault = row_fault(call.lang(), &row.fault);
            text.push_str(&format!("{};{};{}\r\n", row.line, cell(name), cell(&fault)));
        }
        let mut response = Response::new(Body::from(text));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        let name = format!("attachment; filename=\"bad-rows-{id}.csv\"");
        headers.extend(HeaderValue::from_str(&name).ok().map(|name| (CONTENT_DISPOSITION, name)));
        Ok(response)
    })
    .await
}

/// A field of CSV; what a spreadsheet would take for a formula is made a text.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("@x"), "\"'@x\"");
        assert_eq!(cell("a\"b;c"), "\"a\"\"b;c\"");
    }
}
