//! The rules of lending: a form, the versions there were, and the way back to one of them.

use super::ask::{Ask, Call, Outcome, Posted, Terms};
use super::doors::Doors;
use super::fault::{Fault, Faults};
use super::frame::Frame;
use super::send::{self, Refusal};
use super::settings::{Compared, EditionRow, MOST_EDITIONS, compared, rows, saved};
use super::words::{Rules as Words, fill};
use crate::Hub;
use crate::store::{Change, Deed, Right, StoreFault};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use exchange::{Allowance, Feed, Record, RecordKey, Rules, StaleStep, UnknownItem};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// Steps that the form has room for.
const STEPS: usize = 5;

/// The addresses.
pub(super) fn doors() -> Doors {
    Doors::new()
        .get(Right::Rules, "/rules", show)
        .post(Right::Rules, ("/rules", "/rules"), change)
        .get(Right::Rules, "/rules/{version}", compare)
        .post(Right::Rules, ("/rules/{version}", "/rules/{version}"), go_back)
}

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    frame: Frame,
    w: &'static Words,
    /// The same, for what rules and calendar have in common.
    c: &'static Words,
    path: &'static str,
    in_force: String,
    said: Option<String>,
    faults: Faults,
    version: u32,
    groups: Vec<Group>,
    overdue: Field,
    lend: bool,
    steps: Vec<Step>,
    editions: Vec<EditionRow>,
}

struct Group {
    name: &'static str,
    fields: Vec<Field>,
}

struct Field {
    key: String,
    label: &'static str,
    value: String,
    least: u32,
    most: u32,
}

struct Step {
    n: usize,
    after_key: String,
    most_key: String,
    after_h: String,
    max_loans: String,
    renewals: bool,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Done {
    pub(super) saved: Option<u32>,
}

/// The rules in force.
fn current(call: &Call<'_>) -> Result<Rules, StoreFault> {
    match call.store.record(call.seat.school.id, Feed::Rules, &RecordKey::Only)? {
        Some(Record::Rules(rules)) => Ok(rules),
        Some(_) | None => Err(StoreFault::Damaged("a school without rules")),
    }
}

const SORTS: [&str; 2] = ["pupil", "teacher"];

/// Fields of an allowance: name, label, least, most.
fn allowance_fields(w: &Words) -> [(&'static str, &'static str, u32, u32); 4] {
    [
        ("max_loans", w.max_loans, 0, 500),
        ("loan_days", w.loan_days, 1, 366),
        ("max_renewals", w.max_renewals, 0, 50),
        ("renewal_days", w.renewal_days, 1, 366),
    ]
}

fn values(allowance: &Allowance) -> [u32; 4] {
    [
        allowance.max_loans.into(),
        allowance.loan_days.into(),
        allowance.max_renewals.into(),
        allowance.renewal_days.into(),
    ]
}

/// The form with what stands in force, or with what somebody has typed.
fn form(
    call: &Call<'_>,
    typed: Option<&HashMap<String, String>>,
    said: Option<String>,
    fault: Option<Fault>,
) -> Outcome {
    let w = Words::of(call.lang());
    let school = call.seat.school.id;
    let rules = current(call)?;
    let value = |key: &str, stands: u32| match typed {
        Some(typed) => typed.get(key).cloned().unwrap_or_default(),
        None => stands.to_string(),
    };
    let groups = [(SORTS[0], w.pupils, rules.pupil), (SORTS[1], w.teachers, rules.teacher)];
    let groups = groups.map(|(sort, name, allowance)| {
        let fields = allowance_fields(w).into_iter().zip(values(&allowance));
        let field = |((field, label, least, most), stands): ((&str, &'static str, u32, u32), u32)| {
            let key = format!("{sort}_{field}");
            Field { value: value(&key, stands), key, label, least, most }
        };
        Group { name, fields: fields.map(field).collect() }
    });
    let steps = (0..STEPS.max(rules.stale.len())).map(|n| {
        let step = rules.stale.get(n);
        let text = |key: String, stands: Option<u32>| match typed {
            Some(typed) => typed.get(&key).cloned().unwrap_or_default(),
            None => stands.map(|number| number.to_string()).unwrap_or_default(),
        };
        Step {
            n: n + 1,
            after_key: format!("after_h{}", n + 1),
            most_key: format!("max_loans{}", n + 1),
            after_h: text(format!("after_h{}", n + 1), step.map(|step| step.after_h)),
            max_loans: text(format!("max_loans{}", n + 1), step.map(|step| step.max_loans.into())),
            renewals: match typed {
                Some(typed) => typed.contains_key(&format!("renewals{}", n + 1)),
                None => step.is_some_and(|step| step.renewals),
            },
        }
    });
    let lend = match typed {
        Some(typed) => typed.get("unknown").is_some_and(|word| word == "lend"),
        None => rules.unknown_item == UnknownItem::Lend,
    };
    let zone = call.store.zone(school)?;
    let editions = call.store.editions(school, Feed::Rules, MOST_EDITIONS)?;
    let faults = Faults::new(fault);
    let status = if faults.are_there() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = RulesPage {
        frame: call.frame()?,
        w,
        c: w,
        path: "/rules",
        in_force: fill(w.in_force, &[("version", &rules.version.to_string())]),
        said,
        faults,
        version: rules.version,
        groups: groups.into(),
        overdue: Field {
            key: "overdue".into(),
            label: w.overdue,
            value: value("overdue", rules.overdue_blocks_from.into()),
            least: 0,
            most: 500,
        },
        lend,
        steps: steps.collect(),
        editions: rows(call.lang(), &zone, rules.version, &editions),
    };
    Ok(send::page(status, &template, call.lang()))
}

async fn show(State(hub): State<Arc<Hub>>, ask: Ask, Terms(done): Terms<Done>) -> Response<Body> {
    ask.show(hub, move |call| {
        let said = done.saved.map(|version| saved(Words::of(call.lang()), version));
        form(call, None, said, None)
    })
    .await
}

/// Reads the form; a fault names the field and what may stand there.
fn read(w: &Words, fields: &HashMap<String, String>, version: u32) -> Result<Rules, Fault> {
    let number = |key: &str, label: &str, least: u32, most: u32| {
        let text = fields.get(key).map(|text| text.trim()).unwrap_or_default();
        text.parse::<u32>().ok().filter(|number| (least..=most).contains(number)).ok_or_else(|| {
            let places = [("field", label), ("least", &least.to_string()), ("most", &most.to_string())];
            Fault::at(key, fill(w.bad_number, &places))
        })
    };
    let small = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    let allowance = |sort: &str, name: &str| {
        let [max_loans, loan_days, max_renewals, renewal_days] =
            allowance_fields(w).map(|(field, label, least, most)| {
                number(&format!("{sort}_{field}"), &format!("{name}: {label}"), least, most)
            });
        Ok::<_, Fault>(Allowance {
            max_loans: small(max_loans?),
            loan_days: small(loan_days?),
            max_renewals: u8::try_from(max_renewals?).unwrap_or(u8::MAX),
            renewal_days: small(renewal_days?),
        })
    };
    let mut stale = Vec::new();
    for n in 1..=STEPS {
        let (after, most) = (format!("after_h{n}"), format!("max_loans{n}"));
        let is_empty = |key: &str| fields.get(key).is_none_or(|text| text.trim().is_empty());
        if is_empty(&after) && is_empty(&most) {
            continue;
        }
        stale.push(StaleStep {
            after_h: number(&after, w.after_h, 1, 8_760)?,
            max_loans: small(number(&most, w.max_loans, 0, 500)?),
            renewals: fields.contains_key(&format!("renewals{n}")),
        });
    }
    if !stale.is_sorted_by(|one: &StaleStep, next| one.after_h < next.after_h) {
        return Err(Fault::at("steps", w.bad_steps));
    }
    Ok(Rules {
        version,
        pupil: allowance(SORTS[0], w.pupils)?,
        teacher: allowance(SORTS[1], w.teachers)?,
        overdue_blocks_from: small(number("overdue", w.overdue, 0, 500)?),
        unknown_item: match fields.get("unknown").map(String::as_str) {
            Some("lend") => UnknownItem::Lend,
            Some(_) | None => UnknownItem::Refuse,
        },
        stale,
    })
}

fn put(call: &mut Call<'_>, rules: Rules) -> Outcome {
    let (school, login, version) = (call.seat.school.id, call.seat.session.login.clone(), rules.version);
    call.store.save_by(school, &[Change::Put(Record::Rules(rules))], &login, call.now_s)?;
    call.note(Deed::RulesChanged, &version.to_string())?;
    Ok(send::redirect(&format!("/rules?saved={version}")))
}

async fn change(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Posted { word, fields }: Posted<HashMap<String, String>>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let w = Words::of(call.lang());
        let stands = current(call)?.version;
        if fields.get("version").and_then(|version| version.parse().ok()) != Some(stands) {
            return form(call, None, None, Some(Fault::whole(w.moved)));
        }
        match read(w, &fields, stands.saturating_add(1)) {
            Ok(rules) => put(call, rules),
            Err(fault) => form(call, Some(&fields), None, Some(fault)),
        }
    })
    .await
}

/// All that rules say, as fields and values.
fn told(w: &Words, rules: &Rules) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (name, allowance) in [(w.pupils, &rules.pupil), (w.teachers, &rules.teacher)] {
        for ((_, label, ..), value) in allowance_fields(w).into_iter().zip(values(allowance)) {
            fields.push((format!("{name}: {label}"), value.to_string()));
        }
    }
    fields.push((w.overdue.to_owned(), rules.overdue_blocks_from.to_string()));
    let unknown = match rules.unknown_item {
        UnknownItem::Refuse => w.refuse,
        UnknownItem::Lend => w.lend,
    };
    fields.push((w.unknown.to_owned(), unknown.to_owned()));
    for (step, n) in rules.stale.iter().zip(1..) {
        let name = fill(w.step, &[("n", &n.to_string())]);
        let renewals = if step.renewals { w.yes } else { w.no };
        fields.push((format!("{name}: {}", w.after_h), step.after_h.to_string()));
        fields.push((format!("{name}: {}", w.max_loans), step.max_loans.to_string()));
        fields.push((format!("{name}: {}", w.renewals), renewals.to_owned()));
    }
    fields
}

#[derive(Template)]
#[template(path = "settings-compare.html")]
pub(super) struct ComparePage {
    pub(super) frame: Frame,
    pub(super) w: &'static Words,
    pub(super) title: String,
    pub(super) back_to: &'static str,
    pub(super) version: u32,
    pub(super) rows: Vec<Compared>,
}

/// An earlier version of the rules.
fn earlier(call: &Call<'_>, version: &str) -> Result<Rules, Refusal> {
    let version: u32 = version.parse().map_err(|_| call.missing())?;
    let editions = call.store.editions(call.seat.school.id, Feed::Rules, u32::MAX)?;
    match editions.into_iter().find(|one| one.version == version).map(|one| one.record) {
        Some(Record::Rules(rules)) => Ok(rules),
        Some(_) | None => Err(call.missing()),
    }
}

async fn compare(State(hub): State<Arc<Hub>>, ask: Ask, Path(version): Path<String>) -> Response<Body> {
    ask.show(hub, move |call| {
        let w = Words::of(call.lang());
        let then = earlier(call, &version)?;
        let rows = compared(told(w, &then), told(w, &current(call)?));
        let title = fill(w.compared, &[("version", &then.version.to_string())]);
        call.page(&ComparePage {
            frame: call.frame()?,
            w,
            title,
            back_to: "/rules",
            version: then.version,
            rows,
        })
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn go_back(
    State(hub): State<Arc<Hub>>,
    ask: Ask,
    Path(version): Path<String>,
    Posted { word, .. }: Posted<Nothing>,
) -> Response<Body> {
    ask.change(hub, word, move |call| {
        let then = earlier(call, &version)?;
        let version = current(call)?.version.saturating_add(1);
        put(call, Rules { version, ..then })
    })
    .await
}
