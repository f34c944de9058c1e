//! The device of a station: whose key it has, what it had before, and how it is revoked or replaced.

use super::ask::{Ask, Call, Posted};
use super::doors::Doors;
use super::enrolment;
use super::frame::Frame;
use super::send::{Refusal, redirect};
use super::stations::seen;
use super::when;
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
        .post(Right::KeepStations, "/stations/{id}/revoke", revoke)
        .post(Right::KeepStations, "/stations/{id}/replace", replace)
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
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask, Path(id): Path<String>) -> Response<Body> {
    ask.show(hub, move |call| {
        let line = seen(call, &id)?;
        let w = Device::of(call.lang());
        let template = DevicePage {
            w,
            e: Enrolment::of(call.lang()),
            id: line.id.0,
            fingerprint: line.fingerprint.clone(),
            revoked: revoked(call, w, &line)?,
            former: former(call, w, &line)?,
            ours: line.school == call.seat.school.id,
            most_reason: REASON,
            name: line.name,
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

fn revoked(call: &Call<'_>, w: &Device, line: &StationLine) -> Result<Option<String>, StoreFault> {
    let Some(at_s) = line.revoked_s else { return Ok(None) };
    let zone = call.store.zone(line.school)?;
    let (who, why) = call.store.revoked_because(line.id)?.unwrap_or_default();
    let places = [("when", when::full(&zone, at_s)), ("who", who), ("why", why)];
    Ok(Some(fill(w.revoked_because, &places.each_ref().map(|(name, value)| (*name, value.as_str())))))
}

fn former(
    call: &Call<'_>,
    w: &Device,
    line: &StationLine,
) -> Result<Vec<(String, String, Option<String>)>, StoreFault> {
    let zone = call.store.zone(line.school)?;
    let words = |one: FormerDevice| {
        let places =
            [("when", when::full(&zone, one.replaced_s)), ("who", one.replaced_by), ("why", one.why)];
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
        let needed = Enrolment::of(call.lang()).why_needed;
        let why =
            reason(&fields.why).ok_or_else(|| Refusal::told(StatusCode::UNPROCESSABLE_ENTITY, needed))?;
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
        enrolment::succeed(call, line.id, &fields.code, &fields.why)
    })
    .await
}
