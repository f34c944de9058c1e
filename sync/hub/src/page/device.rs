//! The device of a station: whose key it has, what it had before, and how it is revoked or replaced.

use super::ask::{Ask, Call, Outcome, Posted};
use super::doors::Doors;
use super::enrolment;
use super::fault::{Fault, Faults};
use super::frame::Frame;
use super::send::{self, Refusal, redirect};
use super::stations::seen;
use super::when;
use super::who::who;
use super::words::{Device, Enrolment, fill};
use crate::Hub;
use crate::store::{Deed, FormerDevice, Right, StationLine, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use std::sync::Arc;

/// The longest reason, in characters.
pub(super) const REASON: usize = 200;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new()
        .get(Right::KeepStations, "/stations/{id}/device", show)
        .post(Right::KeepStations, ("/stations/{id}/revoke", "/stations/{id}/device"), revoke)
        .post(Right::KeepStations, ("/stations/{id}/replace", "/stations/{id}/device"), replace)
}

/// A reason as it is kept; `None` if there is none.
pub(super) fn reason(text: &str) -> Option<String> {
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(REASON).collect();
    Some(text).filter(|text| !text.is_empty())
}

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage {
    frame: Frame,
    w: &'static Device,
    e: &'static Enrolment,
    id: u32,
    name: String,
    fingerprint: String,
    /// Why it is revoked, if it is.
    revoked: Option<String>,
    former: Vec<(String, String, Option<String>)>,
    /// Whether it belongs to the school that is looked at: only then can something be done.
    ours: bool,
    most_reason: usize,
    replacing: Form,
    revoking: Form,
}

/// A form with what was typed into it, and what is wrong with that.
#[derive(Default)]
struct Form {
    code: String,
    why: String,
    faults: Faults,
}

impl Form {
    fn refused(typed: Why, fault: Fault) -> Form {
        Form { code: typed.code, why: typed.why, faults: Faults::new(Some(fault)) }
    }
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask, Path(id): Path<String>) -> Response<Body> {
    ask.show(hub, move |call| {
        let line = seen(call, &id)?;
        page(call, line, Form::default(), Form::default())
    })
    .await
}

fn page(call: &Call<'_>, line: StationLine, replacing: Form, revoking: Form) -> Outcome {
    let w = Device::of(call.lang());
    let is_refused = replacing.faults.are_there() || revoking.faults.are_there();
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = DevicePage {
        w,
        e: Enrolment::of(call.lang()),
        id: line.id.0,
        fingerprint: line.fingerprint.clone(),
        revoked: revoked(call, w, &line)?,
        former: former(call, w, &line)?,
        ours: line.school == call.seat.school.id,
        most_reason: REASON,
        replacing,
        revoking,
        frame: call.frame()?,
        name: line.name,
    };
    Ok(send::page(status, &template, call.lang()))
}

fn revoked(call: &Call<'_>, w: &Device, line: &StationLine) -> Result<Option<String>, StoreFault> {
    let Some(at_s) = line.revoked_s else { return Ok(None) };
    let zone = call.store.zone(line.school)?;
    let (login, why) = call.store.revoked_because(line.id)?.unwrap_or_default();
    let places = [("when", when::full(&zone, at_s)), ("who", who(call.lang(), &login)), ("why", why)];
    Ok(Some(fill(w.revoked_because, &places.each_ref().map(|(name, value)| (*name, value.as_str())))))
}

fn former(
    call: &Call<'_>,
    w: &Device,
    line: &StationLine,
) -> Result<Vec<(String, String, Option<String>)>, StoreFault> {
    let zone = call.store.zone(line.school)?;
    let lang = call.lang();
    let words = |one: FormerDevice| {
        let places = [
            ("when", when::full(&zone, one.replaced_s)),
            ("who", who(lang, &one.replaced_by)),
            ("why", one.why),
        ];
        let sentence =
            fill(w.replaced_because, &places.each_ref().map(|(name, value)| (*name, value.as_str())));
        let missing =
            (one.missing > 0).then(|| fill(w.missing, &[("count", one.missing.to_string().as_str())]));
        (one.key.fingerprint(), sentence, missing)
    };
    Ok(call.store.former_devices(line.id)?.into_iter().map(words).collect())
}

#[derive(Debug, Deserialize)]
struct Why {
    #[serde(default)]
    why: String,
    /// Of a replacement: the code on the new device's screen.
    #[serde(default)]
    code: String,
}

/// A station of the school that is looked at.
fn ours(call: &Call<'_>, id: &str) -> Result<StationLine, Refusal> {
    let line = seen(call, id)?;
    if line.school == call.seat.school.id { Ok(line) } else { Err(call.missing()) }
}

async fn revoke(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Posted { word, fields }: Posted<Why>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let line = ours(call, &id)?;
        let Some(why) = reason(&fields.why) else {
            let fault = Fault::at("why", Enrolment::of(call.lang()).why_needed);
            return page(call, line, Form::default(), Form::refused(fields, fault));
        };
        let login = call.seat.session.login.clone();
        call.store.revoke(line.id, (&login, &why), call.now_s)?;
        call.note(Deed::StationRevoked, &line.id.to_string())?;
        Ok(redirect(&format!("/stations/{}/device", line.id)))
    })
    .await
}

async fn replace(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(id): Path<String>,
    Posted { word, fields }: Posted<Why>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let line = ours(call, &id)?;
        match enrolment::succeed(call, line.id, &fields.code, &fields.why)? {
            None => Ok(redirect(&format!("/stations/{}", line.id))),
            Some(fault) => page(call, line, Form::refused(fields, fault), Form::default()),
        }
    })
    .await
}
