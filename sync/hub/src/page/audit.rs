//! Who did what when.

use super::ask::{Ask, Terms};
use super::doors::Doors;
use super::frame::Frame;
use super::log::Choice;
use super::when;
use super::words::Audit;
use crate::Hub;
use crate::cli::COMMAND_LINE;
use crate::store::{AuditFilter, Deed, Right, SchoolId};
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Lines on one page.
const PAGE: u32 = 100;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new().get(Right::Audit, "/audit", show)
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    before: Option<u64>,
    #[serde(default)]
    login: String,
    #[serde(default)]
    deed: String,
    #[serde(default)]
    of: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    w: &'static Audit,
    /// Whether they may see the whole region's lines, and do.
    region: Option<bool>,
    login: String,
    deeds: Vec<Choice>,
    rows: Vec<Row>,
    older: Option<u64>,
    deed: String,
}

struct Row {
    when: String,
    login: String,
    deed: &'static str,
    object: String,
    school: String,
    odd: bool,
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask, Terms(asked): Terms<Asked>) -> Response<Body> {
    ask.show(hub, move |call| {
        let w = Audit::of(call.lang());
        let all = call.role().sees_all_schools();
        let region = all && asked.of == "region";
        let deed = Deed::ALL.into_iter().find(|deed| deed.word() == asked.deed);
        let login = asked.login.trim();
        let wanted = AuditFilter {
            school: if region { None } else { Some(call.seat.school.id) },
            before: asked.before,
            login: Some(login).filter(|login| !login.is_empty()),
            deed,
        };
        let lines = call.store.audit(wanted, PAGE)?;
        let zone = call.store.zone(call.seat.school.id)?;
        let schools: HashMap<SchoolId, String> =
            call.store.schools()?.into_iter().map(|school| (school.id, school.name)).collect();
        let older = lines.last().filter(|_| lines.len() == PAGE as usize).map(|line| line.place);
        let rows = lines.into_iter().map(|line| Row {
            when: when::full(&zone, line.at_s),
            login: if line.login == COMMAND_LINE { w.command_line.to_owned() } else { line.login },
            deed: deed_words(w, line.deed),
            odd: matches!(line.deed, Deed::SignInFailed | Deed::StationRevoked),
            object: line.object,
            school: line.school.and_then(|school| schools.get(&school).cloned()).unwrap_or_default(),
        });
        let template = AuditPage {
            w,
            region: all.then_some(region),
            login: login.to_owned(),
            deeds: Deed::ALL
                .map(|one| Choice { word: one.word(), name: deed_words(w, one), chosen: deed == Some(one) })
                .into(),
            rows: rows.collect(),
            older,
            deed: deed.map(Deed::word).unwrap_or_default(),
            frame: call.frame()?,
        };
        call.page(&template)
    })
    .await
}

fn deed_words(w: &'static Audit, deed: Deed) -> &'static str {
    match deed {
        Deed::SignedIn => w.signed_in,
        Deed::SignInFailed => w.sign_in_failed,
        Deed::SignedOut => w.signed_out,
        Deed::StaffChanged => w.staff_changed,
        Deed::ReviewAccepted => w.review_accepted,
        Deed::ReviewRejected => w.review_rejected,
        Deed::DecisionTakenBack => w.decision_taken_back,
        Deed::StationApproved => w.station_approved,
        Deed::StationRefused => w.station_refused,
        Deed::StationRevoked => w.station_revoked,
        Deed::StationReplaced => w.station_replaced,
        Deed::VouchersMade => w.vouchers_made,
        Deed::Imported => w.imported,
        Deed::ImportTakenBack => w.import_taken_back,
        Deed::RulesChanged => w.rules_changed,
        Deed::CalendarChanged => w.calendar_changed,
        Deed::NoticePut => w.notice_put,
        Deed::NoticeTakenDown => w.notice_taken_down,
        Deed::Exported => w.exported,
        Deed::PatronChanged => w.patron_changed,
        Deed::CatalogueChanged => w.catalogue_changed,
        Deed::TokenMade => w.token_made,
        Deed::TokenRevoked => w.token_revoked,
    }
}
