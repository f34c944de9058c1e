//! Stations that ask to join: a person compares the code, and lets them in, lets them carry a broken station on, or turns them
//! away. The QR code on a station's screen leads here, with its code.

use super::ask::{Ask, Call, Outcome, Posted, Terms};
use super::device::{REASON, reason};
use super::doors::Doors;
use super::fault::{Fault, Faults};
use super::frame::Frame;
use super::send::{self, Refusal, redirect};
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
    Doors::new().get(Right::KeepStations, HERE, show).post(Right::KeepStations, (HERE, HERE), judge)
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
    stations: Vec<(u32, String, bool)>,
    /// The reason that was typed.
    why: String,
    faults: Faults,
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
    ask.show(hub, move |call| page(call, &asked.code, None)).await
}

/// Those who wait, or the one with a code; with what somebody typed and what is wrong with it.
fn page(call: &Call<'_>, code: &str, refused: Option<(&Joining, Fault)>) -> Outcome {
    // Who has a code stands before the station that shows it, or has it from somebody who does.
    let one = if code.is_empty() { None } else { call.store.pending_with(code, call.now_s)? };
    let unknown = (one.is_none() && !code.is_empty())
        .then(|| code.chars().filter(|c| c.is_alphanumeric()).take(16).collect::<String>());
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
    let refused_about = refused.is_some().then_some(code).filter(|_| unknown.is_none());
    let status = match (&unknown, &refused) {
        (_, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (Some(_), None) => StatusCode::NOT_FOUND,
        (None, None) => StatusCode::OK,
    };
    let (typed, fault) = match refused {
        Some((typed, fault)) => (Some(typed), Some(fault)),
        None => (None, None),
    };
    let chosen = typed.and_then(|typed| typed.station.parse().ok()).unwrap_or(0);
    let lines = call.store.stations(call.seat.school.id)?.into_iter();
    // Where the page answers a form about a device, the links to other languages are about it too.
    let frame = match refused_about {
        Some(code) => call.frame_asked(&serde_urlencoded::to_string([("code", code)]).unwrap_or_default())?,
        None => call.frame()?,
    };
    let template = EnrolmentPage {
        w: Enrolment::of(lang),
        waiting: waiting.collect(),
        by_code,
        unknown,
        stations: lines.map(|line| (line.id.0, line.name, line.id.0 == chosen)).collect(),
        why: typed.map(|typed| typed.why.clone()).unwrap_or_default(),
        faults: Faults::new(fault),
        most_reason: REASON,
        frame,
    };
    Ok(send::page(status, &template, lang))
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
    let done = match (joining.verdict.as_str(), joining.station.as_str()) {
        ("approve", "") => call
            .store
            .approve(school, &joining.code, &login, call.now_s)
            .map(|station| (Deed::StationApproved, station.to_string(), format!("/stations/{station}"))),
        ("approve", number) => {
            let station = StationId(number.parse().map_err(|_| call.missing())?);
            return match succeed(call, station, &joining.code, &joining.why)? {
                None => Ok(redirect(&format!("/stations/{station}"))),
                // The page itself says that nobody waits with the code.
                Some(fault) if fault.field() == "code" => nobody_waits(call, &joining.code),
                Some(fault) => page(call, &joining.code, Some((joining, fault))),
            };
        }
        ("refuse", _) => {
            call.store.refuse(&joining.code).map(|()| (Deed::StationRefused, String::new(), HERE.to_owned()))
        }
        _ => return Err(Refusal::told(StatusCode::FORBIDDEN, call.words().bad_form)),
    };
    match done {
        Ok((deed, object, to)) => {
            call.note(deed, &object)?;
            Ok(redirect(&to))
        }
        Err(ApproveFault::Unknown(_)) => nobody_waits(call, &joining.code),
        Err(ApproveFault::NoStation(_)) => Err(call.missing()),
        Err(ApproveFault::Store(fault)) => Err(fault.into()),
    }
}

/// The page that says that nobody waits with a code that somebody has decided about.
fn nobody_waits(call: &Call<'_>, code: &str) -> Outcome {
    let mut response = page(call, code, None)?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

/// Lets the device with this code carry a station of the school on that is looked at; gives what is wrong in the form:
/// its `code`, its `why` or its `station`.
pub(super) fn succeed(
    call: &mut Call<'_>,
    station: StationId,
    code: &str,
    why: &str,
) -> Result<Option<Fault>, Refusal> {
    let (school, login, w) =
        (call.seat.school.id, call.seat.session.login.clone(), Enrolment::of(call.lang()));
    let Some(why) = reason(why) else { return Ok(Some(Fault::at("why", w.why_needed))) };
    match call.store.succeed((school, station), code, (&login, &why), call.now_s) {
        Ok(_) => {
            call.note(Deed::StationReplaced, &station.to_string())?;
            Ok(None)
        }
        Err(ApproveFault::Unknown(_)) => Ok(Some(Fault::at("code", w.code_unknown))),
        Err(ApproveFault::NoStation(_)) => Ok(Some(Fault::at("station", w.no_station))),
        Err(ApproveFault::Store(fault)) => Err(fault.into()),
    }
}
