//! The first page: what reached the region, what did not, what waits for a decision.

use super::ask::{Ask, Call};
use super::chart::{self, Chart};
use super::doors::Doors;
use super::frame::Frame;
use super::health::{self, State};
use super::words::{Overview, fill};
use super::{enrolment, nav, when};
use crate::Hub;
use crate::store::{Counts, DayCounts, Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract;
use axum::http::Response;
use exchange::Day;
use std::collections::HashMap;
use std::sync::Arc;

/// Days of the chart.
const DAYS: u16 = 14;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Overview, "/", show)
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    w: &'static Overview,
    /// The day, as the school has it.
    day: String,
    wants: Vec<Want>,
    stations: Vec<StationCard>,
    /// What is counted, today, in seven days.
    sums: Vec<(&'static str, u64, u64)>,
    chart: Chart,
    counts: Counts,
    open_loans: u64,
    flagged: u64,
}

/// Something that waits for a person.
struct Want {
    sentence: String,
    path: &'static str,
    button: &'static str,
}

struct StationCard {
    id: u32,
    name: String,
    sentence: String,
    heard: String,
    state: State,
}

async fn show(extract::State(hub): extract::State<Arc<Hub>>, ask: Ask) -> Response<Body> {
    ask.show(hub, |call| {
        let (school, lang, now_s) = (call.seat.school.id, call.lang(), call.now_s);
        let w = Overview::of(lang);
        let zone = call.store.zone(school)?;
        let lines = call.store.stations(school)?;
        let reviews: HashMap<_, _> = if call.role().may(Right::Loans) {
            call.store.reviews_by_station(school)?.into_iter().collect()
        } else {
            HashMap::new()
        };
        let ailing = lines.iter().filter(|station| health::ails(station, now_s)).count() as u64;
        let stations = lines.iter().map(|station| StationCard {
            id: station.id.0,
            name: station.name.clone(),
            sentence: health::sentence(
                lang,
                &zone,
                station,
                reviews.get(&station.id).copied().unwrap_or(0),
                now_s,
            ),
            heard: station.contact_s.map(|at_s| when::ago(lang, now_s, at_s)).unwrap_or_default(),
            state: health::state(lang, station, now_s),
        });
        let stations = stations.collect();
        let days = call.store.days(school, now_s, DAYS)?;
        let frame = call.frame()?;
        let template = OverviewPage {
            w,
            day: when::day_text(zone.day_at(now_s)),
            wants: wants(call, w, frame.reviews_open(), ailing, zone.day_at(now_s))?,
            stations,
            sums: sums(w, &days),
            chart: chart::lent_and_returned(&days, [w.lent, w.returned]),
            counts: call.store.counts(school)?,
            open_loans: call.store.open_loans(school)?,
            flagged: call.store.flagged(school)?,
            frame,
        };
        call.page(&template)
    })
    .await
}

fn wants(
    call: &Call<'_>,
    w: &Overview,
    reviews: u64,
    ailing: u64,
    today: Day,
) -> Result<Vec<Want>, StoreFault> {
    let overdue = if call.role().may(Right::Loans) {
        call.store.overdue_count(call.seat.school.id, today)?
    } else {
        0
    };
    let joining = enrolment::pending(call)?.unwrap_or_default().len() as u64;
    let all = [
        (reviews, w.reviews_wait, nav::REVIEWS, w.decide_now),
        (joining, w.joining, "/enrolment", w.look),
        (ailing, w.stations_ail, "/stations", w.look),
        (overdue, w.overdue, "/overdue", w.list),
    ];
    let want = |(count, sentence, path, button): (u64, &str, &'static str, &'static str)| Want {
        sentence: fill(sentence, &[("count", &count.to_string())]),
        path,
        button,
    };
    Ok(all.into_iter().filter(|(count, ..)| *count > 0).map(want).collect())
}

fn sums(w: &Overview, days: &[(Day, DayCounts)]) -> Vec<(&'static str, u64, u64)> {
    let sum = |name, count: fn(&DayCounts) -> u64| {
        let last = days.iter().rev().map(|(_, day)| count(day));
        (name, last.clone().take(1).sum(), last.take(7).sum())
    };
    vec![
        sum(w.lent, |day| day.lent),
        sum(w.returned, |day| day.returned),
        sum(w.renewed, |day| day.renewed),
        sum(w.refused, |day| day.refused),
    ]
}
