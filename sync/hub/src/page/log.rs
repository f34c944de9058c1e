//! What came from one station, event by event, in words.

use super::ask::{Ask, Terms};
use super::doors::Doors;
use super::frame::Frame;
use super::stations::seen;
use super::tell::{EventRow, Teller};
use super::words::{Log, fill};
use crate::Hub;
use crate::fold::{EventRef, Zone};
use crate::store::{Became, LogFilter, Right, Sort, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use exchange::{Day, Epoch, Seq, StationId};
use serde::Deserialize;
use std::sync::Arc;

/// Events on one page.
const PAGE: u32 = 50;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Loans, "/stations/{id}/log", show)
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    epoch: Option<u32>,
    seq: Option<u64>,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    became: String,
    #[serde(default)]
    day: String,
}

impl Asked {
    fn filter(&self, station: StationId, zone: &Zone) -> LogFilter {
        let day = day(&self.day);
        let place = self.epoch.zip(self.seq);
        LogFilter {
            before: place.map(|(epoch, seq)| EventRef { station, epoch: Epoch(epoch), seq: Seq(seq) }),
            sort: Sort::ALL.into_iter().find(|sort| sort.word() == self.sort),
            became: Became::ALL.into_iter().find(|became| became.word() == self.became),
            between_s: day.map(|day| (zone.start_of(day), zone.start_of(day.plus(1)))),
        }
    }
}

/// A day as a browser sends it: `2026-09-01`.
pub(super) fn day(text: &str) -> Option<Day> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Day::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    frame: Frame,
    w: &'static Log,
    id: u32,
    title: String,
    sorts: Vec<Choice>,
    fates: Vec<Choice>,
    day: String,
    filtered: bool,
    rows: Vec<Row>,
    older: Option<String>,
}

/// One of a list to choose from.
pub(super) struct Choice {
    /// What is sent.
    pub(super) word: String,
    /// What is read.
    pub(super) name: &'static str,
    /// Whether it is chosen.
    pub(super) chosen: bool,
}

struct Row {
    event: EventRow,
    way: &'static str,
}

async fn show(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Terms(asked): Terms<Asked>,
) -> Response<Body> {
    ask.show(hub, move |call| {
        let line = seen(call, &id)?;
        if line.school != call.seat.school.id {
            // What pupils of a school borrow is seen by who looks at that school.
            return Err(call.missing());
        }
        let w = Log::of(call.lang());
        let wanted = asked.filter(line.id, &call.store.zone(line.school)?);
        let found = call.store.log(line.id, wanted, PAGE)?;
        let carried = call.store.carried(line.id)?;
        let rows = {
            let teller = Teller::new(call.store, line.school, call.lang())?;
            let row = |event| {
                let stick = carried.iter().any(|one| one.holds(event));
                if stick { w.stick } else { w.network }
            };
            let rows =
                found.lines.iter().map(|line| Ok(Row { event: teller.event(line)?, way: row(line.who) }));
            rows.collect::<Result<Vec<_>, StoreFault>>()?
        };
        let older = found.older.map(|who| {
            format!(
                "/stations/{}/log?sort={}&became={}&day={}&epoch={}&seq={}",
                line.id,
                wanted.sort.map_or("", Sort::word),
                wanted.became.map_or("", Became::word),
                if wanted.between_s.is_some() { asked.day.as_str() } else { "" },
                who.epoch,
                who.seq
            )
        });
        let template = LogPage {
            w,
            id: line.id.0,
            title: fill(w.title, &[("station", &line.name)]),
            sorts: Sort::ALL
                .map(|sort| Choice {
                    word: sort.word().into(),
                    name: sort_name(w, sort),
                    chosen: wanted.sort == Some(sort),
                })
                .into(),
            fates: Became::ALL
                .map(|became| Choice {
                    word: became.word().into(),
                    name: became_name(w, became),
                    chosen: wanted.became == Some(became),
                })
                .into(),
            filtered: wanted.sort.is_some() || wanted.became.is_some() || wanted.between_s.is_some(),
            day: if wanted.between_s.is_some() { asked.day } else { String::new() },
            rows,
            older,
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

fn sort_name(w: &'static Log, sort: Sort) -> &'static str {
    match sort {
        Sort::Lent => w.sort_lent,
        Sort::Returned => w.sort_returned,
        Sort::Renewed => w.sort_renewed,
        Sort::Undone => w.sort_undone,
        Sort::Refused => w.sort_refused,
        Sort::Machine => w.sort_machine,
        Sort::Decided => w.sort_decided,
    }
}

fn became_name(w: &'static Log, became: Became) -> &'static str {
    match became {
        Became::Flagged => w.became_flagged,
        Became::InReview => w.became_in_review,
        Became::Resolved => w.became_resolved,
        Became::TakenBack => w.became_taken_back,
    }
}
