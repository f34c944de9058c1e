//! Stations that ask to join: a person compares the code, and lets them in or turns them away.

use super::ask::{Ask, Call, Outcome, Posted};
use super::doors::Doors;
use super::frame::Frame;
use super::send::{Refusal, redirect};
use super::words::Enrolment;
use crate::Hub;
use crate::store::{ApproveFault, Deed, Pending, Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use std::sync::Arc;

const HERE: &str = "/enrolment";

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::KeepStations, HERE, show).post(Right::KeepStations, HERE, judge)
}

#[derive(Template)]
#[template(path = "enrolment.html")]
struct EnrolmentPage {
    frame: Frame,
    w: &'static Enrolment,
    pending: Vec<(String, String)>,
    /// Whether a station is let in by typing its code.
    by_code: bool,
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

async fn show(State(hub): State<Arc<Hub>>, ask: Ask) -> Response<Body> {
    ask.show(hub, |call| {
        let pending = pending(call)?;
        let by_code = pending.is_none();
        let pending = pending.unwrap_or_default().into_iter().map(|one| (one.code, one.name)).collect();
        let template =
            EnrolmentPage { w: Enrolment::of(call.lang()), pending, by_code, frame: call.frame()? };
        call.page(&template)
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Joining {
    code: String,
    verdict: String,
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
    let w = Enrolment::of(call.lang());
    let refusal = |fault| match fault {
        ApproveFault::Unknown(_) | ApproveFault::NoStation(_) => {
            Refusal::told(StatusCode::CONFLICT, w.code_unknown)
        }
        ApproveFault::Store(fault) => Refusal::Store(fault),
    };
    match joining.verdict.as_str() {
        "approve" => {
            let station = call.store.approve(school, &joining.code, &login, call.now_s).map_err(refusal)?;
            call.note(Deed::StationApproved, &station.to_string())?;
        }
        "refuse" => {
            call.store.refuse(&joining.code).map_err(refusal)?;
            call.note(Deed::StationRefused, "")?;
        }
        _ => return Err(Refusal::told(StatusCode::FORBIDDEN, call.words().bad_form)),
    }
    Ok(redirect(HERE))
}
