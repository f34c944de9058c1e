//! The stations as a technician sees them: contact, clock, outbox, version, what was set aside.

use super::ask::{Ask, Call, Terms};
use super::doors::Doors;
use super::frame::Frame;
use super::health::{self, State};
use super::when;
use super::words::{Device, Stations, fill};
use crate::Hub;
use crate::fold::Zone;
use crate::store::{Ailing, Carried, Right, SchoolId, SetAside, StationLine, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{self, Path};
use axum::http::Response;
use exchange::StationId;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Stations on one page.
const PAGE: u32 = 100;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Stations, "/stations", list).get(Right::Stations, "/stations/{id}", one)
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    show: String,
    page: Option<u32>,
}

#[derive(Template)]
#[template(path = "stations.html")]
struct StationsPage {
    frame: Frame,
    w: &'static Stations,
    /// Whether stations of all schools are listed.
    region: bool,
    ailing: bool,
    rows: Vec<Row>,
    page: u32,
    older: bool,
}

struct Row {
    id: u32,
    name: String,
    school: String,
    state: State,
    heard: String,
    waiting: u64,
    upto: String,
}

async fn list(
    extract::State(hub): extract::State<Arc<Hub>>,
    ask: Ask,
    Terms(asked): Terms<Asked>,
) -> Response<Body> {
    ask.show(hub, move |call| {
        let (lang, now_s) = (call.lang(), call.now_s);
        let region = call.role().sees_all_schools();
        let ailing = asked.show == "ailing";
        let page = asked.page.unwrap_or(0).min(1_000);
        let mut lines = if region {
            let ailing = ailing.then_some(Ailing {
                silent_s: now_s.saturating_sub(health::SILENT_S),
                clock_s: health::CLOCK_S,
            });
            call.store.region_stations(ailing, page * PAGE, PAGE + 1)?
        } else {
            let mut lines = call.store.stations(call.seat.school.id)?;
            lines.retain(|line| !ailing || health::ails(line, now_s));
            lines
        };
        let older = region && lines.len() > PAGE as usize;
        lines.truncate(if region { PAGE as usize } else { lines.len() });
        let schools: HashMap<SchoolId, String> =
            call.store.schools()?.into_iter().map(|school| (school.id, school.name)).collect();
        let zone = call.store.zone(call.seat.school.id)?;
        let rows = lines.into_iter().map(|line| Row {
            id: line.id.0,
            state: health::state(lang, &line, now_s),
            school: schools.get(&line.school).cloned().unwrap_or_default(),
            heard: line.contact_s.map(|at_s| when::ago(lang, now_s, at_s)).unwrap_or_default(),
            waiting: line.waiting,
            upto: line.upto_s.map(|at_s| when::short(&zone, lang, now_s, at_s)).unwrap_or_default(),
            name: line.name,
        });
        let rows = rows.collect();
        let template =
            StationsPage { w: Stations::of(lang), region, ailing, rows, page, older, frame: call.frame()? };
        call.page(&template)
    })
    .await
}

#[derive(Template)]
#[template(path = "station.html")]
struct StationPage {
    frame: Frame,
    w: &'static Stations,
    d: &'static Device,
    keeps: bool,
    id: u32,
    name: String,
    sentence: String,
    state: State,
    facts: Vec<(&'static str, String)>,
    aside: Vec<(String, &'static str, String)>,
    carried: Vec<String>,
    sees_log: bool,
}

/// A station that this person may see.
pub(super) fn seen(call: &Call<'_>, id: &str) -> Result<StationLine, super::send::Refusal> {
    let id = StationId(id.parse().map_err(|_| call.missing())?);
    let line = call.store.station(id)?.ok_or_else(|| call.missing())?;
    if line.school == call.seat.school.id || call.role().sees_all_schools() {
        Ok(line)
    } else {
        Err(call.missing())
    }
}

async fn one(
    extract::State(hub): extract::State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
) -> Response<Body> {
    ask.show(hub, move |call| {
        let line = seen(call, &id)?;
        let (lang, now_s) = (call.lang(), call.now_s);
        let w = Stations::of(lang);
        let zone = call.store.zone(line.school)?;
        let aside = call.store.set_aside(line.id)?;
        let carried = call.store.carried(line.id)?;
        let template = StationPage {
            w,
            d: Device::of(lang),
            keeps: call.role().may(Right::KeepStations),
            id: line.id.0,
            sentence: health::sentence(lang, &zone, &line, 0, now_s),
            state: health::state(lang, &line, now_s),
            facts: facts(call, w, &zone, &line)?,
            aside: aside.iter().map(|one| aside_words(w, &zone, one)).collect(),
            carried: carried.iter().map(|one| carried_words(w, &zone, one)).collect(),
            sees_log: call.role().may(Right::Loans) && line.school == call.seat.school.id,
            name: line.name,
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

fn facts(
    call: &Call<'_>,
    w: &Stations,
    zone: &Zone,
    line: &StationLine,
) -> Result<Vec<(&'static str, String)>, StoreFault> {
    let (lang, now_s) = (call.lang(), call.now_s);
    let more = call.store.station_facts(line.id)?;
    let school = call.store.school_name(line.school)?.unwrap_or_default();
    let heard = match line.contact_s {
        Some(at_s) => {
            format!("{} ({})", when::full(zone, at_s), when::ago(lang, now_s, at_s))
        }
        None => w.never_heard.to_owned(),
    };
    let clock = match line.ahead_s {
        _ if line.contact_s.is_none() => w.version_unknown.to_owned(),
        ahead_s if ahead_s.abs() <= health::CLOCK_S => w.clock_right.to_owned(),
        ahead_s => {
            let sentence = if ahead_s > 0 { w.clock_ahead } else { w.clock_behind };
            fill(sentence, &[("time", &when::span(lang, ahead_s.abs()))])
        }
    };
    let joined =
        fill(w.joined_by, &[("when", &when::full(zone, more.approved_s)), ("who", &more.approved_by)]);
    let mut facts = vec![
        (w.school, school),
        (w.heard, heard),
        (w.upto, line.upto_s.map_or_else(|| "–".to_owned(), |at_s| when::full(zone, at_s))),
        (w.waiting, line.waiting.to_string()),
        (w.clock, clock),
        (w.version, more.version.unwrap_or_else(|| w.version_unknown.to_owned())),
        (w.life, line.epoch.to_string()),
        (w.events, line.counts.events.to_string()),
        (w.joined, joined),
    ];
    if let Some(at_s) = line.revoked_s {
        facts.push((w.revoked_at, when::full(zone, at_s)));
    }
    Ok(facts)
}

fn aside_words(w: &Stations, zone: &Zone, one: &SetAside) -> (String, &'static str, String) {
    let why = match one.why.as_str() {
        "revoked" => w.aside_revoked,
        "replaced" => w.aside_replaced,
        _ => w.aside_fork,
    };
    (when::full(zone, one.at_s), why, fill(w.aside_bytes, &[("count", &one.len.to_string())]))
}

fn carried_words(w: &Stations, zone: &Zone, one: &Carried) -> String {
    let places = [
        ("from", one.from.to_string()),
        ("upto", one.upto.to_string()),
        ("when", when::full(zone, one.at_s)),
    ];
    fill(w.by_stick_line, &places.each_ref().map(|(name, value)| (*name, value.as_str())))
}
