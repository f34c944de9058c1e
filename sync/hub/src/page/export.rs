//! Taking loans and events away as files.

use super::ask::{Ask, Call, Outcome};
use super::csv::Csv;
use super::doors::Doors;
use super::frame::Frame;
use super::loans::days_late;
use super::tell::Teller;
use super::when::day_text;
use super::words::Audit;
use crate::Hub;
use crate::fold::FoldedLoan;
use crate::store::{Deed, Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use std::sync::Arc;

/// Rows of one file: more than a school has loans in ten years.
const MOST: u32 = 200_000;

/// Events of one file, the newest of each station.
const MOST_EVENTS: u32 = 50_000;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Export, "/export", show).get(Right::Export, "/export/{id}", take)
}

/// What can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Open,
    Loans,
    Overdue,
    Events,
}

impl What {
    const ALL: [What; 4] = [What::Open, What::Overdue, What::Loans, What::Events];

    fn file(self) -> &'static str {
        match self {
            What::Open => "open-loans.csv",
            What::Loans => "loans.csv",
            What::Overdue => "overdue.csv",
            What::Events => "events.csv",
        }
    }

    fn name(self, w: &'static Audit) -> &'static str {
        match self {
            What::Open => w.export_open,
            What::Loans => w.export_loans,
            What::Overdue => w.export_overdue,
            What::Events => w.export_events,
        }
    }
}

#[derive(Template)]
#[template(path = "export.html")]
struct ExportPage {
    frame: Frame,
    w: &'static Audit,
    files: Vec<(&'static str, &'static str)>,
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask) -> Response<Body> {
    ask.show(hub, |call| {
        let w = Audit::of(call.lang());
        let files = What::ALL.map(|what| (what.file(), what.name(w))).into();
        let template = ExportPage { w, files, frame: call.frame()? };
        call.page(&template)
    })
    .await
}

async fn take(State(hub): State<Arc<Hub>>, ask: Ask, Path(id): Path<String>) -> Response<Body> {
    ask.show(hub, move |call| {
        let what = What::ALL.into_iter().find(|what| what.file() == id).ok_or_else(|| call.missing())?;
        let text = match what {
            What::Open => loans(call, |call| call.store.loans(call.seat.school.id, true, MOST))?,
            What::Loans => loans(call, |call| call.store.loans(call.seat.school.id, false, MOST))?,
            What::Overdue => {
                let today = call.store.zone(call.seat.school.id)?.day_at(call.now_s);
                loans(call, |call| call.store.overdue(call.seat.school.id, today, MOST))?
            }
            What::Events => events(call)?,
        };
        call.note(Deed::Exported, what.file())?;
        file(what.file(), text)
    })
    .await
}

fn file(name: &str, text: String) -> Outcome {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

fn loans(
    call: &Call<'_>,
    read: impl FnOnce(&Call<'_>) -> Result<Vec<FoldedLoan>, StoreFault>,
) -> Result<String, StoreFault> {
    let w = Audit::of(call.lang());
    let school = call.seat.school.id;
    let today = call.store.zone(school)?.day_at(call.now_s);
    let loans = read(call)?;
    let classes = call.store.classes(school)?;
    let teller = Teller::new(call.store, school, call.lang())?;
    let mut csv = Csv::new(&[
        w.column_class,
        w.column_patron,
        w.column_title,
        w.column_number,
        w.column_lent,
        w.column_due,
        w.column_renewals,
        w.column_ended,
        w.column_late,
    ]);
    for loan in &loans {
        let row = teller.loan(loan, today)?;
        let patron = call.store.patron(school, loan.patron)?;
        let class = patron.as_ref().and_then(|patron| classes.get(&u64::from(patron.class?.0)));
        let name = patron.as_ref().map(|patron| format!("{} {}", patron.family, patron.given));
        let late = match days_late(loan, today) {
            0 => String::new(),
            days => days.to_string(),
        };
        csv.row(&[
            class.map_or("", |class| &class.name),
            &name.unwrap_or(row.patron),
            &row.book,
            &row.item,
            &row.since,
            &day_text(loan.due),
            &row.renewals.to_string(),
            &row.ended,
            &late,
        ]);
    }
    Ok(csv.into_text())
}

fn events(call: &Call<'_>) -> Result<String, StoreFault> {
    let w = Audit::of(call.lang());
    let school = call.seat.school.id;
    let teller = Teller::new(call.store, school, call.lang())?;
    let mut csv = Csv::new(&[
        w.column_station,
        w.column_life,
        w.column_seq,
        w.column_when,
        w.column_what,
        w.column_fate,
    ]);
    for station in call.store.stations(school)? {
        for line in call.store.events(station.id, None, MOST_EVENTS)? {
            let row = teller.event(&line)?;
            csv.row(&[
                &station.name,
                &line.who.epoch.to_string(),
                &row.seq.to_string(),
                &row.when,
                &row.what,
                &row.fate,
            ]);
        }
    }
    Ok(csv.into_text())
}
