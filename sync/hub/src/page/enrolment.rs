//! Stations that ask to join: a person compares the code, and lets them in, lets them carry a broken station on, or turns them
//! away. The QR code on a station's screen leads here, with its code.

use super::ask::{Ask, Call, Outcome, Posted, Terms};
use super::device::{REASON, reason};
use super::doors::Doors;
use super::frame::Frame;
use super::send::{Refusal, redirect};
use super::when;
use super::words::{Enrolment, fill};
use crate::Hub;
use crate::store::{ApproveFault, Asking, Deed, Pending, Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use exchange::StationId;
use serde::Deserialize;
use std::sync::Arc;

const HERE: &str = "/enrolment";

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::KeepStations, HERE, show).post(Right::KeepStations, HERE, judge)
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "enrolment.html")]
struct EnrolmentPage {
    frame: Frame,
    w: &'static Enrolment,
    /// Those who wait, as far as this person may see them; the one whose code was asked for alone, if one was.
    waiting: Vec<Waiting>,
    /// Whether a station is let in by typing its code.
    by_code: bool,
    /// The code that was asked for and that nobody waits with.
    unknown: Option<String>,
    /// Stations that may be carried on.
    stations: Vec<(u32, String)>,
    most_reason: usize,
}

impl EnrolmentPage {
    fn in_place_of(&self, id: &u32, name: &str) -> String {
        fill(self.w.in_place_of, &[("id", &id.to_string()), ("name", name)])
    }
}

struct Waiting {
    code: String,
    name: String,
    fingerprint: String,
    asked: String,
    by_stick: bool,
}

/// Stations that wait, as far as this person may see them; `None`: who has one school of several is told by its station's
/// screen, not by a list of all that wait anywhere.
pub(super) fn pending(call: &Call<'_>) -> Result<Option<Vec<Pending>>, StoreFault> {
    let all = call.role().sees_all_schools() || call.store.schools()?.len() == 1;
    if !call.role().may(Right::KeepStations) {
        return Ok(Some(Vec::new()));
    }
    if all { call.store.pending(call.now_s).map(Some) } else { Ok(None) }
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask, Terms(asked): Terms<Asked>) -> Response<Body> {
    ask.show(hub, move |call| {
        // Who has a code stands before the station that shows it, or has it from somebody who does.
        let one =
            if asked.code.is_empty() { None } else { call.store.pending_with(&asked.code, call.now_s)? };
        let unknown = (one.is_none() && !asked.code.is_empty())
            .then(|| asked.code.chars().filter(|c| c.is_alphanumeric()).take(16).collect());
        let (pending, by_code) = match one {
            Some(one) => (vec![one], false),
            None => {
                let all = pending(call)?;
                (all.clone().unwrap_or_default(), all.is_none())
            }
        };
        let (lang, now_s) = (call.lang(), call.now_s);
        let waiting = pending.into_iter().map(|one| Waiting {
            asked: when::ago(lang, now_s, one.asked_s),
            by_stick: one.asking == Asking::ByStick,
            code: one.code,
            name: one.name,
            fingerprint: one.fingerprint,
        });
        let waiting = waiting.collect();
        let lines = call.store.stations(call.seat.school.id)?;
        let template = EnrolmentPage {
            w: Enrolment::of(lang),
            waiting,
            by_code,
            unknown,
            stations: lines.into_iter().map(|line| (line.id.0, line.name)).collect(),
            most_reason: REASON,
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Joining {
    code: String,
    verdict: String,
    /// The station to be carried on; empty for a new one.
    #[serde(default)]
    station: String,
    #[serde(default)]
    why: String,
}

async fn judge(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Posted { word, fields }: Posted<Joining>,
) -> Response<Body> {
    ask.change(hub, word, move |call| decide(call, &fields)).await
}

fn decide(call: &mut Call<'_>, joining: &Joining) -> Outcome {
    let (school, login) = (call.seat.school.id, call.seat.session.login.clone());
    let lang = call.lang();
    match (joining.verdict.as_str(), joining.station.as_str()) {
        ("approve", "") => {
            let station = call
                .store
                .approve(school, &joining.code, &login, call.now_s)
                .map_err(|fault| refusal(lang, fault))?;
            call.note(Deed::StationApproved, &station.to_string())?;
            Ok(redirect(&format!("/stations/{station}")))
        }
        ("approve", number) => {
            let station = StationId(number.parse().map_err(|_| call.missing())?);
            succeed(call, station, &joining.code, &joining.why)
        }
        ("refuse", _) => {
            call.store.refuse(&joining.code).map_err(|fault| refusal(lang, fault))?;
            call.note(Deed::StationRefused, "")?;
            Ok(redirect(HERE))
        }
        _ => Err(Refusal::told(StatusCode::FORBIDDEN, call.words().bad_form)),
    }
}

/// Lets the device with this code carry a station of the school on that is looked at.
pub(super) fn succeed(call: &mut Call<'_>, station: StationId, code: &str, why: &str) -> Outcome {
    let (school, login, lang) = (call.seat.school.id, call.seat.session.login.clone(), call.lang());
    let why = reason(why)
        .ok_or_else(|| Refusal::told(StatusCode::UNPROCESSABLE_ENTITY, Enrolment::of(lang).why_needed))?;
    call.store
        .succeed((school, station), code, (&login, &why), call.now_s)
        .map_err(|fault| refusal(lang, fault))?;
    call.note(Deed::StationReplaced, &station.to_string())?;
    Ok(redirect(&format!("/stations/{station}")))
}

fn refusal(lang: exchange::Lang, fault: ApproveFault) -> Refusal {
    let w = Enrolment::of(lang);
    match fault {
        ApproveFault::Unknown(_) => Refusal::told(StatusCode::CONFLICT, w.code_unknown),
        ApproveFault::NoStation(_) => Refusal::told(StatusCode::CONFLICT, w.no_station),
        ApproveFault::Store(fault) => Refusal::Store(fault),
    }
}
