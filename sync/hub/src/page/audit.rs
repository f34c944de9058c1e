//! Who did what when.

use super::ask::{Ask, Terms};
use super::doors::Doors;
use super::frame::Frame;
use super::log::Choice;
use super::when;
use super::who;
use super::words::{Audit, conflict, fill};
use crate::Hub;
use crate::store::{AuditFilter, Deed, Right, SchoolId, variant};
use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use exchange::{Conflict, Lang};
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
        let lang = call.lang();
        let all = call.role().sees_all_schools();
        let region = all && asked.of == "region";
        let deed = Deed::ALL.into_iter().find(|deed| deed.word() == asked.deed);
        let typed = asked.login.trim();
        let login = who::meant(call.lang(), typed);
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
            login: who::who(lang, &line.login),
            deed: deed_words(w, line.deed),
            odd: matches!(line.deed, Deed::SignInFailed | Deed::StationRevoked),
            object: object_words(w, lang, &line.object),
            school: line.school.and_then(|school| schools.get(&school).cloned()).unwrap_or_default(),
        });
        let template = AuditPage {
            w,
            region: all.then_some(region),
            login: typed.to_owned(),
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

/// What something was done to: mostly a number or a file, which is said as it stands; of reviews that were decided together,
/// what they were about and how many.
fn object_words(w: &'static Audit, lang: Lang, object: &str) -> String {
    let Some((what, count)) = object.split_once(" × ") else { return object.to_owned() };
    let what = match (variant::<Conflict>(what), what.strip_prefix("group ")) {
        (Ok(kind), _) => conflict(lang, kind).why.to_owned(),
        (Err(_), Some(group)) => fill(w.group, &[("group", group)]),
        (Err(_), None) => return object.to_owned(),
    };
    format!("{what} × {count}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decided_together_is_said_in_the_readers_language() {
        for lang in Lang::ALL {
            let told = |object| object_words(Audit::of(lang), lang, object);
            let why = conflict(lang, Conflict::RenewedClosedLoan).why;
            assert_eq!(told("renewed_closed_loan × 4"), format!("{why} × 4"));
            assert!(told("group 17 × 4").contains("17") && told("group 17 × 4").ends_with(" × 4"));
            assert_eq!(told("open-loans.csv"), "open-loans.csv");
            assert_eq!(told("a × b"), "a × b");
        }
        assert!(!object_words(Audit::of(Lang::Kk), Lang::Kk, "group 1 × 2").contains("group"));
    }
}
